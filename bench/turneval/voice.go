package turneval

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"sync"
	"time"

	"decroche/media"
	"decroche/tts"
	"decroche/tts/espeak"
)

// voices are espeak-ng voices by language; variants change the throat, voices the accent.
var voices = map[string][]string{
	"fr": {"fr-fr", "fr-be", "fr-ch"},
	"en": {"en-gb", "en-us", "en-gb-scotland"},
}

var variants = []string{"", "+f2", "+f4", "+m3", "+m5", "+Annie"}

// speaker says short texts, each once: what was said is kept for the run.
type speaker struct {
	voice tts.Synthesiser
	said  memo[string, []float64]
}

// newSpeaker finds espeak-ng; espeak.ErrMissing (wrapped) when there is none.
func newSpeaker() (*speaker, error) {
	v, err := espeak.New(espeak.DefaultConfig())
	if err != nil {
		return nil, fmt.Errorf("turneval: the turns are said by espeak-ng: %w", err)
	}
	return &speaker{voice: v}, nil
}

// say renders text without silence at either end: the first and the last sample are voiced. The
// caller must not change what it gets.
func (s *speaker) say(ctx context.Context, lang, voice string, speed float64, text string) ([]float64, error) {
	return s.said.get(fmt.Sprintf("%s\x00%.3f\x00%s", voice, speed, text), func() ([]float64, error) {
		src, err := s.voice.Speak(ctx, tts.Utterance{Text: text, Language: lang, Voice: voice, Speed: speed, Rate: media.PhoneRate})
		if err != nil {
			return nil, err
		}
		defer src.Close()
		var pcm []float64
		for {
			f, err := src.ReadFrame()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, err
			}
			for _, x := range f.PCM {
				pcm = append(pcm, float64(x))
			}
		}
		if pcm = trim(pcm); len(pcm) == 0 {
			return nil, fmt.Errorf("turneval: %q says nothing for %q", voice, text)
		}
		return pcm, nil
	})
}

// memo remembers what was made for a key; two who ask at once wait for one making.
type memo[K comparable, V any] struct {
	mu   sync.Mutex
	made map[K]*made[V]
}

type made[V any] struct {
	once sync.Once
	v    V
	err  error
}

func (m *memo[K, V]) get(key K, do func() (V, error)) (V, error) {
	m.mu.Lock()
	if m.made == nil {
		m.made = map[K]*made[V]{}
	}
	x := m.made[key]
	if x == nil {
		x = &made[V]{}
		m.made[key] = x
	}
	m.mu.Unlock()
	x.once.Do(func() { x.v, x.err = do() })
	return x.v, x.err
}

const (
	// fine is the grain of ends: 5 ms.
	fine = media.PhoneRate / 200
	// faint, against the whole of what is said, counts as silence: a closing consonant 35 dB
	// below its vowel is not heard over any of the noises used.
	faint = 35.0
)

// trim cuts what is fainter than faint off both ends.
func trim(pcm []float64) []float64 {
	limit := rms(pcm) * math.Pow(10, -faint/20)
	first, last := -1, 0
	for i := 0; i+fine <= len(pcm); i += fine {
		if rms(pcm[i:i+fine]) > limit {
			if first < 0 {
				first = i
			}
			last = i + fine
		}
	}
	if first < 0 {
		return nil
	}
	return pcm[first:last]
}

func rms(pcm []float64) float64 {
	if len(pcm) == 0 {
		return 0
	}
	sum := 0.0
	for _, x := range pcm {
		sum += x * x
	}
	return math.Sqrt(sum / float64(len(pcm)))
}

// drawOut makes the last vowel longer by d: the periods of its steadiest place are repeated, each
// faded into the next, as a voice that holds a vowel.
func drawOut(pcm []float64, d time.Duration) []float64 {
	need := int(d.Seconds() * media.PhoneRate)
	at, period := steady(pcm)
	if period == 0 || need <= 0 {
		return pcm
	}
	unit := period * max(1, media.PhoneRate/50/period) // about 20 ms, whole periods
	if at+2*unit > len(pcm) {
		return pcm
	}
	out := append([]float64(nil), pcm[:at+unit]...)
	for n := 0; n < need; n += unit {
		for i := range unit { // from the second unit back into the first: they are alike
			f := float64(i) / float64(unit)
			out = append(out, pcm[at+unit+i]*(1-f)+pcm[at+i]*f)
		}
	}
	return append(out, pcm[at+unit:]...)
}

// steady finds the most periodic place of the last 300 ms and its period in samples; 0 when
// nothing there is periodic.
func steady(pcm []float64) (at, period int) {
	const window = media.PhoneRate / 25 // 40 ms
	loud, best := rms(pcm)/3, 0.6
	for i := max(0, len(pcm)-media.PhoneRate*3/10); i+2*window <= len(pcm); i += fine {
		if rms(pcm[i:i+window]) < loud {
			continue
		}
		for p := media.PhoneRate / 350; p <= media.PhoneRate/70; p++ {
			if c := alike(pcm[i:i+window], pcm[i+p:i+p+window]); c > best {
				at, period, best = i, p, c
			}
		}
	}
	return at, period
}

// alike is the correlation of two stretches of equal length.
func alike(a, b []float64) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += a[i] * b[i]
		aa += a[i] * a[i]
		bb += b[i] * b[i]
	}
	if aa == 0 || bb == 0 {
		return 0
	}
	return ab / math.Sqrt(aa*bb)
}

// breath is speech as it lies in the recording: samples, and its words in samples from the start.
type breath struct {
	pcm   []float64
	words []placed
}

type placed struct {
	w          string
	start, end int
}

// breathe says one piece. The beginning of its first word and the end of its last are exact; words
// inside share the length by their syllables, which is right to some tens of milliseconds: well
// below what a recogniser's lag varies by.
func (s *speaker) breathe(ctx context.Context, lang, voice string, speed float64, p piece) (breath, error) {
	text := spoken(p.text)
	if p.open {
		text += "," // the voice does not fall: more comes
	}
	pcm, err := s.say(ctx, lang, voice, speed, text)
	if err != nil {
		return breath{}, err
	}
	b := breath{pcm: drawOut(pcm, p.drawn)}
	words := recognised(p.text)
	total := 0.0
	for _, w := range words {
		total += weight(w)
	}
	at := 0.0
	for _, w := range words {
		from := at
		at += weight(w) / total * float64(len(pcm))
		b.words = append(b.words, placed{w, int(from), int(at)})
	}
	if n := len(b.words); n > 0 {
		b.words[n-1].end = len(b.pcm)
	}
	return b, nil
}

// weight is how long a word takes, roughly, in syllables: groups of vowels, and a little for each
// letter. A single letter is said by its name.
func weight(word string) float64 {
	n, vowel := 0.0, false
	for _, r := range word {
		is := strings.ContainsRune("aeiouyàâäéèêëîïôöùûüœ", r)
		if is && !vowel {
			n++
		}
		vowel = is
	}
	return max(1, n) + 0.1*float64(len(word))
}

// spoken is text as espeak-ng is to say it: backchannels are not spelled.
func spoken(text string) string {
	switch t := strings.ToLower(text); t {
	case "mm-hm", "mm":
		return "hum hum"[:len(t)]
	}
	return strings.ReplaceAll(text, "’", "'")
}
