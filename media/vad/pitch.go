package vad

import "math"

const (
	// At 4000 Hz: pitch from 70 to 400 Hz, seen over 25 ms.
	minLag, maxLag = 10, 57
	pitchWindow    = 100
	pitchPast      = pitchWindow + maxLag
	emphasis       = 0.85
)

// pitch measures how periodic the sound is, at half the sample rate, above mains hum. It looks at the
// samples only when somebody asks, which is in frames that may be a voice: then it goes through what it
// has missed, as far as that is kept.
type pitch struct {
	odd    bool    // one sample waits for its partner
	x1, x2 float32 // high-pass state, 2nd order at 120 Hz
	y1, y2 float32
	before float32 // the sample before the waiting one
	wait   float32
	last   float32 // one of the halved rate, before emphasis
	lag    float32 // period at which the last frame resembled its past most, in samples of 4000 Hz
	past   [pitchPast]float32
}

// Butterworth high-pass, 120 Hz at 4000 Hz.
const (
	hpB  = 0.875183
	hpA1 = -1.734726
	hpA2 = 0.766007
)

// catchUp looks at what was missed. What is kept is long enough for the filter to forget that it began
// in the middle: to a millionth. Two samples become one: a triangle of three, every second one kept, takes
// aliases from 2.5 kHz on down. Emphasis takes away the slope of traffic and wind, whose low rumble
// looks periodic.
func (p *pitch) catchUp(in *past) {
	if in.unseen > kept {
		in.unseen, p.odd = kept, in.at%2 != 0
		p.x1, p.x2, p.y1, p.y2, p.before, p.wait, p.last = 0, 0, 0, 0, 0, 0, 0
	}
	x1, x2, y1, y2, last := p.x1, p.x2, p.y1, p.y2, p.last
	n := 0
	var fresh [kept/2 + 1]float32
	for i := in.at - in.unseen; i < in.at; i++ {
		v := float32(in.ring[i&(kept-1)]) * (1.0 / 32768)
		if !p.odd {
			p.wait, p.odd = v, true
			continue
		}
		x := (p.before + 2*p.wait + v) * 0.25
		p.before, p.odd = v, false
		y := hpB*(x-2*x1+x2) - hpA1*y1 - hpA2*y2
		x1, x2, y1, y2 = x, x1, y, y1
		fresh[n] = y - emphasis*last
		last = y
		n++
	}
	in.unseen = 0
	p.x1, p.x2, p.y1, p.y2, p.last = x1, x2, y1, y2, last
	if n < pitchPast {
		copy(p.past[:], p.past[n:])
	}
	copy(p.past[max(0, pitchPast-n):], fresh[max(0, n-pitchPast):n])
}

// peaks is how many of the coarse peaks are looked at closely.
const peaks = 3

// correlate returns the highest normalised correlation of the last 25 ms with what came up to
// 14 ms before, in [0, 1], and leaves its period in lag. It looks at every second sample and
// period first, and at all of them around the best three.
func (p *pitch) correlate(in *past) float64 {
	p.catchUp(in)
	now := p.past[maxLag:]
	energy := dot(now, now) + 1e-7
	var coarse [maxLag + 3]float32
	half := p.halved()
	for lag := minLag; lag <= maxLag; lag += 2 {
		coarse[lag] = half.at(lag / 2)
	}
	var best [peaks]int
	for lag := minLag; lag <= maxLag; lag += 2 {
		c := coarse[lag]
		if c <= 0 || c < coarse[lag-2] || c < coarse[lag+2] {
			continue
		}
		for k := range best {
			if best[k] == 0 || c > coarse[best[k]] {
				copy(best[k+1:], best[k:])
				best[k] = lag
				break
			}
		}
	}
	var r [maxLag + 2]float32
	for _, at := range best {
		for lag := max(minLag, at-1); at > 0 && lag <= min(maxLag, at+1); lag++ {
			if r[lag] == 0 {
				then := p.past[maxLag-lag:][:pitchWindow]
				if c := dot(now, then); c > 0 {
					r[lag] = c * c / (energy * max(dot(then, then), 1e-7))
				}
			}
		}
	}
	return p.choose(&r)
}

// choose takes the shortest period that is about as good as the best: twice and three times the
// period fit as well.
func (p *pitch) choose(r *[maxLag + 2]float32) float64 {
	top, at := float32(0), 0
	for lag := minLag; lag <= maxLag; lag++ {
		if r[lag] > top {
			top, at = r[lag], lag
		}
	}
	for lag := minLag; lag < at; lag++ {
		if r[lag] > 0.8*top && r[lag] >= r[lag-1] && r[lag] >= r[lag+1] {
			at = lag
		}
	}
	p.lag = float32(at)
	if l, m, h := r[max(at-1, 0)], r[at], r[at+1]; l > 0 && h > 0 && l+h < 2*m { // the top of a parabola through three
		p.lag += (h - l) / (2 * (2*m - l - h))
	}
	return math.Sqrt(float64(min(top, 1)))
}

// halfWindow and halfPast are pitchWindow and pitchPast at 2000 Hz.
const (
	halfWindow = pitchWindow / 2
	halfPast   = pitchPast / 2
)

// halved is the past at 2000 Hz, for a first look.
type halved struct {
	past   [halfPast + 2]float32
	energy [halfPast + 2]float32 // of the samples before each
}

func (p *pitch) halved() (h halved) {
	sum := float32(0)
	for i := range halfPast {
		j := pitchPast - 2*(halfPast-i)
		h.past[i] = p.past[j] + p.past[j+1]
		h.energy[i] = sum
		sum += h.past[i] * h.past[i]
	}
	h.energy[halfPast] = sum
	return h
}

// at is the square of the correlation at a lag of the halved rate, not normalised by the energy of
// now; 0 when it is negative.
func (h *halved) at(lag int) float32 {
	from := halfPast - halfWindow
	c := dot(h.past[from:][:halfWindow-2], h.past[from-lag:][:halfWindow-2])
	if c <= 0 {
		return 0
	}
	return c * c / max(h.energy[from-lag+halfWindow]-h.energy[from-lag], 1e-7)
}

// dot of equal lengths, a multiple of four.
func dot(a, b []float32) float32 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float32
	for len(a) >= 4 && len(b) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	return s0 + s1 + s2 + s3
}
