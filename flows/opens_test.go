package flows_test

import (
	"strings"
	"testing"
	"time"

	"decroche/flows"
)

// Who comes when nobody is there hears when to call again, where that is known; a text of the flow's own may
// tell it too.
func TestWhenAClosedQueueOpens(t *testing.T) {
	t.Parallel()
	const f, plain = "flows/all.yaml", "transfer: {skills: [fr]}\n"
	house := load(t, bot(t, "bot.yaml", "policy:\n", "policy:\n  callback: {}\n"))
	own := load(t, bot(t, f, "      - "+plain, "      - transfer: {skills: [fr], outcomes: {closed: {say: \"Rappelez {{opens}} !\"}}}\n"))
	now := noon
	at := func(days int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()+days, 8, 0, 0, 0, time.UTC)
	} // nine in Paris
	ask := flows.Input{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: &flows.Meaning{Intent: "personne", Confidence: 1}}
	for name, tc := range map[string]struct {
		b     *flows.Bot
		opens time.Time
		want  string
	}{
		"tomorrow":       {house, at(1), "Nous ouvrons demain à neuf heures."},
		"after holidays": {house, at(42), "Nous ouvrons le lundi quatre janvier à neuf heures."},
		"unknown":        {house, time.Time{}, "Il n’y a plus personne à cette heure."},
		"open already":   {house, now, "Il n’y a plus personne à cette heure."},
		"own words":      {own, at(1), "Rappelez demain à neuf heures"},
	} {
		tk := begin(t, tc.b, flows.Input{Channel: flows.Voice}).turn(ask)
		tk.turn(flows.Input{Kind: flows.Returned, Outcome: "closed", Opens: tc.opens})
		voice := ""
		for _, p := range tk.out.Say {
			voice += " " + p.Voice
		}
		if voice = strings.ReplaceAll(voice, "'", "’"); !strings.Contains(voice, tc.want) || strings.Contains(voice, "ouvrons") != strings.Contains(tc.want, "ouvrons") {
			t.Errorf("%s: said %q, want %q", name, voice, tc.want)
		}
	}
}
