package chat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// Resume goes on with conversations that an earlier process left with an action out or messages
// waiting, and counts the open ones. Called once at start; it does not wait for the actions.
// Conversations of a terminal are left to the terminal, which may still be alive.
func (h *Host) Resume(ctx context.Context) (int, error) {
	if err := h.count(ctx); err != nil {
		return 0, err
	}
	list, err := h.d.Memory.UnfinishedChats(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, conv := range list {
		c, err := h.d.Memory.Chat(ctx, conv)
		if err != nil || c.Source == FromTerminal {
			continue
		}
		if err := h.Continue(ctx, conv); err != nil {
			h.d.Log.Warn("a typed conversation cannot be gone on with", "conv", conv, "err", err)
			continue
		}
		n++
	}
	return n, nil
}

// EndIdle ends conversations that came from a source and in which nothing was said since then. It is for
// who comes back after a restart: it looks at every conversation that was left, most of them of others.
func (h *Host) EndIdle(ctx context.Context, source string, then time.Time) (n int, err error) {
	list, err := h.d.Memory.IdleChats(ctx, then, mostIdle)
	if err != nil {
		return 0, err
	}
	for _, conv := range list {
		c, err := h.d.Memory.Chat(ctx, conv)
		if err != nil || c.Source != source || !c.Ended.IsZero() {
			continue
		}
		if err := h.end(ctx, conv, "gateway", "nothing was said for a while"); err != nil && !errors.Is(err, ErrNotFound) {
			return n, err
		}
		n++
	}
	return n, ctx.Err()
}

// mostIdle is how many conversations EndIdle looks at.
const mostIdle = 100_000

// FromTerminal is Opening.From of `decroche chat`.
const FromTerminal = "terminal"

// Continue begins what a conversation has to do by itself: the action that was out when its
// process died, the messages that waited, the agent who was fetched or had it.
func (h *Host) Continue(ctx context.Context, conv string) error {
	return h.with(ctx, conv, func(ctx context.Context, r *room, x *exchange) error {
		x, err := h.drain(ctx, r, x)
		if err == nil {
			h.act(r, x)
		}
		if err == nil && x.w.Hand != nil && x.elsewhere { // who watches here must see it
			x.arrived("it was with an agent, or one was being fetched")
			return h.finish(ctx, r, x)
		}
		return err
	})
}

// State is where a conversation stands, for a call that goes on with it: whose bot, in which
// language, and the mind's memory with every slot. ErrNotFound when it is no longer kept.
func (h *Host) State(ctx context.Context, conv string) (bot, lang string, st flows.State, err error) {
	c, err := h.d.Memory.Chat(ctx, conv)
	if err != nil {
		return "", "", st, notFound(err)
	}
	return c.Bot, c.Lang, flows.State{Raw: c.State}, nil
}

// MovedTo says in a conversation's record that a call goes on with it, and ends it when it is
// open: two must not go on from one state. why is "called back" or "went on by voice".
func (h *Host) MovedTo(ctx context.Context, conv, call, why string) error {
	return h.with(ctx, conv, func(ctx context.Context, r *room, x *exchange) error {
		x.write(event.Moved{Channel: string(flows.Voice), Why: why, Note: "goes on in conversation " + call})
		if x.c.Ended.IsZero() {
			x.over(event.Ended{Outcome: "callback", By: "gateway", Cause: "goes on by voice"})
		}
		return h.finish(ctx, r, x)
	})
}

// sweepBatch is how many conversations one look at the store ends.
const sweepBatch = 200

// Sweep ends conversations in which nothing was written for resume_for, and forgets what is not
// their record; it counts the open ones. It returns how many it forgot.
func (h *Host) Sweep(ctx context.Context) (n int, err error) {
	for {
		list, err := h.d.Memory.IdleChats(ctx, h.now().Add(-h.cfg.ResumeFor), sweepBatch)
		if err != nil {
			return n, err
		}
		for _, conv := range list {
			err := h.end(ctx, conv, "gateway", fmt.Sprintf("nothing was written for %v", h.cfg.ResumeFor))
			if err != nil && !errors.Is(err, ErrNotFound) && !errors.Is(err, ErrNoBot) {
				return n, err
			}
			if err := h.d.Memory.ForgetChat(ctx, conv); err != nil {
				return n, err
			}
			n++
		}
		if len(list) < sweepBatch {
			return n, h.count(ctx)
		}
	}
}

func (h *Host) count(ctx context.Context) error {
	n, err := h.d.Memory.CountChats(ctx, h.now().Add(-h.cfg.IdleAfter))
	if err == nil {
		h.open.Store(int64(n))
		h.d.Metrics.setOpen(int64(n))
	}
	return err
}

// sweepEvery is how often Run looks for conversations to end.
const sweepEvery = time.Minute

// Run sweeps until ctx ends.
func (h *Host) Run(ctx context.Context) {
	every := time.NewTicker(sweepEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		if _, err := h.Sweep(ctx); err != nil && ctx.Err() == nil {
			h.d.Log.Error("typed conversations could not be swept; trying again later", "err", err)
		}
	}
}

// Close refuses new messages and waits for the actions that run, until ctx ends: then it cuts
// them, and the next process asks for them again. Nothing of the Host runs afterwards.
func (h *Host) Close(ctx context.Context) {
	h.closed.Store(true)
	h.letGo() // who has an agent keeps them: the next process goes on with both
	h.helpers.Wait()
	done := make(chan struct{})
	go func() { h.acts.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	}
	h.stop()
	<-done
}
