package call

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/tts"
)

// conductor is one running call. Everything below the banner belongs to the goroutine that runs
// conduct; the functions it is posted run there too.
type conductor struct {
	theyHold atomic.Bool // the caller's telephone holds us

	s      *Session
	cfg    Config
	log    *slog.Logger
	ctx    context.Context // ends with the call; its cause says why
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup
	posts  chan func()
	began  time.Time

	// owned by conduct
	alarms *alarms
	mouth  *mouth
	coder  tts.Coder // the synthesiser, when it keeps prompts in the leg's codec
	ears   *ears
	over   bool
	answer time.Time // of the leg

	// how it ended
	outcome, by, cause string
	transferred        bool // an agent spoke with the caller
	calledBack         bool // a callback was taken

	// the conversation
	state flows.State
	lang  string
	// langOpen is for how many more turns the caller's language may be found out; tongue is what
	// the last turn was in.
	langOpen  int
	tongue    tongue
	out       flows.Output // last one taken
	saying    *utterance   // prompts being said, nil when none
	thought   *thought     // the mind at work
	action    *action      // an action at work, or finished and not yet told
	waits     int          // lines said while waiting, to vary them
	fillers   int          // said in this call, to vary them
	reminded  int          // times the caller was told to take their time
	filled    bool         // one was said since our last answer
	saidAt    time.Time    // when we last stopped to speak
	urgent    string       // what the caller said while we were busy and must be answered
	inputKind flows.Kind   // of what the mind was told last
	screened  *screening   // of who answered a call that we placed, until it is known
	answering string       // what the answer being made is to, as decroche_answer_seconds says
	cut       bool         // the last prompt was spoken over
	cutText   string       // what was heard of it
	talkEnd   time.Time    // end of the caller's speech that is not answered yet
	quietAt   time.Time    // since when the caller may speak
	deaf      bool         // the caller was told that keys work too
	broken    bool         // the mind or every voice failed: only a human can help now

	ready *decided // while we were saying a filler; taken after it

	guess   *guess    // an answer being prepared while the caller may still speak
	guessAt time.Time // when the last one was begun
	taking  *guess    // the one whose answer is being taken

	turn      spoken                // what the caller is saying
	barge     *barge                // a sound over a prompt that may be an interruption
	promptEnd time.Duration         // media time at which the last prompt was over
	stopped   *utterance            // lost to a sound on a line that cannot hold; said again if it was nothing
	keys      string                // being keyed
	untold    []event.Said          // what the caller said, until the mind has told whether it may be kept
	keysOver  bool                  // no more keys belong to them
	full      complete              // what was keyed before, when that was all of a number
	pressed   bool                  // a key ever was
	written   []string              // typed and not told to the mind yet
	captions  map[string]captioning // by speaker
	absent    bool                  // the caller's line is lost for the moment
	moving    bool                  // somebody is rung who is to be in the caller's place
	owed      bool                  // it is their turn, as soon as they are back
	handoff   *handoff

	supervisors []*Supervision // on the call, in the order in which they came
	supervised  int            // how many ever were
	holder      *Supervision   // who has taken the caller over
	room        *room          // nil while nobody supervises
	under       *attempt       // of who answers, while the caller is told their name under their first words
	through     bool           // the sound of a bridge goes through it
	hints       []hint         // for the flow, oldest first
	verbatim    []hint         // to be said
	hinted      int            // of both, in this call
	turns       int            // of the caller's, that the mind has answered
	dismissed   *dismissal     // somebody ends the call
	closed      bool           // the mind was told that the caller goes

	attention   attention // to the caller's frames
	callerClock earClock
	recording   Recording // nil when there is none, or none any more
	hushed      bool      // it leaves out what is said
}

// attention is what the conductor wants of the caller's frames; see sense.attend.
type attention struct{ each, shut bool }

func newConductor(s *Session, ctx context.Context) *conductor {
	c := &conductor{
		s: s, cfg: s.Config, posts: make(chan func()), began: time.Now(),
		alarms: newAlarms(), lang: s.Bot.Lang, outcome: "failed", by: "gateway", recording: s.Recording,
	}
	if c.cfg == (Config{}) {
		c.cfg = DefaultConfig()
	}
	if c.lang == "" {
		c.lang = "fr"
	}
	if len(s.State.Raw) == 0 {
		c.langOpen = c.cfg.LanguageTurns
	}
	c.log = s.Log
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.log = c.log.With("conv", s.Conv)
	c.ctx, c.cancel = context.WithCancelCause(ctx)
	c.mouth = c.newMouth(s.Leg, CallerHeard)
	c.coder, _ = s.Mouth.(tts.Coder)
	c.ears = c.newEars(s.Leg, "")
	return c
}

// conduct answers and runs the loop until the call is over.
func (c *conductor) conduct() error {
	c.s.Metrics.start()
	c.s.Control.bind(c)
	info := c.s.Leg.Info()
	started := event.Started{Channel: "voice", From: info.From, Called: info.Called, Bot: c.s.Bot.Name, Version: c.s.Bot.Version, Lang: c.lang, CallID: info.ID}
	if c.s.Dialled { // they are the other party all the same: who rings a hotline and who is rung back are one
		started.From, started.Called, started.Out = info.To, "", true
	}
	c.write(started)
	c.spawn(func() {
		err := c.s.Leg.Answer(c.ctx)
		var from resumed
		if err == nil && c.s.Resume != nil {
			from.state, from.lang = c.s.Resume(c.ctx)
		}
		c.post(func() { c.picked(err, from) })
	})
	c.readTyped()
	c.watchCaller()
	for !c.over {
		select {
		case <-c.ctx.Done():
			switch why := context.Cause(c.ctx); {
			case errors.Is(why, leg.ErrHungUp), errors.Is(why, leg.ErrMediaTimeout): // seen here before Receive told
				c.callerGone(leg.ErrHungUp)
			default:
				c.cutOff(why)
			}
		case <-c.ears.sense.wake:
			c.ears.drain(c.hear)
		case f := <-c.posts:
			f()
		case now := <-c.alarms.timer.C:
			c.alarms.fire(now)
		}
		c.attend()
	}
	return nil
}

// resumed is what a call goes on with, by Session.Resume; zero begins a conversation.
type resumed struct {
	state flows.State
	lang  string
}

// picked goes on once the leg is answered, or was not.
func (c *conductor) picked(err error, from resumed) {
	if err != nil {
		if !errors.Is(err, leg.ErrHungUp) && !errors.Is(err, io.EOF) {
			c.log.Warn("the call could not be answered", "error", err)
		}
		c.finish("unanswered", "caller", "left before the answer")
		return
	}
	if len(from.state.Raw) > 0 {
		c.s.State, c.s.Known, c.langOpen = from.state, true, 0
		c.lang = cmp.Or(from.lang, c.lang)
	}
	c.answer = time.Now()
	c.write(event.Answered{Codec: c.s.Leg.Info().Codec})
	c.spawn(func() { c.mouth.run(c.ctx) })
	c.watchCallersHold()
	c.watchCallersRefer()
	c.watchCallersPlace()
	if o := c.s.Outbound; o != nil && o.Listen != nil {
		c.screen(o, c.begin)
		c.ears.listenTo(c.ctx, c.s.Leg)
		return
	}
	c.sparse()
	c.attend()
	c.ears.listenTo(c.ctx, c.s.Leg)
	c.begin()
}

// sparse lets the leg leave out the samples of silence, where nobody needs them.
func (c *conductor) sparse() {
	if p, ok := c.s.Leg.(leg.Sparer); ok && len(c.s.Taps) == 0 {
		p.Sparse(true)
	}
}

// begin lets the mind speak first.
func (c *conductor) begin() {
	c.ourTurn()
	first := flows.Input{Kind: flows.Start, ID: c.s.Conv, Channel: cmp.Or(c.s.Channel, flows.Voice), Lang: c.lang, Recorded: c.recording != nil, Caller: cmp.Or(c.s.Caller, caller(c.s.Leg.Info()))}
	if len(c.s.State.Raw) > 0 {
		first.Kind, first.Known, c.state = flows.Moved, c.s.Known, c.s.State
		why := "called back"
		if c.s.Known {
			why = "went on by voice"
		}
		c.write(event.Moved{Channel: string(flows.Voice), Why: why})
	}
	if o := c.s.Outbound; o != nil {
		first.Outbound, first.Slots = &o.Purpose, o.Slots
	}
	c.think(first)
}

// caller is where whoever calls can be rung: the number in their address, else the whole address,
// because a name alone rings nobody. It is "" when the address names no one.
func caller(i leg.Info) string {
	scheme, rest, ok := strings.Cut(i.From, ":")
	if !ok {
		scheme, rest = "sip", i.From
	}
	user, _, at := strings.Cut(rest, "@")
	if number, _, _ := strings.Cut(user, ";"); isNumber(number) && (at || scheme == "tel") {
		return number
	}
	if !at || user == "" || user == "anonymous" {
		return ""
	}
	return scheme + ":" + rest
}

// isNumber reports whether user is a telephone number of the public network: a "+" perhaps and
// 8 to 15 digits (E.164). Shorter ones are extensions, which ring only at their own exchange.
func isNumber(user string) bool {
	digits := strings.TrimPrefix(user, "+")
	return len(digits) >= 8 && len(digits) <= 15 && strings.Trim(digits, "0123456789") == ""
}

// attend says whether we want each of the caller's frames: for who records them, for who supervises,
// and for an agent who speaks with the caller. Then nobody but them listens, unless their talk is written down.
func (c *conductor) attend() {
	bridged := c.handoff != nil && c.handoff.bridged()
	if c.screened != nil {
		bridged = false
	}
	want := attention{each: bridged || len(c.s.Taps) > 0 || c.room != nil || c.screened != nil, shut: c.screened != nil || c.moving || bridged && (!c.cfg.TranscribeBridge || !c.handoff.talking())}
	if want != c.attention {
		c.attention = want
		c.ears.sense.attend(want.each, want.shut)
	}
}

// hear takes one thing from the caller; false when nothing more counts.
func (c *conductor) hear(r sound) (more bool) {
	switch f := r.heard.Frame; {
	case r.gone != nil:
		c.callerGone(r.gone)
	case r.heard.Digit != 0 && c.screened != nil: // a machine presses none, and nothing was asked yet
	case r.heard.Digit != 0:
		c.pressed = true
		c.key(r.heard.Digit)
	default:
		if len(f.PCM) > 0 {
			c.tapHeard(CallerSaid, &c.callerClock, f)
			if c.room != nil {
				c.room.caller.Feed(f.PCM)
			}
			if !c.through && c.handoff != nil && c.handoff.talking() {
				c.handoff.at.pass(c.handoff.at.toAgent, f)
			}
		}
		if c.screened != nil && len(f.PCM) > 0 {
			c.listenFor(f)
		} else {
			c.ears.sensed(r)
		}
	}
	return !c.over
}

// post hands f to the conductor; false when the call is over and f will not run. Any goroutine
// but the conductor may call it.
func (c *conductor) post(f func()) bool {
	select {
	case c.posts <- f:
		return true
	case <-c.ctx.Done():
		return false
	}
}

// spawn runs f beside the conductor; Run waits for it. A panic in it ends this call, not the process.
func (c *conductor) spawn(f func()) {
	c.wg.Go(func() {
		defer func() {
			if p := recover(); p != nil {
				c.log.Error("a helper of a call panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
				c.cancel(errors.New("internal error"))
			}
		}()
		f()
	})
}

// write records one event. Conductor only.
func (c *conductor) write(b event.Body) { c.s.Record.Write(b) }

// trouble records that something of ours failed and what was done, and logs it without words of
// the conversation.
func (c *conductor) trouble(where string, err error, did string) {
	c.log.Warn("trouble in a call", "where", where, "error", err, "did", did)
	c.write(event.Trouble{Where: where, What: err.Error(), Did: did})
}

func (c *conductor) now() time.Time {
	if c.s.Now != nil {
		return c.s.Now()
	}
	return time.Now()
}

// mediaTime is where on the clock of the answer t lies.
func (c *conductor) mediaTime(t time.Time) time.Duration { return max(0, t.Sub(c.answer)) }

// callerGone is told that the caller's leg has ended.
func (c *conductor) callerGone(err error) {
	by, cause := "caller", "hung up"
	if why := context.Cause(c.ctx); errors.Is(why, leg.ErrMediaTimeout) {
		by, cause = "gateway", why.Error() // the leg ended because nothing was heard for too long
	} else if !errors.Is(err, io.EOF) && !errors.Is(err, leg.ErrHungUp) {
		by, cause = "gateway", err.Error()
		c.log.Warn("the caller's leg failed", "error", err)
	}
	if c.handoff != nil {
		c.handoff.callerLeft()
	}
	outcome, closed := "abandoned", c.closeBooks()
	switch {
	case c.transferred:
		outcome = "transferred"
	case c.s.Outbound != nil && c.s.Outbound.Left:
		outcome = "resolved"
	case c.calledBack:
		outcome = "callback"
	case c.out.Next == flows.End && c.out.Outcome != "":
		outcome = c.out.Outcome
	case closed != "":
		outcome = closed
	}
	c.finish(outcome, by, cause)
}

// closeBooks tells the mind that the caller has gone and returns the outcome it gives.
func (c *conductor) closeBooks() string {
	if c.state.Raw == nil || c.closed {
		return ""
	}
	c.closed = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), time.Second)
	defer cancel()
	out, err := c.decide(ctx, c.state, flows.Input{Kind: flows.Hangup, Now: c.now()})
	if err != nil {
		c.log.Warn("the flow could not close its books", "error", err)
		return ""
	}
	c.learned(out)
	if out.Next != flows.End {
		return ""
	}
	return out.Outcome
}

// cutOff ends the call because its context did.
func (c *conductor) cutOff(err error) {
	if c.handoff != nil {
		c.handoff.abandon()
	}
	cause := "cut by the gateway"
	if err != nil {
		cause = err.Error()
	}
	outcome := "failed"
	if c.transferred {
		outcome = "transferred"
	}
	c.finish(outcome, "gateway", cause)
}

// finish ends the loop. The first ending counts.
func (c *conductor) finish(outcome, by, cause string) {
	if !c.over {
		c.over, c.outcome, c.by, c.cause = true, outcome, by, cause
	}
}

// close stops everything, hangs up, waits, and writes the last event.
func (c *conductor) close() (err error) {
	c.dropGuess()
	c.cancel(errOver)
	c.alarms.timer.Stop()
	why := leg.Normal
	if c.answer.IsZero() {
		why = leg.Unavailable
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 5*time.Second)
	defer cancel()
	if herr := c.s.Leg.Hangup(ctx, why); herr != nil {
		err = fmt.Errorf("call %s: hang up: %w", c.s.Conv, herr)
	}
	if c.handoff != nil { // only after a panic
		c.handoff.abandon()
	}
	c.dropHints("the call is over")
	c.leaveAll()
	c.s.Control.bind(nil)
	c.wg.Wait()
	c.saidLast()
	c.tellUnjudged()
	c.write(event.Ended{Outcome: c.outcome, By: c.by, Cause: c.cause})
	c.s.Metrics.end(c.outcome)
	c.log.Info("call ended", "outcome", c.outcome, "by", c.by, "seconds", time.Since(c.began).Seconds())
	return err
}
