package wake

import (
	"math"
	"math/rand/v2"

	"decroche/asr/wake"
)

// condition is a room between a mouth and the microphone.
type condition struct {
	name string
	// level is the voice's, in dBFS (root mean square of the whole), and noise how much quieter the
	// noise of the room is, in dB.
	level, noise float64
	// echo is the reverberation time in seconds; 0: none. direct is how much stronger the direct
	// sound is than the echo, in dB.
	echo, direct float64
}

// conditions are what rooms are like: at arm's length, a kitchen with something running, three metres
// away in a living room.
var conditions = []condition{
	{name: "near", level: -24, noise: 45},
	{name: "noise 15 dB", level: -26, noise: 15},
	{name: "noise 10 dB", level: -26, noise: 10},
	{name: "3 m, echo", level: -40, noise: 22, echo: .4, direct: 3},
}

// blindRooms are those of Blind.
var blindRooms = []condition{
	{name: "near, softly", level: -34, noise: 30},
	{name: "noise 12 dB", level: -25, noise: 12},
	{name: "2 m, echo 0.6 s", level: -36, noise: 24, echo: .6, direct: 5},
	{name: "4 m, kitchen", level: -42, noise: 18, echo: .3, direct: 3},
}

// apply brings sound through the room.
func (c condition) apply(r *rand.Rand, pcm []int16) []int16 {
	x := make([]float64, len(pcm))
	for i, v := range pcm {
		x[i] = float64(v)
	}
	if c.echo > 0 {
		x = reverberate(r, x, c.echo, c.direct)
	}
	voiced := rms(x) + 1e-9
	gain := 32768 * math.Pow(10, c.level/20) / voiced
	hiss := 32768 * math.Pow(10, (c.level-c.noise)/20)
	out := make([]int16, len(x))
	var low float64
	for i, v := range x {
		low = .9*low + r.NormFloat64() // rooms rumble more than they hiss
		n := hiss * (.35*low + .5*r.NormFloat64())
		out[i] = int16(max(-32767, min(32767, gain*v+n)))
	}
	return out
}

// rms is over what is not silence, so that pauses do not make a voice louder.
func rms(x []float64) float64 {
	var e, n float64
	for _, v := range x {
		if math.Abs(v) > 100 {
			e, n = e+v*v, n+1
		}
	}
	return math.Sqrt(e / max(1, n))
}

// reverberate adds a decaying tail of noise, the simplest model of a room (J. Polack's), at a tenth of
// its density: a few hundred echoes are enough for the ear.
func reverberate(r *rand.Rand, x []float64, seconds, direct float64) []float64 {
	type echo struct {
		at   int
		gain float64
	}
	var tail []echo
	var e float64
	for range 400 {
		at := 20 + r.IntN(int(seconds*wake.Rate))
		g := r.NormFloat64() * math.Pow(10, -3*float64(at)/(seconds*wake.Rate))
		tail, e = append(tail, echo{at, g}), e+g*g
	}
	scale := math.Pow(10, -direct/20) / math.Sqrt(e)
	out := make([]float64, len(x))
	copy(out, x)
	for _, t := range tail {
		for i := t.at; i < len(x); i++ {
			out[i] += scale * t.gain * x[i-t.at]
		}
	}
	return out
}
