package embedded

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/asr"
	"decroche/asr/wer"
)

// answer is one line of closed.tsv: what a caller says to a closed question, in whose voice, and what
// it must be understood as: "yes" or "no", day-month in figures, the code, the entry of the list.
type answer struct {
	spoken
	kind, want string
	options    []string // of a list
}

// readAnswers reads closed.tsv of a folder.
func readAnswers(t testing.TB, dir string) (list []answer) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "closed.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		a := answer{spoken: spoken{id: f[0], lang: f[1], text: f[4], voice: f[6], speed: f[7], pitch: f[8]}, kind: f[2], want: f[5]}
		if f[3] != "" {
			a.options = strings.Split(f[3], "|")
		}
		list = append(list, a)
	}
	return list
}

// sound says an answer. espeak-ng reads a single "a" or "y" as a word; whoever spells says the letter.
func (a *answer) sound(t testing.TB) []int16 {
	s := a.spoken
	if a.kind == "spelled" {
		names := map[string]string{"en a": "[[eI]]", "fr y": "[[igr'Ek]]"}
		words := strings.Fields(s.text)
		for i, w := range words {
			if n := names[a.lang+" "+w]; n != "" {
				words[i] = n
			}
		}
		s.text = strings.Join(words, " ")
	}
	return say(t, s)
}

// expect is what a flow would tell the recogniser.
func (a *answer) expect() asr.Options {
	return asr.Options{Language: a.lang, Rate: 8000, Hints: a.options, Expect: asr.Expect{Kind: a.kind}}
}

// right tells whether text says what was meant, as a flow would read it.
func (a *answer) right(s *speaker, text string) bool {
	switch a.kind {
	case "yes_no":
		return s.polarity(text) == a.want
	case "date":
		return dayMonth(a.lang, text) == a.want
	case "spelled":
		return spelt(a.lang, text) == a.want
	case "list":
		return strings.Contains(" "+text+" ", " "+a.want+" ")
	}
	return strings.Join(wer.Words(text), " ") == strings.Join(wer.Words(a.text), " ")
}

// dayMonth is the day and the month of a date in words, "05-03", or "".
func dayMonth(lang, text string) string {
	days, months := frenchDays, frenchMonths
	if lang == "en" {
		days, months = englishDays, englishMonths
	}
	words := strings.Fields(text)
	day, month := -1, -1
	for i, w := range words {
		if m := slices.Index(months, w); m >= 0 {
			month = m
		}
		for _, n := range []int{3, 2, 1} {
			if i+n > len(words) {
				continue
			}
			if d := slices.Index(days, strings.Join(words[i:i+n], "-")); d >= 0 && day < 0 {
				day = d % 31
				break
			}
		}
	}
	if day < 0 || month < 0 {
		return ""
	}
	return time.Date(2024, time.Month(month+1), day+1, 0, 0, 0, 0, time.UTC).Format("02-01")
}

var (
	frenchMonths  = strings.Fields("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
	englishMonths = strings.Fields("january february march april may june july august september october november december")
	frenchDays    = func() []string {
		d := []string{"premier"}
		for n := 2; n < 32; n++ {
			d = append(d, strings.ReplaceAll(frenchNumbers(n)[0], " ", "-"))
		}
		return d
	}()
	englishDays = func() []string {
		d := strings.Fields(`first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
			fifteenth sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth
			twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first`)
		for n := 1; n < 32; n++ {
			d = append(d, englishNumber(n))
		}
		return d
	}()
)

// spelt is the code that somebody spelled in text: "b comme bernard deux" is "b2".
func spelt(lang, text string) string {
	digits := frUnits[:10]
	if lang == "en" {
		digits = enUnits[:10]
	}
	var code strings.Builder
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch n := slices.Index(digits, w); {
		case n >= 0:
			code.WriteByte(byte('0' + n))
		case w == "oh":
			code.WriteByte('0')
		case w == "zee":
			code.WriteByte('z')
		case len(w) == 1:
			code.WriteString(w)
		case w == "comme" || w == "for" || w == "like":
			i++
		case w == "as":
			i += 2
		default:
			return ""
		}
	}
	return code.String()
}

// hearWhole runs an utterance through a decoder of its own, as asr.Transcribe does through a
// session, and leaves the decoder as it stands after the last row.
func hearWhole(r *Recogniser, pcm []int16, opt asr.Options) (*decoder, asr.Result) {
	d := newDecoder(r)
	d.begin(r.speakers[opt.Language], opt)
	edge := make([]int16, 1600)
	for _, p := range [][]int16{edge, pcm, edge} {
		d.write(p)
	}
	return d, d.finish()
}

// askAgain searches another closed set in what a decoder has heard already.
func askAgain(d *decoder, opt asr.Options) asr.Result {
	d.opt, d.rules = opt, d.who.expected(opt)
	rows := slices.Clone(d.sheet.data)
	free, sheet := d.free, d.sheet
	d.restart()
	d.free, d.sheet = free, sheet
	for row := range slices.Chunk(rows, len(d.scaled)) {
		d.closed.step(row)
	}
	return d.result()
}

// verdict is what the sound of one answer, or of speech outside the set, came to.
type verdict struct {
	lang, kind string
	good       bool    // it was an answer of the set
	right      bool    // and the best closed reading is that answer
	worse      float64 // how much worse than free speech the best closed reading fits; Inf: there is none
	taken      bool    // the recogniser took it for an answer
	res        asr.Result
}

// judged hears closed.tsv, the spoken numbers and the sentences of a folder, the sentences as speech
// outside each kind of set. noise is how loud the babble is, in dB below the speech.
func judged(t testing.TB, r *Recogniser, dir string, noise float64) (list []verdict) {
	answers, sentences := readAnswers(t, dir), readSpoken(t, dir)
	var voices [][]int16
	for _, x := range sentences[:60] {
		voices = append(voices, say(t, x))
	}
	chatter := babble(voices)
	note := func(d *decoder, res asr.Result, opt asr.Options, good bool, right func(*speaker, string) bool) {
		v := verdict{lang: opt.Language, kind: opt.Expect.Kind, good: good, worse: math.Inf(1), res: res}
		if closed := d.readings(&d.closed, d.rules); len(closed) > 0 {
			v.right, v.worse = good && right(d.who, closed[0].text), 0
			if free := d.readings(&d.free, nil); len(free) > 0 {
				v.worse = worse(&closed[0], &free[0])
			}
			v.taken = res.Text == closed[0].text
		}
		list = append(list, v)
	}
	hear := func(i int, pcm []int16, opt asr.Options, good bool, right func(*speaker, string) bool) *decoder {
		d, res := hearWhole(r, overALaw(mixed(pcm, chatter, noise, uint64(i))), opt)
		note(d, res, opt, good, right)
		return d
	}
	options := map[string][]string{}
	for i, a := range answers {
		hear(i, a.sound(t), a.expect(), true, a.right)
		if a.kind == "list" && len(options[a.lang]) == 0 {
			options[a.lang] = a.options
		}
	}
	for i, x := range sentences {
		pcm := say(t, x)
		if x.digits != "" {
			a := answer{spoken: x}
			hear(i, pcm, asr.Options{Language: x.lang, Expect: asr.Expect{Kind: "digits", Digits: len(x.digits), Layout: layoutOf(x)}}, true, a.right)
			continue
		}
		hear(i, pcm, asr.Options{Language: x.lang, Hints: options[x.lang], Expect: asr.Expect{Kind: "list"}}, false, nil)
		opt := asr.Options{Language: x.lang, Expect: asr.Expect{Kind: "digits", Digits: 8}}
		d := hear(i, pcm, opt, false, nil)
		for _, kind := range []string{"yes_no", "date", "spelled"} {
			opt.Expect = asr.Expect{Kind: kind}
			if kind == "yes_no" && d.who.polarity(wer.Words(x.text)[0]) != "" {
				continue // "non c'est le mauvais numéro" is an answer, and more
			}
			note(d, askAgain(d, opt), opt, false, nil)
		}
	}
	return list
}

// share is how many of the verdicts that where picks have property is.
func share(list []verdict, where, is func(*verdict) bool) (hits, of int) {
	for i := range list {
		if where(&list[i]) {
			if of++; is(&list[i]) {
				hits++
			}
		}
	}
	return hits, of
}

// quantile of the losses that where picks.
func quantile(list []verdict, q float64, where func(*verdict) bool) float64 {
	var x []float64
	for i := range list {
		if where(&list[i]) {
			x = append(x, list[i].worse)
		}
	}
	slices.Sort(x)
	return x[min(len(x)-1, int(q*float64(len(x))))]
}

// TestCalibrate prints the bounds of mostWorse as development speech has them. It takes a minute and runs
// with DECROCHE_REPORT=1 only; run it after every training.
func TestCalibrate(t *testing.T) {
	if os.Getenv("DECROCHE_REPORT") == "" {
		t.Skip("DECROCHE_REPORT is not set")
	}
	r := testRecogniser(t, DefaultConfig(), defaultTuning())
	dir := filepath.Join("testdata", "development")
	list := append(judged(t, r, dir, math.Inf(1)), judged(t, r, dir, 15)...)
	for _, lang := range []string{"fr", "en"} {
		for _, kind := range []string{"yes_no", "date", "digits", "list", "spelled"} {
			of := func(good bool) func(*verdict) bool {
				return func(v *verdict) bool { return v.lang == lang && v.kind == kind && v.good == good && v.right == good }
			}
			good, other := quantile(list, .95, of(true)), quantile(list, .05, of(false))
			bound := good
			if other > good {
				bound = math.Sqrt(good * other)
			}
			fmt.Printf("%s %-8s 5 %% of good answers above %.2f, 95 %% of other speech above %.2f: bound %.1f\n", lang, kind, good, other, bound)
		}
	}
}
