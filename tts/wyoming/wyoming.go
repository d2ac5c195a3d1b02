// Package wyoming speaks through any server of the Wyoming protocol (Piper and others): one
// connection an utterance, sound while the server renders.
package wyoming

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"decroche/internal/langtag"
	"decroche/internal/wyoming"
	"decroche/media"
	"decroche/tts"
	"decroche/tts/stream"
)

// Config says which server speaks. Start from DefaultConfig.
type Config struct {
	// Address of the server, tcp://host:port or unix:///path. The protocol has no encryption:
	// this machine or a network of one's own.
	Address string `yaml:"address"`
	// Voices by language, as the server names them; a language without one gets the server's choice.
	Voices map[string]string `yaml:"voices"`
	// Streaming sends the text in pieces to servers that begin to speak at the first sentence's
	// end (synthesize-start, -chunk, -stop); others must not be asked so.
	Streaming bool `yaml:"streaming"`
	// Speed sends the utterance's speed, an extension that `decroche worker` understands.
	Speed bool `yaml:"-"`
	// ConnectTimeout bounds connecting, Timeout each wait for more sound.
	ConnectTimeout time.Duration `yaml:"connect_timeout"`
	Timeout        time.Duration `yaml:"timeout"`
}

// DefaultConfig is a server on this machine, on the port that the Piper add-on made customary.
func DefaultConfig() Config {
	return Config{Address: "tcp://127.0.0.1:10200", Voices: map[string]string{}, ConnectTimeout: time.Second, Timeout: 5 * time.Second}
}

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if _, _, err := wyoming.Split(c.Address); err != nil {
		bad = append(bad, "address: "+err.Error())
	}
	for _, lang := range slices.Sorted(maps.Keys(c.Voices)) {
		if c.Voices[lang] == "" {
			bad = append(bad, fmt.Sprintf("voices.%s: is empty; name a voice or take the line out", lang))
		}
	}
	if c.ConnectTimeout < 10*time.Millisecond || c.ConnectTimeout > 30*time.Second {
		bad = append(bad, fmt.Sprintf("connect_timeout: %v is not between 10ms and 30s", c.ConnectTimeout))
	}
	if c.Timeout < 10*time.Millisecond || c.Timeout > time.Minute {
		bad = append(bad, fmt.Sprintf("timeout: %v is not between 10ms and 1m", c.Timeout))
	}
	return bad
}

// Fingerprint names everything beside the utterance that changes the sound: part of the key under
// which a cache may keep it.
func (c Config) Fingerprint() string { return fmt.Sprintf("wyoming 1 %s %v", c.Address, c.Voices) }

// Synthesiser is a client of one server. It is safe for concurrent use and needs no closing.
type Synthesiser struct{ cfg Config } // constant after New

// New makes a Synthesiser. It does not connect: the server may start later.
func New(cfg Config) (*Synthesiser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("tts/wyoming: %s", strings.Join(bad, "; "))
	}
	return &Synthesiser{cfg}, nil
}

// Check asks the server what it has and returns it in words, for doctor.
func (s *Synthesiser) Check(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.cfg.ConnectTimeout+s.cfg.Timeout, stream.ErrLate)
	defer cancel()
	info, err := wyoming.Describe(ctx, s.cfg.Address)
	if err != nil {
		return "", fmt.Errorf("tts/wyoming: ask %s what it has: %w", s.cfg.Address, err)
	}
	if len(info.TTS) == 0 {
		return "", fmt.Errorf("tts/wyoming: the server at %s does not speak; look for the port of one that does", s.cfg.Address)
	}
	var names []string
	streams := false
	for _, p := range info.TTS {
		streams = streams || p.Streaming
		for _, v := range p.Voices {
			names = append(names, v.Name)
		}
	}
	for _, lang := range slices.Sorted(maps.Keys(s.cfg.Voices)) {
		if v := s.cfg.Voices[lang]; len(names) > 0 && !slices.Contains(names, v) {
			return "", fmt.Errorf("tts/wyoming: the server at %s has no voice %q; correct voices.%s; it has %s", s.cfg.Address, v, lang, strings.Join(names[:min(10, len(names))], ", "))
		}
	}
	if s.cfg.Streaming && !streams {
		return "", fmt.Errorf("tts/wyoming: the server at %s does not take text in pieces; set streaming: false", s.cfg.Address)
	}
	return fmt.Sprintf("%s with %d voices", info.TTS[0].Name, len(names)), nil
}

// Speak implements tts.Synthesiser. Utterance.Voice, when given, is one of the server's names. The
// protocol has no speed and no SSML: both are passed over.
func (s *Synthesiser) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	text := strings.TrimSpace(u.Text)
	if text == "" {
		return stream.Empty(ctx), nil
	}
	set := stream.Settings{Engine: "tts/wyoming", Rate: u.Rate, Idle: s.cfg.Timeout, Origin: media.Trained}
	return stream.New(ctx, set, func(ctx context.Context, p *stream.Port) error { return s.render(ctx, p, text, s.voice(u), u.Speed) }), nil
}

// voice is which voice to ask for; nil leaves the choice to the server.
func (s *Synthesiser) voice(u tts.Utterance) *wyoming.Voice {
	base := langtag.Base(u.Language)
	name := u.Voice
	if name == "" {
		name = s.cfg.Voices[base]
	}
	if name == "" && base == "" {
		return nil
	}
	return &wyoming.Voice{Name: name, Language: base}
}

func (s *Synthesiser) render(ctx context.Context, p *stream.Port, text string, v *wyoming.Voice, speed float64) error {
	dial, cancel := context.WithTimeoutCause(ctx, s.cfg.ConnectTimeout, stream.ErrLate)
	conn, err := wyoming.Dial(dial, s.cfg.Address)
	cancel()
	if err != nil {
		return fmt.Errorf("connect to %s: %w", s.cfg.Address, err)
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	_ = conn.SetWriteDeadline(time.Now().Add(s.cfg.Timeout))
	if err := s.ask(conn, text, v, speed); err != nil {
		return fmt.Errorf("send the text to %s: %w", s.cfg.Address, err)
	}
	in := wyoming.NewReader(conn)
	for {
		e, err := in.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%s broke off in the middle", s.cfg.Address)
		}
		if err != nil {
			return fmt.Errorf("read from %s: %w", s.cfg.Address, err)
		}
		done, err := s.event(e, p)
		if err != nil || done {
			return err
		}
	}
}

// ask sends the text whole, or in sentences with the whole among them for servers that do not stream.
func (s *Synthesiser) ask(w net.Conn, t string, v *wyoming.Voice, speed float64) error {
	if !s.cfg.Speed || speed == 1 {
		speed = 0
	}
	whole := func() error {
		return wyoming.Write(w, "synthesize", wyoming.Synthesize{Text: t, Voice: v, Speed: speed}, nil)
	}
	if !s.cfg.Streaming {
		return whole()
	}
	if err := wyoming.Write(w, "synthesize-start", struct {
		Voice *wyoming.Voice `json:"voice,omitempty"`
	}{v}, nil); err != nil {
		return err
	}
	for rest := t; rest != ""; {
		n := strings.IndexAny(rest, ".!?…") + 1
		if n == 0 {
			n = len(rest)
		}
		for n < len(rest) && rest[n]&0xC0 == 0x80 { // the whole of a character
			n++
		}
		if err := wyoming.Write(w, "synthesize-chunk", wyoming.Synthesize{Text: rest[:n]}, nil); err != nil {
			return err
		}
		rest = rest[n:]
	}
	if err := whole(); err != nil {
		return err
	}
	return wyoming.Write(w, "synthesize-stop", nil, nil)
}

// event takes one message.
func (s *Synthesiser) event(e wyoming.Event, p *stream.Port) (done bool, err error) {
	switch e.Type {
	case "audio-start", "audio-chunk":
		var a wyoming.Audio
		if err := e.Decode(&a); err != nil {
			return false, err
		}
		if a.Width != 2 || a.Channels != 1 {
			return false, fmt.Errorf("%s sends sound of %d bytes a sample in %d channels; only 16 bits, mono are read", s.cfg.Address, a.Width, a.Channels)
		}
		if err := p.Rate(a.Rate); err != nil {
			return false, err
		}
		if len(e.Payload) == 0 {
			return false, nil
		}
		return false, p.Write(e.Payload)
	case "audio-stop":
		return !s.cfg.Streaming, nil // one for each sentence when it streams
	case "synthesize-stopped":
		return true, nil
	case "error": // its text may repeat what was to be said
		return false, fmt.Errorf("%s answers with an error; its own log says more", s.cfg.Address)
	}
	return false, nil
}
