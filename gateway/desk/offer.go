// Package desk brings a caller to an agent who is signed in: it puts what a conversation holds into
// the few sentences that the agent reads before accepting, lets their desk ring, and dials their
// browser or telephone once they have accepted. Who is free and what becomes of presence is decided
// in package agents; this package only describes and dials.
package desk

import (
	"fmt"
	"slices"
	"strings"

	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// Names are how this hotline's people call its things. Nil fields show the bare name.
type Names struct {
	Intent func(bot, intent, lang string) string // "" when it has no title
	Agent  func(name string) string
	CRM    agents.CRMConfig // where the customer is found
	Hidden string           // what stands in the place of what is sensitive
}

func (n Names) agent(name string) string {
	if n.Agent != nil {
		if title := n.Agent(name); title != "" {
			return title
		}
	}
	return name
}

const offerLines = 3 // of the transcript, in an offer

// Describe makes the offer of a conversation. It is pure: everything in it comes from b, and what b
// does not hold is not in it.
func Describe(b event.Brief, names Names) agents.Offer {
	w := wordsFor(b.Lang)
	o := agents.Offer{
		Conv: b.ID, Channel: b.Channel, Origin: "bot", Lang: b.Lang, Phone: phone(b.From),
		Reason: b.Transfer.Reason, Queue: append([]string{}, b.Transfer.Skills...),
		Facts: append([]string{}, b.Transfer.Summary...), Slots: []agents.Fact{}, Tried: []string{}, Todo: []string{}, Lines: []agents.Line{},
	}
	if len(b.Attempts) > 0 {
		o.Origin = "transfer"
	}
	if b.Onward != nil {
		o.Origin, o.From, o.Said = "agent", names.agent(b.Onward.From), b.Handed.Text
		if b.Handed.Brief != nil { // they have read what stood there, and know better
			o.Facts = []string{}
			if *b.Handed.Brief != "" {
				o.Facts = []string{*b.Handed.Brief}
			}
		}
	}
	o.Who = nameOf(b)
	if b.Channel == "text" && strings.Trim(o.Phone, "+0123456789 .-()") != "" { // what wrote, not where they can be rung
		o.Phone = ""
	}
	if o.Who == "" {
		o.Who = o.Phone
	}
	if o.Who == "" && b.Channel == "text" {
		o.Who = w.visitor
	}
	if o.Who == "" {
		o.Who = w.unknown
	}
	o.Why, o.CRM = why(b, names, w), names.CRM.Fill(Pop(b, names.Hidden))
	for _, s := range b.Slots {
		o.Slots = append(o.Slots, agents.Fact{Name: s.Name, Value: s.Text(), Confirmed: s.Confirmed})
	}
	slices.SortStableFunc(o.Slots, func(x, y agents.Fact) int {
		switch {
		case x.Confirmed == y.Confirmed:
			return 0
		case x.Confirmed:
			return -1
		}
		return 1
	})
	o.Tried, o.Todo = tried(b, names, w), todo(b, o, w)
	for _, l := range b.Lines[max(0, len(b.Lines)-offerLines):] {
		o.Lines = append(o.Lines, agents.Line(l))
	}
	return o
}

func why(b event.Brief, names Names, w words) string {
	text := b.Transfer.Topic
	if text == "" && b.Intent != "" {
		if names.Intent != nil {
			text = names.Intent(b.Bot, b.Intent, b.Lang)
		}
		if text == "" {
			text = plain(b.Intent)
		}
	}
	if text == "" {
		return w.noReason
	}
	if text = upper(text); !strings.ContainsAny(text[len(text)-1:], ".!?") {
		text += "."
	}
	return text
}

// tried is what went on before, as facts: never what somebody feels.
func tried(b event.Brief, names Names, w words) []string {
	out := []string{}
	for _, n := range []struct {
		n    int
		text string
	}{{b.Misses, w.misses}, {b.Silences, w.silences}} {
		if n.n > 0 {
			out = append(out, fmt.Sprintf(n.text, w.times(n.n)))
		}
	}
	for _, a := range b.Acts {
		out = append(out, fmt.Sprintf(w.act, upper(plain(a.Target)), w.outcome(a.Outcome)))
	}
	for _, a := range b.Attempts {
		out = append(out, fmt.Sprintf(w.act, names.agent(a.Agent), w.outcome(a.Outcome)))
	}
	return out
}

// todo is what is left: what is not confirmed, what failed, and the wish itself.
func todo(b event.Brief, o agents.Offer, w words) []string {
	out := []string{}
	for _, s := range o.Slots {
		if !s.Confirmed && s.Value != "" {
			out = append(out, fmt.Sprintf(w.confirm, plain(s.Name), s.Value))
		}
	}
	for _, a := range b.Acts {
		if a.Outcome != "ok" && a.Outcome != "found" && a.Outcome != "done" {
			out = append(out, fmt.Sprintf(w.redo, plain(a.Target)))
		}
	}
	return append(out, w.answer)
}

func plain(name string) string { return strings.ReplaceAll(name, "_", " ") }

func upper(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}

// nameOf is who the caller said to be.
func nameOf(b event.Brief) string {
	for _, s := range b.Slots {
		switch strings.ToLower(s.Name) {
		case "nom", "name", "client", "customer", "nom_complet", "full_name":
			return s.Text()
		}
	}
	return ""
}

// phone is the number in an address: "+33612345678" of "sip:+33612345678@trunk.example".
func phone(from string) string {
	_, rest, ok := strings.Cut(from, ":")
	if !ok {
		rest = from
	}
	user, _, _ := strings.Cut(rest, "@")
	if user, _, _ = strings.Cut(user, ";"); user == "anonymous" {
		return ""
	}
	return user
}
