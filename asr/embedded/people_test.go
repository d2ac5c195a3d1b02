package embedded

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"decroche/asr"
	"decroche/asr/wer"
)

// Real people, who were never trained on: English digits one by one, and French sentences as a
// list to choose from. DECROCHE_TESTDATA names the folder with their recordings.
func TestPeople(t *testing.T) {
	dir := os.Getenv("DECROCHE_TESTDATA")
	if dir == "" {
		t.Skip("DECROCHE_TESTDATA does not name the folder with recordings of people")
	}
	dir = filepath.Join(dir, "data", "speech")
	b, err := os.ReadFile(filepath.Join(dir, "clips.tsv"))
	if err != nil {
		t.Skip(err)
	}
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	var sentences []string
	type clip struct{ file, lang, text string }
	var digits, french []clip
	for line := range strings.Lines(string(b)) {
		f := strings.Split(line, "\t")
		switch {
		case strings.Contains(f[0], "fsdd"):
			digits = append(digits, clip{f[0], "en", f[3]})
		case f[1] == "fr":
			french = append(french, clip{f[0], "fr", f[3]})
			sentences = append(sentences, f[3])
		}
	}
	if os.Getenv("DECROCHE_LONG") == "" {
		digits = digits[:min(30, len(digits))]
	}
	right, rejected := 0, 0
	for _, c := range digits {
		res := hearFile(t, r, filepath.Join(dir, c.file), asr.Options{Language: "en", Rate: 8000, Expect: asr.Expect{Kind: "digits", Digits: 1, Layout: "singles"}})
		switch {
		case res.Text == c.text || res.Text == "oh" && c.text == "zero":
			right++
		case res.Text == "":
			rejected++
		}
	}
	t.Logf("English digits: %d of %d right, %d not taken for speech", right, len(digits), rejected)
	if right*2 < len(digits) {
		t.Errorf("%d of %d English digits right, bound one half", right, len(digits))
	}
	// Which of the two languages it is: a sign, not a proof, for there is one speaker.
	home, away := 0, 0
	for _, c := range french {
		for _, line := range []string{"fr", "en"} {
			res := hearFile(t, r, filepath.Join(dir, c.file), asr.Options{Language: line, Others: []string{otherThan(line)}, Rate: 8000})
			switch {
			case line == "fr" && res.Language == "en":
				home++
			case line == "en" && res.Language == "fr":
				away++
			}
		}
	}
	t.Logf("French sentences: %d of %d taken for English on a French line, %d noticed on an English one", home, len(french), away)
	if home > 0 {
		t.Errorf("%d of %d French sentences taken for English", home, len(french))
	}
	right = 0
	var free wer.Count
	for _, c := range french {
		opt := asr.Options{Language: "fr", Rate: 8000, Expect: asr.Expect{Kind: "list"}, Hints: sentences}
		res := hearFile(t, r, filepath.Join(dir, c.file), opt)
		if strings.Join(wer.Words(res.Text), " ") == strings.Join(wer.Words(c.text), " ") {
			right++
		} else {
			t.Logf("%q heard as %q (%.2f)", c.text, res.Text, res.Confidence)
		}
		free.Add(c.text, hearFile(t, r, filepath.Join(dir, c.file), asr.Options{Language: "fr", Rate: 8000}).Text)
	}
	t.Logf("French sentences: %d of %d chosen rightly; free speech word error %.2f", right, len(french), free.Rate())
}

// hearFile transcribes a 16-bit mono WAV file of any rate.
func hearFile(t *testing.T, r *Recogniser, path string, opt asr.Options) asr.Result {
	t.Helper()
	wav, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rate, data := int(binary.LittleEndian.Uint32(wav[24:])), wav[bytes.Index(wav, []byte("data"))+8:]
	x := make([]float64, len(data)/2)
	for i := range x {
		x[i] = float64(int16(binary.LittleEndian.Uint16(data[2*i:])))
	}
	res, err := asr.Transcribe(t.Context(), r, resampled(x, rate, 8000), opt)
	if err != nil {
		t.Fatal(err)
	}
	return res
}
