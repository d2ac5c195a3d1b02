package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"decroche/gateway/store"
)

var _ store.Chats = (*Store)(nil)

const selectChat = `SELECT conv, bot, lang, phone, source, metadata, token, state, wait, acting, seq, created_us, touched_us, ended_us FROM chats`

// Chat implements store.Chats.
func (s *Store) Chat(ctx context.Context, conv string) (store.Chat, error) {
	var c store.Chat
	var meta string
	var seq, created, touched int64
	var ended sql.NullInt64
	err := s.read.QueryRowContext(ctx, selectChat+` WHERE conv = ?`, conv).Scan(&c.Conv, &c.Bot, &c.Lang, &c.Phone, &c.Source, &meta,
		&c.Token, &c.State, &c.Wait, &c.Acting, &seq, &created, &touched, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return store.Chat{}, store.ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal([]byte(meta), &c.Metadata)
	}
	if err != nil {
		return store.Chat{}, fmt.Errorf("store/sqlite: chat %q: %w", conv, err)
	}
	c.Seq, c.Created, c.Touched = uint64(seq), fromMicros(created), fromMicros(touched)
	if ended.Valid {
		c.Ended = fromMicros(ended.Int64)
	}
	return c, nil
}

// CommitChat implements store.Chats.
func (s *Store) CommitChat(ctx context.Context, c store.ChatCommit) error {
	if c.Chat.Conv == "" || c.Chat.Seq < c.Was+uint64(len(c.Events)) {
		return fmt.Errorf("store/sqlite: commit chat %q: %d events do not lead from %d to %d", c.Chat.Conv, len(c.Events), c.Was, c.Chat.Seq)
	}
	rows, err := eventRows(c.Events)
	if err != nil {
		return err
	}
	meta, err := json.Marshal(c.Chat.Metadata)
	if err != nil {
		return fmt.Errorf("store/sqlite: commit chat %q: %w", c.Chat.Conv, err)
	}
	stale := false
	err = s.submit(ctx, func(tx *sql.Tx) (err error) {
		if stale, err = putChat(tx, c, string(meta)); err != nil || stale {
			return err
		}
		if err := s.appendRows(tx, rows); err != nil {
			return err
		}
		return putExtras(tx, c)
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: commit chat %q: %w", c.Chat.Conv, err)
	}
	if stale {
		return store.ErrStale
	}
	return nil
}

// putChat writes the conversation's line when it is still as c.Was says.
func putChat(tx *sql.Tx, c store.ChatCommit, meta string) (stale bool, err error) {
	ch := c.Chat
	var ended any
	if !ch.Ended.IsZero() {
		ended = micros(ch.Ended)
	}
	var res sql.Result
	if c.Was == 0 {
		res, err = tx.Exec(`INSERT INTO chats (conv, bot, lang, phone, source, metadata, token, state, wait, acting, seq, created_us, touched_us, ended_us)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			ch.Conv, ch.Bot, ch.Lang, ch.Phone, ch.Source, meta, ch.Token, blob(ch.State), blob(ch.Wait), ch.Acting, int64(ch.Seq), micros(ch.Created), micros(ch.Touched), ended)
	} else {
		res, err = tx.Exec(`UPDATE chats SET lang = ?, phone = ?, state = ?, wait = ?, acting = ?, seq = ?, touched_us = ?, ended_us = ? WHERE conv = ? AND seq = ?`,
			ch.Lang, ch.Phone, blob(ch.State), blob(ch.Wait), ch.Acting, int64(ch.Seq), micros(ch.Touched), ended, ch.Conv, int64(c.Was))
	}
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

// blob is never NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// putExtras writes what goes with an exchange besides its events.
func putExtras(tx *sql.Tx, c store.ChatCommit) error {
	if c.Taken != "" {
		if _, err := tx.Exec(`INSERT INTO chat_inputs (conv, id, at_us, seq) VALUES (?, ?, ?, ?)
			ON CONFLICT (conv, id) DO UPDATE SET body = NULL, seq = excluded.seq`,
			c.Chat.Conv, c.Taken, micros(c.Chat.Touched), int64(c.TakenSeq)); err != nil {
			return err
		}
	}
	for _, cb := range c.Callbacks {
		if _, err := putCallback(tx, cb); err != nil {
			return err
		}
	}
	for _, d := range c.Outbox {
		if _, err := tx.Exec(`INSERT INTO outbox (hook, conv, key, body, at_us, next_us) VALUES (?, ?, ?, ?, ?, ?)`,
			d.Hook, d.Conv, d.Key, blob(d.Body), micros(d.At), micros(d.At)); err != nil {
			return err
		}
	}
	return nil
}

// QueueChat implements store.Chats.
func (s *Store) QueueChat(ctx context.Context, in store.ChatInput, most int) error {
	full := false
	err := s.submit(ctx, func(tx *sql.Tx) error {
		var seen bool
		var waiting int
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM chat_inputs WHERE conv = ?1 AND id = ?2),
			(SELECT count(*) FROM chat_inputs WHERE conv = ?1 AND body IS NOT NULL)`, in.Conv, in.ID).Scan(&seen, &waiting); err != nil {
			return err
		}
		if full = !seen && waiting >= most; seen || full {
			return nil
		}
		_, err := tx.Exec(`INSERT INTO chat_inputs (conv, id, at_us, body) VALUES (?, ?, ?, ?)`, in.Conv, in.ID, micros(in.At), blob(in.Body))
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: queue a message of %q: %w", in.Conv, err)
	}
	if full {
		return store.ErrQueueFull
	}
	return nil
}

// SeenChat implements store.Chats.
func (s *Store) SeenChat(ctx context.Context, conv, id string) (uint64, bool, error) {
	var seq int64
	err := s.read.QueryRowContext(ctx, `SELECT seq FROM chat_inputs WHERE conv = ? AND id = ?`, conv, id).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, fmt.Errorf("store/sqlite: messages of %q: %w", conv, err)
	}
	return uint64(seq), true, nil
}

// NextChat implements store.Chats.
func (s *Store) NextChat(ctx context.Context, conv string) (in store.ChatInput, waiting int, err error) {
	in.Conv = conv
	var at int64
	err = s.read.QueryRowContext(ctx, `SELECT id, at_us, body, (SELECT count(*) FROM chat_inputs WHERE conv = ?1 AND body IS NOT NULL)
		FROM chat_inputs WHERE conv = ?1 AND body IS NOT NULL ORDER BY n LIMIT 1`, conv).Scan(&in.ID, &at, &in.Body, &waiting)
	if errors.Is(err, sql.ErrNoRows) {
		return in, 0, store.ErrNotFound
	}
	if err != nil {
		return in, 0, fmt.Errorf("store/sqlite: messages of %q: %w", conv, err)
	}
	in.At = fromMicros(at)
	return in, waiting, nil
}

// UnfinishedChats implements store.Chats.
func (s *Store) UnfinishedChats(ctx context.Context) ([]string, error) {
	return s.names(ctx, `SELECT conv FROM chats WHERE ended_us IS NULL AND (acting = 1 OR conv IN (SELECT conv FROM chat_inputs WHERE body IS NOT NULL)) ORDER BY touched_us`)
}

// IdleChats implements store.Chats.
func (s *Store) IdleChats(ctx context.Context, then time.Time, limit int) ([]string, error) {
	return s.names(ctx, `SELECT conv FROM chats WHERE touched_us < ? ORDER BY touched_us LIMIT ?`, micros(then), limit)
}

func (s *Store) names(ctx context.Context, query string, args ...any) ([]string, error) {
	rows, err := s.read.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: list chats: %w", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var conv string
		if err := rows.Scan(&conv); err != nil {
			return nil, fmt.Errorf("store/sqlite: list chats: %w", err)
		}
		out = append(out, conv)
	}
	return out, rows.Err()
}

// CountChats implements store.Chats.
func (s *Store) CountChats(ctx context.Context, since time.Time) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM chats WHERE touched_us >= ? AND ended_us IS NULL`, micros(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: count chats: %w", err)
	}
	return n, nil
}

// ForgetChat implements store.Chats.
func (s *Store) ForgetChat(ctx context.Context, conv string) error {
	err := s.submit(ctx, func(tx *sql.Tx) error {
		for _, q := range []string{`DELETE FROM chats WHERE conv = ?`, `DELETE FROM chat_inputs WHERE conv = ?`, `DELETE FROM outbox WHERE conv = ? AND dead = 1`} {
			if _, err := tx.Exec(q, conv); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: forget chat %q: %w", conv, err)
	}
	return nil
}
