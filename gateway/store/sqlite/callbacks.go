package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"

	"decroche/gateway/store"
)

// AddCallback implements store.Store. The state is "open" when empty.
func (s *Store) AddCallback(ctx context.Context, c store.Callback) (int64, error) {
	var id int64
	err := s.submit(ctx, func(tx *sql.Tx) (err error) {
		id, err = putCallback(tx, c)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: add callback: %w", err)
	}
	return id, nil
}

func putCallback(tx *sql.Tx, c store.Callback) (int64, error) {
	if c.State == "" {
		c.State = "open"
	}
	slots, err := encodeSlots(c.Slots)
	if err != nil {
		return 0, err
	}
	res, err := tx.Exec(`INSERT INTO callbacks (conv, at_us, phone, reason, "window", lang, slots, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Conv, micros(c.At), c.Phone, c.Reason, c.Window, c.Lang, slots, c.State)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Callbacks implements store.Store.
func (s *Store) Callbacks(ctx context.Context, q store.CallbackQuery) iter.Seq2[store.Callback, error] {
	return each("list callbacks", func() ([]store.Callback, error) { return s.callbacks(ctx, q) })
}

func (s *Store) callbacks(ctx context.Context, q store.CallbackQuery) ([]store.Callback, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	rows, err := s.read.QueryContext(ctx, `SELECT id, conv, at_us, phone, reason, "window", lang, slots, state FROM callbacks
		WHERE ?1 = '' OR state = ?1 ORDER BY id LIMIT ?2`, q.State, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.Callback
	for rows.Next() {
		var c store.Callback
		var at int64
		var slots string
		if err := rows.Scan(&c.ID, &c.Conv, &at, &c.Phone, &c.Reason, &c.Window, &c.Lang, &slots, &c.State); err != nil {
			return nil, err
		}
		c.At = fromMicros(at)
		if c.Slots, err = decodeSlots(slots); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Callback implements store.Chats.
func (s *Store) Callback(ctx context.Context, id int64) (store.Callback, error) {
	c := store.Callback{ID: id}
	var at int64
	var slots string
	err := s.read.QueryRowContext(ctx, `SELECT conv, at_us, phone, reason, "window", lang, slots, state FROM callbacks WHERE id = ?`, id).
		Scan(&c.Conv, &at, &c.Phone, &c.Reason, &c.Window, &c.Lang, &slots, &c.State)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Callback{}, store.ErrNotFound
	}
	if err == nil {
		c.At = fromMicros(at)
		c.Slots, err = decodeSlots(slots)
	}
	if err != nil {
		return store.Callback{}, fmt.Errorf("store/sqlite: callback %d: %w", id, err)
	}
	return c, nil
}

// SetCallback implements store.Store.
func (s *Store) SetCallback(ctx context.Context, id int64, state string) error {
	found := false
	err := s.submit(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE callbacks SET state = ? WHERE id = ?`, state, id)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		found = n > 0
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: set callback %d to %q: %w", id, state, err)
	}
	if !found {
		return store.ErrNotFound
	}
	return nil
}
