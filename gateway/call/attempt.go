package call

import (
	"context"
	"encoding/hex"
	"errors"
	"sync/atomic"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/media"
	"decroche/media/amd"
)

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
	clock  earClock
	brief  *clip // what the agent is told, rendered while the phone rings
	hello  *clip // what the caller is told just before
	helloP flows.Prompt
	briefed,
	helloed bool
	toAgent, toCaller *clip // the bridge
	join              time.Time
	reason            string        // why they declined
	alone             time.Duration // for how long their telephone asks not to be rung
	silent            chan struct{} // closed when the agent's mouth has stopped for good
	picked            time.Time     // when the agent answered
	recorded, closed  bool
	who               *amd.Detector // tells a machine by its sound; nil before the first frame
	asking, took      bool          // they are asked whether they take the caller; they have said so
	v                 *Supervision  // the supervisor who took the caller over; nil for an agent
	on                *onward       // an agent passes the caller on to them; nil otherwise, and once they have the caller
	held              time.Time     // since when the caller is on hold; zero: they are not
	muted             bool          // their microphone is off
	keys              string        // waiting to be sent to the other party
	keysTold          []func(error)
	pressing          bool

	// How a transfer that their telephone asked for has failed, and when; zero: none has.
	keptWhy agents.Outcome
	keptAt  time.Time

	facts leg.Facts // about the call, for headers that an operator configures

	referral chan leg.Referred // how the caller's exchange fared in our place; nil: we ring them ourselves

	reference string // as their telephone was sent it (User-to-User, RFC 7433), "" for none

	connect *connecting // the caller's exchange is asked to take our place on the agent's line; nil: it is not

	theyHold    atomic.Bool             // their telephone holds the caller
	theyAsk     atomic.Pointer[leg.Ask] // their telephone asks to pass the caller on, and it was not begun
	callerHolds bool                    // the caller's telephone holds them
	awaySince   time.Time               // if so

	again bool      // the agent spoke with the caller before and lost their line
	lost  time.Time // since when the caller is held for them; zero: they are there
	hold  time.Duration
}

// invite is what the agent's phone is sent. It runs beside the conductor.
func (c *conductor) invite(at *attempt) leg.Invite {
	inv := leg.Invite{Addr: at.agent.Addr, From: c.s.Bot.Title, RingFor: c.cfg.RingFor, Progress: func(status int) {
		if status >= 180 {
			at.rang.Store(true)
		}
	}}
	if at.agent.RingFor > 0 {
		inv.RingFor = at.agent.RingFor
	}
	if at.on != nil && at.on.ask.asked != nil {
		return at.on.asInvite(at, inv)
	}
	inv.Headers = map[string]string{}
	if h := c.s.Leg.Info().Headers["History-Info"]; h != "" {
		inv.Headers["History-Info"] = h // by which addresses the caller came (RFC 7044)
	}
	inv.Facts = at.facts
	if c.s.CRM != nil {
		if page := c.s.CRM(); page != "" {
			inv.Headers["Call-Info"] = "<" + page + ">;purpose=info" // RFC 3261 §20.9
		}
	}
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
	inv.Facts.Reference = ref
	inv.Headers["User-to-User"] = hex.EncodeToString([]byte(ref)) + ";encoding=hex" // RFC 7433 §4
	pages := "<" + url + ">;purpose=info"
	if first := inv.Headers["Call-Info"]; first != "" { // phones that open one page open the first
		pages = first + ", " + pages
	}
	inv.Headers["Call-Info"] = pages
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
			o, status, at.alone = agents.OutcomeOf(no.Status, at.rang.Load()), no.Status, no.RetryAfter
		}
		if no, ok := errors.AsType[*agents.NotTaken](err); ok {
			at.reason = string(no.Reason)
		}
		if at.again {
			at.notBack(o, status)
			return
		}
		if o == agents.Error {
			c.s.Metrics.count(failures, "dial")
			c.log.Warn("an agent could not be dialled", "agent", at.agent.Agent, "error", err)
		}
		at.end(o, status)
		at.next()
		return
	}
	at.answered(l)
}

// answered tells the agent who is calling, and the caller, just before the end of that, who answers.
func (at *attempt) answered(l leg.Leg) {
	c := at.h.c
	at.stage, at.picked = briefing, time.Now()
	at.h.endEarly()
	at.open(l, func() {})
	at.ears.listenTo(at.ctx, l)
	at.watchHold(l)
	at.watchRefer(l)
	c.watchPlace(l, event.PartyAgent, at.agent.Agent, at.agent.Addr)
	c.alarms.in(mediaWithin/2, "offer again", at.offerAgain)
	if at.again {
		at.bridge()
		return
	}
	if at.on != nil && at.on.consult() || at.agent.Sees && at.joinAtOnce() {
		return
	}
	if at.agent.Group {
		at.joinGroup()
		return
	}
	if at.brief == nil {
		at.briefOver()
		return
	}
	at.playTo(at.mouth, "briefing", at.brief, func(jobEnd) { at.briefOver() })
	c.alarms.in(c.cfg.MaxBriefing, "briefing", func() { at.mouth.stop() })
	if !at.screened() && !at.mayConnect() {
		at.planHello()
	}
}

// open gives the attempt a mouth and ears on l. Nothing is sent before wait has returned.
func (at *attempt) open(l leg.Leg, wait func()) {
	c := at.h.c
	at.leg = l
	at.mouth = c.newMouth(l, AgentHeard)
	at.ears = c.newEars(l, "agent")
	at.ears.done = func(h *hearing) {
		switch {
		case h.text() == "":
			return
		case at.asking:
			at.answersScreening(h.text())
			return
		case at.stage < announced: // said to us, before they knew of anybody
			return
		}
		ev := c.saidEvent(h, "agent")
		if c.s.Bot.Sensitive && c.holdsNumber(ev) { // they repeat what they are told
			c.takeOut(&at.clock, ev)
			ev = masked(ev)
		}
		c.write(ev)
	}
	at.silent = make(chan struct{})
	c.spawn(func() {
		defer close(at.silent)
		wait()
		at.mouth.run(at.ctx)
	})
	at.ears.sense.attend(true, true)
	c.spawn(func() {
		for {
			select {
			case <-at.ears.sense.wake:
				c.post(func() { at.ears.drain(at.hear) })
			case <-at.ctx.Done():
				return
			}
		}
	})
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

// joinGroup lets the caller hear another telephone system's queue, once what they are being told has
// ended: what plays there is for them, and who will answer is not known.
func (at *attempt) joinGroup() {
	c := at.h.c
	switch {
	case at.closed || at.stage >= joined:
	case c.saying != nil:
		c.alarms.in(50*time.Millisecond, "hello", at.joinGroup)
	case at.there(at.joinGroup):
		c.mouth.stop()
		at.bridge()
	}
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
	if at.closed || at.took {
		return
	}
	at.h.c.alarms.clear("briefing")
	at.briefed = true
	if at.screened() {
		at.screen()
		return
	}
	if at.mayConnect() && !at.there(at.briefOver) || at.connects() {
		return
	}
	if at.stage < announced {
		at.sayHello()
	}
	at.joinWhenReady()
}

func (at *attempt) joinWhenReady() {
	if !at.closed && at.briefed && at.helloed && at.stage < joined && at.there(at.joinWhenReady) {
		at.bridge()
	}
}

// bridge lets caller and agent hear each other: what one says goes straight to the other's mouth.
func (at *attempt) bridge() {
	c := at.h.c
	if at.on != nil {
		at.on.over()
	}
	at.stage, at.join = joined, time.Now()
	c.transferred = true
	c.alarms.clear("max wait", "hello", "briefing")
	at.record(agents.Completed, 0)
	if at.again {
		at.isBack()
	} else {
		if at.h.waited == 0 {
			at.h.waited = max(1, time.Since(at.h.began))
		}
		c.write(event.Bridged{Agent: at.agent.Agent, CallerCodec: codecOf(c.s.Leg), AgentCodec: codecOf(at.leg)})
		if at.agent.Joined != nil {
			at.agent.Joined()
		}
		c.s.Metrics.bridged(time.Since(at.h.asked))
	}
	at.watchDesk()
	if l, ok := at.leg.(leg.Expecter); ok {
		l.Expect(c.cfg.LineLost)
	}
	c.hush(false)
	c.ears.expect(flows.Expect{})
	at.ears.sense.attend(true, !c.cfg.TranscribeBridge)
	var ctx context.Context
	at.toAgent, ctx = stream(at.ctx)
	at.stream(ctx, at.mouth, at.toAgent)
	at.toCaller, ctx = stream(at.ctx)
	at.stream(ctx, c.mouth, at.toCaller)
	at.enterRoom()
	c.heldByCaller() // their telephone may have put us on hold while they waited
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

// hear takes one thing from the agent; false when nothing more counts.
func (at *attempt) hear(r sound) (more bool) {
	switch {
	case at.closed:
		return false
	case r.gone != nil:
		at.left()
		return false
	case r.heard.Digit != 0:
		at.key(r.heard.Digit)
		return true
	}
	if at.muted {
		return true
	}
	if len(r.heard.Frame.PCM) > 0 && at.stage < announced && at.screened() {
		if at.listenFor(r.heard.Frame); at.closed {
			return false
		}
	}
	if f := r.heard.Frame; len(f.PCM) > 0 && !at.consulted(f) {
		at.h.c.tapHeard(AgentSaid, &at.clock, f)
		if at.stage == joined && at.lost.IsZero() { // what they say to a briefing is nobody's business
			if r := at.h.c.room; r != nil && r.agent != nil {
				r.agent.Feed(f.PCM)
			}
			if !at.h.c.through {
				at.pass(at.toCaller, f)
			}
		}
	}
	at.ears.sensed(r)
	return true
}

// key lets the agent take the caller with 1, which also ends the briefing, and refuse them with 2. Later
// their keys are for whom they speak with.
func (at *attempt) key(k byte) {
	switch {
	case at.connect != nil: // they have taken the caller
	case at.other() != nil:
		at.press(string(k), func(error) {})
	case at.stage >= joined:
	case k == '1' && at.screened():
		at.accepts()
	case k == '1' && !at.briefed:
		at.mouth.stop()
	case k == '2':
		at.declined(agents.Refused, whyScreening)
	}
}

// left is told that the agent's leg has ended.
func (at *attempt) left() {
	h := at.h
	if at.closed {
		return
	}
	at.takeAsk()
	if at.connect != nil {
		at.connect.agentGone()
		return
	}
	if at.stage == joined {
		if o := h.onward; o != nil && o.from == at && o.ask.asked != nil { // they hung up because of it
			at.leavesOnward()
			return
		}
		if at.leavesFailed() {
			return
		}
		if !at.lineLost() && !at.broke() && !at.leavesOnward() {
			h.end(agents.Completed)
		}
		return
	}
	at.end(agents.AgentLeft, 0)
	at.next()
}

// next goes on after an attempt that has failed: with another agent, or as the transfer says.
func (at *attempt) next() {
	switch {
	case at.on != nil:
		at.on.next()
	case at.leg != nil: // who had answered
		at.h.again()
	default:
		at.h.offer()
	}
}

// record writes down how the attempt ended, once.
func (at *attempt) record(o agents.Outcome, status int) {
	if at.recorded {
		return
	}
	at.recorded = true
	at.h.last = o
	if at.on != nil {
		at.on.status = status
	}
	if at.agent.Ended != nil {
		at.agent.Ended(o, at.alone)
	}
	at.h.c.s.Metrics.count(attempts, string(o))
	missing := ""
	if at.reason == whyNoMedia {
		missing = event.FromAgent
	}
	at.h.c.write(event.TransferAttempt{Agent: at.agent.Agent, Addr: at.agent.Addr, Outcome: string(o), Status: status, Reason: at.reason, Missing: missing, Via: at.via(), TookMS: time.Since(at.began).Milliseconds()})
}

// via is the way to the agent, "" where we join them.
func (at *attempt) via() string {
	switch {
	case at.referral != nil:
		return agents.ViaRefer
	case at.connect != nil:
		return agents.ViaAttended
	}
	return ""
}

// end closes the attempt: the ringing stops, the agent's leg is hung up, the agent is free.
func (at *attempt) end(o agents.Outcome, status int) {
	if at.closed {
		return
	}
	at.closed = true
	at.record(o, status)
	c := at.h.c
	c.alarms.clear("hello", "briefing", "accept", "ask again", "no media", "offer again", "connecting", takeOver, callAgain)
	at.cancel(&agents.Withdrawn{Outcome: o})
	if at.h.at == at {
		at.h.at = nil
	}
	at.h.endEarly()
	if at.ears != nil {
		at.ears.abandon()
	}
	at.leaveRoom()
	at.helloOver()
	if at.v != nil {
		at.letGo()
		return
	}
	a, l, silent, moved := at.agent, at.leg, at.silent, false
	if x := at.connect; x != nil {
		x.cancel(&agents.Withdrawn{Outcome: o})
		at.connect, moved = nil, o == agents.Completed
	}
	c.spawn(func() {
		defer release(a)
		if l == nil {
			return
		}
		<-silent
		switch {
		case moved: // their exchange ends it, or leg.Referrer: before, the caller might find nobody there
			return
		case o == agents.CallerLeft:
			c.tellAgent(l, linesFor(c.lang).left)
		case o == agents.Refused && at.reason == whyScreening:
			c.tellAgent(l, linesFor(c.lang).declined)
		}
		hangUp(c.ctx, l)
	})
}
