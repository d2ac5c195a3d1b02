package turneval

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"decroche/internal/share"
	"decroche/internal/strictyaml"
	"decroche/media"
)

// Interruptions are said over a prompt in many voices and over three lines, and every other sound
// that a prompt may meet too: how soon does the prompt stand still, and how long for nothing? No
// gateway, no network and no clock take part, so that a busy machine changes no figure.

// OnsetOptions say what to measure.
type OnsetOptions struct {
	Seed     uint64 // 0: SealedSeed
	Takes    int    // how often each text is said, by other voices; 0: 4
	Workers  int    // 0: one a core
	Clips    []OnsetClip
	Progress func(done, total int) // may be nil; called from any goroutine
}

// OnsetClip is a recording that is measured as it is: its first sample is its onset.
type OnsetClip struct {
	Name      string
	PCM       []int16 // 8000 Hz; not changed
	Listening bool    // a listening sound, which must not stop the prompt
}

// Lines over which interruptions are said.
const (
	lineClean = "quiet line"
	lineNoisy = "noise at 20 dB"
	lineAfter = "after a listening sound"
)

var onsetLines = []string{lineClean, lineNoisy, lineAfter}

// onsetSNR is the noise of lineNoisy, in dB below the voice.
const onsetSNR = 20

// take is one sound over a prompt.
type take struct {
	lang, text  string
	first, line string // first sound, and line; "" for what is no interruption
	kind        string // of what is none: "cough", "echo -20 dB", …
	n           int
	clip        *OnsetClip
}

// firstSounds are the kinds of first sounds, the easy ones first.
var firstSounds = []string{"vowel", "nasal", "liquid", "voiced stop", "unvoiced stop", "voiced hiss", "unvoiced hiss"}

// echoes are how much fainter than it was a prompt of ordinary level comes back, dB.
var echoes = []float64{-20, -25, -30}

// takes lists all that is measured.
func (o OnsetOptions) takes(scripts map[string]*script) ([]take, error) {
	data, err := textFiles.ReadFile("texts/onsets.yaml")
	if err != nil {
		return nil, fmt.Errorf("turneval: %w", err)
	}
	texts := map[string]map[string][]string{}
	if _, bad := strictyaml.Decode("texts/onsets.yaml", data, &texts); len(bad) > 0 {
		return nil, fmt.Errorf("turneval: %v", bad)
	}
	var all []take
	n := 0
	for _, lang := range languages {
		for _, first := range firstSounds {
			for _, text := range texts[lang][first] {
				for range o.Takes {
					for _, line := range onsetLines {
						all = append(all, take{lang: lang, text: text, first: first, line: line, n: n})
					}
					n++
				}
			}
		}
		for i := range 3 * o.Takes {
			for _, what := range append([]string{paper}, disturbances...) {
				all = append(all, take{lang: lang, kind: what, n: i})
			}
			for _, what := range kinds {
				all = append(all, take{lang: lang, kind: what, n: i})
			}
			for _, by := range echoes {
				all = append(all, take{lang: lang, kind: fmt.Sprintf("echo %.0f dB", by), n: i})
			}
			form := scripts[lang].Turns["K"]
			all = append(all, take{lang: lang, kind: Backchannel, text: form[i%len(form)].Say, n: i})
		}
	}
	for i := range o.Clips {
		for _, line := range []string{lineClean, lineAfter} {
			all = append(all, take{lang: "fr", text: o.Clips[i].Name, line: line, clip: &o.Clips[i], n: i})
		}
	}
	return all, nil
}

// Onsets measures.
func Onsets(ctx context.Context, o OnsetOptions) (*OnsetReport, error) {
	if o.Takes == 0 {
		o.Takes = 4
	}
	sp, err := newSpeaker()
	if err != nil {
		return nil, err
	}
	m := &maker{speaker: sp, scripts: map[string]*script{}, seed: Options{Seed: o.Seed}.seed()}
	for _, lang := range languages {
		if m.scripts[lang], err = loadScript(lang); err != nil {
			return nil, err
		}
	}
	takes, err := o.takes(m.scripts)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	results := make([]talkover, len(takes))
	share.Out(ctx, len(takes), o.Workers, func(i int) {
		t, err := m.take(ctx, takes[i])
		if err != nil {
			cancel(fmt.Errorf("turneval: %q as %s: %w", takes[i].text, takes[i].what(), err))
			return
		}
		results[i] = talkOver(t, defaults(), ShippedLag)
		results[i].turn.ALaw = nil // thousands of them
	}, told(o.Progress, len(takes)))
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	r := scoreOnsets(takes, results)
	r.Seed = m.seed
	return r, nil
}

func (k take) what() string { return strings.TrimSpace(k.first + k.kind + " " + k.line) }

// How a take lies on its tape: the prompt begins at promptAt and goes on for promptRest behind the
// onset; before it the line's noise can be learned.
const (
	promptRest = 2500 * time.Millisecond
	noiseOnly  = 6 * time.Second
)

var (
	onsetAt     = span{4000, 5000}
	beforeAfter = span{1200, 3200} // from a listening sound to the interruption
)

// take makes one.
func (m *maker) take(ctx context.Context, k take) (*Turn, error) {
	w := m.who(job{lang: k.lang, n: k.n}, m.random("onset", k.lang, k.text, k.n)) // the same over each line
	r := m.random("onset", k.lang, k.what(), k.text, k.n)
	t := &Turn{ID: k.what(), Language: k.lang, Text: k.text, Voice: fmt.Sprintf("%s ×%.2f", w.voice, w.speed), Noise: Backdrop{Type: "clean"},
		Overlap: &Overlap{Kind: Interruption}, Bot: &Prompt{Start: Seconds(promptAt), Caller: earlier(job{n: k.n}, w.level)}}
	tp := &tape{}
	begin := samples(onsetAt.draw(r)) + r.IntN(media.PhoneRate/50)
	if k.clip != nil {
		begin -= begin % (media.PhoneRate / 50) // as a bench sends it
	}
	if k.line == lineAfter {
		if err := m.listenFirst(ctx, tp, k, w, begin, r); err != nil {
			return nil, err
		}
	}
	end, err := m.sounds(ctx, tp, t, k, w, begin, r)
	if err != nil {
		return nil, err
	}
	t.Overlap.End = at(end)
	t.Bot.End = at(end + samples(promptRest))
	tp.grow(end + samples(promptRest))
	t.Words = tp.words
	t.ALaw, err = m.press(ctx, tp.pcm, t.Noise, w.level, r.Uint64())
	return t, err
}

// listenFirst says a listening sound before begin.
func (m *maker) listenFirst(ctx context.Context, tp *tape, k take, w who, begin int, r *rand.Rand) error {
	forms := m.scripts[k.lang].Turns["K"]
	text := forms[r.IntN(len(forms))].Say
	b, err := m.breathe(ctx, w.lang, w.voice, w.speed, piece{text: text})
	if err != nil {
		return err
	}
	_, err = m.lay(ctx, tp, utterance{pieces: []piece{{text: text}}}, w, begin-samples(beforeAfter.draw(r))-len(b.pcm))
	return err
}

// sounds lays what the take is about on the tape from begin on, and notes what and where it is.
func (m *maker) sounds(ctx context.Context, tp *tape, t *Turn, k take, w who, begin int, r *rand.Rand) (end int, err error) {
	t.Overlap.Start = at(begin)
	switch {
	case k.clip != nil:
		pcm := make([]float64, len(k.clip.PCM))
		for i, v := range k.clip.PCM {
			pcm[i] = float64(v)
		}
		end = begin + len(pcm)
		tp.grow(end)
		mix(tp.pcm, begin, pcm, 1)
		if k.clip.Listening {
			t.Overlap.Kind = Backchannel
		}
		for _, word := range recognised(k.clip.Name) { // all known when the last is
			tp.words = append(tp.words, Word{word, at(begin), at(end)})
		}
		return end, nil
	case k.first != "":
		if end, err = m.lay(ctx, tp, utterance{pieces: []piece{{text: k.text}}}, w, begin); err != nil {
			return 0, err
		}
		faintest := -math.MaxFloat64
		if k.line == lineNoisy {
			t.Noise = Backdrop{Type: kinds[k.n%len(kinds)], SNR: onsetSNR}
			faintest = w.level - onsetSNR
		}
		t.Overlap.Start = at(begin + audibleFrom(tp.pcm[begin:end], faintest))
		return end, nil
	case k.kind == Backchannel:
		t.Overlap.Kind = Backchannel
		return m.lay(ctx, tp, utterance{pieces: []piece{{text: k.text}}}, w, begin)
	case strings.HasPrefix(k.kind, Echo):
		t.Overlap.Kind = Echo
		_, prompt, err := m.prompt(ctx, k.lang, k.n, r)
		if err != nil {
			return 0, err
		}
		tp.grow(begin + len(prompt))
		mix(tp.pcm, begin, prompt, dB(echoes[slices.IndexFunc(echoes, func(by float64) bool { return k.kind == fmt.Sprintf("echo %.0f dB", by) })]))
		return begin + len(prompt), nil
	case slices.Contains(kinds, k.kind): // the noise of the line alone
		t.Overlap.Kind, t.Noise = Noise, Backdrop{Type: k.kind, SNR: onsetSNR}
		return begin + samples(noiseOnly), nil
	case k.kind == paper:
		t.Overlap.Kind = Noise
		pcm := rustle(r)
		tp.grow(begin + len(pcm))
		mix(tp.pcm, begin, pcm, dB(paperLevel)*fullScale)
		return begin + len(pcm), nil
	}
	t.Overlap.Kind = Noise
	if background[k.kind] != 0 {
		t.Overlap.Kind = OtherSpeaker
	}
	return m.disturb(ctx, tp, job{lang: k.lang, n: k.n}, k.kind, begin, r)
}

// paper is the noise that resembles consonants most: somebody looks through their letters.
const (
	paper      = "paper"
	paperLevel = -32.0
)

// rustle is two seconds of it: bursts of 60 to 300 ms, hardly anything below 2 kHz.
func rustle(r *rand.Rand) []float64 {
	pcm := make([]float64, 2*media.PhoneRate)
	for at := 0; at < len(pcm); at += samples(span{150, 500}.draw(r)) {
		b := highpass(highpass(white(r, samples(span{60, 300}.draw(r))), 2200), 2200)
		for i := range b {
			b[i] *= math.Sin(math.Pi * float64(i) / float64(len(b)))
		}
		mix(pcm, at, b, 0.5+r.Float64())
	}
	return scale(pcm, 1)
}

// The onset of a sound is where a caller would say that it begins: the first 20 ms of which each
// quarter is no more than audibleBelow dB fainter than the whole of it, and louder than the noise
// around. A closing consonant may be fainter; an onset that is, nobody waits for.
const audibleBelow = 25.0

// audibleFrom is the onset in samples; faintest is the level of the noise, dBFS.
func audibleFrom(pcm []float64, faintest float64) int {
	limit := max(rms(pcm)*dB(-audibleBelow), dB(faintest)*fullScale)
	for i := 0; i+4*fine <= len(pcm); i += fine {
		loud := 0
		for q := range 4 {
			if rms(pcm[i+q*fine:i+(q+1)*fine]) < limit {
				break
			}
			loud++
		}
		if loud == 4 {
			return i
		}
	}
	return 0
}
