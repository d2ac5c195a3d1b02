package flows_test

import (
	"errors"
	"strings"
	"testing"

	"decroche/flows"
)

// What only the whole bot shows, each with the line, the caret and exactly what is said.
func TestGraphChecks(t *testing.T) {
	t.Parallel()
	const b, i, f = "bot.yaml", "intents/all.yaml", "flows/all.yaml"
	for _, c := range []struct {
		name  string
		edits []string
		want  string
	}{
		{"flow that nothing starts", []string{f, "  humain:\n", "  oubli:\n    steps: [{end: true}]\n  humain:\n"},
			"flows/all.yaml:22:3: nothing starts flow \"oubli\"; write start: [an_intent], or goto it from another flow\n      oubli:\n      ^"},
		{"two flows that start each other only", []string{f, "  humain:\n", "  ici:\n    steps: [{ask_yes_no: Encore ?, if_yes: la}]\n  la:\n    steps: [{goto: ici}]\n  humain:\n"},
			"flows/all.yaml:22:3: nothing starts flow \"ici\"; write start: [an_intent], or goto it from another flow\n      ici:\n      ^\n" +
				"flows/all.yaml:24:3: nothing starts flow \"la\"; write start: [an_intent], or goto it from another flow\n      la:\n      ^"},
		{"step behind a goto", []string{f, "      - end: true", "      - goto: panne\n      - id: jamais\n        say: \"Jamais.\"\n      - end: true"},
			"flows/all.yaml:21:9: nothing leads to step \"jamais\" of flow \"suivi\"; go to it or remove it\n            say: \"Jamais.\"\n            ^"},
		{"circle behind a goto", []string{f, "      - end: true", "      - goto: panne\n      - id: un\n        ask_yes_no: \"Un ?\"\n        if_no: {goto: deux}\n      - id: deux\n        ask_yes_no: \"Deux ?\"\n        if_no: {goto: un}\n      - end: true"},
			"flows/all.yaml:21:9: nothing leads to step \"un\" of flow \"suivi\"; go to it or remove it\n            ask_yes_no: \"Un ?\"\n            ^"},
		{"circle through a switch", []string{f, `            say: "C'est bon."`, "            goto: encore\n      - id: encore\n        switch:\n          - if: etat == \"x\"\n            goto: encore", `- else: {say: "Ce n'est pas bon."}`, `- else: {say: "Ce n'est pas bon."}`},
			"flows/all.yaml:21:13: goto \"encore\" leads in a circle that never waits for the caller; ask something in it\n                goto: encore\n                ^"},
		{"circle through a slot that is known", []string{f, "error: panne", "error: numero"},
			"flows/all.yaml:13:18: goto \"numero\" leads in a circle that never waits: slot \"numero\" is known by then and not asked for again; write reset: [numero] in it\n              error: numero\n                     ^"},
		{"circle through a system", []string{f, "error: panne", "error: lookup"},
			"flows/all.yaml:13:18: goto \"lookup\" leads in a circle that asks \"lookup\" again without waiting for the caller; write max: 2 beside it, or ask something in it\n              error: lookup\n                     ^"},
		{"circle between flows", []string{f, "- transfer: {skills: [fr]}", "- goto: autre\n  autre:\n    steps:\n      - goto: humain"},
			"flows/all.yaml:28:9: goto \"humain\" leads in a circle that never waits for the caller; ask something in it\n          - goto: humain\n            ^"},
		{"example of an unknown entity", []string{i, `"je veux mon paquet"`, `"le [4512](numreo)"`},
			"intents/all.yaml:3:28: the example marks \"4512\" as \"numreo\", which is no entity; did you mean \"numero\"?\n      fr: [\"où est mon colis\", \"le [4512](numreo)\", \"suivre ma livraison\", \"il arrive quand mon colis\"]\n                               ^"},
		{"slot of two kinds", []string{f, "- transfer: {skills: [fr]}", "- collect: numero\n        entity: date\n        ask: \"Quel jour ?\"\n      - transfer: {skills: [fr]}"},
			"flows/all.yaml:25:9: slot \"numero\" is a date here and digits in flows/all.yaml:7; a slot holds one kind of value: rename one\n          - collect: numero\n            ^"},
		{"digits compared with a number", []string{f, `if: etat == "ok"`, `if: numero == 12345678`},
			"flows/all.yaml:16:17: if: numero == 12345678: numero is digits, which are text: \"007\" is not 7; write numero == \"12345678\"\n              - if: numero == 12345678\n                    ^"},
		{"date written of digits", []string{f, `say: "C'est bon."`, `say: "Le {{date numero}}."`},
			"flows/all.yaml:17:18: {{date numero}}: numero is digits; write {{digits numero}} or {{numero}}\n                say: \"Le {{date numero}}.\"\n                     ^"},
		{"callback to a date", []string{f, "type: digits, length: 8", "type: date", f, `say: "En panne."`, "callback: {phone: numero}"},
			"flows/all.yaml:21:27: phone: slot \"numero\" is a date, which cannot be rung; collect it as {type: phone}\n            callback: {phone: numero}\n                              ^"},
		{"language that the bot has not", []string{f, `ask: "Quel numéro ?"`, `ask: {fr: "Quel numéro ?", en: "Which number?"}`},
			"flows/all.yaml:8:36: ask is written in \"en\", which is not in languages of bot.yaml; add it there or remove this\n            ask: {fr: \"Quel numéro ?\", en: \"Which number?\"}\n                                       ^"},
		{"language missing in a text", []string{b, "languages: [fr]", "languages: [fr, en]"},
			"flows/all.yaml:8:14: ask must be written per language, {fr: …, en: …}\n            ask: \"Quel numéro ?\"\n                 ^"},
		{"language missing in a map", []string{b, "languages: [fr]", "languages: [fr, en]", f, `ask: "Quel numéro ?"`, `ask: {fr: "Quel numéro ?"}`},
			"flows/all.yaml:8:14: ask lacks language \"en\"\n            ask: {fr: \"Quel numéro ?\"}\n                 ^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := flows.Load(bot(t, c.edits...), flows.Options{})
			var ps flows.Problems
			if !errors.As(err, &ps) {
				t.Fatalf("error %v, want Problems", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("said:\n%v\nwant:\n%s", err, c.want)
			}
		})
	}
}

// Circles that wait, or end, are in order.
func TestCirclesInOrder(t *testing.T) {
	t.Parallel()
	const f = "flows/all.yaml"
	for name, edits := range map[string][]string{
		"forgets the slot": {f, "error: panne", "error: {reset: [numero], goto: numero}"},
		"bounded":          {f, "error: panne", "error: {goto: numero, max: 2}"},
		"asks":             {f, "error: panne", "error: {ask_yes_no: Encore ?, if_yes: lookup}"},
		"hands over":       {f, "- transfer: {skills: [fr]}", "- transfer: {skills: [fr], outcomes: {full: humain}}"},
	} {
		if _, err := flows.Load(bot(t, edits...), flows.Options{}); err != nil {
			t.Errorf("%s:\n%v", name, err)
		}
	}
}

// What loads and looks unintended, with exactly what is said of it.
func TestWarnings(t *testing.T) {
	t.Parallel()
	const b, f = "bot.yaml", "flows/all.yaml"
	ladder := []string{b, "  transfer: {skills: [fr]}", "  transfer: {skills: [fr]}\n  callback: {}"}
	for _, c := range []struct {
		name  string
		edits []string
		want  string
	}{
		{"nothing", nil, ""},
		{"unused entity", []string{f, "entities:\n", "entities:\n  jamais: {type: date}\n"},
			"flows/all.yaml:2:3: no step collects entity \"jamais\"; collect it or remove it\n      jamais: {type: date}\n      ^"},
		{"slot that nothing reads", []string{f, "orders/{{numero}}", "orders"},
			"flows/all.yaml:7:9: slot \"numero\" is asked for and nothing reads it; use it or do not ask\n          - collect: numero\n            ^"},
		{"bare value of unknown type", []string{f, `if: etat == "ok"`, `if: etat`},
			"flows/all.yaml:16:17: if: \"etat\" is true or false only when the far system says so, and an error otherwise; write etat == true\n              - if: etat\n                    ^"},
		{"sensitive in an address", []string{f, `ask: "Quel numéro ?"`, "ask: \"Quel numéro ?\"\n        sensitive: true"},
			"flows/all.yaml:10:9: the url carries slot \"numero\", which is sensitive, and addresses end up in logs; send it in the body\n          - http: lookup\n            ^"},
		{"button that nobody understands", []string{f, `say: "En panne."`, `say: {fr: {text: "En panne.", quick: ["Zorglub", "Où est mon colis"]}}`},
			"flows/all.yaml:21:19: the button \"Zorglub\" is neither an answer to this question nor an intent; add it to an intent's examples (fr) or reword it\n            say: {fr: {text: \"En panne.\", quick: [\"Zorglub\", \"Où est mon colis\"]}}\n                      ^"},
		{"button of a yes-no question", []string{f, `say: "En panne."`, `ask_yes_no: {fr: {text: "Encore ?", quick: ["Oui", "Non", "Bof"]}}` + "\n        if_yes: {end: true}"},
			"flows/all.yaml:21:26: the button \"Bof\" is neither an answer to this question nor an intent; add it to an intent's examples (fr) or reword it\n            ask_yes_no: {fr: {text: \"Encore ?\", quick: [\"Oui\", \"Non\", \"Bof\"]}}\n                             ^"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := flows.Load(bot(t, append(append([]string{}, ladder...), c.edits...)...), flows.Options{})
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			if w := got.Warnings(); len(w) > 0 {
				said = w.Error()
			}
			if said != c.want {
				t.Errorf("said:\n%v\nwant:\n%s", said, c.want)
			}
		})
	}
	alone, err := flows.Load(bot(t), flows.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if w := alone.Warnings(); len(w) != 1 || !strings.HasPrefix(w[0].String(), "flows/all.yaml:25:9: when nobody answers this transfer the caller is sent away") {
		t.Errorf("a transfer without a way on: %v", w)
	}
}
