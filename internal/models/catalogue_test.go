package models

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBuiltInCatalogue looks at what every entry promises.
func TestBuiltInCatalogue(t *testing.T) {
	t.Parallel()
	all, err := DefaultConfig().Models()
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, m := range all {
		for _, l := range m.Languages {
			have[m.Engine+" "+m.Kind+" "+l] = true
		}
		for _, f := range m.Files {
			if !strings.HasPrefix(f.URL, "https://") {
				t.Errorf("%s: %s can be changed on its way", m.Name, f.URL)
			}
		}
	}
	for _, want := range []string{"vosk recogniser fr", "vosk recogniser en", "sherpa recogniser fr", "sherpa recogniser en", "pocketsphinx recogniser fr", "pocketsphinx recogniser en", "wyoming recogniser fr", "wyoming voice fr", "wyoming voice en", "sherpa voice fr", "sherpa voice en"} {
		if !have[want] {
			t.Errorf("there is no %s", want)
		}
	}
	if m, err := Find(all, "silero-vad"); err != nil || m.Kind != "vad" || m.Verified() {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := Find(all, "silerovad"); err == nil || !strings.Contains(err.Error(), `did you mean "silero-vad"?`) {
		t.Errorf("a wrong name: %v", err)
	}
	if m, err := Find(all, "cmusphinx-fr-ptm-8khz"); err != nil || m.Files[0].Path != "cmusphinx-fr-ptm-8khz-5.2.tar.gz" || m.Megabytes() < 30 {
		t.Errorf("%+v, %v", m, err)
	}
}

const good = `models:
- {name: a, engine: vosk, kind: recogniser, languages: [fr], rate: 16000, phone: p, licence: MIT, page: "https://x/", files: [{url: "https://x/a.zip", megabytes: 1}]}
`

func TestCatalogueMistakes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, new, want string }{
		{"name: a", "name: ../a", `c.yaml:2:4: models[0].name: "../a" is no name of a folder`},
		{"engine: vosk", "engine: kaldi", `models[0].engine: "kaldi" is not known; there is vosk`},
		{"kind: recogniser", "kind: ear", `models[0].kind: "ear" is not known`},
		{"[fr]", "[French]", `models[0].languages: "French" is no language`},
		{"[fr]", "[]", "models[0].languages: none is named"},
		{"rate: 16000", "rate: 16000, layout: transducer", `models[0].layout: "transducer" is said of sherpa's recognisers alone`},
		{"rate: 16000", "rate: 16", "models[0].rate: 16 is not between"},
		{"phone: p", "phone: ''", "models[0].phone: is empty"},
		{"licence: MIT, ", "", "models[0].licence: is empty"},
		{"https://x/\"", "ftp://x/\"", "models[0].page: "},
		{"https://x/a.zip", "https://u:p@x/a.zip", "models[0].files[0].url: "},
		{"megabytes: 1", "megabytes: 0", "models[0].files[0].megabytes: 0 is not between"},
		{"megabytes: 1", "megabytes: 1, path: ../a", `models[0].files[0].path: "../a" is no name of a file`},
		{"megabytes: 1", "megabytes: 1, sha256: abc", "models[0].files[0].sha256: is no checksum"},
		{"megabytes: 1", "megabytes: 1, sha: abc", `unknown key "sha"`},
		{"files: ", "package: p, files: ", "models[0].files: name files, or a package"},
		{"megabytes: 1}", "megabytes: 1}, {url: 'https://y/a.zip', megabytes: 1}", "is there twice"},
		{"megabytes: 1}", "megabytes: 1}, {url: 'https://y/b.tgz', megabytes: 1}", "2 are archives"},
	} {
		_, err := Parse("c.yaml", []byte(strings.Replace(good, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
	if _, err := Parse("c.yaml", []byte(good+good[len("models:\n"):])); err == nil || !strings.Contains(err.Error(), `"a" is there twice`) {
		t.Errorf("the same name twice: %v", err)
	}
}

func TestOwnCatalogue(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "own.yaml")
	own := strings.Replace(good, "name: a,", "name: silero-vad,", 1) + good[len("models:\n"):]
	if err := os.WriteFile(file, []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	base, _ := DefaultConfig().Models()
	all, err := Config{Catalogue: file}.Models()
	if err != nil || len(all) != len(base)+1 {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	if i := slices.IndexFunc(all, func(m Model) bool { return m.Name == "silero-vad" }); all[i].Engine != "vosk" {
		t.Error("the own entry does not replace the built-in one")
	}
	if bad := (Config{Catalogue: file}).Validate(); bad != nil {
		t.Error(bad)
	}
	for _, name := range []string{"/no/such", filepath.Dir(file)} {
		if bad := (Config{Catalogue: name}).Validate(); len(bad) != 1 || !strings.HasPrefix(bad[0], "catalogue: ") {
			t.Errorf("%s: %v", name, bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("models: [{files: [{}]}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		all, err := Parse("c.yaml", data)
		for _, m := range all {
			for _, file := range m.Files {
				if err == nil && (filepath.Base(file.Path) != file.Path || !filepath.IsLocal(file.Path)) {
					t.Errorf("%q leads out", file.Path)
				}
			}
		}
	})
}

func FuzzContentRange(f *testing.F) {
	for _, s := range []string{"bytes 100-199/200", "bytes */200", "bytes 0-1/*", "items 1-2/3", "bytes -1-2/3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		from, total, ok := contentRange(s)
		if from < 0 || total < 0 || ok && !strings.HasPrefix(s, "bytes ") {
			t.Errorf("%q: %d, %d, %v", s, from, total, ok)
		}
	})
}
