package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"decroche/asr"
	"decroche/internal/breaker"
	"decroche/media"
)

// ErrClosed is returned by a session after Close.
var ErrClosed = errors.New("asr/chain: session is closed")

// session is one turn. Write leaves audio in the ring and returns; run, the session's one
// goroutine, asks the engines of the route in turn, each through an attempt that reads the ring
// from its beginning.
type session struct {
	c       *Chain
	opt     asr.Options
	route   []*link
	ctx     context.Context // ends with the session
	cancel  context.CancelCauseFunc
	stop    func() bool   // forgets the caller's context
	settled chan struct{} // closed once an engine has opened, or none will
	settle  func()        // closes settled, once
	done    chan struct{} // closed when run has ended

	mu      sync.Mutex
	changed sync.Cond // what Recv waits for
	// guarded by mu
	ring    []media.Frame // the turn's audio; the first is number base
	base    int           // frames that had to go from the ring
	gone    time.Duration // their length
	covered time.Duration // of it, what kept tells
	kept    []asr.Result  // finals of engines that failed, for audio that the next one cannot hear
	samples int           // in the ring
	room    int           // samples that it may hold
	sent    bool          // CloseSend was called
	sentAt  time.Time
	cur     *attempt
	shown   string // text of the last partial given
	partial *asr.Result
	finals  []asr.Result
	end     error // after the finals: io.EOF, or that no engine could
	over    error // why the session was abandoned
}

func newSession(ctx context.Context, c *Chain, opt asr.Options, route []*link) *session {
	rate := opt.Rate
	if rate == 0 {
		rate = media.PhoneRate
	}
	settled := make(chan struct{})
	s := &session{
		c: c, opt: opt, route: route, done: make(chan struct{}), room: int(c.cfg.Replay.Seconds() * float64(rate)),
		settled: settled, settle: sync.OnceFunc(func() { close(settled) }),
	}
	s.changed.L = &s.mu
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	s.stop = context.AfterFunc(ctx, func() { s.abandon(context.Cause(ctx)) })
	go s.run()
	return s
}

// Write keeps the next audio for the engines. It never waits. asr.ErrOverrun means that the
// ring is full of what no engine has taken yet.
func (s *session) Write(f media.Frame) error {
	if s.opt.Rate != 0 && f.Rate != 0 && f.Rate != s.opt.Rate {
		return fmt.Errorf("asr/chain: write at %d samples per second into a session opened for %d; resample first", f.Rate, s.opt.Rate)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.over != nil:
		return s.over
	case s.sent:
		return errors.New("asr/chain: write after CloseSend")
	case s.end != nil:
		return s.end
	case len(f.PCM) == 0:
		return nil
	}
	for len(s.ring) > 0 && s.samples+len(f.PCM) > s.room {
		if s.cur == nil || s.cur.next <= s.base {
			return asr.ErrOverrun
		}
		s.drop()
	}
	s.ring = append(s.ring, f)
	s.samples += len(f.PCM)
	s.pokeFeeder()
	return nil
}

// drop takes the oldest frame from the ring. The caller holds mu.
func (s *session) drop() {
	s.samples -= len(s.ring[0].PCM)
	s.gone += s.ring[0].Len()
	s.ring[0].PCM = nil
	s.ring = s.ring[1:]
	s.base++
}

// pokeFeeder tells the feeder that there is more. The caller holds mu.
func (s *session) pokeFeeder() {
	if s.cur != nil {
		poke(s.cur.more)
	}
}

// poke leaves a message in a channel of one place; one that lies there is enough.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Recv waits for the next result. A partial that nobody fetched is replaced by a newer one.
func (s *session) Recv() (asr.Result, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		switch {
		case s.over != nil:
			return asr.Result{}, s.over
		case s.partial != nil:
			r := *s.partial
			s.partial = nil
			return r, nil
		case len(s.finals) > 0:
			r := s.finals[0]
			s.finals = s.finals[1:]
			return r, nil
		case s.end != nil:
			return asr.Result{}, s.end
		}
		s.changed.Wait()
	}
}

// CloseSend says that no more audio comes.
func (s *session) CloseSend() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.sent {
		s.sent, s.sentAt = true, time.Now()
		s.pokeFeeder()
	}
	return nil
}

// Close abandons the session. It does not wait for an engine to say its goodbyes, which would
// hold up the answer to what was heard; Chain.Close does.
func (s *session) Close() error {
	s.stop()
	s.abandon(ErrClosed)
	<-s.done
	return nil
}

func (s *session) abandon(why error) {
	s.mu.Lock()
	if s.over == nil {
		s.over = why
	}
	s.changed.Broadcast()
	s.mu.Unlock()
	s.cancel(why)
}

// failure is why no engine can hear the turn; nil when one may, or has.
func (s *session) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over != nil {
		return s.over
	}
	if s.end != nil && !errors.Is(s.end, io.EOF) {
		return s.end
	}
	return nil
}

// run asks the engines until one has heard the turn. First those whose breakers let it, in the
// order of the route; then, since somebody is on the line, the others after all. A route of one
// engine asks it a second time, unless the first cost a deadline.
func (s *session) run() {
	defer close(s.done)
	defer s.settle()
	defer s.stop()
	defer s.cancel(nil)
	var why error
	var doubts []*breaker.Try // of engines that heard no words, which may have been right
	verdict := breaker.Nothing
	defer func() { settleAll(doubts, verdict) }()
	spent := map[*link]bool{}
	for _, ask := range []func(*breaker.Breaker) *breaker.Try{(*breaker.Breaker).Ask, (*breaker.Breaker).Force} {
		for _, l := range s.route {
			if spent[l] {
				continue
			}
			try := ask(l.breaker)
			if try == nil {
				continue
			}
			finals, f := s.hear(l, try)
			if s.ctx.Err() != nil {
				s.abandon(context.Cause(s.ctx)) // here too: stop may come before what watches the caller's context has begun
				return
			}
			if f == nil {
				verdict = doubtful(finals)
				s.deliver(finals, io.EOF)
				return
			}
			if f.kind == mute {
				doubts = append(doubts, try)
			}
			spent[l] = f.slow() || f.kind == unsupported || len(s.route) > 1
			why = chained(why, l.Name, f)
		}
	}
	s.deliver(nil, fmt.Errorf("asr/chain: no engine heard this turn: %w", why))
}

// chained adds one engine's fault to those before.
func chained(why error, name string, f *fault) error {
	if why == nil {
		return fmt.Errorf("%s: %w", name, f)
	}
	return fmt.Errorf("%w; %s: %w", why, name, f)
}

// doubtful is the verdict on engines that gave no words in time, once another has heard the
// same audio: they were deaf if there were words, and right if it was noise.
func doubtful(finals []asr.Result) breaker.Verdict {
	if slices.ContainsFunc(finals, func(r asr.Result) bool { return r.Text != "" }) {
		return breaker.Bad
	}
	return breaker.Nothing
}

func settleAll(tries []*breaker.Try, v breaker.Verdict) {
	for _, t := range tries {
		t.Done(v)
	}
}

// deliver ends the turn.
func (s *session) deliver(finals []asr.Result, end error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.partial, s.finals, s.end = nil, append(s.kept, finals...), end
	s.ring, s.cur = nil, nil
	s.changed.Broadcast()
}

// keep remembers the finals of a failed attempt that tell of audio which had to go from the
// ring, for no other engine can hear that again; the next one begins where they end. Finals
// without times cannot be placed. The caller holds mu.
func (s *session) keep(a *attempt, finals []asr.Result) {
	for _, r := range finals {
		if r.End <= 0 || s.covered >= s.gone {
			return
		}
		s.kept, s.covered = append(slices.Clip(s.kept), r), a.start+r.End
		for len(s.ring) > 0 && s.gone < s.covered {
			s.drop()
		}
	}
}

// settling is how long after an attempt has caught up its partials may still be about audio from
// before.
const settling = 300 * time.Millisecond

// show gives the caller a partial result. While an attempt still catches up with what an earlier
// one has heard, its shorter texts are kept back: what the caller was shown shrinks only when
// the new engine has heard as much and understood less.
func (s *session) show(a *attempt, r asr.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	behind := a.level.IsZero() || time.Since(a.level) < settling
	if s.cur != a || r.Text == s.shown || behind && utf8.RuneCountInString(r.Text) < utf8.RuneCountInString(s.shown) {
		return
	}
	s.shown, s.partial = r.Text, &r
	s.changed.Broadcast()
}
