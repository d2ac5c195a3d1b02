package call

import (
	"cmp"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"decroche/asr"
	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/leg"
	"decroche/gateway/turn"
	"decroche/media"
)

// ears listen to one leg: they find out when its person speaks and give exactly that, with a
// little before, to a recogniser. They belong to the conductor; what they do for each frame is done
// by their sense, elsewhere.
type ears struct {
	c     *conductor
	who   string // "" the caller, "agent"
	sense *sense
	opt   asr.Options
	asked flows.Expect // the last one
	cur   *hearing     // being spoken; nil in silence
	taken []sound      // from the sense, and looked at
	began func(h *hearing)
	words func(h *hearing)
	ended func(h *hearing)
	done  func(h *hearing)
}

// hearing is one stretch of speech on its way through a recogniser.
type hearing struct {
	of         *stretch      // its sound; nil when it was keyed
	start, end time.Duration // media time; end is the last speech
	cancel     context.CancelFunc
	partial    string
	tongue     tongue // as the recogniser told
	finals     []asr.Result
	ended      bool      // no more frames come
	done       bool      // the recogniser has said its last
	late       bool      // given up: it took too long
	err        error     // of the recogniser
	over       bool      // it began over something we were saying that may not be interrupted
	deaf       bool      // there is no recogniser
	overlaps   bool      // it began over a prompt that may be interrupted
	why        string    // the rule that ended it
	version    int       // of the words: grows when they change
	guessed    int       // version that an answer was prepared for
	keys       string    // it was keyed, not said
	shown      string    // of the words, to those who follow the conversation
	closed     time.Time // when the turn was found to be over
}

func (c *conductor) newEars(l leg.Leg, who string) *ears {
	e := &ears{c: c, who: who}
	e.opt = asr.Options{Language: c.lang, Rate: l.Info().Rate}
	var floor *turn.Floor
	if who == "" {
		floor = turn.NewFloor(turn.FloorConfig{Dip: c.cfg.BargeDip, Confirm: c.cfg.BargeConfirm, Hold: c.cfg.BargeHold})
		e.opt.Others = c.others()
		e.began, e.words, e.ended, e.done = c.speechBegan, c.speechWords, c.speechEnded, c.speechDone
	}
	e.sense = newSense(c, floor)
	return e
}

// listenTo lets the ears have what l hears, until ctx ends.
func (e *ears) listenTo(ctx context.Context, l leg.Leg) { e.c.feed(ctx, l, e.sense, e.sense.left) }

// feed gives to what l hears, until ctx ends: where it comes in, or on a goroutine that waits for it
// and then tells left why the leg has ended.
func (c *conductor) feed(ctx context.Context, l leg.Leg, to leg.Sink, left func(error)) {
	if f, ok := l.(leg.Feeder); ok {
		f.Feed(to)
		return
	}
	c.spawn(func() {
		for {
			h, err := l.Receive(ctx)
			if ctx.Err() != nil {
				return
			}
			if err != nil {
				left(err)
				return
			}
			to.Hear(h)
		}
	})
}

// drain gives take what the ears have for the conductor, until that says no.
func (e *ears) drain(take func(r sound) (more bool)) {
	for {
		list, missed, keys := e.sense.take(e.taken)
		if missed > 0 {
			e.c.s.Metrics.add(dropped, "ears", missed)
		}
		if keys > 0 {
			e.c.s.Metrics.add(dropped, "keys", keys)
		}
		for _, r := range list {
			if !take(r) {
				return
			}
		}
		if e.taken = list; len(list) == 0 {
			return
		}
	}
}

// expect tells the ears what the flow waits for now.
func (e *ears) expect(x flows.Expect) {
	e.opt.Language, e.opt.Others = e.c.lang, e.c.others()
	e.opt.Hints = x.Hints
	if x.Entity == entity.TypeText {
		x.Entity = "" // free speech, to ears
	}
	e.opt.Expect = asr.Expect{Kind: x.Entity, Digits: x.Digits, Layout: x.Layout}
	e.asked = x
	e.sense.expect(x)
}

// clock is the media time of the end of the last frame.
func (e *ears) clock() time.Duration { return e.sense.now() }

// speaking reports whether somebody speaks now.
func (e *ears) speaking() bool { return e.cur != nil }

// sensed takes what the sense has decided.
func (e *ears) sensed(r sound) {
	if r.event.Kind == turn.Started && e.cur == nil {
		e.open(r.event.At, r.of)
	}
	if r.verdict.Do != turn.Keep && !e.sense.stale(r) {
		e.c.rule(r.verdict)
	}
	if h := e.cur; h == nil || h.of != r.of {
		return
	}
	if r.pause && e.who == "" {
		e.c.mayGuess(e.cur)
	}
	switch r.event.Kind {
	case turn.Remind:
		if e.who == "" {
			e.c.remind(nil)
		}
	case turn.Ended:
		h := e.cur
		e.cur, h.end, h.why = nil, r.event.At, r.event.Why
		h.ended = true
		if e.ended != nil {
			e.ended(h)
		}
	}
}

// open begins to recognise, from a little before now.
func (e *ears) open(at time.Duration, of *stretch) {
	ctx, cancel := context.WithCancel(e.c.ctx)
	h := &hearing{of: of, start: at, cancel: cancel, deaf: e.c.s.Ears == nil}
	e.cur = h
	if e.began != nil {
		e.began(h)
	}
	opt := e.opt
	e.c.spawn(func() {
		defer cancel()
		err := e.recognise(ctx, h, opt)
		e.c.post(func() { e.over(h, err) })
	})
}

// recognise runs one session to its end. It blocks, away from the conductor.
func (e *ears) recognise(ctx context.Context, h *hearing, opt asr.Options) error {
	if e.c.s.Ears == nil {
		select {
		case <-h.of.ready: // closed: nothing is ever in it
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	sess, err := e.c.s.Ears.Open(ctx, opt)
	if err != nil {
		return err
	}
	defer sess.Close()
	received := make(chan error, 1)
	e.c.spawn(func() {
		defer close(received) // also when the engine panics
		received <- e.results(ctx, h, sess)
	})
	stop := func(err error) error {
		sess.Close()
		<-received
		return err
	}
	var list []media.Frame
	for more := true; more; {
		select {
		case <-h.of.ready:
		case err := <-received: // the engine died while the caller was speaking
			return err
		case <-ctx.Done():
			return stop(context.Cause(ctx))
		}
		var lost int
		if list, lost, more = h.of.take(list); lost > 0 {
			e.c.s.Metrics.add(dropped, "ears", lost)
		}
		for _, f := range list {
			if err := sess.Write(f); errors.Is(err, asr.ErrOverrun) {
				e.c.s.Metrics.count(dropped, "ears")
			} else if err != nil {
				return stop(err)
			}
		}
	}
	if err := sess.CloseSend(); err != nil {
		return stop(err)
	}
	select {
	case err := <-received:
		return err
	case <-ctx.Done():
		return stop(context.Cause(ctx))
	}
}

// results is the pump of a session's results.
func (e *ears) results(ctx context.Context, h *hearing, sess asr.Session) error {
	for {
		r, err := sess.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !e.c.post(func() { e.result(h, r) }) {
			return context.Cause(ctx)
		}
	}
}

// result takes one hypothesis.
func (e *ears) result(h *hearing, r asr.Result) {
	if h.done {
		return
	}
	h.version++
	if r.Final {
		h.finals = append(h.finals, r)
	} else {
		h.partial = r.Text
	}
	h.told(r, e.c.s.Bot.Languages)
	e.c.caption(cmp.Or(e.who, "caller"), h, h.text())
	if h == e.cur {
		e.sense.words(h.of, e.c.soFar(e, h), e.c.langOf(h))
	}
	if e.words != nil && h.text() != "" {
		e.words(h)
	}
	e.show(h)
	if h == e.cur && e.who == "" && e.sense.silent() >= guessAfter {
		e.c.mayGuess(h)
	}
}

// over is told that h's recogniser has said its last.
func (e *ears) over(h *hearing, err error) {
	if h.done {
		return
	}
	h.done, h.err = true, err
	e.unshow(h)
	if e.done != nil {
		e.done(h)
	}
}

// finish ends what is being said here and now: keys go on with it. What was heard counts.
func (e *ears) finish() {
	h := e.cur
	if h == nil {
		return
	}
	e.cur, h.end, h.ended = nil, max(h.start, e.sense.lastVoice()), true
	e.sense.leave(h.of, &e.asked)
	if e.ended != nil {
		e.ended(h)
	}
}

// abandon stops listening to what is being said; nothing of it is kept.
func (e *ears) abandon() {
	if h := e.cur; h != nil {
		e.cur = nil
		h.done, h.ended = true, true
		h.cancel()
		e.sense.leave(h.of, nil)
	}
}

// text is what was understood so far: the finals, and while there are none the last partial.
func (h *hearing) text() string {
	if h.keys != "" {
		return strings.Join(strings.Split(h.keys, ""), " ")
	}
	t := ""
	for _, r := range h.finals {
		if r.Text != "" {
			if t != "" {
				t += " "
			}
			t += r.Text
		}
	}
	if t == "" && !h.done {
		return h.partial
	}
	return t
}

// confidence is the least sure of the finals; 0 when the engine does not say.
func (h *hearing) confidence() float64 {
	if h.keys != "" {
		return 1
	}
	conf := 0.0
	for i, r := range h.finals {
		if i == 0 || r.Confidence < conf {
			conf = r.Confidence
		}
	}
	return conf
}
