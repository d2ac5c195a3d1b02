package call

import (
	"context"
	"fmt"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
	"decroche/media/mix"
)

// finishWord is the longest that the bot goes on with what it says when somebody takes the call over.
// It stops earlier where it makes a pause between two words.
const finishWord = 240 * time.Millisecond

// takeOver puts the caller through to v.
func (c *conductor) takeOver(v *Supervision, title string) error {
	switch {
	case v.left:
		return refuse(WhyLeft)
	case c.holder == v:
		return refuse(WhyHolds)
	case c.holder != nil:
		return &TakenError{c.holder.Who}
	case c.dismissed != nil:
		return refuse(WhyEnding)
	}
	c.holder, v.role = v, Listener
	c.dropHints(WhyWithAgent)
	if title == "" {
		title = v.Who
	}
	c.note(event.Supervised{Who: v.Who, Act: event.ActTakeOver, ID: v.ID})
	c.silenceFlow()
	c.out.Next, c.out.Act = flows.HandOff, nil
	h := c.handoff
	if h == nil {
		h = &handoff{c: c, req: flows.Transfer{Reason: "taken_over"}, began: time.Now(), asked: time.Now(), own: true}
		c.handoff = h
		c.s.Metrics.count(reasons, flows.ReasonTakenOver)
		c.write(event.TransferStarted{Reason: flows.ReasonTakenOver})
		c.tellTaken(h)
	} else {
		if h.onward != nil {
			h.onward.drop(agents.Cancelled)
		}
		if at := h.at; at != nil { // who was being rung is let go, and who speaks with the caller
			at.end(agents.Cancelled, 0)
		}
	}
	c.alarms.clear("max wait", "offer again")
	h.taken = true
	h.stopSeeking(agents.Cancelled)
	h.tries++
	at := &attempt{h: h, v: v, agent: agents.Assignment{Agent: v.Who, Title: title, Addr: v.leg.Info().To}, began: time.Now(), stage: announced}
	at.ctx, at.cancel = context.WithCancelCause(c.ctx)
	h.at, v.at = at, at
	c.write(event.TransferRinging{Agent: v.Who, Addr: at.agent.Addr, Try: h.tries})
	line := fmt.Sprintf(linesFor(c.lang).handsOver, title)
	words := c.render(at.ctx, c.words(line, c.lang))
	c.wordEnds(func() {
		if at.closed {
			return
		}
		c.hushTo(v)
		silent := v.silent
		at.open(v.leg, func() { <-silent })
		v.ear.turn(at.ears.sense)
		c.mouth.stop()
		c.room.say(words, func() {
			d, _ := words.known()
			c.write(event.Prompted{Text: line, Heard: line, Step: "call/hands_over", Lang: c.lang, ForMS: d.Milliseconds()})
			c.plumb()
		})
		at.bridge()
	})
	return nil
}

// silenceFlow drops everything by which the bot would speak or act next.
func (c *conductor) silenceFlow() {
	c.forget()
	c.dropGuess()
	c.dropAction()
	if c.ready != nil {
		c.discard(c.ready.guess)
		c.ready = nil
	}
	c.urgent, c.keys, c.keysOver = "", "", false
	c.turn.forget()
	c.ears.abandon()
	c.tellUnjudged()
	c.alarms.clear("watchdog", "silence", "filler", "thinking", "keys", "late", "goodbye")
}

// tellTaken lets the flow know that a person has the caller. Should they leave before it does, or should
// it not take that, the call ends with them.
func (c *conductor) tellTaken(h *handoff) {
	st := c.state
	in := flows.Input{Kind: flows.Taken, Now: c.now()}
	c.spawn(func() {
		ctx, cancel := context.WithTimeout(c.ctx, c.cfg.ThinkTimeout)
		defer cancel()
		out, err := c.decide(ctx, st, in)
		c.post(func() {
			if err != nil {
				c.trouble("flow", err, "the call ends when the supervisor leaves")
				return
			}
			if h.own = false; !h.over {
				c.state, c.out = out.State, out
				c.write(stepped(out))
			}
		})
	})
}

// wordEnds runs then when the bot makes its next pause, or after finishWord, at once when it says
// nothing.
func (c *conductor) wordEnds(then func()) {
	if c.saying == nil || c.room == nil {
		then()
		return
	}
	done := false
	once := func() {
		if !done {
			done = true
			c.alarms.clear("word")
			then()
		}
	}
	c.alarms.in(finishWord, "word", once)
	c.room.pauses(once)
}

// letGo ends the attempt of a supervisor who had the caller: they listen again.
func (at *attempt) letGo() {
	c, v, silent := at.h.c, at.v, at.silent
	c.holder = nil
	if at.ears == nil { // they had not begun: they listen still
		v.at = nil
		return
	}
	c.spawn(func() {
		<-silent
		if !c.post(func() { c.relisten(v) }) {
			hangUp(c.ctx, v.leg)
		}
	})
}

// relisten lets v, who had the caller, listen again; unless they have gone meanwhile.
func (c *conductor) relisten(v *Supervision) {
	v.at = nil
	switch {
	case v.left:
		c.spawn(func() { hangUp(c.ctx, v.leg) })
		return
	case v.ear.over() || c.room == nil:
		c.leave(v, "hung up")
		return
	}
	v.role = Listener
	_ = v.party.Become(mix.Listener)
	v.ear.turn(intoRoom{v})
	c.playTo(v)
	c.note(event.Supervised{Who: v.Who, Act: event.ActListen, ID: v.ID})
}

// handBack gives the caller back to the bot, for a supervisor or, with agent, for the agent who speaks
// with them.
func (c *conductor) handBack(who string, agent bool, did, step string, slots map[string]string, done func(error)) {
	h := c.handoff
	if err := c.mayHandBack(who, agent); err != nil {
		done(err)
		return
	}
	st := c.state
	in := flows.Input{Kind: flows.Resume, Step: step, Slots: slots, Now: c.now()}
	c.spawn(func() {
		ctx, cancel := context.WithTimeout(c.ctx, c.cfg.ThinkTimeout)
		defer cancel()
		out, err := c.decide(ctx, st, in)
		c.post(func() {
			switch {
			case err != nil:
				done(err)
			case c.over:
				done(ErrOver)
			case c.handoff != h || c.mayHandBack(who, agent) != nil:
				done(refuse(WhyNoAgent))
			default:
				c.takeBack(who, agent, did, step, h, out)
				done(nil)
			}
		})
	})
}

func (c *conductor) mayHandBack(who string, agent bool) error {
	if agent {
		_, err := c.ofAgent(who)
		return err
	}
	switch {
	case c.handoff == nil || !c.handoff.bridged():
		return refuse(WhyNoAgent)
	case c.dismissed != nil:
		return refuse(WhyEnding)
	}
	return nil
}

// takeBack lets the bot go on where out says.
func (c *conductor) takeBack(who string, agent bool, did, step string, h *handoff, out flows.Output) {
	line := linesFor(c.lang).handedBack
	if agent {
		if line = fmt.Sprintf(linesFor(c.lang).rendered, h.at.called()); did != "" {
			line = fmt.Sprintf(linesFor(c.lang).backDone, h.at.called(), did)
		}
		h.at.acted(event.AgentActed{Act: event.AgentHandBack, Why: step, Text: did})
	} else {
		c.note(event.Supervised{Who: who, Act: event.ActHandBack, Why: step})
	}
	h.close(agents.Completed)
	c.haveBack()
	c.mouth.stop()
	c.ourTurn()
	out.Say = append([]flows.Prompt{own("handed_back", line, c.lang)}, out.Say...)
	c.taking = nil
	c.take(out)
}

// dismissal is the end of a call that somebody else ended.
type dismissal struct{ who, reason string }

// dismiss ends the call for who, after a courteous line.
func (c *conductor) dismiss(who, reason string) error {
	if c.dismissed != nil {
		return refuse(WhyEnding)
	}
	c.dismissed = &dismissal{who, reason}
	c.note(event.Supervised{Who: who, Act: event.ActEnd, Why: reason})
	if c.answer.IsZero() {
		c.finish("failed", "supervisor", reason)
		return nil
	}
	c.silenceFlow()
	if h := c.handoff; h != nil {
		h.close(agents.Cancelled)
		c.handoff = nil
	}
	c.dropHints(WhyEnding)
	outcome := c.closeBooks()
	if outcome == "" {
		outcome = "abandoned"
	}
	c.out.Next, c.out.Outcome = flows.End, outcome
	c.broken = true // no voice: hang up
	c.say("line", []flows.Prompt{own("dismissed", linesFor(c.lang).dismissed, c.lang)}, nil)
	return nil
}
