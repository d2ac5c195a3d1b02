// Package sherpa hears with any model that sherpa-onnx runs: streaming transducers and CTC
// models, Whisper, SenseVoice and others, on the processor, offline.
//
// The library is C++ and ends its process over a model that it does not like; `decroche worker`
// is where New is called, never the gateway. Which model, is the operator's choice: it decides
// what is heard and how well, and this package adds no words of its own.
package sherpa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"decroche/asr"
	"decroche/asr/stream"
	"decroche/internal/langtag"
	"decroche/internal/native"
)

// Recogniser hears turns. It is safe for concurrent use.
type Recogniser struct {
	cfg     Config            // constant after New
	lib     *library          // constant after New
	version string            // constant after New
	models  map[string]*model // constant after New
	free    chan struct{}     // a place for each turn that may be heard at once
}

var _ asr.Recogniser = (*Recogniser)(nil)

// model is a loaded language.
type model struct {
	Model
	rec    uintptr
	result func(rec, stream uintptr) uintptr
}

// New opens the library and every model; a model that is not of its layout may end the process.
func New(cfg Config) (*Recogniser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("asr/sherpa: %s", strings.Join(bad, "; "))
	}
	if len(cfg.Models) == 0 {
		return nil, errors.New("asr/sherpa: models: there is none; name one for each language: asr/sherpa/README.md")
	}
	so, lib, err := load(cfg.Library)
	if err != nil {
		return nil, fmt.Errorf("asr/sherpa: %w", err)
	}
	r := &Recogniser{cfg: cfg, lib: lib, version: so.Version, models: map[string]*model{}, free: make(chan struct{}, cfg.Turns)}
	for lang, m := range cfg.Models {
		x := &model{Model: m}
		if x.rec, x.result, err = m.open(so, lang, cfg.Threads); err != nil {
			return nil, fmt.Errorf("asr/sherpa: models.%s: %w", lang, err)
		}
		r.models[lang] = x
	}
	if cfg.VAD != "" {
		vad, err := r.vad()
		if err != nil {
			return nil, err
		}
		lib.closeVAD(vad)
	}
	return r, nil
}

// Languages are those that are heard, in order.
func (r *Recogniser) Languages() []string { return r.cfg.Languages() }

// Version is the library's.
func (r *Recogniser) Version() string { return r.version }

// Open begins a turn. Sound waits while as many turns are heard as may be.
func (r *Recogniser) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	lang := langtag.Base(opt.Language)
	if lang == "" && len(r.models) == 1 {
		lang = r.Languages()[0]
	}
	m := r.models[lang]
	if m == nil {
		return nil, asr.Unsupported("asr/sherpa: open for language %q: there are models of %s; add one to asr.sherpa.models", opt.Language, strings.Join(r.Languages(), " and "))
	}
	set := stream.Settings{Engine: "asr/sherpa", From: opt.Rate, To: m.rate()}
	return stream.Open(ctx, set, func(ctx context.Context, p *stream.Port) error {
		select {
		case r.free <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		defer func() { <-r.free }()
		if m.Streaming {
			return r.follow(ctx, p, m)
		}
		return r.whole(ctx, p, m)
	})
}

// piece is how much is heard at once, showing how much between two partial results, tail the
// silence that a streaming model is given after the last word.
const (
	piece   = 100 * time.Millisecond
	showing = 200 * time.Millisecond
	tail    = 800 * time.Millisecond
)

// follow hears a turn with a model that streams.
func (r *Recogniser) follow(ctx context.Context, p *stream.Port, m *model) error {
	s := r.lib.online.openStream(m.rec)
	if s == 0 {
		return errors.New("sherpa-onnx opens no stream")
	}
	defer r.lib.online.closeStream(s)
	hear := func(pcm []float32) {
		if len(pcm) > 0 {
			r.lib.online.accept(s, int32(m.rate()), &pcm[0], int32(len(pcm)))
		}
		for r.lib.isReady(m.rec, s) != 0 && ctx.Err() == nil {
			r.lib.online.decode(m.rec, s)
		}
	}
	var shown time.Duration
	for {
		pcm, err := p.Read(ctx, int(piece.Seconds()*float64(m.rate())))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		hear(floats(pcm))
		if at := p.Heard(); at-shown >= showing {
			shown = at
			if res, err := m.read(&r.lib.online, s, at); err == nil {
				p.Partial(res)
			}
		}
	}
	hear(make([]float32, int(tail.Seconds()*float64(m.rate()))))
	r.lib.finished(s)
	hear(nil)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	res, err := m.read(&r.lib.online, s, p.Heard())
	if err != nil {
		return err
	}
	p.Final(res)
	return nil
}

// maxTurn bounds what a model that does not stream is given.
const maxTurn = time.Minute

// whole hears a turn when it is over.
func (r *Recogniser) whole(ctx context.Context, p *stream.Port, m *model) error {
	var pcm []float32
	for {
		in, err := p.Read(ctx, int(piece.Seconds()*float64(m.rate())))
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if p.Heard() > maxTurn {
			return fmt.Errorf("a turn of more than %v is too long for a model that does not stream", maxTurn)
		}
		pcm = append(pcm, floats(in)...)
	}
	parts, err := r.speech(pcm, m.rate())
	if err != nil {
		return err
	}
	if len(parts) == 0 {
		p.Final(asr.Result{End: p.Heard()})
		return nil
	}
	for _, part := range parts {
		res, err := r.part(part, m)
		if err != nil {
			return err
		}
		p.Final(res)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// part decodes a stretch of speech.
func (r *Recogniser) part(s segment, m *model) (asr.Result, error) {
	st := r.lib.whole.openStream(m.rec)
	if st == 0 {
		return asr.Result{}, errors.New("sherpa-onnx opens no stream")
	}
	defer r.lib.whole.closeStream(st)
	r.lib.whole.accept(st, int32(m.rate()), &s.pcm[0], int32(len(s.pcm)))
	r.lib.whole.decode(m.rec, st)
	res, err := m.read(&r.lib.whole, st, time.Duration(len(s.pcm))*time.Second/time.Duration(m.rate()))
	res.Start, res.End = res.Start+s.at, res.End+s.at
	for i := range res.Words {
		res.Words[i].Start += s.at
		res.Words[i].End += s.at
	}
	return res, err
}

// said is a result as the library writes it.
type said struct {
	Text       string    `json:"text"`
	Tokens     []string  `json:"tokens"`
	Timestamps []float64 `json:"timestamps"`
	LogProbs   []float64 `json:"ys_log_probs"`
	Probs      []float64 `json:"ys_probs"` // logarithms too
}

// read fetches what a stream has heard in its first end of sound.
func (m *model) read(l *streams, s uintptr, end time.Duration) (asr.Result, error) {
	at := m.result(m.rec, s)
	if at == 0 {
		return asr.Result{}, errors.New("sherpa-onnx gives no result")
	}
	text := native.Text(at)
	l.freeJSON(at)
	var x said
	if err := json.Unmarshal([]byte(text), &x); err != nil {
		return asr.Result{}, errors.New("sherpa-onnx gives a result that is no JSON")
	}
	return x.result(end), nil
}

// result is said in this house's words. Tokens are pieces of words; one that begins with a space
// begins a word.
func (x said) result(end time.Duration) asr.Result {
	r := asr.Result{Text: strings.Join(strings.Fields(strings.ReplaceAll(x.Text, "▁", " ")), " "), End: end}
	r.Confidence = confidence(append(x.LogProbs, x.Probs...))
	if len(x.Timestamps) != len(x.Tokens) {
		return r
	}
	var word *asr.Word
	for i, t := range x.Tokens {
		t = strings.ReplaceAll(t, "▁", " ")
		at := min(max(0, time.Duration(x.Timestamps[i]*float64(time.Second))), end)
		if word == nil || strings.HasPrefix(t, " ") {
			if word != nil && word.Text == "" { // a space that stands alone
				word.Start = at
			} else {
				r.Words = append(r.Words, asr.Word{Start: at, Confidence: r.Confidence})
				word = &r.Words[len(r.Words)-1]
			}
		}
		if t = strings.TrimSpace(t); t != "" {
			if word.Text == "" {
				word.Start = at
			}
			word.Text, word.End = word.Text+t, max(at, word.Start)
		}
	}
	if word != nil && word.Text == "" {
		r.Words = r.Words[:len(r.Words)-1]
	}
	if len(r.Words) > 0 {
		r.Start = r.Words[0].Start
	}
	return r
}

// confidence is the geometric mean of what the model gave each token, 0 when it does not say.
func confidence(logs []float64) float64 {
	if len(logs) == 0 {
		return 0
	}
	var sum float64
	for _, v := range logs {
		sum += v
	}
	return min(1, math.Exp(sum/float64(len(logs))))
}

// floats are samples as the library wants them, -1 to 1.
func floats(pcm []int16) []float32 {
	f := make([]float32, len(pcm))
	for i, v := range pcm {
		f[i] = float32(v) / 32768
	}
	return f
}
