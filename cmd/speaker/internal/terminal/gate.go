package terminal

import (
	"math"
	"time"
)

// gate tells whether the loudspeaker sounds: then the microphone hears it.
//
// What counts is how far a frame stands above the quietest of the last seconds, so that the noise of
// somebody's telephone line does not keep the microphone shut.
type gate struct {
	hold  int     // frames that the room goes on sounding
	left  int     // of those
	floor float64 // dBFS: the quietest of late
}

const (
	audible  = -52. // dBFS: less is nothing that a room gives back
	above    = 10.  // dB above the floor
	highest  = -38. // dBFS: the floor never rises above it; music and speech do
	riseStep = .04  // dB that the floor rises with each frame, 2 dB a second
	lowest   = -96.
)

func newGate(tail time.Duration) *gate {
	return &gate{hold: int(tail / (20 * time.Millisecond)), floor: lowest}
}

// push takes what the loudspeaker plays next and tells whether the room sounds of it.
func (g *gate) push(play []int16) bool {
	l := level(play)
	g.floor = min(l, g.floor+riseStep, highest)
	if l > audible && l > g.floor+above {
		g.left = g.hold
		return true
	}
	if g.left > 0 {
		g.left--
		return true
	}
	return false
}

// level is the loudness of a frame in dBFS; a full-scale sine is −3.
func level(pcm []int16) float64 {
	var e float64
	for _, v := range pcm {
		e += float64(v) * float64(v)
	}
	if e == 0 || len(pcm) == 0 {
		return lowest
	}
	return max(lowest, 10*math.Log10(e/float64(len(pcm))/(32768*32768)))
}
