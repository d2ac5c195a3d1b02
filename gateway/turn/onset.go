package turn

import "time"

// A prompt is held for what may be the beginning of a word. That is cheap, for it is taken back when
// no word follows, so that it is decided by what one or two frames tell, before the voice detector,
// which has to be right, is sure.
//
// What each cue is worth and costs: `decroche bench bargein --component`.
const (
	// dipAfter is the frames of voice after which a prompt is held: two, or one that leaves no doubt
	// (sure). The turn detector decides 80 ms later, and a caller who interrupts notices every one
	// of them.
	dipAfter = 2
	sure     = 0.6
	// vowel is of a frame that leaves no doubt by itself: a word's second frame is so voiced, of
	// coughs, doors, keys, breaths and traffic at the level of a caller none was (the most was 0.9).
	vowel = 0.92
	// A hiss of hissAfter at hissing or more begins "s'il vous plaît", "j'ai", "stop": of their frames
	// 0.43 and more lies above 2.6 kHz, of two frames of a breath or a cough 0.40 at most. Such
	// consonants are up to hissBelow dB fainter than near. When no voice follows within hissDip the
	// prompt goes on, and what hisses in this call is paper, or a fan: hisses do not count again until
	// the caller has interrupted. A consonant lasts 60 to 160 ms.
	hissAfter = 2 * frame
	hissing   = 0.42
	hissBelow = 15
	hissLeast = -47.0 // dBFS
	hissFades = 4     // dB a frame: then it is a click
	hissDip   = 140 * time.Millisecond
	// tireless is how often a sound that was nothing makes a Floor wait two frames longer before it
	// holds again: a room full of them must not make a prompt stutter. Voices farther away than the
	// caller, the television or an echo, make only what is not clearly nearer wait, and what is
	// fainter than near is not held for any more. A listening sound makes nobody wait: who says "oui"
	// may say "oui mais" next. rested is how long the room must be quiet to be trusted again.
	tireless = 4
	nearer   = 3 // dB above near
	rested   = 3 * time.Second
)

// hiss is one without a voice so far.
type hiss struct {
	long  time.Duration
	level float64 // of its last frame
}

// listen waits for a sound that may be a voice.
func (f *Floor) listen(at, step time.Duration, on bool, o Overlap) Verdict {
	if at-f.idleAt > rested {
		f.tired, f.far = 0, 0
	}
	if !on && (o.Vowel < vowel || o.Level < f.near()) {
		f.run = overlap{}
		return f.hear(at, step, o)
	}
	f.hiss = hiss{}
	if f.run.n == 0 {
		f.run = overlap{since: at - step, peak: -96}
	}
	f.run.take(at, step, on, o)
	f.run.lastOn, f.run.peak = at, max(f.run.peak, o.Level)
	if !f.clear(o) && (f.run.n < f.patient() || f.run.peak < f.least()) {
		f.idleAt = at // the room, or the echo, goes on
		return Verdict{}
	}
	return f.hold(at, f.run, WhyVoice)
}

// clear reports whether one frame suffices.
func (f *Floor) clear(o Overlap) bool {
	least := f.near()
	if f.far > 0 || o.Voice < sure {
		least += nearer
	}
	return f.tired == 0 && (o.Voice >= sure || o.Vowel >= vowel) && o.Level >= least
}

// patient is how many frames of a voice any is held after.
func (f *Floor) patient() int {
	n := f.tired
	if f.run.peak < f.near()+nearer {
		n += f.far
	}
	return dipAfter + 2*min(n, tireless)
}

// least is what the loudest frame of a voice must have.
func (f *Floor) least() float64 {
	if f.far > 0 {
		return f.near()
	}
	return f.near() - (onsetBy - farBy)
}

// hear looks for a hiss that may be the first consonant of a word.
func (f *Floor) hear(at, step time.Duration, o Overlap) Verdict {
	if o.Hiss < hissing || o.Level < max(hissLeast, f.near()-hissBelow) || o.Level < f.hiss.level-hissFades && f.hiss.long > 0 {
		f.hiss = hiss{}
		return Verdict{}
	}
	f.hiss.long, f.hiss.level = f.hiss.long+step, o.Level
	if f.fooled || f.tired > 0 || f.hiss.long < hissAfter {
		return Verdict{}
	}
	return f.hold(at, overlap{since: at, lastOn: at, hissed: true, peak: -96}, WhyHiss)
}

// hold begins to judge a sound.
func (f *Floor) hold(at time.Duration, s overlap, why string) Verdict {
	s.held, s.heldAt = true, at
	f.sound, f.run, f.hiss = &s, overlap{}, hiss{}
	return Verdict{Hold, why}
}
