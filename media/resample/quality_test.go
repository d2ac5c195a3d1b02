package resample

import (
	"fmt"
	"math"
	"testing"
	"time"
)

// quality is what a converter does to sound. Tones are half as loud as can be.
type quality struct {
	ripple float64 // most deviation of the level up to 0.85 of the lower Nyquist frequency, dB
	edge   float64 // level at 0.95 of it, dB
	stop   float64 // loudest image or alias of any tone, dB
	snr    float64 // of a tone at 1 kHz against everything else, dB
	delay  time.Duration
}

// measure finds out about a converter; open makes one at rest.
func measure(from, to int, open func() (process func(src []int16) []int16)) (q quality) {
	low := float64(min(from, to)) / 2
	tone := func(hz float64) []int16 { // a quarter of a second
		pcm := make([]int16, from/4)
		for i := range pcm {
			pcm[i] = int16(math.Round(16000 * math.Sin(2*math.Pi*hz*float64(i)/float64(from))))
		}
		return open()(pcm)
	}
	for part := 0.02; part <= 0.851; part += 0.02 {
		q.ripple = max(q.ripple, math.Abs(strength(tone(part*low), part*low, to)))
	}
	q.edge = strength(tone(0.95*low), 0.95*low, to)
	q.stop = -200
	if from > to { // what is above folds back
		for hz := low * 1.001; hz < float64(from)/2; hz += low / 20 {
			alias := math.Abs(hz - float64(to)*math.Round(hz/float64(to)))
			q.stop = max(q.stop, strength(tone(hz), alias, to))
		}
	} else { // what is below appears above
		for part := 0.02; part < 1; part += 0.05 {
			out := tone(part * low)
			for k := 1; k*from < to; k++ {
				q.stop = max(q.stop, strength(out, float64(k*from)-part*low, to), strength(out, float64(k*from)+part*low, to))
			}
		}
	}
	q.snr = purity(tone(1000), 1000, to)
	impulse := make([]int16, from/10)
	impulse[0] = 32000
	peak, at := int16(0), 0
	for i, v := range open()(impulse) {
		if v > peak {
			peak, at = v, i
		}
	}
	q.delay = time.Duration(at) * time.Second / time.Duration(to)
	return q
}

// strength is the level of hz, in dB against the tone that was sent.
func strength(pcm []int16, hz float64, rate int) float64 {
	pcm = pcm[len(pcm)/8 : len(pcm)*7/8]
	var re, im, sum float64
	for i, v := range pcm {
		w := blackman(i, len(pcm))
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		re, im, sum = re+w*float64(v)*c, im+w*float64(v)*s, sum+w
	}
	return 20 * math.Log10(2*math.Hypot(re, im)/sum/16000+1e-10)
}

// purity is the ratio of a tone to what is left when it is taken out, by least squares.
func purity(pcm []int16, hz float64, rate int) float64 {
	pcm = pcm[len(pcm)/8 : len(pcm)*7/8]
	pcm = pcm[:len(pcm)/(rate/100)*(rate/100)] // whole periods
	var a, b float64
	for i, v := range pcm {
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		a, b = a+float64(v)*c, b+float64(v)*s
	}
	a, b = 2*a/float64(len(pcm)), 2*b/float64(len(pcm))
	var noise float64
	for i, v := range pcm {
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		e := float64(v) - a*c - b*s
		noise += e * e
	}
	return 10 * math.Log10((a*a+b*b)/2/(noise/float64(len(pcm))))
}

func blackman(i, n int) float64 {
	x := 2 * math.Pi * float64(i) / float64(n)
	return 0.35875 - 0.48829*math.Cos(x) + 0.14128*math.Cos(2*x) - 0.01168*math.Cos(3*x)
}

// legs are the ratios between the legs of calls.
var legs = [][2]int{{8000, 16000}, {16000, 8000}, {8000, 48000}, {48000, 8000}, {16000, 48000}, {48000, 16000}}

func ours(from, to int) func() func([]int16) []int16 {
	return func() func([]int16) []int16 {
		r, err := New(from, to)
		if err != nil {
			panic(err)
		}
		var out []int16
		return func(src []int16) []int16 { out = r.Process(out[:0], src); return out }
	}
}

func (q quality) String() string {
	return fmt.Sprintf("ripple ±%.3f dB, %.1f dB at 0.95, images and aliases %.1f dB, SNR %.1f dB, %.2f ms late", q.ripple, q.edge, q.stop, q.snr, q.delay.Seconds()*1000)
}

// TestQuality: what the package comment promises.
func TestQuality(t *testing.T) {
	t.Parallel()
	for _, r := range legs {
		t.Run(fmt.Sprint(r), func(t *testing.T) {
			t.Parallel()
			q := measure(r[0], r[1], ours(r[0], r[1]))
			t.Log(q)
			if q.ripple > 0.02 || q.stop > -80 || q.snr < 90 || q.delay > 4500*time.Microsecond {
				t.Errorf("%v; want ripple 0.02 dB, nothing above -80 dB, 90 dB of SNR, 4.5 ms", q)
			}
		})
	}
}
