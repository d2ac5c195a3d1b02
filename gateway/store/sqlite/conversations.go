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

const summaryColumns = `c.id, c.channel, c.from_uri, c.called, c.bot, c.lang, c.start_us, c.end_us, c.outcome, c.ended_by, c.intent, c.turns, c.transfer, c.agent, c.slots, c.queue, c.score, c.scale, c.topic, c.placed, c.repeated`

const selectSummary = `SELECT ` + summaryColumns + ` FROM conversations c`

const putSummaryText = `INSERT INTO conversations (id, channel, from_uri, called, bot, lang, start_us, end_us, outcome, ended_by, intent, turns, transfer, agent, slots, caller, queue, score, scale, topic, placed, customer_key, account, repeated)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON CONFLICT (id) DO UPDATE SET channel = excluded.channel, from_uri = excluded.from_uri, called = excluded.called, bot = excluded.bot,
	lang = excluded.lang, start_us = excluded.start_us, end_us = excluded.end_us, outcome = excluded.outcome, ended_by = excluded.ended_by,
	intent = excluded.intent, turns = excluded.turns, transfer = excluded.transfer, agent = excluded.agent, slots = excluded.slots,
	caller = excluded.caller, queue = excluded.queue, score = excluded.score, scale = excluded.scale,
	topic = excluded.topic, placed = excluded.placed, customer_key = excluded.customer_key, account = excluded.account, repeated = excluded.repeated`

// scanSummary reads one row of summaryColumns, and what stands behind them, from *sql.Row or *sql.Rows.
func scanSummary(row scanner, more ...any) (store.Summary, error) {
	var s store.Summary
	var start int64
	var end sql.NullInt64
	var slots string
	var rated store.Rating
	if err := row.Scan(append([]any{&s.ID, &s.Channel, &s.From, &s.Called, &s.Bot, &s.Lang, &start, &end, &s.Outcome, &s.EndedBy, &s.Intent, &s.Turns, &s.Transfer, &s.Agent, &slots,
		&s.Queue, &rated.Score, &rated.Scale, &s.Topic, &s.Placed, &s.Repeated}, more...)...); err != nil {
		return store.Summary{}, err
	}
	s.Start = fromMicros(start)
	if end.Valid {
		s.End = fromMicros(end.Int64)
	}
	if rated.Scale > 0 {
		s.Rated = &rated
	}
	var err error
	s.Slots, err = decodeSlots(slots)
	return s, err
}

func putSummary(put *sql.Stmt, s *store.Summary) error {
	slots, err := encodeSlots(s.Slots)
	if err != nil {
		return err
	}
	var end any
	if !s.End.IsZero() {
		end = micros(s.End)
	}
	score, scale := rated(s)
	_, err = put.Exec(s.ID, s.Channel, s.From, s.Called, s.Bot, s.Lang, micros(s.Start), end, s.Outcome, s.EndedBy, s.Intent, s.Turns, s.Transfer, s.Agent, slots, store.Caller(s.From), s.Queue, score, scale, s.Topic, s.Placed, store.CallerKey(store.Customer(s.From)), s.Account(), s.Repeated)
	return err
}

// Conversations implements store.Store. The whole page is read before the first is yielded.
func (s *Store) Conversations(ctx context.Context, q store.Query) iter.Seq2[store.Summary, error] {
	return each("list conversations", func() ([]store.Summary, error) { return s.conversations(ctx, q) })
}

// Conversation implements store.Store.
func (s *Store) Conversation(ctx context.Context, conv string) (store.Summary, error) {
	sum, err := scanSummary(s.read.QueryRowContext(ctx, selectSummary+` WHERE c.id = ?`, conv))
	if errors.Is(err, sql.ErrNoRows) {
		return store.Summary{}, store.ErrNotFound
	}
	if err != nil {
		return store.Summary{}, fmt.Errorf("store/sqlite: conversation %q: %w", conv, err)
	}
	return sum, nil
}

// Recover implements store.Store. The process that calls it is the record's one gateway until
// Close: while it lives, Recover of another fails with one plain sentence. When somebody else
// has the record open, it can only be a typed chat in a terminal, so only calls are closed.
// Typed conversations that can be gone on with (store.Chats) stay open. Recover also forgets links
// that have expired.
func (s *Store) Recover(ctx context.Context, now time.Time) (int, error) {
	n, err := answer(ctx, s, func(tx *sql.Tx) (int, error) {
		alone, err := s.lock.takeOver()
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec(`DELETE FROM links WHERE expires_us <= ?`, micros(now)); err != nil {
			return 0, err
		}
		open, err := openConversations(tx, alone)
		if err != nil {
			return 0, err
		}
		for _, conv := range open {
			if err := s.closeConversation(tx, conv, now); err != nil {
				return 0, fmt.Errorf("conversation %q: %w", conv, err)
			}
		}
		return len(open), nil
	})
	if err != nil {
		return 0, fmt.Errorf("recover: %w", err)
	}
	return n, nil
}

func openConversations(tx *sql.Tx, all bool) ([]string, error) {
	rows, err := tx.Query(`SELECT id FROM conversations WHERE end_us IS NULL AND (? OR channel = 'voice') AND id NOT IN (SELECT conv FROM chats WHERE ended_us IS NULL) ORDER BY start_us, id`, all)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

func (s *Store) closeConversation(tx *sql.Tx, conv string, now time.Time) error {
	rows, err := tx.Query(`SELECT seq, at_us, type, body FROM events WHERE conv = ? ORDER BY seq`, conv)
	if err != nil {
		return err
	}
	evs, err := scanEvents(rows, conv)
	if err != nil {
		return err
	}
	var add []row
	for _, e := range store.Closing(evs, now) {
		body, err := json.Marshal(e.Body)
		if err != nil {
			return err
		}
		add = append(add, row{e, body})
	}
	return s.appendRows(tx, add)
}

func encodeSlots(slots []event.Slot) (string, error) {
	if len(slots) == 0 {
		return "[]", nil
	}
	b, err := json.Marshal(slots)
	return string(b), err
}

func decodeSlots(text string) ([]event.Slot, error) {
	if text == "[]" {
		return nil, nil
	}
	var slots []event.Slot
	err := json.Unmarshal([]byte(text), &slots)
	return slots, err
}
