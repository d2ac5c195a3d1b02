// Package resample changes sample rates by polyphase windowed-sinc filters: 22,050 to 8,000 Hz
// for prompts, 16,000 and 48,000 to and from the phone's 8,000. The prototype low-pass is a
// Kaiser-windowed sinc (Oppenheim and Schafer, Discrete-Time Signal Processing, §7.6), cut into
// one filter a phase; stop-band attenuation is 70 dB, the pass band ends at 0.9 of the lower
// Nyquist frequency.
package resample

import (
	"fmt"
	"math"
	"sync"
)

const (
	zeros    = 24   // zero crossings of the sinc on each side, at the lower rate
	kaiser   = 6.76 // beta for 70 dB
	passband = 0.93 // of the lower Nyquist frequency: the -6 dB point
	maxRatio = 640  // phases: bounds the table
)

// Resampler converts one stream. It keeps the end of what it was given, so that pieces of any
// length join without a seam. Not safe for concurrent use.
type Resampler struct {
	up, down int         // output:input rate in lowest terms
	taps     [][]float32 // one filter a phase, oldest sample first
	n        int         // taps a phase
	hist     []float32   // the last n-1 input samples, then the new ones
	phase    int         // position of the next output sample between two inputs
	skip     int         // inputs still to pass before the next output
}

// tables are shared: a filter depends on the ratio only.
var tables sync.Map // [2]int -> [][]float32

// New returns a converter from one rate to another, both in Hz, between 4,000 and 192,000.
func New(from, to int) (*Resampler, error) {
	if from < 4000 || from > 192000 || to < 4000 || to > 192000 {
		return nil, fmt.Errorf("resample: %d to %d Hz: rates are between 4000 and 192000", from, to)
	}
	g := gcd(from, to)
	r := &Resampler{up: to / g, down: from / g}
	if r.up > maxRatio {
		return nil, fmt.Errorf("resample: %d to %d Hz needs %d phases, more than %d; choose a rate with a common divisor", from, to, r.up, maxRatio)
	}
	if t, ok := tables.Load([2]int{r.up, r.down}); ok {
		r.taps = t.([][]float32)
	} else {
		r.taps = design(r.up, r.down)
		tables.Store([2]int{r.up, r.down}, r.taps)
	}
	r.n = len(r.taps[0])
	r.hist = make([]float32, r.n-1, r.n-1+4096)
	return r, nil
}

// Delay is how many input samples later a sound comes out.
func (r *Resampler) Delay() int { return r.n / 2 }

// Process appends src, converted, to dst and returns it.
func (r *Resampler) Process(dst, src []int16) []int16 {
	if r.up == r.down {
		return append(dst, src...)
	}
	for _, v := range src {
		r.hist = append(r.hist, float32(v))
	}
	at := r.skip
	for at+r.n <= len(r.hist) {
		f := r.taps[r.phase]
		x := r.hist[at : at+len(f)]
		var s float32
		for i, c := range f {
			s += c * x[i]
		}
		dst = append(dst, round(s))
		r.phase += r.down
		at += r.phase / r.up
		r.phase %= r.up
	}
	if keep := len(r.hist) - (r.n - 1); at <= keep {
		r.hist = append(r.hist[:0], r.hist[at:]...)
		r.skip = 0
	} else {
		r.skip = at - keep
		r.hist = append(r.hist[:0], r.hist[keep:]...)
	}
	return dst
}

// Flush appends what is still inside the filter and begins anew.
func (r *Resampler) Flush(dst []int16) []int16 {
	if r.up != r.down {
		dst = r.Process(dst, make([]int16, r.Delay()))
		r.hist = append(r.hist[:0], make([]float32, r.n-1)...)
		r.phase, r.skip = 0, 0
	}
	return dst
}

// design cuts a Kaiser-windowed sinc into phases. Each phase sums to one, so that a steady
// level stays what it was.
func design(up, down int) [][]float32 {
	ratio := math.Min(1, float64(up)/float64(down)) // bandwidth relative to the input's
	half := int(math.Ceil(zeros / ratio))
	n := 2 * half
	cut := passband * ratio
	taps := make([][]float32, up)
	for p := range taps {
		f := make([]float32, n)
		h := make([]float64, n)
		var sum float64
		for i := range h {
			t := float64(i-half+1) - float64(p)/float64(up) // input samples from the output's place
			h[i] = sinc(cut*t) * window(t/float64(half))
			sum += h[i]
		}
		for i := range f {
			f[i] = float32(h[i] / sum)
		}
		taps[p] = f
	}
	return taps
}

func sinc(x float64) float64 {
	if x == 0 {
		return 1
	}
	return math.Sin(math.Pi*x) / (math.Pi * x)
}

func window(x float64) float64 {
	if x <= -1 || x >= 1 {
		return 0
	}
	return bessel(kaiser*math.Sqrt(1-x*x)) / bessel(kaiser)
}

// bessel is the modified Bessel function of order zero, by its power series.
func bessel(x float64) float64 {
	sum, term := 1.0, 1.0
	for k := 1; k < 60 && term > 1e-12*sum; k++ {
		term *= (x / 2 / float64(k)) * (x / 2 / float64(k))
		sum += term
	}
	return sum
}

func round(v float32) int16 {
	switch {
	case v >= 32767:
		return 32767
	case v <= -32768:
		return -32768
	case v < 0:
		return int16(v - 0.5)
	}
	return int16(v + 0.5)
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
