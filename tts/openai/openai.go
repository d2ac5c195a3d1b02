// Package openai speaks through any server with OpenAI's /v1/audio/speech: Kokoro and Piper servers
// on one's own machine, or a company's. Sound is passed on while it arrives.
package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"decroche/internal/langtag"
	"decroche/internal/openai"
	"decroche/media"
	"decroche/tts"
	"decroche/tts/stream"
)

// Config says which server speaks. Start from DefaultConfig.
type Config struct {
	// URL is where the protocol begins, such as http://127.0.0.1:8880/v1 or https://api.openai.com/v1.
	URL string `yaml:"url"`
	// Model is the name of the model, as its server knows it.
	Model string `yaml:"model"`
	// Key refers to the key that the server wants: env:NAME or file:/path. Empty: none.
	Key string `yaml:"key"`
	// Voices by language, as the server names them.
	Voices map[string]string `yaml:"voices"`
	// Instructions tell models that take them how to speak.
	Instructions string `yaml:"instructions"`
	// Format is pcm or wav; wav tells its rate.
	Format string `yaml:"format"`
	// Rate of pcm, in samples per second; 24000 in OpenAI's description.
	Rate int `yaml:"rate"`
	// Timeout bounds each wait for more sound.
	Timeout time.Duration `yaml:"timeout"`
}

// DefaultConfig is a local server with the Kokoro voices.
func DefaultConfig() Config {
	return Config{URL: "http://127.0.0.1:8880/v1", Model: "kokoro", Voices: map[string]string{"fr": "ff_siwis", "en": "bf_emma"}, Format: "pcm", Rate: 24000, Timeout: 5 * time.Second}
}

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	bad := openai.Check(c.URL, c.Key)
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if c.Model == "" {
		say("model: empty; name the model as its server knows it")
	}
	if len(c.Voices) == 0 {
		say("voices: is empty; give at least one language a voice, e.g. {fr: ff_siwis}")
	}
	for _, lang := range slices.Sorted(maps.Keys(c.Voices)) {
		if c.Voices[lang] == "" {
			say("voices.%s: is empty; name a voice or take the line out", lang)
		}
	}
	if c.Format != "pcm" && c.Format != "wav" {
		say("format: %q is not known; use pcm or wav", c.Format)
	}
	if c.Rate < 8000 || c.Rate > 48000 {
		say("rate: %d is out of range; 24000 is usual, choose 8000 to 48000", c.Rate)
	}
	if c.Timeout < 10*time.Millisecond || c.Timeout > time.Minute {
		say("timeout: %v is not between 10ms and 1m", c.Timeout)
	}
	return bad
}

// Fingerprint names everything beside the utterance that changes the sound: part of the key under
// which a cache may keep it.
func (c Config) Fingerprint() string {
	return fmt.Sprintf("openai 1 %s %s %v %q %d", c.URL, c.Model, c.Voices, c.Instructions, c.Rate)
}

// Synthesiser is a client of one server. It is safe for concurrent use and needs no closing.
type Synthesiser struct {
	cfg    Config // constant after New
	client *openai.Client
}

// New makes a Synthesiser and reads the secret that Config.Key refers to. It does not connect.
func New(cfg Config) (*Synthesiser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("tts/openai: %s", strings.Join(bad, "; "))
	}
	c, err := openai.New(cfg.URL, cfg.Key)
	if err != nil {
		return nil, fmt.Errorf("tts/openai: %w", err)
	}
	return &Synthesiser{cfg: cfg, client: c}, nil
}

// Check asks the server for its models, for doctor. Nothing is billed for that.
func (s *Synthesiser) Check(ctx context.Context) (string, error) {
	names, err := s.client.Models(ctx, s.cfg.Timeout)
	switch {
	case err != nil:
		return "", fmt.Errorf("tts/openai: %w", err)
	case len(names) > 0 && !slices.Contains(names, s.cfg.Model):
		return "", fmt.Errorf("tts/openai: the server at %s has no model %q; it has %s", s.cfg.URL, s.cfg.Model, strings.Join(names[:min(10, len(names))], ", "))
	}
	return "it answers", nil
}

// request is what the server is asked.
type request struct {
	Model        string  `json:"model"`
	Input        string  `json:"input"`
	Voice        string  `json:"voice"`
	Instructions string  `json:"instructions,omitempty"`
	Format       string  `json:"response_format"`
	Speed        float64 `json:"speed,omitempty"`
}

// Speak implements tts.Synthesiser. Utterance.Voice, when given, is one of the server's names. The
// protocol has no SSML: the plain text is spoken.
func (s *Synthesiser) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	base := langtag.Base(u.Language)
	r := request{Model: s.cfg.Model, Input: strings.TrimSpace(u.Text), Voice: u.Voice, Instructions: s.cfg.Instructions, Format: s.cfg.Format}
	if r.Input == "" {
		return stream.Empty(ctx), nil
	}
	if r.Voice == "" {
		r.Voice = s.cfg.Voices[base]
	}
	if r.Voice == "" && base == "" {
		r.Voice = s.cfg.Voices[slices.Sorted(maps.Keys(s.cfg.Voices))[0]]
	}
	if r.Voice == "" {
		return nil, fmt.Errorf("tts/openai: there is no voice for language %q; add one to tts.openai.voices", u.Language)
	}
	if u.Speed != 0 && u.Speed != 1 {
		r.Speed = min(2, max(.5, u.Speed))
	}
	set := stream.Settings{Engine: "tts/openai", Rate: u.Rate, Idle: s.cfg.Timeout, Origin: media.Trained}
	return stream.New(ctx, set, func(ctx context.Context, p *stream.Port) error { return s.render(ctx, p, r) }), nil
}

const path = "/audio/speech"

func (s *Synthesiser) render(ctx context.Context, p *stream.Port, r request) error {
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	resp, err := s.client.Post(ctx, path, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if kind := resp.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json") {
		return fmt.Errorf("ask %s%s: %w", s.cfg.URL, path, openai.ErrGarbage)
	}
	if err := s.play(resp.Body, p); err != nil {
		var sound *soundError
		if errors.As(err, &sound) || ctx.Err() != nil {
			return err
		}
		return s.client.Broke(ctx, path, err)
	}
	return nil
}

// soundError is what is wrong with sound, as opposed to its connection.
type soundError struct{ error }

// play passes a body on.
func (s *Synthesiser) play(body io.Reader, p *stream.Port) error {
	rate := s.cfg.Rate
	if s.cfg.Format == "wav" {
		var err error
		if rate, err = header(body); err != nil {
			return err
		}
	}
	if err := p.Rate(rate); err != nil {
		return &soundError{err}
	}
	buf := make([]byte, 8192)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			if err := p.Write(buf[:n]); err != nil {
				return &soundError{err}
			}
		}
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
