package call

import (
	"context"
	"errors"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/leg"
)

// The caller's own telephone system may move its end of the call: it asks us, by REFER, to call somebody and
// to have them in the caller's place. The leg stays and gets their far end (leg.Adopter); the conversation goes on
// where it was, with the bot or with an agent. Until they answer the caller counts as away.

// agreeWithin bounds how long the new far end may take to agree where its sound goes.
const agreeWithin = 10 * time.Second

// watchCallersRefer takes what the caller's telephone system asks for.
func (c *conductor) watchCallersRefer() {
	r, asks := c.s.Leg.(leg.Referee)
	l, can := c.s.Leg.(leg.Adopter)
	if !asks || !can || c.s.Dial == nil {
		return
	}
	l.Stay()
	r.OnRefer(func(a leg.Ask) {
		if a.Refused {
			return
		}
		c.spawn(func() {
			if !c.post(func() { c.callerAsks(a, l) }) {
				a.Tell(declined)
			}
		})
	})
}

// callerAsks rings whom the caller's end is to be given to.
func (c *conductor) callerAsks(a leg.Ask, l leg.Adopter) {
	byExchange := c.handoff != nil && c.handoff.at != nil && c.handoff.at.referral != nil // it puts them through already
	if c.over || c.moving || byExchange || c.dismissed != nil || c.screened != nil {
		a.Tell(declined)
		return
	}
	c.moving = true
	c.callerWaits()
	rang := false // owned by the goroutine that dials: Dial returns after the last Progress
	to := a.Invite
	to.From, to.RingFor = c.s.Bot.Title, c.cfg.RingFor
	to.Progress = func(status int) {
		if status >= ringing && !rang {
			rang = true
			a.Tell(ringing)
		}
	}
	c.spawn(func() {
		other, err := c.s.Dial.Dial(c.ctx, to)
		if err != nil {
			c.post(func() { c.notMoved(a, err, rang) })
			return
		}
		ctx, cancel := context.WithTimeout(c.ctx, agreeWithin)
		defer cancel()
		err = l.Adopt(ctx, other)
		c.post(func() { c.movedOn(err) })
	})
}

// callerWaits holds the conversation, or lets it go on, as c.moving says.
func (c *conductor) callerWaits() {
	c.callerAway(c.moving)
	c.heldByCaller()
	c.ears.abandon()
	c.turn.forget()
}

// notMoved is told that nobody took the caller's place. Who asked is there still, or has hung up, which is
// then told by the leg.
func (c *conductor) notMoved(a leg.Ask, err error, rang bool) {
	o, status := agents.Error, 0
	if no, ok := errors.AsType[*leg.Refused](err); ok {
		o, status = agents.OutcomeOf(no.Status, rang), no.Status
	}
	c.log.Info("the caller's telephone system could not move its end", "outcome", o, "status", status)
	a.Tell(statusOf(o, status))
	c.moving = false
	c.callerWaits()
}

// movedOn is told that somebody is in the caller's place, or that nobody is.
func (c *conductor) movedOn(err error) {
	c.moving = false
	if err != nil {
		c.log.Warn("who was called in the caller's place could not be given the call", "error", err)
		c.callerGone(leg.ErrHungUp)
		return
	}
	c.callerWaits()
}
