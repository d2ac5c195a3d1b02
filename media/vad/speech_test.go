package vad

import (
	"bytes"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/media/codec/g711"
	"decroche/media/resample"
	"decroche/media/wav"
)

// utterances are said by espeak-ng: what callers say first, with easy and hard beginnings
// (vowel, nasal, stop, hiss).
var utterances = []struct{ voice, text string }{
	{"fr+m3", "oui"}, {"fr+f2", "non merci"}, {"fr", "où est mon colis"}, {"fr+f4", "je voudrais parler à quelqu'un"},
	{"fr+m7", "zéro six douze trente quatre"}, {"fr+f3", "c'est pour un remboursement"}, {"fr+m1", "stop"},
	{"fr+f1", "bonjour, je cherche ma commande"}, {"en", "yes please"}, {"en+f3", "where is my parcel"},
	{"en+m4", "I want to talk to a human"}, {"en-us+f2", "hello"}, {"en-gb+m5", "six four nine one two"},
	{"en+f5", "four o'clock"}, {"en-us+m2", "operator"}, {"en+m6", "my order number is nine two"},
}

// say renders at 8000 Hz, without the silence around.
func say(t testing.TB, voice, text string) []int16 {
	t.Helper()
	out, err := exec.Command("espeak-ng", "-v", voice, "--stdout", text).Output()
	if err != nil {
		t.Fatalf("espeak-ng -v %s: %v", voice, err)
	}
	pcm, rate, err := wav.Read(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	r, err := resample.New(rate, 8000)
	if err != nil {
		t.Fatal(err)
	}
	return trim(r.Flush(r.Process(nil, pcm)))
}

// trim cuts what is more than 30 dB below the loudest 10 ms away from both ends: there begins,
// and ends, what a listener calls speech.
func trim(pcm []int16) []int16 {
	loudest := -100.0
	for f := range slices.Chunk(pcm, 80) {
		loudest = max(loudest, level(f))
	}
	for len(pcm) > 80 && level(pcm[:80]) < loudest-30 {
		pcm = pcm[80:]
	}
	for len(pcm) > 80 && level(pcm[len(pcm)-80:]) < loudest-30 {
		pcm = pcm[:len(pcm)-80]
	}
	return pcm
}

func floats(pcm []int16) []float64 {
	out := make([]float64, len(pcm))
	for i, s := range pcm {
		out[i] = float64(s)
	}
	return out
}

// alaw is what the line makes of it.
func alaw(pcm []int16) []int16 {
	b := make([]byte, len(pcm))
	g711.EncodeA(b, pcm)
	g711.DecodeA(pcm, b)
	return pcm
}

// scene is noise for 3 s, an utterance at −24 dBFS in it, and noise for 1 s, over A-law. The
// first 2 s are for learning the noise and are not judged.
func scene(noise []float64, speech []int16, snr float64) (pcm []int16, from, to int) {
	const before, after = 24000, 8000
	pcm = scaled(noise[:before+len(speech)+after], -24-snr)
	for i, s := range scaled(floats(speech), -24) {
		pcm[before+i] = int16(max(-32768, min(32767, int(pcm[before+i])+int(s))))
	}
	return alaw(pcm), before, before + len(speech)
}

// babble is eight voices at once, none louder than the others, as behind a caller in a café.
func babble(t testing.TB, n int) []float64 {
	out := make([]float64, n)
	for i := range 8 {
		u := utterances[i*2]
		voice := floats(scaled(floats(say(t, u.voice, u.text+". "+utterances[i*2+1].text)), -30))
		for j := range out {
			out[j] += voice[(j+i*3571)%len(voice)]
		}
	}
	return out
}

// What the detector must reach: the share of utterances found, how late their beginning is found
// (the 95th percentile), and how much of the noise around may be taken for speech.
func TestSpeechInNoise(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it makes the speech of this test; make test installs it")
	}
	speech := make([][]int16, len(utterances))
	for i, u := range utterances {
		speech[i] = say(t, u.voice, u.text)
	}
	const longest = 32000 + 8000*4
	r := rand.New(rand.NewPCG(11, 12))
	cafe := babble(t, longest)
	for _, tt := range []struct {
		noise  string
		snr    float64
		found  int           // of 16
		vowel  time.Duration // p95 of the onset where the utterance begins with a voiced sound
		late   time.Duration // p95 of the onset of all: a hiss must wait for its vowel
		alarms int           // frames of noise per 1000 taken for speech
	}{
		{"white", 40, 16, 60 * time.Millisecond, 140 * time.Millisecond, 0},
		{"white", 8, 16, 120 * time.Millisecond, 160 * time.Millisecond, 0},
		{"car", 8, 16, 100 * time.Millisecond, 160 * time.Millisecond, 0},
		{"babble", 15, 16, 120 * time.Millisecond, 160 * time.Millisecond, 0},
		{"babble", 8, 14, 200 * time.Millisecond, 250 * time.Millisecond, 30},
	} {
		var late, vowel []time.Duration
		found, noisy, alarms, inside, heard := 0, 0, 0, 0, 0
		for n, s := range speech {
			noise := cafe
			if tt.noise != "babble" {
				noise = noises[tt.noise](r, longest)
			}
			pcm, from, to := scene(noise, s, tt.snr)
			d := New(DefaultConfig())
			first := -1
			for i := 0; i+160 <= len(pcm); i += 160 {
				yes := d.Push(pcm[i:i+160]) >= 0.5
				at := i + 160 // when it is known
				switch {
				case at <= 16000:
				case at <= from || at > to+160*6: // the noise around; a voice may linger for 120 ms
					noisy++
					if yes {
						alarms++
					}
				case at <= to:
					inside++
					if yes {
						heard++
						if first < 0 {
							first = at
						}
					}
				}
			}
			if first >= 0 {
				found++
				onset := time.Duration(first-from) * time.Second / 8000
				late = append(late, onset)
				if strings.Contains("aeioujlmnwy", utterances[n].text[:1]) {
					vowel = append(vowel, onset)
				}
			}
		}
		p50, p95 := percentiles(late)
		_, voiced := percentiles(vowel)
		perMille := float64(alarms) * 1000 / float64(noisy)
		t.Logf("%-6s %2.0f dB: found %d of %d, onset p50 %v p95 %v (voiced %v), %d %% of the frames inside, %.1f ‰ false",
			tt.noise, tt.snr, found, len(speech), p50, p95, voiced, heard*100/inside, perMille)
		if found < tt.found || p95 > tt.late || voiced > tt.vowel || perMille > float64(tt.alarms) {
			t.Errorf("%s at %v dB: want %d found, p95 within %v (voiced %v), at most %d ‰ false", tt.noise, tt.snr, tt.found, tt.late, tt.vowel, tt.alarms)
		}
	}
}

// A crowd that is there from the first sample is known for one within a second: a greeting must not
// stop for a café.
func TestCrowdFromTheBeginning(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed; it makes the speech of this test; make test installs it")
	}
	cafe := babble(t, 24000)
	for _, db := range []float64{-42, -36, -30} {
		if n := fires(New(DefaultConfig()), alaw(scaled(cafe, db))); n > 30 {
			t.Errorf("a crowd at %v dBFS: %d of 150 frames are speech, want 30 at most", db, n)
		}
	}
}

func percentiles(d []time.Duration) (p50, p95 time.Duration) {
	if len(d) == 0 {
		return 0, 0
	}
	slices.Sort(d)
	return d[len(d)/2], d[min(len(d)-1, len(d)*95/100)]
}
