package terminal

import "math"

// The volume goes from 0, silent, to MaxVolume, as loud as what comes; a step is 3 dB.
const (
	MaxVolume  = 10
	stepDB     = 3
	volumeStep = 2 // of "louder"
)

// gain is what samples are multiplied by.
func gain(volume int) float64 {
	if volume <= 0 {
		return 0
	}
	return math.Pow(10, float64(volume-MaxVolume)*stepDB/20)
}

// mixInto adds extra to pcm times by, within what samples can hold.
func mixInto(pcm []int16, by float64, extra []int16) {
	for i, v := range pcm {
		x := float64(v) * by
		if i < len(extra) {
			x += float64(extra[i])
		}
		pcm[i] = int16(max(math.MinInt16, min(math.MaxInt16, math.Round(x))))
	}
}
