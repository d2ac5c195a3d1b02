package call

import (
	"context"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/gateway/leg/legtest"
	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/tts/ttstest"
)

// BenchmarkFrame is what a call costs in 20 ms between its leg and its decisions, while the caller
// speaks now and then: decoding, pre-roll, voice detection, turns. Recognition is not in it.
func BenchmarkFrame(b *testing.B) {
	s := &Session{Conv: "bench", Leg: legtest.New(leg.Info{}), Bot: BotInfo{Lang: "fr"}, Mind: &mind{}, Mouth: &ttstest.Voice{},
		Record: &notes{}, Config: DefaultConfig()}
	c := newConductor(s, context.Background())
	defer c.cancel(nil)
	var coded [][]byte
	for i := range 200 { // 1.2 s of voice in 4 s
		pcm := make([]int16, 160)
		if i < 60 {
			legtest.Buzz(pcm, time.Duration(i)*media.FrameTime)
		}
		buf := make([]byte, 160)
		g711.EncodeA(buf, pcm)
		coded = append(coded, buf)
	}
	f := media.Frame{PCM: make([]int16, 160), Rate: media.PhoneRate}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		g711.DecodeA(f.PCM, coded[i%len(coded)])
		c.ears.sense.Hear(leg.Heard{Frame: f})
		c.ears.drain(c.hear)
		f.At += media.FrameTime
	}
}
