package g722

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gotranspile/g722"
)

// sound is a second of something: a sweep, noise, steps, silence, each at several levels.
func sounds() map[string][]int16 {
	r := rand.New(rand.NewPCG(7, 22))
	out := map[string][]int16{"silence": make([]int16, 16000)}
	for name, level := range map[string]float64{" soft": 40, " normal": 6000, " loud": 24000} {
		sweep, noise, steps := make([]int16, 16000), make([]int16, 16000), make([]int16, 16000)
		phase := 0.0
		for i := range sweep {
			phase += 2 * math.Pi * (50 + 7900*float64(i)/16000) / 16000
			sweep[i] = int16(level * math.Sin(phase))
			noise[i] = int16(level / 3 * max(-3, min(3, r.NormFloat64())))
			steps[i] = int16(level * float64(i/100%3-1))
		}
		out["sweep"+name], out["noise"+name], out["steps"+name] = sweep, noise, steps
	}
	return out
}

// TestAgainstReference: the same bytes as spandsp's encoder, the same samples as its decoder,
// unless these wrapped around.
func TestAgainstReference(t *testing.T) {
	t.Parallel()
	for name, pcm := range sounds() {
		theirs := make([]byte, len(pcm)/2)
		g722.NewEncoder(g722.Rate64000, 0).Encode(theirs, pcm)
		e := NewEncoder()
		var ours []byte
		for rest := pcm; len(rest) > 0; rest = rest[min(len(rest), 314):] { // in pieces
			ours = e.Encode(ours, rest[:min(len(rest), 314)])
		}
		if !bytes.Equal(ours, theirs) {
			t.Errorf("%s: coded otherwise than the reference does", name)
		}
		want := make([]int16, len(pcm))
		g722.NewDecoder(g722.Rate64000, 0).Decode(want, theirs)
		got := make([]int16, len(pcm))
		d, n := NewDecoder(), 0
		for rest := theirs; len(rest) > 0; rest = rest[min(len(rest), 157):] {
			n += d.Decode(got[n:], rest[:min(len(rest), 157)])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: decoded otherwise than the reference does", name)
		}
	}
}

// Any bytes are a legal code, so the decoders can be compared on noise; only where the sum of both
// bands is out of range do they differ.
func TestAgainstReferenceOnNoise(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	code := make([]byte, 1<<15)
	for i := range code {
		code[i] = byte(r.Uint32())
	}
	want, got := make([]int16, 2*len(code)), make([]int16, 2*len(code))
	g722.NewDecoder(g722.Rate64000, 0).Decode(want, code)
	NewDecoder().Decode(got, code)
	wrapped := 0
	for i := range got {
		switch {
		case got[i] == want[i]:
		case got[i] == 32767 || got[i] == -32768:
			wrapped++
		default:
			t.Fatalf("sample %d is %d, the reference says %d", i, got[i], want[i])
		}
	}
	t.Logf("%d of %d samples wrapped around in the reference", wrapped, len(got))
}

// TestLoudStaysLoud: at full scale the reference cracks.
func TestLoudStaysLoud(t *testing.T) {
	t.Parallel()
	pcm := make([]int16, 16000)
	for i := range pcm {
		pcm[i] = int16(32767 * math.Sin(2*math.Pi*1000*float64(i)/16000))
	}
	out := make([]int16, len(pcm))
	NewDecoder().Decode(out, NewEncoder().Encode(nil, pcm))
	for i := 1000; i < len(out); i++ {
		if d := int(out[i]) - int(out[i-1]); max(d, -d) > 16000 {
			t.Fatalf("a step of %d at sample %d", d, i)
		}
	}
}

func TestOddLengths(t *testing.T) {
	t.Parallel()
	if got := NewEncoder().Encode(nil, make([]int16, 321)); len(got) != 161 {
		t.Errorf("321 samples are %d bytes", len(got))
	}
	if n := NewDecoder().Decode(make([]int16, 7), make([]byte, 160)); n != 6 {
		t.Errorf("wrote %d samples into room for 7", n)
	}
}

func Benchmark(b *testing.B) {
	pcm := sounds()["noise normal"][:320]
	code := make([]byte, 0, 160)
	b.Run("encode", func(b *testing.B) {
		e := NewEncoder()
		b.ReportAllocs()
		for b.Loop() {
			code = e.Encode(code[:0], pcm)
		}
	})
	b.Run("decode", func(b *testing.B) {
		d, out := NewDecoder(), make([]int16, 320)
		b.ReportAllocs()
		for b.Loop() {
			d.Decode(out, code)
		}
	})
}
