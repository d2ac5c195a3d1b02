package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"decroche/asr"
	"decroche/internal/breaker"
	"decroche/internal/route"
	"decroche/media"
)

// Kinds of faults, as the metrics name them.
const (
	unsupported = "unsupported" // it serves no such language or rate
	opening     = "open"        // Open failed
	openLate    = "open_late"
	mute        = "mute"    // no words although audio came
	overrun     = "overrun" // it took no audio although some waited
	broken      = "broken"  // an error in the midst
	cut         = "cut"     // it ended before the audio, or gave words and no final
	late        = "late"    // no end after all audio
)

// fault is why an engine did not hear a turn to its end.
type fault struct {
	kind string
	err  error
}

func (f *fault) Error() string { return f.err.Error() }
func (f *fault) Unwrap() error { return f.err }

// slow tells whether the fault took a whole deadline to find.
func (f *fault) slow() bool {
	return f.kind == openLate || f.kind == overrun || f.kind == late || f.kind == mute
}

// attempt is one engine hearing the turn from the beginning of the ring.
type attempt struct {
	s      *session
	l      *link
	ctx    context.Context
	cancel context.CancelFunc
	more   chan struct{} // for the feeder: audio or the end of it; one place
	moved  chan struct{} // for hear: a deadline began; one place
	heard  chan heard    // what the engine says
	fault  chan *fault   // what its opening or feeding ran into; one place
	began  time.Time
	start  time.Duration // of the turn, that went from the ring before
	kept   []asr.Result  // of engines before, for that time

	// guarded by s.mu
	next    int           // number of the next frame to give
	live    int           // number of the first frame that no earlier attempt was given
	level   time.Time     // when it had caught up with those
	fed     time.Duration // length of what it took
	opened  bool
	first   time.Time // when it took the first audio
	refused time.Time // since when it refuses the next frame; zero while it does not
	sent    time.Time // when it was told that all was sent
	words   bool      // it has given words, partial or final
}

// heard is what one Recv returned.
type heard struct {
	r   asr.Result
	err error
}

// hear lets one engine hear the turn and returns its finals, or with a fault those that it gave
// before. It settles the try, but for a mute engine's, which is the caller's. Nobody is to blame when the session ends.
func (s *session) hear(l *link, try *breaker.Try) ([]asr.Result, *fault) {
	a := s.begin(l)
	defer a.cancel()
	finals, f := a.listen()
	s.mu.Lock()
	fed, since := a.fed, s.sentAt
	if a.began.After(since) {
		since = a.began
	}
	s.cur = nil
	if f != nil {
		s.keep(a, finals)
	}
	s.mu.Unlock()
	l.m.fed(fed, l.Cost)
	switch {
	case s.ctx.Err() != nil:
		try.Done(breaker.Nothing)
		l.m.outcome("abandoned")
		return nil, f
	case f == nil:
		try.Done(breaker.Good)
		l.m.heard(time.Since(since))
		return finals, nil
	case f.kind == unsupported:
		try.Done(breaker.Nothing)
	case f.kind != mute:
		try.Done(breaker.Bad)
	}
	l.m.fault(f.kind)
	l.m.outcome("failed")
	return finals, f
}

// begin starts an attempt at the beginning of the ring.
func (s *session) begin(l *link) *attempt {
	ctx, cancel := context.WithCancel(s.ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &attempt{
		s: s, l: l, ctx: ctx, cancel: cancel, began: time.Now(), start: s.gone, kept: s.kept, next: s.base, live: s.base + len(s.ring),
		more: make(chan struct{}, 1), moved: make(chan struct{}, 1), heard: make(chan heard), fault: make(chan *fault, 1),
	}
	l.m.missing(s.gone - s.covered)
	s.cur = a
	s.c.work.Go(a.work)
	return a
}

// listen gathers what the engine says until its end, its fault or a deadline.
func (a *attempt) listen() (finals []asr.Result, _ *fault) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		due, f := a.due()
		if f != nil {
			return a.closing(finals, f)
		}
		timer.Reset(due)
		select {
		case <-a.ctx.Done():
			return finals, &fault{broken, context.Cause(a.ctx)}
		case <-timer.C: // due tells whether there was progress meanwhile
		case <-a.moved:
		case f := <-a.fault:
			return finals, f
		case h := <-a.heard:
			if h.err != nil {
				return a.ended(finals, h.err)
			}
			if h.r.Text != "" {
				a.spoke()
			}
			shown := joined(append(slices.Clip(a.kept), finals...), h.r)
			if h.r.Final {
				finals = append(finals, h.r)
			}
			if shown.Text != "" {
				a.s.show(a, shown)
			}
		}
	}
}

// due is how long the engine may still take for what it owes, or its fault when that is over.
func (a *attempt) due() (time.Duration, *fault) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	final := a.s.c.cfg.Final
	if a.l.Final > 0 {
		final = a.l.Final
	}
	left, kind := time.Hour, ""
	owes := func(since time.Time, d time.Duration, what string) {
		if l := d - time.Since(since); !since.IsZero() && l < left {
			left, kind = l, what
		}
	}
	if !a.opened {
		owes(a.began, a.s.c.cfg.Open, openLate)
	} else {
		owes(a.refused, final, overrun)
		owes(a.sent, final, late)
		if a.l.Partial > 0 && !a.words && a.sent.IsZero() {
			owes(a.first, a.l.Partial, mute)
		}
	}
	if left > 0 {
		return left, nil
	}
	switch kind {
	case openLate:
		return 0, &fault{kind, fmt.Errorf("was not ready within %v (open)", a.s.c.cfg.Open)}
	case overrun:
		return 0, &fault{kind, fmt.Errorf("took no more audio for %v (final)", final)}
	case mute:
		return 0, &fault{kind, fmt.Errorf("gave no words within %v (partial)", a.l.Partial)}
	}
	return 0, &fault{kind, fmt.Errorf("had all audio and did not end within %v (final)", final)}
}

// closing judges an engine whose time is over. One that has given a final after all audio, and
// only failed to end, has done what matters.
func (a *attempt) closing(finals []asr.Result, f *fault) ([]asr.Result, *fault) {
	if f.kind == late && len(finals) > 0 {
		a.l.m.fault(late)
		return finals, nil
	}
	return finals, f
}

// ended judges how the engine's results ended.
func (a *attempt) ended(finals []asr.Result, err error) ([]asr.Result, *fault) {
	a.s.mu.Lock()
	sent, words := !a.sent.IsZero(), a.words
	a.s.mu.Unlock()
	var u *asr.UnsupportedError
	switch {
	case errors.As(err, &u): // an engine that finds out with its server
		return finals, &fault{unsupported, err}
	case !errors.Is(err, io.EOF):
		return finals, &fault{broken, err}
	case !sent:
		return finals, &fault{cut, errors.New("ended before the audio did")}
	case words && len(finals) == 0:
		return finals, &fault{cut, errors.New("gave words and ended without a final result")}
	}
	return finals, nil
}

func (a *attempt) spoke() {
	a.s.mu.Lock()
	a.words = true
	a.s.mu.Unlock()
}

// joined is the partial result that finals, which are not final for our caller, and r make.
func joined(finals []asr.Result, r asr.Result) asr.Result {
	if len(finals) == 0 {
		r.Final = false
		return r
	}
	all := asr.Result{Start: finals[0].Start, End: r.End, Language: r.Language, LanguageConfidence: r.LanguageConfidence}
	var texts []string
	for _, p := range append(slices.Clip(finals), r) {
		if p.Text != "" {
			texts = append(texts, p.Text)
			all.Words = append(all.Words, p.Words...)
		}
	}
	all.Text = strings.Join(texts, " ")
	return all
}

// work opens the engine, pumps audio in and results out, and lets go of the engine when the
// attempt is over.
func (a *attempt) work() {
	opt := a.s.opt
	opt.Others = slices.DeleteFunc(slices.Clone(opt.Others), func(l string) bool { return !route.Serves(a.l.Languages, l) })
	sess, err := a.l.Recogniser.Open(a.ctx, opt)
	if err != nil {
		var u *asr.UnsupportedError
		if errors.As(err, &u) {
			a.fault <- &fault{unsupported, err}
		} else {
			a.fault <- &fault{opening, err}
		}
		return
	}
	a.s.settle()
	a.s.mu.Lock()
	a.opened = true
	a.s.mu.Unlock()
	poke(a.moved)
	var pumps sync.WaitGroup
	pumps.Go(func() { a.receive(sess) })
	pumps.Go(func() {
		if err := a.feed(sess); err != nil {
			a.fault <- &fault{broken, err}
		}
	})
	<-a.ctx.Done()
	sess.Close()
	pumps.Wait()
}

// receive pumps results until the first error.
func (a *attempt) receive(sess asr.Session) {
	for {
		r, err := sess.Recv()
		select {
		case a.heard <- heard{r, err}:
		case <-a.ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// overrunWait is between two tries to give an engine that is behind the same frame. A replay
// goes as fast as the engine takes it, and an engine that is slow for a moment loses nothing.
const overrunWait = 5 * time.Millisecond

// feed pumps audio from the ring until all is sent.
func (a *attempt) feed(sess asr.Session) error {
	for {
		f, ok, all := a.peek()
		if all {
			return sess.CloseSend()
		}
		if !ok {
			select {
			case <-a.more:
				continue
			case <-a.ctx.Done():
				return nil
			}
		}
		for {
			err := sess.Write(f)
			if err == nil {
				a.took(f)
				break
			}
			if !errors.Is(err, asr.ErrOverrun) {
				return err
			}
			a.refusal()
			select {
			case <-time.After(overrunWait):
			case <-a.ctx.Done():
				return nil
			}
		}
	}
}

// peek returns a copy of the next frame, for the engine will own it; all when there are no more.
func (a *attempt) peek() (f media.Frame, ok, all bool) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	i := a.next - a.s.base
	if a.s.cur != a {
		return f, false, false
	}
	if i < len(a.s.ring) {
		f = a.s.ring[i]
		f.PCM = slices.Clone(f.PCM)
		return f, true, false
	}
	if !a.s.sent {
		return f, false, false
	}
	a.sent = time.Now() // before the engine knows, so that its end is never early
	poke(a.moved)
	return f, false, true
}

func (a *attempt) took(f media.Frame) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	a.next++
	a.fed += f.Len()
	a.refused = time.Time{}
	if a.next >= a.live && a.level.IsZero() {
		a.level = time.Now()
	}
	if a.first.IsZero() {
		a.first = time.Now()
		poke(a.moved)
	}
}

func (a *attempt) refusal() {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	if a.refused.IsZero() {
		a.refused = time.Now()
		poke(a.moved)
	}
}
