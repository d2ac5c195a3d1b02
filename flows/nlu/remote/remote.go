// Package remote asks a language model what a caller meant, by the chat-completions protocol
// that OpenAI began and that most local servers (Ollama, llama.cpp, vLLM, LM Studio) speak.
//
// The one idea behind it: the model is a witness, not a judge. It may name one of the bot's own
// intents, or none; whatever else it says, says late or says at length is no answer, and then
// the bot understands by itself, as if nobody had been asked. What the caller said is data in
// a JSON string: at worst it talks the model into another of the same intents.
//
// What leaves the house: the caller's words, the titles of the intents and a few examples of
// each. Turn it on only where that may be.
package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"decroche/flows"
)

// Client asks one server. Any goroutine may use it.
type Client struct {
	// constant after New
	cfg     Config
	key     Key
	http    *http.Client
	metrics *Metrics
	open    chan struct{}
	breaker breaker

	plain atomic.Bool // the server knows no JSON schema
}

// New makes a Client of a Config that Validate finds in order. key is what cfg.Key refers to.
// metrics may be nil.
func New(cfg Config, key Key, metrics *Metrics) *Client {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = cfg.MaxOpen
	t.MaxResponseHeaderBytes = 64 << 10
	return &Client{
		cfg: cfg, key: key, metrics: metrics, open: make(chan struct{}, cfg.MaxOpen),
		breaker: breaker{limit: cfg.Failures, pause: cfg.Pause},
		http: &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // the key and the caller's words go to the configured server alone
		}},
	}
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// For returns an understander of the bot's intents in all its languages. It answers within
// Config.Timeout; its error is always flows.ErrOwnMind, whatever happened: the host then lets
// the bot understand by itself, and the metrics say why.
func (c *Client) For(b *flows.Bot) flows.Understander {
	return &understander{c: c, system: prompt(b, c.cfg.Examples), intents: b.Intents(), bot: b}
}

type understander struct {
	c       *Client
	bot     *flows.Bot
	system  string
	intents []string
}

// Understand asks the model. Where a value is expected (a number, yes or no) nobody is asked:
// the bot's parsers read those, and an answer in a second and a half would be too late.
func (u *understander) Understand(ctx context.Context, text string, want flows.Expect) (flows.Meaning, error) {
	if want.Entity != "" || strings.TrimSpace(text) == "" {
		u.c.metrics.count("skipped")
		return flows.Meaning{}, flows.ErrOwnMind
	}
	if !u.c.breaker.allow(time.Now()) {
		u.c.metrics.count("paused")
		return flows.Meaning{}, flows.ErrOwnMind
	}
	select {
	case u.c.open <- struct{}{}:
		defer func() { <-u.c.open }()
	default:
		u.c.metrics.count("busy")
		return flows.Meaning{}, flows.ErrOwnMind
	}
	began := time.Now()
	tctx, cancel := context.WithTimeoutCause(ctx, u.c.cfg.Timeout, fmt.Errorf("the model took longer than %v (understand.timeout)", u.c.cfg.Timeout))
	defer cancel()
	v, err := u.ask(tctx, text)
	if err != nil && errors.Is(ctx.Err(), context.Canceled) { // the caller left or spoke on: nobody's fault
		u.c.breaker.forget()
		u.c.metrics.count("cancelled")
		return flows.Meaning{}, flows.ErrOwnMind
	}
	u.c.metrics.took(time.Since(began))
	u.c.breaker.done(err == nil, time.Now())
	switch {
	case err == nil:
	case tctx.Err() != nil:
		u.c.metrics.count("timeout")
		return flows.Meaning{}, flows.ErrOwnMind
	case errors.Is(err, errAnswer):
		u.c.metrics.count("refused")
		return flows.Meaning{}, flows.ErrOwnMind
	default:
		u.c.metrics.count("error")
		return flows.Meaning{}, flows.ErrOwnMind
	}
	u.c.metrics.count("answered")
	return u.meaning(v), nil
}

// verdict is the one form that an answer may have.
type verdict struct {
	Intent string `json:"intent"`
	Sure   bool   `json:"sure"`
	Second string `json:"second"`
}

// nothing is what the model says for "none of them". No intent can have this name.
const nothing = "(none)"

// Confidences of an answer. A model's own figures are worth little, so it is asked for a word:
// sure is acted upon, unsure becomes a question back.
const (
	sure   = 0.95
	unsure = 0.5
)

func (u *understander) meaning(v verdict) flows.Meaning {
	if v.Intent == nothing {
		return flows.Meaning{}
	}
	m := flows.Meaning{Intent: v.Intent, Confidence: sure, Margin: sure}
	if !v.Sure {
		act, clarify := 1.0, 0.0 // between the thresholds of every language of the bot
		for _, lang := range u.bot.Languages {
			a, c := u.bot.Thresholds(lang)
			act, clarify = min(act, a), max(clarify, c)
		}
		m.Confidence = min(unsure, (act+clarify)/2)
		m.Margin = m.Confidence
	}
	if v.Second != nothing && v.Second != v.Intent {
		m.Second = v.Second
		m.Margin = m.Confidence / 2
	}
	return m
}

// errAnswer wraps what makes an answer none.
var errAnswer = errors.New("remote: not an answer")

// ask sends one question and reads its answer.
func (u *understander) ask(ctx context.Context, text string) (verdict, error) {
	body, err := json.Marshal(u.question(text))
	if err != nil {
		return verdict{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimRight(u.c.cfg.URL, "/")+"/chat/completions", bytes.NewReader(body))
	if err != nil {
		return verdict{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	if u.c.key != "" {
		req.Header.Set("Authorization", "Bearer "+string(u.c.key))
	}
	resp, err := u.c.http.Do(req)
	if err != nil {
		return verdict{}, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		if resp.StatusCode == http.StatusBadRequest || resp.StatusCode == http.StatusUnprocessableEntity {
			u.c.plain.Store(true) // most often: response_format is not known there
		}
		return verdict{}, fmt.Errorf("remote: status %d", resp.StatusCode)
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "application/json" {
		return verdict{}, fmt.Errorf("%w: content type %q", errAnswer, kind)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, int64(u.c.cfg.MaxAnswer)+1))
	if err != nil {
		return verdict{}, err
	}
	if len(data) > u.c.cfg.MaxAnswer {
		return verdict{}, fmt.Errorf("%w: longer than %d bytes (understand.max_answer)", errAnswer, u.c.cfg.MaxAnswer)
	}
	return read(data, u.intents)
}

// read takes the verdict out of a response, or refuses it.
func read(data []byte, intents []string) (verdict, error) {
	var resp struct {
		Choices []struct {
			Message struct {
				Content *string `json:"content"`
			} `json:"message"`
		} `json:"choices"`
	}
	if err := json.Unmarshal(data, &resp); err != nil || len(resp.Choices) == 0 || resp.Choices[0].Message.Content == nil {
		return verdict{}, fmt.Errorf("%w: no message in it", errAnswer)
	}
	var v struct {
		Intent *string `json:"intent"`
		Sure   *bool   `json:"sure"`
		Second *string `json:"second"`
	}
	d := json.NewDecoder(strings.NewReader(*resp.Choices[0].Message.Content))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil || d.More() {
		return verdict{}, fmt.Errorf("%w: not the object that was asked for", errAnswer)
	}
	if _, err := d.Token(); err != io.EOF {
		return verdict{}, fmt.Errorf("%w: something after the object", errAnswer)
	}
	if v.Intent == nil || v.Sure == nil || v.Second == nil {
		return verdict{}, fmt.Errorf("%w: a field is missing", errAnswer)
	}
	for _, name := range []string{*v.Intent, *v.Second} {
		if name != nothing && !contains(intents, name) {
			return verdict{}, fmt.Errorf("%w: an intent that the bot has not", errAnswer)
		}
	}
	return verdict{*v.Intent, *v.Sure, *v.Second}, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// maxSaid bounds what a question holds of the caller's words, in bytes.
const maxSaid = 2000

// clean drops what is no text: control characters and marks that change the direction of writing.
func clean(text string) string {
	if len(text) > maxSaid {
		text = strings.ToValidUTF8(text[:maxSaid], "")
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text))
}
