package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"decroche/gateway/store"
)

var _ store.Counts = (*Store)(nil)

// Dialled implements store.Counts.
func (s *Store) Dialled(ctx context.Context, since time.Time, limit int) ([]store.Dialled, error) {
	found, err := list(ctx, s.read, func(row scanner) (d store.Dialled, err error) {
		var at int64
		err = row.Scan(&at, &d.Beginning, &d.Calls)
		d.Minute = fromMicros(at)
		return d, err
	}, `SELECT minute_us, beginning, calls FROM dialled WHERE minute_us >= ? ORDER BY minute_us, beginning LIMIT ?`, micros(since), limit)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: what was dialled: %w", err)
	}
	return found, nil
}

// KeepDialled implements store.Counts.
func (s *Store) KeepDialled(ctx context.Context, list []store.Dialled, since time.Time) error {
	err := s.submit(ctx, func(tx *sql.Tx) error {
		for _, d := range list {
			if _, err := tx.Exec(`INSERT INTO dialled (minute_us, beginning, calls) VALUES (?, ?, ?)
				ON CONFLICT (minute_us, beginning) DO UPDATE SET calls = max(calls, excluded.calls)`, micros(d.Minute), d.Beginning, d.Calls); err != nil {
				return err
			}
		}
		_, err := tx.Exec(`DELETE FROM dialled WHERE minute_us < ?`, micros(since))
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: keep what was dialled: %w", err)
	}
	return nil
}
