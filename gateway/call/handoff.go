package call

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/flows"
	"decroche/flows/nlu"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/media"
)

// handoff is the way to a human: agents are rung one after the other until one speaks with the
// caller, nobody is left, the caller gives up, or MaxWait has passed. The caller hears all the
// while that somebody is being fetched. It belongs to the conductor.
type handoff struct {
	early  *early // what is heard before the answer; nil: nothing, or our tone
	c      *conductor
	req    flows.Transfer
	began  time.Time
	asked  time.Time // when somebody was looked for: began, or the transfer by an agent
	tried  []string
	tries  int
	last   agents.Outcome // of the last attempt; "" before the first has ended
	at     *attempt       // being made, nil between two
	passed string         // to whom the caller's exchange has put them through
	own    bool           // the flow did not ask for it and cannot be told how it ended
	taken  bool           // a supervisor took the caller over: nobody else is rung
	over   bool

	onward *onward     // the agent passes the caller on
	late   *connecting // nobody waits for it any more: caller and agent are joined here

	rung  int  // of the ladder that is asked: 0 are the skills, then req.Then
	busy  int  // the first rung on which everybody was in a call, from 1; 0 none
	waits bool // every rung was asked: the caller waits for that one

	since   time.Time // of their place in the queue
	until   time.Time // they wait for somebody
	found   context.CancelCauseFunc
	q       queued
	instead string    // what the queue proposes when it has let the caller go; agents.ToCallback …
	opens   time.Time // when somebody is there again; zero: nobody can tell
	asides  int       // what was asked while waiting: only the last is answered

	waited time.Duration // until the caller spoke with somebody; 0 before
	talked time.Duration // with agents whose line was lost, and who passed the caller on
	held   time.Duration // of that, on hold
}

// startHandoff begins to look for a human, while prompts are still being said.
func (c *conductor) startHandoff(t flows.Transfer, prompts ...flows.Prompt) {
	if c.unheard() && time.Since(c.answer) >= confirmWithin {
		c.finish("abandoned", "gateway", neverHeard)
		return
	}
	h := &handoff{c: c, req: t, began: time.Now(), asked: time.Now(), own: c.broken}
	c.handoff = h
	c.endBarge()
	c.turn.forget()
	c.dropHints(WhyWithAgent)
	c.alarms.clear("watchdog", "silence", "filler", "thinking", "keys")
	c.keys = ""
	c.s.Metrics.count(reasons, flows.ReasonFor(t.Reason))
	queue := t.Queue
	if n, ok := c.s.Desk.(agents.Namer); ok {
		queue = cmp.Or(n.QueueOf(agents.Request{Skills: t.Skills, Queue: t.Queue, Lang: c.lang}), queue)
	}
	c.write(event.TransferStarted{Skills: t.Skills, Queue: queue, Reason: t.Reason, Topic: t.Topic, Summary: t.Summary, Briefing: t.Briefing})
	h.waitsFor(agents.Timeout)
	if t.Say.Text == "" && t.Say.Voice == "" && len(prompts) == 0 {
		t.Say = own("coming", linesFor(c.lang).coming, c.lang)
	}
	c.say("line", append(append([]flows.Prompt(nil), prompts...), t.Say), h.hold)
	h.offer()
}

// waitsFor lets the caller's wait for somebody begin; after the flow's bound, or ours, it ends with o.
func (h *handoff) waitsFor(o agents.Outcome) {
	wait := h.req.MaxWait
	if wait <= 0 {
		wait = h.c.cfg.MaxWait
	}
	h.since, h.until = time.Now(), time.Now().Add(wait)
	h.c.alarms.in(wait, "max wait", func() { h.end(o) })
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

// answered reports whether the caller has been told who takes them: nothing is said to them meanwhile.
func (h *handoff) answered() bool { return h.at != nil && h.at.stage >= announced }

// hold lets the caller hear that somebody is being fetched: a soft tone, and a sentence now and
// then. It plays until something else does.
func (h *handoff) hold() {
	if h.over { // it ended while we were still announcing it
		h.giveBack()
		return
	}
	if x := h.connecting(); x != nil {
		h.playHold(x.lines())
		return
	}
	if h.answered() {
		return
	}
	h.dropEarly() // its next sound is heard again
	h.playHold(h.waitingLines())
}

// playHold plays, until something else is played, what line says: sentences, and a soft tone where it
// says nothing.
func (h *handoff) playHold(line func(i int) string) {
	c := h.c
	rate := c.s.Leg.Info().Rate
	j := &job{what: "hold", ended: func(jobEnd) {}}
	j.began = func(i int, _ []piece) {
		if l := line(i); l != "" {
			c.write(event.Prompted{Text: l, Heard: l, Step: "call/holding", Lang: c.lang, ForMS: estimate(l).Milliseconds()})
		}
	}
	j.next = func(i int) *clip {
		if l := line(i); l != "" {
			return c.render(j.ctx, c.words(l, c.lang))
		}
		return c.play(j.ctx, h.between(rate))
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
	if h.taken {
		return
	}
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
	req := agents.Request{Conv: c.s.Conv, Lang: c.lang, Priority: h.req.Priority, Tried: append([]string(nil), h.tried...), VIP: h.req.VIP, Owner: h.req.Owner, Since: h.since}
	h.onRung(&req)
	h.stopSeeking(agents.Cancelled)
	seek, found := context.WithCancelCause(c.ctx)
	h.found = found
	c.spawn(func() {
		a, err := c.s.Desk.Offer(seek, req)
		ok := c.post(func() { h.offered(a, err) })
		if !ok && err == nil {
			release(a)
		}
	})
}

// stopSeeking lets the caller leave the queue, if they wait in one; o says why.
func (h *handoff) stopSeeking(o agents.Outcome) {
	if h.found != nil {
		h.found(&agents.Withdrawn{Outcome: o})
	}
}

func release(a agents.Assignment) {
	if a.Release != nil {
		a.Release()
	}
}

// offerAgain is how long a busy desk is left alone.
const offerAgain = 2 * time.Second

func (h *handoff) offered(a agents.Assignment, err error) {
	how, left := h.left(err)
	switch {
	case h.over, h.taken:
		if err == nil {
			release(a)
		}
	case err == nil:
		h.dial(a)
	case h.nextRung(err):
		h.offer()
	case left:
		h.end(how)
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

// dial rings one agent, and meanwhile renders what will be said when they answer; or lets the caller's
// exchange ring them.
func (h *handoff) dial(a agents.Assignment) {
	h.tried = append(h.tried, a.Agent)
	if l, ok := h.c.s.Leg.(leg.Referrer); ok && a.Refer {
		h.at = h.refer(a, l)
		return
	}
	h.at = h.ring(a, nil, h.req.Briefing)
}

// begin writes down that somebody is being rung.
func (h *handoff) begin(a agents.Assignment) *attempt {
	h.tries++
	h.c.write(event.TransferRinging{Agent: a.Agent, Addr: a.Addr, Try: h.tries})
	return &attempt{h: h, agent: a, began: time.Now(), facts: leg.Facts{Reason: h.req.Reason, Intent: h.req.Topic, Language: h.c.lang}}
}

// ring begins an attempt at one agent; on is the transfer that it belongs to, nil when the flow or
// nobody asked for it.
func (h *handoff) ring(a agents.Assignment, on *onward, brief string) *attempt {
	c := h.c
	at := h.begin(a)
	at.on = on
	at.ctx, at.cancel = context.WithCancelCause(c.ctx)
	l := linesFor(c.lang)
	hello := l.joinsAny
	if a.Title != "" {
		hello = fmt.Sprintf(l.joins, a.Title)
	}
	at.helloP = own("joins", hello, c.lang)
	at.hello = c.render(at.ctx, c.words(hello, c.lang))
	at.renderBrief(brief)
	c.spawn(func() {
		inv := c.invite(at)
		inv.Early = at.hearEarly()
		l, err := c.s.Dial.Dial(at.ctx, inv)
		if !c.post(func() { at.reference = inv.Headers["User-to-User"]; at.dialled(l, err) }) && err == nil {
			hangUp(c.ctx, l)
		}
	})
	return at
}

// renderBrief makes what the agent is told of the caller, of whom they see nothing.
func (at *attempt) renderBrief(brief string) {
	if c := at.h.c; brief != "" && !at.agent.Sees && !at.agent.Group {
		at.brief = c.render(at.ctx, c.words(brief, c.lang))
	}
}

// bridged reports whether an agent speaks with the caller.
func (h *handoff) bridged() bool { return h.at != nil && h.at.stage == joined && h.at.lost.IsZero() }

// talking reports whether they hear each other: the caller is not on hold.
func (h *handoff) talking() bool { return h.bridged() && h.at.held.IsZero() }

// again goes on to the next agent after one who had answered.
func (h *handoff) again() {
	if h.taken {
		h.end(agents.AgentLeft)
		return
	}
	if h.c.saying == nil {
		h.hold()
	}
	h.offer()
}

// callerSaid takes words of the caller's while they wait or talk: they may give up, or ask something.
func (h *handoff) callerSaid(text string, confidence float64) {
	if h.taken || h.bridged() || h.onward != nil || text == "" {
		return
	}
	switch nlu.Command(h.c.lang, text) {
	case nlu.CommandCancel, nlu.CommandStop:
		h.end(agents.Cancelled)
		return
	}
	if h.connecting() != nil { // nothing is said to them now, and nothing waits for an answer
		return
	}
	if h.asksHowLong(text) {
		return
	}
	h.asks(flows.Input{Kind: flows.Aside, Text: text, Confidence: confidence})
}

// callerLeft is told that the caller hung up.
func (h *handoff) callerLeft() {
	if h.at != nil && h.at.referral != nil && h.at.wentAway() {
		return
	}
	if x := h.connecting(); x != nil && x.wentAway() || h.late != nil && h.late.wentAway() {
		return
	}
	h.close(agents.CallerLeft)
}

// abandon ends the hand-off because the call is being cut.
func (h *handoff) abandon() { h.close(agents.Error) }

// close ends the hand-off and everything of it with one outcome; what was joined is completed.
func (h *handoff) close(o agents.Outcome) {
	if h.over {
		return
	}
	h.over = true
	h.stopSeeking(o)
	c := h.c
	ended := event.TransferEnded{Agent: h.passed, WaitedMS: time.Since(h.began).Milliseconds()}
	if h.waited > 0 {
		ended.WaitedMS = h.waited.Milliseconds()
	}
	if h.onward != nil {
		h.onward.drop(o)
	}
	if h.late != nil {
		h.late.settle()
	}
	if at := h.at; at != nil {
		if h.bridged() {
			o = agents.Completed
			ended.Agent = at.agent.Agent
			at.count()
		}
		at.end(o, 0)
	}
	ended.TalkedMS, ended.HeldMS = (h.talked - h.held).Milliseconds(), h.held.Milliseconds()
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

// haveBack makes the caller ours again: what they said last was said to somebody else.
func (c *conductor) haveBack() {
	c.handoff = nil
	c.turn.forget()
	c.ears.abandon()
	c.talkEnd = time.Time{}
}

// giveBack lets the flow go on with how the hand-off ended.
func (h *handoff) giveBack() {
	c := h.c
	c.haveBack()
	if h.last == agents.Completed {
		c.mouth.stop() // the bridge; a hold tone plays on until the flow speaks
	}
	switch {
	case h.taken && h.last != agents.Completed: // the supervisor left before they had spoken
		c.ourTurn()
		c.think(flows.Input{Kind: flows.Resume})
	case !h.own:
		c.ourTurn()
		c.think(flows.Input{Kind: flows.Returned, Outcome: string(h.last), Instead: h.instead, Opens: h.opens})
	case h.last == agents.Completed:
		c.out.Next, c.out.Outcome = flows.End, "transferred"
		c.proceed()
	default:
		c.giveUp()
	}
}
