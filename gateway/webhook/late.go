package webhook

import (
	"context"
	"errors"
	"fmt"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

var (
	// ErrGone means that there is nothing to tell any more: the conversation was erased.
	ErrGone = errors.New("the conversation was erased before it could be told")
	// ErrTooLarge means that what is to be told is larger than allowed; trying again is no use.
	ErrTooLarge = errors.New("what is to be told is larger than max_bytes")
)

// settle is how long after a conversation's end what is told of it is made at the earliest: the last lines of
// the record are written meanwhile.
const settle = 2 * time.Second

// Late tells one address of the end of each conversation, calls and written ones. The end is stored as
// something to tell in the transaction that makes it durable; what is told is made of the record when it
// leaves, again with each try. So nothing is told of a conversation that was erased meanwhile, and its words
// wait in no second place.
type Late struct {
	Name        string // before the address in the outbox, so that others may have the same address
	ContentType string
	After       time.Duration // the end, before it is made
	MaxBytes    int           // of what is made; more is given up at once with ErrTooLarge
	// Make writes it, of one conversation. Its errors lead to another try, except ErrGone.
	Make func(ctx context.Context, conv string) ([]byte, error)
}

// Late adds an address; c.Events means nothing to it. Call it before Run and before the store's first write.
func (s *Sender) Late(c Config, l Late) error {
	if len(c.Key) < minKey {
		return fmt.Errorf("secret: shorter than %d characters; use a longer one", minKey)
	}
	s.add(&hook{name: l.Name + " " + c.URL, cfg: c, late: &l})
	return nil
}

// late makes what is to be told late of an event. The ID is the conversation's and the end's: whoever got it
// twice knows by it.
func (s *Sender) late(e event.Event) (out []store.Delivery) {
	if _, ok := e.Body.(event.Ended); !ok {
		return nil
	}
	for _, h := range s.hooks {
		if h.late != nil {
			out = append(out, store.Delivery{Hook: h.name, Conv: e.Conv, Key: fmt.Sprintf("%s_%s_%d", h.late.Name, e.Conv, e.Seq), Body: []byte("{}"), At: e.At, Next: e.At.Add(max(settle, h.late.After))})
		}
	}
	return out
}

func (l *Late) body(ctx context.Context, conv string) ([]byte, error) {
	body, err := l.Make(ctx, conv)
	if err == nil && len(body) > l.MaxBytes {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, len(body))
	}
	return body, err
}
