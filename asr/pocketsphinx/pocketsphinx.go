// Package pocketsphinx hears closed sets with CMU Sphinx's small recogniser: digits, yes or no,
// dates, spelled codes, a choice. A grammar is made of what the flow expects, each turn anew.
//
// The models were trained on people, unlike those of package embedded, and run on any machine;
// in free speech they are weak. The library is C, opened while the program runs, and must not
// live in the gateway's process: `decroche worker` is where New is called.
package pocketsphinx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"decroche/asr"
	"decroche/asr/stream"
	"decroche/internal/langtag"
)

// Recogniser hears turns. It is safe for concurrent use.
type Recogniser struct {
	cfg    Config            // constant after New
	models map[string]*model // constant after New
	dir    string            // constant after New
	free   chan struct{}     // a place for each turn that may be heard at once
	turns  sync.WaitGroup
}

var _ asr.Recogniser = (*Recogniser)(nil)

// New opens the library and every model. The error says what to install or to correct.
func New(cfg Config) (*Recogniser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("asr/pocketsphinx: %s", strings.Join(bad, "; "))
	}
	lib, err := load(cfg.Library)
	if err != nil {
		return nil, fmt.Errorf("asr/pocketsphinx: %w", err)
	}
	dir, err := os.MkdirTemp("", "decroche-pocketsphinx-")
	if err != nil {
		return nil, fmt.Errorf("asr/pocketsphinx: make a folder for the models: %w", err)
	}
	r := &Recogniser{cfg: cfg, models: map[string]*model{}, dir: dir, free: make(chan struct{}, cfg.Decoders)}
	for lang, m := range cfg.Models {
		if r.models[lang], err = prepare(lib, lang, m, dir); err != nil {
			os.RemoveAll(dir)
			return nil, fmt.Errorf("asr/pocketsphinx: models.%s: %w; %s", lang, err, advice(lang))
		}
	}
	return r, nil
}

// advice is what to do about a model that cannot be used.
func advice(lang string) string {
	if lang == "en" {
		return "apt-get install pocketsphinx-en-us, or correct asr.pocketsphinx.models.en"
	}
	return "asr/pocketsphinx/README.md tells where to get one, or take asr.pocketsphinx.models." + lang + " out"
}

// Languages are those that are heard, in order.
func (r *Recogniser) Languages() []string { return r.cfg.Languages() }

// Close waits for all turns and removes what New laid out.
func (r *Recogniser) Close() error {
	r.turns.Wait()
	return os.RemoveAll(r.dir)
}

// Open begins a turn. Sound waits while no decoder is free.
func (r *Recogniser) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	lang := langtag.Base(opt.Language)
	if lang == "" && len(r.models) == 1 {
		lang = r.Languages()[0]
	}
	m := r.models[lang]
	if m == nil {
		return nil, asr.Unsupported("asr/pocketsphinx: open for language %q: there are models of %s; add one to asr.pocketsphinx.models", opt.Language, strings.Join(r.Languages(), " and "))
	}
	want := m.rules.with(opt.Expect, opt.Hints)
	if want == nil && m.cfg.LanguageModel == "" {
		return nil, asr.Unsupported("asr/pocketsphinx: open for free speech in %q: it hears what a flow expects; route free speech to another engine, or name a models.%s.language_model", lang, lang)
	}
	set := stream.Settings{Engine: "asr/pocketsphinx", From: opt.Rate, To: m.cfg.Rate}
	return stream.Open(ctx, set, func(ctx context.Context, p *stream.Port) error {
		select {
		case r.free <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		r.turns.Add(1)
		defer func() { <-r.free; r.turns.Done() }()
		return m.turn(ctx, p, want)
	})
}

// turn hears one turn: in the grammar, and beside it as any sounds, which tells how well the
// grammar fits.
func (m *model) turn(ctx context.Context, p *stream.Port, want rules) error {
	var g *grammar
	var err error
	if want != nil {
		if g, err = compile(want, m.dict); err != nil {
			return err
		}
	}
	d, err := m.decoder(g)
	if err != nil {
		return err
	}
	defer d.close()
	var loop *decoder
	if g != nil {
		if loop, err = m.decoder(sounds); err != nil {
			return err
		}
		defer loop.close()
	}
	if err := m.listen(ctx, p, d, loop); err != nil {
		return err
	}
	r, score := d.best()
	r.End = p.Heard()
	if r.Text != "" {
		r.Confidence = confidence(d, loop, score)
		for i := range r.Words {
			r.Words[i].Confidence = r.Confidence
			r.Words[i].End = min(r.Words[i].End, r.End)
		}
	}
	p.Final(r)
	return nil
}

// piece is how much is heard at once, showing how much between two partial results.
const piece, showing = 100 * time.Millisecond, 200 * time.Millisecond

// listen gives both decoders all of the turn.
func (m *model) listen(ctx context.Context, p *stream.Port, d, loop *decoder) error {
	var shown time.Duration
	both := slices.DeleteFunc([]*decoder{d, loop}, func(d *decoder) bool { return d == nil })
	for {
		pcm, err := p.Read(ctx, int(piece.Seconds()*float64(m.cfg.Rate)))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for _, d := range both {
			if err := d.hear(pcm); err != nil {
				return err
			}
		}
		if at := p.Heard(); at-shown >= showing {
			shown = at
			r, _ := d.best()
			r.End = at
			p.Partial(r)
		}
	}
	for _, d := range both {
		if err := d.finish(); err != nil {
			return err
		}
	}
	return nil
}

// How much worse than free sounds the grammar's words may fit, in decoder units a frame: at half
// the confidence is one half.
const half, slope = 8.0, 3.0

// confidence compares how well the words fit with how well any sounds would.
func confidence(d, loop *decoder, score int32) float64 {
	if loop == nil || d.frames == 0 {
		return 0.5 // the library does not say
	}
	lag := float64(loop.score()-score) / float64(d.frames)
	return 1 / (1 + math.Exp((lag-half)/slope))
}
