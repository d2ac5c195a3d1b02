package resample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func sine(hz float64, rate, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		out[i] = int16(8000 * math.Sin(2*math.Pi*hz*float64(i)/float64(rate)))
	}
	return out
}

// level is the peak level of hz, in dB relative to sine's.
func level(pcm []int16, hz float64, rate int) float64 {
	pcm = pcm[len(pcm)/4 : len(pcm)*3/4]
	var re, im float64
	for i, v := range pcm {
		w := 0.5 - 0.5*math.Cos(2*math.Pi*float64(i)/float64(len(pcm)))
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / float64(rate))
		re, im = re+w*float64(v)*c, im+w*float64(v)*s
	}
	return 20 * math.Log10(4*math.Hypot(re, im)/float64(len(pcm))/8000+1e-9)
}

var ratios = [][2]int{{22050, 8000}, {16000, 8000}, {8000, 16000}, {48000, 8000}, {8000, 48000}, {24000, 8000}, {44100, 16000}, {16000, 48000}, {48000, 16000}}

func TestPassbandAndAliases(t *testing.T) {
	t.Parallel()
	for _, r := range ratios {
		t.Run(fmt.Sprint(r), func(t *testing.T) {
			t.Parallel()
			low := min(r[0], r[1])
			for _, hz := range []float64{300, 1000, 3400 * float64(low) / 8000} {
				c, err := New(r[0], r[1])
				if err != nil {
					t.Fatal(err)
				}
				out := c.Process(nil, sine(hz, r[0], r[0]))
				if l := level(out, hz, r[1]); math.Abs(l) > 0.5 {
					t.Errorf("%v Hz comes out at %.2f dB", hz, l)
				}
			}
			if r[0] <= r[1] {
				return
			}
			hz := float64(low)/2*1.2 + 37 // above the new Nyquist frequency: folds back when not filtered
			c, _ := New(r[0], r[1])
			out := c.Process(nil, sine(hz, r[0], r[0]))
			if l := level(out, float64(low)-hz, r[1]); l > -60 {
				t.Errorf("%v Hz leaves an alias at %.1f dB", hz, l)
			}
		})
	}
}

func TestPiecesJoinWithoutASeam(t *testing.T) {
	t.Parallel()
	for _, r := range ratios {
		in := sine(700, r[0], 9001)
		whole, _ := New(r[0], r[1])
		want := whole.Flush(whole.Process(nil, in))
		parts, _ := New(r[0], r[1])
		var got []int16
		for i, k := 0, 1; i < len(in); i, k = i+k, k%337+7 {
			got = parts.Process(got, in[i:min(i+k, len(in))])
		}
		got = parts.Flush(got)
		if !slices.Equal(got, want) {
			t.Errorf("%v: %d samples in pieces differ from %d at once", r, len(got), len(want))
		}
		if want := (len(in) + whole.Delay()) * r[1] / r[0]; len(got) < want-1 || len(got) > want+1 {
			t.Errorf("%v: %d samples with what was inside, want %d", r, len(got), want)
		}
	}
}

func TestBadRates(t *testing.T) {
	t.Parallel()
	for _, r := range [][2]int{{0, 8000}, {8000, -1}, {8000, 1 << 20}, {44101, 47999}} {
		if _, err := New(r[0], r[1]); err == nil {
			t.Errorf("New(%d, %d) accepted", r[0], r[1])
		}
	}
}

// TestVectors: the loop for vectors and the plain one agree, at every length.
func TestVectors(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 1))
	for n := 0; n <= 176; n += lanes {
		for _, taps := range []int{1, 2, 63, 64} {
			x, c := make([]float32, n+taps+3), make([]float32, taps)
			for i := range x {
				x[i] = float32(r.NormFloat64() * 8000)
			}
			for i := range c {
				c[i] = float32(r.NormFloat64())
			}
			a, b := make([]float32, n+1), make([]float32, n+1)
			fir(a[:n], x, c)
			firGo(b[:n], x, c)
			for i := range a {
				if d := math.Abs(float64(a[i] - b[i])); d > 1 || i == n && a[i] != 0 {
					t.Fatalf("%d outputs, %d taps: output %d is %v and %v", n, taps, i, a[i], b[i])
				}
			}
		}
	}
}

func TestNoAllocation(t *testing.T) {
	for _, r := range ratios {
		c, _ := New(r[0], r[1])
		in, out := sine(500, r[0], r[0]/50), make([]int16, 0, r[1])
		if n := testing.AllocsPerRun(50, func() { out = c.Process(out[:0], in) }); n != 0 {
			t.Errorf("%v: %v allocations", r, n)
		}
	}
}

// Benchmark is one 20 ms frame of each ratio.
func Benchmark(b *testing.B) {
	for _, r := range ratios {
		b.Run(fmt.Sprintf("%d to %d", r[0], r[1]), func(b *testing.B) {
			c, _ := New(r[0], r[1])
			in, out := sine(500, r[0], r[0]/50), make([]int16, 0, r[1]/50+8)
			b.ReportAllocs()
			for b.Loop() {
				out = c.Process(out[:0], in)
			}
		})
	}
}
