package embedded

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
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
	general *ngrams
	rules   map[string]string
	digits  *digitRules
	closed  map[string]*network // by kind: yes_no, spelled, date
	closedSay
}

// closedSay finds pronunciations for grammars, in the lexicon and in their own list.
type closedSay struct{ prons map[string][]pron }

func (c closedSay) word(w string) []pron   { return c.prons[w] }
func (c closedSay) phrase(s string) []pron { return sayAll(s, c.word) }

// closedBonus is added per phoneme in closed sets, so that long answers are not at a loss
// against short ones (measured: shared by all closed kinds).
const closedBonus = 2

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
	own := newLexicon()
	if err := own.read(bytes.NewReader(b), ph); err != nil {
		return err
	}
	t.prons = map[string][]pron{}
	for _, l := range []*lexicon{t.lex, own} { // the lexicon first: it knows words inside sentences
		for _, p := range l.prons {
			w := l.words[p.word]
			if !slices.ContainsFunc(t.prons[w], func(q pron) bool { return slices.Equal(p.say, q.say) }) {
				t.prons[w] = append(t.prons[w], p)
			}
		}
	}
	if t.rules, err = readRules(t.lang); err != nil {
		return err
	}
	for _, kind := range []string{"yes_no", "spelled", "date"} {
		n, _, err := newNetwork(t.rules, kind, t.phrase, closedBonus)
		if err != nil {
			return fmt.Errorf("grammar %q: %w", kind, err)
		}
		t.closed[kind] = n
	}
	t.digits = newDigitRules(t.lang, t.rules, t.word, closedBonus)
	return nil
}

func readRules(lang string) (map[string]string, error) {
	b, err := grammars.ReadFile("grammars/" + lang + ".txt")
	if err != nil {
		return nil, err
	}
	r, err := parseRules(string(b))
	if err != nil {
		return nil, err
	}
	r["number"] = numberRule(lang)
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
