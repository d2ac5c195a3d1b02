package flowtest_test

import (
	"bytes"
	"encoding/xml"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"decroche/flows"
	"decroche/flows/flowtest"
)

// folder writes the worked bot, with its tests replaced, to the disk.
func folder(t *testing.T, tests string) string {
	t.Helper()
	dir := t.TempDir()
	for name, src := range worked {
		if strings.HasPrefix(name, "tests/") {
			src = tests
		}
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(src), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// What changed is rewritten; comments, order, expressions that match and everything else stay.
func TestUpdateRewritesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	const before = `# les tests du suivi
tests:
  - name: suivi # ne pas renommer
    steps:
      - {user: "où est mon colis", }  # comme on parle
      - bot: "numéro de colis"        # change
      - bot: /numéro de .*commande/   # tient
      - quiet: 'remboursement'
      - silence: 8s
      - {bot: 'deux et deux'}
      - bot: /chiffres, (trois)/
`
	const after = `# les tests du suivi
tests:
  - name: suivi # ne pas renommer
    steps:
      - {user: "où est mon colis", }  # comme on parle
      - bot: "Quel est votre numéro de commande ?"        # change
      - bot: /numéro de .*commande/   # tient
      - quiet: 'remboursement'
      - silence: 8s
      - {bot: "Je n’ai pas bien saisi. Dites-moi les huit chiffres, deux par deux."}
      - bot: "Je n’ai pas bien saisi. Dites-moi les huit chiffres, deux par deux."
`
	dir := folder(t, before)
	results := flowtest.RunWith(os.DirFS(dir), flowtest.Options{Update: true})
	if len(results) != 1 || !results[0].OK || len(results[0].Fixes) != 3 {
		t.Fatalf("%+v", results)
	}
	n, err := flowtest.Update(dir, results)
	if err != nil || n["tests/suivi_colis.yaml"] != 3 {
		t.Fatalf("%v, %v", n, err)
	}
	name := filepath.Join(dir, "tests", "suivi_colis.yaml")
	got, err := os.ReadFile(name)
	if err != nil || string(got) != after {
		t.Errorf("%v\n%s", err, got)
	}
	if st, err := os.Stat(name); err != nil || st.Mode().Perm() != 0o640 {
		t.Errorf("%v %v", st.Mode(), err)
	}
	again := flowtest.RunWith(os.DirFS(dir), flowtest.Options{Update: true})
	if !again[0].OK || len(again[0].Fixes) != 0 {
		t.Errorf("after the update: %+v", again)
	}
}

// What update cannot know stays a failure, and what was edited meanwhile stays as it is.
func TestUpdateLeavesWhatItCannotKnow(t *testing.T) {
	t.Parallel()
	dir := folder(t, "tests:\n  - name: a\n    steps:\n      - user: où est mon colis\n      - bot: pas cela\n      - slot: {numero_commande: \"1\"}\n")
	results := flowtest.RunWith(os.DirFS(dir), flowtest.Options{Update: true})
	if results[0].OK || len(results[0].Fixes) != 0 {
		t.Errorf("%+v", results)
	}
	dir = folder(t, "tests:\n  - name: a\n    steps:\n      - user: où est mon colis\n      - bot: |\n          pas\n          cela\n")
	results = flowtest.RunWith(os.DirFS(dir), flowtest.Options{Update: true})
	if _, err := flowtest.Update(dir, results); err == nil || !strings.Contains(err.Error(), "line 5") {
		t.Errorf("a block text: %v", err)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	all := []flows.Channel{flows.Voice, flows.Text, flows.Speaker}
	r := flowtest.RunWith(workedFS(), flowtest.Options{Match: regexp.MustCompile("litige"), Channels: all, Parallel: 3})
	if len(r) != 3 || r[0].Name != "litige complet, rappel [voice]" || r[2].Channel != flows.Speaker || r[0].Line == 0 {
		t.Fatalf("%+v", r)
	}
	one, eight := flowtest.RunWith(workedFS(), flowtest.Options{Parallel: 1}), flowtest.RunWith(workedFS(), flowtest.Options{Parallel: 8})
	for i := range one {
		if one[i].Name != eight[i].Name || one[i].Diff != eight[i].Diff {
			t.Errorf("%d: %+v, in parallel %+v", i, one[i], eight[i])
		}
	}
}

// Every mistake of a file is told at once, each with its place.
func TestFilesAreReadStrictly(t *testing.T) {
	t.Parallel()
	for src, want := range map[string][]string{
		"tests:\n  - name: a\n    steps:\n      - usr: x\n      - {user: x, bot: y}\n      - silence: lots\n": {"x.yaml:4:9: unknown key \"usr\"", "did you mean \"user\"", "x.yaml:5:24: a step has both user and bot", "x.yaml:6:18: silence is a duration"},
		"tests:\n  - steps: [{user: x}]\n    chanel: text\n":                                                  {"x.yaml:3:5: unknown key \"chanel\"", "has no name"},
		"tests:\n  - {name: a, steps: [{user: x}]}\n  - {name: a, steps: [{user: x}]}\n":                      {"x.yaml:3:", "a second conversation is called \"a\""},
		"tests:\n  - {name: a, http: {x: {body: {}}}, steps: [{rating: high}, {event: {transfr: {}}}]}\n":     {"neither status nor outcome", "rating is a whole number", "unknown key \"transfr\""},
		"a: &x [1]\ntests:\n  - {name: a, http: {x: {status: 200, body: *x}}, steps: [{user: x}]}\n":          {"unknown key \"a\""},
		"tests:\n  - {name: a, http: {x: {status: 200, body: {b: &x 1}}}, steps: [{user: x}]}\n":              {"body must be a single value"},
		"":              {"no tests"},
		"tests: []":     {"no tests"},
		"tests:\n\t- x": {"x.yaml:2:1"},
		"tests: [{name: a, steps: [{bot: \"/(/\"}]}]": {"missing closing )"},
	} {
		fs := workedFS()
		delete(fs, "tests/suivi_colis.yaml")
		fs["tests/x.yaml"] = &fstest.MapFile{Data: []byte(src)}
		r := flowtest.Run(fs)
		if len(r) != 1 || r[0].OK {
			t.Errorf("%q: %+v", src, r)
			continue
		}
		for _, w := range want {
			if !strings.Contains(r[0].Diff, w) {
				t.Errorf("%q:\n%s\nlacks %s", src, r[0].Diff, w)
			}
		}
	}
}

// Requests are held against what was expected of them, and late answers are timeouts.
func TestStubs(t *testing.T) {
	t.Parallel()
	const steps = "\n    steps: [{user: \"où est mon colis\"}, {dtmf: \"45127802\"}, {bot: %q}]\n"
	for stub, want := range map[string]string{
		`{status: 200, body: {statut: livre, date_prevue: 2026-11-20}, request: {method: GET, url: /45127802}}`:          "",
		`{status: 200, body: {statut: livre, date_prevue: 2026-11-20}, request: {method: POST}}`:                         "was a GET, not a POST",
		`{status: 200, body: {statut: livre, date_prevue: 2026-11-20}, request: {headers: {authorization: "secret:X"}}}`: "has not the header authorization",
		`{status: 200, body: {}, request: {body: {a: 1}}}`:                                                               "has another body",
		`{status: 200, body: {statut: livre, date_prevue: 2026-11-20}, delay: 1h}`:                                       "- bot : 20 novembre",
		`[]`: "an empty list",
	} {
		fs := workedFS()
		fs["tests/suivi_colis.yaml"] = &fstest.MapFile{Data: []byte("tests:\n  - name: a\n    http: {suivi: " + stub + "}" + strings.Replace(steps, "%q", `"20 novembre"`, 1))}
		r := flowtest.Run(fs)
		if len(r) != 1 || r[0].OK != (want == "") || !strings.Contains(r[0].Diff, want) {
			t.Errorf("%s: %+v", stub, r)
		}
	}
}

func TestJUnitIsXML(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := flowtest.WriteJUnit(&b, []flowtest.Result{{File: "tests/a.yaml", Name: "ok <1>", OK: true}, {File: "tests/a.yaml", Line: 3, Name: "no\x01", Diff: "  user: x\n- bot : \"y\"\n+ bot : z"}, {File: "tests/b.yaml", Name: "c", OK: true}})
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure *struct {
					Message string `xml:"message,attr"`
				} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatalf("%v\n%s", err, b.String())
	}
	if doc.Tests != 3 || doc.Failures != 1 || len(doc.Suites) != 2 || doc.Suites[0].Cases[1].Failure.Message != `bot : "y"` || doc.Suites[0].Cases[0].Failure != nil {
		t.Errorf("%+v", doc)
	}
}

// No file of conversations, however wrong, does more than be refused.
func FuzzRead(f *testing.F) {
	for _, src := range worked {
		f.Add(src)
	}
	f.Add("tests: [{name: a, http: {x: [timeout, {status: 200, body: [1, {a: null}]}]}, steps: [{asr: [{text: a, conf: .5}]}, {rating: 4}, {channel: text}]}]")
	bot, err := flows.Load(workedFS(), flows.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, src string) {
		flowtest.RunWith(fstest.MapFS{"tests/x.yaml": {Data: []byte(src)}}, flowtest.Options{Bot: bot, Parallel: 1, Update: true})
	})
}
