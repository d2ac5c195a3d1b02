package flows_test

import (
	"slices"
	"strings"
	"testing"

	"decroche/flows"
)

// What agents are told has no holes: a fact beside a question is known with its answer, one with a
// value that nobody knows is left out, and what is sensitive is shown masked.
func TestFactsHaveNoHoles(t *testing.T) {
	t.Parallel()
	const ask = `        ask: "Quel numéro ?"
`
	const broken = `        say: "En panne."
`
	hands := func(fact string) string {
		return "        fact: \"" + fact + "\"\n        transfer: {skills: [fr], reason: \"panne\"}\n"
	}
	for name, c := range map[string]struct {
		collect, step string
		want          string // the fact; "" for none
	}{
		"with the answer":       {"        fact: \"Colis {{numero}}.\"\n", hands("Panne."), "Colis 45 12 78 02."},
		"sensitive":             {"        sensitive: true\n        fact: \"Carte {{numero}}.\"\n", hands("Panne."), "Carte " + flows.Masked + "."},
		"sensitive, a step on":  {"        sensitive: true\n", hands("Carte {{digits numero}}."), "Carte " + flows.Masked + "."},
		"nobody knows":          {"", hands("Appelle du {{caller}}."), ""},
		"one of two is unknown": {"", hands("Colis {{numero}} pour {{caller}}."), ""},
		"nothing in it":         {"", hands("Panne."), "Panne."},
	} {
		t.Run(name, func(t *testing.T) {
			b := load(t, bot(t, "flows/all.yaml", ask, ask+c.collect, "flows/all.yaml", broken, c.step))
			tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis")
			tk.says("quarante-cinq douze soixante-dix-huit zéro deux")
			if tk.out.Next == flows.Listen {
				tk.says("oui")
			}
			tk.turn(flows.Input{Kind: flows.Acted, Outcome: "error"})
			tr := tk.out.Transfer
			if tr == nil {
				t.Fatalf("next %q: %s", tk.out.Next, tk.said())
			}
			whole := strings.Join(tr.Summary, "|") + "|" + tr.Briefing
			if strings.Contains(whole, " .") || strings.Contains(whole, "  ") || c.want != "" && !slices.Contains(tr.Summary, c.want) {
				t.Errorf("the agent reads %q", whole)
			}
			if c.want == "" && (strings.Contains(whole, "Appelle") || strings.Contains(whole, "pour")) {
				t.Errorf("the agent reads %q", whole)
			}
		})
	}
}
