package chat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strings"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/store"
)

// AskCallback takes down that somebody who filled in a form wants to be rung at o.Phone. It is a
// conversation of its own in the record, in which nothing was asked: it has ended at once.
func (h *Host) AskCallback(ctx context.Context, o Opening, reason, window string) error {
	if err := o.check(); err != nil {
		return err
	}
	bot, ok := h.d.Bots(o.Bot)
	if !ok {
		return ErrNoBot
	}
	if h.closed.Load() {
		return ErrClosed
	}
	if !h.enter() {
		h.d.Metrics.Refused("full")
		return ErrFull
	}
	hash := sha256.Sum256([]byte(newToken()))
	now := h.now()
	x := &exchange{h: h, bot: bot, now: now, c: store.Chat{Conv: strings.ToLower(rand.Text()), Bot: bot.Name, Lang: o.Lang, Phone: o.Phone, Source: o.From, Token: hash[:], Created: now}}
	r := h.rooms.enter(x.c.Conv)
	defer h.rooms.leave(x.c.Conv, r)
	if err := h.rooms.lock(ctx, r, 0); err != nil {
		h.leave()
		return err
	}
	defer h.rooms.unlock(r)
	ctx, cancel := lasting(ctx)
	defer cancel()
	x.write(event.Started{Channel: string(flows.Text), From: o.From, Bot: bot.Name, Version: bot.Version, Lang: o.Lang})
	x.callBack(flows.Callback{Phone: o.Phone, Reason: Clean(reason), Window: Clean(window)})
	x.over(event.Ended{Outcome: "callback", By: "caller", Cause: "asked by a form"})
	if err := h.finish(ctx, r, x); err != nil {
		h.leave()
		return err
	}
	h.d.Metrics.count(opened)
	return nil
}

// Rate keeps how somebody liked a conversation, which may have ended. The last rating counts.
func (h *Host) Rate(ctx context.Context, conv string, rated event.Rated) error {
	return h.alone(ctx, conv, false, func(ctx context.Context, r *room, x *exchange) error {
		x.write(rated)
		return h.finish(ctx, r, x)
	})
}
