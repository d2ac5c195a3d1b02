// Package parity plays golden conversations at every door: the telephone, a chat, a smart speaker. A
// hotline is written once; that it also serves once is what is looked at here. Each conversation is
// played as written, and then at the other doors as the same caller would hold it there, with what that
// door has: who cannot press keys says the number, who types is not misheard, and nobody is put through
// to an Alexa. Everywhere it must come to the same slots and the same ending, or to the one that the
// table maps it to (Ending). What a door cannot have is listed, step by step.
//
// It differs from package diff, which shows where the words differ: here only what was achieved counts.
package parity

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"decroche/flows"
	"decroche/flows/flowtest"
)

// Door is one way in, by what a caller can do there.
type Door struct {
	Name    string        `json:"name"`
	Channel flows.Channel `json:"channel"`
	// Ears: a recogniser of ours listens, which doubts, hears silence, and is spoken over.
	Ears bool `json:"ears"`
	// Keys can be pressed; Buttons can be clicked.
	Keys    bool `json:"keys"`
	Buttons bool `json:"buttons"`
	// Person: a hand-off can join the caller with somebody.
	Person bool `json:"person"`
}

// The doors. OpenSpeaker is a Wyoming satellite or decroche-speaker: a call without keys.
var (
	Phone       = Door{Name: "voice", Channel: flows.Voice, Ears: true, Keys: true, Person: true}
	Chat        = Door{Name: "text", Channel: flows.Text, Buttons: true, Person: true}
	Alexa       = Door{Name: "speaker", Channel: flows.Speaker}
	OpenSpeaker = Door{Name: "open speaker", Channel: flows.Speaker, Ears: true, Person: true}
)

// Of returns the door that a channel of flow test stands for; of speakers the one that can do least.
func Of(ch flows.Channel) Door {
	switch ch {
	case flows.Text:
		return Chat
	case flows.Speaker:
		return Alexa
	}
	return Phone
}

// Where is where a conversation stands.
type Where struct {
	Slots     map[string]string // by name, as people read them
	Values    map[string]string // the same, as they are stored
	ReadsBack bool              // the open question is whether something was understood
	Offers    []string          // answers that are offered as buttons
	Menu      bool              // choices were read out, each with its key
	Entity    string            // what the open question is for: flows.Expect.Entity
	Intent    string            // what is being served
	Rated     bool              // a survey was ever answered
	Asked     bool              // a person was ever asked for
	Person    string            // the reason of a hand-off that is out; "" when none is
	Callback  bool              // a request to be rung back was ever taken
	Ended     string            // the outcome; "" while it goes on
}

// Talk is one conversation at a door.
type Talk interface {
	// Do lets the caller do something that the door has.
	Do(a flowtest.Act) error
	Where() Where
}

// Lack is a step of a conversation that a door has not, and what was done in its place.
type Lack struct {
	Line    int    `json:"line"`
	Step    string `json:"step"`
	Why     string `json:"why"`
	Instead string `json:"instead"` // what the caller does; "" when it is left out
}

// Cell is one conversation at one door.
type Cell struct {
	OK     bool   `json:"ok"`
	Ending string `json:"ending"`
	Mapped bool   `json:"mapped"` // another ending than as written, the one of the table
	Diff   string `json:"diff"`   // what is not the same; "" when OK
	Lacks  []Lack `json:"lacks"`
}

// Row is one conversation at every door.
type Row struct {
	File    string        `json:"file"`
	Line    int           `json:"line"`
	Name    string        `json:"name"`
	Written flows.Channel `json:"written"` // the channel it was written for
	Ending  string        `json:"ending"`  // as written
	// Doors has a cell for each door, in the order of Report.
	Doors []Cell `json:"doors"`
}

// Report is a hotline at every door.
type Report struct {
	Doors []Door `json:"doors"`
	Rows  []Row  `json:"conversations"`
}

// Failed is how many conversations are not the same at some door.
func (r *Report) Failed() (n int) {
	for _, row := range r.Rows {
		if slices.ContainsFunc(row.Doors, func(c Cell) bool { return !c.OK }) {
			n++
		}
	}
	return n
}

// Options choose what is played, and how.
type Options struct {
	Doors []Door
	// Match, when set, plays only conversations that it takes.
	Match func(g flowtest.Golden) bool
	// Open opens a conversation at a door; nil plays against the engine alone.
	Open func(g flowtest.Golden, d Door) (Talk, error)
	// Done is told after each conversation; may be nil.
	Done func(done, of int)
}

// Run plays the conversations in fsys, of the bot that was loaded from there.
func Run(fsys fs.FS, bot *flows.Bot, opt Options) (*Report, error) {
	list, err := flowtest.Goldens(fsys)
	if err != nil {
		return nil, err
	}
	if opt.Match != nil {
		list = slices.DeleteFunc(list, func(g flowtest.Golden) bool { return !opt.Match(g) })
	}
	onEngine := func(g flowtest.Golden, d Door) (Talk, error) { return OnEngine(bot, g, d) }
	open := opt.Open
	if open == nil {
		open = onEngine
	}
	r := &Report{Doors: opt.Doors, Rows: []Row{}}
	for i, g := range list {
		row := Row{File: g.File, Line: g.Line, Name: g.Name, Written: g.Channel}
		written, err := asWritten(g, onEngine)
		if err == nil {
			row.Ending = ending(written.last())
		}
		for _, d := range opt.Doors {
			c := Cell{Lacks: []Lack{}}
			if err == nil {
				c = visit(bot, g, d, written, open)
			} else { // there is nothing to compare with
				c.Diff = "as written it cannot be held: " + err.Error()
			}
			row.Doors = append(row.Doors, c)
		}
		r.Rows = append(r.Rows, row)
		if opt.Done != nil {
			opt.Done(i+1, len(list))
		}
	}
	return r, nil
}

// story is a conversation as written: where it stood before each step, and after the last.
type story []Where

func (s story) last() Where { return s[len(s)-1] }

func asWritten(g flowtest.Golden, open func(flowtest.Golden, Door) (Talk, error)) (story, error) {
	d := Of(g.Channel)
	d.Person = true // what is written about hand-offs happens
	t, err := open(g, d)
	if err != nil {
		return nil, err
	}
	s := story{t.Where()}
	for _, a := range g.Steps {
		if err := t.Do(a); err != nil {
			return nil, fmt.Errorf("line %d: %w", a.Line, err)
		}
		s = append(s, t.Where())
	}
	return s, nil
}

// meant is what the caller of step i wanted to say, where they were read back what was heard and put it
// right: the value at the end of that.
func (s story) meant(i int) (string, bool) {
	end := i + 1
	for end < len(s)-1 && s[end].ReadsBack {
		end++
	}
	for name, v := range s[i+1].Slots {
		if s[i].Slots[name] == v {
			continue
		}
		if now, ok := s[end].Slots[name]; ok {
			return now, true
		}
		return v, true
	}
	return "", false
}

// openReadBack tells whether what was heard in step i is read back, and nothing is written of the answer.
func (s story) openReadBack(i int) bool {
	for _, w := range s[i+1:] {
		if !w.ReadsBack {
			return false
		}
	}
	return true
}

// Endings of a conversation, beside "ended: OUTCOME".
const (
	goesOn     = "goes on"
	aPerson    = "a person"
	aCallback  = "a callback"
	offersBack = "a callback is offered"
)

func ending(w Where) string {
	switch {
	case w.Ended != "":
		return "ended: " + w.Ended
	case w.Person != "":
		return aPerson
	}
	return goesOn
}

// Mapping is one row of the published table: an ending as written and what it is at a door that lacks
// what it takes.
type Mapping struct{ Written, Door, Ending, Why string }

// Mappings is the table: everything else must be the same.
func Mappings() []Mapping {
	return []Mapping{
		{aPerson, Alexa.Name, aCallback + ", or it is offered", "nobody can be put through to an Alexa: who asks for a person is rung back at the number that is known, or asked for one"},
		{"any, because nobody was heard", Alexa.Name, goesOn, "Alexa asks again and closes the session; the conversation waits, and the next one goes on with it"},
		{"any, because nobody was heard", Chat.Name, goesOn, "a chat waits: silence is no turn"},
	}
}

// visit plays one conversation at one door.
func visit(bot *flows.Bot, g flowtest.Golden, d Door, written story, open func(flowtest.Golden, Door) (Talk, error)) Cell {
	c := Cell{Lacks: []Lack{}}
	t, err := open(g, d)
	if err != nil {
		c.Diff = err.Error()
		return c
	}
	v := &caller{g: g, d: d, bot: bot, written: written, talk: t, cell: &c}
	at, err := v.play()
	if err != nil {
		c.Diff = err.Error()
		return c
	}
	c.Ending = ending(t.Where())
	c.judge(d, written[at], t.Where(), v.silent)
	return c
}

// judge compares where a conversation came to.
func (c *Cell) judge(d Door, want, got Where, silent bool) {
	var diff []string
	for _, name := range slices.Sorted(maps.Keys(union(want.Slots, got.Slots))) {
		if want.Slots[name] != got.Slots[name] {
			diff = append(diff, fmt.Sprintf("slot %s is %q, not %q", name, got.Slots[name], want.Slots[name]))
		}
	}
	switch wanted := ending(want); {
	case silent:
		c.Mapped = true
		if got.Ended != "" || got.Person != "" {
			diff = append(diff, fmt.Sprintf("%s, where nobody was heard", c.Ending))
		}
	case want.Person != "" && !d.Person:
		c.Mapped = true
		switch {
		case got.Callback:
			c.Ending = aCallback
		case got.Asked && got.Ended == "":
			c.Ending = offersBack
		default:
			diff = append(diff, fmt.Sprintf("%s, where a person was asked for and a callback should be", c.Ending))
		}
	case wanted != c.Ending:
		diff = append(diff, fmt.Sprintf("%s, not %s", c.Ending, wanted))
	case want.Callback != got.Callback:
		diff = append(diff, fmt.Sprintf("a callback was taken: %v, not %v", got.Callback, want.Callback))
	}
	c.Diff = strings.Join(diff, "; ")
	c.OK = c.Diff == ""
}

func union(a, b map[string]string) map[string]string {
	out := maps.Clone(a)
	if out == nil {
		out = map[string]string{}
	}
	maps.Copy(out, b)
	return out
}
