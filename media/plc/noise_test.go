package plc

import (
	"math"
	"math/rand/v2"
	"testing"
)

// measure is the root mean square of pcm and the correlation of neighbours, -1 to 1.
func measure(pcm []int16) (level, slope float64) {
	var zero, one float64
	for i, v := range pcm {
		zero += float64(v) * float64(v)
		if i > 0 {
			one += float64(v) * float64(pcm[i-1])
		}
	}
	return math.Sqrt(zero / float64(len(pcm))), one / zero
}

// TestTold: level and spectrum of RFC 3389 packets are heard as they were told.
func TestTold(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		payload []byte
		level   float64 // dBov
		slope   float64
	}{
		{[]byte{40}, -40, 0},
		{[]byte{60}, -60, 0},
		{[]byte{50 | 0x80}, -50, 0},                             // the highest bit is not the level's
		{[]byte{40, 127}, -40, 0},                               // 127 is a coefficient of nothing
		{[]byte{40, 127 - 64}, -40, 0.5},                        // a low hum
		{[]byte{40, 127 + 64}, -40, -0.5},                       // a hiss
		{[]byte{40, 255}, -40, 0},                               // reserved
		{append([]byte{40}, make([]byte, 20)...), -40, 0.99999}, // all at one extreme
	} {
		var n Noise
		n.Reset()
		n.Tell(tt.payload)
		pcm := make([]int16, 80000)
		n.Fill(pcm)
		level, slope := measure(pcm)
		if db := 20 * math.Log10(level/32767); math.Abs(db-tt.level) > 1 && len(tt.payload) < 20 {
			t.Errorf("% d: %.1f dBov, want %v", tt.payload, db, tt.level)
		}
		if math.Abs(slope-tt.slope) > 0.05 && len(tt.payload) < 20 {
			t.Errorf("% d: neighbours correlate by %.2f, want %v", tt.payload, slope, tt.slope)
		}
		if level > 2000 {
			t.Errorf("% d: noise of level %.0f", tt.payload, level)
		}
	}
}

// TestLearned: the floor is that of the pauses, not that of the speech between them.
func TestLearned(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(8, 8))
	for _, floor := range []float64{5, 20, 80} {
		var n Noise
		n.Reset()
		frame := make([]int16, 160)
		low := 0.0
		for k := range 500 { // 40 s as a Concealer learns it, half of it speech
			for i := range frame {
				low = 0.6*low + 0.8*floor*r.NormFloat64()
				frame[i] = int16(low)
				if k%24 < 12 {
					frame[i] += int16(5000 * math.Sin(float64(i)/7))
				}
			}
			n.Learn(frame)
		}
		pcm := make([]int16, 16000)
		n.Fill(pcm)
		level, slope := measure(pcm)
		if db := 20 * math.Log10(level/floor); math.Abs(db) > 3 {
			t.Errorf("a floor of %v is learned as %.1f", floor, level)
		}
		if floor > 5 && math.Abs(slope-0.6) > 0.2 {
			t.Errorf("a floor of %v: neighbours correlate by %.2f, want 0.6", floor, slope)
		}
	}
}

// FuzzTell: no packet makes noise that is louder than it says, or no sound at all afterwards.
func FuzzTell(f *testing.F) {
	f.Add([]byte{30, 0, 254, 127})
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, payload []byte) {
		var n Noise
		n.Reset()
		n.Tell(payload)
		pcm := make([]int16, 1600)
		n.Fill(pcm)
		for _, s := range n.state {
			if math.IsNaN(float64(s)) || math.IsInf(float64(s), 0) {
				t.Fatalf("% x: the filter came to %v", payload, n.state)
			}
		}
	})
}
