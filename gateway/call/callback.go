package call

import (
	"context"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// takeCallback stores a request to be rung back. It is stored even when the call ends meanwhile.
func (c *conductor) takeCallback(cb flows.Callback) {
	if cb.Phone == "" {
		cb.Phone = caller(c.s.Leg.Info())
	}
	c.calledBack = true
	c.write(event.CallbackTaken{Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window, Message: cb.Message})
	if c.s.Callbacks == nil {
		return
	}
	req := event.Callback{Conv: c.s.Conv, At: c.now().UTC(), Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window, Lang: c.lang, Slots: slots(cb.With(c.out.Slots))}
	if !c.s.Bot.Sensitive { // a state holds what slots do
		req.State = c.state.Raw
	}
	c.spawn(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 5*time.Second)
		defer cancel()
		if _, err := c.s.Callbacks.AddCallback(ctx, req); err != nil {
			c.s.Metrics.count(failures, "callback")
			c.log.Error("a callback request could not be stored; it is only in the events", "error", err)
			c.post(func() { c.trouble("callback", err, "kept in the events only") })
		}
	})
}
