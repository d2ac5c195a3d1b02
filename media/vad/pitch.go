package vad

import "math"

const (
	// At 4000 Hz: pitch from 70 to 400 Hz, seen over 25 ms.
	minLag, maxLag = 10, 57
	pitchWindow    = 100
	pitchPast      = pitchWindow + maxLag
	emphasis       = 0.85
)

// pitch measures how periodic the sound is, at half the sample rate, above mains hum.
type pitch struct {
	past     [pitchPast]float32
	x1, x2   float32 // high-pass state, 2nd order at 120 Hz
	y1, y2   float32
	odd      bool    // one sample waits for its partner
	waiting  float32 //
	sinceTwo float32 // the sample before the waiting one
	kept     float32 // the last one of the halved rate, before emphasis
	lag      float32 // period at which the last frame resembled its past most, in samples of 4000 Hz
}

// Butterworth high-pass, 120 Hz at 8000 Hz.
const (
	hpB  = 0.935519
	hpA1 = -1.866892
	hpA2 = 0.875215
)

// nothing is a state of the filter that no sample would show: below it, it is zero, for arithmetic
// with ever smaller numbers is slow.
const nothing = 1e-12

// push adds a frame; silent says that all of it is zero.
func (p *pitch) push(pcm []int16, silent bool) {
	if abs(p.y1) < nothing && abs(p.y2) < nothing && abs(p.kept) < nothing {
		p.y1, p.y2, p.kept = 0, 0, 0
		if silent && p.x1 == 0 && p.x2 == 0 && !p.odd {
			copy(p.past[:], p.past[len(pcm)/2:])
			clear(p.past[pitchPast-len(pcm)/2:])
			p.waiting, p.sinceTwo, p.odd = 0, 0, len(pcm)%2 != 0
			return
		}
	}
	n := 0
	var fresh [maxFrame/2 + 1]float32
	for _, v := range pcm {
		x := float32(v) / 32768
		y := hpB*(x-2*p.x1+p.x2) - hpA1*p.y1 - hpA2*p.y2
		p.x1, p.x2 = x, p.x1
		p.y1, p.y2 = y, p.y1
		if p.odd { // triangle of three, every second one kept: aliases from 2.5 kHz on are down
			half := (p.sinceTwo + 2*p.waiting + y) / 4
			// Emphasis takes away the slope of traffic and wind, whose low rumble looks periodic.
			fresh[n] = half - emphasis*p.kept
			p.kept = half
			n++
			p.sinceTwo = y
		} else {
			p.waiting = y
		}
		p.odd = !p.odd
	}
	copy(p.past[:], p.past[n:])
	copy(p.past[pitchPast-n:], fresh[:n])
}

func abs(x float32) float32 { return max(x, -x) }

// correlate returns the highest normalised correlation of the last frame with its past, in [0, 1].
func (p *pitch) correlate() float64 {
	now := p.past[maxLag:]
	energy := float32(1e-7)
	for _, v := range now {
		energy += v * v
	}
	then := p.past[maxLag-minLag+1:][:pitchWindow]
	past := float32(1e-7)
	for _, v := range then {
		past += v * v
	}
	best, at := float32(0), 0
	var r [maxLag + 2]float32
	for lag := minLag; lag <= maxLag; lag++ {
		// The window moves one back: one sample comes in at the front, one leaves.
		first := maxLag - lag
		in, out := p.past[first], p.past[first+pitchWindow]
		past += in*in - out*out
		c := dot(now, p.past[first:][:pitchWindow])
		if c > 0 {
			if r[lag] = c * c / (energy * max(past, 1e-7)); r[lag] > best {
				best, at = r[lag], lag
			}
		}
	}
	for lag := minLag + 1; lag < at; lag++ { // twice and three times the period fit as well
		if r[lag] > 0.8*best && r[lag] >= r[lag-1] && r[lag] >= r[lag+1] {
			at = lag
		}
	}
	p.lag = float32(at)
	if l, top, h := r[max(at-1, 0)], r[at], r[at+1]; l > 0 && h > 0 && l+h < 2*top { // the top of a parabola through three
		p.lag += (h - l) / (2 * (2*top - l - h))
	}
	return math.Sqrt(float64(min(best, 1)))
}

// dot of equal lengths, a multiple of four.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	for i := 0; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	return s0 + s1 + s2 + s3
}
