package callers

import (
	"math"

	"decroche/media/codec/g711"
)

// FaintTone is how loud, of 32768, a tone is that no voice detector takes for speech, and that Packet.Tone
// still finds where nobody speaks.
const FaintTone = 60

// Tone is a second of a tone, to be repeated; hz is a multiple of 0.5 of a frame's 50 Hz, so that its end
// goes on with its beginning.
func Tone(hz, level float64) *Clip {
	pcm := make([]int16, 8000)
	for i := range pcm {
		pcm[i] = int16(math.Round(level * math.Sin(2*math.Pi*hz*float64(i)/8000)))
	}
	return NewClip(pcm)
}

// Tone reports whether p holds a tone of at least that level (Goertzel's algorithm) that is a tenth or more
// of all that is in it: beside a voice at most as loud as it.
func (p Packet) Tone(hz, level float64) bool {
	decode := g711.DecodeA
	switch p.Type {
	case typePCMA:
	case typePCMU:
		decode = g711.DecodeU
	default:
		return false
	}
	var pcm [4 * frameBytes]int16
	n := min(len(p.Payload), len(pcm))
	decode(pcm[:n], p.Payload[:n])
	var power, s1, s2, k float64
	k = 2 * math.Cos(2*math.Pi*hz/8000)
	for _, x := range pcm[:n] {
		v := float64(x)
		power += v * v
		s1, s2 = v+k*s1-s2, s1
	}
	found := s1*s1 + s2*s2 - k*s1*s2 // (level·n/2)² for a whole frame of it
	want := level * float64(n) / 2
	return n > 0 && found >= want*want && found >= power*float64(n)/20
}
