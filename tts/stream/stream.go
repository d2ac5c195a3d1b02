// Package stream is the source of every voice that lives elsewhere: in a server, in another
// process. The adapter writes what arrives, at the engine's rate; whoever listens reads frames at
// theirs. What is ahead of the listener is bounded, an engine that falls silent is given up, and
// closing ends everything.
package stream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"decroche/media"
	"decroche/media/resample"
)

// ErrClosed is what a source says after Close.
var ErrClosed = fmt.Errorf("source is closed: %w", io.ErrClosedPipe)

// ErrLate means that the engine sent nothing for Settings.Idle.
var ErrLate = errors.New("no sound in time")

// ErrSilent means that the engine ended without any sound.
var ErrSilent = errors.New("the engine made no sound")

// Bounds of one utterance: what may be ahead of the listener, and how long it may last in all.
const (
	ahead   = 5 * time.Second
	longest = 10 * time.Minute
)

// Settings of one utterance.
type Settings struct {
	Engine string        // begins every error: "tts/wyoming"
	Rate   int           // samples per second of the frames; 0 is the phone's
	Idle   time.Duration // the longest wait for more sound
	Origin media.Origin  // of the frames
}

// source is one utterance. ReadFrame belongs to one goroutine, Close to any.
type source struct {
	set    Settings
	ctx    context.Context
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when render has returned

	mu      sync.Mutex
	changed sync.Cond // any field below
	// guarded by mu
	ready []int16
	ended bool
	err   error
	at    time.Duration
}

// Empty says nothing.
func Empty(ctx context.Context) media.Source {
	s := newSource(ctx, Settings{Engine: "tts"})
	s.ended = true
	close(s.done)
	return s
}

func newSource(ctx context.Context, set Settings) *source {
	if set.Rate == 0 {
		set.Rate = media.PhoneRate
	}
	s := &source{set: set, done: make(chan struct{})}
	s.changed.L = &s.mu
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	return s
}

// New begins an utterance: render runs in a goroutine of its own and writes the sound. It returns
// nil when all was written, else the error that the listener gets after what is there. Its ctx
// ends when the listener leaves or the engine is late; render must return soon after.
func New(ctx context.Context, set Settings, render func(ctx context.Context, p *Port) error) media.Source {
	s := newSource(ctx, set)
	p := &Port{s: s, late: time.AfterFunc(set.Idle, func() { s.cancel(ErrLate) })}
	stop := context.AfterFunc(s.ctx, s.wake)
	go func() {
		defer close(s.done)
		defer stop()
		err := render(s.ctx, p)
		p.late.Stop()
		if err == nil {
			err = p.finish()
		}
		s.end(err)
	}()
	return s
}

// Port is where an engine's sound goes. It belongs to the goroutine of render.
type Port struct {
	s      *source
	late   *time.Timer
	change *resample.Resampler
	rate   int
	odd    []byte // half a sample
	wide   []int16
	narrow []int16
	total  int
}

// Rate tells at how many samples per second Write is given sound; before the first Write.
func (p *Port) Rate(rate int) error {
	if rate == p.rate {
		return nil
	}
	if p.rate != 0 {
		return fmt.Errorf("the engine changes from %d to %d samples per second in the middle", p.rate, rate)
	}
	p.rate = rate
	if rate == p.s.set.Rate {
		return nil
	}
	r, err := resample.New(rate, p.s.set.Rate)
	p.change = r
	return err
}

// Write takes mono 16-bit little-endian sound, in pieces of any length; it waits while the
// listener is far behind.
func (p *Port) Write(b []byte) error {
	if p.rate == 0 {
		return errors.New("sound without its rate")
	}
	p.late.Stop()
	p.odd = append(p.odd, b...)
	p.wide = p.wide[:0]
	n := len(p.odd) / 2
	for i := range n {
		p.wide = append(p.wide, int16(binary.LittleEndian.Uint16(p.odd[2*i:])))
	}
	p.odd = append(p.odd[:0], p.odd[2*n:]...)
	if p.total += n; time.Duration(p.total)*time.Second/time.Duration(p.rate) > longest {
		return fmt.Errorf("the engine speaks for more than %v", longest)
	}
	if p.change == nil {
		p.narrow = append(p.narrow[:0], p.wide...)
	} else {
		p.narrow = p.change.Process(p.narrow[:0], p.wide)
	}
	err := p.s.put(p.narrow)
	p.late.Reset(p.s.set.Idle)
	return err
}

// finish lets the last samples out.
func (p *Port) finish() error {
	if p.total == 0 {
		return ErrSilent
	}
	if p.change == nil {
		return nil
	}
	return p.s.put(p.change.Flush(p.narrow[:0]))
}

// put waits until there is room.
func (s *source) put(pcm []int16) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.ready) > int(ahead.Seconds()*float64(s.set.Rate)) && s.ctx.Err() == nil {
		s.changed.Wait()
	}
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	s.ready = append(s.ready, pcm...)
	s.changed.Broadcast()
	return nil
}

func (s *source) wake() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed.Broadcast()
}

func (s *source) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		err = context.Cause(s.ctx)
	}
	if s.ended = true; err != nil {
		s.err = fmt.Errorf("%s: %w", s.set.Engine, err)
	}
	s.changed.Broadcast()
}

// ReadFrame implements media.Source. An engine that broke off is an error after the sound that
// came before, and that sound ends with whole frames.
func (s *source) ReadFrame() (media.Frame, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.set.Rate / 50
	for len(s.ready) < n && !s.ended && s.ctx.Err() == nil {
		s.changed.Wait()
	}
	if err := context.Cause(s.ctx); err != nil && !errors.Is(err, ErrLate) {
		return media.Frame{}, fmt.Errorf("%s: %w", s.set.Engine, err)
	}
	switch {
	case len(s.ready) >= n:
	case !s.ended: // late: the engine's goroutine has not noticed yet
		return media.Frame{}, fmt.Errorf("%s: %w", s.set.Engine, ErrLate)
	case s.err != nil:
		return media.Frame{}, s.err
	case len(s.ready) == 0:
		return media.Frame{}, io.EOF
	default:
		n = len(s.ready)
	}
	f := media.Frame{PCM: append([]int16(nil), s.ready[:n]...), Rate: s.set.Rate, At: s.at, Origin: s.set.Origin}
	s.ready = append(s.ready[:0], s.ready[n:]...)
	s.at += f.Len()
	s.changed.Broadcast()
	return f, nil
}

// Close implements media.Source. It waits for the engine's goroutine.
func (s *source) Close() error {
	s.cancel(ErrClosed)
	<-s.done
	return nil
}
