package call

import (
	"context"
	"errors"
	"time"

	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/gateway/leg"
)

// Names of alarms: the team takes over a caller whose agent does not come back; the agent is
// dialled again meanwhile.
const (
	takeOver  = "take over"
	callAgain = "call again"
)

// callAgainEvery is how often an agent whose line was lost is dialled while the caller is held.
const callAgainEvery = time.Second

// watchDesk listens to what the desk of the agent tells while they talk.
func (at *attempt) watchDesk() {
	line := at.agent.Line
	if line == nil {
		return
	}
	c := at.h.c
	c.spawn(func() {
		for {
			select {
			case hold := <-line:
				c.post(func() { at.deskTold(hold) })
			case <-at.ctx.Done():
				return
			}
		}
	})
}

// deskTold takes what the desk of the agent told: it is gone, or back.
func (at *attempt) deskTold(hold time.Duration) {
	switch {
	case at.closed || at.stage != joined:
	case hold > 0:
		at.lose("desk", hold)
	case !at.lost.IsZero():
		at.join = time.Now()
		at.isBack()
		at.speakOn()
	}
}

// lineLost is told that the agent's line has ended; false when they hung up. Otherwise the caller is
// held, and the same agent is dialled again.
func (at *attempt) lineLost() bool {
	var hold time.Duration
	if at.agent.Keep != nil {
		hold = at.agent.Keep()
	}
	if hold <= 0 && at.lost.IsZero() {
		return false
	}
	if hold <= 0 {
		at.giveUpOn()
		return true
	}
	at.lose("line", hold)
	n := &attempt{h: at.h, agent: at.agent, began: time.Now(), again: true, lost: at.lost, hold: at.hold}
	n.ctx, n.cancel = context.WithCancelCause(at.h.c.ctx)
	at.leave()
	c := at.h.c
	at.h.at = n
	c.alarms.in(max(0, n.hold-time.Since(n.lost)), takeOver, n.giveUpOn)
	at.h.tries++
	c.write(event.TransferRinging{Agent: n.agent.Agent, Addr: n.agent.Addr, Try: at.h.tries})
	n.dialAgain()
	return true
}

// lose holds the caller for an agent who is gone.
func (at *attempt) lose(why string, hold time.Duration) {
	if !at.lost.IsZero() {
		return
	}
	at.hold = hold
	at.part(why, linesFor(at.h.c.lang).returns)
	at.h.c.alarms.in(hold, takeOver, at.giveUpOn)
}

// part takes the caller from an agent who is gone, and tells them what they wait for.
func (at *attempt) part(why, line string) {
	h, c := at.h, at.h.c
	if h.onward != nil {
		h.onward.drop(agents.Cancelled)
	}
	at.endHold("lost")
	at.count()
	at.lost = time.Now()
	at.muted = false // whichever page or telephone they come back with, its microphone is open
	c.write(event.AgentLost{Agent: at.agent.Agent, Why: why})
	at.leaveRoom()
	at.ears.abandon()
	c.ears.abandon()
	c.turn.forget()
	h.holdFor(line)
}

// broke is told that the agent's line has ended; false when they hung up. A telephone's line that broke,
// as by ten seconds without a packet (Config.LineLost), brings nobody back: the caller hears that it was cut, and the team has them.
func (at *attempt) broke() bool {
	l, ok := at.leg.(leg.Mourner)
	if !ok {
		return false
	}
	switch err := l.Why(); {
	case err == nil, errors.Is(err, leg.ErrHungUp), errors.Is(err, leg.ErrDrained), errors.Is(err, context.Canceled):
		return false
	}
	at.part("line", linesFor(at.h.c.lang).cutOff)
	at.giveUpOn()
	return true
}

// leave closes an attempt whose agent keeps the caller: their old line is hung up, they stay reserved.
func (at *attempt) leave() {
	at.closed = true
	c := at.h.c
	at.cancel(&agents.Withdrawn{Outcome: agents.AgentLeft})
	at.ears.abandon()
	l, silent := at.leg, at.silent
	c.spawn(func() {
		<-silent
		hangUp(c.ctx, l)
	})
}

// dialAgain dials the agent for as long as the caller is held.
func (at *attempt) dialAgain() {
	c := at.h.c
	left := at.hold - time.Since(at.lost)
	if at.closed || left <= 0 {
		return
	}
	c.spawn(func() {
		inv := c.invite(at)
		inv.RingFor = left
		l, err := c.s.Dial.Dial(at.ctx, inv)
		if !c.post(func() { at.dialled(l, err) }) && err == nil {
			hangUp(c.ctx, l)
		}
	})
}

// notBack is told that dialling them again failed.
func (at *attempt) notBack(o agents.Outcome, status int) {
	if o == agents.Refused || time.Since(at.lost)+callAgainEvery >= at.hold {
		at.record(o, status)
		at.giveUpOn()
		return
	}
	at.h.c.alarms.in(callAgainEvery, callAgain, at.dialAgain)
}

// isBack notes that both hear each other again.
func (at *attempt) isBack() {
	c := at.h.c
	c.alarms.clear(takeOver, callAgain)
	c.write(event.AgentBack{Agent: at.agent.Agent, AfterMS: time.Since(at.lost).Milliseconds()})
	at.lost = time.Time{}
	c.ears.abandon()
	c.turn.forget()
}

// speakOn joins both again over the line that was never gone.
func (at *attempt) speakOn() {
	var ctx context.Context
	at.toCaller, ctx = stream(at.ctx)
	at.stream(ctx, at.h.c.mouth, at.toCaller)
	at.enterRoom()
}

// giveUpOn lets the team take over a caller whose agent did not come back; when nobody does, the bot.
func (at *attempt) giveUpOn() {
	h := at.h
	if at.closed || h.over || h.at != at {
		return
	}
	at.end(agents.AgentLeft, 0)
	h.last = agents.AgentLeft
	h.req.Priority = agents.MaxPriority // it was their turn
	h.waitsFor(agents.AgentLeft)
	h.offer()
}

// holdFor says one sentence and then what is heard while somebody is fetched, until something else
// is played.
func (h *handoff) holdFor(first string) {
	lines := linesFor(h.c.lang).holding
	h.playHold(func(i int) string {
		switch {
		case i == 0:
			return first
		case i%2 == 1:
			return ""
		}
		return lines[min(i/2, len(lines)-1)]
	})
}
