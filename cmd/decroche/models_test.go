package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"decroche/asr/pocketsphinx"
	"decroche/configs"
	"decroche/internal/models"
	"decroche/tts/espeak"
)

// TestModelsCommands pulls, lists and verifies a model of a catalogue of one's own, from a server
// on loopback that breaks off once.
func TestModelsCommands(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	f, err := z.Create("tiny-1.0/am/final.mdl")
	if err == nil {
		_, err = f.Write(bytes.Repeat([]byte("weights"), 1000))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b.Bytes())
	broke := false
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		from := 0
		if n, _ := fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from); n == 1 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, b.Len()-1, b.Len()))
			w.WriteHeader(http.StatusPartialContent)
		} else {
			w.Header().Set("Content-Length", fmt.Sprint(b.Len()))
		}
		rest := b.Bytes()[from:]
		if !broke {
			broke = true
			_, _ = w.Write(rest[:len(rest)/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		_, _ = w.Write(rest)
	}))
	t.Cleanup(web.Close)
	dir := t.TempDir()
	own := fmt.Sprintf("models:\n- {name: tiny-fr, engine: vosk, kind: recogniser, languages: [fr], rate: 8000, phone: made for it, licence: MIT, page: \"https://example.com\", files: [{url: \"%s/tiny.zip\", megabytes: 1}]}\n", web.URL)
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(own), 0o600), os.WriteFile(filepath.Join(dir, "c.yaml"), []byte("models: {catalogue: own.yaml, dir: kept}\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	run := func(wantExit int, args ...string) string {
		t.Helper()
		return tool(t, dir, "", wantExit, append([]string{"models", "--config", "c.yaml"}, args...)...)
	}
	if out := run(0, "list", "--lang", "fr", "--engine", "vosk"); !strings.Contains(out, "tiny-fr") || !strings.Contains(out, "unverified") || strings.Contains(out, "vosk-en") {
		t.Errorf("list prints\n%s", out)
	}
	run(1, "pull", "tiny-fr", "--sha256", strings.Repeat("0", 64))
	out := run(0, "pull", "tiny-fr")
	for _, w := range []string{"sha256 " + hex.EncodeToString(sum[:]) + " tiny.zip", "--sha256 tiny.zip=", "not tried: vosk is a server of its own", "tiny-fr is in kept/tiny-fr: 1 files", "start a vosk-server"} {
		if !strings.Contains(out, w) {
			t.Errorf("pull does not print %q:\n%s", w, out)
		}
	}
	run(0, "pull", "tiny-fr", "--sha256", hex.EncodeToString(sum[:]), "--from", web.URL+"/elsewhere.zip")
	var list struct {
		Dir    string
		Models []struct {
			Name                string
			Installed, Verified bool
		}
	}
	if err := json.Unmarshal([]byte(run(0, "list", "--json")), &list); err != nil || list.Dir != "kept" {
		t.Fatal(list, err)
	}
	if last := list.Models[len(list.Models)-1]; last.Name != "tiny-fr" || !last.Installed || last.Verified {
		t.Errorf("list --json ends with %+v", last)
	}
	if out := run(0, "verify"); !strings.Contains(out, "ok   tiny-fr, 1 files") {
		t.Errorf("verify prints\n%s", out)
	}
	if err := os.WriteFile(filepath.Join(dir, "kept/tiny-fr/am/final.mdl"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out := run(exitOutcome, "verify", "--json", "tiny-fr", "gone"); !strings.Contains(out, `"faults":[{"path":"am/final.mdl","what":"size"}]`) || !strings.Contains(out, "decroche models pull gone") {
		t.Errorf("verify --json prints\n%s", out)
	}
	run(1, "pull", "no-such-model")
	run(1, "list", "--engine", "kaldi")
}

// TestTryModel proves the trial with the engine that is always here in the place of the model's.
func TestTryModel(t *testing.T) {
	t.Parallel()
	if _, err := espeak.New(espeak.DefaultConfig()); err != nil {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	m := models.Model{Name: "m", Engine: "sherpa", Kind: "recogniser", Languages: []string{"fr"}}
	works := func(cfg configs.Config, _ models.Model, _ string) (configs.Config, error) { return cfg, nil }
	said, err := tryModel(t.Context(), configs.Default(), m, "", works)
	if err != nil || !strings.Contains(said, "fr: said « bonjour, où est mon colis ? », heard « bonjour") {
		t.Errorf("%q, %v", said, err)
	}
	m.Languages = []string{"de"}
	if _, err := tryModel(t.Context(), configs.Default(), m, "", works); err == nil {
		t.Error("a language that it does not hear was heard")
	}
	m.Languages = []string{"fr"}
	for heard, want := range map[string]bool{"où est mon colis": true, "où est mon colis bonjour": true, "tout et bon colis": false, "": false} {
		if _, err := judge("fr", "où est mon colis ?", heard); (err == nil) != want {
			t.Errorf("%q: %v", heard, err)
		}
	}
	for _, c := range []struct {
		kind string
		load loader
		want string
	}{
		{"vad", works, "recognises no words"},
		{"recogniser", nil, "which decroche does not start"},
		{"recogniser", func(configs.Config, models.Model, string) (configs.Config, error) {
			return configs.Config{}, errors.New("no library")
		}, "no library"},
	} {
		m.Kind = c.kind
		_, err := tryModel(t.Context(), configs.Default(), m, "", c.load)
		var untried *models.UntriedError
		if !errors.As(err, &untried) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.kind, err, c.want)
		}
	}
}

// TestPullIsProvenByTheEngine pulls a real model, CMU Sphinx's French one as far as it is here,
// packed as its makers pack theirs, and lets its engine hear a sentence.
func TestPullIsProvenByTheEngine(t *testing.T) {
	t.Parallel()
	data := os.Getenv("DECROCHE_TESTDATA")
	if data == "" {
		t.Skip("DECROCHE_TESTDATA does not name the folder with a French model")
	}
	library, err := pocketsphinx.New(pocketsphinx.DefaultConfig())
	if err != nil {
		t.Skip("pocketsphinx is not installed:", err)
	}
	library.Close()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	dir := t.TempDir()
	if out, err := exec.Command("tar", "-C", filepath.Join(data, "models"), "-czf", filepath.Join(dir, "ptm.tar.gz"), "--exclude=fr.dict", "fr-ptm-ci").CombinedOutput(); err != nil {
		t.Skipf("the model cannot be packed: %v: %s", err, out)
	}
	own := "models:\n- {name: ptm-fr, engine: pocketsphinx, kind: recogniser, languages: [fr], rate: 8000, phone: made for it, licence: BSD, page: \"https://example.com\", files: [{url: \"http://127.0.0.1:1/ptm.tar.gz\", megabytes: 2}, {url: \"http://127.0.0.1:1/fr.dict\", megabytes: 5}]}\n"
	for _, f := range []struct{ name, text string }{{"own.yaml", own}, {"c.yaml", "models: {catalogue: own.yaml}\n"}, {"fr.dict", text(t, filepath.Join(data, "models", "fr-ptm-ci", "fr.dict"))}} {
		if err := os.WriteFile(filepath.Join(dir, f.name), []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := tool(t, dir, "", 0, "models", "--config", "c.yaml", "pull", "ptm-fr", "--from", ".", "--dir", "kept")
	if !strings.Contains(out, "fr: said « bonjour, où est mon colis ? », heard « bonjour où est mon colis »") || !strings.Contains(out, "ptm-fr is in kept/ptm-fr") {
		t.Errorf("pull prints\n%s", out)
	}
	if err := os.WriteFile(filepath.Join(dir, "fr.dict"), []byte("non nn on\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tool(t, dir, "", 1, "models", "--config", "c.yaml", "pull", "ptm-fr", "--from", ".", "--dir", "other")
	if _, err := os.Stat(filepath.Join(dir, "other", "ptm-fr")); err == nil {
		t.Error("a model whose engine hears nothing with it is in place")
	}
}

// TestDoctorTriesSpareEngines: what nobody uses is tried, and is no illness when it is away.
func TestDoctorTriesSpareEngines(t *testing.T) {
	t.Parallel()
	if _, err := espeak.New(espeak.DefaultConfig()); err != nil {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	cfg := learnt(configs.Default())
	cfg.ASR.Vosk.URLs = map[string]string{"fr": "ws://127.0.0.1:1"}
	cfg.ASR.Wyoming.Address, cfg.TTS.Wyoming.Address = "tcp://127.0.0.1:1", "tcp://127.0.0.1:1"
	cfg.ASR.OpenAI.URL, cfg.TTS.OpenAI.URL = "http://127.0.0.1:1/v1", "http://127.0.0.1:1/v1"
	bots, err := configs.Bots(cfg)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]finding{}
	for _, f := range tryEngines(t.Context(), cfg, bots[:1], true) { // one hotline: every engine learns the words of each
		found[f.what] = f
		if !f.ok || f.hint && f.advice == "" {
			t.Errorf("%+v", f)
		}
	}
	for _, what := range []string{"voice wyoming", "voice files", "recogniser vosk", "recogniser wyoming", "recogniser openai", "recogniser pocketsphinx"} {
		if f, ok := found[what]; !ok || !strings.HasPrefix(f.note, "not used; ") {
			t.Errorf("%s: %+v", what, f)
		}
	}
	if f := found["recogniser embedded, fr"]; f.hint || !strings.Contains(f.note, "heard « bonjour") {
		t.Errorf("%+v", f)
	}
}
