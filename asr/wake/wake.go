// Package wake listens to a room for phrases that are meant for us: "dis Décroche", "plus fort".
//
// It is the embedded recogniser's Spotter behind a voice detector: what nobody says costs nothing,
// and every utterance is heard from its beginning, with what came before it, as the model was trained.
// What it hears leaves it as the number of a phrase and is kept nowhere.
package wake

import (
	"fmt"
	"slices"
	"time"

	"decroche/asr/embedded"
	"decroche/internal/langtag"
	"decroche/media/vad"
)

// Rate is what a Listener hears, in Hz.
const Rate = 8000

const (
	frame   = Rate / 50     // 20 ms, what the voice detector judges
	before  = Rate * 6 / 10 // in noise the detector takes its time
	linger  = 50            // frames, 1 s, that a pause is still the same utterance
	voiced  = .5
	longest = 30 * Rate // samples, after which an utterance that never ends counts as another
)

// Heard is a phrase that was said.
type Heard struct {
	Phrase int           // of those that New was given
	Sure   float64       // confidence, 0 to 1
	Lasted time.Duration // of the phrase
}

// Listener hears a room. One goroutine at a time may use it.
type Listener struct {
	spot *embedded.Spotter
	vad  *vad.Detector
	part []int16 // of a frame that is not whole
	ring []int16 // the last 600 ms while nobody speaks
	on   int     // frames that the utterance still lasts without a voice; 0: there is none
	told int     // samples of it
	out  []Heard
}

// New makes a Listener for phrases of a language.
func New(r *embedded.Recogniser, lang string, phrases []embedded.Keyword) (*Listener, error) {
	spot, err := r.Spot(lang, phrases)
	if err != nil {
		return nil, fmt.Errorf("wake: %w", err)
	}
	return &Listener{spot: spot, vad: vad.New(vad.DefaultConfig())}, nil
}

// Speaking tells whether somebody speaks, or did within the last second.
func (l *Listener) Speaking() bool { return l.on > 0 }

// Quiet is for how long nobody has spoken, as far as the last second goes.
func (l *Listener) Quiet() time.Duration { return time.Duration(linger-l.on) * 20 * time.Millisecond }

// Reset forgets what was begun, as when a device has been used for something else.
func (l *Listener) Reset() {
	l.vad.Reset()
	l.part, l.ring, l.on, l.told = l.part[:0], l.ring[:0], 0, 0
}

// Write hears the next sound and returns which phrases it completes, about 0.4 s after their end. The
// slice is valid until the next Write. pcm: mono at Rate, any length; it is not kept.
func (l *Listener) Write(pcm []int16) []Heard {
	l.out = l.out[:0]
	for len(pcm) > 0 {
		n := min(frame-len(l.part), len(pcm))
		l.part, pcm = append(l.part, pcm[:n]...), pcm[n:]
		if len(l.part) == frame {
			l.frame(l.part)
			l.part = l.part[:0]
		}
	}
	return l.out
}

func (l *Listener) frame(pcm []int16) {
	speech := l.vad.Push(pcm) >= voiced
	switch {
	case speech && l.on == 0 || l.on > 0 && l.told > longest && !speech:
		l.spot.Reset()
		l.told = 0
		l.hear(l.ring)
		l.ring = l.ring[:0]
		fallthrough
	case speech:
		l.on = linger
	case l.on > 0:
		l.on--
	}
	if l.on > 0 {
		l.hear(pcm)
	}
	l.ring = append(l.ring, pcm...)
	if over := len(l.ring) - before; over > 0 {
		l.ring = slices.Delete(l.ring, 0, over)
	}
}

func (l *Listener) hear(pcm []int16) {
	l.told += len(pcm)
	for _, s := range l.spot.Write(pcm) {
		l.out = append(l.out, Heard{Phrase: s.Keyword, Sure: s.Sure, Lasted: s.To - s.From})
	}
}

// name is how people say our name whose language does not have it.
var name = map[string][]string{"en": {"d eI k r 0 S", "d eI k r oU S", "d e k r 0 S", "d I k r 0 S", "d eI k r O S"}}

// Phrase is one that begins a conversation: "dis Décroche". The name is known in every language,
// whatever the lexicon says.
func Phrase(lang, text string) embedded.Keyword {
	k := embedded.Keyword{Text: text, Not: others[langtag.Base(lang)][text]}
	if lead, ok := leads[langtag.Base(lang)][text]; ok {
		for _, l := range lead {
			for _, n := range name[langtag.Base(lang)] {
				k.Sounds = append(k.Sounds, l+" "+n)
			}
		}
	}
	return k
}

// leads are the words before our name, by language and phrase.
var leads = map[string]map[string][]string{"en": {"hey Décroche": {"h eI", "eI"}}}

// others are what people say that resembles our phrases. A sentence that differs in one sound alone takes
// more from the phrase than it keeps away: without "hey they crash" 99.1 % instead of 97.4 are found on
// trained voices, and as little else.
var others = map[string]map[string][]string{
	"fr": {"dis Décroche": {"tu décroches", "je décroche", "il décroche", "on décroche", "qui décroche", "des croches", "des crochets", "décroche", "d'école", "dix degrés", "il dit des choses", "dis-le aux proches", "c'est des croches"}},
	"en": {"hey Décroche": {"okay the crush", "they crossed", "they cross", "day across", "hey the coach", "take a rush", "they go", "they grow", "a day care"}},
}

// Phrases are all that a speaker in a language listens for: those that begin a conversation, in their
// order, and behind them those about the volume. What measures the listening takes them from here too,
// so that it measures what people have.
func Phrases(lang string, begin []string) (keys []embedded.Keyword, volumes []Volume) {
	for _, w := range begin {
		keys = append(keys, Phrase(lang, w))
	}
	volumes = Volumes(lang)
	for _, v := range volumes {
		keys = append(keys, v.Phrase)
	}
	return keys, volumes
}

// Usual are the phrases that begin a conversation when nobody chose others.
func Usual(lang string) []string {
	if langtag.Base(lang) == "en" {
		return []string{"hey Décroche"}
	}
	return []string{"dis Décroche"}
}
