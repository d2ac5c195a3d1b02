// Package level makes every voice equally loud. It measures the active speech level, that of
// speech without its pauses (ITU-T P.56, method B), and multiplies by one gain for each voice: the
// gain does not move inside a sentence, so nothing pumps.
package level

import (
	"math"
	"time"
)

// The constants of ITU-T P.56 §7: time constant of the envelope, hangover, margin between the
// threshold and the level, and 15 thresholds, one for each bit of a sample.
const (
	smoothing  = 30 * time.Millisecond
	hangover   = 200 * time.Millisecond
	margin     = 15.9 // dB
	thresholds = 15
)

// Silence is the level of a signal without speech, in dB below full scale.
const Silence = -96.0

// Meter measures the active speech level of a signal as it passes. The zero Meter is not ready; use
// NewMeter. Not safe for concurrent use.
type Meter struct {
	g, p, q float64 // decay of the envelope, its two stages
	hang    int     // samples of hangover
	active  [thresholds]int
	since   [thresholds]int // samples since the envelope was above
	energy  float64
	n       int
	rate    int
}

// NewMeter makes a meter for a signal of rate samples per second.
func NewMeter(rate int) *Meter {
	m := &Meter{g: math.Exp(-1 / (smoothing.Seconds() * float64(rate))), hang: int(hangover.Seconds() * float64(rate)), rate: rate}
	for i := range m.since {
		m.since[i] = m.hang
	}
	return m
}

// Add passes samples on.
func (m *Meter) Add(pcm []int16) {
	for _, s := range pcm {
		x := float64(s) / 32768
		m.energy += x * x
		m.p = m.g*m.p + (1-m.g)*math.Abs(x)
		m.q = m.g*m.q + (1-m.g)*m.p
		c := 1.0 / 32768
		for i := range m.active {
			if m.q >= c {
				m.active[i]++
				m.since[i] = 0
			} else if m.since[i] < m.hang {
				m.active[i]++
				m.since[i]++
			}
			c *= 2
		}
	}
	m.n += len(pcm)
}

// Level returns the active speech level so far, in dB below full scale (a full-scale square wave is
// 0 dB), and for how long there was speech.
func (m *Meter) Level() (db float64, speech time.Duration) {
	if m.energy == 0 {
		return Silence, 0
	}
	// The level is where the curve of levels by threshold comes within margin of the threshold.
	var before, beforeC float64
	for i := range m.active {
		if m.active[i] == 0 {
			break
		}
		a := 10 * math.Log10(m.energy/float64(m.active[i]))
		c := 20 * math.Log10(math.Ldexp(1.0/32768, i))
		if a-c <= margin {
			if i == 0 {
				return a, m.played(m.active[0])
			}
			d0, d1 := before-beforeC, a-c
			t := (d0 - margin) / (d0 - d1)
			return before + t*(a-before), m.played(m.active[i-1])
		}
		before, beforeC = a, c
	}
	return before, m.played(m.active[0])
}

func (m *Meter) played(samples int) time.Duration {
	return time.Duration(samples) * time.Second / time.Duration(m.rate)
}

// Of is the active speech level of a whole signal, in dB below full scale.
func Of(pcm []int16, rate int) float64 {
	m := NewMeter(rate)
	m.Add(pcm)
	db, _ := m.Level()
	return db
}

// Gain is the factor that brings speech of one level to another; at most 20 dB either way.
func Gain(from, to float64) float64 {
	return math.Pow(10, min(20, max(-20, to-from))/20)
}

// Amplify multiplies by gain in place. Above three quarters of full scale it bends instead of
// clipping: the curve reaches full scale only at infinity and has no corner.
func Amplify(pcm []int16, gain float64) {
	const knee = 0.75
	if gain == 1 {
		return
	}
	for i, s := range pcm {
		x := float64(s) / 32768 * gain
		if a := math.Abs(x); a > knee {
			x = math.Copysign(knee+(1-knee)*math.Tanh((a-knee)/(1-knee)), x)
		}
		pcm[i] = int16(math.Round(x * 32767))
	}
}

func power(db float64) float64   { return math.Pow(10, db/10) }
func decibels(p float64) float64 { return 10 * math.Log10(p) }
