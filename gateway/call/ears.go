package call

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"decroche/asr"
	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/endpointing"
	"decroche/gateway/leg"
	"decroche/gateway/turn"
	"decroche/media"
)

// ears listen to one leg: they find out when its person speaks and give exactly that, with a
// little before, to a recogniser. They belong to the conductor.
type ears struct {
	c      *conductor
	leg    leg.Leg
	who    string // "" the caller, "agent"
	end    *endpointing.Endpointer
	opt    asr.Options
	want   *flows.Expect // for the endpointer, once nobody speaks
	asked  flows.Expect  // the last one
	before preRoll
	cur    *hearing      // being spoken; nil in silence
	clock  time.Duration // media time of the end of the last frame
	voiced time.Duration // the same of the last one that may be speech
	began  func(h *hearing)
	words  func(h *hearing)
	ended  func(h *hearing)
	done   func(h *hearing)
}

// hearing is one stretch of speech on its way through a recogniser.
type hearing struct {
	start, end time.Duration // media time; end is the last speech
	frames     chan media.Frame
	cancel     context.CancelFunc
	partial    string
	tongue     tongue // as the recogniser told
	finals     []asr.Result
	ended      bool  // no more frames come
	done       bool  // the recogniser has said its last
	late       bool  // given up: it took too long
	err        error // of the recogniser
	over       bool  // it began over something we were saying that may not be interrupted
	deaf       bool  // there is no recogniser
	overlaps   bool  // it began over a prompt that may be interrupted
	level      loudness
	why        string    // the rule that ended it
	version    int       // of the words: grows when they change
	guessed    int       // version that an answer was prepared for
	keys       string    // it was keyed, not said
	closed     time.Time // when the turn was found to be over
}

// earRoom bounds what waits for a slow recogniser: 2 s of frames, 32 kB. When full the oldest goes.
const earRoom = 100

func (c *conductor) newEars(l leg.Leg, who string) *ears {
	e := &ears{c: c, leg: l, who: who, end: endpointing.New(c.s.VAD, c.s.Turn)}
	e.opt = asr.Options{Language: c.lang, Rate: l.Info().Rate}
	if who == "" {
		e.opt.Others = c.others()
		e.began, e.words, e.ended, e.done = c.speechBegan, c.speechWords, c.speechEnded, c.speechDone
	}
	return e
}

// expect tells the ears what the flow waits for now.
func (e *ears) expect(x flows.Expect) {
	e.opt.Language, e.opt.Others = e.c.lang, e.c.others()
	e.opt.Hints = x.Hints
	if x.Entity == entity.TypeText {
		x.Entity = "" // free speech, to ears
	}
	e.opt.Expect = asr.Expect{Kind: x.Entity, Digits: x.Digits, Layout: x.Layout}
	e.want, e.asked = &x, x
	e.listenFor()
}

// listenFor gives the detector what is expected, but never in the middle of somebody's speech:
// that would make it forget that they are speaking.
func (e *ears) listenFor() {
	if e.cur == nil && e.want != nil {
		e.end.Expect(*e.want)
		e.want = nil
	}
}

// botSpeaks tells the detector that our own sound may come back as an echo.
func (e *ears) botSpeaks(yes bool) { e.end.BotSpeaking(yes) }

// speaking reports whether somebody speaks now.
func (e *ears) speaking() bool { return e.cur != nil }

// frame takes the next 20 ms.
func (e *ears) frame(f media.Frame) {
	e.clock = f.At + f.Len()
	ev := e.end.Frame(f)
	level := -96.0
	if ev.Voice >= 0.5 {
		e.voiced = e.clock
		if e.cur != nil || e.c.saying != nil {
			level = turn.Level(f.PCM)
		}
	}
	if ev.Kind == turn.Started && e.cur == nil {
		e.open(ev.At)
	}
	if e.cur != nil && !e.cur.done {
		if ev.Voice >= 0.5 {
			e.cur.level.add(level)
		}
		if !e.cur.deaf {
			f.PCM = slices.Clone(f.PCM)
			e.push(e.cur, f)
		}
	} else {
		e.before.keep(f, int(e.c.cfg.PreRoll/media.FrameTime))
	}
	if e.who == "" && e.c.saying != nil {
		e.c.rule(e.c.floor.Frame(e.clock, turn.Overlap{Voice: ev.Voice, Level: level}))
	}
	if e.who == "" && e.cur != nil && ev.Kind != turn.Ended && e.clock-e.voiced >= guessAfter {
		e.c.mayGuess(e.cur)
	}
	if ev.Kind == turn.Remind && e.cur != nil && e.who == "" {
		e.c.remind(nil)
	}
	if ev.Kind == turn.Ended && e.cur != nil {
		h := e.cur
		e.cur, h.end, h.why = nil, ev.At, ev.Why
		h.ended = true
		close(h.frames)
		e.listenFor()
		if e.ended != nil {
			e.ended(h)
		}
	}
}

// open begins to recognise, from a little before now.
func (e *ears) open(at time.Duration) {
	ctx, cancel := context.WithCancel(e.c.ctx)
	h := &hearing{start: at, cancel: cancel, deaf: e.c.s.Ears == nil}
	room := earRoom
	if h.deaf {
		room = 0 // the end of frames is all that counts
	}
	h.frames = make(chan media.Frame, room)
	e.cur = h
	if h.deaf {
		e.before.forget()
	} else {
		for _, f := range e.before.take() {
			e.push(h, f)
		}
	}
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

// push gives h one frame, which is its own; when the recogniser is 2 s behind, the oldest goes. A
// guess in place of lost packets is for people: a recogniser would take it for words.
func (e *ears) push(h *hearing, f media.Frame) {
	if f.Lost {
		clear(f.PCM)
	}
	for {
		select {
		case h.frames <- f:
			return
		default:
		}
		select {
		case <-h.frames:
			e.c.s.Metrics.count(dropped, "ears")
		default:
		}
	}
}

// recognise runs one session to its end. It blocks, away from the conductor.
func (e *ears) recognise(ctx context.Context, h *hearing, opt asr.Options) error {
	if e.c.s.Ears == nil {
		select {
		case <-h.frames: // closed: nothing is ever in it
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
	for open := true; open; {
		var f media.Frame
		select {
		case f, open = <-h.frames:
		case err := <-received: // the engine died while the caller was speaking
			return err
		case <-ctx.Done():
			sess.Close()
			<-received
			return context.Cause(ctx)
		}
		if !open {
			break
		}
		if err := sess.Write(f); errors.Is(err, asr.ErrOverrun) {
			e.c.s.Metrics.count(dropped, "ears")
		} else if err != nil {
			sess.Close()
			<-received
			return err
		}
	}
	if err := sess.CloseSend(); err != nil {
		sess.Close()
		<-received
		return err
	}
	select {
	case err := <-received:
		return err
	case <-ctx.Done():
		sess.Close()
		<-received
		return context.Cause(ctx)
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
	if h == e.cur {
		e.end.Words(e.c.soFar(e, h), e.c.langOf(h))
	}
	if e.words != nil && h.text() != "" {
		e.words(h)
	}
}

// over is told that h's recogniser has said its last.
func (e *ears) over(h *hearing, err error) {
	if h.done {
		return
	}
	h.done, h.err = true, err
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
	e.cur, h.end, h.ended = nil, max(h.start, e.voiced), true
	close(h.frames)
	e.end.Expect(e.asked)
	e.listenFor()
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
