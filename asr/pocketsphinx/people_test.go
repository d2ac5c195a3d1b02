package pocketsphinx

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"decroche/asr"
	"decroche/media/codec/g711"
	"decroche/media/resample"
)

// clip is a recording of a person over A-law.
type clip struct {
	file, text string
	pcm        []int16
}

// clips reads the recordings whose line fits; it skips without them.
func clips(t testing.TB, fits func(fields []string) bool) (list []clip) {
	t.Helper()
	dir := os.Getenv("DECROCHE_TESTDATA")
	if dir == "" {
		t.Skip("DECROCHE_TESTDATA does not name the folder with recordings of people")
	}
	dir = filepath.Join(dir, "data", "speech")
	b, err := os.ReadFile(filepath.Join(dir, "clips.tsv"))
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Split(line, "\t")
		if !strings.HasSuffix(f[0], ".wav") || !fits(f) {
			continue
		}
		wav, err := os.ReadFile(filepath.Join(dir, f[0]))
		if err != nil {
			t.Fatal(err)
		}
		rate, data := int(binary.LittleEndian.Uint32(wav[24:])), wav[bytes.Index(wav, []byte("data"))+8:]
		pcm := make([]int16, len(data)/2)
		for i := range pcm {
			pcm[i] = int16(binary.LittleEndian.Uint16(data[2*i:]))
		}
		if rate != 8000 {
			r, err := resample.New(rate, 8000)
			if err != nil {
				t.Fatal(err)
			}
			pcm = r.Flush(r.Process(nil, pcm))
		}
		law := make([]byte, len(pcm))
		g711.EncodeA(law, pcm)
		g711.DecodeA(pcm, law)
		list = append(list, clip{f[0], f[3], pcm})
	}
	return list
}

// recogniser opens the library; it skips where it or a model is not installed.
func recogniser(t testing.TB, langs ...string) *Recogniser {
	t.Helper()
	cfg := DefaultConfig()
	if slices.Contains(langs, "fr") {
		dir := filepath.Join(os.Getenv("DECROCHE_TESTDATA"), "models", "fr-ptm-ci")
		if _, err := os.Stat(dir); err != nil {
			t.Skip("DECROCHE_TESTDATA has no French model:", err)
		}
		cfg.Models["fr"] = Model{Model: dir, Dictionary: filepath.Join(dir, "fr.dict"), Rate: 8000}
	}
	if !slices.Contains(langs, "en") {
		delete(cfg.Models, "en")
	}
	r, err := New(cfg)
	if err != nil {
		t.Skip("pocketsphinx is not installed (apt-get install libpocketsphinx3 pocketsphinx-en-us):", err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// TestHumanDigits: English digits of three people, one by one, over A-law.
func TestHumanDigits(t *testing.T) {
	list := clips(t, func(f []string) bool { return strings.Contains(f[0], "fsdd") })
	r := recogniser(t, "en")
	opt := asr.Options{Language: "en", Rate: 8000, Expect: asr.Expect{Kind: "digits", Digits: 1, Layout: "singles"}}
	right := 0
	for _, c := range list {
		res, err := asr.Transcribe(t.Context(), r, c.pcm, opt)
		if err != nil {
			t.Fatal(err)
		}
		if res.Text == c.text || res.Text == "oh" && c.text == "zero" {
			right++
		} else {
			t.Logf("%s: %q heard as %q (%.2f)", c.file, c.text, res.Text, res.Confidence)
		}
	}
	t.Logf("English digits: %d of %d right (%.1f %%)", right, len(list), 100*float64(right)/float64(len(list)))
	if right*100 < 82*len(list) {
		t.Errorf("%d of %d English digits right, want 82 %%", right, len(list))
	}
}

// TestHumanSentences: ten French sentences of one person, chosen among the ten.
func TestHumanSentences(t *testing.T) {
	list := clips(t, func(f []string) bool { return f[1] == "fr" })
	r := recogniser(t, "fr")
	opt := asr.Options{Language: "fr", Rate: 8000, Expect: asr.Expect{Kind: "list"}}
	for _, c := range list {
		opt.Hints = append(opt.Hints, c.text)
	}
	right := 0
	for _, c := range list {
		res, err := asr.Transcribe(t.Context(), r, c.pcm, opt)
		if err != nil {
			t.Fatal(err)
		}
		if res.Text == phrase(c.text) {
			right++
		} else {
			t.Logf("%q heard as %q (%.2f)", c.text, res.Text, res.Confidence)
		}
	}
	t.Logf("French sentences: %d of %d chosen rightly", right, len(list))
	if right*10 < 8*len(list) {
		t.Errorf("%d of %d sentences right, want 8 of 10", right, len(list))
	}
}
