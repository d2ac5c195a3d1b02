package mix

import "testing"

func TestAddSaturates(t *testing.T) {
	t.Parallel()
	dst := []int16{100, 32000, -32000, 7}
	Add(dst, []int16{-50, 1000, -1000})
	for i, want := range []int16{50, 32767, -32768, 7} {
		if dst[i] != want {
			t.Errorf("sample %d is %d, want %d", i, dst[i], want)
		}
	}
}

func TestGainRamps(t *testing.T) { // not parallel: it counts allocations
	pcm := make([]int16, 160)
	for i := range pcm {
		pcm[i] = 10000
	}
	Gain(pcm, 1, 0)
	if pcm[0] != 10000 || pcm[159] > 100 {
		t.Errorf("ramp from %d to %d", pcm[0], pcm[159])
	}
	for i := 1; i < len(pcm); i++ {
		if pcm[i] > pcm[i-1] {
			t.Fatalf("rises at %d", i)
		}
	}
	if n := testing.AllocsPerRun(100, func() { Gain(pcm, 0.5, 0.5); Add(pcm, pcm) }); n != 0 {
		t.Errorf("%v allocations a frame", n)
	}
}
