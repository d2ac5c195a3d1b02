package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"decroche/gateway/store"
)

var (
	_ store.Outbox      = (*Store)(nil)
	_ store.DeadLetters = (*Store)(nil)
)

// DueDeliveries implements store.Outbox.
func (s *Store) DueDeliveries(ctx context.Context, hook string, now time.Time, limit int) ([]store.Delivery, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT id, hook, conv, key, body, at_us, tries, next_us FROM outbox o
		WHERE hook = ? AND dead = 0 AND next_us <= ? AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.hook = o.hook AND p.conv = o.conv AND p.dead = 0 AND p.id < o.id)
		ORDER BY id LIMIT ?`, hook, micros(now), limit)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: outbox: %w", err)
	}
	defer rows.Close()
	var out []store.Delivery
	for rows.Next() {
		var d store.Delivery
		var at, next int64
		if err := rows.Scan(&d.ID, &d.Hook, &d.Conv, &d.Key, &d.Body, &at, &d.Tries, &next); err != nil {
			return nil, fmt.Errorf("store/sqlite: outbox: %w", err)
		}
		d.At, d.Next = fromMicros(at), fromMicros(next)
		out = append(out, d)
	}
	return out, rows.Err()
}

// NextDelivery implements store.Outbox.
func (s *Store) NextDelivery(ctx context.Context, hook string) (time.Time, error) {
	var next sql.NullInt64
	err := s.read.QueryRowContext(ctx, `SELECT min(next_us) FROM outbox o
		WHERE hook = ? AND dead = 0 AND NOT EXISTS (SELECT 1 FROM outbox p WHERE p.hook = o.hook AND p.conv = o.conv AND p.dead = 0 AND p.id < o.id)`, hook).Scan(&next)
	if err != nil || !next.Valid {
		return time.Time{}, err
	}
	return fromMicros(next.Int64), nil
}

// AbandonDeliveries implements store.Outbox.
func (s *Store) AbandonDeliveries(ctx context.Context, hooks []string) (int, error) {
	if hooks == nil {
		hooks = []string{}
	}
	keep, err := json.Marshal(hooks)
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: outbox: %w", err)
	}
	return s.changeDead(ctx, `UPDATE outbox SET dead = 1 WHERE dead = 0 AND hook NOT IN (SELECT value FROM json_each(?))`, string(keep))
}

// Delivered implements store.Outbox.
func (s *Store) Delivered(ctx context.Context, id int64) error {
	return s.changeDelivery(ctx, id, `DELETE FROM outbox WHERE id = ?`, id)
}

// Delay implements store.Outbox.
func (s *Store) Delay(ctx context.Context, id int64, next time.Time, dead bool) error {
	return s.changeDelivery(ctx, id, `UPDATE outbox SET tries = tries + 1, next_us = ?, dead = ? WHERE id = ?`, micros(next), dead, id)
}

func (s *Store) changeDelivery(ctx context.Context, id int64, query string, args ...any) error {
	err := s.submit(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: delivery %d: %w", id, err)
	}
	return nil
}

// CountDeliveries implements store.Outbox.
func (s *Store) CountDeliveries(ctx context.Context) (waiting, dead int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FILTER (WHERE dead = 0), count(*) FILTER (WHERE dead = 1) FROM outbox`).Scan(&waiting, &dead)
	if err != nil {
		return 0, 0, fmt.Errorf("store/sqlite: outbox: %w", err)
	}
	return waiting, dead, nil
}

// DeadDeliveries implements store.DeadLetters.
func (s *Store) DeadDeliveries(ctx context.Context, limit int) ([]store.Delivery, error) {
	out, err := list(ctx, s.read, func(row scanner) (d store.Delivery, err error) {
		var at, next int64
		err = row.Scan(&d.ID, &d.Hook, &d.Conv, &d.Key, &d.Body, &at, &d.Tries, &next)
		d.At, d.Next = fromMicros(at), fromMicros(next)
		return d, err
	}, `SELECT id, hook, conv, key, body, at_us, tries, next_us FROM outbox WHERE dead = 1 ORDER BY id DESC LIMIT ?`, limit)
	return out, wrap("deliveries that were given up", err)
}

// ReviveDeliveries implements store.DeadLetters.
func (s *Store) ReviveDeliveries(ctx context.Context, hooks []string, ids []int64, now time.Time) (int, error) {
	of, err := json.Marshal(hooks) // null for nil
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: outbox: %w", err)
	}
	which, err := json.Marshal(ids)
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: outbox: %w", err)
	}
	return s.changeDead(ctx, `UPDATE outbox SET dead = 0, tries = 0, next_us = ?1 WHERE dead = 1
		AND (?2 = 'null' OR hook IN (SELECT value FROM json_each(?2))) AND (?3 = 'null' OR id IN (SELECT value FROM json_each(?3)))`, micros(now), string(of), string(which))
}

// DropDeliveries implements store.DeadLetters.
func (s *Store) DropDeliveries(ctx context.Context, ids []int64) (int, error) {
	which, err := json.Marshal(ids)
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: outbox: %w", err)
	}
	return s.changeDead(ctx, `DELETE FROM outbox WHERE dead = 1 AND (?1 = 'null' OR id IN (SELECT value FROM json_each(?1)))`, string(which))
}

// changeDead makes one change of the outbox and returns how many rows it had.
func (s *Store) changeDead(ctx context.Context, query string, args ...any) (int, error) {
	return s.exec(ctx, "outbox", query, args...)
}
