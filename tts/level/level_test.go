package level

import (
	"context"
	"errors"
	"io"
	"math"
	"testing"

	"decroche/media"
	"decroche/tts"
)

// speech is syllables of a tone at an amplitude, with pauses: 200 ms on, 100 ms off, after lead ms
// of silence.
func speech(rate, ms, lead int, amplitude float64) []int16 {
	pcm := make([]int16, rate*(ms+lead)/1000)
	for i := rate * lead / 1000; i < len(pcm); i++ {
		if (i-rate*lead/1000)*1000/rate%300 < 200 {
			pcm[i] = int16(amplitude * math.Sin(2*math.Pi*400*float64(i)/float64(rate)))
		}
	}
	return pcm
}

// The level of a steady tone is its mean power; pauses do not lower that of speech.
func TestMeter(t *testing.T) {
	t.Parallel()
	tone := make([]int16, 16000)
	for i := range tone {
		tone[i] = int16(3277 * math.Sin(2*math.Pi*400*float64(i)/8000))
	}
	want := 20*math.Log10(0.1) - 3.01
	if got := Of(tone, 8000); math.Abs(got-want) > .3 {
		t.Errorf("a tone of %.1f dB measures %.1f", want, got)
	}
	withPauses := append(append(make([]int16, 40000), tone...), make([]int16, 40000)...)
	if got := Of(withPauses, 8000); math.Abs(got-want) > 1 {
		t.Errorf("with 10 s of silence %.1f dB, want %.1f", got, want)
	}
	if got := Of(make([]int16, 8000), 8000); got != Silence {
		t.Errorf("silence measures %.1f", got)
	}
	if a, b := Of(speech(8000, 3000, 0, 8000), 8000), Of(speech(8000, 3000, 0, 800), 8000); math.Abs(a-b-20) > .5 {
		t.Errorf("a tenth is %.1f dB quieter, want 20", a-b)
	}
}

func TestAmplifyNeverClips(t *testing.T) {
	t.Parallel()
	pcm := speech(8000, 600, 0, 32000)
	Amplify(pcm, 10)
	run := 0
	for _, s := range pcm {
		if s == 32767 || s == -32768 {
			run++
		}
	}
	if run > len(pcm)/2 {
		t.Errorf("%d of %d samples at full scale", run, len(pcm))
	}
}

// engine plays what it is given.
type engine struct{ pcm map[string][]int16 }

func (e engine) Speak(_ context.Context, u tts.Utterance) (media.Source, error) {
	return &played{pcm: e.pcm[u.Voice]}, nil
}

type played struct{ pcm []int16 }

func (p *played) ReadFrame() (media.Frame, error) {
	if len(p.pcm) == 0 {
		return media.Frame{}, io.EOF
	}
	n := min(160, len(p.pcm))
	f := media.Frame{PCM: append([]int16(nil), p.pcm[:n]...), Rate: 8000}
	p.pcm = p.pcm[n:]
	return f, nil
}

func (p *played) Close() error { return nil }

func all(t *testing.T, v tts.Synthesiser, voice string) (pcm []int16) {
	t.Helper()
	src, err := v.Speak(t.Context(), tts.Utterance{Voice: voice, Language: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	for {
		f, err := src.ReadFrame()
		if errors.Is(err, io.EOF) {
			return pcm
		}
		if err != nil {
			t.Fatal(err)
		}
		pcm = append(pcm, f.PCM...)
	}
}

// Loud and quiet voices come out equal, from their first sentence, and keep their length.
func TestVoicesAreEquallyLoud(t *testing.T) {
	t.Parallel()
	e := engine{map[string][]int16{"loud": speech(8000, 3000, 0, 20000), "quiet": speech(8000, 3000, 300, 900), "short": speech(8000, 150, 0, 2000), "mute": make([]int16, 4000), "none": nil}}
	v := New(e, -20)
	for range 2 {
		for voice, in := range e.pcm {
			out := all(t, v, voice)
			if len(out) != len(in) {
				t.Errorf("%s: %d samples of %d", voice, len(out), len(in))
			}
			if db := Of(out, 8000); voice == "mute" && db != Silence || voice != "mute" && len(in) > 0 && math.Abs(db+20) > 1 {
				t.Errorf("%s: %.1f dB, want -20", voice, db)
			}
		}
	}
	if _, ok := v.gain("loud\x00fr"); !ok {
		t.Error("nothing was learnt")
	}
}

func BenchmarkMeter(b *testing.B) {
	pcm := speech(8000, 1000, 0, 5000)
	m := NewMeter(8000)
	for b.Loop() {
		m.Add(pcm)
	}
}
