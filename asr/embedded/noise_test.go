package embedded

import (
	"math"
	"math/rand/v2"
	"testing"

	"decroche/asr"
)

// Sounds that are no speech yield no words, or words with so little confidence that no flow acts
// on them, whatever the flow expects.
func TestNoiseYieldsNoWords(t *testing.T) {
	t.Parallel()
	r := testRecogniser(t, smallConfig(), defaultTuning())
	rng := rand.New(rand.NewPCG(5, 6))
	sound := func(f func(at float64) float64) []int16 {
		pcm := make([]int16, 2*8000)
		for i := range pcm {
			pcm[i] = int16(max(-32767, min(32767, f(float64(i)/8000)+rng.NormFloat64()*8)))
		}
		return pcm
	}
	sine := func(hz, at float64) float64 { return math.Sin(2 * math.Pi * hz * at) }
	var low float64
	for _, c := range []struct {
		name string
		pcm  []int16
	}{
		{"white noise, faint", sound(func(float64) float64 { return rng.NormFloat64() * 60 })},
		{"white noise, loud", sound(func(float64) float64 { return rng.NormFloat64() * 1500 })},
		{"rumble", sound(func(float64) float64 { low += (rng.NormFloat64()*6000 - low) * .03; return low })},
		{"hum", sound(func(at float64) float64 { return 800*sine(50, at) + 400*sine(100, at) + 200*sine(150, at) })},
		{"ring-back tone", sound(func(at float64) float64 { return 4000 * sine(440, at) })},
		{"key 5", sound(func(at float64) float64 { return 4000 * (sine(770, at) + sine(1336, at)) * pressed(at) })},
		{"clicks", sound(func(at float64) float64 {
			if math.Mod(at, .4) < .002 {
				return rng.NormFloat64() * 6000
			}
			return 0
		})},
	} {
		for _, e := range []asr.Expect{{}, {Kind: "yes_no"}, {Kind: "digits", Digits: 8}, {Kind: "digits"}} {
			for _, lang := range []string{"fr", "en"} {
				res, err := asr.Transcribe(t.Context(), r, c.pcm, asr.Options{Language: lang, Rate: 8000, Expect: e})
				if err != nil {
					t.Fatal(err)
				}
				if res.Text != "" && res.Confidence > .5 {
					t.Errorf("%s, %s, expecting %q: heard %q with confidence %.2f", c.name, lang, e.Kind, res.Text, res.Confidence)
				}
			}
		}
	}
}

// pressed is a key pressed for 0.2 s in the middle of a second.
func pressed(at float64) float64 {
	if at = math.Mod(at, 1); at > .4 && at < .6 {
		return 1
	}
	return 0
}
