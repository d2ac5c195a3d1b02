package amd

import (
	"math"
	"time"
)

// Tones between these may be a beep or a fax, in Hz. A beep of 400 or 2100 Hz lies within.
const (
	lowest, highest = 380, 2150
	cng, cngOff     = 1100, 38 // ITU-T T.30 §4.1
	ced, cedOff     = 2100, 15
)

// impure is how much of a frame's power may be left of it when one sine is taken out.
const impure = 0.02

// steady is a tone as it is heard.
type steady struct {
	hz     float64
	length time.Duration
	end    time.Duration // of its last frame
	gap    time.Duration // without it, since
}

// pitch is the frequency of the frame if it is one sine, and whether it is.
func pitch(pcm []int16, rate int) (hz float64, pure bool) {
	var xy, xx, yy float64
	for n := 1; n+1 < len(pcm); n++ {
		x, y := float64(pcm[n]), float64(pcm[n-1])+float64(pcm[n+1])
		xy += x * y
		xx += x * x
		yy += y * y
	}
	if xx == 0 {
		return 0, false
	}
	c := xy / (2 * xx)
	if c <= -1 || c >= 1 {
		return 0, false
	}
	left := yy - 4*c*xy + 4*c*c*xx // of Σ (y - 2c·x)²
	hz = math.Acos(c) * float64(rate) / (2 * math.Pi)
	// The sum y of a sine is small near a quarter of the rate, where noise counts for more: the sine's own power is the measure.
	return hz, left <= impure*4*xx*math.Max(1-c*c, 0.05)
}

// toned takes a frame that is one tone.
func (d *Detector) toned(hz float64, begin time.Duration) {
	t := &d.tone
	if t.length == 0 || t.gap > d.cfg.BeepGap || math.Abs(hz-t.hz) > math.Max(0.03*t.hz, 20) {
		*t = steady{hz: hz}
	} else {
		t.hz += (hz - t.hz) * 0.3
	}
	t.length += d.clock - begin
	t.end, t.gap = d.clock, 0
	if d.burst > 0 && !d.rings { // a vowel may be as pure for a moment
		d.last = d.clock
	}
	near := func(of, off float64) bool { return math.Abs(t.hz-of) <= off+5 }
	switch {
	case d.words == 0 && d.result.What == Unknown && (near(cng, cngOff) && t.length >= d.cfg.CNG || near(ced, cedOff) && t.length >= d.cfg.CED):
		d.rings = true
		d.decide(Fax, "fax tone", 0.95)
	case t.length >= d.cfg.Beep:
		d.rings = true
		if d.result.What != Fax && (d.words > 0 || d.result.What != Unknown) && d.result.Why != "beep" {
			d.decide(Voicemail, "beep", 0.97)
		}
	}
}

// untoned takes one that is not. A tone that lasted is over when it has been away for a while.
func (d *Detector) untoned(begin time.Duration) {
	t := &d.tone
	t.gap += d.clock - begin
	if t.gap <= d.cfg.BeepGap {
		return
	}
	if d.rings && t.length >= d.cfg.Beep && t.length <= d.cfg.LongestBeep {
		d.beep = t.end
		if d.result.What == Unknown { // a machine that only beeps
			d.decide(Voicemail, "beep", 0.9)
		}
	}
	if !d.rings {
		d.voiced += t.length
	}
	d.rings, t.length = false, 0
}
