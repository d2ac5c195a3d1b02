package embedded

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"decroche/asr"
	"decroche/asr/wer"
	"decroche/media/codec/g711"
)

// TestReport prints the tables of docs/recognition.md: the frozen test sets in three noises, and closed
// sets said by real people where DECROCHE_TESTDATA names a folder with data/speech. It takes minutes
// and runs with DECROCHE_REPORT=1 only. A report is not a test: nothing in it fails.
func TestReport(t *testing.T) {
	if os.Getenv("DECROCHE_REPORT") == "" {
		t.Skip("DECROCHE_REPORT is not set")
	}
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it says the sentences")
	}
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	reportPeople(t, r)
	reportClosed(t, r)
	reportNoise(t, r)
}

// reportClosed prints how many answers to closed questions are understood, and how much speech outside
// the set is refused: with the bounds in use, and where 5 % of the good answers are lost.
func reportClosed(t *testing.T, r *Recogniser) {
	for _, c := range []struct {
		name string
		snr  float64
	}{{"clean", math.Inf(1)}, {"babble, 12 dB", 12}} {
		list := judged(t, r, filepath.Join("testdata", "frozen"), c.snr)
		fmt.Printf("\n| %s | best of the set is right | taken for it and right | other speech refused | refused where 5 %% of right answers are lost |\n|---|---|---|---|---|\n", c.name)
		for _, lang := range []string{"fr", "en"} {
			for _, kind := range []string{"yes_no", "date", "digits", "list", "spelled", ""} {
				mine := func(v *verdict) bool { return v.lang == lang && (v.kind == kind || kind == "" && v.kind != "spelled") }
				good := func(v *verdict) bool { return mine(v) && v.good }
				other := func(v *verdict) bool { return mine(v) && !v.good }
				best, n := share(list, good, func(v *verdict) bool { return v.right })
				taken, _ := share(list, good, func(v *verdict) bool { return v.right && v.taken })
				refused, m := share(list, other, func(v *verdict) bool { return !v.taken })
				at := quantile(list, .95, func(v *verdict) bool { return good(v) && v.right })
				curve, _ := share(list, other, func(v *verdict) bool { return v.worse > at })
				fmt.Printf("| %s %s | %d/%d %.1f %% | %d/%d | %d/%d %.1f %% | %.1f %% |\n", lang, cmp.Or(kind, "all but spelled"), best, n, 100*float64(best)/float64(n),
					taken, n, refused, m, 100*float64(refused)/float64(m), 100*float64(curve)/float64(m))
			}
		}
	}
}

func reportNoise(t *testing.T, r *Recogniser) {
	set := readSpoken(t, filepath.Join("testdata", "frozen"))
	said := make([][]int16, len(set))
	for i, x := range set {
		said[i] = say(t, x)
	}
	chatter := babble(said)
	fmt.Println("| | French: word error | accents and homophones folded | 8 digits, pairs | singles | English: word error | 8 digits, pairs | singles |\n|---|---|---|---|---|---|---|---|")
	for _, c := range []struct {
		name string
		snr  float64
	}{{"clean", math.Inf(1)}, {"babble, 15 dB", 15}, {"babble, 12 dB", 12}, {"babble, 8 dB", 8}} {
		words, folded := map[string]*wer.Count{"fr": {}, "en": {}}, map[string]*wer.Count{"fr": {}, "en": {}}
		right, total := map[string]int{}, map[string]int{}
		for i, x := range set {
			opt := asr.Options{Language: x.lang, Rate: 8000}
			layout := ""
			if x.digits != "" {
				layout = layoutOf(x)
				opt.Expect = asr.Expect{Kind: "digits", Digits: len(x.digits), Layout: layout}
			}
			res, err := asr.Transcribe(t.Context(), r, overALaw(mixed(said[i], chatter, c.snr, uint64(i))), opt)
			if err != nil {
				t.Fatal(err)
			}
			if layout == "" {
				words[x.lang].Add(x.text, res.Text)
				folded[x.lang].Add(fold(x.text), fold(res.Text))
				continue
			}
			total[x.lang+layout]++
			if strings.Join(wer.Words(res.Text), " ") == strings.Join(wer.Words(x.text), " ") {
				right[x.lang+layout]++
			}
		}
		row := func(k string) string { return fmt.Sprintf("%d/%d", right[k], total[k]) }
		fmt.Printf("| %s | %.3f | %.3f | %s | %s | %.3f | %s | %s |\n", c.name, words["fr"].Rate(), folded["fr"].Rate(),
			row("frpairs"), row("frsingles"), words["en"].Rate(), row("enpairs"), row("ensingles"))
	}
}

// layoutOf tells how a number is said.
func layoutOf(x spoken) string {
	if strings.Join(wer.Words(x.text), " ") == strings.Join(singlesOf(x), " ") {
		return "singles"
	}
	return "pairs"
}

// singlesOf is a number said digit by digit.
func singlesOf(x spoken) []string {
	names := strings.Fields("zero one two three four five six seven eight nine")
	if x.lang == "fr" {
		names = strings.Fields("zéro un deux trois quatre cinq six sept huit neuf")
	}
	var w []string
	for _, d := range x.digits {
		w = append(w, names[d-'0'])
	}
	return w
}

// fold writes words that sound alike in French the same way: how much of the error a reader could forgive.
func fold(s string) string {
	s = strings.NewReplacer("à", "a", "â", "a", "é", "e", "è", "e", "ê", "e", "ë", "e", "î", "i", "ï", "i", "ô", "o", "ù", "u", "û", "u", "ç", "c", "œ", "oe").Replace(strings.ToLower(s))
	w := wer.Words(s)
	for i, x := range w {
		for _, end := range []string{"ees", "ee", "es", "er", "ez", "ent", "s", "e", "x"} {
			if base, ok := strings.CutSuffix(x, end); ok && len(base) > 2 {
				w[i] = base
				break
			}
		}
	}
	return strings.Join(w, " ")
}

// babble adds up many voices: the noise of a busy room, as long as the longest sentence.
func babble(said [][]int16) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	n := 20 * 8000
	b := make([]float64, n)
	for range 40 {
		x := said[r.IntN(len(said))]
		p := math.Sqrt(energy(x)) + 1
		for at, i := r.IntN(n), 0; i < len(x); i++ {
			b[(at+i)%n] += float64(x[i]) / p
		}
	}
	return b
}

func energy(x []int16) (e float64) {
	for _, v := range x {
		e += float64(v) * float64(v)
	}
	return e / float64(max(1, len(x)))
}

// mixed adds noise so that speech is snr dB louder, both over the whole sentence.
func mixed(x []int16, noise []float64, snr float64, seed uint64) []int16 {
	y := slices.Clone(x)
	if math.IsInf(snr, 1) {
		return y
	}
	var e float64
	at := int(rand.New(rand.NewPCG(3, seed)).Uint64N(uint64(len(noise))))
	for i := range x {
		v := noise[(at+i)%len(noise)]
		e += v * v
	}
	g := math.Sqrt(energy(x) * float64(len(x)) / e * math.Pow(10, -snr/10))
	for i := range y {
		y[i] = int16(max(-32767, min(32767, float64(x[i])+g*noise[(at+i)%len(noise)])))
	}
	return y
}

func overALaw(pcm []int16) []int16 {
	b := make([]byte, len(pcm))
	g711.EncodeA(b, pcm)
	g711.DecodeA(pcm, b)
	return pcm
}

// reportPeople asks for one of a list: English digits, and whole French sentences. Nobody's voice was trained on.
func reportPeople(t *testing.T, r *Recogniser) {
	dir := filepath.Join(os.Getenv("DECROCHE_TESTDATA"), "data", "speech")
	f, err := os.Open(filepath.Join(dir, "clips.tsv"))
	if err != nil {
		t.Logf("no recordings of people: %v", err)
		return
	}
	defer f.Close()
	tsv := csv.NewReader(f)
	tsv.Comma, tsv.LazyQuotes = '\t', true
	rows, err := tsv.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	sets := map[string][][]string{}
	for _, row := range rows[1:] {
		switch {
		case strings.Contains(row[0], "fsdd"):
			sets["en digits"] = append(sets["en digits"], row)
		case row[1] == "fr":
			sets["fr sentences"] = append(sets["fr sentences"], row)
		}
	}
	for name, rows := range sets {
		var list []string
		for _, row := range rows {
			if !slices.Contains(list, row[3]) {
				list = append(list, row[3])
			}
		}
		ok, open := 0, wer.Count{}
		for _, row := range rows {
			pcm := readWav(t, filepath.Join(dir, row[0]))
			res, err := asr.Transcribe(t.Context(), r, overALaw(slices.Clone(pcm)), asr.Options{Language: row[1], Rate: 8000, Hints: list, Expect: asr.Expect{Kind: "list"}})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Join(wer.Words(res.Text), " ") == strings.Join(wer.Words(row[3]), " ") {
				ok++
			}
			if res, err = asr.Transcribe(t.Context(), r, overALaw(pcm), asr.Options{Language: row[1], Rate: 8000}); err != nil {
				t.Fatal(err)
			}
			open.Add(row[3], res.Text)
		}
		fmt.Printf("real people, %s, one of %d: %d of %d right; open vocabulary: word error %.2f\n", name, len(list), ok, len(rows), open.Rate())
	}
}

// readWav reads a mono 16-bit recording at 8 kHz; sox does the reading.
func readWav(t *testing.T, path string) []int16 {
	t.Helper()
	raw, err := exec.Command("sox", path, "-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r", "8000", "-").Output()
	if err != nil {
		t.Skipf("sox: %v", err)
	}
	pcm := make([]int16, len(raw)/2)
	for i := range pcm {
		pcm[i] = int16(uint16(raw[2*i]) | uint16(raw[2*i+1])<<8)
	}
	return pcm
}
