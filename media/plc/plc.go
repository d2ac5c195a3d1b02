// Package plc conceals lost packets for people who listen: a gap is filled with the continuation
// of what was said before it, and where nobody speaks with noise like the line's own.
//
// The idea is that of ITU-T G.711 Appendix I: speech repeats itself with the pitch of the voice, so
// its last period, later its last two and three, are said again, overlapped where they join, and
// fade; the first sound after the gap is blended into what the repetition had come to. Unlike
// there nothing is delayed: the Appendix holds back 3.75 ms of every call to smooth the first
// joint, here the step between what was and what is repeated is led out over a quarter of a period.
//
// A recogniser should not be given any of this: it would take the echo of a vowel for one. It is
// told of the gap instead (media.Frame.Lost).
package plc

// Fading: the repetition keeps its level for holdMS, then falls evenly to half at fadeMS, and from
// there to nothing within endMS; what then remains is the line's noise.
const (
	holdMS = 10
	fadeMS = 60
	endMS  = 80
)

// What else was tried on speech with 3 to 8 % of its frames lost, as signal-to-noise ratio and
// spectral distance (TestSpeech prints both): a template of 20 ms costs 0.7 dB and finds the pitch
// of long ago; a second period after 10 ms already, as in the Appendix, costs 0.1 in distance;
// joints of 10 ms, as there, cost 0.8 dB and 0.7 in distance.
const (
	templateMS = 8  // of the end of the sound is looked for in what came before it
	againMS    = 20 // after so long another period is said again, or it buzzes
	periods    = 3  // said again at most
	joinMS     = 3  // the repetition fades into the sound after the gap
)

// Concealer follows one decoded stream. It is not safe for concurrent use and allocates nothing
// after New.
type Concealer struct {
	// constant after New
	rate, shortest, longest int // Hz; periods in samples

	past  []int16 // what was played last
	from  []int16 // what was played last when the gap began
	lost  int     // samples of the gap so far
	pitch int     // period, found when the gap began
	step  float32 // between the last sample played and the one that the repetition thinks it was
	blend [64]int16
	turn  int // up to learnEvery
	noise Noise
}

// New makes a Concealer for PCM at 8000 or 16000 Hz.
func New(rate int) *Concealer {
	// Periods from 5 ms, for higher voices are caught at a multiple of theirs, to 15 ms: 67 Hz.
	c := &Concealer{rate: rate, shortest: rate * 5 / 1000, longest: rate * 15 / 1000}
	n := periods*c.longest + c.longest/4
	c.past, c.from = make([]int16, n), make([]int16, n)
	c.noise.Reset()
	return c
}

// Reset forgets what was heard: for a new source.
func (c *Concealer) Reset() {
	clear(c.past)
	c.lost = 0
	c.noise.Reset()
}

// Tell takes the payload of a comfort noise packet (RFC 3389 §3): the speaker pauses, and until
// sound comes again Conceal makes the noise that it describes.
func (c *Concealer) Tell(payload []byte) {
	c.noise.Tell(payload)
	if c.lost == 0 {
		c.begin()
	}
	c.lost = max(c.lost, endMS*c.rate/1000) // as after a long gap
}

// Good takes sound that has come, any number of samples. After a gap its beginning is changed, so
// that it joins.
func (c *Concealer) Good(pcm []int16) {
	if len(pcm) == 0 {
		return
	}
	if c.lost > 0 {
		c.join(pcm)
		c.lost = 0
		c.noise.Heard()
	}
	if c.turn = (c.turn + 1) % learnEvery; c.turn == 0 {
		c.noise.Learn(pcm)
	}
	c.push(pcm)
}

// learnEvery is how many pieces of sound there are for one that the noise is learned from: it costs
// twice what everything else does for sound that has come.
const learnEvery = 4

// Conceal fills pcm, any number of samples, in place of sound that has not come.
func (c *Concealer) Conceal(pcm []int16) {
	if len(pcm) == 0 {
		return
	}
	if c.lost == 0 {
		c.begin()
	}
	c.repeat(pcm)
	c.lost += len(pcm)
	c.push(pcm)
}

func (c *Concealer) push(pcm []int16) {
	if n := len(c.past); len(pcm) < n {
		copy(c.past, c.past[len(pcm):])
		copy(c.past[n-len(pcm):], pcm)
	} else {
		copy(c.past, pcm[len(pcm)-n:])
	}
}

// begin finds what to repeat.
func (c *Concealer) begin() {
	copy(c.from, c.past)
	c.pitch = c.findPitch()
	end := len(c.from)
	c.step = float32(c.from[end-1]) - float32(c.from[end-1-c.pitch])
}

// repeat writes what comes next in the gap, from c.lost on.
func (c *Concealer) repeat(pcm []int16) {
	ms := c.rate / 1000
	c.noise.Fill(pcm)
	if c.lost >= endMS*ms {
		return
	}
	lead := c.pitch / 4
	for i := range pcm {
		at := c.lost + i
		if at >= endMS*ms {
			break
		}
		n := min(1+at/(againMS*ms), periods)
		v := c.again(n, at)
		if since := at - (n-1)*againMS*ms; n > 1 && since < lead { // fades in
			w := float32(since) / float32(lead)
			v = w*v + (1-w)*c.again(n-1, at)
		}
		if at < lead {
			v += c.step * (1 - float32(at+1)/float32(lead+1))
		}
		g := gain(at, ms)
		pcm[i] = clip(g*v + (1-g)*float32(pcm[i]))
	}
}

// again is sample number at of the last n periods said over and over: the end of each round glides
// into what came before its beginning.
func (c *Concealer) again(n, at int) float32 {
	round := n * c.pitch
	k, end := at%round, len(c.from)
	v := float32(c.from[end-round+k])
	if lap := c.pitch / 4; k >= round-lap {
		w := float32(k-(round-lap)+1) / float32(lap+1)
		v = (1-w)*v + w*float32(c.from[end-2*round+k])
	}
	return v
}

func gain(at, ms int) float32 {
	t := float32(at) / float32(ms)
	switch {
	case t < holdMS:
		return 1
	case t < fadeMS:
		return 1 - 0.5*(t-holdMS)/(fadeMS-holdMS)
	case t < endMS:
		return 0.5 * (endMS - t) / (endMS - fadeMS)
	}
	return 0
}

// join blends the beginning of the sound after a gap with what would have been said in its place.
func (c *Concealer) join(pcm []int16) {
	n := min(joinMS*c.rate/1000, len(pcm), len(c.blend))
	b := c.blend[:n]
	c.repeat(b)
	for i, v := range b {
		w := float32(i+1) / float32(n+1)
		pcm[i] = clip(w*float32(pcm[i]) + (1-w)*float32(v))
	}
}

// findPitch is the lag at which the end of the sound resembles what came before it most: first on every
// second sample of 8000 a second, then around the best.
func (c *Concealer) findPitch() int {
	skip := c.rate / 4000
	best, most := c.longest, float32(0)
	for lag := c.shortest; lag <= c.longest; lag += skip {
		if r := c.resemblance(lag, skip); r > most {
			best, most = lag, r
		}
	}
	if most == 0 {
		return best
	}
	most = 0
	for lag, last := max(best-skip+1, c.shortest), min(best+skip-1, c.longest); lag <= last; lag++ {
		if r := c.resemblance(lag, skip/2); r > most {
			best, most = lag, r
		}
	}
	return best
}

// resemblance is the normalised correlation at lag, 0 when it is negative.
func (c *Concealer) resemblance(lag, skip int) float32 {
	n := templateMS * c.rate / 1000
	x := c.from[len(c.from)-n:]
	y := c.from[len(c.from)-n-lag:]
	var xy, yy float32
	for i := 0; i < n; i += skip {
		a, b := float32(x[i]), float32(y[i])
		xy += a * b
		yy += b * b
	}
	if xy <= 0 || yy == 0 {
		return 0
	}
	return xy * (xy / yy)
}

func clip(v float32) int16 { return int16(min(max(v, -32768), 32767)) }
