package call

import (
	"context"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/leg"
)

// An agent may be reached by the caller's own exchange in our place (agents.ViaRefer): it is asked to ring
// them, and we leave once they have answered. Until then the caller is ours, hears what everybody hears
// who waits, and goes on with the next agent when it fails.

// noRefer is why an exchange rings nobody: it takes no such request. We ring the agent ourselves then.
const noRefer = "no_refer"

// byeTells is how long, after the caller's line has ended, their exchange may take to show why.
const byeTells = 5 * time.Second

// refer lets the caller's exchange ring an agent.
func (h *handoff) refer(a agents.Assignment, l leg.Referrer) *attempt {
	c, at := h.c, h.begin(a)
	// It outlives the caller's line, whose end may be what completes it.
	at.ctx, at.cancel = context.WithCancelCause(context.WithoutCancel(c.ctx))
	at.referral = make(chan leg.Referred, 1)
	c.spawn(func() {
		headers := c.invite(at).Headers
		delete(headers, "History-Info") // the exchange keeps the history of what it is asked to call
		at.referral <- l.Refer(at.ctx, leg.Referral{To: a.Addr, Headers: headers, Told: func(n leg.ReferralNews) {
			if n.Status >= 180 {
				at.rang.Store(true)
			}
			if n.GaveUp {
				c.post(at.gaveUp)
			}
		}})
		c.post(at.referralOver)
	})
	return at
}

// referralOver is told that there is an outcome.
func (at *attempt) referralOver() {
	select {
	case r := <-at.referral:
		at.referred(r)
	default: // it was asked for when the line ended
	}
}

// gaveUp is told that no outcome has come for so long that none is waited for; for some seconds more the
// caller may yet be put through.
func (at *attempt) gaveUp() {
	if c := at.h.c; !at.closed && c.saying == nil {
		c.say("line", []flows.Prompt{own("no_answer", linesFor(c.lang).noAnswer, c.lang)}, at.h.hold)
	}
}

func (at *attempt) referred(r leg.Referred) {
	h, c := at.h, at.h.c
	if at.closed {
		return
	}
	o := agents.Outcome(r.Outcome)
	at.reason, at.alone = r.Reason, r.RetryAfter
	if o == agents.Completed {
		at.away(r)
		c.out.Next, c.out.Outcome = flows.End, "transferred"
		c.finish("transferred", "gateway", "their exchange has put the caller through")
		return
	}
	again := at.agent
	if r.Reason == noRefer {
		again.Refer, at.agent.Release = false, nil // kept
	}
	at.end(o, r.Status)
	switch {
	case r.Reason == noRefer:
		h.at = h.ring(again, nil, h.req.Briefing)
	case o == agents.CallerLeft:
		h.close(o)
	default:
		at.next()
	}
}

// wentAway is told that the caller's line has ended while their exchange was asked: it reports whether they
// are with the agent. It waits for that, since nobody is left to wait for anything.
func (at *attempt) wentAway() bool {
	t := time.NewTimer(byeTells)
	defer t.Stop()
	select {
	case r := <-at.referral:
		at.reason = r.Reason
		if agents.Outcome(r.Outcome) == agents.Completed {
			at.away(r)
			return true
		}
	case <-t.C:
	}
	return false
}

// away writes down that the caller is with the agent, elsewhere: nothing of them is ours any more.
func (at *attempt) away(r leg.Referred) {
	h, c := at.h, at.h.c
	c.transferred = true
	c.mouth.stop()
	at.reason = r.Proof
	if h.waited == 0 {
		h.waited = max(1, time.Since(h.began))
	}
	h.passed = at.agent.Agent
	at.end(agents.Completed, r.Status)
	h.close(agents.Completed)
}
