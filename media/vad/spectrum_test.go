package vad

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The fast transform is the slow one.
func TestTransform(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 3))
	var p past
	var w work
	for _, n := range []int{160, 160, 160, 77, 160, 1, 160} { // the ring turns over, in odd places too
		pcm := make([]int16, n)
		for i := range pcm {
			pcm[i] = int16(8000 * r.NormFloat64() / 3)
		}
		p.push(pcm)
		w.levels(&p)
		for k := 1; k < half; k++ {
			re, im := 0.0, 0.0
			for i := range points {
				x := float64(p.ring[(p.at-points+i)&(kept-1)]) / 32768 * (0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/points))
				y, c := math.Sincos(-2 * math.Pi * float64(k*i) / points)
				re, im = re+x*c, im+x*y
			}
			want := (re*re + im*im) * 4 / (points * points * 3.0 / 8)
			if got := float64(w.power[k]); math.Abs(got-want) > 1e-6*(want+1e-3) {
				t.Fatalf("bin %d: %v, want %v", k, got, want)
			}
		}
	}
}

func TestDecibel(t *testing.T) {
	t.Parallel()
	for x := 1e-9; x < 100; x *= 1.0137 {
		if got, want := float64(decibel(float32(x))), 10*math.Log10(float64(float32(x))); math.Abs(got-want) > 2e-5 {
			t.Errorf("%g: %v dB, want %v", x, got, want)
		}
	}
}

// A pitch that is looked for now and then is the one that would be found by looking at every frame,
// also when more was missed than is kept.
func TestPitchCatchesUp(t *testing.T) {
	t.Parallel()
	for _, size := range []int{160, 159, 80} {
		r := rand.New(rand.NewPCG(4, 4))
		var always, seldom pitch
		var a, b past
		for n := range 2000 {
			pcm := make([]int16, size)
			for i := range pcm {
				pcm[i] = int16(3000*math.Sin(2*math.Pi*130*float64(n*size+i)/8000) + 600*r.NormFloat64() + 5000*math.Sin(float64(n)/9))
			}
			a.push(pcm)
			b.push(pcm)
			want := always.correlate(&a)
			if r.IntN(8) > 0 {
				continue
			}
			if got := seldom.correlate(&b); math.Abs(got-want) > 1e-4 || math.Abs(float64(always.lag-seldom.lag)) > 1e-3 {
				t.Fatalf("frame %d of %d samples: %.6f at %v, want %.6f at %v", n, size, got, seldom.lag, want, always.lag)
			}
		}
	}
}
