package flows_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
)

// small is a bot that loads; tests break it in one place each.
var small = map[string]string{
	"bot.yaml": `name: small
languages: [fr]
timezone: Europe/Paris
called: {line: fr}
vars: {api: "https://api.example.org"}
disclosure: "Je suis un robot."
greeting: "Bonjour. {{disclosure}} Que voulez-vous ?"
policy:
  transfer: {skills: [fr]}
`,
	"intents/all.yaml": `colis:
  title: "suivre un colis"
  fr: ["où est mon colis", "je veux mon paquet", "suivre ma livraison", "il arrive quand mon colis"]
personne:
  title: "parler à quelqu'un"
  fr: ["une vraie personne", "un humain", "passez-moi le standard", "quelqu'un"]
`,
	"flows/all.yaml": `entities:
  numero: {type: digits, length: 8}
flows:
  suivi:
    start: [colis]
    steps:
      - collect: numero
        ask: "Quel numéro ?"
      - http: lookup
        url: "{{vars.api}}/orders/{{numero}}"
        save: {etat: body.status}
        outcomes:
          error: panne
          timeout: panne
      - switch:
          - if: etat == "ok"
            say: "C'est bon."
          - else: {say: "Ce n'est pas bon."}
      - end: true
      - id: panne
        say: "En panne."
  humain:
    start: [personne]
    steps:
      - transfer: {skills: [fr]}
`,
}

// bot returns small with some of its texts replaced: file, old, new, file, old, new …
func bot(t testing.TB, edits ...string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for name, src := range small {
		out[name] = &fstest.MapFile{Data: []byte(src)}
	}
	for i := 0; i+2 < len(edits); i += 3 {
		src := string(out[edits[i]].Data)
		if !strings.Contains(src, edits[i+1]) {
			t.Fatalf("%s does not contain %q", edits[i], edits[i+1])
		}
		out[edits[i]] = &fstest.MapFile{Data: []byte(strings.Replace(src, edits[i+1], edits[i+2], 1))}
	}
	return out
}

func TestSmallBotLoads(t *testing.T) {
	t.Parallel()
	if _, err := flows.Load(bot(t), flows.Options{}); err != nil {
		t.Fatal(err)
	}
}

// Each rule, a bad example, and what is said of it.
func TestProblems(t *testing.T) {
	t.Parallel()
	const b, i, f = "bot.yaml", "intents/all.yaml", "flows/all.yaml"
	for _, c := range []struct {
		name  string
		edits []string
		want  string
	}{
		{"unknown key", []string{b, "timezone:", "timzone:"}, `bot.yaml:3:1: unknown key "timzone" in bot.yaml; did you mean "timezone"?`},
		{"unknown timezone", []string{b, "Europe/Paris", "Europe/Pariss"}, `bot.yaml:3:11: timezone "Europe/Pariss" is not known`},
		{"unknown language", []string{b, "[fr]", "[fr, xx]"}, `bot.yaml:2:12: language "xx" is not known`},
		{"duplicate key", []string{b, "name: small", "name: small\nname: other"}, `bot.yaml:2:1: key "name" is here twice (first on line 1)`},
		{"no disclosure", []string{b, `disclosure: "Je suis un robot."`, ""}, "disclosure is missing"},
		{"greeting hides it", []string{b, "{{disclosure}} ", ""}, "greeting (fr, text) does not say that a machine answers"},
		{"recording of which calls", []string{b, "policy:", "recording: {}\npolicy:"}, "bot.yaml:8:12: recording does not say which calls; write enabled: true, or sample: 0.1 for one in ten"},
		{"recording twice", []string{b, "policy:", "recording: {enabled: true, sample: 0.5}\npolicy:"}, "bot.yaml:8:28: recording has enabled and sample; write one"},
		{"recording of too many", []string{b, "policy:", "recording: {sample: 10}\npolicy:"}, `bot.yaml:8:21: recording.sample must be a number from 0 to 1, not "10"`},
		{"recording in secret", []string{b, "policy:", "recording: {enabled: true, announce: \"Bonjour.\"}\npolicy:"}, `bot.yaml:8:38: the announcement of the recording (fr, text) does not say that the call is recorded; write for example "Cet appel est enregistré."`},
		{"recording in silence", []string{b, "policy:", "recording: {enabled: true, announce: \"\"}\npolicy:"}, "does not say that the call is recorded"},
		{"recording hidden in responses", []string{b, "policy:", "responses: {recording: \"Bonjour.\"}\npolicy:"}, "does not say that the call is recorded"},
		{"recording step", []string{f, "- end: true", "- end: true\n        recording: start"}, `recording cannot be "start"`},
		{"no policy", []string{b, "policy:\n  transfer: {skills: [fr]}\n", ""}, "policy is missing"},
		{"called language", []string{b, "{line: fr}", "{line: en}"}, `bot.yaml:4:16: called "line" answers in "en", which is not in languages`},
		{"pause", []string{f, `ask: "Quel numéro ?"`, "ask: \"Quel numéro ?\"\n        listen: {pause: 20s}"}, `flows/all.yaml:9:25: listen.pause must be between 200ms and 10s, not 20s`},
		{"complete", []string{f, `ask: "Quel numéro ?"`, "ask: \"Quel numéro ?\"\n        listen: {complete: 20}"}, `flows/all.yaml:9:28: listen.complete must be a duration such as 3s or 300ms, not "20"`},
		{"complete too short", []string{f, `ask: "Quel numéro ?"`, "ask: \"Quel numéro ?\"\n        listen: {complete: 20ms}"}, `flows/all.yaml:9:28: listen.complete must be between 100ms and 2s, not 20ms`},
		{"complete above pause", []string{f, `ask: "Quel numéro ?"`, "ask: \"Quel numéro ?\"\n        listen: {pause: 300ms, complete: 500ms}"}, `flows/all.yaml:9:42: listen.complete of 500ms is longer than listen.pause of 300ms; a complete answer ends sooner than one that may go on`},
		{"sensitive", []string{f, `ask: "Quel numéro ?"`, "ask: \"Quel numéro ?\"\n        sensitive: peut-être"}, `flows/all.yaml:9:20: sensitive must be true or false`},
		{"duration", []string{b, "  transfer: {skills: [fr]}", "  patience: {word: 5}\n  transfer: {skills: [fr]}"}, `patience.word must be a duration such as 3s or 300ms, not "5"`},
		{"secret in vars", []string{b, `"https://api.example.org"`, `"secret:X"`}, "vars.api: vars are readable by templates, secrets are not"},
		{"intent twice", []string{i, "personne:", "colis:"}, `key "colis" is here twice`},
		{"example in two intents", []string{i, `"un humain"`, `"où est mon colis"`}, `example "où est mon colis" is in intents "colis" and "personne"`},
		{"unknown intent", []string{f, "start: [colis]", "start: [coli]"}, `flows/all.yaml:5:12: start names "coli", which is not an intent; did you mean "colis"?`},
		{"intent without flow", []string{f, "    start: [personne]\n", ""}, `no flow answers intent "personne"`},
		{"unknown entity", []string{f, "collect: numero", "collect: numeor"}, `no entity is called "numeor"`},
		{"unknown goto", []string{f, "error: panne", "error: pane"}, `flows/all.yaml:13:18: no step of this flow and no flow is called "pane"; did you mean "panne"?`},
		{"missing route", []string{f, "          timeout: panne\n", ""}, `flows/all.yaml:9:9: http "lookup" may end in "timeout", which has no route; add one under outcomes:`},
		{"unknown outcome", []string{f, "          timeout: panne\n", "          timeout: panne\n          tiemout: panne\n"}, `http does not end in "tiemout"; it ends in ok, timeout, error or a status such as "404"; did you mean "timeout"?`},
		{"= for ==", []string{f, `if: etat == "ok"`, `if: etat = "ok"`}, `flows/all.yaml:16:17: if: = compares nothing (character 6); write ==`},
		{"unknown name in an expression", []string{f, `if: etat == "ok"`, `if: etta == "ok"`}, `flows/all.yaml:16:17: if: "etta" is neither a slot, a saved value nor a name of the engine (character 1); did you mean "etat"?`},
		{"expression of another type", []string{f, `if: etat == "ok"`, `if: numero + "1"`}, `flows/all.yaml:16:17: if: expected bool, but got string`},
		{"types that cannot be compared", []string{f, `if: etat == "ok"`, `if: numero == 4`}, `flows/all.yaml:16:17: if: numero == 4: numero is digits, which are text`},
		{"broken expression", []string{f, `if: etat == "ok"`, `if: etat ==`}, "flows/all.yaml:16:17: if: unexpected token"},
		{"loop in an expression", []string{f, `if: etat == "ok"`, `if: "all(1..9999999, # > 0)"`}, "loops, which a turn has no time for"},
		{"unknown value in a template", []string{f, "/orders/{{numero}}", "/orders/{{numer}}"}, `{{numer}} is neither a slot, a saved value nor in vars; did you mean "numero"?`},
		{"unknown way of writing", []string{f, `say: "C'est bon."`, `say: "{{digit numero}}"`}, `does not know the way of writing "digit"; did you mean "digits"?`},
		{"open template", []string{f, `say: "C'est bon."`, `say: "{{numero"`}, `has "{{" without "}}"`},
		{"secret in a template", []string{f, `say: "C'est bon."`, `say: "{{secret:TOKEN}}"`}, "secrets are never readable by templates"},
		{"url that is none", []string{f, "{{vars.api}}/orders", "ftp://x/orders"}, `url must begin with http:// or https:// and a host`},
		{"unreachable step", []string{f, "error: panne\n          timeout: panne", "error: {end: true}\n          timeout: {end: true}"}, `nothing leads to step "panne" of flow "suivi"`},
		{"two primaries", []string{f, "- end: true", "- end: true\n        goodbye: true"}, "this one has end and goodbye"},
		{"step key of another step", []string{f, "        ask: \"Quel numéro ?\"", "        ask: \"Quel numéro ?\"\n        outcomes: {}"}, `unknown key "outcomes" in a step with collect`},
		{"else not last", []string{f, `          - if: etat == "ok"`, "          - else: {end: true}\n          - if: etat == \"ok\""}, "this branch is never reached: else comes last"},
		{"two steps of one name", []string{f, "- id: panne", "- id: lookup"}, `two steps are called "lookup"`},
		{"circle", []string{f, "- id: panne\n        say: \"En panne.\"", "- id: panne\n        say: \"En panne.\"\n        goto: panne"}, "leads in a circle that never waits"},
		{"reset of nothing", []string{f, "- id: panne", "- id: panne\n        reset: [numreo]"}, `reset names "numreo", which no step collects; did you mean "numero"?`},
		{"anchor", []string{f, "- end: true", "- end: &x true"}, "anchors (&) and aliases (*) are not read here"},
		{"pattern", []string{f, "length: 8", "pattern: '['"}, "is not a regular expression"},
		{"hand-off outcome", []string{f, "transfer: {skills: [fr]}", "transfer: {skills: [fr], outcomes: {bussy: {end: true}}}"}, `"bussy" is not how a hand-off ends; did you mean "busy"?`},
		{"expression in a body", []string{f, "        save: {", "        method: POST\n        body: {x: '{{etat ?? \"b\"}}'}\n        save: {"}, `body has "{{etat ?? "b"}}"; write {{name}} or {{digits name}}`},
		{"save without body", []string{f, "body.status", "status.body.x"}, "save: "},
		{"not YAML", []string{f, "flows:\n", "flows: [\n"}, "flows/all.yaml:"},
		{"list for a map", []string{f, "outcomes:\n          error: panne\n          timeout: panne", "outcomes: [panne]"}, "outcomes must be a map of keys, not a list"},
		{"empty branch", []string{f, "error: panne", "error:"}, "nothing is written here"},
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

// All complaints come in one go, in reading order.
func TestAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, err := flows.Load(bot(t, "bot.yaml", "timezone: Europe/Paris", "timzone: x", "intents/all.yaml", "  title: \"suivre un colis\"\n", "",
		"flows/all.yaml", "          timeout: panne\n", "", "flows/all.yaml", "etat ==", "etaat =="), flows.Options{})
	var ps flows.Problems
	if !errors.As(err, &ps) || len(ps) != 5 {
		t.Fatalf("want 5 problems, have %d:\n%v", len(ps), err)
	}
	if ps[0].File != "bot.yaml" || ps[4].File != "intents/all.yaml" {
		t.Errorf("not in reading order:\n%v", err)
	}
}

// A mistake that is loud must not be buried under what follows from it.
func TestOneMistakeOneComplaint(t *testing.T) {
	t.Parallel()
	for _, edits := range [][]string{
		{"flows/all.yaml", "error: panne", "error: pane"},
		{"flows/all.yaml", "- id: panne", "- id: pane", "flows/all.yaml", "timeout: panne", "timeout: pane"},
		{"flows/all.yaml", "        save: {", "        method: POST\n        body: {x: '{{etat ?? \"b\"}}'}\n        save: {"},
		{"flows/all.yaml", "      - end: true", "      - goto: panne\n      - id: un\n        say: \"Un.\"\n      - id: deux\n        ask_yes_no: \"Deux ?\"\n        if_no: {goto: trois}\n      - end: true\n      - id: trois\n        say: \"Trois.\"\n      - end: true"},
		{"flows/all.yaml", "      - end: true", "      - goto: panne\n      - id: un\n        ask_yes_no: \"Un ?\"\n        if_no: {goto: deux}\n      - id: deux\n        ask_yes_no: \"Deux ?\"\n        if_no: {goto: un}\n      - end: true"},
	} {
		_, err := flows.Load(bot(t, edits...), flows.Options{})
		var ps flows.Problems
		if !errors.As(err, &ps) || len(ps) != 1 {
			t.Errorf("%q: %d complaints, want one:\n%v", edits, len(ps), err)
		}
	}
}

func TestMissingFolder(t *testing.T) {
	t.Parallel()
	_, err := flows.Load(fstest.MapFS{}, flows.Options{})
	if err == nil || !strings.Contains(err.Error(), "bot.yaml: cannot be read") {
		t.Errorf("error %v", err)
	}
	if _, err := flows.Load(os.DirFS("/nonexistent-folder"), flows.Options{}); err == nil {
		t.Error("a folder that is not there loads")
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"brackets": strings.Repeat("[", 500_000),
		"braces":   strings.Repeat("{a: ", 200_000),
		"dashes":   strings.Repeat("- ", 400_000) + "x",
		"question": strings.Repeat("? ", 400_000) + "x",
		"big":      "a: \"" + strings.Repeat("x", 1<<20) + "\"",
		"bomb":     "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b]\n",
		"indented": indented(2000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs := bot(t)
			fs["flows/all.yaml"] = &fstest.MapFile{Data: []byte(src)}
			if _, err := flows.Load(fs, flows.Options{}); err == nil {
				t.Error("it loads")
			}
		})
	}
}

func indented(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%sa:\n", strings.Repeat(" ", i))
	}
	return b.String()
}

func TestVarsFromTheHost(t *testing.T) {
	t.Parallel()
	bot, err := flows.Load(bot(t), flows.Options{Vars: map[string]string{"api": "http://127.0.0.1:1"}})
	if err != nil || bot.Vars()["api"] != "http://127.0.0.1:1" {
		t.Errorf("vars = %v, %v", bot.Vars(), err)
	}
	if _, err = flows.Load(fsBot(t), flows.Options{Vars: map[string]string{"apo": "x"}}); err == nil || !strings.Contains(err.Error(), `did you mean "api"?`) {
		t.Errorf("error %v", err)
	}
}

func fsBot(t testing.TB) fstest.MapFS { return bot(t) }

func FuzzLoad(f *testing.F) {
	for _, src := range small {
		f.Add(src, byte(0))
		f.Add(src, byte(1))
		f.Add(src, byte(2))
	}
	f.Add("a: &a [*a]", byte(1))
	f.Add("? {a: b}\n: c", byte(2))
	f.Add("flows: {x: {steps: [{switch: [{if: \"1..9 in lang\"}]}]}}", byte(2))
	f.Add("flows: {x: {steps: [{goto: x, max: 1, over: [x]}]}}", byte(2))
	f.Fuzz(func(t *testing.T, src string, which byte) {
		fs := bot(t)
		names := []string{"bot.yaml", "intents/all.yaml", "flows/all.yaml"}
		fs[names[int(which)%3]] = &fstest.MapFile{Data: []byte(src)}
		b, err := flows.Load(fs, flows.Options{})
		if (b == nil) == (err == nil) {
			t.Fatalf("bot %v, error %v", b, err)
		}
		if b != nil {
			b.StaticPrompts()
		}
	})
}
