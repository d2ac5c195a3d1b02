package call

import (
	"context"

	"decroche/flows"
)

// asks gives the mind what a caller says while they wait for a person (flows.Aside). The answer is said
// in place of the tone they hear; when somebody answers first it is dropped. Nothing waits for it.
func (h *handoff) asks(in flows.Input) {
	c := h.c
	if h.own { // the flow broke: it is asked nothing more
		return
	}
	h.asides++
	n, st := h.asides, c.state
	in.Now = c.now()
	c.spawn(func() {
		ctx, cancel := context.WithTimeout(c.ctx, c.cfg.ThinkTimeout)
		defer cancel()
		in.Meaning = c.understand(ctx, in.Text, flows.Expect{})
		out, err := c.decide(ctx, st, in)
		c.post(func() { h.answers(n, out, err) })
	})
}

// answers says what the mind answered.
func (h *handoff) answers(n int, out flows.Output, err error) {
	c := h.c
	switch {
	case c.handoff != h || h.over || h.taken || n != h.asides || h.at != nil && h.at.stage >= announced:
		return
	case err != nil:
		c.s.Metrics.count(failures, "mind")
		c.trouble("flow", err, "did not answer what was asked while waiting")
		return
	}
	c.state = out.State
	c.write(stepped(out))
	if len(out.Say) > 0 {
		c.say("line", out.Say, h.hold)
	}
}
