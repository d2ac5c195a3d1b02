package flows_test

import (
	"testing"
	"time"

	"decroche/flows"
	"decroche/flows/entity"
)

// The ears are told all that a slot knows of its answer, and the times that its step sets.
func TestExpectCarriesTheSlot(t *testing.T) {
	t.Parallel()
	const b, f = "bot.yaml", "flows/all.yaml"
	ask := func(tk *talk) flows.Expect { return tk.says("où est mon colis").out.Expect }
	load := func(edits ...string) *talk {
		bot, err := flows.Load(bot(t, edits...), flows.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return begin(t, bot, flows.Input{Channel: flows.Voice})
	}
	x := ask(load(f, `ask: "Quel numéro ?"`, "ask: \"Quel numéro ?\"\n        listen: {pause: 2s, complete: 300ms}"))
	if x.Entity != entity.TypeDigits || x.Spec.Type != entity.TypeDigits || x.Spec.Length != 8 || x.Digits != 8 {
		t.Errorf("eight digits: %+v", x)
	}
	if want := (flows.Ends{Pause: 2 * time.Second, Complete: 300 * time.Millisecond}); x.Ends != want {
		t.Errorf("times of the step: %+v, want %+v", x.Ends, want)
	}
	tk := load()
	if x = ask(tk); x.Ends != (flows.Ends{}) {
		t.Errorf("no times set: %+v", x.Ends)
	}
	if x = tk.says("quarante-cinq douze").out.Expect; x.Digits != 4 || x.Spec.Length != 4 {
		t.Errorf("four of eight said: %+v", x)
	}
	x = ask(load(b, "languages: [fr]", "languages: [fr]\nregions: {fr: fr-BE}", f, "type: digits, length: 8", "type: phone"))
	if x.Spec.Type != entity.TypePhone || x.Spec.Region != "BE" {
		t.Errorf("a Belgian phone number: %+v", x.Spec)
	}
}
