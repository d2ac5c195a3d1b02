package bench

import "testing"

func TestWhereSoundBeginsAndEnds(t *testing.T) {
	t.Parallel()
	pcm := make([]int16, 1000)
	for i := 300; i < 600; i++ {
		pcm[i] = int16(8000 - 16000*(i&1))
	}
	pcm[650] = 70 // an echo of −41 dB
	for _, c := range []struct{ got, want int }{{Sounding(pcm, 0), 300}, {Sounding(pcm, 450), 450}, {Sounding(pcm, 600), -1}, {Sounding(pcm, -5), 300}, {VoiceEnd(pcm), 600}, {VoiceEnd(nil), 0}, {VoiceEnd(make([]int16, 9)), 0}} {
		if c.got != c.want {
			t.Errorf("%d, want %d", c.got, c.want)
		}
	}
}
