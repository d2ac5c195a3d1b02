package gateway

import (
	"context"
	"strings"
	"sync"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// ReasonCutOff is the reason of a callback that nobody asked for: the gateway died while the caller waited for a
// person. It is for people to judge, and rung by nobody by itself.
const ReasonCutOff = "cut_off"

// cutOff finds out, while the record of a dead process is closed, who waited for a person then.
type cutOff struct {
	mu    sync.Mutex
	over  bool                      // all is closed: what ends from now on is no concern of ours
	found map[string]store.Callback // by conversation: a batch that failed is told again
}

// note looks at one event that is written. It runs within the store and does not call it.
func (c *cutOff) note(sum store.Summary, e event.Event) {
	v, ok := e.Body.(event.TransferEnded)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over || !ok || v.Outcome != "unknown" || v.TalkedMS > 0 || sum.Channel != "voice" {
		return
	}
	phone := callersNumber(sum.From)
	if phone == "" {
		return
	}
	if c.found == nil {
		c.found = map[string]store.Callback{}
	}
	c.found[e.Conv] = store.Callback{Conv: e.Conv, At: e.At, Phone: phone, Reason: ReasonCutOff, Lang: sum.Lang, Slots: sum.Slots, State: store.OutboundGivenUp}
}

// keep writes them into the list of callbacks and returns how many there are.
func (c *cutOff) keep(ctx context.Context, st store.Store) (int, error) {
	c.mu.Lock()
	c.over = true
	found := c.found
	c.mu.Unlock()
	for _, cb := range found {
		cb.At = time.Now()
		if _, err := st.AddCallback(ctx, cb); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}

// callersNumber is the number in a caller's address; "" when it has none.
func callersNumber(from string) string {
	n := store.Caller(from)
	if digits := strings.TrimPrefix(n, "+"); len(digits) < 6 || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return n
}
