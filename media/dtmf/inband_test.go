package dtmf

import (
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/media/codec/g711"
)

// sound is a key as a test wants it.
type sound struct {
	key      byte
	row, col float64 // levels, dBm0
	off      float64 // of both frequencies
	dur, gap time.Duration
}

// line makes a line's samples of keys, with noise so many dB below the louder tone and after begin
// samples of silence, through A-law as a telephone sends it.
func line(keys []sound, rate int, snr float64, begin int) []int16 {
	rng := rand.New(rand.NewPCG(1, uint64(begin)))
	pcm := make([]int16, begin)
	for _, k := range keys {
		row, col, _ := keyOf(k.key)
		n := int(k.dur.Seconds() * float64(rate))
		for i := range n {
			t := 2 * math.Pi * float64(i) / float64(rate) * (1 + k.off)
			v := math.Sqrt(2*levelOf(k.row))*math.Sin(t*rows[row]+1) + math.Sqrt(2*levelOf(k.col))*math.Sin(t*columns[col]+2)
			pcm = append(pcm, int16(max(-32768, min(32767, v))))
		}
		pcm = append(pcm, make([]int16, int(k.gap.Seconds()*float64(rate)))...)
	}
	if snr > 0 {
		top := math.Sqrt(levelOf(max(keys[0].row, keys[0].col)) / ratio(snr))
		for i := range pcm {
			pcm[i] = int16(max(-32768, min(32767, float64(pcm[i])+top*rng.NormFloat64())))
		}
	}
	b := make([]byte, len(pcm))
	g711.EncodeA(b, pcm)
	g711.DecodeA(pcm, b)
	return pcm
}

// heard is what a fresh detector makes of a line, fed in frames of 20 ms.
func heard(t *testing.T, pcm []int16, rate int) string {
	t.Helper()
	d, err := NewDetector(rate)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for n := rate / 50; len(pcm) >= n; pcm = pcm[n:] {
		if k, _ := d.Push(pcm[:n]); k != 0 {
			out.WriteByte(k)
		}
	}
	return out.String()
}

const allKeys = "0123456789*#ABCD"

func every(row, col, off float64, dur, gap time.Duration) (keys []sound) {
	for i := range len(allKeys) {
		keys = append(keys, sound{allKeys[i], row, col, off, dur, gap})
	}
	return keys
}

const ms = time.Millisecond

// The limits of ITU-T Q.24: each key, wherever it begins, is heard once where it must be, and not
// where it must not.
func TestQ24(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		keys []sound
		snr  float64
		want bool
	}{
		{"usual", every(-8, -6, 0, 100*ms, 100*ms), 0, true},
		{"40 ms, 40 ms apart", every(-8, -6, 0, 40*ms, 40*ms), 0, true},
		{"40 ms, 40 ms apart, noise 15 dB below", every(-8, -8, 0, 40*ms, 40*ms), 15, true},
		{"weak", every(-25, -25, 0, 40*ms, 40*ms), 0, true},
		{"loud", every(-1, -1, 0, 50*ms, 50*ms), 0, true},
		{"the column 4 dB louder", every(-12, -8, 0, 40*ms, 40*ms), 0, true},
		{"the row 8 dB louder", every(-8, -16, 0, 40*ms, 40*ms), 0, true},
		{"1.5 % sharp", every(-8, -8, 0.015, 40*ms, 40*ms), 0, true},
		{"1.5 % flat", every(-8, -8, -0.015, 40*ms, 40*ms), 0, true},
		{"1.5 % flat, noise 15 dB below", every(-8, -8, -0.015, 50*ms, 50*ms), 15, true},
		{"held", every(-8, -8, 0, 500*ms, 60*ms), 0, true},
		{"3.5 % sharp", every(-8, -8, 0.035, 200*ms, 60*ms), 0, false},
		{"3.5 % flat", every(-8, -8, -0.035, 200*ms, 60*ms), 0, false},
		{"5 % sharp", every(-8, -8, 0.05, 200*ms, 60*ms), 0, false},
		{"too weak", every(-40, -40, 0, 100*ms, 60*ms), 0, false},
		{"too short", every(-8, -8, 0, 20*ms, 60*ms), 0, false},
		{"the column 12 dB louder", every(-20, -8, 0, 100*ms, 60*ms), 0, false},
		{"the row 15 dB louder", every(-8, -23, 0, 100*ms, 60*ms), 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for begin := 0; begin < 160; begin += 23 {
				got := heard(t, append(line(tt.keys, 8000, tt.snr, begin), make([]int16, 800)...), 8000)
				if tt.want && got != allKeys {
					t.Errorf("begun at sample %d: heard %q", begin, got)
				}
				if !tt.want && got != "" {
					t.Errorf("begun at sample %d: heard %q, want nothing", begin, got)
				}
			}
		})
	}
}

// A gap of 10 ms is none, the same key twice is two, one tone alone is none, a dial tone is none.
func TestKeysAreToldApart(t *testing.T) {
	t.Parallel()
	k := func(key byte, dur, gap time.Duration) sound { return sound{key, -8, -8, 0, dur, gap} }
	for _, tt := range []struct {
		name string
		keys []sound
		want string
	}{
		{"a gap of 10 ms", []sound{k('5', 60*ms, 10*ms), k('5', 60*ms, 100*ms)}, "5"},
		{"twice", []sound{k('5', 60*ms, 40*ms), k('5', 60*ms, 100*ms)}, "55"},
		{"one after the other without a gap", []sound{k('5', 80*ms, 0), k('8', 80*ms, 100*ms)}, "58"},
		{"the row alone", []sound{{'5', -8, -90, 0, 500 * ms, 100 * ms}}, ""},
		{"the column alone", []sound{{'5', -90, -8, 0, 500 * ms, 100 * ms}}, ""},
	} {
		if got := heard(t, append(line(tt.keys, 8000, 0, 40), make([]int16, 800)...), 8000); got != tt.want {
			t.Errorf("%s: heard %q, want %q", tt.name, got, tt.want)
		}
	}
	dial := make([]int16, 16000)
	for i := range dial {
		at := 2 * math.Pi * float64(i) / 8000
		dial[i] = int16(6000*math.Sin(440*at) + 6000*math.Sin(350*at) + 3000*math.Sin(941*at))
	}
	if got := heard(t, dial, 8000); got != "" {
		t.Errorf("a dial tone is %q", got)
	}
}

// What Tones makes is heard, at any rate, and a key is down for as long as it sounds.
func TestTonesAreHeard(t *testing.T) {
	t.Parallel()
	for _, rate := range []int{8000, 16000, 48000} {
		d, err := NewDetector(rate)
		if err != nil {
			t.Fatal(err)
		}
		for i := range len(allKeys) {
			pcm, err := Tones(make([]int16, rate/10), allKeys[i], rate, 0, -9)
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			down := 0
			for at := 0; at < 10*rate/50; at += rate / 50 {
				frame := make([]int16, rate/50)
				if at < len(pcm) {
					frame = pcm[at : at+rate/50]
				}
				k, is := d.Push(frame)
				if k != 0 {
					got = append(got, k)
				}
				if is {
					down++
				}
			}
			if string(got) != allKeys[i:i+1] || down < 4 || down > 6 {
				t.Errorf("%d Hz, key %c: heard %q, down for %d frames of 5", rate, allKeys[i], got, down)
			}
		}
	}
	if _, err := Tones(nil, 'x', 8000, 0, -9); err == nil {
		t.Error("x is no key")
	}
	for _, rate := range []int{0, 7999, 96000} {
		if _, err := NewDetector(rate); err == nil {
			t.Errorf("keys at %d Hz", rate)
		}
	}
}

// Speech is no key. With DECROCHE_TESTDATA every recording there is listened to.
func TestTalkOff(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("DECROCHE_TESTDATA")
	if dir == "" {
		t.Skip("DECROCHE_TESTDATA names no folder with recordings of speech")
	}
	var seconds float64
	keys := 0
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".wav") || seconds > 3600 {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || len(b) < 1044 || b[22] != 1 || b[34] != 16 {
			return err
		}
		rate := int(b[24]) | int(b[25])<<8 | int(b[26])<<16
		if rate < 8000 || rate > 48000 {
			return nil
		}
		pcm := make([]int16, (len(b)-44)/2)
		for i := range pcm {
			pcm[i] = int16(uint16(b[44+2*i]) | uint16(b[45+2*i])<<8)
		}
		seconds += float64(len(pcm)) / float64(rate)
		if got := heard(t, pcm, rate); got != "" {
			keys += len(got)
			t.Logf("%s: %q", path, got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seconds == 0 {
		t.Skip("there are no recordings in DECROCHE_TESTDATA")
	}
	t.Logf("%d keys in %.0f s of speech", keys, seconds)
	if perHour := float64(keys) * 3600 / seconds; perHour > 2 {
		t.Errorf("%d keys heard in %.0f s of speech: %.1f an hour", keys, seconds, perHour)
	}
}

func TestDetectorAllocatesNothing(t *testing.T) { // not parallel: it counts
	d, _ := NewDetector(8000)
	pcm := line(every(-8, -8, 0, 100*ms, 100*ms), 8000, 15, 0)[:160]
	if n := testing.AllocsPerRun(100, func() { d.Push(pcm) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}

func FuzzDetector(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3}, 8000)
	f.Add([]byte{255, 127, 0, 128}, 48000)
	f.Fuzz(func(t *testing.T, b []byte, rate int) {
		d, err := NewDetector(rate)
		if err != nil {
			return
		}
		pcm := make([]int16, len(b)*4)
		for i := range pcm {
			pcm[i] = int16(b[i%len(b)]) * 257
		}
		for len(pcm) > 0 {
			n := min(len(pcm), 1+len(pcm)%331)
			if k, down := d.Push(pcm[:n]); k != 0 && !down && n < 60 {
				t.Fatalf("key %c is up as soon as it was heard", k)
			}
			pcm = pcm[n:]
		}
	})
}

func BenchmarkDetector(b *testing.B) {
	d, _ := NewDetector(8000)
	pcm := line(every(-8, -8, 0, 100*ms, 100*ms), 8000, 15, 0)[:160]
	b.ReportAllocs()
	for b.Loop() {
		d.Push(pcm)
	}
}
