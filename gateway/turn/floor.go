package turn

import (
	"cmp"
	"fmt"
	"math"
	"time"
)

// FloorConfig bounds how long a prompt may stand still for a sound that may be an interruption.
// The defaults are one table; each line says where the number comes from.
type FloorConfig struct {
	// Dip is the longest that a prompt stands still for a sound that has not shown a meaning yet.
	// A listener hardly notices 200 ms between two words and takes 300 ms for a hesitation; the
	// prompt's own pauses come on top, 60 ms within words. (To wait longer for a raised voice was
	// tried: the vowel of "oui" is 4 dB above a whole sentence, so that it was the listening
	// sounds that were waited for.)
	Dip time.Duration
	// Confirm is how long words are awaited after the sound: then it was nothing.
	Confirm time.Duration
	// Hold is how long a voice as loud as the caller's goes on before it is meant, whatever it
	// says. Listening sounds last 150 to 600 ms.
	Hold time.Duration
}

// DefaultFloorConfig is the table.
func DefaultFloorConfig() FloorConfig {
	return FloorConfig{Dip: 240 * time.Millisecond, Confirm: 500 * time.Millisecond, Hold: 720 * time.Millisecond}
}

// Validate returns every problem, each "key: what is wrong; what to do". The keys are those of
// the configuration's part call.
func (c FloorConfig) Validate() []string {
	var bad []string
	for _, r := range []struct {
		key       string
		v, lo, hi time.Duration
	}{
		{"barge_dip", c.Dip, 3 * frame, 2 * time.Second},
		{"barge_confirm", c.Confirm, 5 * frame, 5 * time.Second},
		{"barge_hold", c.Hold, max(c.Dip, 10*frame), 10 * time.Second},
	} {
		if r.v < r.lo || r.v > r.hi {
			bad = append(bad, fmt.Sprintf("%s: %v is out of range; choose %v to %v", r.key, r.v, r.lo, r.hi))
		}
	}
	return bad
}

// Ruling is what is to be done with the prompt.
type Ruling int

// Rulings of a Floor.
const (
	Keep   Ruling = iota // as it is
	Hold                 // let it stand where it is: nothing is lost yet
	Resume               // let it go on from where it stands
	Stop                 // give it up: the caller has the floor
)

// String is the ruling's name in tables and tests.
func (r Ruling) String() string { return [...]string{"keep", "hold", "resume", "stop"}[r] }

// Verdict is a Ruling and the reason for it, one word or two of a fixed table.
type Verdict struct {
	Do  Ruling
	Why string
}

// Reasons of verdicts.
const (
	WhyVoice    = "voice"     // Hold: something that may be a voice
	WhyHiss     = "hiss"      // Hold: the first consonant of a word, perhaps; Resume: no voice followed
	WhyClick    = "click"     // Resume: too short for a syllable
	WhyOver     = "over"      // Resume: it ended without having shown a meaning
	WhyDip      = "dip"       // Resume: it has shown none for Dip
	WhyListens  = "listening" // Resume: words that say "go on"
	WhyNothing  = "nothing"   // Resume: the recogniser is through and found no words
	WhyWords    = "words"     // Stop: words that are no listening sound
	WhyAnswer   = "answer"    // Stop: words that answer what is being asked
	WhyGoesOn   = "goes on"   // Stop: a voice longer than any listening sound
	WhyNoEngine = "no engine" // Stop: a voice, and no recogniser that could tell
)

// Overlap is what is known of one frame that is heard while a prompt plays.
type Overlap struct {
	Voice float64 // probability in [0, 1] that it is speech
	Level float64 // dBFS; see Level
	// What this frame alone says, two or three frames before Voice, in [0, 1]: how surely it is
	// voiced and stands above the noise (vad.Detector.Vowel), and how much of it is a hiss that does
	// (Sibilant). Both may be 0 where nobody can tell.
	Vowel, Hiss float64
}

// Prompt is what is being said, as far as it matters for who has the floor.
type Prompt struct {
	Guarded bool // may not be interrupted: every verdict is Keep
	Asks    bool // "yes" or "no" would answer what is being asked now
}

// Level is the level of pcm in dBFS: a full-scale sine is -3, digital silence -96.
func Level(pcm []int16) float64 {
	if len(pcm) == 0 {
		return -96
	}
	sum := 0.0
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return max(-96, 10*math.Log10(sum/float64(len(pcm))/(32768*32768)+1e-12))
}

const (
	// syllable is the least a word lasts; what is shorter costs the prompt clickDip.
	syllable = 100 * time.Millisecond
	clickDip = 160 * time.Millisecond
	// strange is how long a line is new: the voice detector takes a crowd around the caller for a
	// voice until then (vad.Detector), so that only words count as meant. Without it a call from a
	// crowd, 15 dB below the caller, lost its greeting after 0.6 s.
	strange = 2 * time.Second
	// off is the silence after which a sound has ended: longer than the closure of a "t".
	off = 120 * time.Millisecond
	// farBy is by how many dB the television in the room, and a prompt that comes back as an echo, are
	// fainter than who holds the phone.
	farBy = 9
	// onsetBy allows the first frames of a word to be fainter than the word.
	onsetBy = farBy + 6
	// firstLevel is the level of a caller who has not spoken yet: what telephone networks are
	// planned for, -26 dBov of active speech (ITU-T P.56, G.100.1). Who is fainter than farBy
	// below it interrupts the first prompt by words alone.
	firstLevel = -26
)

// Floor decides, while a prompt plays, whether a sound is an interruption. It holds the prompt at
// once, which costs nothing when it is taken back, and confirms or rejects within a bounded time:
// by words, by the end of the sound, by its length, by its level against the caller's.
//
// The idea of a reversible stop with a bounded verdict is siphon-ai's (flush but keep the tail,
// ask, drop or queue again); holding at the pacer makes it exact to the frame.
//
// Like a Detector it is pure: media time and what was heard go in, verdicts come out. It is told
// the frames of a whole call, during silence too, so that it knows the caller's level. Not safe
// for concurrent use.
type Floor struct {
	cfg    FloorConfig
	prompt Prompt
	plays  bool

	clock  time.Duration
	level  average // of the caller, dBFS
	tired  int     // sounds in a row that were nothing, as near as the caller
	far    int     // and farther away
	idleAt time.Duration
	hiss   hiss
	fooled bool // by a hiss that was nothing

	sound *overlap // being judged; nil when there is none
	run   overlap  // voiced frames in a row before they make a sound
	past  *overlap // the last one that was nothing: its words may still come
}

// overlap is one sound over a prompt.
type overlap struct {
	since  time.Duration // its first moment that is surely voice
	lastOn time.Duration // end of its last voiced frame
	voiced time.Duration
	level  average
	peak   float64
	n      int // frames

	held    bool
	heldAt  time.Duration
	hissed  bool // held for a hiss; voiced tells whether a voice followed
	words   meaning
	phrases int           // listening sounds in them
	worded  time.Duration // when the words came to mean that
}

// NewFloor returns a Floor without a prompt. A zero configuration means the defaults.
func NewFloor(cfg FloorConfig) *Floor {
	if cfg == (FloorConfig{}) {
		cfg = DefaultFloorConfig()
	}
	return &Floor{cfg: cfg}
}

// Begin is told that p is being heard from now on, or the next sentence of it.
func (f *Floor) Begin(p Prompt) { f.prompt, f.plays = p, true }

// Already tells, right after Begin, that the caller has been speaking for length, at level in dBFS (NaN: unknown), when
// the prompt was to begin: they finish first. The prompt stands still before its first sample.
func (f *Floor) Already(at, length time.Duration, level float64) {
	f.clock = at
	if math.IsNaN(level) {
		level = f.near()
	}
	f.sound = &overlap{since: at - length, lastOn: at, voiced: length, level: average{level, 1}, peak: level, n: 1, held: true, heldAt: at}
}

// End is told that the prompt is over or was given up. Nothing is judged until the next one.
func (f *Floor) End() { f.plays, f.sound, f.past, f.run, f.hiss = false, nil, nil, overlap{}, hiss{} }

// Learn tells the level of words that were meant for us, in dBFS; NaN is ignored.
func (f *Floor) Learn(level float64) {
	if !math.IsNaN(level) {
		f.level.add(level, 8)
	}
}

// near is the level from which a sound may be the caller's.
func (f *Floor) near() float64 {
	if f.level.n == 0 {
		return firstLevel - farBy
	}
	return f.level.mean - farBy
}

// Frame takes the frame that ends at at, which is 0 when the line begins. Frames come in order, about every 20 ms.
func (f *Floor) Frame(at time.Duration, o Overlap) Verdict {
	step := at - f.clock
	if step <= 0 || step > 5*frame {
		step = frame
	}
	f.clock = at
	if !f.plays || f.prompt.Guarded {
		return Verdict{}
	}
	on := o.Voice >= 0.5
	if f.sound == nil {
		return f.listen(at, step, on, o)
	}
	f.sound.take(at, step, on, o)
	return f.judge(at)
}

// take adds one frame to the sound.
func (s *overlap) take(at, step time.Duration, on bool, o Overlap) {
	s.n++
	if on {
		if s.voiced == 0 { // what came before was too little to be counted
			s.since = at - step
		}
		s.voiced += step
		s.lastOn = at
		s.level.add(o.Level, 50)
		s.peak = max(s.peak, o.Level)
	}
}

// judge looks at the sound after each frame.
func (f *Floor) judge(at time.Duration) Verdict {
	s := f.sound
	quiet := at - s.lastOn
	if f.goesOn(at) {
		return f.stop(WhyGoesOn)
	}
	if !s.held {
		if quiet >= f.cfg.Confirm {
			f.forget(at)
		}
		return Verdict{}
	}
	held := at - s.heldAt
	switch {
	case s.hissed && s.voiced == 0:
		if held < hissDip {
			return Verdict{}
		}
		f.sound, f.fooled = nil, true
		return Verdict{Resume, WhyHiss}
	case s.voiced < syllable && quiet >= 2*frame && held >= clickDip:
		return f.resume(WhyClick)
	case quiet >= off && held >= clickDip && (!f.prompt.Asks || held >= f.cfg.Dip): // of an answer the words may come
		return f.resume(WhyOver)
	case held >= f.patience():
		return f.resume(WhyDip)
	}
	return Verdict{}
}

// goesOn reports whether the voice itself, without words, shows that it is meant.
func (f *Floor) goesOn(at time.Duration) bool {
	s := f.sound
	need := f.cfg.Hold
	if s.words == listens && s.phrases > 1 && at-s.worded < f.cfg.Confirm { // "oui, oui, d'accord"; one alone may begin "oui mais"
		need = max(need, s.worded-s.since+f.cfg.Confirm)
	}
	long := s.lastOn - s.since
	return at >= strange && long >= need && at-s.lastOn <= 3*frame && 5*s.voiced >= 3*long && s.level.mean >= f.near()
}

// patience is how long the prompt may stand still for the sound as it is now.
func (f *Floor) patience() time.Duration {
	if f.prompt.Asks { // it is probably the answer
		return f.cfg.Confirm
	}
	return f.cfg.Dip
}

// Words takes the words so far of the sound; final ones do not change any more. They count also
// after the prompt went on.
func (f *Floor) Words(w Words, final bool) Verdict {
	if !f.plays || f.prompt.Guarded {
		return Verdict{}
	}
	m, n := meaningOf(w.Lang, w.Text, final)
	s := cmp.Or(f.sound, f.past)
	if s == nil { // it was too faint to be noticed
		return Verdict{}
	}
	if m != s.words || n != s.phrases {
		s.words, s.phrases, s.worded = m, n, f.clock
	}
	far := f.level.n > 0 && s.level.mean < f.near()
	switch {
	case far:
		return Verdict{}
	case m == meant:
		return f.stop(WhyWords)
	case m == listens && f.prompt.Asks && (final || f.clock-s.lastOn >= 2*frame):
		return f.stop(WhyAnswer)
	case m == listens && s.held && !f.prompt.Asks:
		return f.resume(WhyListens)
	}
	return Verdict{}
}

// Over is told that the recogniser is through with the sound and all its words were given.
// broken tells that it failed, so that a voice of a word's length must count as meant.
func (f *Floor) Over(length time.Duration, broken bool) Verdict {
	switch {
	case !f.plays || f.prompt.Guarded:
		return Verdict{}
	case broken && length >= f.cfg.Hold:
		return f.stop(WhyNoEngine)
	case f.sound == nil:
		return Verdict{}
	}
	held := f.sound.held
	f.forget(f.clock)
	if held {
		return Verdict{Resume, WhyNothing}
	}
	return Verdict{}
}

func (f *Floor) resume(why string) Verdict {
	f.sound.held = false
	return Verdict{Resume, why}
}

func (f *Floor) stop(why string) Verdict {
	f.End()
	f.tired, f.far, f.fooled = 0, 0, false
	return Verdict{Stop, why}
}

// forget ends the judgement of a sound that was nothing.
func (f *Floor) forget(at time.Duration) {
	s := f.sound
	f.past, f.sound, f.run, f.idleAt = s, nil, overlap{}, at
	switch {
	case s.words == listens:
	case s.level.n > 0 && s.level.mean < f.near():
		f.far++
	default:
		f.tired++
	}
}

// average is a running mean that forgets.
type average struct{ mean, n float64 }

// add takes one value; the mean is over about the last most of them.
func (a *average) add(v, most float64) {
	a.n = min(a.n+1, most)
	a.mean += (v - a.mean) / a.n
}

// Judging reports whether a sound is under judgement, or begins to be one.
func (f *Floor) Judging() bool { return f.sound != nil || f.run.n > 0 }
