// Package tone makes the sounds of the telephone network that are not speech (ringback, the
// soft tick of a call on hold) and measures tones in tests.
package tone

import (
	"io"
	"math"
	"time"

	"decroche/media"
)

// Cadence is a tone that comes and goes. The zero Off means a steady tone.
type Cadence struct {
	Hz      []float64 // played together
	On, Off time.Duration
	Level   float64 // peak of the sum, 0..1 of full scale
}

// Ringback is what a caller hears while a phone rings, by country (ITU-T E.180 supplement 2):
// France 440 Hz 1.5 s on and 3.5 s off; Great Britain 400+450 Hz, here as one ring of 1 s in 3 s.
func Ringback(lang string) Cadence {
	if lang == "en" {
		return Cadence{Hz: []float64{400, 450}, On: time.Second, Off: 2 * time.Second, Level: 0.08}
	}
	return Cadence{Hz: []float64{440}, On: 1500 * time.Millisecond, Off: 3500 * time.Millisecond, Level: 0.08}
}

// Hold is a quiet double note every 1.6 s, so that a waiting caller never meets silence for two
// seconds: 523 Hz, 200 ms, at -26 dBFS.
func Hold() Cadence {
	return Cadence{Hz: []float64{523.25, 659.25}, On: 200 * time.Millisecond, Off: 1400 * time.Millisecond, Level: 0.05}
}

// ramp is how long a tone takes to appear and to go: shorter ones click.
const ramp = 8 * time.Millisecond

// Source plays c as 20 ms frames, without end when length is 0. It is not safe for concurrent
// use, except Close.
func Source(c Cadence, rate int, length time.Duration) media.Source {
	return &source{c: c, rate: rate, left: samples(length, rate), endless: length == 0}
}

type source struct {
	c       Cadence
	rate    int
	n       int // samples played
	left    int
	endless bool
}

func samples(d time.Duration, rate int) int { return int(d * time.Duration(rate) / time.Second) }

func (s *source) ReadFrame() (media.Frame, error) {
	k := s.rate / 50
	if !s.endless {
		if k = min(k, s.left); k == 0 {
			return media.Frame{}, io.EOF
		}
		s.left -= k
	}
	pcm := make([]int16, k)
	for i := range pcm {
		pcm[i] = s.c.at(s.n+i, s.rate)
	}
	f := media.Frame{PCM: pcm, Rate: s.rate, At: time.Duration(s.n) * time.Second / time.Duration(s.rate)}
	s.n += k
	return f, nil
}

func (s *source) Close() error { return nil }

// at is sample n of the cadence.
func (c Cadence) at(n, rate int) int16 {
	gain := c.Level * 32767 / float64(max(1, len(c.Hz)))
	if on, off := samples(c.On, rate), samples(c.Off, rate); off > 0 {
		at, r := n%(on+off), samples(ramp, rate)
		switch {
		case at >= on:
			return 0
		case at < r:
			gain *= float64(at) / float64(r)
		case at > on-r:
			gain *= float64(on-at) / float64(r)
		}
	}
	var v float64
	for _, hz := range c.Hz {
		v += math.Sin(2 * math.Pi * hz * float64(n) / float64(rate))
	}
	return int16(v * gain)
}

// Sine is d of one steady tone; level is its peak, 0..1 of full scale.
func Sine(hz float64, rate int, d time.Duration, level float64) []int16 {
	out := make([]int16, samples(d, rate))
	c := Cadence{Hz: []float64{hz}, Level: level}
	for i := range out {
		out[i] = c.at(i, rate)
	}
	return out
}

// Goertzel returns the peak level of hz in pcm, 0..1 of full scale.
func Goertzel(pcm []int16, rate int, hz float64) float64 {
	if len(pcm) == 0 {
		return 0
	}
	w := 2 * math.Pi * hz / float64(rate)
	c := 2 * math.Cos(w)
	var s1, s2 float64
	for _, v := range pcm {
		s1, s2 = float64(v)/32768+c*s1-s2, s1
	}
	p := s1*s1 + s2*s2 - c*s1*s2
	return 2 * math.Sqrt(max(0, p)) / float64(len(pcm))
}
