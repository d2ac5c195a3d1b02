package embedded

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// weights are what the recipe in train/ wrote; grammars are ours.
//
//go:embed weights
var weights embed.FS

//go:embed grammars
var grammars embed.FS

// tongue is what is known of one language: immutable, shared by every recogniser in the process.
type tongue struct {
	lang    string
	lex     *lexicon
	own     *lexicon // words of the grammars
	general *ngrams
	asides  *ngrams // what callers say instead of answering a closed question
	rules   map[string]string
	digits  *digitRules
	closed  map[string]*network // by kind: yes_no, date
	spelled func() *network     // codes of letters and digits: any word of the lexicon may stand behind a letter, so it is made when first expected
	says    map[string]string   // the forms of yes_no: "yes" or "no"

	mu      sync.Mutex
	learned map[string][]string // guarded by mu: what espeak-ng said about words the lexicon lacks
}

// pronounce asks espeak-ng about words, once per process for each.
func (t *tongue) pronounce(ctx context.Context, words []string) ([][]string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var fresh []string
	for _, w := range words {
		if _, ok := t.learned[w]; !ok {
			fresh = append(fresh, w)
		}
	}
	if len(fresh) > 0 {
		said, err := pronounce(ctx, t.lang, fresh)
		if err != nil {
			return nil, err
		}
		if t.learned == nil {
			t.learned = map[string][]string{}
		}
		for i, w := range fresh {
			t.learned[w] = said[i]
		}
	}
	said := make([][]string, len(words))
	for i, w := range words {
		said[i] = t.learned[w]
	}
	return said, nil
}

// sayings finds the pronunciations of a word of a grammar, in the lexicon and in the grammars' own list.
func (t *tongue) sayings(w string) []pron {
	say := t.lex.sayings(w)
	for _, p := range t.own.sayings(w) {
		if !slices.ContainsFunc(say, func(q pron) bool { return slices.Equal(p.say, q.say) }) {
			say = append(say, p)
		}
	}
	return say
}

// ids splits a phrase into runs of words that lex knows.
func (t *tongue) ids(lex *lexicon, phrase string) (runs [][]int32) {
	var run []int32
	for _, w := range tokens(t.lang, phrase) {
		if i, ok := lex.index[w]; ok {
			run = append(run, i)
		} else if len(run) > 0 {
			runs, run = append(runs, run), nil
		}
	}
	if len(run) > 0 {
		runs = append(runs, run)
	}
	return runs
}

// closedBonus is added per phoneme in closed sets, so that long answers are not at a loss
// against short ones (measured: shared by all closed kinds).
const closedBonus = 2

// spelledBonus is less: a code has no known length, and every letter too many would be paid for
// (development codes all right, of 96: 83 without bonus, 69 with 2 nats).
const spelledBonus = 0

var embeddedAcoustic = sync.OnceValues(func() (*acoustic, error) { return readAcoustic(weights) })

// embeddedTongues loads a language once.
var embeddedTongues = map[string]func() (*tongue, error){
	"fr": sync.OnceValues(func() (*tongue, error) { return readEmbeddedTongue("fr") }),
	"en": sync.OnceValues(func() (*tongue, error) { return readEmbeddedTongue("en") }),
}

func readEmbeddedTongue(lang string) (*tongue, error) {
	m, err := embeddedAcoustic()
	if err != nil {
		return nil, err
	}
	return readTongue(weights, lang, m.phonemes())
}

func readAcoustic(dir fs.FS) (*acoustic, error) {
	b, err := fs.ReadFile(dir, "weights/acoustic.bin")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("asr/embedded: this build has no acoustic model; train one with asr/embedded/train and build again")
	}
	if err != nil {
		return nil, fmt.Errorf("asr/embedded: %w", err)
	}
	m, err := loadAcoustic(b)
	if err != nil {
		return nil, fmt.Errorf("asr/embedded: %w", err)
	}
	return m, nil
}

// readTongue loads lexicon, language model and grammars of a language.
func readTongue(dir fs.FS, lang string, ph phonemes) (*tongue, error) {
	t := &tongue{lang: lang, lex: newLexicon(), closed: map[string]*network{}}
	if err := unzip(dir, "weights/"+lang+".lex.gz", func(r io.Reader) error { return t.lex.read(r, ph) }); err != nil {
		return nil, err
	}
	var grams []gram
	if err := unzip(dir, "weights/"+lang+".lm.txt.gz", func(r io.Reader) (err error) {
		grams, err = readGrams(r, t.lex)
		return err
	}); err != nil {
		return nil, err
	}
	t.general = newNgrams(grams, len(t.lex.words), nil)
	if err := t.readGrammars(ph); err != nil {
		return nil, fmt.Errorf("asr/embedded: language %q: %w", lang, err)
	}
	return t, nil
}

func (t *tongue) readGrammars(ph phonemes) error {
	b, err := grammars.ReadFile("grammars/" + t.lang + ".lex")
	if err != nil {
		return err
	}
	t.own = newLexicon()
	if err := t.own.read(bytes.NewReader(b), ph); err != nil {
		return err
	}
	t.own.sort()
	t.lex.sort()
	if t.rules, err = readRules(t.lang, nil); err != nil {
		return err
	}
	for _, kind := range []string{"yes_no", "date"} {
		if t.closed[kind], err = t.network(t.rules, kind, closedBonus); err != nil {
			return err
		}
	}
	t.spelled = sync.OnceValue(func() *network {
		rules, err := readRules(t.lang, t.lex.words)
		if err != nil {
			return nil
		}
		n, err := t.network(rules, "spelled", spelledBonus)
		if err != nil {
			return nil // which a test of the grammars would tell
		}
		return n
	})
	t.says = map[string]string{}
	for _, polarity := range []string{"yes", "no"} {
		for _, form := range expand(t.rules, polarity, 20_000) {
			t.says[form] = polarity
		}
	}
	var asides [][]int32
	for _, a := range expand(t.rules, "aside", 20_000) {
		asides = append(asides, t.ids(t.lex, a)...)
	}
	t.asides = newNgrams(countGrams(asides, 1), len(t.lex.words), t.general)
	t.digits = newDigitRules(t.lang, t.rules, t.sayings, closedBonus)
	return nil
}

// network compiles one rule with the sounds of the language.
func (t *tongue) network(rules map[string]string, kind string, bonus float32) (*network, error) {
	n, _, err := newNetwork(rules, kind, func(w string) []pron { return sayAll(w, t.sayings, manyWays) }, bonus)
	if err != nil {
		return nil, fmt.Errorf("grammar %q: %w", kind, err)
	}
	return n, nil
}

// readRules reads the grammars of a language. lexicon are the words that may stand for a letter
// ("b comme bateau") beside the usual ones; nil for those who need no spelling.
func readRules(lang string, lexicon []string) (map[string]string, error) {
	b, err := grammars.ReadFile("grammars/" + lang + ".txt")
	if err != nil {
		return nil, err
	}
	r, err := parseRules(string(b))
	if err != nil {
		return nil, err
	}
	r["number"] = numberRule(lang)
	nameLetters(r, lang, lexicon)
	return r, nil
}

// unzip reads one gzip file; limit protects against a damaged one.
func unzip(dir fs.FS, name string, read func(io.Reader) error) error {
	const maxBytes = 256 << 20
	f, err := dir.Open(name)
	if err != nil {
		return fmt.Errorf("asr/embedded: %w", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err == nil {
		err = read(io.LimitReader(z, maxBytes))
	}
	if err != nil {
		return fmt.Errorf("asr/embedded: %s: %w", name, err)
	}
	return nil
}

// polarity tells whether an answer is a "yes" or a "no"; "" is neither. The first form in it
// decides, the longest where several begin there: "non c'est bon" is one no.
func (t *tongue) polarity(answer string) string {
	for from, words := 0, strings.Fields(answer); from < len(words); from++ {
		for to := len(words); to > from; to-- {
			if p := t.says[strings.Join(words[from:to], " ")]; p != "" {
				return p
			}
		}
	}
	return ""
}
