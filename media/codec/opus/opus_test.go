package opus

import (
	"math"
	"testing"
)

// Every configuration of RFC 6716 table 2, and the counts of frames.
func TestTicks(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		packet []byte
		ms     float64
	}{
		{nil, 0}, {[]byte{3}, 0},
		{[]byte{0 << 3}, 10}, {[]byte{3 << 3}, 60}, {[]byte{9<<3 | 1, 0, 0}, 40},
		{[]byte{12 << 3}, 10}, {[]byte{15 << 3}, 20}, {[]byte{16 << 3}, 2.5}, {[]byte{31 << 3}, 20},
		{[]byte{16<<3 | 3, 48}, 120}, {[]byte{16<<3 | 3, 49}, 0}, {[]byte{3<<3 | 3, 2}, 120},
		{[]byte{3<<3 | 3, 3}, 0}, {[]byte{9<<3 | 3, 0}, 0}, {make([]byte, MaxPacket+1), 0},
	} {
		if got := float64(Ticks(tt.packet)) / 48; got != tt.ms {
			t.Errorf("%x lasts %v ms, want %v", tt.packet, got, tt.ms)
		}
	}
}

// With DTX a pause costs a packet now and then.
func TestDTX(t *testing.T) {
	t.Parallel()
	e, err := NewEncoder(Config{DTX: true})
	if err != nil {
		t.Fatal(err)
	}
	pcm, sent := make([]int16, Frame), 0
	for i := range 150 {
		if i == 20 {
			clear(pcm)
		} else if i < 20 {
			for j := range pcm {
				pcm[j] = int16(8000 * math.Sin(float64(i*Frame+j)/9))
			}
		}
		if len(e.Encode(nil, pcm)) > 0 && i >= 50 {
			sent++
		}
	}
	if sent == 0 || sent > 15 {
		t.Errorf("%d packets for two seconds of silence, want a few", sent)
	}
}
