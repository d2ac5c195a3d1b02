package call

import (
	"strings"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
)

// An agent may pass the caller on with the transfer key of their own telephone, which then asks us to call
// somebody (leg.Referee). It is the same transfer as from the desk (onward), but for four things: who is rung
// is whom the telephone names, perhaps somebody whom the agent speaks with already (Replaces); they have the
// caller as soon as they answer, as with every telephone system, and nothing of the conversation is told or
// sent to them, who may be anybody; the telephone is told how it goes; and the agent's hang-up is part of it.

// watchRefer takes what the agent's telephone asks for.
func (at *attempt) watchRefer(l leg.Leg) {
	r, ok := l.(leg.Referee)
	if !ok {
		return
	}
	c := at.h.c
	r.OnRefer(func(a leg.Ask) {
		at.theyAsk.Store(&a) // their hang-up may be the next thing that is heard
		c.spawn(func() {
			if !c.post(at.takeAsk) {
				a.Tell(declined)
			}
		})
	})
}

// What a telephone is told of its transfer (RFC 3261 §21).
const (
	ringing  = 180
	taken    = 200
	declined = 603
)

// takeAsk begins the transfer that their telephone asked for.
func (at *attempt) takeAsk() {
	a := at.theyAsk.Swap(nil)
	if a == nil { // it was begun when they hung up
		return
	}
	h, c := at.h, at.h.c
	to := Onward{Number: named(a.To), Addr: a.Invite.Addr, asked: a}
	if now, err := c.mayTransfer(at.agent.Agent, to); err != nil || now != at || h.over {
		a.Tell(declined)
		return
	}
	if a.Refused {
		at.mayNot(to)
		return
	}
	o := &onward{h: h, from: at, ask: to, tried: []string{at.agent.Agent}}
	h.onward, h.asked = o, time.Now()
	if at.held.IsZero() {
		at.startHold(linesFor(c.lang).passes)
	}
	at.acted(event.AgentActed{Act: event.AgentTransfer, To: to.To(), Warm: a.Invite.Replaces != "", Why: byTelephone})
	// It is a group as far as we know: whoever answers is neither briefed nor asked.
	o.ring(agents.Assignment{Agent: to.To(), Addr: to.Addr, Group: true})
}

// mayNot notes that their telephone asked for somebody who may not be called.
func (at *attempt) mayNot(to Onward) {
	at.acted(event.AgentActed{Act: event.AgentTransfer, To: to.To(), Why: byTelephone})
	at.acted(event.AgentActed{Act: event.AgentNotMoved, To: to.To(), Why: string(agents.Refused)})
	at.kept(agents.Refused)
}

// kept notes that a transfer by their telephone has failed. A telephone that holds the caller does so still: who
// reads the record takes them to be back with the agent else.
func (at *attempt) kept(why agents.Outcome) {
	at.keptWhy, at.keptAt = why, time.Now()
	if !at.held.IsZero() && at.theyHold.Load() {
		at.acted(event.AgentActed{Act: event.AgentHold, Why: byTelephone})
	}
}

// hangsUpWith is within how long after it was told that a transfer failed a telephone's hang-up is because of
// that: some end their call then, whatever comes of the caller.
const hangsUpWith = 2 * time.Second

// leavesFailed is told that an agent has hung up; true when their telephone did, because its transfer failed:
// whom they wanted to pass on is not done with.
func (at *attempt) leavesFailed() bool {
	if at.keptAt.IsZero() || time.Since(at.keptAt) > hangsUpWith {
		return false
	}
	h := at.h
	at.count()
	at.end(agents.Completed, 0)
	h.end(at.keptWhy)
	return true
}

// named is how the record calls the target of a telephone's transfer: the number or name in its address.
func named(addr string) string {
	_, rest, ok := strings.Cut(addr, ":")
	if !ok {
		rest = addr
	}
	user, host, at := strings.Cut(rest, "@")
	if user, _, _ = strings.Cut(user, ";"); at && user == "" {
		return host
	}
	return user
}

// tell reports to the telephone that asked for the transfer, if one did.
func (o *onward) tell(status int) {
	if o.ask.asked != nil {
		o.ask.asked.Tell(status)
	}
}

// asInvite is what is sent to whom a telephone's transfer names: what the telephone said, and nothing of ours
// but by which addresses the caller came.
func (o *onward) asInvite(at *attempt, inv leg.Invite) leg.Invite {
	to := o.ask.asked.Invite
	to.From, to.RingFor, to.Early = inv.From, inv.RingFor, inv.Early
	headers := map[string]string{}
	for name, value := range to.Headers {
		headers[name] = value
	}
	if h := o.h.c.s.Leg.Info().Headers["History-Info"]; h != "" {
		headers["History-Info"] = h
	}
	to.Headers = headers
	to.Progress = func(status int) {
		if status >= 180 && !at.rang.Swap(true) {
			o.tell(ringing)
		}
	}
	return to
}

// statusOf is the final status that tells how a transfer has failed: what the target said, else what the
// outcome means.
func statusOf(o agents.Outcome, status int) int {
	if status >= 300 {
		return status
	}
	switch o {
	case agents.Busy:
		return 486
	case agents.Refused:
		return declined
	case agents.Timeout:
		return 408
	case agents.CallerLeft, agents.Cancelled:
		return 487
	}
	return 480
}
