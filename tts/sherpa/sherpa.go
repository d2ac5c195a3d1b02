// Package sherpa speaks with Piper and Kokoro voices through sherpa-onnx, on the processor,
// offline, sentence by sentence.
//
// The library is C++ and ends its process over a model that it does not like; `decroche worker`
// is where New is called, never the gateway.
package sherpa

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"

	"decroche/internal/langtag"
	"decroche/internal/native"
	"decroche/internal/sherpa"
	"decroche/media"
	"decroche/tts"
	"decroche/tts/stream"
)

// Synthesiser speaks. It is safe for concurrent use.
type Synthesiser struct {
	cfg     Config            // constant after New
	version string            // constant after New
	voices  map[string]*voice // constant after New
	lib     *library          // constant after New
}

var _ tts.Synthesiser = (*Synthesiser)(nil)

// voice is a loaded one.
type voice struct {
	Voice
	handle uintptr
	rate   int
	turn   chan struct{} // one sentence at a time: the library's phonemiser has a state
}

// library is what is needed of sherpa-onnx, bound.
type library struct {
	open     func(c *sherpa.TTSConfig) uintptr
	rate     func(v uintptr) int32
	speakers func(v uintptr) int32
	generate func(v uintptr, text string, speaker int32, speed float32) uintptr
	free     func(audio uintptr)
}

// New opens the library and every voice; a model that is no voice may end the process.
func New(cfg Config) (*Synthesiser, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("tts/sherpa: %s", strings.Join(bad, "; "))
	}
	if len(cfg.Voices) == 0 {
		return nil, errors.New("tts/sherpa: voices: there is none; name one for each language: tts/sherpa/README.md")
	}
	so, err := sherpa.Open(cfg.Library, "tts.sherpa.library")
	if err != nil {
		return nil, fmt.Errorf("tts/sherpa: %w", err)
	}
	s := &Synthesiser{cfg: cfg, version: so.Version, voices: map[string]*voice{}, lib: &library{}}
	f := func(fn any, symbol string) native.Func { return native.Func{Fn: fn, Symbol: "SherpaOnnx" + symbol} }
	if err := so.Bind(f(&s.lib.open, "CreateOfflineTts"), f(&s.lib.rate, "OfflineTtsSampleRate"), f(&s.lib.speakers, "OfflineTtsNumSpeakers"),
		f(&s.lib.generate, "OfflineTtsGenerate"), f(&s.lib.free, "DestroyOfflineTtsGeneratedAudio")); err != nil {
		return nil, fmt.Errorf("tts/sherpa: %w", err)
	}
	for lang, v := range cfg.Voices {
		if s.voices[lang], err = s.lib.voice(v, lang, cfg.Threads); err != nil {
			return nil, fmt.Errorf("tts/sherpa: voices.%s: %w", lang, err)
		}
	}
	return s, nil
}

// voice loads one.
func (l *library) voice(v Voice, lang string, threads int) (*voice, error) {
	for _, f := range v.files() {
		if _, err := os.Stat(f.path); err != nil {
			return nil, fmt.Errorf("%s: %s cannot be read; correct the path, or get the voice: tts/sherpa/README.md", f.key, f.path)
		}
	}
	str := native.CString
	c := &sherpa.TTSConfig{MaxSentences: 1, SilenceScale: 0.2}
	c.Model.Threads, c.Model.Provider = int32(threads), str("cpu")
	if v.Kind == "piper" {
		p := &c.Model.VITS
		p.Model, p.Tokens, p.DataDir, p.Lexicon = str(v.Model), str(v.Tokens), str(v.Data), str(v.Lexicon)
		p.Noise, p.NoiseW, p.Length = 0.667, 0.8, 1
	} else {
		k := &c.Model.Kokoro
		k.Model, k.Voices, k.Tokens, k.DataDir, k.Lexicon, k.Lang, k.Length = str(v.Model), str(v.Voices), str(v.Tokens), str(v.Data), str(v.Lexicon), str(lang), 1
	}
	h := l.open(c)
	runtime.KeepAlive(c)
	if h == 0 {
		return nil, fmt.Errorf("sherpa-onnx refuses the voice; it is none of the kind %s, or its files do not belong together", v.Kind)
	}
	if n := int(l.speakers(h)); v.Speaker > 0 && v.Speaker >= n {
		return nil, fmt.Errorf("speaker: %d is not one of the %d that the voice has, from 0", v.Speaker, n)
	}
	return &voice{Voice: v, handle: h, rate: int(l.rate(h)), turn: make(chan struct{}, 1)}, nil
}

// Version is the library's.
func (s *Synthesiser) Version() string { return s.version }

// Voices are the languages by the voice's name, which is the language itself.
func (s *Synthesiser) Voices() map[string][]string {
	all := map[string][]string{}
	for lang := range s.voices {
		all[lang] = []string{lang}
	}
	return all
}

// longest is how long a sentence may take to render.
const longest = 20 * time.Second

// Speak implements tts.Synthesiser. It has no SSML and says Text.
func (s *Synthesiser) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	text := strings.TrimSpace(u.Text)
	if text == "" {
		return stream.Empty(ctx), nil
	}
	lang := u.Voice
	if lang == "" {
		lang = langtag.Base(u.Language)
	}
	v := s.voices[lang]
	if v == nil {
		return nil, fmt.Errorf("tts/sherpa: speak %q: there are voices of %s; add one to tts.sherpa.voices", lang, strings.Join(s.cfg.Languages(), " and "))
	}
	speed := float32(u.Speed)
	if speed == 0 {
		speed = 1
	}
	set := stream.Settings{Engine: "tts/sherpa", Rate: u.Rate, Idle: longest}
	return stream.New(ctx, set, func(ctx context.Context, p *stream.Port) error {
		if err := p.Rate(v.rate); err != nil {
			return err
		}
		for _, sentence := range tts.Sentences(text) {
			b, err := s.render(ctx, v, sentence, speed)
			if err == nil && len(b) > 0 {
				err = p.Write(b)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}), nil
}

// render makes one sentence's sound. It cannot be interrupted: cancelling is heard between
// sentences.
func (s *Synthesiser) render(ctx context.Context, v *voice, text string, speed float32) ([]byte, error) {
	select {
	case v.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-v.turn }()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	at := s.lib.generate(v.handle, text, int32(v.Speaker), speed)
	if at == 0 {
		return nil, errors.New("sherpa-onnx rendered nothing")
	}
	defer s.lib.free(at)
	a := native.Read[sherpa.Audio](at)
	var b []byte
	for _, x := range native.Floats(a.Samples, int(a.N)) {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(max(-1, min(1, x))*32767)))
	}
	return b, nil
}
