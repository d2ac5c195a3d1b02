package chain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"decroche/internal/breaker"
	"decroche/media"
	"decroche/tts"
)

// source is one utterance. ReadFrame, in the reader's goroutine, owns all but what Close ends;
// a pump for each voice reads ahead of it.
type source struct {
	c      *Chain
	u      tts.Utterance
	route  []*link
	ctx    context.Context
	cancel context.CancelCauseFunc
	once   sync.Once
	closed chan struct{}

	left   []string       // sentences that are not said to the end; left[0] is being said
	cur    *take          // nil between two
	asked  map[*link]bool // in this sentence
	worse  map[*link]bool // failed in an earlier one: changing back and forth is stranger than one change
	forced bool           // neither breakers nor worse count any more
	why    error          // faults in this sentence
	after  bool           // a sentence was said: a pause comes before the next
	heard  int            // samples given out of left[0]
	by     *link          // whose they are
	ready  []int16
	origin media.Origin // of what is ready
	at     time.Duration
	stands bool  // another voice than the first has spoken
	end    error // after ready: io.EOF or why nobody could go on
	over   bool  // end was returned
}

// take is one voice at one sentence.
type take struct {
	l       *link
	try     *breaker.Try
	once    sync.Once // settles try
	cancel  context.CancelFunc
	sound   chan piece
	began   time.Time
	made    int     // samples it made
	skip    int     // samples to pass over: the listener has them
	ahead   []int16 // passed-over and following samples, until the pause is found
	skipped bool    // nothing more to pass over
}

// piece is what one ReadFrame of a voice returned.
type piece struct {
	pcm    []int16
	origin media.Origin
	err    error
}

// readAhead is how much sound a pump may hold: 1 s, 16 kB.
const readAhead = 50

// pause is between two sentences, for voices end at the last sound of theirs.
const pause = 200 * time.Millisecond

// ReadFrame implements media.Source: 20 ms frames, the last of the utterance may be shorter.
func (s *source) ReadFrame() (media.Frame, error) {
	n := s.u.Rate / 50
	for len(s.ready) < n && s.end == nil {
		s.step()
	}
	if err := context.Cause(s.ctx); err != nil && !s.over {
		s.ready, s.end = nil, err
	}
	if len(s.ready) == 0 {
		s.over = true
		s.Close() // lets go of what is left
		return media.Frame{}, s.end
	}
	n = min(n, len(s.ready))
	f := media.Frame{PCM: append([]int16(nil), s.ready[:n]...), Rate: s.u.Rate, At: s.at, Origin: s.origin}
	s.ready = s.ready[n:]
	s.at += f.Len()
	return f, nil
}

// Keep tells, at the end, whether the first voice of the route alone has spoken. Package cache
// does not keep what a stand-in said.
func (s *source) Keep() bool { return !s.stands }

// Close implements media.Source.
func (s *source) Close() error {
	s.once.Do(func() {
		close(s.closed)
		s.cancel(errClosed)
	})
	return nil
}

var errClosed = fmt.Errorf("tts/chain: source was closed: %w", io.ErrClosedPipe)

// step takes the next piece of sound, or begins the next sentence, or changes the voice.
func (s *source) step() {
	switch {
	case s.ctx.Err() != nil:
		s.end = context.Cause(s.ctx)
		return
	case len(s.left) == 0:
		s.end = io.EOF
		return
	case s.cur == nil:
		s.begin()
		return
	}
	limit, kind := s.c.cfg.Gap, "gap"
	if s.cur.made == 0 {
		limit, kind = s.c.cfg.FirstAudio-time.Since(s.cur.began), "first_audio"
	}
	timer := time.NewTimer(max(0, limit))
	defer timer.Stop()
	select {
	case p := <-s.cur.sound: // was there in time, however late it is read
		s.take(p)
		return
	default:
	}
	select {
	case p := <-s.cur.sound:
		s.take(p)
	case <-timer.C:
		if kind == "gap" {
			s.failed(kind, fmt.Errorf("made no sound for %v (gap)", s.c.cfg.Gap))
		} else {
			s.failed(kind, fmt.Errorf("did not begin within %v (first_audio)", s.c.cfg.FirstAudio))
		}
	case <-s.ctx.Done():
	}
}

// begin asks the next voice for the sentence at hand: the first that is thought well, in the
// order of the route, then the others, for somebody is on the line.
func (s *source) begin() {
	for i, l := range s.route {
		if s.asked[l] || s.worse[l] && !s.forced {
			continue
		}
		try := l.breaker.Ask()
		if s.forced {
			try = l.breaker.Force()
		}
		if try == nil {
			continue
		}
		if s.asked == nil {
			s.asked = map[*link]bool{}
		}
		s.asked[l] = true
		s.stands = s.stands || i > 0
		s.start(l, try, i)
		return
	}
	if !s.forced {
		s.forced = true
		return
	}
	s.end = fmt.Errorf("tts/chain: no voice could say this: %w", s.why)
}

func (s *source) start(l *link, try *breaker.Try, place int) {
	ctx, cancel := context.WithCancel(s.ctx)
	t := &take{l: l, try: try, cancel: cancel, sound: make(chan piece, readAhead), began: time.Now(), skipped: s.heard == 0}
	if s.heard > 0 {
		t.skip = int(float64(s.heard) * l.slower(s.by))
	}
	u := s.u
	u.Text = s.left[0]
	if place > 0 {
		u.Voice = ""
	}
	s.cur = t
	context.AfterFunc(ctx, func() { t.settle(breaker.Nothing, "abandoned") })
	s.c.work.Go(func() { t.pump(ctx, u) })
}

// settle ends the take's try, once.
func (t *take) settle(v breaker.Verdict, outcome string) {
	t.once.Do(func() {
		t.try.Done(v)
		t.l.m.outcome(outcome)
	})
}

// pump reads a voice until its end or the take's.
func (t *take) pump(ctx context.Context, u tts.Utterance) {
	src, err := t.l.Synthesiser.Speak(ctx, u)
	if err != nil {
		t.give(ctx, piece{err: &openError{err}})
		return
	}
	defer src.Close()
	stop := context.AfterFunc(ctx, func() { src.Close() }) // when it waits inside ReadFrame
	defer stop()
	var made time.Duration
	defer func() { t.l.m.made(made, t.l.Cost) }()
	for {
		f, err := src.ReadFrame()
		if err == nil && f.Rate != u.Rate {
			err = fmt.Errorf("speaks at %d samples per second, not %d", f.Rate, u.Rate)
		}
		made += f.Len()
		if !t.give(ctx, piece{f.PCM, f.Origin, err}) || err != nil {
			return
		}
	}
}

func (t *take) give(ctx context.Context, p piece) bool {
	select {
	case t.sound <- p:
		return true
	case <-ctx.Done():
		return false
	}
}

// openError is what Speak returned.
type openError struct{ err error }

func (e *openError) Error() string { return e.err.Error() }
func (e *openError) Unwrap() error { return e.err }

// take deals with one piece of the current voice.
func (s *source) take(p piece) {
	t := s.cur
	var open *openError
	switch {
	case p.err != nil && s.ctx.Err() != nil: // the listener went, and the voice says so
		return
	case errors.Is(p.err, io.EOF) && t.made == 0 && speakable(s.left[0]):
		s.failed("silent", errors.New("made no sound"))
		return
	case errors.Is(p.err, io.EOF):
		s.said()
		return
	case errors.As(p.err, &open):
		s.failed("open", p.err)
		return
	case p.err != nil:
		s.failed("broken", p.err)
		return
	case len(p.pcm) == 0:
		return
	}
	if t.made == 0 {
		t.l.m.began(time.Since(t.began))
	}
	t.made += len(p.pcm)
	if !t.skipped {
		t.ahead = append(t.ahead, p.pcm...)
		if len(t.ahead) < t.skip+s.u.Rate*lookMS/1000 {
			return
		}
		p.pcm = t.rest(s.u.Rate)
	}
	s.origin = p.origin
	s.give(p.pcm)
}

// give hands sound of the current voice to the listener.
func (s *source) give(pcm []int16) {
	if len(pcm) == 0 {
		return
	}
	if s.heard == 0 && s.after {
		s.ready = append(s.ready, make([]int16, int(pause.Seconds()*float64(s.u.Rate)))...)
	}
	s.ready = append(s.ready, pcm...)
	s.heard += len(pcm)
	s.by = s.cur.l
}

// said ends the sentence.
func (s *source) said() {
	t := s.cur
	if !t.skipped {
		s.give(t.rest(s.u.Rate))
	}
	t.settle(breaker.Good, "said")
	t.l.learn(s.left[0], s.length(t.made), s.speed())
	s.drop()
	s.after = s.after || s.heard > 0
	if s.worse == nil {
		s.worse = map[*link]bool{}
	}
	for l := range s.asked {
		s.worse[l] = l != t.l
	}
	s.left, s.heard, s.by, s.why, s.asked, s.forced = s.left[1:], 0, nil, nil, nil, false
}

// failed passes the sentence on to the next voice.
func (s *source) failed(kind string, err error) {
	t := s.cur
	t.settle(breaker.Bad, "failed")
	t.l.m.fault(kind)
	if s.why == nil {
		s.why = fmt.Errorf("%s: %w", t.l.Name, err)
	} else {
		s.why = fmt.Errorf("%w; %s: %w", s.why, t.l.Name, err)
	}
	s.drop()
}

func (s *source) drop() {
	s.cur.cancel()
	s.cur = nil
}

func (s *source) length(samples int) time.Duration {
	return time.Duration(samples) * time.Second / time.Duration(s.u.Rate)
}

func (s *source) speed() float64 {
	if s.u.Speed == 0 {
		return 1
	}
	return s.u.Speed
}
