package embedded

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/asr/wer"
)

// spoken is one line of a test set: what is said, by whom, and the digits when it is a number.
type spoken struct {
	id, lang, text, digits string
	voice, speed, pitch    string
}

// readSpoken reads the sentences of a folder: fr.tsv, en.tsv, digits.tsv and how to say them, manifest.tsv.
func readSpoken(t testing.TB, dir string) []spoken {
	t.Helper()
	rows := func(name string) (rows [][]string) {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			rows = append(rows, strings.Split(strings.TrimRight(line, "\n"), "\t"))
		}
		return rows
	}
	said := map[string]*spoken{}
	for _, lang := range []string{"fr", "en"} {
		for _, r := range rows(lang + ".tsv") {
			said[r[0]] = &spoken{id: r[0], lang: lang, text: r[1]}
		}
	}
	for _, r := range rows("digits.tsv") {
		said[r[0]] = &spoken{id: r[0], lang: r[1], text: r[2], digits: r[3]}
	}
	var list []spoken
	for _, r := range rows("manifest.tsv") {
		s := said[r[0]]
		s.voice, s.speed, s.pitch = r[2], r[3], r[4]
		list = append(list, *s)
	}
	return list
}

// say renders a sentence with espeak-ng, at 8 kHz.
func say(t testing.TB, s spoken) []int16 {
	t.Helper()
	// espeak-ng 1.51 ignores the variant in "en-gb+f3"; "en" is the same British voice and heeds it.
	voice := strings.Replace(s.voice, "en-gb+", "en+", 1)
	cmd := exec.Command("espeak-ng", "-v", voice, "-s", s.speed, "-p", s.pitch, "--stdout", "--stdin")
	cmd.Stdin = strings.NewReader(s.text)
	wav, err := cmd.Output()
	if err != nil || len(wav) < 44 {
		t.Fatalf("espeak-ng -v %s: %v", s.voice, err)
	}
	rate := int(binary.LittleEndian.Uint32(wav[24:]))
	wav = wav[bytes.Index(wav, []byte("data"))+8:]
	x := make([]float64, len(wav)/2)
	for i := range x {
		x[i] = float64(int16(binary.LittleEndian.Uint16(wav[2*i:])))
	}
	return resampled(x, rate, 8000)
}

// resampled by a windowed sinc, its phases computed once: plenty for a test.
func resampled(x []float64, from, to int) []int16 {
	g := from
	for b := to; b > 0; {
		g, b = b, g%b
	}
	up, down := to/g, from/g // output i lies at input i·down/up
	ratio := float64(from) / float64(to)
	cut := .95 / max(ratio, 1)
	half := int(12 / cut)
	phases := make([][]float64, up)
	for p := range phases {
		phases[p] = make([]float64, 2*half)
		for k := range phases[p] {
			d := float64(p)/float64(up) - float64(k-half+1)
			w := .5 + .5*math.Cos(math.Pi*d/float64(half))
			if v := math.Pi * d * cut; v != 0 {
				w *= math.Sin(v) / v
			}
			phases[p][k] = w * cut
		}
	}
	x = slices.Concat(make([]float64, half), x, make([]float64, half+1))
	y := make([]int16, (len(x)-2*half-1)*up/down)
	for i := range y {
		at := i * down / up
		var sum float64
		for k, w := range phases[i*down%up] {
			sum += x[at+k+1] * w
		}
		y[i] = int16(max(-32767, min(32767, math.Round(sum))))
	}
	return y
}

// testRecogniser builds a recogniser from the embedded weights, or from DECROCHE_WEIGHTS for
// trying a new export: a folder that holds weights/.
func testRecogniser(t testing.TB, cfg Config, tune tuning) *Recogniser {
	t.Helper()
	dir := os.Getenv("DECROCHE_WEIGHTS")
	if dir == "" {
		testModel(t)
		r, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		r.tune = tune // other settings than those found, for finding better ones
		return r
	}
	m, err := readAcoustic(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	var tongues []*tongue
	for _, lang := range cfg.Languages {
		tongue, err := readTongue(os.DirFS(dir), lang, m.phonemes())
		if err != nil {
			t.Fatal(err)
		}
		tongues = append(tongues, tongue)
	}
	return newRecogniser(cfg, tune, m, tongues)
}

// score is what a test set came to.
type score struct {
	words                map[string]*wer.Count // by language
	numbers, numbersOK   map[string]int
	audio, took, slowest time.Duration
}

// measure runs a test set; digits go in as the flow would ask for them, eight digits of unknown layout.
func (s *score) measure(t testing.TB, r *Recogniser, set []spoken, verbose bool) {
	s.words = map[string]*wer.Count{"fr": {}, "en": {}}
	s.numbers, s.numbersOK = map[string]int{}, map[string]int{}
	for _, x := range set {
		pcm := say(t, x)
		opt := asr.Options{Language: x.lang, Rate: 8000}
		if x.digits != "" {
			opt.Expect = asr.Expect{Kind: "digits", Digits: len(x.digits)}
		}
		began := time.Now()
		res, err := asr.Transcribe(t.Context(), r, pcm, opt)
		if err != nil {
			t.Fatal(err)
		}
		s.took += time.Since(began)
		s.audio += time.Duration(len(pcm)) * time.Second / 8000
		if x.digits == "" {
			n := *s.words[x.lang]
			s.words[x.lang].Add(x.text, res.Text)
			if verbose && n.Exact == s.words[x.lang].Exact {
				t.Logf("%s %.2f %s\n\twant %s\n\tgot  %s", x.id, res.Confidence, x.voice, x.text, res.Text)
			}
			continue
		}
		s.numbers[x.lang]++
		if ok := strings.Join(wer.Words(res.Text), " ") == strings.Join(wer.Words(x.text), " "); ok {
			s.numbersOK[x.lang]++
		} else if verbose {
			t.Logf("%s %.2f %s\n\twant %s\n\tgot  %s", x.id, res.Confidence, x.voice, x.text, res.Text)
		}
	}
}

func (s *score) log(t testing.TB) {
	for _, lang := range []string{"fr", "en"} {
		w := s.words[lang]
		t.Logf("%s: word error %.3f (%d words: %d wrong, %d missing, %d too many), %d of %d sentences exact; numbers all right %d of %d",
			lang, w.Rate(), w.Words, w.Substituted, w.Deleted, w.Inserted, w.Exact, w.Sentences, s.numbersOK[lang], s.numbers[lang])
	}
	t.Logf("%.0f s of audio, real-time factor %.3f", s.audio.Seconds(), s.took.Seconds()/s.audio.Seconds())
}

// TestFrozen measures recognition on the sentences frozen before training. It says a few of them;
// with DECROCHE_LONG=1 it says all.
func TestFrozen(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it says the sentences")
	}
	dir := filepath.Join("testdata", "frozen")
	if d := os.Getenv("DECROCHE_SENTENCES"); d != "" { // another set, for development
		dir = d
	}
	set := readSpoken(t, dir)
	long := os.Getenv("DECROCHE_LONG") != ""
	if !long {
		var few []spoken
		for i, x := range set {
			if i%11 == 0 {
				few = append(few, x)
			}
		}
		set = few
	}
	var s score
	s.measure(t, testRecogniser(t, DefaultConfig(), defaultTuning()), set, long || testing.Verbose())
	s.log(t)
	bounds := map[string]float64{"fr": .20, "en": .25} // of the whole sets
	for lang, most := range bounds {
		if !long {
			most += .15 // ten sentences scatter
		}
		if got := s.words[lang].Rate(); got > most {
			t.Errorf("%s: word error %.3f, bound %.2f", lang, got, most)
		}
		if n := s.numbers[lang]; s.numbersOK[lang]*10 < n*8 {
			t.Errorf("%s: %d of %d numbers all right, bound 80 %%", lang, s.numbersOK[lang], n)
		}
	}
}
