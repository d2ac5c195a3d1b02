package main

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"decroche/configs"
	"decroche/internal/models"
)

// TestSherpaFolders: what is in the folders of k2-fsa's archives, as far as their pages list it.
func TestSherpaFolders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		layout, kind string
		files        string
		want         string // of the next step; none: not to be told
	}{
		{"", "recogniser", "tokens.txt encoder-e9.onnx encoder-e9.int8.onnx decoder-e9.onnx decoder-e9.int8.onnx joiner-e9.onnx joiner-e9.int8.onnx test_wavs/",
			"set asr.sherpa.models.fr: {kind: transducer, streaming: true, rate: 16000, tokens: D/tokens.txt, encoder: D/encoder-e9.int8.onnx, decoder: D/decoder-e9.onnx, joiner: D/joiner-e9.int8.onnx}"},
		{"", "recogniser", "tokens.txt encoder.onnx decoder.onnx joiner.onnx", "encoder: D/encoder.onnx, decoder: D/decoder.onnx, joiner: D/joiner.onnx"},
		{"zipformer2_ctc", "recogniser", "tokens.txt model.onnx", "kind: zipformer2_ctc, streaming: true, rate: 16000, tokens: D/tokens.txt, model: D/model.onnx}"},
		{"", "recogniser", "tokens.txt model.onnx", ""},
		{"zipformer2_ctc", "recogniser", "model.onnx", ""},
		{"siri", "recogniser", "tokens.txt model.onnx", ""},
		{"", "voice", "tokens.txt fr_FR-siwis-medium.onnx espeak-ng-data/", "set tts.sherpa.voices.fr: {kind: piper, model: D/fr_FR-siwis-medium.onnx, tokens: D/tokens.txt, data: D/espeak-ng-data}"},
		{"", "voice", "tokens.txt model.int8.onnx voices.bin espeak-ng-data/", "{kind: kokoro, model: D/model.int8.onnx, tokens: D/tokens.txt, data: D/espeak-ng-data, voices: D/voices.bin}"},
		{"", "voice", "tokens.txt model.onnx", ""},
	} {
		dir := t.TempDir()
		for name := range strings.FieldsSeq(c.files) {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		m := models.Model{Name: "m", Engine: "sherpa", Kind: c.kind, Layout: c.layout, Streaming: true, Rate: 16000, Languages: []string{"fr"}}
		got := nextStep(m, dir)
		if want := strings.ReplaceAll(c.want, "D/", dir+"/"); !strings.Contains(got, want) || strings.Contains(got, "set ") != (want != "") {
			t.Errorf("%s %s of %s:\n got %s\nwant %s", c.layout, c.kind, c.files, got, want)
		}
		_, err := tryModel(t.Context(), configs.Default(), m, dir, func(cfg configs.Config, m models.Model, dir string) (configs.Config, error) {
			_, err := loadSherpa(cfg, m, dir)
			return cfg, errors.Join(err, errors.New("enough"))
		})
		var untried *models.UntriedError
		if !errors.As(err, &untried) || strings.Contains(err.Error(), "which of its files") != (c.want == "") {
			t.Errorf("%s of %s: %v", c.kind, c.files, err)
		}
	}
}

// TestPullIsProvenBySherpa pulls our own network from a server on loopback; sherpa-onnx, in a
// worker, hears a sentence with it before it is put in its place. One that is cut short stays out,
// and without the library the model is kept and said to be untried.
func TestPullIsProvenBySherpa(t *testing.T) {
	t.Parallel()
	lib := os.Getenv("DECROCHE_SHERPA_LIB")
	if lib == "" {
		t.Skip("DECROCHE_SHERPA_LIB does not name libsherpa-onnx-c-api.so; make tools-sherpa gets one")
	}
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed: apt-get install espeak-ng")
	}
	var short bool
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := os.ReadFile(filepath.Join("..", "..", "asr", "sherpa", "testdata", filepath.Base(r.URL.Path)))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		if short && strings.HasSuffix(r.URL.Path, ".onnx") {
			b = b[:len(b)/2]
		}
		_, _ = w.Write(b)
	}))
	t.Cleanup(web.Close)
	dir := t.TempDir()
	own := fmt.Sprintf("models:\n- {name: letters-fr, engine: sherpa, kind: recogniser, layout: t_one_ctc, languages: [fr], streaming: true, rate: 8000, phone: made for it, licence: MIT, page: \"https://example.com\", files: [{url: \"%[1]s/streaming.onnx\", megabytes: 1}, {url: \"%[1]s/tokens.txt\", megabytes: 1}, {url: \"%[1]s/weights.bin\", megabytes: 3}]}\n", web.URL)
	for name, text := range map[string]string{"own.yaml": own, "c.yaml": "models: {catalogue: own.yaml}\nasr: {sherpa: {library: '" + lib + "'}}\n", "no.yaml": "models: {catalogue: own.yaml}\nasr: {sherpa: {library: /no/such.so}}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out := tool(t, dir, "", 0, "models", "--config", "c.yaml", "pull", "letters-fr", "--dir", "kept")
	if !strings.Contains(out, "fr: said « bonjour, où est mon colis ? », heard « bonjour") || !strings.Contains(out, "set asr.sherpa.models.fr: {kind: t_one_ctc") {
		t.Errorf("pull prints\n%s", out)
	}
	t.Log(out)
	out = tool(t, dir, "", 0, "models", "--config", "no.yaml", "pull", "letters-fr", "--dir", "untried")
	if !strings.Contains(out, "not tried: ") || !strings.Contains(out, "the library is not there") {
		t.Errorf("without the library pull prints\n%s", out)
	}
	short = true
	tool(t, dir, "", 1, "models", "--config", "c.yaml", "pull", "letters-fr", "--dir", "cut")
	if _, err := os.Stat(filepath.Join(dir, "cut", "letters-fr")); err == nil {
		t.Error("half a network is in place")
	}
}
