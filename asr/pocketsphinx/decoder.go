package pocketsphinx

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"decroche/asr"
	"decroche/internal/native"
)

// model is a language, ready to make decoders. Immutable after prepare.
type model struct {
	cfg   Model
	lib   *library
	dict  dictionary
	rules rules
	dir   string // the folder that the library reads, of ours
	seed  string // a dictionary of one word, for the library wants one
}

// prepare looks that everything of a model is there and lays out its folder below dir: the
// model's files, and feat.params with what is known of telephone sound. The library lets
// feat.params win over its arguments, hence the folder.
func prepare(lib *library, lang string, cfg Model, dir string) (*model, error) {
	m := &model{cfg: cfg, lib: lib, dir: filepath.Join(dir, lang), seed: filepath.Join(dir, lang+".dict")}
	var err error
	if m.dict, err = loadDictionary(cfg.Dictionary); err != nil {
		return nil, err
	}
	if m.rules = rulesOf(lang); m.rules == nil {
		return nil, fmt.Errorf("there are no grammars of %q", lang)
	}
	files, err := os.ReadDir(cfg.Model)
	if err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	if err := os.Mkdir(m.dir, 0o700); err != nil {
		return nil, fmt.Errorf("lay out the model: %w", err)
	}
	at, err := filepath.Abs(cfg.Model)
	if err != nil {
		return nil, fmt.Errorf("lay out the model: %w", err)
	}
	for _, f := range files {
		if f.Name() == "feat.params" {
			continue
		}
		if err := os.Symlink(filepath.Join(at, f.Name()), filepath.Join(m.dir, f.Name())); err != nil {
			return nil, fmt.Errorf("lay out the model: %w", err)
		}
	}
	feat, err := os.ReadFile(filepath.Join(cfg.Model, "feat.params"))
	if err != nil {
		return nil, fmt.Errorf("read the model: %w; it is no folder of an acoustic model of CMU Sphinx", err)
	}
	if err := os.WriteFile(filepath.Join(m.dir, "feat.params"), features(feat, cfg.Mean), 0o600); err != nil {
		return nil, fmt.Errorf("lay out the model: %w", err)
	}
	phones := m.dict.phones()
	if err := os.WriteFile(m.seed, []byte("seed "+phones[0]+"\n"), 0o600); err != nil {
		return nil, fmt.Errorf("lay out the model: %w", err)
	}
	d, err := m.decoder(sounds) // what is wrong with the model shows now, not in a call
	if err != nil {
		return nil, err
	}
	d.close()
	return m, nil
}

// features are the model's feat.params with our mean, when there is one.
func features(params []byte, mean string) []byte {
	if mean == "" {
		return params
	}
	var b strings.Builder
	for line := range strings.Lines(string(params)) {
		if !strings.HasPrefix(strings.TrimSpace(line), "-cmninit") {
			b.WriteString(line)
		}
	}
	return []byte(strings.TrimSuffix(b.String(), "\n") + "\n-cmninit " + strings.ReplaceAll(mean, " ", "") + "\n")
}

// phones are all that the dictionary uses, in order.
func (d dictionary) phones() []string {
	seen := map[string]bool{}
	for _, say := range d {
		for _, p := range say {
			for f := range strings.FieldsSeq(p) {
				seen[f] = true
			}
		}
	}
	var list []string
	for p := range seen {
		list = append(list, p)
	}
	slices.Sort(list)
	return list
}

// decoder hears one turn in one grammar. It is not safe for concurrent use.
type decoder struct {
	m      *model
	g      *grammar // of words; nil: the language model
	ps     uintptr
	frames int
}

// sounds in a grammar's place means any sounds at all: what speech costs when it need not be words.
var sounds = &grammar{}

// search is the name of the only search of a decoder.
const search = "turn"

// decoder opens a decoder and begins its turn. It takes some 10 ms: a fresh one each turn, for
// one that has been used remembers the channel of another caller.
func (m *model) decoder(g *grammar) (*decoder, error) {
	nfft := "256"
	if m.cfg.Rate > 8000 {
		nfft = "512"
	}
	args := []string{"-hmm", m.dir, "-samprate", fmt.Sprint(m.cfg.Rate), "-nfft", nfft}
	switch g {
	case nil:
		args = append(args, "-lm", m.cfg.LanguageModel, "-dict", m.cfg.Dictionary)
	case sounds:
		args = append(args, "-dict", m.seed, "-allphone_ci", "yes", "-beam", "1e-20", "-pbeam", "1e-20")
	default:
		args = append(args, "-dict", m.seed)
	}
	conf, err := m.lib.config(args...)
	if err != nil {
		return nil, err
	}
	d := &decoder{m: m, g: g, ps: m.lib.open(conf)}
	m.lib.freeConfig(conf)
	if d.ps == 0 {
		return nil, fmt.Errorf("pocketsphinx cannot read the model in %s at %d samples a second; see pocketsphinx_continuous -hmm for why", m.cfg.Model, m.cfg.Rate)
	}
	if err := d.begin(); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

// begin gives the decoder its grammar and starts the turn.
func (d *decoder) begin() error {
	l := d.m.lib
	if d.g == sounds {
		if l.setLoop(d.ps, search, 0) < 0 || l.setSearch(d.ps, search) < 0 {
			return errors.New("pocketsphinx refuses to search for any sounds")
		}
	} else if d.g != nil {
		for i, say := range d.g.say {
			for k, phones := range say {
				token := fmt.Sprintf("w%d", i)
				if k > 0 {
					token = fmt.Sprintf("w%d(%d)", i, k+1)
				}
				if l.addWord(d.ps, token, phones, 0) < 0 && k == 0 {
					return fmt.Errorf("the model does not know the sounds of a word that is expected; dictionary and model do not belong together")
				}
			}
		}
		if l.setJSGF(d.ps, search, d.g.jsgf) < 0 || l.setSearch(d.ps, search) < 0 {
			return errors.New("pocketsphinx refuses the grammar of what is expected")
		}
	}
	if l.start(d.ps) < 0 {
		return errors.New("pocketsphinx does not begin the turn")
	}
	return nil
}

func (d *decoder) close() {
	if d.ps != 0 {
		d.m.lib.free(d.ps)
		d.ps = 0
	}
}

// hear takes samples at the model's rate.
func (d *decoder) hear(pcm []int16) error {
	if len(pcm) == 0 {
		return nil
	}
	n := d.m.lib.process(d.ps, &pcm[0], uintptr(len(pcm)), 0, 0)
	if n < 0 {
		return errors.New("pocketsphinx failed on the sound")
	}
	d.frames += int(n)
	return nil
}

// finish ends the turn.
func (d *decoder) finish() error {
	if d.m.lib.end(d.ps) < 0 {
		return errors.New("pocketsphinx does not end the turn")
	}
	return nil
}

// frame is the time between two frames of features.
const frame = 10 * time.Millisecond

// best is what has been heard so far and its score in the decoder's logarithm; text is "" when
// nothing fits.
func (d *decoder) best() (r asr.Result, score int32) {
	if d.m.lib.best(d.ps, &score) == 0 {
		return r, 0
	}
	var texts []string
	for s := d.m.lib.segments(d.ps); s != 0; s = d.m.lib.next(s) {
		text := d.text(native.Text(d.m.lib.word(s)))
		if text == "" {
			continue
		}
		var from, to int32
		d.m.lib.frames(s, &from, &to)
		w := asr.Word{Text: text, Start: time.Duration(from) * frame, End: time.Duration(to+1) * frame}
		r.Words, texts = append(r.Words, w), append(texts, text)
	}
	r.Text = strings.Join(texts, " ")
	return r, score
}

// score is how well what was heard fits, in the decoder's logarithm.
func (d *decoder) score() (score int32) {
	d.m.lib.best(d.ps, &score)
	return score
}

// text is what a segment says: "" for silence, noise and marks.
func (d *decoder) text(word string) string {
	if i := strings.IndexByte(word, '('); i > 0 {
		word = word[:i]
	}
	if d.g != nil {
		return d.g.text(word)
	}
	if strings.ContainsAny(word[:min(1, len(word))], "<[+") {
		return ""
	}
	return word
}
