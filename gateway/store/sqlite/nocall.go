package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"decroche/gateway/store"
)

// AddNoCall implements store.Outbound.
func (s *Store) AddNoCall(ctx context.Context, list ...store.NoCall) (int, error) {
	added, err := answer(ctx, s, func(tx *sql.Tx) (added int, err error) {
		for _, n := range list {
			res, err := tx.Exec(`INSERT INTO do_not_call (number, at_us, how, who, note) VALUES (?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING`,
				n.Number, micros(n.At), n.How, n.Who, n.Note)
			if err != nil {
				return 0, err
			}
			if k, err := res.RowsAffected(); err != nil {
				return 0, err
			} else if k == 0 {
				continue
			}
			added++
			if _, err := tx.Exec(`UPDATE outbound SET state = 'dropped', last = 'do_not_call', due_us = 0 WHERE number = ? AND state IN ('open', 'retry', 'given_up')`, n.Number); err != nil {
				return 0, err
			}
		}
		return added, nil
	})
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: add to the numbers not to call: %w", err)
	}
	return added, nil
}

// RemoveNoCall implements store.Outbound.
func (s *Store) RemoveNoCall(ctx context.Context, number string) error {
	n, err := s.exec(ctx, "take off the numbers not to call", `DELETE FROM do_not_call WHERE number = ?`, number)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}

// NoCall implements store.Outbound.
func (s *Store) NoCall(ctx context.Context, number string) (store.NoCall, error) {
	n := store.NoCall{Number: number}
	var at int64
	err := s.read.QueryRowContext(ctx, `SELECT at_us, how, who, note FROM do_not_call WHERE number = ?`, number).Scan(&at, &n.How, &n.Who, &n.Note)
	if errors.Is(err, sql.ErrNoRows) {
		return store.NoCall{}, store.ErrNotFound
	}
	if err != nil {
		return store.NoCall{}, fmt.Errorf("store/sqlite: numbers not to call: %w", err)
	}
	n.At = fromMicros(at)
	return n, nil
}

// NoCalls implements store.Outbound.
func (s *Store) NoCalls(ctx context.Context, after string, limit int) ([]store.NoCall, error) {
	if limit <= 0 {
		limit = 100
	}
	rows, err := s.read.QueryContext(ctx, `SELECT number, at_us, how, who, note FROM do_not_call WHERE number > ? ORDER BY number LIMIT ?`, after, limit)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: numbers not to call: %w", err)
	}
	defer rows.Close()
	var out []store.NoCall
	for rows.Next() {
		var n store.NoCall
		var at int64
		if err := rows.Scan(&n.Number, &at, &n.How, &n.Who, &n.Note); err != nil {
			return nil, fmt.Errorf("store/sqlite: numbers not to call: %w", err)
		}
		n.At = fromMicros(at)
		out = append(out, n)
	}
	return out, rows.Err()
}
