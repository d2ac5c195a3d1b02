// Package embedded is the recogniser that lives inside the binary: French and English, pure Go,
// streaming, trained by the recipe in train/ on speech that we synthesise ourselves.
//
// Audio becomes log-mel vectors, a small convolutional network turns them into phoneme posteriors
// while the caller speaks, and beam searches over a lexicon or over a closed set of answers turn
// those into words. What the flow expects decides which searches run; when a closed set is
// expected, a free search runs beside it, for callers answer what they like.
//
// It is a demonstration engine: good for tests, demonstrations and simulated callers; on real
// callers only for closed sets of clearly different phrases, with rejection and confirmation.
package embedded

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"decroche/asr"
	"decroche/internal/langtag"
	"decroche/media/resample"
)

// Config tunes the recogniser. The zero value is not valid; start from DefaultConfig.
type Config struct {
	// Languages to load, of "fr" and "en".
	Languages []string `yaml:"languages"`
	// BeamFree and BeamClosed are how many hypotheses free speech and closed sets keep: more is
	// slower and a little better. 30 to 1000.
	BeamFree   int `yaml:"beam_free"`
	BeamClosed int `yaml:"beam_closed"`
	// PhraseShare is how much of the language model the bot's own phrases get, 0 to 0.9.
	PhraseShare float64 `yaml:"phrase_share"`
	// Phrases are the bot's own example sentences and words, by language. Not set in a file: the
	// gateway takes them from the flows.
	Phrases map[string][]string `yaml:"-"`
}

// DefaultConfig returns the settings that the figures in docs/measurements.md were made with.
func DefaultConfig() Config {
	return Config{Languages: []string{"fr", "en"}, BeamFree: 250, BeamClosed: 200, PhraseShare: .4}
}

// Validate returns what is wrong with c, each as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if len(c.Languages) == 0 {
		bad = append(bad, "languages: is empty; name fr, en or both")
	}
	for _, l := range c.Languages {
		if embeddedTongues[l] == nil {
			bad = append(bad, fmt.Sprintf("languages: %q is not known to the embedded recogniser; it knows fr and en", l))
		}
	}
	for _, b := range []struct {
		key   string
		value int
	}{{"beam_free", c.BeamFree}, {"beam_closed", c.BeamClosed}} {
		if b.value < 30 || b.value > 1000 {
			bad = append(bad, fmt.Sprintf("%s: %d is out of range; use 30 to 1000", b.key, b.value))
		}
	}
	if !(c.PhraseShare >= 0 && c.PhraseShare <= .9) {
		bad = append(bad, fmt.Sprintf("phrase_share: %v is out of range; use 0 to 0.9", c.PhraseShare))
	}
	return bad
}

// Recogniser opens sessions that share one immutable model. It is safe for concurrent use and
// needs no closing.
type Recogniser struct {
	// constant after New
	cfg      Config
	tune     tuning
	model    *acoustic
	speakers map[string]*speaker
	skipped  map[string]int

	idle   sync.Pool // *decoder
	rivals sync.Pool // *decoder without ears
}

// tuning are the settings found on development speech; changing them needs a new measurement.
type tuning struct {
	prior              float32 // power of the phoneme prior that posteriors are divided by
	scale, bonus       float32 // language model weight, and nats per word, in free speech
	wideFree           float32 // beam widths in nats
	wideClosed         float32
	skip               float32 // phonemes below this log posterior are not tried
	sure               float64 // log odds of a reading that fits perfectly and clearly
	sureFit, sureClear float64 // what a nat of either takes away
	unsureShort        float64 // what a single phoneme takes away; two take half of it
}

func defaultTuning() tuning {
	return tuning{prior: .6, scale: .75, bonus: -.2, wideFree: 16, wideClosed: 40, skip: -9, sure: 4.25, sureFit: .3, sureClear: 2.75, unsureShort: 1.5}
}

// speaker is one language of a recogniser: the shared tongue and the bot's own words and phrases.
type speaker struct {
	*tongue
	lex   *lexicon
	trie  *trie
	mix   mix
	spelt []spelling // of every word

	phones phonemes
}

// New loads the embedded model and prepares the bot's phrases. Words of phrases that the lexicon
// lacks get their pronunciation from espeak-ng when it is installed, and are counted in Skipped
// otherwise. The first recogniser of a process takes about half a second of processor time.
func New(cfg Config) (*Recogniser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("asr/embedded: %s", strings.Join(bad, "; "))
	}
	m, err := embeddedAcoustic()
	if err != nil {
		return nil, err
	}
	var wait sync.WaitGroup
	tongues, errs := make([]*tongue, len(cfg.Languages)), make([]error, len(cfg.Languages))
	for i, lang := range cfg.Languages {
		wait.Go(func() { tongues[i], errs[i] = embeddedTongues[lang]() })
	}
	wait.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return newRecogniser(cfg, defaultTuning(), m, tongues), nil
}

func newRecogniser(cfg Config, tune tuning, m *acoustic, tongues []*tongue) *Recogniser {
	r := &Recogniser{cfg: cfg, tune: tune, model: m, speakers: map[string]*speaker{}, skipped: map[string]int{}}
	for _, t := range tongues {
		r.speakers[t.lang], r.skipped[t.lang] = newSpeaker(t, cfg.Phrases[t.lang], float32(cfg.PhraseShare), m.phonemes())
	}
	r.idle.New = func() any { return newDecoder(r) }
	r.rivals.New = func() any { return newSearches(r) }
	return r
}

func newSpeaker(t *tongue, phrases []string, share float32, ph phonemes) (s *speaker, skipped int) {
	s = &speaker{tongue: t, lex: t.lex, mix: mix{parts: []*ngrams{t.general}, share: []float32{1}}, phones: ph}
	if len(phrases) > 0 {
		s.lex = t.lex.extend()
		skipped = s.learn(phrases, ph)
		var sentences [][]int32
		for _, p := range phrases {
			sentences = append(sentences, s.tongue.ids(s.lex, p)...)
		}
		own := newNgrams(countGrams(sentences, 1), len(s.lex.words), t.general)
		s.mix = mix{parts: []*ngrams{t.general, own}, share: []float32{1 - share, share}}
	}
	if s.lex != t.lex {
		s.lex.sort()
	}
	for _, w := range s.lex.words {
		s.spelt = append(s.spelt, spell(t.lang, w, s.lex.knows))
	}
	items := make([]item, len(s.lex.prons))
	for i, p := range s.lex.prons {
		items[i] = item{word: p.word, say: p.say, cost: p.cost}
	}
	s.trie = newTrie(1, items, func(it *item) float32 { return s.mix.logp1(it.word) })
	return s, skipped
}

// learn finds pronunciations for the words of phrases that have none; it returns how many stay silent.
func (s *speaker) learn(phrases []string, ph phonemes) (silent int) {
	var fresh []string
	known := s.lex.spoken()
	for _, p := range phrases {
		for _, w := range tokens(s.lang, p) {
			if i, ok := s.lex.index[w]; ok && known[i] || slices.Contains(fresh, w) {
				continue
			}
			fresh = append(fresh, w)
		}
	}
	if len(fresh) == 0 {
		return 0
	}
	said, err := s.tongue.pronounce(context.Background(), fresh)
	if err != nil {
		return len(fresh)
	}
	for i, w := range fresh {
		if say := ph.parse(strings.Join(said[i], " ")); len(say) > 0 {
			s.lex.prons = append(s.lex.prons, pron{word: s.lex.id(w), say: say})
		} else {
			silent++
		}
	}
	return silent
}

// sayings finds the pronunciations of a word, the bot's own words included.
func (s *speaker) sayings(w string) []pron {
	if say := s.tongue.sayings(w); len(say) > 0 {
		return say
	}
	return s.lex.sayings(w)
}

// sayingsOf is sayings for the words of phrases that came with a turn: espeak-ng is asked, once per
// process, about those that are new. Without espeak-ng they stay silent.
func (s *speaker) sayingsOf(phrases []string) func(string) []pron {
	var fresh []string
	for _, p := range phrases {
		for w := range strings.FieldsSeq(p) {
			for _, part := range splitElision(w) {
				if len(s.sayings(w)) == 0 && len(s.sayings(part)) == 0 && !slices.Contains(fresh, part) {
					fresh = append(fresh, part)
				}
			}
		}
	}
	if len(fresh) == 0 {
		return s.sayings
	}
	learned := map[string][]pron{}
	if said, err := s.tongue.pronounce(context.Background(), fresh); err == nil {
		for i, w := range fresh {
			if say := s.phones.parse(strings.Join(said[i], " ")); len(say) > 0 {
				learned[w] = []pron{{say: say}}
			}
		}
	}
	return func(w string) []pron {
		if say := s.sayings(w); len(say) > 0 {
			return say
		}
		return learned[w]
	}
}

// Languages lists the languages that Open accepts, sorted.
func (r *Recogniser) Languages() []string {
	var l []string
	for k := range r.speakers {
		l = append(l, k)
	}
	slices.Sort(l)
	return l
}

// Skipped tells how many words of a language's phrases can not be heard because neither the
// lexicon nor espeak-ng knew how they sound.
func (r *Recogniser) Skipped(lang string) int { return r.skipped[lang] }

// String names the engine as the log and doctor should.
func (r *Recogniser) String() string { return "embedded (demonstration engine)" }

// Open begins a turn of the caller. Cancelling ctx abandons it. It is cheap: the model is shared
// and the state of ended sessions is used again.
func (r *Recogniser) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	var fit *resample.Resampler // of a leg that is not the telephone's
	if opt.Rate != 0 && opt.Rate != r.model.Rate {
		var err error
		if fit, err = resample.New(opt.Rate, r.model.Rate); err != nil {
			return nil, asr.Unsupported("asr/embedded: open at %d samples per second: %v", opt.Rate, err)
		}
	}
	lang := langtag.Base(opt.Language)
	if lang == "" {
		lang = r.cfg.Languages[0]
	}
	s := r.speakers[lang]
	if s == nil {
		return nil, asr.Unsupported("asr/embedded: open for language %q: it speaks %s; choose another engine for it", opt.Language, strings.Join(r.Languages(), " and "))
	}
	if err := checkLayout(opt.Expect.Layout); err != nil {
		return nil, fmt.Errorf("asr/embedded: open: %w", err)
	}
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if opt.Language == "" {
		opt.Language = r.cfg.Languages[0]
	}
	d := r.idle.Get().(*decoder)
	d.challenge(opt)
	d.begin(s, opt)
	return newSession(ctx, r, opt.Rate, fit, func(s *session) { s.work(d) }), nil
}
