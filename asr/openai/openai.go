// Package openai recognises through any server with OpenAI's /v1/audio/transcriptions: Whisper
// servers on one's own machine, or a company's. The protocol takes whole recordings, so a request
// is a turn as our own detector found it; turns longer than MaxPart are cut where they are quiet.
package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"decroche/asr"
	"decroche/asr/stream"
	"decroche/internal/langtag"
	"decroche/internal/openai"
)

// Recogniser is a client of one server. It is safe for concurrent use and needs no closing.
type Recogniser struct {
	cfg    Config // constant after New
	client *openai.Client
}

// New makes a Recogniser and reads the secret that Config.Key refers to. It does not connect.
func New(cfg Config) (*Recogniser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("asr/openai: %s", strings.Join(bad, "; "))
	}
	c, err := openai.New(cfg.URL, cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("asr/openai: %w", err)
	}
	return &Recogniser{cfg: cfg, client: c}, nil
}

// String names the engine as the log and doctor should.
func (r *Recogniser) String() string { return "openai at " + r.cfg.URL + ", model " + r.cfg.Model }

// Check asks the server for its models, for doctor. Nothing is billed for that.
func (r *Recogniser) Check(ctx context.Context) (string, error) {
	names, err := r.client.Models(ctx, r.cfg.Timeout)
	switch {
	case err != nil:
		return "", fmt.Errorf("asr/openai: %w", err)
	case len(names) > 0 && !slices.Contains(names, r.cfg.Model):
		return "", fmt.Errorf("asr/openai: the server at %s has no model %q; it has %s", r.cfg.URL, r.cfg.Model, strings.Join(names[:min(10, len(names))], ", "))
	}
	return "it answers", nil
}

// Open begins a turn. Nothing is sent before the turn ends or MaxPart of it has been heard.
func (r *Recogniser) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	set := stream.Settings{Engine: "asr/openai", From: opt.Rate, To: r.cfg.Rate}
	return stream.Open(ctx, set, func(ctx context.Context, p *stream.Port) error {
		t := &turn{r: r, p: p, opt: opt, parts: make(chan part, 4)}
		t.lang = langtag.Base(opt.Language)
		if r.cfg.Hints {
			t.prompt = prompt(opt.Hints)
		}
		// Each request has its own time; what waits behind others has theirs too.
		return stream.Duplex(ctx, time.Duration(cap(t.parts)+1)*r.cfg.Timeout, t.listen, t.ask)
	})
}

// maxPrompt bounds the hints of a request, in bytes: models read some 200 tokens.
const maxPrompt = 600

// prompt makes one sentence of hints.
func prompt(hints []string) string {
	var b strings.Builder
	for _, h := range hints {
		if b.Len()+len(h) > maxPrompt {
			break
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(h)
	}
	return b.String()
}

// part is what one request recognises.
type part struct {
	pcm []int16
	at  time.Duration // of its first sample in the turn
}

type turn struct {
	r            *Recogniser
	p            *stream.Port
	opt          asr.Options
	lang, prompt string
	parts        chan part
}

// listen collects audio and cuts it into parts.
func (t *turn) listen(ctx context.Context) error {
	defer close(t.parts)
	rate := t.r.cfg.Rate
	most := int(t.r.cfg.MaxPart.Seconds() * float64(rate))
	var pcm []int16
	var at time.Duration
	give := func(n int) error {
		select {
		case t.parts <- part{slices.Clone(pcm[:n]), at}:
		default:
			return fmt.Errorf("%s is %d parts of %v behind", t.r.cfg.URL, cap(t.parts), t.r.cfg.MaxPart)
		}
		pcm, at = slices.Delete(pcm, 0, n), at+time.Duration(n)*time.Second/time.Duration(rate)
		return nil
	}
	for {
		more, err := t.p.Read(ctx, rate/10)
		if errors.Is(err, io.EOF) {
			return give(len(pcm))
		}
		if err != nil {
			return err
		}
		pcm = append(pcm, more...)
		for len(pcm) >= most {
			if err := give(quietest(pcm[:most], rate)); err != nil {
				return err
			}
		}
	}
}

// ask recognises part after part.
func (t *turn) ask(ctx context.Context) error {
	texts := 0
	for {
		var p part
		var more bool
		select {
		case p, more = <-t.parts:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		if !more {
			if err := context.Cause(ctx); err != nil || texts > 0 {
				return err
			}
			t.p.Final(asr.Result{}) // nothing was said
			return nil
		}
		if !audible(p.pcm, t.r.cfg.Rate, t.r.cfg.FloorDB) {
			continue
		}
		res, err := t.hear(ctx, p)
		if err != nil {
			return err
		}
		if res.Text != "" {
			texts++
			t.p.Final(res)
		}
	}
}

// hear recognises one part. When the caller may speak several languages the server is left to find
// out which, if its answers tell; one that finds none of them, or another than the likely one in
// too few words, is asked again.
func (t *turn) hear(ctx context.Context, p part) (asr.Result, error) {
	if len(t.opt.Others) > 0 && t.r.cfg.Format == "verbose_json" {
		res, err := t.request(ctx, p, "", "") // hints would be a hint at their language
		if err != nil || res.Text == "" {
			return res, err
		}
		if lang, ok := t.opt.Told(res.Language, res.Text); ok {
			res.Language = lang
			return res, nil
		}
	}
	res, err := t.request(ctx, p, t.lang, t.prompt)
	res.Language = ""
	return res, err
}

// quietest is the middle of the quietest tenth of a second in the last third of pcm.
func quietest(pcm []int16, rate int) int {
	win := rate / 10
	best, at := math.MaxFloat64, len(pcm)
	for i := len(pcm) * 2 / 3; i+win <= len(pcm); i += win / 4 {
		if p := power(pcm[i : i+win]); p < best {
			best, at = p, i+win/2
		}
	}
	return at
}

// audible tells whether any 20 ms are louder than the floor.
func audible(pcm []int16, rate int, floor float64) bool {
	limit := math.Pow(10, floor/10) * 32768 * 32768
	for win := rate / 50; len(pcm) >= win; pcm = pcm[win:] {
		if power(pcm[:win]) > limit {
			return true
		}
	}
	return false
}

// power is the mean square of samples.
func power(pcm []int16) float64 {
	var sum float64
	for _, v := range pcm {
		sum += float64(v) * float64(v)
	}
	return sum / float64(max(1, len(pcm)))
}
