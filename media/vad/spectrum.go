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
	bands    = 7
	hzPerBin = 8000.0 / points
)

// edges of the bands in bins: 218, 406, 593, 906, 1312, 1906, 2593, 3500 Hz. They begin above
// mains hum and its strong harmonics.
var edges = [bands + 1]int{7, 13, 19, 29, 42, 61, 83, 112}

// Tables of the transform; written by init.
var (
	window   [points]float32
	reversed [half]uint8
	sin, cos [half]float32    // e^(-2πi k/points)
	turns    [half][2]float32 // e^(-πi k/size) from size+k on, for each stage of that size: cosine, sine
)

func init() {
	for i := range window {
		window[i] = float32((0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/points)) / 32768)
	}
	for i := range half {
		reversed[i] = bits.Reverse8(uint8(i)) >> 1
		y, x := math.Sincos(-2 * math.Pi * float64(i) / points)
		sin[i], cos[i] = float32(y), float32(x)
	}
	for size := 1; size < half; size *= 2 {
		for k := range size {
			y, x := math.Sincos(-math.Pi * float64(k) / float64(size))
			turns[size+k] = [2]float32{float32(x), float32(y)}
		}
	}
}

// spectrum keeps the last 32 ms. What a gateway keeps for each of thousands of calls is seldom in
// the processor's cache when the next frame comes, so it is as little as possible.
type spectrum struct {
	past  [points]int16
	zeros int // samples of past, from the newest on, that are zero
}

// work is where a frame is looked at: all calls share a few.
type work struct {
	re, im [half]float32
	power  [half]float32 // of each bin
}

var works = sync.Pool{New: func() any { return new(work) }}

// push adds a frame and returns the level of each band in dBFS (a full-scale sine is 0) and of
// all bands together.
func (s *spectrum) push(w *work, pcm []int16) (level [bands]float32, all float32) {
	copy(s.past[:], s.past[len(pcm):])
	fresh := s.past[points-len(pcm):]
	loud := int16(0)
	for i, v := range pcm {
		fresh[i] = v
		loud |= v
	}
	if s.zeros += len(pcm); loud != 0 {
		s.zeros = 0
	}
	if s.zeros >= points { // digital silence, as of a line on which nothing comes
		s.zeros, w.power = points, [half]float32{}
	} else {
		w.transform(&s.past)
	}
	total := float32(0)
	for b := range level {
		sum := float32(1e-9) // -90 dBFS
		for _, p := range w.power[edges[b]:edges[b+1]] {
			sum += p
		}
		total += sum
		level[b] = decibel(sum)
	}
	return level, decibel(total)
}

func decibel(power float32) float32 { return float32(10 * math.Log10(float64(power))) }

// transform fills power: a real transform of 256 points by a complex one of 128, scaled so that
// a full-scale sine gives 1 in all.
func (w *work) transform(past *[points]int16) {
	re, im := &w.re, &w.im
	for i := 0; i < half; i += 4 { // the first two stages turn by quarters only
		var x, y [4]float32
		for k := range x {
			j := int(reversed[i+k]&(half-1)) * 2
			x[k], y[k] = float32(past[j])*window[j], float32(past[j+1])*window[j+1]
		}
		ax, ay, bx, by := x[0]+x[1], y[0]+y[1], x[0]-x[1], y[0]-y[1]
		cx, cy, dx, dy := x[2]+x[3], y[2]+y[3], y[2]-y[3], x[3]-x[2]
		re[i], im[i], re[i+2], im[i+2] = ax+cx, ay+cy, ax-cx, ay-cy
		re[i+1], im[i+1], re[i+3], im[i+3] = bx+dx, by+dy, bx-dx, by-dy
	}
	for size := 4; size < half; size *= 2 {
		turn := turns[size : 2*size]
		for from := 0; from < half; from += 2 * size {
			r0, i0 := re[from:][:len(turn)], im[from:][:len(turn)]
			r1, i1 := re[from+size:][:len(turn)], im[from+size:][:len(turn)]
			for k, t := range turn {
				x, y := r1[k]*t[0]-i1[k]*t[1], r1[k]*t[1]+i1[k]*t[0]
				r1[k], i1[k] = r0[k]-x, i0[k]-y
				r0[k], i0[k] = r0[k]+x, i0[k]+y
			}
		}
	}
	// Parseval with a Hann window: mean of window² is 3/8, a sine's power 1/2.
	const scale = 2 * 2 / (points * points * 3.0 / 8) / 4
	w.power[0] = 0
	for k := 1; k < half; k++ {
		m := half - k
		evenRe, evenIm := re[k]+re[m], im[k]-im[m]
		oddRe, oddIm := im[k]+im[m], re[m]-re[k]
		x := evenRe + oddRe*cos[k] - oddIm*sin[k]
		y := evenIm + oddRe*sin[k] + oddIm*cos[k]
		w.power[k] = (x*x + y*y) * scale
	}
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
