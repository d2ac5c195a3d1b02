package call

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"decroche/flows"
	"decroche/flows/nlu"
	"decroche/flows/render"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/media"
	"decroche/media/tone"
)

// handoff is the way to a human: agents are rung one after the other until one speaks with the
// caller, nobody is left, the caller gives up, or MaxWait has passed. The caller hears all the
// while that somebody is being fetched. It belongs to the conductor.
type handoff struct {
	c     *conductor
	req   flows.Transfer
	began time.Time
	tried []string
	tries int
	last  agents.Outcome // of the last attempt; "" before the first has ended
	at    *attempt       // being made, nil between two
	own   bool           // the flow did not ask for it and cannot be told how it ended
	over  bool
}

// stage is how far an attempt has come.
type stage int

const (
	dialling  stage = iota
	briefing        // the agent answered and is told who is calling
	announced       // the caller is told who answers
	joined          // both hear each other
)

// attempt is one agent being rung.
type attempt struct {
	h      *handoff
	agent  agents.Assignment
	began  time.Time
	ctx    context.Context // of this attempt: ends the ringing and everything on the agent's leg
	cancel context.CancelCauseFunc
	rang   atomic.Bool
	stage  stage
	leg    leg.Leg // nil until answered
	mouth  *mouth
	ears   *ears
	brief  *clip // what the agent is told, rendered while the phone rings
	hello  *clip // what the caller is told just before
	helloP flows.Prompt
	briefed,
	helloed bool
	toAgent, toCaller *clip // the bridge
	join              time.Time
	silent            chan struct{} // closed when the agent's mouth has stopped for good
	picked            time.Time     // when the agent answered
	recorded, closed  bool
}

// errCancelled stops an attempt's ringing.
var errCancelled = errors.New("call: the attempt was given up")

// startHandoff begins to look for a human, while prompts are still being said.
func (c *conductor) startHandoff(t flows.Transfer, prompts ...flows.Prompt) {
	if c.unheard() && time.Since(c.answer) >= confirmWithin {
		c.finish("abandoned", "gateway", neverHeard)
		return
	}
	h := &handoff{c: c, req: t, began: time.Now(), own: c.broken}
	c.handoff = h
	c.endBarge()
	c.turn.forget()
	c.alarms.clear("watchdog", "silence", "filler", "keys")
	c.keys = ""
	c.write(event.TransferStarted{Skills: t.Skills, Reason: t.Reason, Topic: t.Topic, Summary: t.Summary, Briefing: t.Briefing})
	wait := t.MaxWait
	if wait <= 0 {
		wait = c.cfg.MaxWait
	}
	c.alarms.in(wait, "max wait", func() { h.end(agents.Timeout) })
	if t.Say.Text == "" && t.Say.Voice == "" && len(prompts) == 0 {
		t.Say = own("coming", linesFor(c.lang).coming, c.lang)
	}
	c.say("line", append(append([]flows.Prompt(nil), prompts...), t.Say), h.hold)
	h.offer()
}

// confirmWithin is how long after the answer the first packet of a caller may take; two
// repetitions of the 200 fit into it (RFC 3261 §13.3.1.4).
const confirmWithin = 2 * time.Second

const neverHeard = "nothing was ever heard"

// unheard reports whether nothing at all has come from the caller: no agent is rung for a line
// that a scanner opened and nobody is on.
func (c *conductor) unheard() bool {
	l, ok := c.s.Leg.(leg.Confirmer)
	return ok && !c.pressed && !l.Confirmed()
}

// hold lets the caller hear that somebody is being fetched: a soft tone, and a sentence now and
// then. It plays until something else does.
func (h *handoff) hold() {
	if h.over { // it ended while we were still announcing it
		h.giveBack()
		return
	}
	if h.at != nil && h.at.stage >= announced {
		return
	}
	c := h.c
	lines := linesFor(c.lang).holding
	rate := c.s.Leg.Info().Rate
	j := &job{what: "hold", ended: func(jobEnd) {}}
	j.began = func(i int, _ []piece) {
		if i%2 == 1 {
			line := lines[min(i/2, len(lines)-1)]
			c.write(event.Prompted{Text: line, Heard: line, Step: "call/holding", Lang: c.lang, ForMS: estimate(line).Milliseconds()})
		}
	}
	j.next = func(i int) *clip {
		if i%2 == 1 {
			return c.render(j.ctx, c.words(render.Spoken(c.lang, lines[min(i/2, len(lines)-1)]), c.lang))
		}
		return c.play(j.ctx, tone.Source(tone.Hold(), rate, c.cfg.HoldEvery))
	}
	c.mouth.play(c.ctx, j)
}

// play is a clip filled from a source.
func (c *conductor) play(ctx context.Context, src media.Source) *clip {
	cl, ctx := newClip(ctx, time.Second)
	c.spawn(func() {
		defer cl.cancel()
		defer src.Close()
		for {
			f, err := src.ReadFrame()
			if err == nil {
				err = cl.put(ctx, f)
			}
			if err != nil {
				cl.end(nil)
				return
			}
		}
	})
	return cl
}

// offer asks for the next agent.
func (h *handoff) offer() {
	c := h.c
	if c.s.Desk == nil || c.s.Dial == nil {
		h.end(agents.Nobody)
		return
	}
	if c.unheard() { // just answered: their ACK and first packet may be on the way
		if time.Since(c.answer) < confirmWithin {
			c.alarms.in(100*time.Millisecond, "offer again", h.offer)
			return
		}
		h.close(agents.CallerLeft)
		c.finish("abandoned", "gateway", neverHeard)
		return
	}
	req := agents.Request{Conv: c.s.Conv, Skills: h.req.Skills, Lang: c.lang, Priority: h.req.Priority, Tried: append([]string(nil), h.tried...)}
	c.spawn(func() {
		a, err := c.s.Desk.Offer(c.ctx, req)
		ok := c.post(func() { h.offered(a, err) })
		if !ok && err == nil {
			release(a)
		}
	})
}

func release(a agents.Assignment) {
	if a.Release != nil {
		a.Release()
	}
}

// offerAgain is how long a busy desk is left alone.
const offerAgain = 2 * time.Second

func (h *handoff) offered(a agents.Assignment, err error) {
	switch {
	case h.over:
		if err == nil {
			release(a)
		}
	case err == nil:
		h.dial(a)
	case errors.Is(err, agents.ErrNobody):
		h.end(h.orLast(agents.Nobody))
	case errors.Is(err, agents.ErrBusy):
		// Somebody may hang up: worth waiting for when the flow gave time and nobody refused yet.
		if h.req.MaxWait > 0 && time.Since(h.began)+offerAgain < h.req.MaxWait {
			h.c.alarms.in(offerAgain, "offer again", h.offer)
			return
		}
		h.end(h.orLast(agents.Busy))
	default:
		h.c.trouble("desk", err, "told the flow that the hand-off failed")
		h.end(agents.Error)
	}
}

// orLast is how the last agent's attempt ended, which says more than that nobody is left.
func (h *handoff) orLast(o agents.Outcome) agents.Outcome {
	if h.last != "" {
		return h.last
	}
	return o
}

// dial rings one agent, and meanwhile renders what will be said when they answer.
func (h *handoff) dial(a agents.Assignment) {
	c := h.c
	h.tries++
	h.tried = append(h.tried, a.Agent)
	at := &attempt{h: h, agent: a, began: time.Now()}
	at.ctx, at.cancel = context.WithCancelCause(c.ctx)
	h.at = at
	c.write(event.TransferRinging{Agent: a.Agent, Addr: a.Addr, Try: h.tries})
	l := linesFor(c.lang)
	hello := l.joinsAny
	if a.Title != "" {
		hello = fmt.Sprintf(l.joins, a.Title)
	}
	at.helloP = own("joins", hello, c.lang)
	at.hello = c.render(at.ctx, c.words(render.Spoken(c.lang, hello), c.lang))
	if b := h.req.Briefing; b != "" {
		at.brief = c.render(at.ctx, c.words(render.Spoken(c.lang, b), c.lang))
	}
	c.spawn(func() {
		l, err := c.s.Dial.Dial(at.ctx, c.invite(at))
		if !c.post(func() { at.dialled(l, err) }) && err == nil {
			hangUp(c.ctx, l)
		}
	})
}

// invite is what the agent's phone is sent. It runs beside the conductor.
func (c *conductor) invite(at *attempt) leg.Invite {
	inv := leg.Invite{Addr: at.agent.Addr, From: c.s.Bot.Title, RingFor: c.cfg.RingFor, Progress: func(status int) {
		if status >= 180 {
			at.rang.Store(true)
		}
	}}
	if c.s.Link == nil {
		return inv
	}
	ctx, cancel := context.WithTimeout(at.ctx, 2*time.Second)
	defer cancel()
	url, ref, err := c.s.Link(ctx)
	if err != nil {
		c.post(func() { c.trouble("link", err, "rang the agent without a link to the transcript") })
		return inv
	}
	inv.Headers = map[string]string{
		"User-to-User": hex.EncodeToString([]byte(ref)) + ";encoding=hex", // RFC 7433 §4
		"Call-Info":    "<" + url + ">;purpose=info",                      // RFC 3261 §20.9
	}
	return inv
}

// hangUp ends a leg that nobody needs. It blocks.
func hangUp(ctx context.Context, l leg.Leg) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	l.Hangup(ctx, leg.Normal)
}

// dialled is told how the ringing ended.
func (at *attempt) dialled(l leg.Leg, err error) {
	c := at.h.c
	if at.closed { // given up meanwhile; the answer crossed our CANCEL (RFC 3261 §9.1)
		if err == nil {
			c.spawn(func() { hangUp(c.ctx, l) })
		}
		return
	}
	if err != nil {
		o, status := agents.Error, 0
		if no, ok := errors.AsType[*leg.Refused](err); ok {
			o, status = agents.OutcomeOf(no.Status, at.rang.Load()), no.Status
		}
		if o == agents.Error {
			c.s.Metrics.count(failures, "dial")
			c.log.Warn("an agent could not be dialled", "agent", at.agent.Agent, "error", err)
		}
		at.end(o, status)
		at.h.offer()
		return
	}
	at.answered(l)
}

// answered tells the agent who is calling, and the caller, just before the end of that, who answers.
func (at *attempt) answered(l leg.Leg) {
	c := at.h.c
	at.leg, at.stage, at.picked = l, briefing, time.Now()
	at.mouth = c.newMouth(l, AgentHeard)
	at.ears = c.newEars(l, "agent")
	at.ears.done = func(h *hearing) {
		if h.text() != "" {
			c.write(c.saidEvent(h, "agent"))
		}
	}
	at.silent = make(chan struct{})
	c.spawn(func() {
		defer close(at.silent)
		at.mouth.run(at.ctx)
	})
	c.spawn(func() {
		c.receive(at.ctx, l, func(h leg.Heard) bool { return c.post(func() { at.hear(h) }) }, func(error) { at.left() })
	})
	if at.brief == nil {
		at.briefOver()
		return
	}
	at.playTo(at.mouth, "briefing", at.brief, func(jobEnd) { at.briefOver() })
	c.alarms.in(c.cfg.MaxBriefing, "briefing", func() { at.mouth.stop() })
	at.planHello()
}

// playTo plays one clip.
func (at *attempt) playTo(m *mouth, what string, cl *clip, ended func(jobEnd)) {
	m.play(at.ctx, &job{what: what, ended: ended, next: func(i int) *clip {
		if i == 0 {
			return cl
		}
		return nil
	}})
}

// planHello starts the caller's sentence so that it ends with the briefing.
func (at *attempt) planHello() {
	c := at.h.c
	brief, whole := at.brief.known()
	hello, known := at.hello.known()
	if !whole || !known {
		c.alarms.in(100*time.Millisecond, "hello", at.planHello)
		return
	}
	rest := min(brief, c.cfg.MaxBriefing) - hello - time.Since(at.picked)
	c.alarms.in(max(0, rest), "hello", at.sayHello)
}

// sayHello tells the caller who answers, once what they are being told has ended.
func (at *attempt) sayHello() {
	c := at.h.c
	if at.stage >= announced {
		return
	}
	if c.saying != nil {
		c.alarms.in(100*time.Millisecond, "hello", at.sayHello)
		return
	}
	at.stage = announced
	at.playTo(c.mouth, "hello", at.hello, func(e jobEnd) {
		if at.closed {
			return
		}
		if e.err == nil {
			c.write(event.Prompted{Text: at.helloP.Text, Heard: at.helloP.Text, Step: at.helloP.ID, Lang: c.lang, ForMS: e.played.Milliseconds()})
		}
		at.helloed = true
		at.joinWhenReady()
	})
}

// briefOver is told that the agent knows, or did not want to.
func (at *attempt) briefOver() {
	if at.closed {
		return
	}
	at.h.c.alarms.clear("briefing")
	at.briefed = true
	if at.stage < announced {
		at.sayHello()
	}
	at.joinWhenReady()
}

func (at *attempt) joinWhenReady() {
	if at.briefed && at.helloed && at.stage < joined {
		at.bridge()
	}
}

// bridge lets caller and agent hear each other: what one says goes straight to the other's mouth.
func (at *attempt) bridge() {
	c := at.h.c
	at.stage, at.join = joined, time.Now()
	c.transferred = true
	c.alarms.clear("max wait", "hello", "briefing")
	at.record(agents.Completed, 0)
	c.write(event.Bridged{Agent: at.agent.Agent})
	c.s.Metrics.bridged(time.Since(at.h.began))
	c.ears.expect(flows.Expect{})
	var ctx context.Context
	at.toAgent, ctx = stream(at.ctx)
	at.stream(ctx, at.mouth, at.toAgent)
	at.toCaller, ctx = stream(at.ctx)
	at.stream(ctx, c.mouth, at.toCaller)
}

func (at *attempt) stream(ctx context.Context, m *mouth, cl *clip) {
	m.play(ctx, &job{what: "bridge", ended: func(jobEnd) {}, next: func(i int) *clip {
		if i == 0 {
			return cl
		}
		return nil
	}})
}

// pass gives f to the other party.
func (at *attempt) pass(to *clip, f media.Frame) {
	f.PCM = append([]int16(nil), f.PCM...) // the ears keep the original
	if to.feed(f) {
		at.h.c.s.Metrics.count(dropped, "bridge")
	}
}

// fromCaller takes a frame of the caller's. It reports whether the ears should have it.
func (h *handoff) fromCaller(f media.Frame) (listen bool) {
	if h.at == nil || h.at.stage < joined {
		return true
	}
	h.at.pass(h.at.toAgent, f)
	return h.c.cfg.TranscribeBridge
}

// hear takes one thing from the agent.
func (at *attempt) hear(x leg.Heard) {
	c := at.h.c
	if at.closed {
		return
	}
	if x.Digit != 0 {
		at.key(x.Digit)
		return
	}
	if len(c.s.Taps) > 0 {
		c.tapHeard(AgentSaid, x.Frame)
	}
	if at.stage < joined {
		return // what they say to a briefing is nobody's business
	}
	at.pass(at.toCaller, x.Frame)
	if c.cfg.TranscribeBridge {
		at.ears.frame(x.Frame)
	}
}

// key lets the agent skip the briefing with 1 and refuse the caller with 2.
func (at *attempt) key(k byte) {
	switch {
	case at.stage >= joined:
	case k == '1' && !at.briefed:
		at.mouth.stop()
	case k == '2':
		h := at.h
		at.end(agents.Refused, 0)
		h.again()
	}
}

// left is told that the agent's leg has ended.
func (at *attempt) left() {
	h := at.h
	if at.closed {
		return
	}
	if at.stage == joined {
		h.end(agents.Completed)
		return
	}
	at.end(agents.AgentLeft, 0)
	h.again()
}

// again goes on to the next agent after one who had answered.
func (h *handoff) again() {
	if h.c.saying == nil {
		h.hold()
	}
	h.offer()
}

// record writes down how the attempt ended, once.
func (at *attempt) record(o agents.Outcome, status int) {
	if at.recorded {
		return
	}
	at.recorded = true
	at.h.last = o
	at.h.c.s.Metrics.count(attempts, string(o))
	at.h.c.write(event.TransferAttempt{Agent: at.agent.Agent, Addr: at.agent.Addr, Outcome: string(o), Status: status, TookMS: time.Since(at.began).Milliseconds()})
}

// end closes the attempt: the ringing stops, the agent's leg is hung up, the agent is free.
func (at *attempt) end(o agents.Outcome, status int) {
	if at.closed {
		return
	}
	at.closed = true
	at.record(o, status)
	c := at.h.c
	c.alarms.clear("hello", "briefing")
	at.cancel(errCancelled)
	if at.h.at == at {
		at.h.at = nil
	}
	if at.ears != nil {
		at.ears.abandon()
	}
	a, l, silent := at.agent, at.leg, at.silent
	c.spawn(func() {
		defer release(a)
		if l == nil {
			return
		}
		<-silent
		if o == agents.CallerLeft {
			c.tellAgent(l)
		}
		hangUp(c.ctx, l)
	})
}

// tellAgent says to an agent who has just answered that the caller has gone. It blocks, a few
// seconds at most, and goes on after the call's end.
func (c *conductor) tellAgent(l leg.Leg) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 4*time.Second)
	defer cancel()
	l.Flush()
	cl := c.render(ctx, c.words(linesFor(c.lang).left, c.lang))
	defer cl.cancel()
	fit := fitter{to: l.Info().Rate}
	for f := range cl.frames {
		f, err := fit.fit(f)
		if err == nil {
			err = l.Send(ctx, f)
		}
		if err != nil {
			return
		}
	}
	l.Drain(ctx)
}

// callerSaid takes words of the caller's while they wait or talk.
func (h *handoff) callerSaid(text string) {
	if h.at != nil && h.at.stage >= joined {
		return
	}
	switch nlu.Command(h.c.lang, text) {
	case nlu.CommandCancel, nlu.CommandStop:
		h.end(agents.Cancelled)
	}
}

// callerLeft is told that the caller hung up.
func (h *handoff) callerLeft() { h.close(agents.CallerLeft) }

// abandon ends the hand-off because the call is being cut.
func (h *handoff) abandon() { h.close(agents.Error) }

// close ends the hand-off and everything of it with one outcome; what was joined is completed.
func (h *handoff) close(o agents.Outcome) {
	if h.over {
		return
	}
	h.over = true
	c := h.c
	ended := event.TransferEnded{WaitedMS: time.Since(h.began).Milliseconds()}
	if at := h.at; at != nil {
		if at.stage == joined {
			o = agents.Completed
			ended.Agent = at.agent.Agent
			ended.WaitedMS, ended.TalkedMS = at.join.Sub(h.began).Milliseconds(), time.Since(at.join).Milliseconds()
		}
		at.end(o, 0)
	}
	ended.Outcome = string(o)
	c.alarms.clear("max wait", "offer again")
	c.s.Metrics.count(transfers, string(o))
	c.write(ended)
	h.last = o
}

// end closes the hand-off and gives the caller back to the flow, after our own sentence.
func (h *handoff) end(o agents.Outcome) {
	if h.over {
		return
	}
	h.close(o)
	if h.c.saying == nil {
		h.giveBack()
	}
}

// giveBack lets the flow go on with how the hand-off ended.
func (h *handoff) giveBack() {
	c := h.c
	c.handoff = nil
	c.turn.forget()
	c.ears.abandon()
	c.talkEnd = time.Time{} // what they said last was said to somebody else
	if h.last == agents.Completed {
		c.mouth.stop() // the bridge; a hold tone plays on until the flow speaks
	}
	switch {
	case !h.own:
		c.ourTurn()
		c.think(flows.Input{Kind: flows.Returned, Outcome: string(h.last)})
	case h.last == agents.Completed:
		c.out.Next, c.out.Outcome = flows.End, "transferred"
		c.proceed()
	default:
		c.giveUp()
	}
}
