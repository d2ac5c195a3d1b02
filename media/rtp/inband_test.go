package rtp

import (
	"testing"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/dtmf"
)

// Keys are found in the sound where they are looked for, once although an event says the same, and
// nobody hears the tones but for their first 40 ms.
func TestKeysInTheSound(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		mode   InBand
		events int  // payload type that was agreed
		both   bool // the far end sends events too
		info   bool // and INFO
		want   string
		loud   int // frames of tone that are heard, at most
	}{
		{"no events agreed", InBandAuto, -1, false, false, "58", 4},
		{"events agreed", InBandAuto, 96, false, false, "", 100},
		{"events agreed, looked for all the same", InBandOn, 96, false, false, "58", 4},
		{"off", InBandOff, -1, false, false, "", 100},
		{"both", InBandOn, 96, true, false, "58", 4},
		{"events and INFO", InBandAuto, 96, true, true, "58", 100},
		{"tones and INFO", InBandAuto, -1, false, true, "58", 4},
		{"all three", InBandOn, 96, true, true, "58", 4},
	} {
		bothWays(t, tt.name, func(t *testing.T, fed bool) {
			onBench(t, func(t *testing.T, b *bench) {
				p := params()
				p.EventType = tt.events
				opt := b.options(p)
				opt.InBand = tt.mode
				s, err := b.engine.Open(opt)
				if err != nil {
					t.Fatal(err)
				}
				s.Set(p)
				got, loud := "", 0
				done := listen(s, fed, func(h Heard) {
					if h.Digit != 0 {
						got += string(h.Digit)
						return
					}
					for _, v := range h.Frame.PCM {
						if v > 1000 {
							loud++
							break
						}
					}
				})
				for i, key := range []byte("58") {
					for n := range 20 { // 200 ms of tone, 200 ms of silence
						pcm := make([]int16, 160)
						if n < 10 {
							if _, err := dtmf.Tones(pcm, key, media.PhoneRate, 160*n, -9); err != nil {
								t.Fatal(err)
							}
						}
						coded := make([]byte, 160)
						g711.EncodeA(coded, pcm)
						b.send(b.far, s, 8, 1, coded)
						if tt.both && n == 2 {
							b.send(b.far, s, 96, 1, []byte{key - '0', 0x8a, 0, byte(160 + i)})
						}
						if tt.info && n == 6 {
							s.Key(key)
						}
						time.Sleep(media.FrameTime)
					}
				}
				time.Sleep(300 * time.Millisecond)
				s.Close()
				if <-done; got != tt.want {
					t.Errorf("heard keys %q, want %q", got, tt.want)
				}
				if loud > tt.loud || loud == 0 {
					t.Errorf("%d frames of tone are heard, want up to %d", loud, tt.loud)
				}
			})
		})
	}
}
