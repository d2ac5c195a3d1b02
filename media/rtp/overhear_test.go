package rtp

import (
	"testing"
	"testing/synctest"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
)

// Who overhears a session hears what leaves from then on: of a coded prompt that is half over the
// other half, in the law of another codec too, and nothing of what was held or flushed.
func TestOverhear(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		coded := make([]byte, 50*160)
		pcm := make([]int16, len(coded))
		for i := range pcm {
			pcm[i] = int16(1 + i/160*100)
		}
		g711.EncodeU(coded, pcm)
		clip := media.NewClip("PCMU", media.Origin(0), coded, 160)
		if err := s.Play(t.Context(), clip); err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		var heard []int16
		s.Overhear(func(pcm []int16) { heard = append(heard, pcm...) })
		time.Sleep(200 * time.Millisecond)
		s.Pause()
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		if n := len(heard) / 160; n < 9 || n > 11 {
			t.Fatalf("%d frames heard in 200 ms", n)
		}
		if v := heard[0]; v < 2300 || v > 2800 {
			t.Errorf("the first sample is %d, want one from the middle of the prompt", v)
		}
		s.Overhear(nil)
		n := len(heard)
		s.Resume()
		time.Sleep(200 * time.Millisecond)
		synctest.Wait()
		if len(heard) != n {
			t.Errorf("%d samples after the end", len(heard)-n)
		}
	})
}
