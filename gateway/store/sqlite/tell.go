package sqlite

import (
	"database/sql"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// teller makes what must be told to others of an event, which is written down with it.
type teller struct {
	deliveries func(store.Summary, event.Event) []store.Delivery
	wake       func()
	fresh      bool // something was written that is not committed yet
}

// Tell makes every event that is stored from now on pass deliveries, with its conversation's summary up to
// it; what comes back is in the outbox once the event is durable, or neither is. Then wake is called. Both
// must not block or use the store. Call it before the first write.
func (s *Store) Tell(deliveries func(store.Summary, event.Event) []store.Delivery, wake func()) {
	s.tell = teller{deliveries: deliveries, wake: wake}
}

func (s *Store) putDeliveries(tx *sql.Tx, sum store.Summary, e event.Event) error {
	if s.tell.deliveries == nil {
		return nil
	}
	if _, over := e.Body.(event.Ended); over {
		var err error
		if sum.Handed, err = handedOver(tx, e); err != nil {
			return err
		}
	}
	for _, d := range s.tell.deliveries(sum, e) {
		if d.Next.IsZero() {
			d.Next = d.At
		}
		if _, err := tx.Exec(`INSERT INTO outbox (hook, conv, key, body, at_us, next_us) VALUES (?, ?, ?, ?, ?, ?)`, d.Hook, d.Conv, d.Key, d.Body, micros(d.At), micros(d.Next)); err != nil {
			return err
		}
		s.tell.fresh = true
	}
	return nil
}

// handedOver are the hand-offs and callbacks before the end of a conversation.
func handedOver(tx *sql.Tx, end event.Event) ([]event.Event, error) {
	rows, err := tx.Query(`SELECT seq, at_us, type, body FROM events WHERE conv = ? AND seq < ? AND type IN ('transfer_started', 'transfer_ended', 'callback_taken') ORDER BY seq`, end.Conv, int64(end.Seq))
	if err != nil {
		return nil, err
	}
	return scanEvents(rows, end.Conv)
}

// told wakes who delivers, when something was committed for them.
func (s *Store) told() {
	if s.tell.fresh && s.tell.wake != nil {
		s.tell.fresh = false
		s.tell.wake()
	}
}
