package flows_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"decroche/flows"
)

// Files that mean harm, or were made by a machine that went mad: each is refused with one
// sentence that says where, and never followed.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
	for _, c := range []struct{ name, src, want string }{
		{"bomb of anchors", bomb, "flows/all.yaml:1:4: anchors (&) and aliases (*) are not read here; write it out"},
		{"alias alone", "flows: *nowhere\n", "flows/all.yaml:1:8: anchors (&) and aliases (*) are not read here; write it out"},
		{"alias of itself", "flows: &f {x: *f}\n", "flows/all.yaml:1:8: anchors (&) and aliases (*) are not read here; write it out"},
		{"merge key", "flows:\n  <<: {x: {steps: []}}\n", "flows/all.yaml:2:3: merge keys (<<) are not read here; write it out"},
		{"tag", "flows: !!binary aGk=\n", "flows/all.yaml:1:8: tags (!) are not read here; put the text in quotes"},
		{"duplicate key", "flows:\n  a: {steps: [{end: true}]}\n  a: {steps: [{end: true}]}\n", "flows/all.yaml:3:3: key \"a\" is here twice (first on line 2); remove one"},
		{"duplicate key in a step", "flows:\n  a:\n    steps:\n      - say: x\n        say: y\n", "flows/all.yaml:5:9: key \"say\" is here twice (first on line 4); remove one"},
		{"duplicate key in braces", "flows: {a: {steps: [{say: x, say: y}]}}\n", "key \"say\" is here twice (first on line 1); remove one"},
		{"key that is a map", "? {a: b}\n: c\n", "flows/all.yaml:2:1: not YAML: found an invalid key for this map"},
		{"second document", "flows: {}\n---\nflows: {}\n", "a second document; one file holds one document: remove the \"---\""},
		{"brackets", strings.Repeat("[", 100_000), "flows/all.yaml:1:161: nested more than 40 deep (flows.max_depth); write it flatter"},
		{"braces", strings.Repeat("{a: ", 50_000), "nested more than 40 deep (flows.max_depth); write it flatter"},
		{"dashes", strings.Repeat("- ", 200_000) + "x", "nested more than 40 deep (flows.max_depth); write it flatter"},
		{"indentation", indented(60), "nested more than 40 deep (flows.max_depth); write it flatter"},
		{"values", "flows: [" + strings.Repeat("x,", 210_000) + "x]", "more than 200000 values in one file (flows.max_values); split it"},
		{"bytes", "a: \"" + strings.Repeat("x", 1<<20) + "\"", "flows/all.yaml: is more than 1048576 bytes (flows.max_file_bytes); split it"},
		{"UTF-16", "\xff\xfef\x00l\x00", "flows/all.yaml: is not UTF-8 text (it looks like UTF-16); save it as UTF-8"},
		{"empty", "", "flows/all.yaml: is empty"},
		{"half a string", "flows: {a: \"", "flows/all.yaml:1:12: not YAML: "},
		{"expression of a kilobyte", expression(strings.Repeat("1 + ", 300) + "1 == 2"), "if: is 1206 bytes; at most 500 (flows.max_expression_bytes): use two branches"},
		{"expression of many parts", expression(strings.Repeat("!", 150) + "true"), "exceeds maximum allowed nodes"},
		{"expression that loops", expression("all(1..99999999, # > 0)"), "if: a predicate loops, which a turn has no time for; compare values instead"},
		{"expression that counts", expression("len(1..99999999) > 0"), "if: a range loops, which a turn has no time for; compare values instead"},
		{"expression that repeats", expression("repeat(lang, 99999999) == lang"), "repeat"},
		{"expression that reads the clock", expression("now() > now()"), "now"},
		{"template in a template", oneSay("{{ {{lang}} }}"), "flows/all.yaml:5:14: say has \"{{\" inside \"{{\"; a value is written {{name}}"},
		{"template that never ends", oneSay("{{" + strings.Repeat("lang ", 1000)), "say has \"{{\" without \"}}\"; a value is written {{name}}"},
		{"template that reads a secret", oneSay("{{secret:TOKEN}}"), "{{secret:TOKEN}}: secrets are never readable by templates; write the header as \"secret:TOKEN\""},
		{"template that reads a field", oneSay("{{vars.api.x}}"), "{{vars.api.x}} is neither a slot, a saved value nor in vars"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fs := bot(t)
			fs["flows/all.yaml"] = &fstest.MapFile{Data: []byte(c.src)}
			_, err := flows.Load(fs, flows.Options{})
			var ps flows.Problems
			if !errors.As(err, &ps) {
				t.Fatalf("error %v, want Problems", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("said:\n%.2000s\nwant:\n%s", err, c.want)
			}
			if len(err.Error()) > 20_000 {
				t.Errorf("the complaint has %d bytes", len(err.Error()))
			}
		})
	}
}

func expression(src string) string {
	return "flows:\n  suivi:\n    start: [colis]\n    steps:\n      - switch:\n          - if: '" + src + "'\n            end: true\n  humain:\n    start: [personne]\n    steps: [{transfer: {skills: [fr]}}]\n"
}

func oneSay(text string) string {
	return "flows:\n  suivi:\n    start: [colis]\n    steps:\n      - say: '" + text + "'\n  humain:\n    start: [personne]\n    steps: [{transfer: {skills: [fr]}}]\n"
}

// The bounds are those of the configuration.
func TestLimits(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limits flows.Config
		want   string
	}{
		"files":       {flows.Config{MaxFiles: 1}, "flows: more than 1 files (flows.max_files); a bot this large is several bots"},
		"bytes":       {flows.Config{MaxFileBytes: 300}, "flows/all.yaml: is more than 300 bytes (flows.max_file_bytes); split it"},
		"values":      {flows.Config{MaxValues: 20}, "more than 20 values in one file (flows.max_values); split it"},
		"depth":       {flows.Config{MaxDepth: 4}, "nested more than 4 deep (flows.max_depth); write it flatter"},
		"expression":  {flows.Config{MaxExpressionBytes: 5}, "if: is 12 bytes; at most 5 (flows.max_expression_bytes): use two branches"},
		"expressions": {flows.Config{MaxExpressionNodes: 1}, "if: compilation failed: expression exceeds maximum allowed nodes"},
	} {
		_, err := flows.Load(bot(t), flows.Options{Limits: c.limits})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: said:\n%v\nwant:\n%s", name, err, c.want)
		}
	}
	if bad := flows.DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("the defaults: %q", bad)
	}
	off := flows.DefaultConfig()
	off.MaxFileBytes, off.MaxFiles, off.MaxExpressionMemory, off.MaxSteps = 1<<30, -1, 1, 5
	bad := off.Validate()
	want := []string{
		"max_file_bytes: 1073741824 is not between 1024 and 16777216; leave it out for the default",
		"max_files: -1 is not between 1 and 5000; leave it out for the default",
		"max_expression_memory: 1 is not between 100 and 1000000; leave it out for the default",
		"max_steps: 5 is not between 10 and 10000; leave it out for the default",
	}
	if fmt.Sprint(bad) != fmt.Sprint(want) {
		t.Errorf("said %q\nwant %q", bad, want)
	}
}

// What a caller says is never read as a template, wherever it is written out again.
func TestTemplatesAreNotReadTwice(t *testing.T) {
	t.Parallel()
	b, err := flows.Load(bot(t, "flows/all.yaml", "numero: {type: digits, length: 8}", "numero: {type: list, values: {z: ['{{vars.api}} zorglub']}}",
		"flows/all.yaml", `ask: "Quel numéro ?"`, `ask: "Quel numéro ?"`+"\n        confirm: {fr: \"C'est {{numero}} ?\"}"), flows.Options{Vars: map[string]string{"api": "https://x.example/{{caller}}"}})
	if err != nil {
		t.Fatal(err)
	}
	out := flows.Output{}
	for i, in := range []flows.Input{{Kind: flows.Start, Channel: flows.Text, Caller: "{{vars.api}}"}, {Kind: flows.Said, Text: "où est mon colis", Confidence: 1}, {Kind: flows.Said, Text: "vars api zorglub", Confidence: 1}} {
		in.Now = time.Date(2026, 11, 23, 9, 0, i, 0, time.UTC)
		if out, err = b.Engine().Turn(context.Background(), out.State, in); err != nil {
			t.Fatal(err)
		}
	}
	said := ""
	for _, p := range out.Say {
		said += p.Text
	}
	if !strings.Contains(said, "{{vars.api}}") || strings.Contains(said, "example") {
		t.Errorf("the value of a slot was read as a template: %q", said)
	}
}
