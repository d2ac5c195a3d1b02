package sherpa

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/asr/asrtest"
	"decroche/media"
	"decroche/media/resample"
)

// settings are those of our own test models; the test skips without the library.
func settings(t testing.TB) Config {
	t.Helper()
	cfg := DefaultConfig()
	if cfg.Library = os.Getenv("DECROCHE_SHERPA_LIB"); cfg.Library == "" {
		t.Skip("DECROCHE_SHERPA_LIB does not name libsherpa-onnx-c-api.so; make tools-sherpa gets one")
	}
	at := func(name string) string { return filepath.Join("testdata", name) }
	cfg.Models["fr"] = Model{Kind: "t_one_ctc", Streaming: true, Model: at("streaming.onnx"), Tokens: at("tokens.txt"), Rate: 8000}
	cfg.Models["en"] = Model{Kind: "omnilingual", Model: at("offline.onnx"), Tokens: at("tokens.txt"), Rate: 16000}
	return cfg
}

func spoken(t testing.TB, voice, text string) []int16 {
	t.Helper()
	wav, err := exec.Command("espeak-ng", "-v", voice, "-s", "150", "--stdout", text).Output()
	if err != nil {
		t.Skip("espeak-ng is not installed; make test installs it:", err)
	}
	rate := int(binary.LittleEndian.Uint32(wav[24:]))
	wav = wav[44:]
	pcm := make([]int16, len(wav)/2)
	for i := range pcm {
		pcm[i] = int16(binary.LittleEndian.Uint16(wav[2*i:])) / 2
	}
	c, err := resample.New(rate, media.PhoneRate)
	if err != nil {
		t.Fatal(err)
	}
	return c.Flush(c.Process(nil, pcm))
}

// TestOwnModels: sherpa-onnx loads our own networks in two of its layouts, is fed and is read: the
// letters of a synthetic voice, without a language model.
func TestOwnModels(t *testing.T) {
	t.Parallel()
	r, err := New(settings(t))
	if err != nil {
		t.Fatal(err)
	}
	for lang, layout := range map[string]string{"fr": "streaming", "en": "whole turns"} {
		for _, text := range []string{"bonjour", "la facture"} {
			got, err := asr.Transcribe(t.Context(), r, spoken(t, "fr", text), asr.Options{Language: lang, Rate: media.PhoneRate})
			if err != nil || got.Text != text {
				t.Errorf("%s: %q heard as %q, %v", layout, text, got.Text, err)
			}
			if len(got.Words) != len(strings.Fields(text)) || got.Words[0].End < got.Words[0].Start || got.Words[0].Start <= 0 && layout == "streaming" {
				t.Errorf("%s: words %+v", layout, got.Words)
			}
		}
	}
	if r.Version() != "1.13.8" || len(r.Languages()) != 2 {
		t.Errorf("version %q, languages %v", r.Version(), r.Languages())
	}
	if _, err := r.Open(t.Context(), asr.Options{Language: "de"}); err == nil || !strings.Contains(err.Error(), "asr.sherpa.models") {
		t.Errorf("a language without a model: %v", err)
	}
}

func TestConformance(t *testing.T) {
	r, err := New(settings(t))
	if err != nil {
		t.Fatal(err)
	}
	edge := make([]int16, media.PhoneRate/5)
	speech := slices.Concat(edge, spoken(t, "fr", "la facture"), edge)
	for _, lang := range []string{"fr", "en"} {
		asrtest.Run(t, func(*testing.T) asr.Recogniser { return r }, asrtest.Options{
			Open: asr.Options{Language: lang, Rate: media.PhoneRate}, Speech: speech, Words: "la facture", RealTime: true, NoConfidence: true, Patience: 30 * time.Second,
		})
	}
}

// TestResult: what the library says, as JSON, in this house's words.
func TestResult(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]asr.Result{
		`{"text":" le  colis","tokens":[" le"," co","lis"],"timestamps":[0.1,0.3,0.4],"ys_log_probs":[0,-0.6931471805599453]}`: {
			Text: "le colis", Confidence: math.Sqrt(.5), Start: 100 * time.Millisecond, End: time.Second,
			Words: []asr.Word{{Text: "le", Start: 100 * time.Millisecond, End: 100 * time.Millisecond, Confidence: math.Sqrt(.5)}, {Text: "colis", Start: 300 * time.Millisecond, End: 400 * time.Millisecond, Confidence: math.Sqrt(.5)}},
		},
		`{"text":"ab","tokens":["▁","a","b","▁"],"timestamps":[0.1,0.2,9,9]}`: {
			Text: "ab", Start: 200 * time.Millisecond, End: time.Second, Words: []asr.Word{{Text: "ab", Start: 200 * time.Millisecond, End: time.Second}},
		},
		`{"text":"x","tokens":["x"],"timestamps":[]}`: {Text: "x", End: time.Second},
		`{}`: {End: time.Second},
	} {
		var x said
		if err := json.Unmarshal([]byte(in), &x); err != nil {
			t.Fatal(err)
		}
		got := x.result(time.Second)
		if math.Abs(got.Confidence-want.Confidence) > 1e-9 || got.Text != want.Text || got.Start != want.Start || got.End != want.End || len(got.Words) != len(want.Words) {
			t.Errorf("%s: %+v, want %+v", in, got, want)
			continue
		}
		for i, w := range got.Words {
			if w.Text != want.Words[i].Text || w.Start != want.Words[i].Start || w.End != want.Words[i].End {
				t.Errorf("%s: word %+v, want %+v", in, w, want.Words[i])
			}
		}
	}
}

func FuzzResult(f *testing.F) {
	f.Add([]byte(`{"text":"a","tokens":[" a","▁"],"timestamps":[0.1,-4],"ys_log_probs":[7]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var x said
		if json.Unmarshal(b, &x) != nil {
			return
		}
		r := x.result(time.Second)
		if r.Confidence < 0 || r.Confidence > 1 || r.Start > r.End {
			t.Fatalf("%+v", r)
		}
		for _, w := range r.Words {
			if w.End < w.Start {
				t.Fatalf("%+v", r)
			}
		}
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Errorf("defaults: %v", bad)
	}
	bad := Config{Models: map[string]Model{"fr": {Kind: "whisper", Streaming: true, Rate: 7, Features: -1}}}.Validate()
	for i, want := range []string{"turns: 0", "threads: 0", `models.fr.kind: "whisper" is no layout`, "models.fr.tokens: ", "models.fr.encoder: ", "models.fr.decoder: ", "models.fr.rate: 7", "models.fr.features: -1"} {
		if i >= len(bad) || !strings.HasPrefix(bad[i], want) {
			t.Errorf("complaint %d: %v, want %s", i, bad, want)
		}
	}
	if _, err := New(DefaultConfig()); err == nil || !strings.Contains(err.Error(), "there is none") {
		t.Errorf("no models: %v", err)
	}
	if err := (Model{Kind: "tdnn", Model: "testdata/tokens.txt", Tokens: "testdata"}).missing(); err == nil || !strings.Contains(err.Error(), "tokens: testdata cannot be read") {
		t.Errorf("a folder for a file: %v", err)
	}
}

func TestLoud(t *testing.T) {
	t.Parallel()
	hum := make([]float32, 8000)
	if loud(hum, 8000) || loud(nil, 8000) {
		t.Error("silence is loud")
	}
	for i := 4000; i < 4160; i++ {
		hum[i] = .01
	}
	if !loud(hum, 8000) {
		t.Error("20 ms at -40 dB are silence")
	}
}
