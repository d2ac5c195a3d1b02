// Package stream is the session of every recogniser that lives elsewhere: in a server, in another
// process. It keeps the promises of asr.Session (Write never waits, Close unblocks, the end comes
// once), so that an adapter holds its protocol and nothing else.
//
//	Write -> ring (2 s) -> [resampled] -> Port.Read -> the engine -> Port.Partial, Port.Final -> Recv
package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"decroche/asr"
	"decroche/media"
	"decroche/media/resample"
)

// ErrClosed is what a session says after Close.
var ErrClosed = errors.New("session is closed")

// ErrLate means that the engine let its time pass.
var ErrLate = errors.New("no answer in time")

// ringTime is the audio that may wait for the engine; more is refused with asr.ErrOverrun.
const ringTime = 2 * time.Second

// maxWaiting bounds the finals that nobody fetched: an engine that floods is at fault.
const maxWaiting = 1000

// Settings of one session.
type Settings struct {
	Engine string // begins every error: "asr/vosk"
	From   int    // samples per second that are written; 0 is the phone's
	To     int    // samples per second that the engine hears
}

// session is one turn of a caller.
type session struct {
	engine string
	from   int
	done   chan struct{} // closed when the worker has ended
	cancel context.CancelCauseFunc

	mu      sync.Mutex
	changed sync.Cond // any field below
	// guarded by mu
	ring    []int16 // fixed size
	head    int     // next sample to read
	held    int     // samples waiting
	sent    bool    // CloseSend was called
	over    error   // why the session ended before its time
	partial *asr.Result
	finals  []asr.Result
	ended   bool // the worker has delivered its last final
}

// Open begins a session: work runs in a goroutine of its own and talks to the engine through the
// Port. When work returns nil the session has ended in order; its error is Recv's. ctx of work
// ends when the session is closed or abandoned; work must return soon after. Open itself does not
// wait for the engine: audio is kept while work connects.
func Open(ctx context.Context, set Settings, work func(ctx context.Context, p *Port) error) (asr.Session, error) {
	if set.From == 0 {
		set.From = media.PhoneRate
	}
	if err := context.Cause(ctx); err != nil {
		return nil, fmt.Errorf("%s: open: %w", set.Engine, err)
	}
	p := &Port{rate: set.To}
	if set.From != set.To {
		r, err := resample.New(set.From, set.To)
		if err != nil {
			return nil, asr.Unsupported("%s: open at %d samples per second: %v", set.Engine, set.From, err)
		}
		p.change = r
	}
	s := &session{engine: set.Engine, from: set.From, done: make(chan struct{}), ring: make([]int16, int(ringTime.Seconds()*float64(set.From)))}
	s.changed.L = &s.mu
	p.s = s
	ctx, s.cancel = context.WithCancelCause(ctx)
	stop := context.AfterFunc(ctx, func() { s.abandon(context.Cause(ctx)) })
	go func() {
		defer close(s.done)
		err := work(ctx, p)
		stop()
		s.end(err)
		s.cancel(ErrClosed)
	}()
	return s, nil
}

// Write takes the next audio. It copies the samples and never waits.
func (s *session) Write(f media.Frame) error {
	if f.Rate != 0 && f.Rate != s.from {
		return fmt.Errorf("%s: write at %d samples per second: the session was opened at %d", s.engine, f.Rate, s.from)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over != nil:
		return s.over
	case s.sent:
		return fmt.Errorf("%s: write after CloseSend", s.engine)
	case s.ended:
		return nil // the engine has heard enough
	case s.held+len(f.PCM) > len(s.ring):
		return asr.ErrOverrun
	}
	at := (s.head + s.held) % len(s.ring)
	n := copy(s.ring[at:], f.PCM)
	copy(s.ring, f.PCM[n:])
	s.held += len(f.PCM)
	s.changed.Broadcast()
	return nil
}

// Recv waits for the next result. A partial that nobody fetched in time is replaced by a newer one.
func (s *session) Recv() (asr.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case len(s.finals) > 0: // what was heard counts, also when the engine died afterwards
			r := s.finals[0]
			s.finals = s.finals[1:]
			return r, nil
		case s.over != nil:
			return asr.Result{}, s.over
		case s.partial != nil:
			r := *s.partial
			s.partial = nil
			return r, nil
		case s.ended:
			return asr.Result{}, io.EOF
		}
		s.changed.Wait()
	}
}

// CloseSend says that no more audio comes.
func (s *session) CloseSend() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = true
	s.changed.Broadcast()
	return nil
}

// Close abandons the session and waits for its worker.
func (s *session) Close() error {
	s.abandon(ErrClosed)
	s.cancel(ErrClosed)
	<-s.done
	return nil
}

// abandon ends the session from this side: what was not fetched is dropped.
func (s *session) abandon(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over == nil {
		s.over, s.finals = fmt.Errorf("%s: %w", s.engine, why), nil
	}
	s.changed.Broadcast()
}

// end is the engine's end.
func (s *session) end(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended, s.partial = true, nil
	if err != nil && s.over == nil {
		s.over = fmt.Errorf("%s: %w", s.engine, err)
	}
	s.changed.Broadcast()
}
