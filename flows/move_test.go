package flows_test

import (
	"strings"
	"testing"

	"decroche/flows"
)

// A chat goes on as a call and a call as a chat, with everything that was told, and the open
// question in the new channel's form.
func TestMoved(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t, "flows/all.yaml", `ask: "Quel numéro ?"`, `ask: {fr: {text: "Quel numéro ?", voice: "Quel numéro, je vous prie ?"}}`))
	to := func(ch flows.Channel) flows.Input {
		return flows.Input{Kind: flows.Moved, Channel: ch, Caller: "+33612345678"}
	}
	tk := begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").turn(to(flows.Voice))
	first, last := tk.out.Say[0], tk.out.Say[len(tk.out.Say)-1]
	if !strings.Contains(first.Voice, "Je suis un robot") || last.Voice != "Quel numéro, je vous prie ?" || tk.out.Expect.Slot != "numero" {
		t.Errorf("%+v, expect %+v", tk.out.Say, tk.out.Expect)
	}
	if tk.says("45127802").acted("error", nil); strings.Contains(tk.said(), "robot") {
		t.Errorf("disclosed twice: %q", tk.said())
	}
	// Cut before it said that a machine speaks, it says so again.
	tk = begin(t, b, flows.Input{Channel: flows.Text}).says("où est mon colis").turn(to(flows.Voice))
	if tk.turn(flows.Input{Kind: flows.Said, Text: lost, Cut: true, Heard: "small"}); !strings.Contains(tk.said(), "Je suis un robot") {
		t.Errorf("said %q", tk.said())
	}
	// The bot's own words do not get around it.
	own := load(t, bot(t, "bot.yaml", "policy:", "responses: {moved_voice: \"C'est encore nous.\"}\npolicy:"))
	if tk = begin(t, own, flows.Input{Channel: flows.Text}).turn(to(flows.Voice)); !strings.HasPrefix(tk.said(), "Je suis un robot. C'est encore nous. Que puis-je") {
		t.Errorf("said %q", tk.said())
	}

	tk = begin(t, b, flows.Input{Channel: flows.Voice}).says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": "ok"}).turn(to(flows.Text))
	if !strings.HasSuffix(tk.said(), "Avez-vous une autre question ?") && !strings.HasSuffix(strings.ReplaceAll(tk.said(), "\u202f", " "), "Avez-vous une autre question ?") || len(tk.out.Slots) != 1 || strings.Contains(tk.said(), "robot") {
		t.Errorf("said %q, slots %+v", tk.said(), tk.out.Slots)
	}
}

// Every question that can be open is said again.
func TestMovedAsksAgain(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	_, clarify := b.Thresholds("fr")
	say := func(s string) flows.Input { return flows.Input{Kind: flows.Said, Text: s, Confidence: 1} }
	for name, turns := range map[string][]flows.Input{
		"wish":     nil,
		"value":    {say("où est mon colis")},
		"confirm":  {say("où est mon colis"), {Kind: flows.Said, Text: "quarante-cinq douze soixante-dix-huit zéro deux", Confidence: 0.4}},
		"clarify":  {{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: &flows.Meaning{Intent: "suivi_colis", Confidence: max(clarify, 0.3) + 0.01, Second: "remboursement", Margin: 0.05}}},
		"callback": {say("un conseiller"), {Kind: flows.Returned, Outcome: "nobody"}},
		"phone":    {say("un conseiller"), {Kind: flows.Returned, Outcome: "nobody"}, say("oui")},
	} {
		tk := begin(t, b, flows.Input{Channel: flows.Voice, Lang: "fr"})
		for _, in := range turns {
			tk.turn(in)
		}
		before := tk.out
		tk.turn(flows.Input{Kind: flows.Moved, Channel: flows.Text})
		a, z := before.Say[len(before.Say)-1], tk.out.Say[len(tk.out.Say)-1]
		if tk.out.Next != flows.Listen || tk.out.Expect.Entity != before.Expect.Entity || tk.out.Expect.Slot != before.Expect.Slot || name != "wish" && a.ID != z.ID {
			t.Errorf("%s: before %q %+v, after %q %+v", name, a.Text, before.Expect, z.Text, tk.out.Expect)
		}
	}
}

// What was out when the process died ends in error, whether the host says so or only that the
// conversation goes on.
func TestLostActionAndHandoff(t *testing.T) {
	t.Parallel()
	b := load(t, bot(t))
	tk := begin(t, b, flows.Input{Channel: flows.Text})
	waits := func(want flows.Kind) {
		t.Helper()
		if got, err := tk.out.State.Waits(); err != nil || got != want {
			t.Errorf("waits for %q, %v; want %q", got, err, want)
		}
	}
	waits(flows.Said)
	tk.says("où est mon colis").keys("45127802")
	waits(flows.Acted)
	out := tk.out
	for _, in := range []flows.Input{{Kind: flows.Acted, Outcome: "error"}, {Kind: flows.Moved, Channel: flows.Text}} {
		tk.out = out
		if tk.turn(in); !strings.Contains(tk.said(), "En panne.") || tk.out.Next != flows.Listen {
			t.Errorf("%s: %q", in.Kind, tk.said())
		}
	}
	tk.says("une vraie personne")
	waits(flows.Returned)
	out = tk.out
	for _, in := range []flows.Input{{Kind: flows.Returned, Outcome: "error"}, {Kind: flows.Moved, Channel: flows.Text}} {
		tk.out = out
		if tk.turn(in); !strings.Contains(tk.said(), "Personne n'a pu répondre") || tk.out.Next != flows.Listen {
			t.Errorf("%s: %q", in.Kind, tk.said())
		}
	}
	tk.turn(flows.Input{Kind: flows.Hangup})
	waits(flows.Hangup)
	if got, err := (flows.State{}).Waits(); err != nil || got != flows.Start {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := (flows.State{Raw: []byte("{")}).Waits(); err == nil {
		t.Error("a state that is none")
	}
}

// A bot that was edited while the caller thought: the nearest step goes on, and the turn says so.
func TestResumedSaysSo(t *testing.T) {
	t.Parallel()
	const file = "flows/all.yaml"
	asked := begin(t, load(t, bot(t)), flows.Input{Channel: flows.Voice}).says("où est mon colis").out.State
	for _, c := range []struct {
		name    string
		edits   []string
		resumed string // part of it
		act     bool   // the answer was taken all the same
	}{
		{"nothing", nil, "", true},
		{"renamed", []string{file, "collect: numero\n", "collect: numero\n        id: other\n"}, "at suivi/other for suivi/numero", true},
		{"another question first", []string{file, "      - collect: numero\n", "      - id: avant\n        ask_yes_no: \"Prêt ?\"\n        if_no: {end: true}\n      - id: autre\n        collect: numero\n"}, "at suivi/avant for suivi/numero", false},
		{"flow gone", []string{file, "  suivi:\n", "  suivre:\n"}, "without flow suivi", false},
		{"another kind of step", []string{file, "      - collect: numero\n        ask: \"Quel numéro ?\"\n", "      - id: numero\n        say: \"Alors.\"\n      - id: le_numero\n        collect: numero\n        ask: \"Quel numéro ?\"\n"}, "at suivi/numero for a value", true},
	} {
		tk := &talk{TB: t, engine: load(t, bot(t, c.edits...)).Engine(), out: flows.Output{State: asked}}
		tk.says("45127802")
		if got := tk.out.Resumed(); !strings.Contains(got, c.resumed) || (got == "") != (c.resumed == "") {
			t.Errorf("%s: resumed %q, want %q", c.name, got, c.resumed)
		}
		if (tk.out.Act != nil) != c.act {
			t.Errorf("%s: act %+v, said %q", c.name, tk.out.Act, tk.said())
		}
	}
	// The answer of an action whose step is gone belongs to nobody.
	out := begin(t, load(t, bot(t)), flows.Input{}).says("où est mon colis").keys("45127802").out
	tk := &talk{TB: t, engine: load(t, bot(t, file, "- http: lookup", "- http: other")).Engine(), out: out}
	if tk.acted("ok", map[string]any{"status": "ok"}); tk.out.Act == nil || tk.out.Act.Args["name"] != "other" || tk.out.Resumed() == "" {
		t.Errorf("act %+v, said %q, resumed %q", tk.out.Act, tk.said(), tk.out.Resumed())
	}
}
