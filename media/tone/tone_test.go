package tone

import (
	"errors"
	"io"
	"math"
	"testing"
	"time"
)

func TestGoertzelMeasuresWhatSineMakes(t *testing.T) {
	t.Parallel()
	pcm := Sine(440, 8000, time.Second, 0.25)
	if got := Goertzel(pcm, 8000, 440); math.Abs(got-0.25) > 0.005 {
		t.Errorf("440 Hz at 0.25 measured as %.3f", got)
	}
	if got := Goertzel(pcm, 8000, 697); got > 0.005 {
		t.Errorf("697 Hz found at %.3f in a 440 Hz tone", got)
	}
}

func TestCadenceComesAndGoesWithoutClicks(t *testing.T) {
	t.Parallel()
	src := Source(Ringback("fr"), 8000, 6*time.Second)
	var all []int16
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f.PCM...)
	}
	if len(all) != 48000 {
		t.Fatalf("%d samples, want 48000", len(all))
	}
	if on := Goertzel(all[800:11200], 8000, 440); on < 0.07 {
		t.Errorf("level %.3f while on", on)
	}
	for i, v := range all[12000:40000] {
		if v != 0 {
			t.Fatalf("sample %d is %d while off", 12000+i, v)
		}
	}
	for i := 1; i < len(all); i++ {
		if d := int(all[i]) - int(all[i-1]); d > 1200 || d < -1200 {
			t.Fatalf("click of %d at sample %d", d, i)
		}
	}
}
