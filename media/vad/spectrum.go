package vad

import (
	"math"
	"math/bits"
	"sync"
)

const (
	maxFrame = 160 // samples pushed at once
	points   = 256 // 32 ms: the frame and what came before it; bins of 31.25 Hz
	half     = points / 2
	quarter  = points / 4
	bands    = 7
	hzPerBin = 8000.0 / points
)

// edges of the bands in bins: 218, 406, 593, 906, 1312, 1906, 2593, 3500 Hz. They begin above
// mains hum and its strong harmonics.
var edges = [bands + 1]int{7, 13, 19, 29, 42, 61, 83, 112}

// kept is how many samples are: 64 ms, a power of two.
const kept = 512

// past are the last samples, in a ring. What a gateway keeps for each of thousands of calls is seldom
// in the processor's cache when the next frame comes, so a frame is written once and not moved.
type past struct {
	at     int // where the next sample goes
	zeros  int // samples, from the newest on, that are zero; up to kept
	unseen int // samples in which no pitch was looked for; more than kept: and some of them are gone
	ring   [kept]int16
}

// push adds a frame.
func (p *past) push(pcm []int16) {
	last := len(pcm)
	for last > 0 && pcm[last-1] == 0 {
		last--
	}
	if p.zeros += len(pcm); last > 0 {
		p.zeros = len(pcm) - last
	}
	p.zeros, p.unseen = min(p.zeros, kept), min(p.unseen+len(pcm), kept+1)
	n := copy(p.ring[p.at&(kept-1):], pcm)
	copy(p.ring[:], pcm[n:])
	p.at = (p.at + len(pcm)) & (kept - 1)
}

// silent reports whether the last n samples are zero.
func (p *past) silent(n int) bool { return p.zeros >= n }

// number is complex. Go's own complex64 multiplies with care for infinities.
type number struct{ re, im float32 }

func (a number) times(b number) number {
	return number{a.re*b.re - a.im*b.im, a.re*b.im + a.im*b.re}
}

func (a number) plus(b number) number { return number{a.re + b.re, a.im + b.im} }

func (a number) minus(b number) number { return number{a.re - b.re, a.im - b.im} }

func (a number) power(scale float32) float32 { return (a.re*a.re + a.im*a.im) * scale }

// Tables of the transform; written by init.
var (
	window   [points]float32
	reversed [half / 4]uint8
	roots    [half]number  // e^(-2πi k/points)
	small    [4][3]number  // of the pass over blocks of 16: e^(-2πi k/n) of n = 8, 16 and both
	large    [16][3]number // over blocks of 64
)

func init() {
	root := func(k, n int) number {
		y, x := math.Sincos(-2 * math.Pi * float64(k) / float64(n))
		return number{float32(x), float32(y)}
	}
	for i := range window {
		window[i] = float32((0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/points)) / 32768)
	}
	for i := range reversed {
		reversed[i] = bits.Reverse8(uint8(i)) >> 3
	}
	for k := range roots {
		roots[k] = root(k, points)
	}
	for k := range small {
		small[k] = [3]number{root(k, 8), root(k, 16), root(3*k, 16)}
	}
	for k := range large {
		large[k] = [3]number{root(k, 32), root(k, 64), root(3*k, 64)}
	}
}

// work is where a frame is looked at: all calls share a few.
type work struct {
	sound [points]int16
	z     [half]number
	power [half]float32 // of each bin
}

var works = sync.Pool{New: func() any { return new(work) }}

// levels returns the level of each band over the last 32 ms in dBFS (a full-scale sine is 0) and of
// all bands together.
func (w *work) levels(p *past) (level [bands]float32, all float32) {
	if p.silent(points) { // as of a line on which nothing comes
		w.power = [half]float32{}
	} else {
		w.transform(p)
	}
	total := float32(0)
	for b := range level {
		sum := float32(1e-9) + total32(w.power[edges[b]:edges[b+1]]) // -90 dBFS
		total += sum
		level[b] = decibel(sum)
	}
	return level, decibel(total)
}

// total32 adds in two chains, which the processor works on at once.
func total32(list []float32) (sum float32) {
	var a, b float32
	for ; len(list) >= 2; list = list[2:] {
		a, b = a+list[0], b+list[1]
	}
	if len(list) > 0 {
		a += list[0]
	}
	return a + b
}

// decibel of a power that is neither zero nor subnormal, right to 1e-5: the logarithm of the mantissa
// by the series of the inverse hyperbolic tangent.
func decibel(power float32) float32 {
	b := math.Float32bits(power)
	m := math.Float32frombits(b&(1<<23-1) | 127<<23) // 1 to 2
	s := (m - math.Sqrt2) / (m + math.Sqrt2)
	q := s * s
	ln := 2 * s * (1 + q*(1.0/3+q*(1.0/5+q*(1.0/7))))
	return (float32(int(b>>23)-127)+0.5)*(10*math.Ln2/math.Ln10) + ln*(10/math.Ln10)
}

// transform fills power: a real transform of 256 points by a complex one of 128 (Sorensen et al.,
// "Real-valued fast Fourier transform algorithms", 1987), four points at a time, scaled so that a
// full-scale sine gives 1 in all.
func (w *work) transform(p *past) {
	w.gather(p)
	w.stages(small[:])
	w.stages(large[:])
	w.powers()
}

// gather brings the windowed samples into reversed order, two making a number, through the first two
// stages, which turn by quarters only.
func (w *work) gather(p *past) {
	from := (p.at - points) & (kept - 1)
	n := copy(w.sound[:], p.ring[from:])
	copy(w.sound[n:], p.ring[:])
	at := func(j int) number {
		return number{float32(w.sound[j]) * window[j], float32(w.sound[j+1]) * window[j+1]}
	}
	for i, r := range reversed {
		j := int(r&31) * 2
		x0, x1, x2, x3 := at(j), at(j+128), at(j+64), at(j+192)
		a, b, c, d := x0.plus(x1), x0.minus(x1), x2.plus(x3), x2.minus(x3)
		z := w.z[i*4 : i*4+4 : i*4+4]
		z[0], z[2] = a.plus(c), a.minus(c)
		z[1], z[3] = number{b.re + d.im, b.im - d.re}, number{b.re - d.im, b.im + d.re}
	}
}

// stages are two at once, over blocks of four times as many numbers as there are roots.
func (w *work) stages(roots [][3]number) {
	n := len(roots)
	for k, r := range roots {
		for i := k; i < half; i += 4 * n {
			pa, pb, pc, pd := &w.z[i], &w.z[(i+n)&(half-1)], &w.z[(i+2*n)&(half-1)], &w.z[(i+3*n)&(half-1)]
			a, b, c, d := *pa, pb.times(r[0]), pc.times(r[1]), pd.times(r[2])
			e, f, g, h := a.plus(b), a.minus(b), c.plus(d), c.minus(d)
			*pa, *pc = e.plus(g), e.minus(g)
			*pb, *pd = number{f.re + h.im, f.im - h.re}, number{f.re - h.im, f.im + h.re}
		}
	}
}

// powers is the last stage, and what makes the spectrum of real samples of one of numbers: four bins
// at a time, so that nothing is written between.
func (w *work) powers() {
	// Parseval with a Hann window: mean of window² is 3/8, a sine's power 1/2.
	const scale = 2 * 2 / (points * points * 3.0 / 8) / 4
	w.power[0] = 0
	m := w.z[0].minus(w.z[quarter])
	w.power[quarter] = m.power(4 * scale)
	for k := 1; k <= quarter/2; k++ {
		l := quarter - k
		u, v := w.z[k+quarter].times(roots[2*k]), w.z[l+quarter].times(roots[2*l])
		a, b, c, d := w.z[k].plus(u), w.z[l].minus(v), w.z[l].plus(v), w.z[k].minus(u) // those of k, half-k, l, half-l
		e, f := number{a.re + b.re, a.im - b.im}, number{a.im + b.im, b.re - a.re}.times(roots[k])
		g, h := number{c.re + d.re, c.im - d.im}, number{c.im + d.im, d.re - c.re}.times(roots[l])
		w.power[k], w.power[half-k] = e.plus(f).power(scale), e.minus(f).power(scale)
		w.power[l], w.power[half-l] = g.plus(h).power(scale), g.minus(h).power(scale)
	}
}

// sibilance is the share of the power from the last band on, 2593 Hz and above.
func (w *work) sibilance() float32 {
	low, high := float32(1e-12), float32(0)
	for _, p := range w.power[edges[0]:edges[6]] {
		low += p
	}
	for _, p := range w.power[edges[6]:] {
		high += p
	}
	return high / (low + high)
}

// dtmfLow and dtmfHigh are the frequencies of ITU-T Q.23.
var (
	dtmfLow  = [4]float64{697, 770, 852, 941}
	dtmfHigh = [4]float64{1209, 1336, 1477, 1633}
)

// tone tells whether nearly all power is in one DTMF pair, or in one line where no voice has its
// fundamental (ringing, busy, a beep).
func (w *work) tone() bool {
	total := float32(1e-9)
	for _, p := range w.power[edges[0]:edges[bands]] {
		total += p
	}
	low, lowHz := w.line(20, 33)
	high, highHz := w.line(36, 55)
	if low+high > 0.85*total && low > high/16 && high > low/16 && nearOne(lowHz, &dtmfLow) && nearOne(highHz, &dtmfHigh) {
		return true
	}
	line, hz := w.line(edges[0], edges[bands])
	return line > 0.93*total && hz > 380
}

// line finds the strongest peak from bin lo to hi and returns the power in it (five bins, what a
// Hann window spreads a line over) and its frequency.
func (w *work) line(lo, hi int) (power float32, hz float64) {
	at := lo
	for k := lo; k < hi; k++ {
		if w.power[k] > w.power[at] {
			at = k
		}
	}
	moment := float32(0)
	for k := at - 2; k <= at+2; k++ {
		power += w.power[k]
		moment += w.power[k] * float32(k)
	}
	return power, float64(moment/max(power, 1e-12)) * hzPerBin
}

func nearOne(hz float64, of *[4]float64) bool {
	for _, f := range of {
		if math.Abs(hz-f) < 0.025*f {
			return true
		}
	}
	return false
}
