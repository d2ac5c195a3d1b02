package call

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/leg"
	"decroche/media/mix"
)

// Role is what a supervisor is on a call for.
type Role string

// Roles of a supervisor. Who hears whom in each is one table, in package media/mix.
const (
	Listener  Role = event.ActListen  // nobody hears them
	Whisperer Role = event.ActWhisper // the agent hears them, the caller does not
	Joiner    Role = event.ActJoin    // everybody does
)

// mixed are the roles as the room knows them.
var mixed = map[Role]mix.Role{Listener: mix.Listener, Whisperer: mix.Whisperer, Joiner: mix.Joiner}

// Supervision is one supervisor on a call. Its methods may be called from any goroutine.
type Supervision struct {
	ID  string // on this call: "s1"; constant once Listen has returned
	Who string // constant

	// constant after listen
	k     *Control
	leg   leg.Leg
	asked time.Time // when they asked to listen
	since time.Time
	party *mix.Party
	ear   *earpiece
	gone  chan struct{} // closed when their leg has ended
	ended chan struct{} // closed when they are no longer on the call

	// owned by the conductor
	role   Role
	out    *clip
	silent chan struct{} // closed when nothing is sent to them any more
	at     *attempt      // the caller is theirs; nil otherwise
	left   bool

	once sync.Once // of closing gone
}

// Ended is closed when they are no longer on the call: they left or hung up, or it ended.
func (v *Supervision) Ended() <-chan struct{} { return v.ended }

// SetRole changes who hears them. Whisperer and Joiner need an agent who speaks with the caller; when
// that agent leaves, they become a Listener again.
func (v *Supervision) SetRole(ctx context.Context, r Role) error {
	return v.k.now(ctx, func(c *conductor) error { return c.setRole(v, r) })
}

// Leave ends it: their leg is hung up, and the call goes on. Who has taken the caller over leaves
// them to the flow, as an agent does.
func (v *Supervision) Leave(ctx context.Context) error {
	return v.k.now(ctx, func(c *conductor) error {
		if v.left {
			return refuse(WhyLeft)
		}
		c.leave(v, "")
		return nil
	})
}

// TakeOver puts the caller through to them. The bot finishes its word and tells the caller who comes,
// title in their language ("Paule"), while both hear each other already: half a second at most. What
// was being rung or talked to before is let go. The first who asks gets the caller; others are told
// by *TakenError. From then on they are like an agent, in the record as well.
func (v *Supervision) TakeOver(ctx context.Context, title string) error {
	return v.k.now(ctx, func(c *conductor) error { return c.takeOver(v, title) })
}

// earpiece gives what comes from a supervisor's leg to whoever takes it now: the room, or the ears of
// the call while the caller is theirs.
type earpiece struct {
	mu   sync.Mutex
	to   leg.Sink
	gone bool
}

// Hear implements leg.Sink.
func (e *earpiece) Hear(h leg.Heard) { e.now().Hear(h) }

// Gone implements leg.Sink.
func (e *earpiece) Gone() {
	e.mu.Lock()
	e.gone = true
	to := e.to
	e.mu.Unlock()
	to.Gone()
}

func (e *earpiece) now() leg.Sink {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.to
}

// over reports whether the leg has ended.
func (e *earpiece) over() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.gone
}

// turn gives what comes from now on to to.
func (e *earpiece) turn(to leg.Sink) {
	e.mu.Lock()
	e.to = to
	gone := e.gone
	e.mu.Unlock()
	if gone {
		to.Gone()
	}
}

// intoRoom is the sink of a supervisor who does not have the caller.
type intoRoom struct{ v *Supervision }

func (s intoRoom) Hear(h leg.Heard) {
	if len(h.Frame.PCM) > 0 {
		s.v.party.Feed(h.Frame.PCM)
	}
}

func (s intoRoom) Gone() { s.v.once.Do(func() { close(s.v.gone) }) }

// listen begins the supervision of v.
func (c *conductor) listen(v *Supervision) error {
	if c.answer.IsZero() {
		return refuse(WhyNotAnswered)
	}
	info := v.leg.Info()
	if c.room == nil {
		if err := c.openRoom(info.Rate); err != nil {
			return err
		}
	}
	var err error
	if v.party, err = c.room.mix.Join(mix.Listener, info.Rate); err != nil {
		c.closeRoom()
		return refuse(WhyFull)
	}
	c.supervised++
	v.ID, v.since = fmt.Sprintf("s%d", c.supervised), time.Now()
	c.supervisors = append(c.supervisors, v)
	sink := intoRoom{v}
	v.ear = &earpiece{to: sink}
	c.feed(c.ctx, v.leg, v.ear, func(error) { v.ear.Gone() })
	c.playTo(v)
	c.spawn(func() {
		select {
		case <-v.gone:
			c.post(func() { c.leave(v, "hung up") })
		case <-v.ended:
		case <-c.ctx.Done():
		}
	})
	c.s.Metrics.supervises(1)
	c.note(event.Supervised{Who: v.Who, Act: event.ActListen, ID: v.ID})
	return nil
}

// note writes down an act, and counts it.
func (c *conductor) note(ev event.Supervised) {
	c.s.Metrics.count(acts, ev.Act)
	c.write(ev)
}

// playTo lets v hear the room. Who does not take the sound in time loses it: 60 ms wait for them at
// most, and for nobody else.
func (c *conductor) playTo(v *Supervision) {
	var ctx context.Context
	v.out, ctx = stream(c.ctx)
	c.room.add(hearer{v.party, v.out, v.leg.Info().Rate})
	out, silent := v.out, make(chan struct{})
	v.silent = silent
	first := v.asked
	v.asked = time.Time{}
	c.spawn(func() {
		defer close(silent)
		for {
			f, more, err := out.next(ctx)
			if err == nil && more {
				err = v.leg.Send(ctx, f)
			}
			if err != nil || !more {
				return
			}
			if !first.IsZero() {
				c.s.Metrics.hears(time.Since(first))
				first = time.Time{}
			}
		}
	})
}

// hushTo ends playTo.
func (c *conductor) hushTo(v *Supervision) {
	if c.room != nil {
		c.room.remove(v.out)
	}
	v.out.cancel()
}

// setRole changes v's role because they ask for it.
func (c *conductor) setRole(v *Supervision, r Role) error {
	switch _, known := mixed[r]; {
	case !known:
		return fmt.Errorf("call: supervise: role %q is none; use listen, whisper or join", r)
	case v.left:
		return refuse(WhyLeft)
	case v.at != nil:
		return refuse(WhyHolds)
	case v.role == r:
		return nil
	case r != Listener && (c.handoff == nil || !c.handoff.talking()):
		return refuse(WhyNoAgent)
	}
	c.become(v, r, "")
	c.plumb()
	return nil
}

// become gives v a role, and writes it down.
func (c *conductor) become(v *Supervision, r Role, why string) {
	v.role = r
	_ = v.party.Become(mixed[r])
	c.note(event.Supervised{Who: v.Who, Act: string(r), ID: v.ID, Why: why})
}

// leave ends the supervision of v.
func (c *conductor) leave(v *Supervision, why string) {
	if v.left || v.party == nil {
		return
	}
	v.left = true
	if v.at != nil { // the caller goes back to the flow, and their leg is hung up when it is still
		v.at.left()
	}
	c.supervisors = slices.DeleteFunc(c.supervisors, func(x *Supervision) bool { return x == v })
	c.hushTo(v)
	v.party.Leave()
	c.plumb()
	c.closeRoom()
	close(v.ended)
	c.s.Metrics.supervises(-1)
	c.note(event.Supervised{Who: v.Who, Act: event.ActLeave, ID: v.ID, Why: why})
	if v.at != nil {
		return
	}
	silent := v.silent
	c.spawn(func() {
		<-silent
		hangUp(c.ctx, v.leg)
	})
}

// leaveAll ends all supervisions with the call.
func (c *conductor) leaveAll() {
	for len(c.supervisors) > 0 {
		v := c.supervisors[0]
		v.at = nil // their attempt was closed with the hand-off
		c.leave(v, "the call is over")
	}
}

// supervisionState is State.
func (c *conductor) supervisionState() State {
	st := State{With: event.WithBot, Muted: c.hushed && c.room != nil, Supervisors: []Present{}, Impossible: map[string]string{}}
	if c.answer.IsZero() {
		st.With = event.NotAnswered
	}
	for _, v := range c.supervisors {
		st.Supervisors = append(st.Supervisors, Present{v.ID, v.Who, v.role, v.at != nil, v.since})
	}
	bot, agent := "", WhyNoAgent
	if h := c.handoff; h != nil {
		st.With, bot = event.WithNobody, WhyWithAgent
		if h.bridged() {
			st.With, st.Agent = event.WithAgent, h.at.agent.Agent
			if agent = ""; !h.talking() {
				agent = WhyHeld
			}
		}
		if v := c.holder; v != nil {
			st.With, st.TakenBy = "supervisor", v.Who
		}
	}
	if c.out.Next == flows.End || c.dismissed != nil {
		bot = WhyEnding
	}
	for act, why := range map[string]string{event.ActHint: bot, event.ActVerbatim: bot, event.ActWhisper: agent, event.ActJoin: agent, event.ActHandBack: agent} {
		if why != "" {
			st.Impossible[act] = why
		}
	}
	if _, ok := c.s.Leg.(leg.Overhearer); !ok {
		st.Impossible[event.ActListen] = WhyCannotHear
	}
	if c.holder != nil {
		st.Impossible[event.ActTakeOver] = "taken_over"
	}
	if c.dismissed != nil {
		st.Impossible[event.ActEnd] = WhyEnding
	}
	return st
}
