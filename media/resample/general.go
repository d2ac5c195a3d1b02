package resample

// general serves ratios of which neither side is 1, an output at a time.
type general struct {
	up, down int
	taps     [][]float32 // one filter a phase, oldest sample first
	n        int         // taps a phase
	hist     []float32   // the last n-1 input samples, then the new ones
	phase    int         // position of the next output sample between two inputs
	skip     int         // inputs still to pass before the next output
}

func newGeneral(taps [][]float32, up, down int) *general {
	g := &general{up: up, down: down, taps: taps, n: len(taps[0])}
	g.hist = make([]float32, g.n-1, g.n-1+4096)
	return g
}

func (g *general) reset() {
	g.hist = g.hist[:g.n-1]
	clear(g.hist)
	g.phase, g.skip = 0, 0
}

func (g *general) process(dst, src []int16) []int16 {
	for _, v := range src {
		g.hist = append(g.hist, float32(v))
	}
	at := g.skip
	for at+g.n <= len(g.hist) {
		f := g.taps[g.phase]
		x := g.hist[at : at+len(f)]
		var s0, s1, s2, s3 float32
		for ; len(f) >= 4 && len(x) >= 4; f, x = f[4:], x[4:] {
			s0 += f[0] * x[0]
			s1 += f[1] * x[1]
			s2 += f[2] * x[2]
			s3 += f[3] * x[3]
		}
		for i, c := range f {
			s0 += c * x[i]
		}
		dst = append(dst, round(s0+s1+s2+s3))
		g.phase += g.down
		at += g.phase / g.up
		g.phase %= g.up
	}
	if keep := len(g.hist) - (g.n - 1); at <= keep {
		g.hist = append(g.hist[:0], g.hist[at:]...)
		g.skip = 0
	} else {
		g.skip = at - keep
		g.hist = append(g.hist[:0], g.hist[keep:]...)
	}
	return dst
}
