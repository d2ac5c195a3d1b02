package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"decroche/flows"
	"decroche/flows/flowtest"
	"decroche/flows/schema"
)

const root = "../.."

// files are the generated files, made once for all tests.
var files = sync.OnceValues(func() (map[string][]byte, error) { return Files(root) })

// compiled compiles the schema of each kind, as generated now.
func compiled(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	files, err := files()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*jsonschema.Schema{}
	for _, k := range Kinds() {
		name := "configs/schema/" + k.Name + ".schema.json"
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(files[name]))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(name, doc); err != nil {
			t.Fatal(err)
		}
		if out[k.Name], err = c.Compile(name); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// plain reads YAML as JSON has it.
func plain(src []byte) (any, error) {
	var v any
	if err := yaml.Unmarshal(src, &v); err != nil {
		return nil, err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(raw))
}

func kindOf(path string) string {
	if filepath.Base(path) == "bot.yaml" {
		return "bot"
	}
	return filepath.Base(filepath.Dir(path))
}

// Every file of every example in the repository is in order for the schemas too.
func TestExamplesFollowTheSchemas(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	checked := map[string]int{}
	for _, glob := range []string{"configs/hotlines/*/", "docs/examples/*/*/", "docs/examples/*/"} {
		for _, sub := range []string{"bot.yaml", "intents/*.y*ml", "flows/*.y*ml", "tests/*.y*ml"} {
			files, err := filepath.Glob(filepath.Join(root, glob, sub))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range files {
				if strings.Contains(filepath.ToSlash(f), "/faulty/") {
					continue // examples of mistakes
				}
				src, err := os.ReadFile(f)
				if err != nil {
					t.Fatal(err)
				}
				v, err := plain(src)
				if err != nil {
					t.Errorf("%s: %v", f, err)
					continue
				}
				if err := schemas[kindOf(f)].Validate(v); err != nil {
					t.Errorf("%s: %v", f, err)
				}
				checked[kindOf(f)]++
			}
		}
	}
	for _, k := range Kinds() {
		if checked[k.Name] == 0 {
			t.Errorf("no example file of kind %s was checked", k.Name)
		}
	}
}

// bot is a bot of every key that a schema knows and a loader reads differently.
var bot = map[string]string{
	"bot.yaml": `name: petit
languages: [fr]
timezone: Europe/Paris
called: {ligne: fr}
vars: {api: "https://api.example.org"}
disclosure: "Je suis un robot."
greeting: "Bonjour. {{disclosure}} Que voulez-vous ?"
policy:
  transfer: {skills: [fr]}
  callback: {window: "9h-18h"}
`,
	"intents/tout.yaml": `colis:
  title: "suivre un colis"
  near: [personne]
  fr: ["où est mon colis", "je veux mon paquet", "suivre le [45127802](numero)"]
personne:
  title: "parler à quelqu'un"
  fr: ["une vraie personne", "un humain", "passez-moi le standard"]
`,
	"flows/tout.yaml": `entities:
  numero: {type: digits, length: 8}
flows:
  suivi:
    start: [colis]
    steps:
      - collect: numero
        ask: "Quel numéro ?"
        listen: {timeout: 6s}
        retry:
          - "Encore une fois ?"
          - {fr: "Tapez-le.", dtmf: only}
          - {skip: true}
        confirm: {when: "conf < 0.9", fr: "Le {{numero}} ?"}
      - http: lookup
        url: "{{vars.api}}/orders/{{numero}}"
        save: {etat: body.status}
        outcomes:
          "404": {reset: [numero], goto: numero, max: 2}
          error: panne
          timeout: panne
      - switch:
          - if: etat == "ok"
            say: "C'est bon."
          - else: {say: "Ce n'est pas bon."}
      - ask_yes_no: {fr: {text: "Autre chose ?", quick: [Oui, Non]}}
        if_no: {goodbye: {fr: "Au revoir.", outcome: resolved}}
      - end: true
      - id: panne
        say: "En panne."
        callback: {phone: caller, else: [{transfer: true}]}
  humain:
    start: [personne]
    steps:
      - transfer: {skills: [fr], outcomes: {full: suivi}}
`,
}

// A bad file is bad for the loader and for the schema; the good one is good for both.
func TestSchemaAndLoaderAgree(t *testing.T) {
	t.Parallel()
	schemas := compiled(t)
	const b, i, f = "bot.yaml", "intents/tout.yaml", "flows/tout.yaml"
	for _, c := range []struct{ name, file, old, new string }{
		{"in order", b, "", ""},
		{"key of the bot", b, "timezone:", "timzone:"},
		{"key of the policy", b, "  callback:", "  calback:"},
		{"key of a policy transfer", b, "{skills: [fr]}", "{skills: [fr], outcomes: {}}"},
		{"key of a policy callback", b, "{window:", "{windows:"},
		{"required", b, "timezone: Europe/Paris\n", ""},
		{"language", b, "languages: [fr]", "languages: [xx]"},
		{"list for a text", b, "disclosure: \"Je suis un robot.\"", "disclosure: [\"Je suis un robot.\"]"},
		{"key of an intent", i, "near:", "nearby:"},
		{"no title", i, "  title: \"suivre un colis\"\n", ""},
		{"examples that are none", i, "fr: [\"une vraie personne\", \"un humain\", \"passez-moi le standard\"]", "fr: {a: b}"},
		{"key of a flow file", f, "entities:", "entites:"},
		{"key of an entity", f, "length: 8", "lenght: 8"},
		{"type of an entity", f, "type: digits", "type: digit"},
		{"range", f, "length: 8", "length: 8000"},
		{"key of a flow", f, "start: [colis]", "begin: [colis]"},
		{"key of a step", f, "listen:", "listn:"},
		{"key of another step", f, "listen: {timeout: 6s}", "outcomes: {}"},
		{"two steps in one", f, "- end: true", "- end: true\n        goodbye: true"},
		{"key of a rung", f, "dtmf: only", "dtmf: only, loud: true"},
		{"word of a rung", f, "dtmf: only", "dtmf: onlyy"},
		{"key of a skip", f, "skip: true", "skip: true, dtmf: also"},
		{"key of a confirmation", f, "when:", "wen:"},
		{"key of listen", f, "{timeout: 6s}", "{timout: 6s}"},
		{"duration", f, "{timeout: 6s}", "{timeout: 6}"},
		{"key of a branch", f, "            say: \"C'est bon.\"", "            says: \"C'est bon.\""},
		{"key beside else", f, "- else: {say: \"Ce n'est pas bon.\"}", "- else: {say: \"Ce n'est pas bon.\"}\n            say: \"x\""},
		{"key in a block", f, "goto: numero, max: 2", "goto: numero, maxi: 2"},
		{"key of a wording", f, "quick: [Oui, Non]", "quik: [Oui, Non]"},
		{"key of goodbye", f, "outcome: resolved", "outcom: resolved"},
		{"word of goodbye", f, "outcome: resolved", "outcome: solved"},
		{"key of a callback", f, "{phone: caller, else", "{fone: caller, else"},
		{"key of a transfer", f, "outcomes: {full: suivi}", "outcomess: {full: suivi}"},
		{"empty step", f, "- end: true", "- {}"},
	} {
		fs := fstest.MapFS{}
		for name, src := range bot {
			if name == c.file && c.old != "" {
				if !strings.Contains(src, c.old) {
					t.Fatalf("%s: no %q in %s", c.name, c.old, name)
				}
				src = strings.Replace(src, c.old, c.new, 1)
			}
			fs[name] = &fstest.MapFile{Data: []byte(src)}
		}
		good := c.old == ""
		_, loadErr := flows.Load(fs, flows.Options{})
		var schemaErr error
		for name, file := range fs {
			v, err := plain(file.Data)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if err := schemas[kindOf(name)].Validate(v); err != nil {
				schemaErr = fmt.Errorf("%s: %w", name, err)
			}
		}
		if (loadErr == nil) != good || (schemaErr == nil) != good {
			t.Errorf("%s: good is %v\nloader: %v\nschema: %v", c.name, good, loadErr, schemaErr)
		}
	}
}

// What systems answer in golden conversations is read by package flowtest, and must be the same to
// the schema.
func TestSchemaAndStubsAgree(t *testing.T) {
	t.Parallel()
	tests := compiled(t)["tests"]
	for _, c := range []struct {
		answer string
		good   bool
	}{
		{"{status: 200, body: {a: [1]}}", true},
		{"timeout", true},
		{"[error, {status: 200, body: {}}]", true},
		{"[timeout, error]", true},
		{"{outcome: timeout, after: 2s}", true},
		{"slow", false},
		{"[error, slow]", false},
		{"[]", false},
		{"[[error]]", false},
		{"{body: {}}", false},
		{`{outcome: ""}`, false},
		{`{status: 200, outcome: ""}`, true},
		{"{status: 99}", false},
		{"[{stat: 200}]", false},
		{"[error, {}]", false},
		{"", false},
	} {
		_, stubErr := flowtest.ReadStubs("answers", []byte("x: "+c.answer+"\n"))
		v, err := plain([]byte("tests: [{name: n, http: {x: " + c.answer + "}, steps: [{user: a}]}]"))
		if err != nil {
			t.Fatal(err)
		}
		schemaErr := tests.Validate(v)
		if (stubErr == nil) != c.good || (schemaErr == nil) != c.good {
			t.Errorf("%s: good is %v\nreader: %v\nschema: %v", c.answer, c.good, stubErr, schemaErr)
		}
	}
}

// The example over every key is one: it stands in the schema of its section.
func TestExamplesInComments(t *testing.T) {
	t.Parallel()
	about, err := readComments(filepath.Join(root, "flows", "schema"))
	if err != nil {
		t.Fatal(err)
	}
	types := []reflect.Type{reflect.TypeFor[schema.Skip]()}
	for _, s := range sections() {
		types = append(types, s.typ)
	}
	count := 0
	for _, typ := range types {
		m := &maker{about: about, defs: object{}}
		open := m.open(typ)
		delete(open, "required")
		open["additionalProperties"] = false
		open["$defs"] = m.defs
		raw, err := json.Marshal(open)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(typ.Name()+".json", doc); err != nil {
			t.Fatal(err)
		}
		s, err := c.Compile(typ.Name() + ".json")
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range about.keysOf(typ) {
			if k.example == "" {
				continue
			}
			v, err := plain([]byte(k.example))
			if err != nil {
				t.Errorf("%s.%s: %v", typ.Name(), k.goName, err)
				continue
			}
			if m, ok := v.(map[string]any); !ok || len(m) != 1 {
				t.Errorf("%s.%s: the example is not one key with its value: %s", typ.Name(), k.goName, k.example)
			} else if _, ok := m[k.name]; !ok {
				t.Errorf("%s.%s: the example is not of the key %q: %s", typ.Name(), k.goName, k.name, k.example)
			}
			if err := s.Validate(v); err != nil {
				t.Errorf("%s.%s: %v", typ.Name(), k.goName, err)
			}
			count++
		}
	}
	if count < 100 {
		t.Errorf("%d examples", count)
	}
}

// Validators disagree on regular expressions: what is not in all of them makes some refuse a whole
// schema.
func TestPatternsWorkEverywhere(t *testing.T) {
	t.Parallel()
	var walk func(kind string, v any)
	walk = func(kind string, v any) {
		switch v := v.(type) {
		case map[string]any:
			if p, ok := v["pattern"].(string); ok && regexp.MustCompile(`\\[^.sdSD/]|\(\?`).MatchString(p) {
				t.Errorf("%s: pattern %s", kind, p)
			}
			for _, x := range v {
				walk(kind, x)
			}
		case []any:
			for _, x := range v {
				walk(kind, x)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(root, "configs/schema/*.json"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(src, &v); err != nil {
			t.Fatal(err)
		}
		walk(filepath.Base(f), v)
	}
}
