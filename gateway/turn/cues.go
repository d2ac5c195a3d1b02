package turn

import (
	"math"
	"time"
)

// cues are what the voice itself tells at the end of a stretch of speech.
type cues struct {
	steady time.Duration // how long the sound has not moved: a vowel that is drawn out
	pitch  float64       // where it began not to, Hz
	level  float64       // dBFS
}

func (c *cues) reset() { *c = cues{} }

// A vowel that somebody holds while they think stays where it is; ordinary ones glide, and are
// over sooner.
const (
	steadyPitch = 0.05 // of the pitch
	steadyLevel = 5.0  // dB
	drawnLeast  = 260 * time.Millisecond
	drawnMost   = 700 * time.Millisecond // what holds longer is no vowel: a hum, a machine
	unvoicedEnd = 40 * time.Millisecond  // that may follow it
)

// push takes one frame of speech.
func (c *cues) push(s Sound, step time.Duration) {
	switch {
	case s.Pitch == 0:
		c.steady = max(0, c.steady-step)
	case c.pitch > 0 && math.Abs(s.Pitch-c.pitch) <= steadyPitch*c.pitch && math.Abs(s.Level-c.level) <= steadyLevel:
		c.steady += step
	default:
		c.steady, c.pitch, c.level = 0, s.Pitch, s.Level
	}
}

// drawn reports whether the speech ended on a vowel that was held.
func (c *cues) drawn() bool { return c.steady >= drawnLeast-unvoicedEnd && c.steady <= drawnMost }

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
