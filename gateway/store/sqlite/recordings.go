package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

var _ store.Recordings = (*Store)(nil)

// AddRecording implements store.Recordings.
func (s *Store) AddRecording(ctx context.Context, r store.Recording) error {
	err := s.submit(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO recordings (conv, bot, caller, caller_key, start_us, file, open) VALUES (?, ?, ?, ?, ?, ?, 1)`,
			r.Conv, r.Bot, r.Caller, store.CallerKey(r.Caller), micros(r.Start), r.File)
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: add the recording of %q: %w", r.Conv, err)
	}
	return nil
}

// KeepRecording implements store.Recordings.
func (s *Store) KeepRecording(ctx context.Context, r store.Recording) error {
	var n int64
	err := s.submit(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE recordings SET open = 0, length_us = ?, bytes = ?, sha256 = ?, dropped_us = ? WHERE conv = ?`,
			r.Length.Microseconds(), r.Bytes, r.SHA256, r.Dropped.Microseconds(), r.Conv)
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("store/sqlite: keep the recording of %q: %w", r.Conv, err)
	case n == 0:
		return store.ErrNotFound
	}
	return nil
}

const selectRecording = `SELECT conv, bot, caller, start_us, file, open, length_us, bytes, sha256, dropped_us FROM recordings`

func scanRecording(row interface{ Scan(...any) error }) (r store.Recording, err error) {
	var start, length, dropped int64
	err = row.Scan(&r.Conv, &r.Bot, &r.Caller, &start, &r.File, &r.Open, &length, &r.Bytes, &r.SHA256, &dropped)
	r.Start, r.Length, r.Dropped = fromMicros(start), time.Duration(length)*time.Microsecond, time.Duration(dropped)*time.Microsecond
	return r, err
}

// Recording implements store.Recordings.
func (s *Store) Recording(ctx context.Context, conv string) (store.Recording, error) {
	r, err := scanRecording(s.read.QueryRowContext(ctx, selectRecording+` WHERE conv = ?`, conv))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return store.Recording{}, store.ErrNotFound
	case err != nil:
		return store.Recording{}, fmt.Errorf("store/sqlite: recording of %q: %w", conv, err)
	}
	return r, nil
}

// Recordings implements store.Recordings.
func (s *Store) Recordings(ctx context.Context, q store.RecordingQuery) ([]store.Recording, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	var before any
	if !q.Before.IsZero() {
		before = micros(q.Before)
	}
	rows, err := s.read.QueryContext(ctx, selectRecording+` WHERE conv > ?1 AND (?2 IS NULL OR start_us < ?2) AND (?3 = '' OR caller_key = ?3) AND (?4 = 0 OR open = 1)
		AND (?5 = 0 OR open = 0 AND NOT EXISTS (SELECT 1 FROM conversations WHERE id = conv)) ORDER BY conv`, q.After, before, store.CallerKey(q.Caller), q.Open, q.Orphan)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: list recordings: %w", err)
	}
	defer rows.Close()
	var out []store.Recording
	for len(out) < limit && rows.Next() {
		r, err := scanRecording(rows)
		if err != nil {
			return nil, fmt.Errorf("store/sqlite: list recordings: %w", err)
		}
		if q.Caller == "" || store.SameCaller(r.Caller, q.Caller) {
			out = append(out, r)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("store/sqlite: list recordings: %w", err)
	}
	return out, nil
}

// DropRecording implements store.Recordings.
func (s *Store) DropRecording(ctx context.Context, conv string) error {
	err := s.submit(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`DELETE FROM recordings WHERE conv = ?`, conv)
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: drop the recording of %q: %w", conv, err)
	}
	return nil
}

// Note implements store.Recordings.
func (s *Store) Note(ctx context.Context, conv string, body event.Body, at time.Time) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("store/sqlite: note %s of %q: %w", body.Type(), conv, err)
	}
	var refused error
	err = s.submit(ctx, func(tx *sql.Tx) error {
		refused = nil
		var end sql.NullInt64
		switch err := tx.QueryRow(`SELECT end_us FROM conversations WHERE id = ?`, conv).Scan(&end); {
		case errors.Is(err, sql.ErrNoRows):
			refused = store.ErrNotFound
			return nil
		case err != nil:
			return err
		case !end.Valid:
			refused = store.ErrRunning
			return nil
		}
		var last int64
		if err := tx.QueryRow(`SELECT coalesce(max(seq), 0) FROM events WHERE conv = ?`, conv).Scan(&last); err != nil {
			return err
		}
		e := event.Event{Conv: conv, Seq: uint64(last) + 1, At: fromMicros(micros(at)), Body: body}
		return s.appendRows(tx, []row{{e, text}})
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: note %s of %q: %w", body.Type(), conv, err)
	}
	return refused
}
