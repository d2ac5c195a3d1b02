package call

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
)

// An agent may get the caller by an attended transfer (agents.ViaAttended): they are rung, told and asked as ever,
// and once they have taken the caller, the caller's own exchange is asked to take our place on the agent's line
// (REFER with Replaces, RFC 5589 §7). Until that has worked both are ours, and each hears that it takes a moment;
// when it does not work they are joined here, which is a second attempt.

// connecting is such a request under way. It belongs to the conductor.
type connecting struct {
	at     *attempt
	began  time.Time         // of the attempt that it ends
	done   chan leg.Referred // one, buffered
	cancel context.CancelCauseFunc
	told   bool // the caller was told
	gone   bool // the agent's line has ended: the exchange is in our place on it, or they have left
}

// mayConnect reports whether the caller's exchange is to connect them with the agent. A call that somebody
// supervises stays here, and so does one that an agent passes on: what they press reaches nobody elsewhere.
func (at *attempt) mayConnect() bool {
	_, asks := at.h.c.s.Leg.(leg.Referrer)
	_, same := at.leg.(leg.Referrer) // else it is no telephone, and has no dialog to be replaced in
	return asks && same && at.agent.Attended && at.on == nil && !at.again && !at.closed && at.h.c.room == nil
}

// connects asks for it; false when caller and agent are to be joined here.
func (at *attempt) connects() bool {
	if !at.mayConnect() {
		return false
	}
	c := at.h.c
	x := &connecting{at: at, began: at.began, done: make(chan leg.Referred, 1)}
	// It outlives the caller's line, whose end may be what completes it.
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(c.ctx))
	at.connect, x.cancel, at.stage = x, cancel, announced
	c.alarms.clear("max wait", "hello", "briefing")
	at.ears.sense.attend(true, true)
	// The reference is for the screen of who is called once more. The link to the transcript was for the agent alone:
	// what stands in this request is read on the caller's side.
	headers := map[string]string{}
	if at.reference != "" {
		headers["User-to-User"] = at.reference
	}
	c.spawn(func() {
		x.done <- c.s.Leg.(leg.Referrer).Refer(ctx, leg.Referral{With: at.leg, Headers: headers, Told: func(n leg.ReferralNews) {
			if n.GaveUp {
				c.spawn(func() { c.post(x.gaveUp) })
			}
		}})
		c.post(x.ended)
	})
	at.holdAgent()
	if c.saying == nil {
		at.h.hold()
	}
	return true
}

// holdAgent tells the agent that the caller is coming, and lets them hear a tone until something else is played.
func (at *attempt) holdAgent() {
	c, rate := at.h.c, at.leg.Info().Rate
	j := &job{what: "hold", ended: func(jobEnd) {}}
	j.next = func(i int) *clip {
		if i%2 == 0 {
			return c.render(j.ctx, c.words(linesFor(c.lang).comes, c.lang))
		}
		return c.play(j.ctx, at.h.between(rate))
	}
	at.mouth.play(at.ctx, j)
}

// connecting is the request that the caller waits for, nil when there is none.
func (h *handoff) connecting() *connecting {
	if h.at == nil {
		return nil
	}
	return h.at.connect
}

// lines is what the caller hears meanwhile: whom they are given to, the tone, and that it takes long.
func (x *connecting) lines() func(i int) string {
	l, told := linesFor(x.at.h.c.lang), x.told
	x.told = true
	first := l.connectsAny
	if x.at.agent.Title != "" {
		first = fmt.Sprintf(l.connects, x.at.agent.Title)
	}
	return func(i int) string {
		switch {
		case i%2 == 1, i == 0 && told:
			return ""
		case i == 0:
			return first
		}
		return l.waiting[min(i/2, len(l.waiting)-1)]
	}
}

// ended is told that there is an outcome.
func (x *connecting) ended() {
	select {
	case r := <-x.done:
		x.came(r)
	default: // it was asked for when a line ended
	}
}

func (x *connecting) came(r leg.Referred) {
	at, h, c := x.at, x.at.h, x.at.h.c
	switch o := agents.Outcome(r.Outcome); {
	case h.late != x && at.connect != x: // given up, and written down
	case at.connect == x && theirBye(r): // the end of their line is the next thing that is heard, and asks what it meant
		x.done <- r
	case o == agents.Completed:
		x.away(r)
		c.out.Next, c.out.Outcome = flows.End, "transferred"
		c.finish("transferred", "gateway", "their exchange has connected the caller with the agent")
	case h.late == x:
		h.late = nil
		x.record(o, r)
	case o == agents.CallerLeft:
		at.reason = r.Reason
		at.end(o, r.Status)
		h.close(o)
	case x.gone:
		at.end(agents.AgentLeft, r.Status)
		h.waitsFor(agents.Timeout)
		at.next()
	default:
		at.connect = nil
		x.record(o, r)
		at.joinHere()
	}
}

// gaveUp is told that no outcome has come for so long that none is waited for: they are joined here. For some
// seconds more the exchange may yet connect them.
func (x *connecting) gaveUp() {
	at := x.at
	switch {
	case at.closed || at.connect != x:
	case x.gone:
		x.cancel(&agents.Withdrawn{Outcome: agents.AgentLeft})
	default:
		at.connect, at.h.late = nil, x
		at.joinHere()
	}
}

// agentGone is told that the agent's line has ended: theirs does when the exchange has taken our place on it,
// and that may be known here before its report. They have left when nothing comes.
func (x *connecting) agentGone() {
	x.gone = true
	x.at.h.c.alarms.in(byeTells, "connecting", func() { x.cancel(&agents.Withdrawn{Outcome: agents.AgentLeft}) })
}

// joinHere lets both hear each other through us, as a second attempt at the same agent.
func (at *attempt) joinHere() {
	h := at.h
	at.began, at.reason = time.Now(), ""
	h.tries++
	h.c.write(event.TransferRinging{Agent: at.agent.Agent, Addr: at.agent.Addr, Try: h.tries})
	at.joinSaid()
}

// joinSaid joins them once what the caller is being told has ended.
func (at *attempt) joinSaid() {
	c := at.h.c
	switch {
	case at.closed || at.stage >= joined:
	case c.saying != nil:
		c.alarms.in(50*time.Millisecond, "hello", at.joinSaid)
	default:
		c.mouth.stop()
		at.mouth.stop()
		at.bridge()
	}
}

// record writes down how the request ended, where the attempt goes on without it.
func (x *connecting) record(o agents.Outcome, r leg.Referred) {
	c, a := x.at.h.c, x.at.agent
	reason := r.Reason
	if o == agents.Completed {
		reason = r.Proof
	}
	c.s.Metrics.count(attempts, string(o))
	c.write(event.TransferAttempt{Agent: a.Agent, Addr: a.Addr, Outcome: string(o), Status: r.Status, Reason: reason, Via: agents.ViaAttended, TookMS: time.Since(x.began).Milliseconds()})
}

// away writes down that caller and agent are with each other, elsewhere.
func (x *connecting) away(r leg.Referred) {
	at, h := x.at, x.at.h
	if h.late != x {
		at.away(r)
		return
	}
	h.late = nil
	x.record(agents.Completed, r)
	at.connect = x // whose line is let go of by the one who ended it
	h.close(agents.Completed)
}

// What their BYE alone has to tell (docs/transfers.md), and how it is known what it meant.
const (
	byeAfter202   = "bye_after_202"   // a Proof: nothing had been reported
	byeBeforeLast = "bye_before_last" // a Reason: progress had
	agentsBye     = "bye_of_agent"    // a Proof: the agent's telephone has ended our line, as one does that was taken over
	// takesPlace is how long an exchange that has hung up may take to be in our place on the agent's line. It is
	// less than the time after which leg.Referrer ends that line.
	takesPlace = 3 * time.Second
)

// theirBye reports whether an outcome is a guess at what their BYE meant.
func theirBye(r leg.Referred) bool { return r.Proof == byeAfter202 || r.Reason == byeBeforeLast }

// wentAway is told that the caller's line has ended: it reports whether they are with the agent. It waits for
// that, since nobody is left to wait for anything. A caller who hangs up and an exchange that has put them through
// look the same on their line; on the agent's they do not.
func (x *connecting) wentAway() bool {
	at, gone := x.at, time.Now()
	t := time.NewTimer(byeTells)
	defer t.Stop()
	var r leg.Referred
	select {
	case r = <-x.done:
	case <-t.C:
	}
	late := at.h.late == x
	switch o := agents.Outcome(r.Outcome); {
	case o == agents.Completed && (late || !theirBye(r)), o != agents.CallerLeft && !late && x.tookPlace(gone.Add(takesPlace), o == agents.Completed):
		if o != agents.Completed {
			r = leg.Referred{Outcome: string(agents.Completed), Status: r.Status, Proof: agentsBye}
		}
		x.away(r)
		return true
	case late && o != "":
		at.h.late = nil
		x.record(o, r)
	case o != agents.Completed:
		at.reason = r.Reason
	}
	return false
}

// tookPlace reports whether the agent's telephone has ended our line, until when it may; otherwise, of a line that
// does not tell, what is believed.
func (x *connecting) tookPlace(until time.Time, believed bool) bool {
	l, ok := x.at.leg.(leg.Mourner)
	if !ok {
		return believed || x.gone
	}
	for {
		if errors.Is(l.Why(), leg.ErrHungUp) {
			return true
		}
		if !time.Now().Before(until) {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// settle ends a request that nobody waits for any more: the hand-off is over.
func (x *connecting) settle() {
	x.at.h.late = nil
	x.cancel(&agents.Withdrawn{Outcome: agents.Timeout})
	r := <-x.done
	o := agents.Outcome(r.Outcome)
	if o == agents.Cancelled { // by us, just now
		o = agents.Timeout
	}
	x.record(o, r)
}
