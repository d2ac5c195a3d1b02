//go:build speexdsp

package resample

import (
	"fmt"
	"testing"
	"time"

	"decroche/internal/peer/speexdsp"
)

// TestAgainstSpeexDSP prints both resamplers side by side; make bench-resample runs it. It fails
// where ours is worse in what it does to sound; speed is printed, for a busy machine decides it.
func TestAgainstSpeexDSP(t *testing.T) {
	fmt.Println("| ratio | resampler | ripple to 0.85, dB | images, aliases, dB | SNR, dB | delay, ms | µs a frame |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, r := range legs {
		theirs := func() func([]int16) []int16 {
			c, err := speexdsp.New(r[0], r[1], 3)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Close)
			return c.Process
		}
		a, b := measure(r[0], r[1], ours(r[0], r[1])), measure(r[0], r[1], theirs)
		ta, tb := time.Hour, time.Hour // the best of three, in turns: both meet the same neighbours
		for range 3 {
			ta, tb = min(ta, cost(r[0], ours(r[0], r[1]))), min(tb, cost(r[0], theirs))
		}
		for _, row := range []struct {
			name string
			q    quality
			t    time.Duration
		}{{"ours", a, ta}, {"speexdsp, quality 3", b, tb}} {
			fmt.Printf("| %d to %d | %s | %.3f | %.1f | %.1f | %.2f | %.2f |\n", r[0], r[1], row.name, row.q.ripple, row.q.stop,
				row.q.snr, row.q.delay.Seconds()*1000, float64(row.t.Nanoseconds())/1000)
		}
		if a.ripple > b.ripple || a.stop > b.stop+0.5 || a.snr < b.snr-0.5 {
			t.Errorf("%v: ours %v; theirs %v", r, a, b)
		}
	}
}

// cost is the time of a frame of 20 ms.
func cost(from int, open func() func([]int16) []int16) time.Duration {
	frame, c := sine(500, from, from/50), open()
	return time.Duration(testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			c(frame)
		}
	}).NsPerOp())
}
