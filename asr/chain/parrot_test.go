package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"decroche/asr"
	"decroche/media"
)

// parrot is an engine that hears exactly the samples it is given: each frame's first sample is a
// word, from aWord on; less is silence. Its text therefore tells of every frame lost, doubled or out of order.
type parrot struct {
	dies    int           // frames after which it dies; 0 lives
	how     string        // it dies: "recv", "write", "eof", "hang", "refuse"
	deaths  int           // sessions that die; 0 all
	openErr error         // of Open
	opening time.Duration // taken by Open
	think   time.Duration // from CloseSend to the final
	pace    int           // frames taken in each 5 ms; 0 all
	mute    bool          // gives no partials
	rude    bool          // spoils the samples it was given
	splits  bool          // a final at each silence

	mu     sync.Mutex
	opened int
}

// aWord is the sample value that says "0": louder than the noise of the conformance kit.
const aWord = 1000

var errDied = errors.New("the engine died")

func (p *parrot) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	p.mu.Lock()
	p.opened++
	dies := p.dies
	if p.deaths > 0 && p.opened > p.deaths {
		dies = 0
	}
	p.mu.Unlock()
	if opt.Rate == 11025 {
		return nil, asr.Unsupported("parrot: open at %d", opt.Rate)
	}
	select {
	case <-time.After(p.opening):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if p.openErr != nil {
		return nil, p.openErr
	}
	s := &squawk{p: p, dies: dies, wake: make(chan struct{}, 1)}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	return s, nil
}

func (p *parrot) opens() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.opened
}

type squawk struct {
	p      *parrot
	dies   int
	ctx    context.Context
	cancel context.CancelCauseFunc
	wake   chan struct{}

	mu     sync.Mutex
	n      int
	words  []string
	shown  int
	finals []asr.Result
	window time.Time
	taken  int
	sent   time.Time
	over   bool
	dead   bool
}

func (s *squawk) Write(f media.Frame) error {
	defer poke(s.wake)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return context.Cause(s.ctx)
	}
	if s.dead && s.p.how == "write" {
		return errDied
	}
	if now := time.Now(); s.p.pace > 0 {
		if now.Sub(s.window) >= 5*time.Millisecond {
			s.window, s.taken = now, 0
		}
		if s.taken == s.p.pace {
			return asr.ErrOverrun
		}
		s.taken++
	}
	if s.n++; s.dies > 0 && s.n >= s.dies {
		s.dead = true
		if s.p.how == "refuse" {
			s.n--
			return asr.ErrOverrun
		}
		return nil
	}
	if len(f.PCM) > 0 && f.PCM[0] >= aWord {
		s.words = append(s.words, fmt.Sprint(f.PCM[0]-aWord))
	} else if s.p.splits && len(s.words) > 0 {
		end := time.Duration(s.n) * media.FrameTime
		s.finals = append(s.finals, asr.Result{Text: strings.Join(s.words, " "), Final: true, Confidence: .9, End: end})
		s.words, s.shown = nil, 0
	}
	if s.p.rude {
		clear(f.PCM)
	}
	return nil
}

func (s *squawk) Recv() (asr.Result, error) {
	for {
		r, wait, err := s.next()
		if wait == 0 {
			return r, err
		}
		select {
		case <-s.wake:
		case <-s.ctx.Done():
		case <-time.After(wait):
		}
	}
}

func (s *squawk) next() (r asr.Result, wait time.Duration, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ctx.Err() != nil:
		return r, 0, context.Cause(s.ctx)
	case s.dead && s.p.how == "recv":
		return r, 0, errDied
	case s.dead && s.p.how == "eof", s.over:
		return r, 0, io.EOF
	case s.dead:
		return r, time.Hour, nil
	case len(s.finals) > 0:
		r = s.finals[0]
		s.finals = s.finals[1:]
		return r, 0, nil
	case !s.p.mute && len(s.words) > s.shown:
		s.shown = len(s.words)
		return asr.Result{Text: strings.Join(s.words, " ")}, 0, nil
	case s.sent.IsZero():
		return r, time.Hour, nil
	}
	if left := s.p.think - time.Since(s.sent); left > 0 {
		return r, left, nil
	}
	s.over = true
	return asr.Result{Text: strings.Join(s.words, " "), Final: true, Confidence: .9}, 0, nil
}

func (s *squawk) CloseSend() error {
	defer poke(s.wake)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent.IsZero() {
		s.sent = time.Now()
	}
	return nil
}

func (s *squawk) Close() error {
	s.cancel(errors.New("parrot: closed"))
	return nil
}
