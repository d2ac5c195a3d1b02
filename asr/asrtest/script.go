package asrtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"decroche/asr"
	"decroche/media"
)

// Script is a recogniser that does not listen: its first session hears the first turn, its
// second the second, and so on. It follows the clock of the test, so that it works in synctest.
//
//	rec := &asrtest.Script{Turns: []asrtest.Turn{
//		{Text: "où est mon colis", Confidence: .9},
//		{Text: "quarante-cinq douze", Confidence: .7, Partials: []asrtest.Partial{{After: 300 * time.Millisecond, Text: "quarante"}}},
//		{OpenErr: errors.New("no engine")},
//	}}
//
// A session that is closed before CloseSend has not used its turn: the next session hears it.
// When the turns run out, sessions hear nothing (an empty final). The zero value hears nothing at all.
type Script struct {
	Turns []Turn // constant after the first Open

	mu     sync.Mutex
	next   int
	back   []int // turns given back
	opened []*scripted
}

// Turn is what one session hears.
type Turn struct {
	Text         string
	Confidence   float64
	Alternatives []asr.Alternative
	Words        []asr.Word
	Partials     []Partial
	// Language and LanguageConfidence as in asr.Result, for an engine that tells.
	Language           string
	LanguageConfidence float64
	// Delay is how long the final takes after CloseSend.
	Delay time.Duration
	// OpenErr makes Open fail, once; Err makes Recv fail instead of giving the final.
	OpenErr, Err error
}

// Partial is an interim result, given when After of audio has been written.
type Partial struct {
	After time.Duration
	Text  string
}

// Heard tells what one session was opened with and how much audio it got.
type Heard struct {
	Options asr.Options
	Audio   time.Duration
	Sent    bool // CloseSend was called
}

// Sessions lists all sessions so far in the order of their Open.
func (s *Script) Sessions() []Heard {
	s.mu.Lock()
	defer s.mu.Unlock()
	var h []Heard
	for _, x := range s.opened {
		x.mu.Lock()
		h = append(h, Heard{x.opt, x.audio, x.sent})
		x.mu.Unlock()
	}
	return h
}

// Open begins the next turn of the script.
func (s *Script) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := &scripted{owner: s, opt: opt, place: s.take(), recv: make(chan struct{}, 1)}
	if x.place < len(s.Turns) {
		x.turn = s.Turns[x.place]
	}
	if x.turn.OpenErr != nil {
		return nil, fmt.Errorf("asrtest: open: %w", x.turn.OpenErr)
	}
	x.ctx, x.cancel = context.WithCancelCause(ctx)
	s.opened = append(s.opened, x)
	return x, nil
}

func (s *Script) take() int {
	if n := len(s.back); n > 0 {
		i := s.back[n-1]
		s.back = s.back[:n-1]
		return i
	}
	s.next++
	return s.next - 1
}

func (s *Script) giveBack(place int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.back = append(s.back, place)
}

var errScriptClosed = errors.New("asrtest: session is closed")

// scripted is one session of a Script.
type scripted struct {
	owner  *Script
	opt    asr.Options
	place  int
	turn   Turn
	ctx    context.Context // ends with the session
	cancel context.CancelCauseFunc
	recv   chan struct{} // something changed

	mu     sync.Mutex
	audio  time.Duration
	sent   bool
	sentAt time.Time
	shown  int  // partials given
	over   bool // the final has been given
	closed bool
}

func (x *scripted) Write(f media.Frame) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := context.Cause(x.ctx); err != nil {
		return err
	}
	if x.sent {
		return errors.New("asrtest: write after CloseSend")
	}
	if x.opt.Rate != 0 && f.Rate != 0 && f.Rate != x.opt.Rate {
		return fmt.Errorf("asrtest: a frame at %d samples per second in a session at %d", f.Rate, x.opt.Rate)
	}
	x.audio += f.Len()
	x.wake()
	return nil
}

func (x *scripted) wake() {
	select {
	case x.recv <- struct{}{}:
	default:
	}
}

func (x *scripted) Recv() (asr.Result, error) {
	for {
		r, wait, err := x.step()
		if wait == 0 {
			return r, err
		}
		select {
		case <-x.recv:
		case <-after(wait):
		case <-x.ctx.Done():
		}
	}
}

// after is time.After, and nil for a wait without end.
func after(d time.Duration) <-chan time.Time {
	if d < 0 {
		return nil
	}
	return time.After(d)
}

// step returns the next result, or how long to wait for it: negative means until something changes.
func (x *scripted) step() (r asr.Result, wait time.Duration, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if err := context.Cause(x.ctx); err != nil {
		return r, 0, err
	}
	if x.shown < len(x.turn.Partials) && x.audio >= x.turn.Partials[x.shown].After {
		x.shown++
		return asr.Result{Text: x.turn.Partials[x.shown-1].Text, End: x.audio}, 0, nil
	}
	switch {
	case x.over:
		return r, 0, io.EOF
	case !x.sent:
		return r, -1, nil
	}
	if left := x.turn.Delay - time.Since(x.sentAt); left > 0 {
		return r, left, nil
	}
	if x.turn.Err != nil {
		return r, 0, x.turn.Err
	}
	x.over = true
	return asr.Result{Text: x.turn.Text, Final: true, Confidence: x.turn.Confidence, Words: x.turn.Words,
		Alternatives: x.turn.Alternatives, End: x.audio,
		Language: x.turn.Language, LanguageConfidence: x.turn.LanguageConfidence}, 0, nil
}

func (x *scripted) CloseSend() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !x.sent {
		x.sent, x.sentAt = true, time.Now()
		x.wake()
	}
	return nil
}

func (x *scripted) Close() error {
	x.mu.Lock()
	again, unused := x.closed, !x.sent
	x.closed = true
	x.mu.Unlock()
	if !again && unused {
		x.owner.giveBack(x.place)
	}
	x.cancel(errScriptClosed)
	return nil
}
