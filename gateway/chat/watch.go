package chat

import (
	"context"
	"time"
)

// Messages returns what was written after the message of number after. When there is nothing and
// the conversation goes on, it waits for something, at most wait; then the page is empty. It also
// returns when the bot begins or ends to be busy and when a person comes, goes or types, so that a watcher can show it: known is the page
// the watcher saw last, nil for none. ctx ends the waiting.
func (h *Host) Messages(ctx context.Context, conv string, after uint64, wait time.Duration, known *Page) (Page, error) {
	r := h.rooms.enter(conv)
	defer h.rooms.leave(conv, r)
	var timer <-chan time.Time
	if wait > 0 {
		h.rooms.reads(r, h.now(), 1)
		defer func() { h.rooms.reads(r, h.now(), -1) }()
		t := time.NewTimer(wait)
		defer t.Stop()
		timer = t.C
	}
	for {
		changed := h.rooms.next(r) // before the look, so that no change falls between
		p, err := h.look(ctx, conv, after)
		if err != nil {
			return p, notFound(err)
		}
		if w := p.With; w != nil && w.State == FromAgent {
			w.typed = h.rooms.typedAt(r)
			w.Typing = h.now().Sub(w.typed) < typingFor
		}
		news := known != nil && (known.Working != p.Working || known.Ended != p.Ended || !p.With.same(known.With))
		if len(p.Messages) > 0 || news || p.Ended && known == nil || timer == nil {
			return p, nil
		}
		select {
		case <-changed:
		case <-timer:
			return p, nil
		case <-ctx.Done():
			return p, context.Cause(ctx)
		}
	}
}

// look reads a conversation as it stands.
func (h *Host) look(ctx context.Context, conv string, after uint64) (Page, error) {
	c, err := h.d.Memory.Chat(ctx, conv)
	if err != nil {
		return Page{}, err
	}
	x := &exchange{h: h, c: c}
	if err := decode(c.Wait, &x.w); err != nil {
		return Page{}, err
	}
	return h.since(ctx, x, after)
}

// since is the page after an event, of a conversation that was read before: what was written
// meanwhile is for the next page.
func (h *Host) since(ctx context.Context, x *exchange, after uint64) (Page, error) {
	p := x.page()
	p.Messages = []Message{}
	if after >= p.Next {
		p.Next = after
		return p, nil
	}
	for e, err := range h.d.Memory.Events(ctx, x.c.Conv, after) {
		if err != nil {
			return p, err
		}
		if e.Seq > p.Next {
			break
		}
		p.take(e)
	}
	return p, nil
}
