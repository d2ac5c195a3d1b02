package plc

import "math"

// Noise is what a line sounds like while nobody speaks. It is learned from the quiet moments of
// the line, or told by the far end (RFC 3389), and made again where packets pause, for silence
// without any noise is taken for a dead line. Use Reset first. It allocates nothing.
type Noise struct {
	level float32        // root mean square of the samples
	shape [order]float32 // reflection coefficients of the spectrum; learned noise has one
	told  bool           // by the far end: nothing is learned from then on
	state [order]float32 // of the filter
	seed  uint32
}

const (
	// order bounds the spectrum that is made again; RFC 3389 §3.2 lets the receiver use fewer
	// coefficients than it was sent.
	order = 10
	// loudest and faintest noise that is learned: -46 and -84 dB of full scale. What is louder is
	// somebody speaking.
	loudest, faintest = 164, 2
	// rise of the floor each time something is learned, as a factor: a Concealer does so 12 times a
	// second, which makes 3 dB.
	rise = 1.028
)

// Reset begins with a quiet line of unknown spectrum.
func (n *Noise) Reset() { *n = Noise{level: 8, seed: 1} }

// Learn takes sound that was heard. The quietest moments of the last seconds count.
func (n *Noise) Learn(pcm []int16) {
	if n.told || len(pcm) < 16 {
		return
	}
	var zero, one, before float32
	for _, s := range pcm {
		v := float32(s)
		zero += v * v
		one += v * before
		before = v
	}
	rms := float32(math.Sqrt(float64(zero) / float64(len(pcm))))
	if rms > n.level {
		n.level = min(n.level*rise, rms, loudest)
		return
	}
	n.level += (max(rms, faintest) - n.level) / 4
	if zero > 0 {
		n.shape[0] += (-one/zero - n.shape[0]) / 8
	}
}

// Tell takes the payload of a comfort noise packet (RFC 3389 §3): the level in -dBov, then
// reflection coefficients, none, some or more than are used. An empty one tells nothing.
func (n *Noise) Tell(payload []byte) {
	if len(payload) == 0 {
		return
	}
	n.told = true
	n.level = 32767 * float32(math.Pow(10, -float64(payload[0]&0x7F)/20))
	n.shape = [order]float32{}
	for i, q := range payload[1:min(len(payload), order+1)] {
		if q != 255 { // reserved
			n.shape[i] = 258 * (float32(q) - 127) / 32768
		}
	}
}

// Heard ends what the far end told, for its sound is there again: from now on the line is learned.
func (n *Noise) Heard() { n.told = false }

// Fill writes noise over pcm.
func (n *Noise) Fill(pcm []int16) {
	power := float32(1)
	for _, k := range n.shape {
		power *= 1 - k*k
	}
	// The filter raises white noise by 1/power; uniform noise of ±1 has a third of a square.
	drive := n.level * float32(math.Sqrt(float64(3*power))) / (1 << 31)
	last := 0
	for i, k := range n.shape {
		if k != 0 {
			last = i + 1
		}
	}
	for i := range pcm {
		n.seed = n.seed*1664525 + 1013904223
		v := float32(int32(n.seed)) * drive
		for m := last - 1; m >= 0; m-- { // all-pole lattice
			v -= n.shape[m] * n.state[m]
			if m+1 < order {
				n.state[m+1] = n.state[m] + n.shape[m]*v
			}
		}
		n.state[0] = v
		pcm[i] = clip(v)
	}
}
