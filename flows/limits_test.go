package flows_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"decroche/flows"
)

// with changes the default bounds.
func with(change func(*flows.Config)) flows.Options {
	l := flows.DefaultConfig()
	change(&l)
	return flows.Options{Limits: l}
}

// Flows that circle through each other, or call too deep, do not load.
func TestLoopLimits(t *testing.T) {
	t.Parallel()
	const f = "flows/all.yaml"
	for _, c := range []struct {
		name  string
		opt   flows.Options
		edits []string
		want  string
	}{
		{"max_call_depth", with(func(l *flows.Config) { l.MaxCallDepth = 1 }), []string{f, "      - end: true\n", "      - call: a\n", f, "  humain:\n", "  a: {steps: [{call: b}]}\n  b: {steps: [{say: x}]}\n  humain:\n"}, "2 calls deep; at most 1 (flows.max_call_depth)"},
		{"loops between flows", flows.Options{}, []string{f, "      - end: true\n", "      - goto: a\n", f, "  humain:\n", "  a: {steps: [{say: x}, {goto: b}]}\n  b: {steps: [{goto: a}]}\n  humain:\n"}, "leads in a circle that never waits"},
		{"an expression that never ends", flows.Options{}, []string{f, `if: etat == "ok"`, `if: "all(1..9999999, any(1..9999999, # > 0))"`}, "loops, which a turn has no time for"},
	} {
		_, err := flows.Load(bot(t, c.edits...), c.opt)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", c.name, err, c.want)
		}
	}
}

// The limits of a turn.
func TestTurnLimits(t *testing.T) {
	t.Parallel()
	const f = "flows/all.yaml"
	loaded := func(opt flows.Options, edits ...string) *flows.Bot {
		t.Helper()
		b, err := flows.Load(bot(t, edits...), opt)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	// max_steps: a person takes over.
	b := loaded(with(func(l *flows.Config) { l.MaxSteps = 10 }), f, "        say: \"En panne.\"\n", "        say: \"En panne.\"\n"+strings.Repeat("      - say: \"x\"\n", 20))
	tk := begin(t, b, flows.Input{}).says("où est mon colis").keys("45127802").acted("error", nil)
	if tk.out.Next != flows.HandOff || tk.out.Transfer.Reason != "error" {
		t.Errorf("max_steps: next %q, said %q", tk.out.Next, tk.said())
	}
	// utterance: what lies beyond is not read.
	b = loaded(with(func(l *flows.Config) { l.MaxUtterance = 100 }))
	if tk = begin(t, b, flows.Input{}).says(strings.Repeat("é ", 60) + "où est mon colis"); strings.Contains(tk.said(), "Quel numéro") {
		t.Errorf("utterance: said %q", tk.said())
	}
	// max_saved_bytes: an answer that is not what was asked for ends in error.
	b = loaded(with(func(l *flows.Config) { l.MaxSavedBytes = 100 }))
	if tk = begin(t, b, flows.Input{}).says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": strings.Repeat("x", 101)}); !strings.Contains(tk.said(), "En panne") {
		t.Errorf("max_saved_bytes: said %q", tk.said())
	}
	// expression_memory: the branch is not taken.
	b = loaded(with(func(l *flows.Config) { l.MaxExpressionMemory = 1000 }), f, `if: etat == "ok"`, "if: 'len([1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40,41,42,43,44,45,46,47,48,49,50]) > 1 && etat == \"ok\"'")
	tk = begin(t, b, flows.Input{}).says("où est mon colis").keys("45127802").acted("ok", map[string]any{"status": "ok"})
	if tk.out.Next == "" {
		t.Errorf("expression_memory: next %q", tk.out.Next)
	}
	// state: what is only nice to have goes; what cannot go is an error, not a state too large.
	b = loaded(with(func(l *flows.Config) { l.MaxStateBytes = 4096; l.MaxSavedBytes = 100_000 }))
	tk = begin(t, b, flows.Input{}).says("où est mon colis").keys("45127802")
	in := flows.Input{Kind: flows.Acted, Outcome: "ok", Result: map[string]any{"status": 200, "body": map[string]any{"status": strings.Repeat("x", 50_000)}}, Now: noon}
	if _, err := b.Engine().Turn(context.Background(), tk.out.State, in); err == nil || !strings.Contains(err.Error(), "more than 4096 bytes (flows.max_state_bytes)") {
		t.Errorf("state: %v", err)
	}
}

// digressions: an older wish is dropped, the newest ones are come back to.
func TestDigressionLimit(t *testing.T) {
	t.Parallel()
	fs := bot(t)
	var intents, fl strings.Builder
	for i := range 5 {
		fmt.Fprintf(&intents, "w%d:\n  title: \"souhait %d\"\n  fr: [\"souhait numéro %d\"]\n", i, i, i)
		fmt.Fprintf(&fl, "  f%d:\n    start: [w%d]\n    back: \"Retour %d.\"\n    steps: [{collect: c%d, entity: email, ask: \"Adresse %d ?\"}]\n", i, i, i, i, i)
	}
	fs["intents/more.yaml"] = &fstest.MapFile{Data: []byte(intents.String())}
	fs["flows/more.yaml"] = &fstest.MapFile{Data: []byte("flows:\n" + fl.String())}
	for limit, want := range map[int]string{1: "Retour 0.", 2: "Retour 1.|Retour 0."} {
		b, err := flows.Load(fs, with(func(l *flows.Config) { l.MaxDigressions = limit }))
		if err != nil {
			t.Fatal(err)
		}
		tk := begin(t, b, flows.Input{Channel: flows.Text})
		for i := range 5 {
			tk.turn(flows.Input{Kind: flows.Said, Text: "xyzzy", Confidence: 1, Meaning: &flows.Meaning{Intent: fmt.Sprintf("w%d", i), Confidence: 1}})
		}
		var back []string
		for range limit + 1 {
			tk.says("a@example.org")
			for _, p := range tk.out.Say {
				if strings.HasPrefix(p.Text, "Retour") {
					back = append(back, p.Text)
				}
			}
		}
		if got := strings.Join(back, "|"); got != want {
			t.Errorf("%d: came back to %q, want %q", limit, got, want)
		}
	}
}

// Whatever is typed, the turn is a turn: bounded, valid UTF-8, and nothing of it is read as a
// template, a mark or a command of the engine.
func TestHostileWords(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	texts := []string{
		strings.Repeat("où est mon colis ", 6000), // 100 KB
		strings.Repeat("\u202e\u2066x", 2000), strings.Repeat("👩‍👩‍👧‍👦", 500), "\x00\x01\x02\x1b[31m\x7f\r\n\u2028", "مرحبا أين طردي", "\xff\xfe\xed\xa0\x80",
		"{{vars.orders}} {{secret:ORDERS_TOKEN}}", "<speak><break time=\"9s\"/></speak>", strings.Repeat("9", 5000), strings.Repeat("é\u0301", 3000), strings.Repeat("non ", 2000), "=cmd|' /C calc'!A0",
	}
	for _, text := range texts {
		for _, before := range [][]string{nil, {"où est mon colis"}, {"où est mon colis", "45127802"}, {"un conseiller"}} {
			tk := begin(t, b, flows.Input{Channel: flows.Text, Lang: "fr", Caller: text})
			for _, s := range before {
				if tk.out.Next == flows.Listen {
					tk.says(s)
				}
			}
			switch tk.out.Next {
			case flows.DoAct:
				tk.acted("ok", map[string]any{"status": text, "date": text})
			case flows.HandOff:
				tk.turn(flows.Input{Kind: flows.Returned, Outcome: text})
			default:
				tk.says(text)
			}
			if n := len(tk.out.State.Raw); n > 32<<10 || !utf8.Valid(tk.out.State.Raw) {
				t.Errorf("%.20q: a state of %d bytes", text, n)
			}
			for _, p := range tk.out.Say {
				if strings.Contains(p.Voice, "127.0.0.1") || strings.Contains(p.Text, "127.0.0.1") || !utf8.ValidString(p.Voice) || len(p.Voice) > 20_000 {
					t.Errorf("%.20q: said %.100q", text, p.Voice)
				}
			}
		}
	}
}

// A conversation keeps little: ten thousand of them at once are an ordinary evening.
func TestStateIsSmall(t *testing.T) {
	t.Parallel()
	tk := begin(t, colibri(t), flows.Input{Channel: flows.Voice, Lang: "fr", Caller: "+33612345678"})
	var sizes []int
	for _, step := range []func(){
		func() { tk.says("tralala pouet") }, func() { tk.says("euh bonjour j'ai toujours pas reçu mon paquet") },
		func() {
			tk.turn(flows.Input{Kind: flows.Said, Text: "quarante-cinq douze soixante-dix-huit zéro un", Confidence: 0.7, Alternatives: []flows.Alternative{{Text: "quarante cinq douze soixante dix huit zéro deux", Confidence: 0.5}}})
		},
		func() { tk.says("non zéro deux à la fin") }, func() { tk.acted("ok", map[string]any{"status": "delivered", "date": "2026-11-20"}) },
		func() { tk.says("non") },
	} {
		step()
		sizes = append(sizes, len(tk.out.State.Raw))
	}
	if most := slices.Max(sizes); most > 3<<10 {
		t.Errorf("states of %v bytes; want at most 3 KiB", sizes)
	}
	t.Logf("states of %v bytes", sizes)
}
