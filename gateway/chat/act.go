package chat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/store"
)

const (
	actDeadline = 5 * time.Second         // of an action that names none
	fillerAfter = 1200 * time.Millisecond // of one that does not say when
	// Between two tries of a store that fails when an action has ended.
	retryFirst, retryMost = 100 * time.Millisecond, 5 * time.Second
)

// act begins the action that is out, unless it runs here already. It needs the room's turn.
func (h *Host) act(r *room, x *exchange) {
	if x.w.Next != flows.DoAct || x.w.Act == nil || !x.c.Ended.IsZero() || h.ctx.Err() != nil || !h.rooms.begin(r) {
		return
	}
	conv, w := x.c.Conv, x.w
	h.rooms.enter(conv)
	h.d.Metrics.act(1)
	h.acts.Go(func() {
		defer h.d.Metrics.act(-1)
		defer h.rooms.leave(conv, r)
		for next := &w; next != nil && h.ctx.Err() == nil; {
			next = h.carry(conv, r, *next)
		}
	})
}

// carry runs one action and takes its end to the flow, then the messages that waited; it returns
// the next action that is out, or nil when none is, and then has marked the room so.
func (h *Host) carry(conv string, r *room, w waiting) *waiting {
	again := w.Run != h.run // its process died
	if again {
		h.d.Metrics.count(resumed)
	}
	began := time.Now()
	done, err := h.perform(conv, r, w.Act)
	if h.ctx.Err() != nil {
		h.rooms.end(r)
		return nil // the next process will ask again
	}
	took := time.Since(began)
	var out *waiting
	for pause := retryFirst; ; pause = min(2*pause, retryMost) {
		werr := h.settle(conv, r, func(ctx context.Context, x *exchange) (bool, error) {
			out = nil
			if x.c.Ended.IsZero() && x.w.Next == flows.DoAct && x.w.Act != nil && x.w.Began.Equal(w.Began) {
				if again {
					x.arrived(fmt.Sprintf("action %q was out and was asked for again", w.Act.Name))
				}
				x.acted(ctx, w.Act, done, err, took)
				_, n, _ := h.d.Memory.NextChat(ctx, conv)
				x.w.More = n > 0
				if err := h.finish(ctx, r, x); err != nil {
					return false, err
				}
				var lerr error
				if x, lerr = h.load(ctx, conv); lerr != nil {
					return false, lerr
				}
			}
			x, derr := h.drain(ctx, r, x)
			if derr != nil {
				return false, derr
			}
			if x.w.Next == flows.DoAct && x.c.Ended.IsZero() {
				next := x.w
				out = &next
			}
			return out == nil, nil
		})
		if werr == nil || errors.Is(werr, store.ErrNotFound) || errors.Is(werr, ErrNoBot) {
			if werr != nil {
				h.rooms.end(r)
			}
			return out
		}
		h.d.Log.Error("the end of an action could not be stored; trying again", "conv", conv, "err", werr)
		select {
		case <-time.After(pause):
		case <-h.ctx.Done():
			h.rooms.end(r)
			return nil
		}
	}
}

// settle runs f with the room's turn. When f says that all is done, the room's action is over
// before the turn is given back, so that nobody can see it between the two.
func (h *Host) settle(conv string, r *room, f func(context.Context, *exchange) (done bool, err error)) error {
	if err := h.rooms.lock(h.ctx, r, 0); err != nil {
		return err
	}
	defer h.rooms.unlock(r)
	ctx, cancel := lasting(context.Background())
	defer cancel()
	x, err := h.load(ctx, conv)
	if err != nil {
		return err
	}
	done, err := f(ctx, x)
	if err == nil && done {
		h.rooms.end(r)
	}
	return err
}

// perform runs one action to its end or its deadline; a line shows that it takes long.
func (h *Host) perform(conv string, r *room, a *flows.Act) (flows.Done, error) {
	d := a.Deadline
	if d <= 0 {
		d = actDeadline
	}
	ctx, cancel := context.WithTimeoutCause(h.ctx, d, fmt.Errorf("action %q took longer than %v", a.Name, d))
	defer cancel()
	type end struct {
		done flows.Done
		err  error
	}
	ended := make(chan end, 1)
	h.acts.Go(func() {
		done, err := flows.Perform(ctx, h.d.Actions[a.Name], a)
		ended <- end{done, err}
	})
	after := a.FillerAfter
	if after <= 0 {
		after = fillerAfter
	}
	late := time.NewTimer(after)
	defer late.Stop()
	for {
		select {
		case e := <-ended:
			return e.done, e.err
		case <-late.C:
			h.filler(conv, r, a)
		case <-ctx.Done():
			select {
			case e := <-ended: // both at once: the result counts
				return e.done, e.err
			default:
			}
			return flows.Done{Outcome: "timeout"}, nil
		}
	}
}

// filler shows that the action takes long. That it cannot be stored harms nobody.
func (h *Host) filler(conv string, r *room, a *flows.Act) {
	err := h.settle(conv, r, func(ctx context.Context, x *exchange) (bool, error) {
		if !x.c.Ended.IsZero() || a.Filler.Text == "" || x.w.Run != h.run {
			return false, nil
		}
		x.show(a.Filler)
		return false, h.finish(ctx, r, x)
	})
	if err != nil && h.ctx.Err() == nil {
		h.d.Log.Warn("a filler could not be stored", "conv", conv, "err", err)
	}
}

// acted tells the flow how its action ended.
func (x *exchange) acted(ctx context.Context, a *flows.Act, done flows.Done, err error, took time.Duration) {
	if err != nil {
		x.write(event.Trouble{Where: "action", What: flows.Mask(err.Error(), a.Secrets), Did: `told the flow "error"`})
		done = flows.Done{Outcome: "error"}
	}
	target, _ := a.Args["name"].(string)
	retries, _ := done.Result["retries"].(int)
	x.write(event.Acted{Name: a.Name, Target: target, Outcome: done.Outcome, TookMS: took.Milliseconds(), Retries: retries})
	x.take(ctx, flows.Input{Kind: flows.Acted, Outcome: done.Outcome, Result: done.Result})
}
