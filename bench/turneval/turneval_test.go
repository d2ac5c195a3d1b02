package turneval

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"decroche/tts/espeak"
)

// tuneSet is the tuning half, made once for all tests, which must not change it.
func tuneSet(t *testing.T) *Set {
	t.Helper()
	s, err := tuned100()
	if errors.Is(err, espeak.ErrMissing) {
		t.Skip("espeak-ng is not installed; it says the turns")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var tuned100 = sync.OnceValues(func() (*Set, error) {
	return Build(context.Background(), Options{Split: Tune, Classes: tested})
})

func TestSplitsHaveTheirSizes(t *testing.T) {
	t.Parallel()
	for split, want := range map[Split]int{Tune: 50, Sealed: 110, Whole: 160} {
		n := 0
		for _, c := range classes {
			n += portion(split, c.name, c.count)
		}
		if n != want {
			t.Errorf("%s: %d turns a language, want %d", split, n, want)
		}
	}
}

// Every label lies where the sound is: the floor of noise before and behind each word group.
func TestLabelsFitTheSound(t *testing.T) {
	t.Parallel()
	s := tuneSet(t)
	if tested == "" && len(s.Turns) != 100 {
		t.Fatalf("%d turns", len(s.Turns))
	}
	for _, x := range slices.Concat(s.Turns, s.Twins) {
		if err := x.check(); err != nil {
			t.Error(err)
		}
		if x.Expect.scored() && x.Expect.read(x.Language, x.Text) != x.Expect.Value {
			t.Errorf("%s: %q does not give %q", x.ID, x.Text, x.Expect.Value)
		}
		if x.Noise.SNR != 0 || x.Line.Bad() {
			continue
		}
		for _, span := range x.Silences {
			if span.Label == EOT && x.Length()-span.Start.D() < missed {
				t.Errorf("%s: only %v behind the end", x.ID, x.Length()-span.Start.D())
			}
			for f := range x.frames {
				from, to := f.At, f.At+f.Len()
				if from < span.Start.D() || to > span.End.D() {
					continue
				}
				sum := 0.0
				for _, v := range f.PCM {
					sum += float64(v) * float64(v)
				}
				if level := 10 * math.Log10(sum/float64(len(f.PCM))/fullScale/fullScale); level > floorLevel+6 {
					t.Errorf("%s: %.0f dB at %v, within the silence from %v", x.ID, level, from, span.Start.D())
					break
				}
			}
		}
	}
}

func TestLagOfWords(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	words := []Word{{"zéro", 0, Seconds(300 * ms)}, {"six", Seconds(300 * ms), Seconds(600 * ms)}}
	for _, c := range []struct {
		lag  Lag
		now  time.Duration
		want int
	}{
		{Lag{}, 300 * ms, 1},
		{Lag{Mean: 340 * ms, Every: 200 * ms}, 540 * ms, 0}, // 300 + 240 has passed, the next result comes at 600
		{Lag{Mean: 340 * ms, Every: 200 * ms}, 600 * ms, 1},
		{Lag{Mean: 340 * ms, Every: 200 * ms}, 1000 * ms, 2},
		{Lag{Mean: 300 * ms}, 900 * ms, 2},
		{Lag{Mean: 340 * ms, Every: 200 * ms, Pause: 100 * ms}, 440 * ms, 0}, // no pause follows the first word
		{Lag{Mean: 340 * ms, Every: 200 * ms, Pause: 100 * ms}, 700 * ms, 2}, // one follows the second
	} {
		if got := c.lag.shown(words, 0, c.now); got != c.want {
			t.Errorf("%+v at %v: %d words, want %d", c.lag, c.now, got, c.want)
		}
	}
}

func TestWilson(t *testing.T) {
	t.Parallel()
	r := rateOf(11, 220) // 5 % of the sealed turns
	if math.Abs(r.Low-0.0282) > 0.0005 || math.Abs(r.High-0.0874) > 0.0005 {
		t.Errorf("11 of 220: %.4f to %.4f", r.Low, r.High)
	}
}

func TestEqualCutsInterpolatesTheTimer(t *testing.T) {
	t.Parallel()
	timers := []Point{{FCR: 0.5, Air: 300}, {FCR: 0.1, Air: 700}, {FCR: 0.05, Air: 1100}}
	for _, c := range []struct {
		fcr, want float64
		atLeast   bool
	}{{0.1, 700, false}, {0.075, 900, false}, {0.01, 1100, true}} {
		e := equalCuts("A–I", c.fcr, 350, timers)
		if math.Abs(e.TimerAir-c.want) > 0.01 || e.AtLeast != c.atLeast {
			t.Errorf("at %v: %+v, want %v", c.fcr, e, c.want)
		}
	}
}

func TestNumbersInWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "zéro", 16: "seize", 21: "vingt et un", 45: "quarante-cinq", 71: "soixante et onze", 78: "soixante-dix-huit", 80: "quatre-vingts", 81: "quatre-vingt-un", 97: "quatre-vingt-dix-sept"} {
		if got := frNumber(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
	if got := enDigits("2005518", true, true); got != "two double oh double five one eight" {
		t.Errorf("%q", got)
	}
}

// FuzzLabels reads label files of strangers.
func FuzzLabels(f *testing.F) {
	f.Add(`{"id":"a","audio":"a.wav","language":"fr","words":[{"w":"oui","start":0.1,"end":0.4}],"silence_spans":[{"start":0.4,"end":2,"label":"eot"}]}`)
	f.Add(`{"id":"a","audio":"a.wav","words":[{"w":"x","start":1e300,"end":-1}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		turns, err := readLabels(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, x := range turns {
			if end := x.End(); end < 0 || end > time.Hour {
				t.Errorf("ends at %v", end)
			}
		}
	})
}
