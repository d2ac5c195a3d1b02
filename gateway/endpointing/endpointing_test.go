package endpointing

import (
	"math"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/turn"
	"decroche/media"
	"decroche/media/vad"
)

// buzz is a voiced sound: a pulse train of 120 Hz through two resonances, near enough to a vowel
// for the voice detector.
func buzz(n int) []int16 {
	pcm := make([]int16, n)
	for i := range pcm {
		t := float64(i) / media.PhoneRate
		for k := 1.0; k < 20; k++ {
			pcm[i] += int16(6000 / k * math.Sin(2*math.Pi*120*k*t))
		}
	}
	return pcm
}

// What the flow expects decides how long a silence ends the turn, and the last digit ends it soon.
func TestExpectedDigitsEndTheTurn(t *testing.T) {
	t.Parallel()
	ends := func(words string) time.Duration {
		e := New(vad.Config{}, turn.Config{})
		e.Expect(flows.Expect{Entity: "digits", Digits: 4})
		voice := buzz(media.PhoneRate)
		for i := range 500 {
			f := media.Frame{PCM: make([]int16, 160), Rate: media.PhoneRate, At: time.Duration(i) * media.FrameTime}
			if at := i*160 - media.PhoneRate; at >= 0 && at+160 <= len(voice) {
				copy(f.PCM, voice[at:])
			}
			if i == 90 {
				e.Words(words, "fr")
			}
			if d := e.Frame(f); d.Kind == turn.Ended {
				return e.Clock() - d.At
			}
		}
		return 0
	}
	some, all := ends("douze"), ends("douze trente-quatre")
	if all == 0 || some < 2*all {
		t.Errorf("two digits of four ended after %v, four after %v", some, all)
	}
}
