package agents

import (
	"strings"
	"testing"
)

func TestNumbersThatMayBeDialled(t *testing.T) {
	t.Parallel()
	c := DefaultDeskConfig()
	if _, err := c.Number("01 84 00 00 00"); err == nil {
		t.Error("no number may be dialled by default")
	}
	c.Numbers = []string{"+33", "01"}
	for typed, want := range map[string]string{
		"01 84-00.00 00": "0184000000", "+33\u202f1 84 00 00 00": "+33184000000", "+4420": "", "08 99": "", "0033": "", "sip:x@y": "", "": "", "+": "", "01;rm": "", "+3312345678901234": "", "1\r\n": "",
	} {
		if got, err := c.Number(typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v, want %q", typed, got, err, want)
		}
	}
}

func TestRulesOfTheDeskAreChecked(t *testing.T) {
	t.Parallel()
	c := DefaultDeskConfig()
	c.Conclusions = []string{"fini"} // the default rules are for others
	if out := c.Validate(); len(out) > 0 {
		t.Error(out)
	}
	for want, p := range map[string]Proposal{
		"none of desk.conclusions": {Conclusion: "perdu", Did: "done"}, "no condition": {Conclusion: "fini"}, "is empty": {Did: "done"}, "no outcome": {Conclusion: "fini", Act: "suivi"}, "did:": {Conclusion: "fini", Did: "maybe"},
	} {
		c.Proposals = []Proposal{p}
		if out := c.Validate(); len(out) != 1 || !strings.Contains(out[0], want) {
			t.Errorf("%+v: %q, want %q", p, out, want)
		}
	}
	c.Proposals, c.Numbers = nil, []string{"x", "", "+33"}
	if out := c.Validate(); len(out) != 2 {
		t.Error(out)
	}
}

// Somebody who is asked for by name is the only one who counts, with or without the skills.
func TestChooseByName(t *testing.T) {
	t.Parallel()
	seats := []Seat{{Name: "karim", Skills: Can("litige"), Desk: true, Free: true}, {Name: "lina", Desk: true, Free: true}, {Name: "omar", Desk: true}}
	for name, want := range map[string]error{"lina": nil, "omar": ErrBusy, "personne": ErrNobody} {
		i, err := Choose(Request{Agent: name, Skills: []string{"litige"}, Lang: "fr"}, seats)
		if err != want || err == nil && seats[i].Name != name { //nolint:errorlint // the very one
			t.Errorf("%s: %d %v", name, i, err)
		}
	}
	if _, err := Choose(Request{Agent: "lina", Tried: []string{"lina"}}, seats); err != ErrNobody { //nolint:errorlint // the very one
		t.Error(err)
	}
}
