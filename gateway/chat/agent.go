package chat

import (
	"context"
	"errors"
	"time"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// What an agent does with a conversation that is theirs. Each refuses with ErrNotYours who has it
// not, with ErrEnded when it is over.

// agentID begins what is remembered of a message's ID when an agent sent it; no person's can.
const agentID = "\x7fagent-"

// theirs runs f while agent has the conversation.
func (h *Host) theirs(ctx context.Context, conv, agent string, f func(context.Context, *room, *exchange) error) error {
	return h.with(ctx, conv, func(ctx context.Context, r *room, x *exchange) error {
		switch g := x.w.Hand; {
		case !x.c.Ended.IsZero():
			return ErrEnded
		case g == nil || g.With == nil || g.With.Agent != agent:
			return ErrNotYours
		}
		x.arrived("")
		return f(ctx, r, x)
	})
}

// AgentSays writes what an agent typed. A message whose ID came before is not written again. The
// error is an *InputError, one of this package's, or of the store.
func (h *Host) AgentSays(ctx context.Context, conv, agent string, in Incoming) (m Message, err error) {
	in = Incoming{ID: in.ID, Text: in.Text}
	if err := h.cfg.check(&in); err != nil {
		return m, err
	}
	id := ""
	if in.ID != "" {
		id = agentID + in.ID
	}
	err = h.theirs(ctx, conv, agent, func(ctx context.Context, r *room, x *exchange) error {
		if id != "" {
			seq, seen, err := h.d.Memory.SeenChat(ctx, conv, id)
			if err != nil {
				return err
			}
			if seen {
				m, err = h.written(ctx, conv, seq)
				return err
			}
		}
		x.write(event.Said{Text: in.Text, Confidence: 1, How: "typed", Who: event.Agent, Name: x.w.Hand.With.Title, ID: in.ID})
		x.taken, x.takenSeq = id, x.c.Seq
		m, _ = message(x.evs[len(x.evs)-1])
		h.rooms.types(r, time.Time{})
		return h.finish(ctx, r, x)
	})
	return m, err
}

// written is the message of one number.
func (h *Host) written(ctx context.Context, conv string, seq uint64) (Message, error) {
	for e, err := range h.d.Memory.Events(ctx, conv, seq-1) {
		if err != nil {
			return Message{}, err
		}
		if m, ok := message(e); ok && e.Seq == seq {
			return m, nil
		}
		break
	}
	return Message{}, ErrNotFound
}

// AgentTypes shows the person that the agent presses keys, for a few seconds. Nothing is written.
func (h *Host) AgentTypes(ctx context.Context, conv, agent string) error {
	if h.closed.Load() {
		return ErrClosed
	}
	r := h.rooms.enter(conv)
	defer h.rooms.leave(conv, r)
	x, err := h.load(ctx, conv)
	if err != nil {
		return notFound(err)
	}
	switch g := x.w.Hand; {
	case !x.c.Ended.IsZero():
		return ErrEnded
	case g == nil || g.With == nil || g.With.Agent != agent:
		return ErrNotYours
	}
	h.rooms.types(r, h.now())
	return nil
}

// AgentEnds lets the agent leave: the flow goes on with the person, as after a call with an agent.
func (h *Host) AgentEnds(ctx context.Context, conv, agent string) error {
	return h.theirs(ctx, conv, agent, func(ctx context.Context, r *room, x *exchange) error {
		x.closeHand(agents.Completed)
		x.take(ctx, flows.Input{Kind: flows.Returned, Outcome: string(agents.Completed)})
		return h.finish(ctx, r, x)
	})
}

// AgentGivesBack gives the person back to the bot: at step ("flow/step", or "step" of the running
// flow; "" is the open question), with slots changed. The error is an *InputError where the flow cannot go
// on so; nothing has changed then.
func (h *Host) AgentGivesBack(ctx context.Context, conv, agent, step string, slots map[string]string) error {
	return h.theirs(ctx, conv, agent, func(ctx context.Context, r *room, x *exchange) error {
		in := flows.Input{Kind: flows.Resume, Step: step, Slots: slots, Now: x.now}
		if _, err := x.decide(ctx, in); err != nil { // it decides nothing that lasts
			if no, ok := errors.AsType[*flows.ResumeError](err); ok {
				return refused(422, "%s", no.Detail)
			}
			return err
		}
		x.write(event.Supervised{Who: agent, Act: event.ActHandBack, Why: step})
		x.closeHand(agents.Completed)
		x.own("handed_back", wordsFor(x.c.Lang).handedBack)
		x.take(ctx, in)
		return h.finish(ctx, r, x)
	})
}
