package turn

import (
	"math"
	"time"
)

// cues are what the voice itself tells in a stretch of speech.
type cues struct {
	pitch  float64       // where the sound last began not to move, Hz
	level  float64       // dBFS
	steady time.Duration // for how long it has not
	held   time.Duration // the last vowel that somebody held
	until  time.Duration // media time of its end
}

func (c *cues) reset() { *c = cues{} }

// A vowel that somebody holds while they think stays where it is; ordinary ones glide, and are
// over sooner: of 489 that were not drawn out, none stayed for 180 ms.
const (
	steadyPitch = 0.06 // of the pitch
	steadyLevel = 5.0  // dB
	heldLeast   = 200 * time.Millisecond
	heldMost    = 900 * time.Millisecond // what holds longer is no vowel: a hum, a machine
	heldBefore  = 320 * time.Millisecond // what may follow it in the same word
)

// push takes one frame of speech that ends at media time at.
func (c *cues) push(at time.Duration, s Sound, step time.Duration) {
	switch {
	case s.Pitch == 0:
		c.steady = max(0, c.steady-step)
	case c.pitch > 0 && math.Abs(s.Pitch-c.pitch) <= steadyPitch*c.pitch && math.Abs(s.Level-c.level) <= steadyLevel:
		c.steady += step
	default:
		c.steady, c.pitch, c.level = 0, s.Pitch, s.Level
	}
	if c.steady >= heldLeast {
		c.held, c.until = c.steady, at
	}
}

// drawn reports whether speech that ended at media time end ended in a vowel that was held.
func (c *cues) drawn(end time.Duration) bool {
	return c.held > 0 && c.held <= heldMost && end-c.until <= heldBefore
}

// pace is what this caller's pauses are like, over the whole call.
type pace struct {
	longest time.Duration // after which they went on with the same answer
	here    time.Duration // the longest of this turn
}

// resumed notes that the caller went on after a pause.
func (p *pace) resumed(quiet time.Duration) { p.here = max(p.here, quiet) }

// turn notes that the turn is over.
func (p *pace) turn() {
	if p.here > 0 {
		p.longest = max(p.here, p.longest*3/4)
	}
	p.here = 0
}

// Bounds on what a caller's own pauses ask for.
const (
	paceMore  = 1.4
	paceLimit = 2500 * time.Millisecond
)

// pause is the silence that this caller's longest pause asks for; 0 before the first.
func (p *pace) pause() time.Duration {
	return min(paceLimit, time.Duration(float64(max(p.longest, p.here))*paceMore))
}

// line is how well this caller is heard: the level of the voice above that of the noise.
type line struct {
	voice, noise float64 // dBFS, running means; 0 before the first frame
}

// push takes one frame.
func (l *line) push(s Sound, on bool) {
	switch {
	case s.Level == 0:
	case on:
		l.voice = follow(l.voice, s.Level)
	case s.Speech < 0.02:
		l.noise = follow(l.noise, s.Level)
	}
}

// follow is a mean over half a second or so.
func follow(mean, x float64) float64 {
	if mean == 0 {
		return x
	}
	return mean + (x-mean)*0.04
}

// In noise the ends of words and their soft middles drown, so a silence begins too early and may
// be none: short silences get longer.
const (
	noisyFrom  = 20.0 // dB of voice above noise below which they do
	noisyMore  = 4 * time.Millisecond
	noisyMost  = 60 * time.Millisecond
	noisyBelow = 600 * time.Millisecond // longer ones have the time already
)

// In noise a voice that goes on is believed at a lower probability than one that begins: fainter is
// what the probability of its soft frames is, full at faintAt dB below noisyFrom.
const (
	fainter = 0.05
	faintAt = 8.0
)

// goesOn is the probability from which speech that has begun goes on, where begins is that for it
// to begin.
func (l *line) goesOn(begins float64) float64 {
	if l.voice == 0 || l.noise == 0 {
		return begins
	}
	lack := (noisyFrom - (l.voice - l.noise)) / faintAt
	return begins - (begins-fainter)*min(1, max(0, lack))
}

// needed is what a silence of need is on this line.
func (l *line) needed(need time.Duration) time.Duration {
	if l.voice == 0 || l.noise == 0 || need >= noisyBelow {
		return need
	}
	lack := noisyFrom - (l.voice - l.noise)
	return min(noisyBelow, need+min(noisyMost, max(0, time.Duration(lack*float64(noisyMore)))))
}
