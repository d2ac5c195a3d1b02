package level

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"

	"decroche/media"
	"decroche/tts"
	"decroche/tts/ssml"
)

// How a voice is learnt: the first utterance is held back until there is so much speech of it, and
// the gain is made better after each utterance until enough was heard.
const (
	first  = 600 * time.Millisecond
	enough = 10 * time.Second
)

// Voice brings the sound of an engine to one level. The first sentence of each of its voices waits
// for 0.6 s of speech, which an engine renders in a few milliseconds; later ones wait for nothing.
// Safe for concurrent use.
type Voice struct {
	inner  tts.Synthesiser
	target float64 // dB below full scale

	mu    sync.Mutex
	known map[string]*heard // by voice and language
}

// heard is what was learnt of one voice.
type heard struct {
	power  float64 // mean of speech, weighted by its length
	speech time.Duration
}

var _ tts.Synthesiser = (*Voice)(nil)

// New wraps an engine; target is the active speech level in dB below full scale.
func New(inner tts.Synthesiser, target float64) *Voice {
	return &Voice{inner: inner, target: target, known: map[string]*heard{}}
}

// Marks is what the engine does of SSML itself.
func (v *Voice) Marks() ssml.Can {
	if m, ok := v.inner.(interface{ Marks() ssml.Can }); ok {
		return m.Marks()
	}
	return ssml.Can{}
}

// Unwrap returns the engine.
func (v *Voice) Unwrap() tts.Synthesiser { return v.inner }

// gain returns the gain of a voice; ok is false before it was heard.
func (v *Voice) gain(key string) (g float64, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	h := v.known[key]
	if h == nil {
		return 1, false
	}
	return Gain(decibels(h.power), v.target), true
}

// learn adds what an utterance showed of a voice.
func (v *Voice) learn(key string, m *Meter) {
	db, speech := m.Level()
	if db <= Silence || speech < 100*time.Millisecond {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	h := v.known[key]
	if h == nil {
		h = &heard{}
		v.known[key] = h
	}
	if h.speech >= enough {
		return
	}
	h.power = (h.power*h.speech.Seconds() + power(db)*speech.Seconds()) / (h.speech + speech).Seconds()
	h.speech += speech
}

// Speak implements tts.Synthesiser.
func (v *Voice) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	src, err := v.inner.Speak(ctx, u)
	if err != nil {
		return nil, err
	}
	s := &source{v: v, src: src, key: u.Voice + "\x00" + u.Language}
	s.gain, s.ready = v.gain(s.key)
	return s, nil
}

// source is one utterance. ReadFrame belongs to one goroutine, Close to any.
type source struct {
	v     *Voice
	src   media.Source
	key   string
	gain  float64
	ready bool // gain is known
	meter *Meter
	held  []media.Frame
	err   error // how src ended
}

// ReadFrame implements media.Source.
func (s *source) ReadFrame() (media.Frame, error) {
	for {
		if s.ready && len(s.held) > 0 {
			f := s.held[0]
			s.held = s.held[1:]
			Amplify(f.PCM, s.gain)
			return f, nil
		}
		if s.err != nil {
			return media.Frame{}, s.err
		}
		f, err := s.src.ReadFrame()
		if err != nil {
			s.end(err)
			continue
		}
		if s.meter == nil {
			s.meter = NewMeter(f.Rate)
		}
		s.meter.Add(f.PCM)
		s.held = append(s.held, f)
		if !s.ready {
			if db, speech := s.meter.Level(); speech >= first {
				s.gain, s.ready = Gain(db, s.v.target), true
			}
		}
	}
}

// end is told how the engine's sound ended. What is held is given out before the error.
func (s *source) end(err error) {
	s.err = err
	if s.meter != nil && errors.Is(err, io.EOF) {
		s.v.learn(s.key, s.meter)
	}
	if !s.ready {
		s.ready = true
		if s.meter == nil {
			return
		}
		if db, speech := s.meter.Level(); speech > 0 {
			s.gain = Gain(db, s.v.target)
		}
	}
}

// Keep reports whether a cache may keep what was said.
func (s *source) Keep() bool {
	k, ok := s.src.(interface{ Keep() bool })
	return !ok || k.Keep()
}

// Close implements media.Source.
func (s *source) Close() error { return s.src.Close() }
