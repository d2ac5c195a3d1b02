package call

import (
	"strings"
	"testing"
	"time"
)

func FuzzHeard(f *testing.F) {
	f.Add("un deux trois", 0.5)
	f.Fuzz(func(t *testing.T, text string, share float64) {
		if got := heardOf(text, share); got != text && !strings.HasPrefix(strings.Join(strings.Fields(text), " "), got) {
			t.Errorf("of %q was heard %q", text, got)
		}
	})
}

func TestShareOfWhatWasHeard(t *testing.T) {
	t.Parallel()
	const s = time.Second
	for name, c := range map[string]struct {
		pieces []piece
		n      int
		played time.Duration
		want   []float64
	}{
		"nothing":       {[]piece{{0, "a", s, true, s, 0}}, 1, 0, []float64{0}},
		"all":           {[]piece{{0, "a", s, true, s, 0}}, 1, s, []float64{1}},
		"half":          {[]piece{{0, "a", s, false, 2 * s, 0}}, 1, s, []float64{.505}},
		"second prompt": {[]piece{{0, "a", s, true, s, 0}, {1, "b", s, false, 2 * s, 0}}, 2, 2*s + gap, []float64{1, .505}},
		"two sentences": {[]piece{{0, "a", s, true, s, 0}, {0, "b", 0, false, s, 0}}, 1, s, []float64{.505}},
		"not begun":     {[]piece{{0, "a", s, true, s, 0}, {1, "b", 0, false, 0, 0}}, 2, s, []float64{1, 0}},
		"unknown":       {[]piece{{0, strings.Repeat("x", 100), s, false, 0, 0}}, 1, s, []float64{1.01 / 6.2}},
	} {
		got := share(c.pieces, c.n, c.played)
		for i := range got {
			if d := got[i] - c.want[i]; d > .006 || d < -.006 {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
	}
}

func TestUrgentWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{"non zéro deux": true, "un conseiller s'il vous plaît": true, "d'accord j'attends": false} {
		if got := urgent("fr", text); got != want {
			t.Errorf("urgent(%q) = %v", text, got)
		}
	}
}
