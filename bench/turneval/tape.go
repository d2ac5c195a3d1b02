package turneval

import (
	"context"
	"errors"
	"hash/maphash"
	"io"
	"sync"
	"time"

	"decroche/asr"
	"decroche/media"
)

// Ears is a recogniser that knows its callers' recordings: it finds each frame it is given among
// the frames of a set and gives the words that a recogniser would have by then, as late as Lag
// says, without mistakes. So no header and no number has to tell it who calls, and what it gives
// depends on the sound that arrived, not on a clock. Over lines that change samples it hears
// nothing.
type Ears struct {
	lag   Lag
	final time.Duration // from CloseSend to the final result
	turns []*Turn
	seed  maphash.Seed
	where map[uint64]place
}

// place is a frame of a turn.
type place struct {
	turn, frame int
	alone       bool // nobody speaks yet
}

// FinalDelay is how long the final words take after the end of the turn: a fixed delay, the p95 of
// the embedded recogniser with ten calls at once (docs/measurements.md, "turn decided → final text").
const FinalDelay = 4 * time.Millisecond

// NewEars learns the frames of all turns.
func NewEars(turns []*Turn, lag Lag) *Ears {
	e := &Ears{lag: lag, final: FinalDelay, turns: turns, seed: maphash.MakeSeed(), where: map[uint64]place{}}
	for i, t := range turns {
		for f := range t.frames {
			e.where[e.key(f.PCM)] = place{i, int(f.At / media.FrameTime), f.At < t.alone()}
		}
	}
	return e
}

func (e *Ears) String() string { return "bench turns (knows the recordings)" }

// key of a frame's samples.
func (e *Ears) key(pcm []int16) uint64 {
	var h maphash.Hash
	h.SetSeed(e.seed)
	for _, v := range pcm {
		_ = h.WriteByte(byte(v))
		_ = h.WriteByte(byte(v >> 8))
	}
	return h.Sum64()
}

// Open implements asr.Recogniser.
func (e *Ears) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	if opt.Rate != 0 && opt.Rate != media.PhoneRate {
		return nil, asr.Unsupported("turneval: %d samples per second; the recordings have %d", opt.Rate, media.PhoneRate)
	}
	s := &tapeSession{ears: e, lag: e.lag.of(opt.Expect.Kind), turn: -1, wake: make(chan struct{}, 1)}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	return s, nil
}

// tapeSession hears one stretch of a recording.
type tapeSession struct {
	ears   *Ears
	lag    Lag             // in an answer to what is expected
	ctx    context.Context // ends with the session
	cancel context.CancelCauseFunc
	wake   chan struct{}

	mu    sync.Mutex
	turn  int           // -1: nothing known was heard yet
	begin time.Duration // in the recording
	pos   time.Duration // end of what was heard of it
	shown string        // last partial given
	sent  time.Time     // of CloseSend
	over  bool
}

var errTapeClosed = errors.New("turneval: session is closed")

// Write implements asr.Session.
func (s *tapeSession) Write(f media.Frame) error {
	if err := context.Cause(s.ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.ears.where[s.ears.key(f.PCM)]
	switch {
	case known && s.turn != p.turn && (s.turn < 0 || !p.alone): // the noise around a wish is another recording's
		s.turn, s.begin = p.turn, time.Duration(p.frame)*media.FrameTime
		s.pos = s.begin + media.FrameTime
	case known && s.turn == p.turn:
		s.pos = time.Duration(p.frame+1) * media.FrameTime
	case s.turn >= 0: // lost or concealed
		s.pos += media.FrameTime
	}
	s.poke()
	return nil
}

func (s *tapeSession) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Recv implements asr.Session.
func (s *tapeSession) Recv() (asr.Result, error) {
	for {
		r, wait, err := s.next()
		if wait == 0 {
			return r, err
		}
		var timer <-chan time.Time
		if wait > 0 {
			timer = time.After(wait)
		}
		select {
		case <-s.wake:
		case <-timer:
		case <-s.ctx.Done():
		}
	}
}

// next returns the next result, or how long to wait for it: negative until something changes.
func (s *tapeSession) next() (r asr.Result, wait time.Duration, err error) {
	if err := context.Cause(s.ctx); err != nil {
		return r, 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var words []Word
	if s.turn >= 0 {
		words = s.ears.turns[s.turn].Words
	}
	if s.sent.IsZero() {
		text := said(words[:s.lag.shown(words, s.begin, s.pos)], s.begin)
		if text == s.shown {
			return r, -1, nil
		}
		s.shown = text
		return asr.Result{Text: text, End: s.pos}, 0, nil
	}
	if s.over {
		return r, 0, io.EOF
	}
	if left := s.ears.final - time.Since(s.sent); left > 0 {
		return r, left, nil
	}
	s.over = true
	return asr.Result{Text: said(spokenBy(words, s.pos), s.begin), Final: true, Confidence: 0.97, End: s.pos}, 0, nil
}

// CloseSend implements asr.Session.
func (s *tapeSession) CloseSend() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent.IsZero() {
		s.sent = time.Now()
		s.poke()
	}
	return nil
}

// Close implements asr.Session.
func (s *tapeSession) Close() error {
	s.cancel(errTapeClosed)
	return nil
}
