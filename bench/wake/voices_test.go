package wake

import (
	"context"
	"math/rand/v2"
	"os/exec"
	"slices"
	"testing"

	"decroche/asr/wake"
)

// TestVoices: each voice of each set says something, as loud as a voice, and no two say it alike: a
// variant that espeak-ng does not find would be its plain voice.
func TestVoices(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"espeak-ng", "flite", "text2wave"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed; make test-long installs it", p)
		}
	}
	for _, lang := range []string{"fr", "en"} {
		for _, set := range []Set{Held, Blind} {
			m, err := set.open(lang)
			if err != nil {
				t.Fatal(err)
			}
			defer m.close()
			heard := map[string]string{}
			for _, n := range m.names {
				pcm, err := m.say(t.Context(), voice{n, 165, 50}, m.phrases[0])
				if err != nil {
					t.Error(err)
					continue
				}
				if s := float64(len(pcm)) / wake.Rate; s < .4 || s > 3 {
					t.Errorf("%s voices, %s: %.1f s", set, n, s)
				}
				b := make([]byte, 0, 2*len(pcm))
				for _, v := range pcm {
					b = append(b, byte(v), byte(v>>8))
				}
				if other := heard[string(b)]; other != "" {
					t.Errorf("%s voices: %s sounds like %s", set, n, other)
				}
				heard[string(b)] = n
				if loud := slices.Max(pcm); loud < 1500 {
					t.Errorf("%s voices: %s is at most at %d", set, n, loud)
				}
			}
		}
	}
}

// TestSilenceIsNoVoice: what says nothing is an error, and no phrase that was not found.
func TestSilenceIsNoVoice(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; make test installs it")
	}
	m, err := Held.open("fr")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.say(context.Background(), voice{"fr+f3", 165, 50}, ","); err == nil {
		t.Error("a comma was said")
	}
	if _, err := Set("nobody").open("fr"); err == nil {
		t.Error("nobody has voices")
	}
}

// TestThroatsAreDrawnTheSame every time, so that a measurement can be repeated.
func TestThroatsAreDrawnTheSame(t *testing.T) {
	t.Parallel()
	draw := func() string { return throat(rand.New(rand.NewPCG(blindSeed, 1)), "x") }
	if draw() != draw() {
		t.Error("two draws of one lot differ")
	}
}
