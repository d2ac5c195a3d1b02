package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"decroche/bench/callers"
)

// heardAndTold is the record of a call: "said …" and "prompted …", in order.
func heardAndTold(t *testing.T, events ...string) (rec record) {
	t.Helper()
	for _, e := range events {
		kind, text, _ := strings.Cut(e, " ")
		body, err := json.Marshal(map[string]string{"text": text})
		if err != nil {
			t.Fatal(err)
		}
		rec.Events = append(rec.Events, recordEvent{Type: kind, Body: body})
	}
	return rec
}

func TestAnsweredEach(t *testing.T) {
	t.Parallel()
	lines := []callers.Line{{Name: "quand part mon vol"}, {Name: "et le suivant"}}
	const answer = "prompted Le vol 47 12 part à l’heure."
	for _, c := range []struct {
		name   string
		events []string
		want   string // in what is said to be wrong
	}{
		{"as it should be", []string{"prompted Bonjour.", "said quand part mon vol 4712", answer, "said et le suivant 4713", answer}, ""},
		{"a pardon", []string{"said quand part", "prompted Pardon ?", "said et le suivant 4713", answer}, `was heard as "quand part"`},
		{"the end is lost", []string{"said quand part mon vol", "prompted Quel numéro ?", "said et le suivant 4713", answer}, "was heard as"},
		{"cut in two", []string{"said quand part mon vol 4712", answer, "said et le suivant 4713", answer, "said suivant 4714", answer}, "heard beside"},
		{"broken off", []string{"said quand part mon vol 4712", answer}, `of "et le suivant" nothing was heard`},
		{"no answer", []string{"said quand part mon vol 4712", answer, "said et le suivant 4713"}, "2 lines were answered 1 times"},
	} {
		if got := answeredEach(heardAndTold(t, c.events...), lines); got != c.want && (c.want == "" || !strings.Contains(got, c.want)) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLineReportCounts(t *testing.T) {
	t.Parallel()
	right, wrong := func() string { return "" }, func() string { return "the hours were not said" }
	good := callers.Exchange{Answer: 400 * time.Millisecond}
	var l lineReport
	l.add(&callers.Call{}, &callers.Dialogue{Exchanges: []callers.Exchange{good, {CutOff: true}}}, right)
	l.add(&callers.Call{}, &callers.Dialogue{Exchanges: []callers.Exchange{good}}, wrong)
	l.add(&callers.Call{Err: errors.New("no answer")}, &callers.Dialogue{Exchanges: []callers.Exchange{{Missed: true}}}, right)
	if l.Calls != 3 || l.Succeeded != 1 || l.Wrong != 1 || l.Failed != 1 || l.Turns != 4 || l.CutOff != 1 || l.Missed != 1 || len(l.answers) != 2 || len(l.Errors) != 2 {
		t.Errorf("%+v", l)
	}
}

func TestDigitsOneByOne(t *testing.T) {
	t.Parallel()
	if got := oneByOne("4502"); got != "quatre cinq, zéro deux" {
		t.Errorf("%q", got)
	}
}
