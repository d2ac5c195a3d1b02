package speech

import (
	"strings"
	"testing"
)

func TestTonesAreReadBack(t *testing.T) {
	t.Parallel()
	text := strings.Join(Words, " ")
	for _, rate := range []int{8000, 16000, 22050, 24000} {
		pcm := Say(text, rate)
		if got := Hear(pcm, rate); got != text {
			t.Errorf("at %d: %q", rate, got)
		}
		if got := Hear(append(pcm[:rate/10:rate/10], pcm[rate/10+rate/20:]...), rate); got == text {
			t.Errorf("at %d: 50 ms are missing and nobody noticed", rate)
		}
	}
	if got := Hear(make([]int16, 8000), 8000); got != "" {
		t.Errorf("silence says %q", got)
	}
}
