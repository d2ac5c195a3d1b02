package vad

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Sounds are made at 8000 Hz with a given level of their active part in dBFS.

func gain(db float64) float64 { return math.Pow(10, db/20) }

// level is the mean power in dBFS; a full-scale sine is 0.
func level(pcm []int16) float64 {
	sum := 1e-9
	for _, s := range pcm {
		sum += float64(s) * float64(s)
	}
	return 10 * math.Log10(2*sum/float64(len(pcm))/32768/32768)
}

func scaled(pcm []float64, db float64) []int16 {
	sum := 1e-12
	for _, x := range pcm {
		sum += x * x
	}
	k := gain(db) / math.Sqrt(2*sum/float64(len(pcm)))
	out := make([]int16, len(pcm))
	for i, x := range pcm {
		out[i] = int16(max(-32768, min(32767, x*k*32768)))
	}
	return out
}

// noises are steady, each with its colour.
var noises = map[string]func(r *rand.Rand, n int) []float64{
	"white": func(r *rand.Rand, n int) []float64 { return coloured(r, n, 0) },
	"pink":  func(r *rand.Rand, n int) []float64 { return coloured(r, n, 0.85) },
	"car":   func(r *rand.Rand, n int) []float64 { return coloured(r, n, 0.97) },
	"line": func(r *rand.Rand, n int) []float64 { // mains hum with harmonics, and hiss
		out := coloured(r, n, 0)
		for i := range out {
			t := float64(i) / 8000
			out[i] *= 0.2
			for k, a := range []float64{3, 0.5, 1, 0.3, 0.4} {
				out[i] += a * math.Sin(2*math.Pi*50*float64(k+1)*t)
			}
		}
		return out
	},
}

func coloured(r *rand.Rand, n int, pole float64) []float64 {
	out, y := make([]float64, n), 0.0
	for i := range out {
		y = pole*y + r.NormFloat64()
		out[i] = y
	}
	return out
}

// fires returns how many frames of 20 ms say speech.
func fires(d *Detector, pcm []int16) (n int) {
	for ; len(pcm) >= 160; pcm = pcm[160:] {
		if d.Push(pcm[:160]) >= 0.5 {
			n++
		}
	}
	return n
}

func mixed(a, b []int16) []int16 {
	out := append([]int16(nil), a...)
	for i := range min(len(a), len(b)) {
		out[i] = int16(max(-32768, min(32767, int(a[i])+int(b[i]))))
	}
	return out
}

// Steady noise from its first sample on, also when it begins suddenly or is loud.
func TestSteadyNoiseIsNoSpeech(t *testing.T) {
	t.Parallel()
	for name, noise := range noises {
		for _, db := range []float64{-70, -50, -35, -20} {
			r := rand.New(rand.NewPCG(1, 2))
			d := New(DefaultConfig())
			pcm := scaled(noise(r, 10*8000), db)
			pcm = append(make([]int16, 4000), pcm...)
			if n := fires(d, pcm); n > 0 {
				t.Errorf("%s at %v dBFS: %d of 500 frames are speech", name, db, n)
			}
		}
	}
}

func TestClicksAndTonesAreNoSpeech(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	hiss := scaled(coloured(r, 8*8000, 0.5), -60)
	for name, sound := range map[string]func(t float64) float64{
		"click of 5 ms every 500 ms": func(t float64) float64 {
			if math.Mod(t, 0.5) < 0.005 {
				return r.NormFloat64()
			}
			return 0
		},
		"knock of 30 ms every 430 ms": func(t float64) float64 {
			u := math.Mod(t, 0.43)
			return math.Exp(-u/0.005) * math.Sin(2*math.Pi*240*u)
		},
		"keyboard": func(t float64) float64 {
			if math.Mod(t, 0.21) < 0.03 {
				return r.NormFloat64()
			}
			return 0
		},
		"hum": func(t float64) float64 { return math.Sin(2*math.Pi*50*t) + 0.5*math.Sin(2*math.Pi*150*t) },
		"ringback": func(t float64) float64 {
			if math.Mod(t, 5) < 1.5 {
				return math.Sin(2 * math.Pi * 440 * t)
			}
			return 0
		},
		"beep": func(t float64) float64 {
			if math.Mod(t, 2) < 0.4 {
				return math.Sin(2 * math.Pi * 1000 * t)
			}
			return 0
		},
	} {
		raw := make([]float64, len(hiss))
		for i := range raw {
			raw[i] = sound(float64(i) / 8000)
		}
		if n := fires(New(DefaultConfig()), mixed(scaled(raw, -26), hiss)); n > 0 {
			t.Errorf("%s: %d frames are speech", name, n)
		}
	}
}

// All sixteen keys, with the twist and the frequency error that Q.24 allows.
func TestDTMFIsNoSpeech(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for _, off := range []float64{0.985, 1, 1.015} {
		for _, twist := range []float64{-6, 0, 4} {
			d := New(DefaultConfig())
			for _, low := range dtmfLow {
				for _, high := range dtmfHigh {
					raw := make([]float64, 2400) // 100 ms of key, 200 ms of nothing
					for i := range 800 {
						x := 2 * math.Pi * float64(i) / 8000
						raw[i] = math.Sin(x*low*off) + gain(twist)*math.Sin(x*high*off)
					}
					pcm := mixed(scaled(raw, -20), scaled(coloured(r, len(raw), 0), -60))
					if n := fires(d, pcm); n > 0 {
						t.Errorf("%.0f + %.0f Hz (× %v, twist %v dB): %d frames are speech", low, high, off, twist, n)
					}
				}
			}
		}
	}
}

// A vowel is heard in its third frame at the latest, also in frames of 10 ms, and is over soon
// after its end.
func TestVowel(t *testing.T) {
	t.Parallel()
	for _, hz := range []float64{90, 120, 210, 260} {
		for _, size := range []int{80, 120, 160} {
			r := rand.New(rand.NewPCG(7, 8))
			raw := make([]float64, 12000)
			for i := 4000; i < 8000; i++ { // a sawtooth through two formants, roughly
				for k := 1.0; k*hz < 3600; k++ {
					f := k * hz
					a := 1/(1+math.Pow((f-600)/150, 2)) + 0.5/(1+math.Pow((f-1400)/200, 2)) + 0.02
					raw[i] += a * math.Sin(2*math.Pi*f*float64(i)/8000)
				}
			}
			pcm := mixed(scaled(raw, -26), scaled(coloured(r, len(raw), 0), -55))
			d := New(DefaultConfig())
			first, last := -1, -1
			for i := 0; i+size <= len(pcm); i += size {
				if d.Push(pcm[i:i+size]) >= 0.5 {
					if first < 0 {
						first = i + size
					}
					last = i + size
				}
			}
			if first < 4000 || first > 4000+480 || last < 8000 || last > 8000+800 {
				t.Errorf("%v Hz in frames of %d: heard from %d to %d, is from 4000 to 8000", hz, size, first, last)
			}
		}
	}
}

func TestAnyLength(t *testing.T) {
	t.Parallel()
	d := New(DefaultConfig())
	for _, n := range []int{0, 1, 2, 3, 79, 161, 320, 8000} {
		if p := d.Push(make([]int16, n)); !(p >= 0 && p <= 1) {
			t.Errorf("%d samples: probability %v", n, p)
		}
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 9))
	pcm := scaled(coloured(r, 8000, 0.9), -30)
	a, b := New(DefaultConfig()), New(DefaultConfig())
	fires(a, pcm)
	a.Reset()
	if *a != *b {
		t.Error("after Reset something is left")
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if p := DefaultConfig().Validate(); len(p) != 0 {
		t.Errorf("defaults: %v", p)
	}
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Margin: 1}, "margin_db: 1 is out of range; write 2 to 20, 4 is usual"},
		{Config{Margin: math.NaN()}, "margin_db: NaN is out of range; write 2 to 20, 4 is usual"},
		{Config{Quietest: 3}, "quietest_dbfs: 3 is out of range; write -80 to -20, -55 is usual"},
	} {
		if got := tt.cfg.Validate(); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%+v: %q, want %q", tt.cfg, got, tt.want)
		}
	}
}

// Any samples give a probability, and never NaN from then on.
func FuzzPush(f *testing.F) {
	f.Add([]byte{0, 0, 255, 127, 0, 128, 1, 2})
	f.Fuzz(func(t *testing.T, b []byte) {
		d := New(DefaultConfig())
		pcm := make([]int16, len(b)/2)
		for i := range pcm {
			pcm[i] = int16(b[2*i]) | int16(b[2*i+1])<<8
		}
		for range 3 {
			if p := d.Push(pcm); !(p >= 0 && p <= 1) {
				t.Fatalf("probability %v", p)
			}
		}
	})
}

// BenchmarkPush is one frame of what a call hears most of the time, and of a voice.
func BenchmarkPush(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	voice := make([]int16, 16000)
	for i := range voice {
		for k := 1; k < 20; k++ {
			voice[i] += int16(4000 / float64(k) * math.Sin(2*math.Pi*120*float64(k)*float64(i)/8000))
		}
	}
	for _, c := range []struct {
		name string
		pcm  []int16
	}{
		{"digital-silence", make([]int16, 16000)}, {"line-noise", scaled(coloured(r, 16000, 0.5), -62)},
		{"loud-noise", scaled(coloured(r, 16000, 0.9), -26)}, {"voice", voice},
	} {
		b.Run(c.name, func(b *testing.B) {
			d := New(DefaultConfig())
			b.ReportAllocs()
			for i := 0; b.Loop(); i = (i + 160) % 15840 {
				d.Push(c.pcm[i : i+160])
			}
		})
	}
}
