package call

import (
	"context"
	"strings"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/leg"
)

// What an agent who speaks with the caller may do, by Control: hold, mute, press keys, pass the caller on,
// give them back to the bot. Each names the agent, and is refused to anybody else.

// Hold lets the caller hear a tone and now and then a sentence; neither hears the other, and nothing of
// the caller is written down meanwhile.
func (k *Control) Hold(ctx context.Context, agent string) error {
	return k.agent(ctx, agent, func(at *attempt) error {
		if at.h.onward != nil {
			return refuse(WhyOnward)
		}
		if !at.held.IsZero() {
			return refuse(WhyHeld)
		}
		at.startHold(linesFor(at.h.c.lang).held)
		at.acted(event.AgentActed{Act: event.AgentHold})
		return nil
	})
}

// Resume ends Hold.
func (k *Control) Resume(ctx context.Context, agent string) error {
	return k.agent(ctx, agent, func(at *attempt) error {
		if at.h.onward != nil {
			return refuse(WhyOnward)
		}
		if at.held.IsZero() {
			return refuse(WhyNotHeld)
		}
		at.resume()
		return nil
	})
}

// Mute says whether the agent's microphone is off. Nothing that comes from them goes to anybody then,
// whatever their browser or telephone sends. To say the same twice changes nothing.
func (k *Control) Mute(ctx context.Context, agent string, yes bool) error {
	return k.agent(ctx, agent, func(at *attempt) error {
		if at.muted == yes {
			return nil
		}
		at.muted = yes
		act := event.AgentUnmute
		if yes {
			act = event.AgentMute
			at.ears.abandon()
		}
		at.acted(event.AgentActed{Act: act})
		return nil
	})
}

// mostKeys bounds what is sent at once: a card's number and more.
const mostKeys = 32

// Press sends keys (0-9, *, #, A-D) to whom the agent speaks with, the caller or a colleague who is
// consulted, and returns once they have left. They are written down nowhere.
func (k *Control) Press(ctx context.Context, agent, keys string) error {
	return k.do(ctx, func(c *conductor, done func(error)) {
		at, err := c.ofAgent(agent)
		switch {
		case err != nil:
			done(err)
		case keys == "" || len(keys) > mostKeys || strings.Trim(keys, "0123456789*#ABCD") != "":
			done(refuse(WhyBadKeys))
		case at.other() == nil:
			done(refuse(WhyHeld))
		default:
			at.press(keys, done)
		}
	})
}

// agent runs f with the attempt of the agent who speaks with the caller.
func (k *Control) agent(ctx context.Context, agent string, f func(at *attempt) error) error {
	return k.now(ctx, func(c *conductor) error {
		at, err := c.ofAgent(agent)
		if err != nil {
			return err
		}
		return f(at)
	})
}

// ofAgent is where agent speaks with the caller.
func (c *conductor) ofAgent(agent string) (*attempt, error) {
	h := c.handoff
	switch {
	case h == nil || h.at == nil || h.at.v != nil || h.at.stage != joined || h.at.agent.Agent != agent:
		return nil, refuse(WhyNotYours)
	case !h.bridged():
		return nil, refuse(WhyLineLost)
	case c.dismissed != nil:
		return nil, refuse(WhyEnding)
	}
	return h.at, nil
}

// acted writes down what the agent did.
func (at *attempt) acted(ev event.AgentActed) {
	ev.Agent = at.agent.Agent
	at.h.c.s.Metrics.count(acts, ev.Act)
	at.h.c.write(ev)
}

// startHold parts caller and agent; the caller is told first.
func (at *attempt) startHold(first string) {
	c := at.h.c
	at.held = time.Now()
	at.leaveRoom()
	at.ears.abandon()
	at.ears.sense.attend(true, true)
	c.ears.abandon()
	c.turn.forget()
	every := linesFor(c.lang).onHold
	at.h.playHold(func(i int) string {
		switch {
		case i == 0:
			return first
		case i%2 == 1:
			return ""
		}
		return every
	})
}

// endHold notes that the caller does not wait any more; nothing when they did not.
func (at *attempt) endHold(why string) {
	if at.held.IsZero() {
		return
	}
	d := time.Since(at.held)
	at.h.held += d
	at.held = time.Time{}
	at.ears.sense.attend(true, !at.h.c.cfg.TranscribeBridge)
	at.acted(event.AgentActed{Act: event.AgentResume, ForMS: d.Milliseconds(), Why: why})
}

// resume lets both hear each other again.
func (at *attempt) resume() {
	at.endHold("")
	at.h.c.ears.abandon()
	at.h.c.turn.forget()
	at.speakOn()
}

// count adds to the hand-off how long they had the caller.
func (at *attempt) count() {
	at.h.talked += time.Since(at.join)
	if !at.held.IsZero() {
		at.h.held += time.Since(at.held)
	}
}

// far is one end of a conversation that an agent has: its line and its mouth.
type far struct {
	leg    leg.Leg
	mouth  *mouth
	stream func() // lets it hear the agent again
}

// other is whom the agent speaks with; nil when nobody hears them.
func (at *attempt) other() *far {
	h := at.h
	if o := h.onward; o != nil && o.talking && (at == o.from || at == o.to) {
		p := o.to
		if at == o.to {
			p = o.from
		}
		return &far{p.leg, p.mouth, p.hearColleague}
	}
	if h.at != at || !h.talking() {
		return nil
	}
	return &far{h.c.s.Leg, h.c.mouth, func() {
		var ctx context.Context
		at.toCaller, ctx = stream(at.ctx)
		at.stream(ctx, h.c.mouth, at.toCaller)
		h.c.plumb()
	}}
}

// press sends keys to whom they speak with, behind those that are being sent.
func (at *attempt) press(keys string, done func(error)) {
	to := at.other()
	if _, can := to.leg.(leg.Presser); !can {
		done(refuse(WhyNoKeys))
		return
	}
	at.keys += keys
	at.keysTold = append(at.keysTold, done)
	at.acted(event.AgentActed{Act: event.AgentKeys, Keys: len(keys)})
	if !at.pressing {
		at.pressNext()
	}
}

func (at *attempt) pressNext() {
	to := at.other()
	keys, told := at.keys, at.keysTold
	at.keys, at.keysTold = "", nil
	tell := func(err error) {
		for _, f := range told {
			f(err)
		}
	}
	if keys == "" || to == nil {
		tell(refuse(WhyHeld))
		at.pressing = false
		if to != nil {
			to.stream()
		}
		return
	}
	at.pressing = true
	to.mouth.play(at.ctx, &job{what: "keys", keys: keys, next: func(int) *clip { return nil }, ended: func(e jobEnd) {
		switch {
		case e.cut:
			tell(refuse(WhyHeld))
		case e.leg != nil:
			at.h.c.trouble("keys", e.leg, "did not send them")
			tell(refuse(WhyNoKeys))
		default:
			tell(nil)
		}
		if at.closed || e.cut {
			at.pressing = false
			return
		}
		at.pressNext()
	}})
}
