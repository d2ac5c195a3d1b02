package flows_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"decroche/flows"
	"decroche/flows/render"
)

// Whatever a bot's author typed, French is shown as it is printed: also around values, in what a caller
// is told again, and not in English.
func TestFrenchIsShownAsPrinted(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "flows/all.yaml", `        ask: "Quel numéro ?"
`, `        ask: "Quel numéro ?"
        confirm: {fr: "J'ai le {{numero}} ; c'est « bon » ?"}
`))
	tk := begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").says("quarante-cinq douze soixante-dix-huit zéro deux")
	p := tk.out.Say[len(tk.out.Say)-1]
	if p.Text != "J’ai le 45 12 78 02\u202f; c’est «\u202fbon\u202f»\u202f?" {
		t.Errorf("shown %q", p.Text)
	}
	if strings.ContainsAny(p.Voice, "\u202f\u00a0") {
		t.Errorf("the voice reads %q", p.Voice)
	}
	for _, p := range colibri(t).StaticPrompts() {
		if french := p.Lang == "fr"; french && p.Text != render.Typography("fr", p.Text) || !french && strings.ContainsAny(p.Text, "\u202f’") {
			t.Errorf("%s: %q", p.Lang, p.Text)
		}
	}
}

// The engine's own sentences are written that way to begin with, for whoever copies them into a bot.
func TestResponsesAreWrittenAsPrinted(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("responses.yaml")
	if err != nil {
		t.Fatal(err)
	}
	french, n := false, 0
	quoted := regexp.MustCompile(`"(.*)"`)
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case strings.HasPrefix(line, "  fr:"):
			french = true
		case !strings.HasPrefix(line, "    "):
			french = false
		}
		if m := quoted.FindStringSubmatch(line); french && m != nil {
			n++
			if want := render.Typography("fr", m[1]); m[1] != want {
				t.Errorf("line %d: %q, print it %q", i+1, m[1], want)
			}
		}
	}
	if n < 80 {
		t.Errorf("only %d lines were read", n)
	}
}
