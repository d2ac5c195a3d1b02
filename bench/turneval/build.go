package turneval

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"time"

	"decroche/internal/share"
	"decroche/media"
	"decroche/media/codec/g711"
)

// Seeds of the published halves. Thresholds are chosen on TuningSeed's turns and published on
// SealedSeed's; acceptance takes another seed.
const (
	TuningSeed = 5
	SealedSeed = 20261122
)

// classes and how many turns each has in a language: 160.
var classes = []struct {
	name  string
	count int
}{
	{"A", 14}, {"B", 14}, {"C", 16}, {"D", 12}, {"E", 10}, {"F", 10}, {"G", 14}, {"H", 8}, {"I", 8}, {"J", 6},
	{"K", 12}, {"L", 12}, {"M", 12}, {"N", 12},
}

// languages of the set.
var languages = []string{"fr", "en"}

const perLanguage = 160

// Split says which turns are made.
type Split string

// Splits: Tune is 100 turns of TuningSeed, Sealed 220 of SealedSeed, Whole all 320 of one seed.
const (
	Tune   Split = "tune"
	Sealed Split = "sealed"
	Whole  Split = "whole"
)

// tuned is how many of the whole set are for tuning.
const tuned = 100

// Options say what to make.
type Options struct {
	Split    Split
	Seed     uint64                // 0: the split's own
	Classes  string                // only these, "CD"; "" is all
	Workers  int                   // 0: one a core
	Progress func(done, total int) // may be nil; called from any goroutine
}

// seed is the one that is used.
func (o Options) seed() uint64 {
	switch {
	case o.Seed != 0:
		return o.Seed
	case o.Split == Tune:
		return TuningSeed
	}
	return SealedSeed
}

// Build makes a set with espeak-ng. The same options give the same bytes on one version of
// espeak-ng.
func Build(ctx context.Context, o Options) (*Set, error) {
	sp, err := newSpeaker()
	if err != nil {
		return nil, err
	}
	m := &maker{speaker: sp, scripts: map[string]*script{}, seed: o.seed()}
	for _, lang := range languages {
		if m.scripts[lang], err = loadScript(lang); err != nil {
			return nil, err
		}
	}
	var jobs []job
	for _, lang := range languages {
		for _, c := range classes {
			if o.Classes != "" && !strings.Contains(o.Classes, c.name) {
				continue
			}
			n := portion(o.Split, c.name, c.count)
			more := 0
			if o.Split != Tune && strings.Contains("KL", c.name) {
				more = moreOverlaps
			}
			for i, j := range m.jobs(lang, c.name, n+more) {
				j.more = i >= n
				jobs = append(jobs, j)
			}
		}
	}
	return m.all(ctx, o, jobs)
}

// moreOverlaps are turns of classes K and L, a language each, beside the counted ones.
const moreOverlaps = 36

// portion is how many of a class's turns a split has: every class in proportion, 50 and 110 a
// language.
func portion(s Split, class string, count int) int {
	n := 0
	switch s {
	case Tune, Sealed:
		n = count * tuned / (2 * perLanguage)
		if left := tuned/2 - tunedFloor; strings.Contains("ABCDEFGHIJKLMN"[:left], class) {
			n++
		}
		if s == Sealed {
			n = count - n
		}
	default:
		n = count
	}
	return n
}

// tunedFloor is the sum over all classes of count * tuned / 320, each rounded down.
var tunedFloor = func() (n int) {
	for _, c := range classes {
		n += c.count * tuned / (2 * perLanguage)
	}
	return n
}()

// maker makes turns.
type maker struct {
	*speaker
	scripts map[string]*script
	seed    uint64
}

// job is one turn to make.
type job struct {
	lang, class string
	n           int // in its class
	more        bool
	form        template
}

// twins are the classes whose turns are made without pauses too.
const twins = "CDEFG"

// random is a source of its own for each turn, so that turns do not depend on each other.
func (m *maker) random(parts ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, parts...)
	return rand.New(rand.NewPCG(m.seed, h.Sum64()))
}

// jobs lists a class's turns: each template once before any comes again.
func (m *maker) jobs(lang, class string, count int) []job {
	forms := m.scripts[lang].Turns[class]
	var out []job
	r := m.random(lang, class)
	var order []int
	for n := range count {
		j := job{lang: lang, class: class, n: n}
		if len(forms) > 0 {
			if len(order) == 0 {
				order = r.Perm(len(forms))
			}
			j.form, order = forms[order[0]], order[1:]
		}
		out = append(out, j)
	}
	if class == "L" {
		leadWithBackchannels(out, forms, r)
	}
	return out
}

// leadWithBackchannels makes a third of the interruptions begin with a word that alone would be
// none ("oui mais…").
func leadWithBackchannels(jobs []job, forms []template, r *rand.Rand) {
	var back, other []template
	for _, f := range forms {
		if f.Back {
			back = append(back, f)
		} else {
			other = append(other, f)
		}
	}
	r.Shuffle(len(back), func(i, j int) { back[i], back[j] = back[j], back[i] })
	r.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
	for i := range jobs {
		if i%3 == 0 {
			jobs[i].form = back[i/3%len(back)]
		} else {
			jobs[i].form = other[i%len(other)]
		}
	}
}

// all makes the jobs, as many at once as there are cores.
func (m *maker) all(ctx context.Context, o Options, jobs []job) (*Set, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	made := make([][2]*Turn, len(jobs))
	share.Out(ctx, len(jobs), o.Workers, func(i int) {
		t, twin, err := m.make(ctx, jobs[i])
		if err != nil {
			cancel(err)
			return
		}
		made[i] = [2]*Turn{t, twin}
	}, told(o.Progress, len(jobs)))
	if ctx.Err() != nil {
		return nil, fmt.Errorf("turneval: make the turns: %w", context.Cause(ctx))
	}
	s := &Set{}
	for i, t := range made {
		if t[0].More = jobs[i].more; t[0].More {
			s.More = append(s.More, t[0])
		} else {
			s.Turns = append(s.Turns, t[0])
		}
		if t[1] != nil {
			s.Twins = append(s.Twins, t[1])
		}
	}
	return s, nil
}

// told fits progress, which may be nil, to share.Out.
func told(progress func(done, of int), of int) func(done int) {
	if progress == nil {
		return nil
	}
	return func(done int) { progress(done, of) }
}

// tries is how often a turn is drawn anew because its whole words would not give its value: then
// it is understanding that would fail, and that is not measured here.
const tries = 50

// make makes one turn and its twin, if it has one.
func (m *maker) make(ctx context.Context, j job) (turn, twin *Turn, err error) {
	id := fmt.Sprintf("%s-%s%02d", j.lang, j.class, j.n+1)
	r := m.random("turn", id)
	switch j.class {
	case "K", "L":
		turn, err = m.overlap(ctx, j, r)
	case "M":
		turn, err = m.sound(ctx, j, r)
	case "N":
		turn, twin, err = m.badLine(ctx, j, r)
	default:
		turn, twin, err = m.plain(ctx, j, r)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("turn %s: %w", id, err)
	}
	for t, name := range map[*Turn]string{turn: id, twin: id + "-twin"} {
		if t != nil {
			t.ID, t.Audio, t.Language, t.Class = name, name+".wav", j.lang, j.class
		}
	}
	if twin != nil {
		twin.Twin = id
	}
	return turn, twin, nil
}

// utter draws a template until its whole words give its value.
func (m *maker) utter(j job, r *rand.Rand) (utterance, error) {
	for range tries {
		u, err := m.scripts[j.lang].perform(j.form, j.class, r)
		if err != nil {
			return u, err
		}
		if x := u.expect; !x.scored() || x.read(j.lang, strings.Join(u.words(), " ")) == x.Value {
			return u, nil
		}
	}
	return utterance{}, fmt.Errorf("turneval: %q does not give its value in %d tries", j.form.Say, tries)
}

// who speaks, and how.
type who struct {
	lang, voice string
	speed       float64
	level       float64 // dB below full scale
}

func (m *maker) who(j job, r *rand.Rand) who {
	v := voices[j.lang]
	return who{lang: j.lang, voice: v[(j.n+int(m.seed%7))%len(v)] + variants[r.IntN(len(variants))],
		speed: 0.9 + 0.25*r.Float64(), level: -23 + 6*r.Float64()}
}

// Before the caller speaks a question is asked, so that the detector knows the line's noise as it
// does in a call (a crowd takes the detector 1.6 s to learn, and a call that rings in from a crowd
// hears a greeting first); then they take their time. Behind the end there is room for one that is
// missed (3 s).
const (
	question = 4 * time.Second
	tail     = 4 * time.Second
)

var thinking = span{300, 700} // ms between the question and the answer

// plain makes a turn of classes A to J.
func (m *maker) plain(ctx context.Context, j job, r *rand.Rand) (turn, twin *Turn, err error) {
	u, err := m.utter(j, r)
	if err != nil {
		return nil, nil, err
	}
	if j.class == "C" && j.n%4 == 3 {
		longGap(u.pieces)
	}
	w := m.who(j, r)
	back := Backdrop{Type: "clean"}
	if third := (j.n + int(m.seed)) % 3; third > 0 {
		back = Backdrop{Type: kinds[(j.n/3+int(m.seed)+len(j.class))%len(kinds)], SNR: []float64{0, 15, 8}[third]}
	}
	begin := question + thinking.draw(r)
	seed := r.Uint64()
	if turn, err = m.record(ctx, u, w, begin, back, seed); err != nil || !strings.Contains(twins, j.class) {
		return turn, nil, err
	}
	without := u
	without.pieces = nil
	for _, p := range u.pieces {
		p.pause = 0
		without.pieces = append(without.pieces, p)
	}
	twin, err = m.record(ctx, without, w, begin, back, seed)
	return turn, twin, err
}

// longGap makes the caller of a telephone number look up its end: 1.2 s after the third group, in
// English before the last.
func longGap(pieces []piece) {
	var gaps []int
	for i, p := range pieces {
		if p.label == Hold {
			gaps = append(gaps, i)
		}
	}
	if len(gaps) > 0 {
		pieces[gaps[min(2, len(gaps)-1)]].pause = 1200 * time.Millisecond
	}
}

// samples of a duration.
func samples(d time.Duration) int { return int(d * media.PhoneRate / time.Second) }

// at is the place of a sample.
func at(n int) Seconds { return Seconds(time.Duration(n) * time.Second / media.PhoneRate) }

// tape is a recording that grows.
type tape struct {
	pcm      []float64
	words    []Word
	silences []Span
}

// say puts an utterance on the tape from begin on. Silences of 100 ms or more are noted.
func (m *maker) lay(ctx context.Context, tp *tape, u utterance, w who, begin int) (end int, err error) {
	pos := begin
	loud := dB(w.level) * fullScale
	for i, p := range u.pieces {
		b, err := m.breathe(ctx, w.lang, w.voice, w.speed, p)
		if err != nil {
			return 0, err
		}
		tp.grow(pos + len(b.pcm))
		mix(tp.pcm, pos, b.pcm, loud/(dB(-20)*fullScale)) // the voice comes at −20 dB
		for _, x := range b.words {
			tp.words = append(tp.words, Word{x.w, at(pos + x.start), at(pos + x.end)})
		}
		pos += len(b.pcm)
		if gap := samples(p.pause); gap > 0 && i+1 < len(u.pieces) {
			if p.pause >= 100*time.Millisecond {
				tp.silences = append(tp.silences, Span{at(pos), at(pos + gap), p.label})
			}
			pos += gap
		}
	}
	return pos, nil
}

func (tp *tape) grow(n int) {
	if n > len(tp.pcm) {
		tp.pcm = append(tp.pcm, make([]float64, n-len(tp.pcm))...)
	}
}

// record makes the turn of an utterance that begins at begin.
func (m *maker) record(ctx context.Context, u utterance, w who, begin time.Duration, back Backdrop, seed uint64) (*Turn, error) {
	tp := &tape{}
	end, err := m.lay(ctx, tp, u, w, samples(begin))
	if err != nil {
		return nil, err
	}
	tp.grow(end + samples(tail))
	tp.silences = append(tp.silences, Span{at(end), at(len(tp.pcm)), EOT})
	t := &Turn{Text: strings.Join(u.words(), " "), Words: tp.words, Silences: tp.silences, Expect: u.expect, Noise: back,
		Bot:   &Prompt{End: Seconds(question)},
		Voice: fmt.Sprintf("%s ×%.2f", w.voice, w.speed)}
	t.ALaw, err = m.press(ctx, tp.pcm, back, w.level, seed)
	return t, err
}

// press adds the noises and makes A-law of it.
func (m *maker) press(ctx context.Context, pcm []float64, back Backdrop, level float64, seed uint64) ([]byte, error) {
	r := rand.New(rand.NewPCG(seed, 1))
	mix(pcm, 0, scale(lowpass(white(r, len(pcm)), 2000, 1), 1), dB(floorLevel)*fullScale)
	if back.SNR != 0 {
		n, err := m.noise(ctx, back.Type, r, len(pcm))
		if err != nil {
			return nil, err
		}
		mix(pcm, 0, n, dB(level-back.SNR)*fullScale)
	}
	out := make([]int16, len(pcm))
	for i, x := range pcm {
		out[i] = int16(max(-fullScale, min(fullScale-1, x)))
	}
	b := make([]byte, len(out))
	g711.EncodeA(b, out)
	return b, nil
}
