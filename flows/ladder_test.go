package flows_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/flows"
)

const asksSize = `      - collect: taille
        entity: {type: list, values: {petit: [petite], grand: [grande]}}
        ask: {fr: {text: "Quelle taille ?", quick: [Petit, Grand]}}
`

// Quick replies are buttons in text; on voice they are read out with their keys, on the last rung.
func TestQuickRepliesByKey(t *testing.T) {
	t.Parallel()
	const f = "flows/all.yaml"
	for name, retry := range map[string]string{
		"the flow's ladder": "        retry: [{fr: \"Pardon ?\"}, {fr: \"Tapez.\", dtmf: only}]\n",
		"the usual ladder":  "",
	} {
		b := knows(t, bot(t, f, "      - collect: numero\n", asksSize+retry+"      - collect: numero\n"))
		for _, ch := range []flows.Channel{flows.Voice, flows.Text} {
			tk := begin(t, b, flows.Input{Channel: ch}).says("où est mon colis")
			if q := tk.out.Say[len(tk.out.Say)-1].Quick; !slices.Equal(q, []string{"Petit", "Grand"}) {
				t.Errorf("%s, %s: quick %q", name, ch, q)
			}
			if tk.says(lost); strings.Contains(tk.said(), "tapez 1") {
				t.Errorf("%s, %s: keys on the first rung: %q", name, ch, tk.said())
			}
			tk.says(lost)
			if read := strings.Contains(tk.said(), "Pour « Petit », tapez 1. Pour « Grand », tapez 2."); read != (ch == flows.Voice) {
				t.Errorf("%s, %s: said %q", name, ch, tk.said())
			}
			if ch == flows.Text {
				continue
			}
			if !tk.out.Expect.DTMF || !strings.Contains(tk.out.Say[len(tk.out.Say)-1].Voice, "tapez deux") {
				t.Errorf("%s: expect %+v, %+v", name, tk.out.Expect, tk.out.Say)
			}
			if tk.keys("2"); len(tk.out.Slots) != 1 || tk.out.Slots[0].Value != "grand" {
				t.Errorf("%s: slots %+v, said %q", name, tk.out.Slots, tk.said())
			}
		}
	}
}

// A rung may let the question go, say something, or leave by any step.
func TestSkipRung(t *testing.T) {
	t.Parallel()
	b := knows(t, bot(t, "flows/all.yaml", "      - collect: numero\n", asksSize+"        retry: [{skip: true, say: \"Passons.\"}]\n      - collect: numero\n"))
	tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").says(lost)
	if s := tk.said(); !strings.HasPrefix(s, "Passons.") || !strings.HasSuffix(s, "Quel numéro ?") || len(tk.out.Slots) != 0 {
		t.Errorf("said %q, slots %+v", s, tk.out.Slots)
	}
}

// Every way a hand-off may end has a route of the flow's, or falls to the ladder of the policy;
// the caller is never left in silence.
func TestEveryOutcomeOfAHandoff(t *testing.T) {
	t.Parallel()
	words := []string{"completed", "refused", "busy", "no_answer", "unreachable", "timeout", "caller_left", "agent_left", "cancelled", "error", "unknown", "full", "closed", "nobody"}
	routes := ""
	for _, w := range words {
		routes += w + ": {say: \"Route " + w + ".\"}, "
	}
	const f, plain = "flows/all.yaml", "transfer: {skills: [fr]}\n"
	routed := load(t, bot(t, f, "      - "+plain, "      - transfer: {skills: [fr], outcomes: {"+strings.TrimSuffix(routes, ", ")+"}}\n"))
	policy := load(t, bot(t, "bot.yaml", "policy:\n", "policy:\n  callback: {}\n"))
	ask := flows.Input{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: &flows.Meaning{Intent: "personne", Confidence: 1}}
	for _, w := range words {
		tk := begin(t, routed, flows.Input{Channel: flows.Voice}).turn(ask).turn(flows.Input{Kind: flows.Returned, Outcome: w})
		if !strings.Contains(tk.said(), "Route "+w+".") {
			t.Errorf("%s: the flow's route is not taken: %q", w, tk.said())
		}
		tk = begin(t, policy, flows.Input{Channel: flows.Voice}).turn(ask).turn(flows.Input{Kind: flows.Returned, Outcome: w})
		switch ended := tk.out.Next == flows.End; {
		case w == "completed" || w == "caller_left":
			if !ended {
				t.Errorf("%s: next %q", w, tk.out.Next)
			}
		case ended || len(tk.out.Say) == 0:
			t.Errorf("%s: next %q, said %q", w, tk.out.Next, tk.said())
		}
	}
}

// An action carries two excuses for being late.
func TestFillers(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "bot.yaml", "policy:\n", "responses: {waiting_long: \"Toujours là.\"}\npolicy:\n  late_after: 6s\n"))
	a := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").keys("45127802").out.Act
	if a == nil || a.Filler.Voice == "" || a.Late.Voice != "Toujours là." || a.LateAfter != 6*time.Second || a.FillerAfter != 1200*time.Millisecond {
		t.Errorf("%+v", a)
	}
}
