package wake

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"decroche/asr/wake"
	"decroche/media/tone"
)

// TestRooms: a voice is as loud as its condition says, and the noise so much quieter.
func TestRooms(t *testing.T) {
	t.Parallel()
	db := func(pcm []int16) float64 {
		var e float64
		for _, v := range pcm {
			e += float64(v) * float64(v)
		}
		return 10 * math.Log10(e/float64(len(pcm))/(32768*32768))
	}
	for _, c := range slices.Concat(conditions, blindRooms) {
		pcm := append(tone.Sine(300, wake.Rate, 2e9, .3), make([]int16, 4*wake.Rate)...)
		got := c.apply(rand.New(rand.NewPCG(1, 1)), pcm)
		if voice := db(got[wake.Rate : 2*wake.Rate]); math.Abs(voice-c.level) > 2 {
			t.Errorf("%s: the voice is at %.1f dBFS, want %.1f", c.name, voice, c.level)
		}
		if noise := db(got[5*wake.Rate:]); math.Abs(noise-(c.level-c.noise)) > 2.5 {
			t.Errorf("%s: the noise is at %.1f dBFS, want %.1f", c.name, noise, c.level-c.noise)
		}
	}
}
