package g711

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"testing"
)

type law struct {
	name    string
	encode  func([]byte, []int16)
	decode  func([]int16, []byte)
	silence byte
}

var laws = []law{
	{"alaw", EncodeA, DecodeA, SilenceA},
	{"ulaw", EncodeU, DecodeU, SilenceU},
}

func (l law) enc(s int) byte { b := []byte{0}; l.encode(b, []int16{int16(s)}); return b[0] }
func (l law) dec(c byte) int { p := []int16{0}; l.decode(p, []byte{c}); return int(p[0]) }

// The fixture was computed by others' code (testdata/README.md).
func TestAgainstReference(t *testing.T) {
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			f, err := os.Open("testdata/" + l.name + ".tsv")
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			r := csv.NewReader(f)
			r.Comma = '\t'
			rows, err := r.ReadAll()
			if err != nil || len(rows) != 257 {
				t.Fatalf("%d rows, %v; want a header and 256", len(rows), err)
			}
			covered := 0
			for _, row := range rows[1:] {
				code, _ := strconv.Atoi(row[0])
				want, _ := strconv.Atoi(row[1])
				if got := l.dec(byte(code)); got != want {
					t.Errorf("code %#02x decodes to %d, want %d", code, got, want)
				}
				if row[2] == "-" {
					continue // no sample encodes to this code
				}
				first, _ := strconv.Atoi(row[2])
				last, _ := strconv.Atoi(row[3])
				for s := first; s <= last; s++ {
					covered++
					if got := l.enc(s); got != byte(code) {
						t.Fatalf("sample %d encodes to %#02x, want %#02x", s, got, code)
					}
				}
			}
			if covered != 1<<16 {
				t.Errorf("the fixture covers %d samples, want all 65536", covered)
			}
		})
	}
}

// A decoded code encodes to the same value again; a louder sample never comes back quieter; and
// the error stays within half a step, which is 1/32 of the lower end of each segment.
func TestRoundTrip(t *testing.T) {
	for _, l := range laws {
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			for c := range 256 {
				value := l.dec(byte(c))
				if back := l.enc(value); l.dec(back) != value {
					t.Errorf("code %#02x decodes to %d, which encodes to %#02x", c, value, back)
				}
			}
			before := math.MinInt
			for s := math.MinInt16; s <= math.MaxInt16; s++ {
				got := l.dec(l.enc(s))
				if got < before {
					t.Fatalf("sample %d comes back as %d, the one below it as %d", s, got, before)
				}
				before = got
				if off := abs(got - s); off > abs(s)/32+8 {
					t.Fatalf("sample %d is off by %d", s, off)
				}
			}
		})
	}
}

// Sine at -10 dBm0: G.712 asks ≥ 33 dB signal to distortion.
func TestSignalToNoise(t *testing.T) {
	for _, l := range laws {
		for _, amplitude := range []float64{1000, 8000, 30000} {
			var signal, noise float64
			for i := range 8000 {
				s := int(amplitude * math.Sin(2*math.Pi*1020*float64(i)/8000))
				e := float64(l.dec(l.enc(s)) - s)
				signal += float64(s) * float64(s)
				noise += e * e
			}
			if db := 10 * math.Log10(signal/noise); db < 33 {
				t.Errorf("%s at amplitude %v: %.1f dB signal to noise, want 33", l.name, amplitude, db)
			}
		}
	}
}

func TestSilence(t *testing.T) {
	for _, l := range laws {
		if got := l.enc(0); got != l.silence {
			t.Errorf("%s: zero encodes to %#02x, want %#02x", l.name, got, l.silence)
		}
		if got := l.dec(l.silence); abs(got) > 8 {
			t.Errorf("%s: silence decodes to %d", l.name, got)
		}
	}
}

// dst may be longer than the source; what is behind stays as it was.
func TestLeavesTheRestAlone(t *testing.T) {
	b, p := []byte{1, 2, 3}, []int16{1, 2, 3}
	EncodeA(b, p[:1])
	DecodeU(p, b[:2])
	if b[2] != 3 || p[2] != 3 {
		t.Errorf("wrote behind the end: %v %v", b, p)
	}
}

func abs(x int) int { return max(x, -x) }

func Benchmark(b *testing.B) {
	pcm, code := make([]int16, 160), make([]byte, 160)
	for i := range pcm {
		pcm[i] = int16(12000 * math.Sin(float64(i)/5))
	}
	for _, l := range laws {
		b.Run("encode/"+l.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.encode(code, pcm)
			}
		})
		b.Run("decode/"+l.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.decode(pcm, code)
			}
		})
	}
}
