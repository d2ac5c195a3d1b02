package call

import (
	"errors"
	"time"

	"decroche/gateway/agents"
)

// The rungs of a hand-off: the skills it asks for, and whom the flow names after them. Each rung is asked
// at once whether somebody is free; when all were asked and on one everybody is in a call, the caller
// waits there, on the first such rung. What comes after people is the flow's: a callback, a message.

// onRung says who is asked now, and for how long.
func (h *handoff) onRung(req *agents.Request) {
	req.Skills, req.Queue = h.req.Skills, h.req.Queue
	if h.rung > 0 {
		r := h.req.Then[h.rung-1]
		req.Skills, req.Queue, req.Owner = r.Skills, r.Queue, ""
	}
	if h.waits || len(h.req.Then) == 0 {
		req.Wait = max(0, time.Until(h.until))
	}
}

// nextRung goes one rung on after err, or to the one where the caller waits; false when there is none.
func (h *handoff) nextRung(err error) bool {
	if h.waits || len(h.req.Then) == 0 || !h.noneFree(err) {
		return false
	}
	if h.busy == 0 && errors.Is(err, agents.ErrBusy) {
		h.busy = h.rung + 1
	}
	if h.rung < len(h.req.Then) {
		h.rung++
		return true
	}
	h.waits = true
	if h.busy == 0 {
		return false
	}
	h.rung = h.busy - 1
	return true
}

// noneFree reports whether err is how a rung says that nobody is to be had on it now.
func (h *handoff) noneFree(err error) bool {
	_, left := errors.AsType[*agents.Left](err)
	return left || errors.Is(err, agents.ErrBusy) || errors.Is(err, agents.ErrNobody)
}
