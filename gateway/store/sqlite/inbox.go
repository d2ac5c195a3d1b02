package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

var _ store.Inbox = (*Store)(nil)

// putUnclear writes the inbox's row of an event, in the event's own transaction.
func putUnclear(tx *sql.Tx, e event.Event, u event.Unclear) error {
	_, err := tx.Exec(`INSERT INTO utterances (conv, seq, at_us, lang, text, guess, p, why, asked, intent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		e.Conv, int64(e.Seq), micros(e.At), u.Lang, u.Text, u.Guess, u.P, u.Why, u.Asked, u.Intent)
	return err
}

// Utterances implements store.Inbox.
func (s *Store) Utterances(ctx context.Context, q store.UtteranceQuery) iter.Seq2[store.Utterance, error] {
	return each("list utterances", func() ([]store.Utterance, error) { return s.utterances(ctx, q) })
}

func (s *Store) utterances(ctx context.Context, q store.UtteranceQuery) ([]store.Utterance, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 1000
	}
	rows, err := s.read.QueryContext(ctx, `SELECT u.id, u.conv, u.seq, u.at_us, coalesce(c.bot, ''), CASE u.lang WHEN '' THEN coalesce(c.lang, '') ELSE u.lang END,
			coalesce(c.channel, ''), u.text, u.guess, u.p, u.why, u.asked, u.intent, coalesce(c.intent, ''),
			coalesce((SELECT json_extract(e.body, '$.intent') FROM events e WHERE e.conv = u.conv AND e.type = 'labelled' ORDER BY e.seq DESC LIMIT 1), ''),
			u.state, u.decided
		FROM utterances u LEFT JOIN conversations c ON c.id = u.conv
		WHERE (?1 = '' OR u.state = ?1) AND (?2 = '' OR c.bot = ?2) AND u.id > ?3 ORDER BY u.id LIMIT ?4`, q.State, q.Bot, q.After, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Utterance
	for rows.Next() {
		var u store.Utterance
		var seq, at int64
		if err := rows.Scan(&u.ID, &u.Conv, &seq, &at, &u.Bot, &u.Lang, &u.Channel, &u.Text, &u.Guess, &u.P, &u.Why, &u.Asked, &u.Intent, &u.Final, &u.Label, &u.State, &u.Decided); err != nil {
			return nil, err
		}
		u.Seq, u.At = uint64(seq), fromMicros(at)
		out = append(out, u)
	}
	return out, rows.Err()
}

// SetUtterances implements store.Inbox.
func (s *Store) SetUtterances(ctx context.Context, ids []int64, state, intent string) error {
	switch state {
	case store.UtteranceOpen:
		intent = ""
	case store.UtteranceDismissed:
		if intent != store.OutOfScope {
			intent = ""
		}
	case store.UtteranceAccepted:
	default:
		return fmt.Errorf("store/sqlite: set utterances: %q is not a state", state)
	}
	missing := false
	err := s.submit(ctx, func(tx *sql.Tx) error {
		missing = false // a batch that failed runs again
		for _, id := range ids {
			var one int
			if err := tx.QueryRow(`SELECT 1 FROM utterances WHERE id = ?`, id).Scan(&one); errors.Is(err, sql.ErrNoRows) {
				missing = true
				return nil
			} else if err != nil {
				return err
			}
		}
		for _, id := range ids {
			if _, err := tx.Exec(`UPDATE utterances SET state = ?, decided = ? WHERE id = ?`, state, intent, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: set %d utterances to %q: %w", len(ids), state, err)
	}
	if missing {
		return store.ErrNotFound
	}
	return nil
}

// Label implements store.Inbox.
func (s *Store) Label(ctx context.Context, conv string, label event.Labelled, at time.Time) error {
	return s.Note(ctx, conv, label, at)
}
