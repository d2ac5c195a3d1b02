package webhook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// ErrRefused means that who is told will never take this; trying again is no use.
var ErrRefused = errors.New("refused for good")

// Carrier brings what is told to one place in its own way: a mailbox. It waits in the same outbox as what
// hooks are told, in order within a conversation, is tried again as often, and given up into the same list.
type Carrier struct {
	Name string // in the outbox, and of what was given up: mailto:team@example.com
	// Wants says what of an event is to be carried, given its conversation's summary up to it: what is stored
	// for Send, nil for nothing; and after how long it leaves. It does no I/O.
	Wants func(sum store.Summary, e event.Event) (body []byte, after time.Duration)
	// Send carries a delivery once. Its errors lead to another try, except ErrGone and ErrRefused.
	Send func(ctx context.Context, d store.Delivery) error
}

// Carry adds a carrier. Call it before Run and before the store's first write.
func (s *Sender) Carry(c Carrier) { s.add(&hook{name: c.Name, carrier: &c}) }

// carried makes what carriers are to bring of an event.
func (s *Sender) carried(sum store.Summary, e event.Event) (out []store.Delivery) {
	for _, h := range s.hooks {
		if h.carrier == nil {
			continue
		}
		if body, after := h.carrier.Wants(sum, e); body != nil {
			out = append(out, store.Delivery{Hook: h.name, Conv: e.Conv, Key: fmt.Sprintf("mail_%s_%d", e.Conv, e.Seq), Body: body, At: e.At, Next: e.At.Add(after)})
		}
	}
	return out
}
