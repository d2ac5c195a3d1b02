package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// page is how many events one read takes from the file. Reads are paged so that no connection
// is held while the caller works, which would keep the write-ahead log from shrinking.
const page = 256

// row is one event ready to be written.
type row struct {
	ev   event.Event
	body []byte
}

// Append implements store.Store.
func (s *Store) Append(ctx context.Context, evs ...event.Event) error {
	if len(evs) == 0 {
		return nil
	}
	rows, err := eventRows(evs)
	if err != nil {
		return err
	}
	return s.submit(ctx, func(tx *sql.Tx) error { return s.appendRows(tx, rows) })
}

// eventRows encodes events for appendRows.
func eventRows(evs []event.Event) ([]row, error) {
	rows := make([]row, len(evs))
	for i, e := range evs {
		if e.Conv == "" || e.Seq == 0 || e.Seq > 1<<62 || e.Body == nil || e.At.IsZero() {
			return nil, fmt.Errorf("store/sqlite: append to %q: event %d lacks its conversation, number, time or body", e.Conv, e.Seq)
		}
		body, err := json.Marshal(e.Body)
		if err != nil {
			return nil, fmt.Errorf("store/sqlite: append to %q: encode event %d: %w", e.Conv, e.Seq, err)
		}
		e.At = fromMicros(micros(e.At))
		rows[i] = row{e, body}
	}
	return rows, nil
}

// hot are the statements that every event of every call needs: prepared once, because parsing them
// again was two fifths of what writing cost.
type hot struct{ event, summary, putSummary, queue *sql.Stmt }

// prepare makes the statements; closing db closes them.
func (h *hot) prepare(ctx context.Context, db *sql.DB) error {
	for _, p := range []struct {
		into **sql.Stmt
		text string
	}{
		{&h.event, `INSERT INTO events (conv, seq, at_us, type, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`},
		{&h.summary, selectSummary + ` WHERE c.id = ?`},
		{&h.putSummary, putSummaryText},
		{&h.queue, queueText},
	} {
		var err error
		if *p.into, err = db.PrepareContext(ctx, p.text); err != nil {
			return fmt.Errorf("store/sqlite: prepare: %w", err)
		}
	}
	return nil
}

// appendRows writes the events that are not there yet and the summaries they change.
func (s *Store) appendRows(tx *sql.Tx, rows []row) error {
	insert, read, put, queue := tx.Stmt(s.hot.event), tx.Stmt(s.hot.summary), tx.Stmt(s.hot.putSummary), tx.Stmt(s.hot.queue)
	sums := map[string]*store.Summary{}
	heard := map[string]time.Time{} // when something was said last, or it ended
	tells := map[string]bool{}      // something of who it is, what it is about, or how long it took
	var order []string
	for _, r := range rows {
		e := r.ev
		res, err := insert.Exec(e.Conv, int64(e.Seq), micros(e.At), e.Body.Type(), string(r.body))
		if err != nil {
			return fmt.Errorf("store/sqlite: append to %q: %w", e.Conv, err)
		}
		if n, err := res.RowsAffected(); err != nil {
			return fmt.Errorf("store/sqlite: append to %q: %w", e.Conv, err)
		} else if n == 0 {
			continue
		}
		if u, ok := e.Body.(event.Unclear); ok {
			if err := putUnclear(tx, e, u); err != nil {
				return fmt.Errorf("store/sqlite: append to %q: put event %d into the inbox: %w", e.Conv, e.Seq, err)
			}
		}
		sum := sums[e.Conv]
		if sum == nil {
			old, err := scanSummary(read.QueryRow(e.Conv))
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("store/sqlite: append to %q: read its summary: %w", e.Conv, err)
			}
			sum = &old
			sums[e.Conv] = sum
			order = append(order, e.Conv)
		}
		sum.Apply(e)
		if err := s.putDeliveries(tx, *sum, e); err != nil {
			return fmt.Errorf("store/sqlite: append to %q: write what others are told of event %d: %w", e.Conv, e.Seq, err)
		}
		switch e.Body.(type) {
		case event.Started, event.Stepped, event.Screened, event.Ended:
			tells[e.Conv] = true
		}
		if err := handOff(tx, e); err != nil {
			return fmt.Errorf("store/sqlite: append to %q: write the hand-off of event %d: %w", e.Conv, e.Seq, err)
		}
		if _, words, _ := said(e); words != "" || e.Body.Type() == "ended" {
			heard[e.Conv] = e.At
		}
	}
	for _, conv := range order {
		if tells[conv] {
			if err := markRepeats(tx, sums[conv], sums); err != nil {
				return fmt.Errorf("store/sqlite: append to %q: look for the same customer: %w", conv, err)
			}
		}
		if err := putSummary(put, sums[conv]); err != nil {
			return fmt.Errorf("store/sqlite: append to %q: write its summary: %w", conv, err)
		}
		if last, news := heard[conv]; news {
			if err := enqueue(queue, sums[conv], last); err != nil {
				return fmt.Errorf("store/sqlite: append to %q: let it be indexed: %w", conv, err)
			}
		}
	}
	return nil
}

// Events implements store.Store. Events appended meanwhile are yielded too.
func (s *Store) Events(ctx context.Context, conv string, after uint64) iter.Seq2[event.Event, error] {
	return func(yield func(event.Event, error) bool) {
		for {
			evs, err := s.eventPage(ctx, conv, after)
			if err != nil {
				yield(event.Event{}, fmt.Errorf("store/sqlite: events of %q: %w", conv, err))
				return
			}
			for _, e := range evs {
				if !yield(e, nil) {
					return
				}
				after = e.Seq
			}
			if len(evs) < page {
				return
			}
		}
	}
}

func (s *Store) eventPage(ctx context.Context, conv string, after uint64) ([]event.Event, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT seq, at_us, type, body FROM events WHERE conv = ? AND seq > ? ORDER BY seq LIMIT ?`,
		conv, int64(min(after, 1<<62)), page)
	if err != nil {
		return nil, err
	}
	return scanEvents(rows, conv)
}

// scanEvents reads and closes rows of (seq, at_us, type, body).
func scanEvents(rows *sql.Rows, conv string) ([]event.Event, error) {
	defer rows.Close()
	var out []event.Event
	for rows.Next() {
		var seq, at int64
		var typ, body string
		if err := rows.Scan(&seq, &at, &typ, &body); err != nil {
			return nil, err
		}
		b, err := event.Decode(typ, []byte(body))
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", seq, err)
		}
		out = append(out, event.Event{Conv: conv, Seq: uint64(seq), At: fromMicros(at), Body: b})
	}
	return out, rows.Err()
}
