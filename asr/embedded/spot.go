package embedded

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// spot.go: phrases in endless sound. A session knows when a turn begins and ends; a Spotter does not,
// and most of what it hears is meant for somebody else.
//
// Each phrase is a path through its phonemes that may begin at any row. What a row gives a path is
// compared with what the row gives its best phoneme, whatever that is: the garbage path, which all
// other speech takes (R. Rose and D. Paul, "A hidden Markov model based keyword recognition system",
// ICASSP 1990). That costs a few additions a row, and lets too much through. What it lets through is
// looked at once more as an answer to a closed question would be: the phrases against free speech.

// Keyword is a phrase that a Spotter listens for.
type Keyword struct {
	// Text is what is said, in the Spotter's language.
	Text string
	// Sounds are ways to say the whole of it, phonemes of espeak-ng with spaces between, "d i d e k r O S",
	// beside those of the lexicon. Words that the lexicon lacks need one, or espeak-ng.
	Sounds []string
	// Not are phrases that resemble it: what is rather one of them is not it.
	Not []string
	// Anywhere lets it count in the middle of a sentence too. Otherwise it counts behind a pause of a
	// fifth of a second: who wants us says nothing before, and everybody else mostly does.
	Anywhere bool
	// Bounds are how well it must fit; the zero value means those of the language.
	Bounds Bounds
}

// Bounds are what a phrase has to reach to count as said.
type Bounds struct {
	// Fit is how many nats a phoneme may be worse than the best phonemes of its moment: 0 is perfect.
	Fit float64
	// Worse is how many times worse than free speech it may fit.
	Worse float64
	// Sure is the least confidence, 0 to 1.
	Sure float64
}

// Spotted is a phrase that was said.
type Spotted struct {
	Keyword  int           // of those that Spot was given
	From, To time.Duration // media time since New or Reset; To is behind the last phoneme
	Fit      float64       // nats a phoneme loses against any phonemes: 0 is perfect, less is worse
	Worse    float64       // how many times worse than free speech
	Sure     float64       // confidence, 0 to 1
}

// usualBounds are the tightest that find 98 % on voices that the recogniser was trained on (`decroche bench wake --set trained`),
// by language.
var usualBounds = map[string]Bounds{"fr": {Fit: 4, Worse: 4, Sure: .02}, "en": {Fit: 4, Worse: 4, Sure: .02}}

const (
	spotWays    = 12  // pronunciations of one phrase
	spotLong    = 80  // rows, 2.4 s, that a phrase may take
	spotSettle  = 6   // rows that a better end may be waited for
	spotPause   = 10  // rows before it in which nobody speaks
	spotAround  = 5   // rows before it that the second look sees
	spotRows    = 160 // rows that are kept
	spotMean    = 600 // frames, 6 s, that the mean of the spectrum is taken over
	spotLonger  = 2   // nats that a longer word must fit better
	mostPhrases = 100
)

// spotVowels are what may make another word of the end of a phrase.
const spotVowels = "e E a i O~ A~ I oU"

// Spotter hears endless sound and tells when phrases are said. One goroutine at a time may use it.
type Spotter struct {
	r    *Recogniser
	who  *speaker
	keys []Keyword

	ears   *ears
	net    *net
	scaled []float32
	sheet  *sheet // the last rows, which begin with row base
	base   int
	tracks []track
	rules  *network
	look   *decoder

	best   candidate
	failed candidate // the last one that the second look refused
	found  []Spotted
}

// track is one way to say one phrase: where a CTC path through its phonemes stands.
type track struct {
	key   int
	say   []uint8
	score []float32 // by state: each phoneme, and the blank behind it
	from  []int32   // the row at which the best path there began
}

// candidate is an end of a phrase that is good enough to look at.
type candidate struct {
	key      int
	fit      float32
	from, to int // rows; from < 0: there is none
}

// Spot makes a Spotter for phrases of a language.
func (r *Recogniser) Spot(lang string, phrases []Keyword) (*Spotter, error) {
	who := r.speaker(lang)
	if who == nil {
		return nil, fmt.Errorf("asr/embedded: spot phrases in %q: it knows %s", lang, strings.Join(r.Languages(), " and "))
	}
	if len(phrases) == 0 || len(phrases) > mostPhrases {
		return nil, fmt.Errorf("asr/embedded: spot %d phrases: give 1 to %d", len(phrases), mostPhrases)
	}
	s := &Spotter{r: r, who: who, keys: slices.Clone(phrases), ears: r.model.front.open(), net: r.model.open(), sheet: &sheet{}, scaled: make([]float32, len(r.model.Phones)+1)}
	ways, names := map[string][]pron{}, []string{}
	for i := range s.keys {
		k := &s.keys[i]
		if k.Bounds == (Bounds{}) {
			k.Bounds = usualBounds[who.lang]
		}
		say := s.sayings(*k)
		if len(say) == 0 {
			return nil, fmt.Errorf("asr/embedded: spot %q: nobody knows how that sounds; install espeak-ng, or write its phonemes", k.Text)
		}
		add := func(name string, say []pron) {
			ways[name], names = say, append(names, name)
		}
		add(fmt.Sprintf("keyword%d", i), say)
		for j, n := range k.Not {
			if say := s.sayings(Keyword{Text: n}); len(say) > 0 {
				add(fmt.Sprintf("other%d.%d", j, i), say)
			}
		}
		for _, p := range say {
			s.tracks = append(s.tracks, track{key: i, say: p.say, score: make([]float32, 2*len(p.say)), from: make([]int32, 2*len(p.say))})
		}
	}
	var err error
	if s.rules, _, err = newNetwork(map[string]string{"list": strings.Join(names, "|")}, "list", func(w string) []pron { return ways[w] }, closedBonus); err != nil {
		return nil, fmt.Errorf("asr/embedded: spot: %w", err)
	}
	s.look = newSearches(r)
	s.look.who, s.look.rules = who, s.rules
	s.look.opt.Expect.Kind = "list"
	s.look.words.reset(who.mix, who.spelt)
	s.Reset()
	return s, nil
}

// sayings are the ways to say a phrase, those that were written first.
func (s *Spotter) sayings(k Keyword) []pron {
	var all []pron
	add := func(say []uint8) {
		if len(say) >= 3 && !slices.ContainsFunc(all, func(p pron) bool { return slices.Equal(p.say, say) }) {
			all = append(all, pron{say: say})
		}
	}
	for _, sounds := range k.Sounds {
		add(s.who.phones.parse(sounds))
	}
	if words := tokens(s.who.lang, k.Text); len(words) > 0 {
		list := []string{text(words)}
		for _, p := range sayAll(list[0], s.who.sayingsOf(list), spotWays) {
			add(p.say)
		}
	}
	return all[:min(len(all), spotWays)]
}

// Reset begins anew, as at the start of an utterance: who knows when somebody starts to speak calls it
// then, with the 300 ms before as the first sound, which is what the model was trained on.
func (s *Spotter) Reset() {
	s.ears.reset()
	s.net.reset()
	s.sheet.reset(len(s.scaled))
	s.base = 0
	s.clear()
}

// clear forgets what has been begun.
func (s *Spotter) clear() {
	for _, t := range s.tracks {
		for i := range t.score {
			t.score[i] = never
		}
	}
	s.best.from, s.failed.from = -1, -1
}

// Write hears the next sound and returns the phrases that it completes, some 0.3 s after their end; the
// slice is valid until the next Write. pcm: mono at 8000 Hz, any length.
func (s *Spotter) Write(pcm []int16) []Spotted {
	s.found = s.found[:0]
	s.ears.write(pcm, s.mel)
	if s.ears.count > spotMean { // older sound counts less and less
		f := spotMean / s.ears.count
		for i := range s.ears.sum {
			s.ears.sum[i] *= f
		}
		s.ears.count = spotMean
	}
	s.ears.loud = s.ears.loud[:0]
	return s.found
}

func (s *Spotter) mel(mel []float32) { s.net.push(mel, s.row) }

// row takes one row of log posteriors.
func (s *Spotter) row(f []float32) {
	for i, v := range f {
		s.scaled[i] = v - s.r.tune.prior*s.r.model.LogPrior[i]
	}
	logSoftmax(s.scaled)
	if s.sheet.rows() >= 2*spotRows {
		keep := spotRows * s.sheet.width
		s.base += s.sheet.rows() - spotRows
		s.sheet.data = append(s.sheet.data[:0], s.sheet.data[len(s.sheet.data)-keep:]...)
		s.sheet.raw = append(s.sheet.raw[:0], s.sheet.raw[len(s.sheet.raw)-keep:]...)
	}
	row := s.base + s.sheet.rows()
	s.sheet.add(s.scaled, f)
	top := s.scaled[argmax(s.scaled)]
	for i := range s.tracks {
		t := &s.tracks[i]
		t.step(s.scaled, top, int32(row))
		last := len(t.score) - 2
		fit := t.score[last] / float32(len(t.say))
		if row-int(t.from[last]) > spotLong || float64(fit) < -s.keys[t.key].Bounds.Fit {
			continue
		}
		if !s.keys[t.key].Anywhere && !s.paused(int(t.from[last])) {
			continue
		}
		if s.failed.from >= 0 && row-s.failed.to < spotLong && fit <= s.failed.fit {
			continue // looked at already, or no better
		}
		if s.best.from < 0 || fit > s.best.fit {
			s.best = candidate{t.key, fit, int(t.from[last]), row}
		}
	}
	if s.best.from >= 0 && row >= s.best.to+spotSettle {
		if s.second() {
			s.clear()
		} else {
			s.failed, s.best.from = s.best, -1
		}
	}
}

// longer tells whether the sounds go on with a vowel.
func (s *Spotter) longer(piece *sheet, x *reading, vowel uint8) bool {
	a := &s.look.align
	score, _, _, ok := a.align(piece, slices.Concat(x.say, []uint8{vowel}))
	return ok && float64(-(score-a.free)) < float64(x.loss)-spotLonger
}

// paused tells whether nobody spoke before a row, but for one phoneme that may be noise.
func (s *Spotter) paused(row int) bool {
	n := 0
	for i := max(0, row-spotPause-s.base); i < row-1-s.base; i++ {
		if argmax(s.sheet.raw[i*s.sheet.width:(i+1)*s.sheet.width]) != 0 {
			n++
		}
	}
	return n <= 2
}

// step lets a path take one row, whose best phoneme has the score top.
func (t *track) step(f []float32, top float32, row int32) {
	for i := len(t.score) - 1; i >= 0; i-- {
		v, from := t.score[i], t.from[i]
		if i > 0 && t.score[i-1] > v {
			v, from = t.score[i-1], t.from[i-1]
		}
		if i&1 == 0 {
			at := i / 2
			switch {
			case at == 0:
				v, from = 0, row // a phrase may begin here
			case t.say[at] != t.say[at-1] && t.score[i-2] > v:
				v, from = t.score[i-2], t.from[i-2]
			}
			v += f[t.say[at]] - top
		} else {
			v += f[0] - top
		}
		t.score[i], t.from[i] = v, from
	}
}

// second looks at a candidate once more: as the answer to a closed question, beside free speech. It
// tells whether that was a phrase.
func (s *Spotter) second() bool {
	c := s.best
	d := s.look
	piece := &sheet{}
	first := max(0, c.from-spotAround-s.base)
	piece.reset(s.sheet.width)
	piece.data, piece.raw = s.sheet.data[first*s.sheet.width:], s.sheet.raw[first*s.sheet.width:]
	d.sheet = piece
	d.start()
	for i := range piece.rows() {
		d.step(piece.row(i))
	}
	d.align.free = piece.free(0, piece.rows())
	closed, free := d.readings(&d.closed, d.rules), d.readings(&d.free, nil)
	d.sheet = nil
	if len(closed) == 0 {
		return false
	}
	at := func(row int) time.Duration {
		return time.Duration(row) * time.Duration(s.r.model.samplesPerRow()) * time.Second / time.Duration(s.r.model.Rate)
	}
	x := &closed[0]
	var key int
	if _, err := fmt.Sscanf(x.text, "keyword%d", &key); err != nil {
		return false // one that resembles it
	}
	for v := range strings.FieldsSeq(spotVowels) { // "décroche" is the beginning of "décrocher"
		if more := s.who.phones.parse(v); len(more) == 1 && s.longer(piece, x, more[0]) {
			return false
		}
	}
	hit := Spotted{Keyword: key, From: at(c.from), To: at(c.to + 1), Fit: x.fit, Sure: x.conf, Worse: 1}
	if len(free) > 0 {
		hit.Worse = worse(x, &free[0])
	}
	b := s.keys[key].Bounds
	if -hit.Fit > b.Fit || hit.Worse > b.Worse || hit.Sure < b.Sure {
		return false
	}
	s.found = append(s.found, hit)
	return true
}

// Validate returns what is wrong with b, each as "key: what is wrong; what to do".
func (b Bounds) Validate() (bad []string) {
	for _, v := range []struct {
		key       string
		value     float64
		low, high float64
	}{{"fit", b.Fit, 0, 10}, {"worse", b.Worse, 1, 20}, {"sure", b.Sure, 0, 1}} {
		if !(v.value >= v.low && v.value <= v.high) || math.IsNaN(v.value) {
			bad = append(bad, fmt.Sprintf("%s: %v is out of range; use %v to %v", v.key, v.value, v.low, v.high))
		}
	}
	return bad
}
