package storetest

import (
	"fmt"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// contact is one conversation of a customer.
type contact struct {
	from    string        // as Started has it
	at      time.Duration // when it began
	topic   string
	account string // as the caller told it
	outcome string // "" while it goes on
	placed  bool   // by us
}

// RunRepeats checks that who comes back about the same topic within seven days marks what came before.
// open makes a new, empty store each time.
func RunRepeats(t *testing.T, open func(t *testing.T) FiguresStore) {
	const day, week = 24 * time.Hour, 7 * 24 * time.Hour
	const nadia, abroad, hidden = "sip:0612345678@trunk", "sip:+33612345678@trunk", "sip:anonymous@anonymous.invalid"
	ok := contact{from: nadia, topic: "suivi", outcome: "resolved"}
	with := func(c contact, change func(*contact)) contact { change(&c); return c }
	at := func(d time.Duration) contact { return with(ok, func(c *contact) { c.at = d }) }
	from := func(who string, d time.Duration) contact {
		return with(at(d), func(c *contact) { c.from = who })
	}
	known := func(who, account string, d time.Duration) contact {
		return with(from(who, d), func(c *contact) { c.account = account })
	}
	for name, c := range map[string]struct {
		said []contact
		want string // which are marked, by which: "0>1"
	}{
		"an hour later":                   {[]contact{ok, at(time.Hour)}, "0>1"},
		"the number in its other form":    {[]contact{ok, from(abroad, day)}, "0>1"},
		"seven days after the end":        {[]contact{ok, at(week + length)}, "0>1"},
		"a microsecond more":              {[]contact{ok, at(week + length + time.Microsecond)}, ""},
		"about something else":            {[]contact{ok, with(at(day), func(c *contact) { c.topic = "facture" })}, ""},
		"about nothing":                   {[]contact{with(ok, func(c *contact) { c.topic = "" }), with(at(day), func(c *contact) { c.topic = "" })}, ""},
		"somebody else":                   {[]contact{ok, from("sip:+33612345679@trunk", day)}, ""},
		"three times":                     {[]contact{ok, at(day), at(2 * day)}, "0>1 1>2"},
		"a chain over more than a week":   {[]contact{ok, at(5 * day), at(10 * day)}, "0>1 1>2"},
		"told in another order":           {[]contact{at(2 * day), ok}, "1>0"},
		"hidden numbers":                  {[]contact{from(hidden, 0), from(hidden, day)}, ""},
		"hidden by zeros":                 {[]contact{from("sip:+0000000000@trunk", 0), from("sip:+0000000000@trunk", day)}, ""},
		"hidden in a network's own words": {[]contact{from("sip:unavailable@trunk", 0), from("sip:unavailable@trunk", day)}, ""},
		"terminals":                       {[]contact{from("terminal", 0), from("terminal", day)}, ""},
		"nobody known":                    {[]contact{from("", 0), from("", day)}, ""},
		"a short extension":               {[]contact{from("sip:42@pbx", 0), from("sip:42@pbx", day)}, ""},
		"a SIP address":                   {[]contact{from("sip:nadia@pbx.example", 0), from("sip:nadia@pbx.example;x=1", day)}, "0>1"},
		"hidden, by account":              {[]contact{known(hidden, "4512", 0), known(hidden, "45 12", day)}, "0>1"},
		"by account from another phone":   {[]contact{known(nadia, "4512", 0), known("sip:+33799999999@trunk", "4512", day)}, "0>1"},
		"another account of one phone":    {[]contact{known(nadia, "4512", 0), known(nadia, "4513", day)}, ""},
		"an account that is not kept":     {[]contact{known(hidden, "••••", 0), known(hidden, "••••", day)}, ""},
		"a call that we placed":           {[]contact{ok, with(at(day), func(c *contact) { c.placed = true })}, ""},
		"after a call that we placed":     {[]contact{with(ok, func(c *contact) { c.placed = true }), at(day)}, "0>1"},
		"while the first goes on":         {[]contact{with(ok, func(c *contact) { c.outcome = "" }), at(time.Second)}, "0>1"},
		"across the change of clocks":     {[]contact{at(-week), ok}, "0>1"},
	} {
		t.Run(name, func(t *testing.T) {
			st := open(t)
			for i, c := range c.said {
				must(t, st.Append(t.Context(), c.events(fmt.Sprint(i))...))
			}
			got, again := "", 0
			for i := range c.said {
				sum, err := st.Conversation(t.Context(), fmt.Sprint(i))
				must(t, err)
				if sum.Repeated != "" {
					if got != "" {
						got += " "
					}
					got += fmt.Sprintf("%d>%s", i, sum.Repeated)
					again++
				}
			}
			if got != c.want {
				t.Errorf("marked %q, want %q", got, c.want)
			}
			hours, err := st.Hours(t.Context(), t0.Add(-2*week), t0.Add(2*week), "")
			must(t, err)
			var sum store.Hour
			for _, h := range hours {
				sum.Ended, sum.Repeated, sum.Solved, sum.Resolved = sum.Ended+h.Ended, sum.Repeated+h.Repeated, sum.Solved+h.Solved, sum.Resolved+h.Resolved
			}
			for _, c := range c.said {
				if c.outcome == "" {
					again = 0
				}
			}
			if sum.Repeated != again || sum.Solved != sum.Ended-again || sum.Resolved != sum.Solved {
				t.Errorf("counted %+v with %d who came back", sum, again)
			}
		})
	}
	t.Run("in one write", func(t *testing.T) {
		st := open(t)
		must(t, st.Append(t.Context(), append(ok.events("0"), at(day).events("1")...)...))
		if sum, err := st.Conversation(t.Context(), "0"); err != nil || sum.Repeated != "1" || sum.Topic != "suivi" {
			t.Fatalf("%+v, %v", sum, err)
		}
	})
}

// length is how long each contact takes.
const length = 4 * time.Minute

func (c contact) events(conv string) []event.Event {
	at := t0.Add(c.at)
	step := event.Stepped{Intent: c.topic}
	if c.account != "" {
		step.Slots = []event.Slot{{Name: "contrat", Value: c.account, Customer: true}}
	}
	bodies := []event.Body{event.Started{Channel: "voice", From: c.from, Bot: "colibri", Lang: "fr"}, event.Answered{}, step, event.Stepped{Intent: "autre_chose"}}
	if c.topic == "" {
		bodies = bodies[:3]
	}
	if c.placed {
		bodies = append(bodies[:2:2], append([]event.Body{event.Screened{Heard: "person"}}, bodies[2:]...)...)
	}
	var out []event.Event
	for i, b := range bodies {
		out = append(out, event.Event{Conv: conv, Seq: uint64(i + 1), At: at, Body: b})
	}
	if c.outcome != "" {
		out = append(out, event.Event{Conv: conv, Seq: uint64(len(bodies) + 1), At: at.Add(length), Body: event.Ended{Outcome: c.outcome, By: "bot"}})
	}
	return out
}
