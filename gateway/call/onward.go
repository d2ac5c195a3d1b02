package call

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/media"
)

// Onward is to whom an agent passes the caller on: one of Agent, Skills and Number.
type Onward struct {
	Agent  string   // by name
	Skills []string // whoever has them, one after the other
	Number string   // as people read it; Addr is how it is dialled
	Addr   string
	Warm   bool    // both agents speak with each other first, until the first says Complete
	Why    string  // for the next one
	Brief  *string // what the next one is told of the caller; nil: what the flow wrote

	asked *leg.Ask // by the agent's telephone; nil: at the desk
}

// To names the target.
func (o Onward) To() string {
	switch {
	case o.Agent != "":
		return o.Agent
	case o.Number != "":
		return o.Number
	}
	return strings.Join(o.Skills, ", ")
}

// onward is a transfer by an agent. The caller is on hold and still theirs until the next one has them,
// so that a target who does not take the caller costs nothing: from has the caller back, or, when they
// have hung up meanwhile, the bot. The ladder is that of Asterisk's and PBX's attended transfer: hanging
// up completes it. It belongs to the conductor.
type onward struct {
	h       *handoff
	from    *attempt // who has the caller; nil once they have hung up
	to      *attempt // who is rung, or consulted; nil between two
	ask     Onward
	tried   []string
	last    agents.Outcome // of the last one who was rung
	talking bool           // both agents hear each other
	ended   bool
	status  int // with which the last one refused; 0: otherwise
}

// Transfer passes the caller on. It returns once the target is being rung and the caller is on hold, and
// refuses at once what cannot be: nobody of that name or with these skills, everybody busy, the agent
// themself. What becomes of it is told by events agent_acted.
func (k *Control) Transfer(ctx context.Context, agent string, to Onward) error {
	return k.do(ctx, func(c *conductor, done func(error)) { c.transfer(agent, to, done) })
}

// Complete gives the caller to the colleague who is consulted, and lets the agent go. While the colleague's
// phone still rings the order waits for them: it is not cancelled and rung again, and who answers then is
// told who is calling and has the caller.
func (k *Control) Complete(ctx context.Context, agent string) error {
	return k.agent(ctx, agent, func(at *attempt) error {
		o := at.h.onward
		switch {
		case o == nil:
			return refuse(WhyNoOnward)
		case !o.talking && !o.ask.Warm:
			return refuse(WhyStillRings)
		case !o.talking:
			o.unconsulted()
			return nil
		}
		o.complete()
		return nil
	})
}

// TakeBack gives a transfer up: whoever is rung or consulted is let go, and the agent speaks with the
// caller again.
func (k *Control) TakeBack(ctx context.Context, agent string) error {
	return k.agent(ctx, agent, func(at *attempt) error {
		o := at.h.onward
		if o == nil {
			return refuse(WhyNoOnward)
		}
		o.drop(agents.Cancelled)
		at.resume()
		return nil
	})
}

func (c *conductor) transfer(agent string, to Onward, done func(error)) {
	at, err := c.mayTransfer(agent, to)
	if err != nil {
		done(err)
		return
	}
	h := at.h
	reached := func(a agents.Assignment, err error) {
		if err == nil {
			var now *attempt
			if now, err = c.mayTransfer(agent, to); err == nil && now != at {
				err = refuse(WhyNotYours)
			}
			if err != nil {
				release(a)
			}
		}
		if err != nil {
			done(unreached(err))
			return
		}
		o := &onward{h: h, from: at, ask: to, tried: []string{agent}}
		h.onward, h.asked = o, time.Now()
		if at.held.IsZero() {
			at.startHold(linesFor(c.lang).passes)
		}
		at.acted(event.AgentActed{Act: event.AgentTransfer, To: to.To(), Warm: to.Warm, Text: to.Why, Brief: to.Brief})
		o.ring(a)
		done(nil)
	}
	if to.Number != "" {
		reached(agents.Assignment{Agent: to.Number, Addr: to.Addr}, nil)
		return
	}
	c.reserve(h, to, []string{agent}, reached)
}

// mayTransfer is where agent speaks with the caller, when they may pass them on to to.
func (c *conductor) mayTransfer(agent string, to Onward) (*attempt, error) {
	at, err := c.ofAgent(agent)
	switch {
	case err != nil:
		return nil, err
	case at.h.onward != nil:
		return nil, refuse(WhyOnward)
	case to.Agent == agent:
		return nil, refuse(WhySelf)
	case c.s.Dial == nil || c.s.Desk == nil && to.Number == "":
		return nil, refuse(WhyNobody)
	}
	return at, nil
}

// reserve asks for an agent; then runs on the conductor.
func (c *conductor) reserve(h *handoff, to Onward, tried []string, then func(agents.Assignment, error)) {
	req := agents.Request{Conv: c.s.Conv, Agent: to.Agent, Skills: to.Skills, Lang: c.lang, Priority: h.req.Priority, Tried: tried}
	c.spawn(func() {
		a, err := c.s.Desk.Offer(c.ctx, req)
		if !c.post(func() { then(a, err) }) && err == nil {
			release(a)
		}
	})
}

// unreached puts what a router says into words for the agent.
func unreached(err error) error {
	switch {
	case errors.Is(err, agents.ErrNobody):
		return refuse(WhyNobody)
	case errors.Is(err, agents.ErrBusy):
		return refuse(WhyBusy)
	}
	return err
}

func (o *onward) ring(a agents.Assignment) {
	o.tried = append(o.tried, a.Agent)
	brief := ""
	if !o.ask.Warm && o.ask.asked == nil {
		brief = o.briefing()
	}
	o.to = o.h.ring(a, o, brief)
}

// briefing is what a colleague is told who has spoken with nobody.
func (o *onward) briefing() string {
	brief := strings.TrimSpace(o.h.req.Briefing)
	if o.ask.Brief != nil {
		brief = strings.TrimSpace(*o.ask.Brief)
	}
	if o.from != nil {
		brief = strings.TrimSpace(fmt.Sprintf(linesFor(o.h.c.lang).passedBy, o.from.called()) + " " + o.ask.Why + " " + brief)
	}
	return brief
}

// unconsulted makes a transfer whose colleague still rings one without a consultation.
func (o *onward) unconsulted() {
	o.ask.Warm = false
	if at := o.to; at != nil {
		at.renderBrief(o.briefing())
	}
}

// called is how people hear the agent.
func (at *attempt) called() string {
	if at.agent.Title != "" {
		return at.agent.Title
	}
	return at.agent.Agent
}

// next goes on after somebody who did not take the caller: another one with the skills, or none.
func (o *onward) next() {
	if o.ended {
		return
	}
	o.last, o.to = o.h.last, nil
	o.talking = false
	if len(o.ask.Skills) == 0 {
		o.fail(o.last)
		return
	}
	o.h.c.reserve(o.h, o.ask, o.tried, func(a agents.Assignment, err error) {
		switch {
		case o.ended:
			if err == nil {
				release(a)
			}
		case err != nil:
			o.fail(o.last)
		default:
			o.ring(a)
		}
	})
}

// fail gives the caller back to the agent who had them, or to the bot.
func (o *onward) fail(why agents.Outcome) {
	if o.ended {
		return
	}
	h, from := o.h, o.from
	o.drop(why)
	if from != nil && o.ask.asked != nil {
		from.kept(why)
	}
	switch {
	case from == nil:
		h.end(why)
	case from.theyHold.Load(): // until they take the caller back at their telephone
	default:
		from.resume()
	}
}

// drop ends the transfer without anything in its place: the caller stays on hold.
func (o *onward) drop(why agents.Outcome) {
	if o.ended {
		return
	}
	o.ended, o.talking, o.h.onward = true, false, nil
	by := o.tried[0]
	o.h.c.s.Metrics.count(acts, event.AgentNotMoved)
	o.h.c.write(event.AgentActed{Agent: by, Act: event.AgentNotMoved, To: o.ask.To(), Why: string(why)})
	if o.to != nil {
		o.to.end(why, 0)
	}
	o.tell(statusOf(why, o.status))
}

// consult lets both agents hear each other; false when nobody is to be asked first.
func (o *onward) consult() bool {
	if !o.ask.Warm || o.from == nil {
		return false
	}
	o.talking = true
	o.to.ears.sense.attend(true, true) // what they say to each other is written down nowhere
	o.to.hearColleague()
	o.from.acted(event.AgentActed{Act: event.AgentConsult, To: o.to.agent.Agent})
	return true
}

// hearColleague lets the agent hear who consults them, or whom they consult.
func (at *attempt) hearColleague() {
	var ctx context.Context
	at.toAgent, ctx = stream(at.ctx)
	at.stream(ctx, at.mouth, at.toAgent)
}

// consulted takes sound of an agent whom the caller does not hear now: it goes to a colleague or to
// nobody. False when it is for the caller.
func (at *attempt) consulted(f media.Frame) bool {
	o := at.h.onward
	switch {
	case o != nil && o.talking && at == o.from:
		at.pass(o.to.toAgent, f)
	case o != nil && o.talking && at == o.to:
		at.pass(o.from.toAgent, f)
	case at.held.IsZero():
		return false
	}
	return true
}

// complete joins the caller with the colleague who was consulted.
func (o *onward) complete() {
	to := o.to
	o.talking = false
	to.mouth.stop()
	if !to.joinAtOnce() {
		to.briefOver()
	}
}

// over is told that the next one has the caller: who had them is let go.
func (o *onward) over() {
	h, to, from := o.h, o.to, o.from
	o.tell(taken) // before we hang up on them
	o.ended, o.talking, h.onward, to.on = true, false, nil, nil
	h.c.s.Metrics.count(acts, event.AgentTransferred)
	h.c.write(event.AgentActed{Agent: o.tried[0], Act: event.AgentTransferred, To: to.agent.Agent})
	if from != nil {
		from.count()
		from.end(agents.Completed, 0)
	}
	h.at = to
}

// leavesOnward is told that an agent who passes the caller on has hung up: the transfer goes on without
// them, and a colleague whom they spoke with has the caller. False when they pass nobody on.
func (at *attempt) leavesOnward() bool {
	h := at.h
	o := h.onward
	if o == nil || o.from != at {
		return false
	}
	at.count()
	talked := o.talking
	if !talked && o.ask.Warm {
		o.unconsulted()
	}
	o.from = nil
	at.end(agents.Completed, 0)
	h.at = nil
	if talked {
		o.complete()
		return true
	}
	wait := h.req.MaxWait
	if wait <= 0 {
		wait = h.c.cfg.MaxWait
	}
	h.c.alarms.in(wait, "max wait", func() { o.fail(agents.Timeout) })
	return true
}
