package terminal

import (
	"math"

	"decroche/cmd/speaker/internal/sound"
)

// chime is a short melody: it tells people who see no screen what the speaker does.
type chime []note

type note struct {
	hz float64
	ms int
}

// The chimes: we listen, the call is over, something went wrong, a wish was done.
var (
	listening = chime{{659.3, 90}, {880, 140}}
	ended     = chime{{880, 90}, {587.3, 160}}
	failed    = chime{{293.7, 160}, {0, 60}, {293.7, 200}}
	done      = chime{{987.8, 70}}
)

const (
	chimeLevel = .12 // of full scale: −18 dBFS
	rampMS     = 8
)

// render makes the sound of a chime at the device's rate.
func (c chime) render() []int16 {
	var out []int16
	for _, n := range c {
		size, ramp := n.ms*sound.Rate/1000, rampMS*sound.Rate/1000
		for i := range size {
			edge := min(1, float64(i)/float64(ramp), float64(size-1-i)/float64(ramp))
			out = append(out, int16(32767*chimeLevel*edge*math.Sin(2*math.Pi*n.hz*float64(i)/sound.Rate)))
		}
	}
	return out
}
