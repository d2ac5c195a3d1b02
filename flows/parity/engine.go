package parity

import (
	"regexp"
	"strings"

	"decroche/flows"
	"decroche/flows/flowtest"
)

// onEngine is a conversation with the engine alone. Where nobody can be put through it does what the
// host of such doors does: who left a number is rung back, and others are told that there is nobody.
type onEngine struct {
	scene *flowtest.Scene
	d     Door
	phone string
	where Where
}

// OnEngine opens a conversation at a door with the engine alone.
func OnEngine(bot *flows.Bot, g flowtest.Golden, d Door) (Talk, error) {
	s, err := g.Begin(bot, d.Channel)
	if err != nil {
		return nil, err
	}
	t := &onEngine{scene: s, d: d, phone: Number(g.Caller)}
	return t, t.look()
}

// Do implements Talk.
func (t *onEngine) Do(a flowtest.Act) error {
	if t.where.Ended != "" {
		return nil // the line is closed
	}
	if err := t.scene.Do(a); err != nil {
		return err
	}
	if a.Key == "cut" || a.Key == "spoken" { // the words follow
		return nil
	}
	return t.look()
}

// look reads where the conversation stands from what the engine made of the last step.
func (t *onEngine) look() error {
	t.read()
	if t.where.Person == "" || t.d.Person {
		return nil
	}
	t.where.Person = ""
	if t.phone != "" {
		t.where.Callback, t.where.Ended = true, "callback"
		return nil
	}
	if err := t.scene.Do(flowtest.Returned("nobody")); err != nil {
		return err
	}
	t.read()
	return nil
}

func (t *onEngine) read() {
	w := &t.where
	for _, o := range t.scene.Outputs() {
		w.Slots, w.Values = map[string]string{}, map[string]string{}
		for _, s := range o.Slots {
			w.Slots[s.Name], w.Values[s.Name] = s.Shown, s.Value
		}
		w.Person, w.Ended = "", ""
		if o.Transfer != nil {
			w.Person, w.Asked = o.Transfer.Reason, true
		}
		w.Callback, w.Rated = w.Callback || o.Callback != nil, w.Rated || o.Rating != nil
		w.Entity, w.Intent = o.Expect.Entity, o.Intent
		if o.Next == flows.End {
			w.Ended = o.Outcome
		}
	}
	w.ReadsBack, w.Menu, w.Offers = false, false, nil
	for _, p := range t.scene.Said() {
		w.ReadsBack, w.Menu = ReadsBack(p.ID), w.Menu || readOut(p.ID)
		if len(p.Quick) > 0 {
			w.Offers = p.Quick
		}
	}
}

// Where implements Talk.
func (t *onEngine) Where() Where { return t.where }

// number is a telephone number of the public network in an address.
var number = regexp.MustCompile(`\+[0-9]{8,15}`)

// Number is the number at which the caller of a golden conversation can be rung back, "" when they have
// none: the one that an account tells, where there is no line.
func Number(caller string) string { return number.FindString(caller) }

// ReadsBack tells whether a prompt, by its ID, asks whether something was understood.
func ReadsBack(id string) bool { return strings.HasSuffix(id, "#confirm") || id == "policy/confirm" }

// readOut tells whether a prompt reads out a choice and its key.
func readOut(id string) bool { return id == "policy/menu_item" || id == "policy/option_item" }
