package call

import (
	"time"

	"decroche/gateway/event"
	"decroche/gateway/leg"
)

// Why of a hold that a telephone made with its own key, by re-INVITE (RFC 3264 §8.4), in the record.
const byTelephone = "telephone"

// watchHold follows whether an agent's telephone holds the caller. What it plays meanwhile, if anything, is not
// passed on: many play nothing, and the caller hears what everybody on hold here hears.
func (at *attempt) watchHold(l leg.Leg) {
	h, ok := l.(leg.Holdee)
	if !ok {
		return
	}
	h.OnHold(func(held bool) {
		at.theyHold.Store(held)
		at.h.c.spawn(func() { at.h.c.post(at.heldByTelephone) }) // in whatever order: the flag tells
	})
}

func (at *attempt) heldByTelephone() {
	if at.closed || at.stage != joined || !at.lost.IsZero() || at.h.onward != nil {
		return
	}
	switch held := at.theyHold.Load(); {
	case held && at.held.IsZero():
		at.startHold(linesFor(at.h.c.lang).held)
		at.acted(event.AgentActed{Act: event.AgentHold, Why: byTelephone})
	case !held && !at.held.IsZero():
		at.resume()
	}
}

// watchCallersHold follows whether the caller's telephone holds us while they speak with an agent: the agent hears
// that they are not there, not a line that is dead.
func (c *conductor) watchCallersHold() {
	h, ok := c.s.Leg.(leg.Holdee)
	if !ok {
		return
	}
	h.OnHold(func(held bool) {
		c.theyHold.Store(held)
		c.spawn(func() { c.post(c.heldByCaller) })
	})
}

func (c *conductor) heldByCaller() {
	h := c.handoff
	if h == nil || !h.talking() || c.room != nil { // with supervisors in it the room goes on
		return
	}
	at, held := h.at, c.theyHold.Load() || c.moving
	switch {
	case held == at.callerHolds:
		return
	case held:
		at.awaySince = time.Now()
		c.write(event.CallerAway{Agent: at.agent.Agent, Held: true})
		rate := at.leg.Info().Rate
		j := &job{what: "hold", ended: func(jobEnd) {}}
		j.next = func(int) *clip { return c.play(j.ctx, h.between(rate)) }
		at.mouth.play(at.ctx, j)
	default:
		c.write(event.CallerBack{Agent: at.agent.Agent, AfterMS: time.Since(at.awaySince).Milliseconds(), Held: true})
		at.hearColleague() // as any other who speaks with them
	}
	at.callerHolds = held
}
