package vad

import (
	"math"
	"math/rand/v2"
	"testing"
)

// What one frame alone tells: a vowel is voiced, an "s" hisses, a breath and a key do neither
// (what is left of a key in the next frame's window may hiss). Each stands above half a second of a quiet line.
func TestOneFrameAlone(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	const n = 800 // 100 ms
	high := coloured(r, n, 0)
	for i := n - 1; i > 1; i-- { // twice the difference: noise of 3 kHz and more
		high[i] = high[i] - 2*high[i-1] + high[i-2]
	}
	vowel, key := make([]float64, n), make([]float64, n)
	for i := range vowel {
		for k := 1.0; k < 20; k++ {
			vowel[i] += math.Sin(2*math.Pi*120*k*float64(i)/8000) / k
		}
		key[i] = high[i] * math.Exp(-float64(i%400)/6)
	}
	for _, c := range []struct {
		name         string
		sound        []float64
		voiced, hiss bool
	}{
		{"a vowel", vowel, true, false},
		{"an s", high, false, true},
		{"a breath", coloured(r, n, 0.7), false, false},
		{"a key", key, false, false},
	} {
		d := New(DefaultConfig())
		for pcm := scaled(coloured(r, 4000, 0), -65); len(pcm) > 0; pcm = pcm[160:] {
			d.Push(pcm[:160])
		}
		if d.Vowel() != 0 || d.Sibilant() != 0 {
			t.Errorf("before %s a quiet line is a vowel of %.2f and a hiss of %.2f", c.name, d.Vowel(), d.Sibilant())
		}
		voiced, hiss, run := 0, 0, 0 // the last two: frames in a row
		for pcm := scaled(c.sound, -25); len(pcm) > 0; pcm = pcm[160:] {
			d.Push(pcm[:160])
			if d.Vowel() > 0.9 {
				voiced++
			}
			if run++; d.Sibilant() <= 0.42 {
				run = 0
			}
			hiss = max(hiss, run)
		}
		if (voiced >= 3) != c.voiced || voiced > 0 && !c.voiced || (hiss >= 3) != c.hiss || hiss > 1 && !c.hiss {
			t.Errorf("%s: %d frames voiced, %d in a row a hiss, of 5", c.name, voiced, hiss)
		}
	}
}
