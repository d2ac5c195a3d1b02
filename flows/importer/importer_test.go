package importer

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"decroche/flows"
)

var update = flag.Bool("update", false, "write what the examples of docs/examples become")

const docs = "../../docs/examples"

// TestExamples compares the written examples with what the importer makes of them, byte for byte.
func TestExamples(t *testing.T) {
	t.Parallel()
	for from, name := range map[string]string{Rasa: "agence", DialogflowCX: ""} {
		t.Run(from, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(docs, "import-"+from)
			res, err := Import(Options{From: from, Src: filepath.Join(dir, "in"), Name: name})
			if err != nil {
				t.Fatal(err)
			}
			report, err := json.MarshalIndent(res.Report, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got := map[string][]byte{"report.json": append(report, '\n')}
			for file, data := range res.Files {
				got["out/"+file] = data
			}
			if *update {
				if err := os.RemoveAll(filepath.Join(dir, "out")); err != nil {
					t.Fatal(err)
				}
				for file, data := range got {
					if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o755), os.WriteFile(filepath.Join(dir, file), data, 0o644)); err != nil {
						t.Fatal(err)
					}
				}
			}
			for file, data := range got {
				want, err := os.ReadFile(filepath.Join(dir, file))
				if err != nil || !bytes.Equal(want, data) {
					t.Errorf("%s differs (%v); go test ./flows/importer -update writes:\n%s", file, err, data)
				}
			}
			count := 0
			err = filepath.WalkDir(filepath.Join(dir, "out"), func(_ string, d os.DirEntry, err error) error {
				if err == nil && !d.IsDir() {
					count++
				}
				return err
			})
			if err != nil || count != len(res.Files) {
				t.Errorf("the example has %d files, the import %d (%v)", count, len(res.Files), err)
			}
			if _, err := flows.Load(os.DirFS(filepath.Join(dir, "out")), flows.Options{}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNothingIsLostSilently counts every item of the examples in one of the two tables.
func TestNothingIsLostSilently(t *testing.T) {
	t.Parallel()
	for from, want := range map[string][]string{
		Rasa: {"saluer", "affirm", "horaires", "prendre_rendez_vous", "suivre_commande", "tarifs", "faq/parking", "agence", "numero", "time", "city",
			"utter_ask_rendez_vous_form_time", "utter_au_revoir", "rendez_vous_form", "action_chercher_commande", "session_config", "dire bonjour", "commande", "rendez-vous heureux", "aide", "lyon", "arrivee", "depart", "config.yml"},
		DialogflowCX: {"Default Negative Intent", "Default Welcome Intent", "human", "order.track", "store.hours", "store", "order-id", "sys.date", "city", "Order number", "Default Start Flow",
			"orders", "Ask for the hours", "de", "fr", "numbered", "advancedSettings"},
	} {
		res, err := Import(Options{From: from, Src: filepath.Join(docs, "import-"+from, "in")})
		if err != nil {
			t.Fatal(err)
		}
		all := slices.Concat(res.Report.Imported, res.Report.LeftOut)
		for _, name := range want {
			if !slices.ContainsFunc(all, func(i Item) bool { return i.Name == name }) {
				t.Errorf("%s: %q is in neither table", from, name)
			}
		}
		for _, i := range all {
			if i.Note == "" || i.Kind == "" || i.File == "" && i.Kind != "language" {
				t.Errorf("%s: %+v says too little", from, i)
			}
		}
	}
}

func TestSaveLeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	res, err := Import(Options{From: Rasa, Src: filepath.Join(docs, "import-rasa", "in"), Name: "agence"})
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "new", "agence")
	if _, err := res.Save(dir, false); err != nil {
		t.Fatal(err)
	}
	mine := filepath.Join(dir, "bot.yaml")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := res.Save(dir, false); !errors.Is(err, ErrExists) {
		t.Fatalf("got %v", err)
	}
	if data, _ := os.ReadFile(mine); string(data) != "mine" {
		t.Error("the folder was written over")
	}
	kept, err := res.Save(dir, true)
	if err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(filepath.Join(kept, "bot.yaml")); string(data) != "mine" {
		t.Errorf("the old folder is not in %q", kept)
	}
	left, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(left) != 2 {
		t.Errorf("beside the two folders: %v, %v", left, err)
	}
	broken := &Result{Files: map[string][]byte{"bot.yaml": []byte("name: x\n")}}
	if _, err := broken.Save(filepath.Join(filepath.Dir(dir), "broken"), false); err == nil || !strings.Contains(err.Error(), "nothing was written") {
		t.Errorf("got %v", err)
	}
}

// zipped makes an archive; a name may come twice.
func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const agent = `{"displayName": "x", "defaultLanguageCode": "en"}`

func TestBadSources(t *testing.T) {
	t.Parallel()
	phrases := `{"trainingPhrases": [{"parts": [{"text": "hello"}]}]}`
	bomb := strings.Repeat(" ", maxFileBytes+1)
	for name, c := range map[string]struct {
		from, file string
		data       []byte
		want       string
	}{
		"zip slip":            {DialogflowCX, "a.zip", zipped(t, "../../agent.json", agent), "leads out of the archive"},
		"absolute":            {DialogflowCX, "a.zip", zipped(t, "/etc/agent.json", agent), "leads out of the archive"},
		"backslash":           {DialogflowCX, "a.zip", zipped(t, `..\agent.json`, agent), "leads out of the archive"},
		"twice in a zip":      {DialogflowCX, "a.zip", zipped(t, "agent.json", agent, "agent.json", agent), `holds "agent.json" twice`},
		"zip bomb, one file":  {DialogflowCX, "a.zip", zipped(t, "agent.json", bomb), "more than 8 MiB long"},
		"no zip":              {DialogflowCX, "a.zip", []byte("PK"), "open the zip"},
		"not JSON":            {DialogflowCX, "a.zip", zipped(t, "agent.json", "{\n\"a\": }"), "agent.json:2: not JSON"},
		"JSON that ends":      {DialogflowCX, "a.zip", zipped(t, "agent.json", `{"a": [`), "agent.json:1: not JSON: it ends in the middle"},
		"JSON twice":          {DialogflowCX, "a.zip", zipped(t, "agent.json", agent+agent), "has more after its end"},
		"a key twice":         {DialogflowCX, "a.zip", zipped(t, "agent.json", "{\"a\": 1,\n\"a\": 2}"), `agent.json:2: has the key "a" twice`},
		"deep JSON":           {DialogflowCX, "a.zip", zipped(t, "agent.json", strings.Repeat("[", 5000)), "nested more than"},
		"no agent":            {DialogflowCX, "a.zip", zipped(t, "intents/a/trainingPhrases/en.json", phrases), "there is no agent.json"},
		"another agent.json":  {DialogflowCX, "a.zip", zipped(t, "agent.json", `{"name": "x"}`), "not the JSON package of a Dialogflow CX agent"},
		"ES":                  {DialogflowCX, "a.zip", zipped(t, "agent.json", agent, "intents/a_usersays_en.json", "[]"), "Dialogflow ES"},
		"no examples":         {DialogflowCX, "a.zip", zipped(t, "agent.json", agent), `no intent with examples in "en"`},
		"unknown version":     {Rasa, "nlu.yml", []byte("version: \"4.0\"\nnlu: []\n"), `nlu.yml:1: version "4.0" of the training data is not known`},
		"YAML bomb":           {Rasa, "nlu.yml", []byte("a: &a [x, x]\nb: &b [*a, *a]\nnlu: *b\n"), "nlu.yml:1: has an anchor"},
		"a key twice in YAML": {Rasa, "nlu.yml", []byte("nlu: []\nnlu: []\n"), `nlu.yml:2: has the key "nlu" twice`},
		"not YAML":            {Rasa, "nlu.yml", []byte("nlu: [\n"), "nlu.yml:"},
		"deep YAML":           {Rasa, "nlu.yml", []byte("nlu: " + strings.Repeat("[", 1000)), "nested more than"},
		"huge YAML":           {Rasa, "nlu.yml", bytes.Repeat([]byte("#"), maxFileBytes+1), "more than 8 MiB long"},
		"no training data":    {Rasa, "nlu.yml", []byte("a: 1\n"), "there is no Rasa training data"},
		"UTF-16":              {Rasa, "nlu.yml", []byte("\xff\xfen\x00"), "UTF-8"},
		"another file":        {Rasa, "nlu.txt", []byte("x"), "is neither a folder, a zip nor a YAML or JSON file"},
		"another system":      {"rassa", "nlu.yml", []byte("nlu: []\n"), `"rassa" is not a system we read; did you mean "rasa"?`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(file, c.data, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Import(Options{From: c.from, Src: file})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
		})
	}
	full := &source{files: map[string][]byte{}, bytes: maxBytes - 2}
	if err := full.add("a.json", strings.NewReader("{}")); err != nil {
		t.Error(err)
	}
	if err := full.add("b.json", strings.NewReader("{}")); !errors.Is(err, errTooLarge) {
		t.Errorf("beyond all bytes: got %v", err)
	}
	if _, err := Import(Options{From: Rasa, Src: filepath.Join(t.TempDir(), "none")}); err == nil {
		t.Error("a source that is not there was read")
	}
	if _, err := Import(Options{From: Rasa, Src: ".", Lang: "de"}); err == nil {
		t.Error("German was taken")
	}
}

// Rasa's training data do not say their language; without config.yml the sentences do.
func TestRasaLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"when are you open\n    - what is the price": "en", "vous êtes ouverts quand\n    - c'est le prix": "fr", "ok": "fr"} {
		res, err := read(Options{From: Rasa, Src: "x", Name: "x"}, &source{files: map[string][]byte{"nlu.yml": []byte("nlu:\n- intent: a\n  examples: |\n    - " + text + "\n")}})
		if err != nil {
			t.Fatal(err)
		}
		if got := string(res.Files["intents/imported.yaml"]); !strings.Contains(got, "\n  "+want+":\n") {
			t.Errorf("%s:\n%s", text, got)
		}
	}
}

func TestReadable(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		`\d{8}`: `digits \d{8}`, `^[0-9]{4,6}$`: `digits [0-9]{4,6}`, `\b\d\b`: `digits \d`, `[a-z]{2}\d{6}`: `spelled [A-Z]{2}\d{6}`, `(?i:ab)\d`: ` `,
		`.*`: " ", `\w+@\w+`: " ", `[^a]`: " ", `(`: " ", ``: " ", `aide|secours`: `spelled AIDE|SECOURS`,
	} {
		if typ, out := readable(pattern); typ+" "+out != want {
			t.Errorf("%s: got %q, want %q", pattern, typ+" "+out, want)
		}
	}
}

func FuzzRasa(f *testing.F) {
	for _, file := range []string{"data/nlu.yml", "domain.yml", "data/rules.yml"} {
		data, err := os.ReadFile(filepath.Join(docs, "import-rasa/in", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("nlu:\n- intent: a\n  examples: |\n    - x [y](z:w) [a]{\"entity\": \"b\"} [c][{\"entity\": \"d\"}]\n- lookup: on\n  examples: |\n    - \"yes\\\n"))
	f.Fuzz(func(t *testing.T, data []byte) { loads(t, Rasa, &source{files: map[string][]byte{"nlu.yml": data}}) })
}

func FuzzDialogflowCX(f *testing.F) {
	f.Add([]byte(`{"trainingPhrases": [{"parts": [{"text": "a \"b\" {{c}}", "parameterId": "p"}]}]}`), []byte(`{"displayName": "yes", "parameters": [{"id": "p", "entityType": "@e"}]}`), []byte(`{"entities": [{"value": "on", "synonyms": ["\u0000: #"]}]}`), []byte(`{"transitionRoutes": [{"intent": "yes", "triggerFulfillment": {"messages": [{"text": {"text": ["}}"]}, "languageCode": "en"}]}}]}`))
	f.Fuzz(func(t *testing.T, phrases, head, entities, flow []byte) {
		loads(t, DialogflowCX, &source{files: map[string][]byte{"agent.json": []byte(agent), "intents/yes/yes.json": head, "intents/yes/trainingPhrases/en.json": phrases,
			"entityTypes/e/entities/en.json": entities, "flows/Default Start Flow/Default Start Flow.json": flow}})
	})
}

// loads proves that whatever was imported is a bot.
func loads(t *testing.T, from string, src *source) {
	res, err := read(Options{From: from, Src: "x", Name: "x"}, src)
	if err != nil {
		return
	}
	if _, err := res.Save(filepath.Join(t.TempDir(), "x"), false); err != nil {
		t.Fatalf("%v\n%s\n%s", err, res.Files["intents/imported.yaml"], res.Files["flows/imported.yaml"])
	}
}
