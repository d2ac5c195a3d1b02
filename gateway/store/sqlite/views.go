package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"decroche/gateway/store"
)

var _ store.Views = (*Store)(nil)

// AddView implements store.Views.
func (s *Store) AddView(ctx context.Context, v store.View) error {
	_, err := s.exec(ctx, "note who opened a transcript", `INSERT INTO views (conv, link, who, first_us, last_us, times) VALUES (?, ?, ?, ?, ?, 1)
		ON CONFLICT (conv, link, who) DO UPDATE SET last_us = excluded.last_us, times = times + 1`, v.Conv, v.Link, v.Who, micros(v.Last), micros(v.Last))
	return err
}

// Views implements store.Views.
func (s *Store) Views(ctx context.Context, conv string) ([]store.View, error) {
	views, err := list(ctx, s.read, func(row scanner) (v store.View, err error) {
		var first, last int64
		err = row.Scan(&v.Conv, &v.Link, &v.Who, &first, &last, &v.Times)
		v.First, v.Last = fromMicros(first), fromMicros(last)
		return v, err
	}, `SELECT conv, link, who, first_us, last_us, times FROM views WHERE conv = ? ORDER BY last_us DESC, who`, conv)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: who opened %q: %w", conv, err)
	}
	return views, nil
}

// RevokeLinks implements store.Views.
func (s *Store) RevokeLinks(ctx context.Context, conv string, now time.Time) (int, error) {
	live, err := answer(ctx, s, func(tx *sql.Tx) (live int, err error) {
		if err := tx.QueryRow(`SELECT count(*) FROM links WHERE conv = ? AND expires_us > ?`, conv, micros(now)).Scan(&live); err != nil {
			return 0, err
		}
		_, err = tx.Exec(`DELETE FROM links WHERE conv = ?`, conv)
		return live, err
	})
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: take back the links of %q: %w", conv, err)
	}
	return live, nil
}
