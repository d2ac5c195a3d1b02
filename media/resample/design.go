package resample

import "math"

// The prototype low-pass. Phone bands want to be flat up to 3400 Hz and to have nothing left at
// 4000, where sound folds back: with 64 taps at the lower rate, that is 75 dB and more.
const (
	zeros    = 32    // zero crossings of the sinc on each side, at the lower rate: a delay of 4 ms
	kaiser   = 8.0   // beta for 80 dB
	passband = 0.918 // of the lower Nyquist frequency: the -6 dB point
)

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

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
