package call

import (
	"testing"
	"time"

	"decroche/gateway/leg/legtest"
	"decroche/media"
	"decroche/media/tone"
)

// What the agent's side plays before it answers is heard by the caller in place of our tone, its pauses too; when
// there is none, when it falls silent and when nobody answers, ours is. Never both, and never nothing.
func TestHostile32(t *testing.T) {
	ringback := append(sing(otherHz, 1500*time.Millisecond), make([]int16, 3500*8)...)
	once := append(make([]int16, 2*8000), append(append([]int16{}, ringback...), make([]int16, 60*8000)...)...)
	for name, tt := range map[string]struct {
		early         []int16
		answer        legtest.Phone
		foreign, ours int // in tenths of the ten seconds before the outcome: least
	}{
		"xfer_32_none":                {nil, legtest.Phone{Answers: 12 * time.Second}, 0, 1},
		"xfer_32_ringback":            {ringback, legtest.Phone{Answers: 12 * time.Second}, 1, 0},
		"xfer_32_falls_silent":        {once, legtest.Phone{Answers: 18 * time.Second}, 1, 1},
		"xfer_32_then_busy":           {ringback, legtest.Phone{Answers: 12 * time.Second, Status: 486}, 1, 0},
		"xfer_32_announcement_to_end": {sing(otherHz, time.Second), legtest.Phone{Answers: 12 * time.Second, Status: 480}, 7, 0},
	} {
		t.Run(name, func(t *testing.T) {
			test(t, func(t *testing.T) {
				tt.answer.Early = tt.early
				b := &board{handOffRig: newHandOff(t, map[string]*legtest.Phone{"sip:karim": &tt.answer, "sip:lina": {Answers: 5 * time.Second}}, "karim", "lina")}
				b.s.Mouth = hummer{}
				b.start()
				b.await("ringing", func() bool { return len(b.dialer.Attempts()) == 1 })
				began := b.line.Since()
				time.Sleep(10 * time.Second)
				foreign, ours, both := 0, 0, 0
				for at := began; at < began+10*time.Second; at += 100 * time.Millisecond {
					pcm := b.line.PCM(at)
					pcm = pcm[:min(len(pcm), 800)]
					f := tone.Goertzel(pcm, media.PhoneRate, otherHz) > 0.02
					o := energy(pcm) > 10 && !f
					switch {
					case f && tone.Goertzel(pcm, media.PhoneRate, botHz) > 0.02:
						both++
					case f:
						foreign++
					case o:
						ours++
					}
				}
				if foreign < tt.foreign*10 || tt.foreign == 0 && foreign > 0 || ours < tt.ours*10 || both > 1 { // one lies across the change
					t.Errorf("of 100 tenths of a second %d were theirs, %d ours, %d both", foreign, ours, both)
				}
				if len(tt.early) > 0 && name != "xfer_32_falls_silent" && ours > 32 { // what is said first
					t.Errorf("%d tenths were ours beside their ringback", ours)
				}
				time.Sleep(20 * time.Second)
				b.line.HangUp()
				b.over()
				if d := b.line.LongestSilence(0, began+4*time.Second); d > 2*time.Second && tt.early == nil {
					t.Errorf("%v of silence", d)
				}
			})
		})
	}
}
