package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"decroche/gateway/store"
)

const sessionColumns = `id, user, how, bound, address, browser, created_us, seen_us, expires_us`

func scanSession(row scanner) (o store.Session, err error) {
	var created, seen, expires int64
	err = row.Scan(&o.ID, &o.User, &o.How, &o.Bound, &o.Address, &o.Browser, &created, &seen, &expires)
	o.Created, o.Seen, o.Expires = fromMicros(created), fromMicros(seen), fromMicros(expires)
	return o, err
}

// exec is one statement in a transaction of its own turn; it returns how many rows it changed.
func (s *Store) exec(ctx context.Context, doing, query string, args ...any) (int, error) {
	n, err := answer(ctx, s, func(tx *sql.Tx) (int64, error) {
		res, err := tx.Exec(query, args...)
		if err != nil {
			return 0, err
		}
		return res.RowsAffected()
	})
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: %s: %w", doing, err)
	}
	return int(n), nil
}

// AddSession implements store.Sessions.
func (s *Store) AddSession(ctx context.Context, hash []byte, o store.Session) error {
	_, err := s.exec(ctx, "add a session", `INSERT INTO sessions (hash, `+sessionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		hash, o.ID, o.User, o.How, o.Bound, o.Address, o.Browser, micros(o.Created), micros(o.Seen), micros(o.Expires))
	return err
}

// SessionByHash implements store.Sessions.
func (s *Store) SessionByHash(ctx context.Context, hash []byte) (store.Session, error) {
	o, err := scanSession(s.read.QueryRowContext(ctx, `SELECT `+sessionColumns+` FROM sessions WHERE hash = ?`, hash))
	if errors.Is(err, sql.ErrNoRows) {
		return store.Session{}, store.ErrNotFound
	}
	if err != nil {
		return store.Session{}, fmt.Errorf("store/sqlite: read a session: %w", err)
	}
	return o, nil
}

// TouchSession implements store.Sessions.
func (s *Store) TouchSession(ctx context.Context, id string, seen time.Time) error {
	_, err := s.exec(ctx, "touch a session", `UPDATE sessions SET seen_us = max(seen_us, ?) WHERE id = ?`, micros(seen), id)
	return err
}

// Sessions implements store.Sessions.
func (s *Store) Sessions(ctx context.Context, user string) iter.Seq2[store.Session, error] {
	return each("list sessions", func() ([]store.Session, error) {
		return list(ctx, s.read, scanSession, `SELECT `+sessionColumns+` FROM sessions WHERE ?1 = '' OR user = ?1 ORDER BY seen_us DESC, id`, user)
	})
}

// EndSessions implements store.Sessions.
func (s *Store) EndSessions(ctx context.Context, user, id string) (int, error) {
	if user == "" && id == "" {
		return 0, errors.New("store/sqlite: end sessions: say whose, or which")
	}
	return s.exec(ctx, "end sessions", `DELETE FROM sessions WHERE (?1 = '' OR user = ?1) AND (?2 = '' OR id = ?2)`, user, id)
}

const tokenColumns = `id, name, user, scopes, created_us, used_us, expires_us, revoked_us`

func scanToken(row scanner) (t store.APIToken, err error) {
	var scopes string
	var created, used, expires, revoked int64
	if err = row.Scan(&t.ID, &t.Name, &t.User, &scopes, &created, &used, &expires, &revoked); err != nil {
		return t, err
	}
	t.Created, t.Used, t.Expires, t.Revoked = fromMicros(created), maybe(used), maybe(expires), maybe(revoked)
	return t, json.Unmarshal([]byte(scopes), &t.Scopes)
}

// AddToken implements store.Tokens.
func (s *Store) AddToken(ctx context.Context, hash []byte, t store.APIToken) error {
	scopes, err := json.Marshal(t.Scopes)
	if err != nil {
		return fmt.Errorf("store/sqlite: add token %q: %w", t.Name, err)
	}
	_, err = s.exec(ctx, "add an API token", `INSERT INTO api_tokens (hash, `+tokenColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		hash, t.ID, t.Name, t.User, string(scopes), micros(t.Created), orNever(t.Used), orNever(t.Expires), orNever(t.Revoked))
	return err
}

// TokenByHash implements store.Tokens.
func (s *Store) TokenByHash(ctx context.Context, hash []byte) (store.APIToken, error) {
	t, err := scanToken(s.read.QueryRowContext(ctx, `SELECT `+tokenColumns+` FROM api_tokens WHERE hash = ?`, hash))
	if errors.Is(err, sql.ErrNoRows) {
		return store.APIToken{}, store.ErrNotFound
	}
	if err != nil {
		return store.APIToken{}, fmt.Errorf("store/sqlite: read an API token: %w", err)
	}
	return t, nil
}

// TouchToken implements store.Tokens.
func (s *Store) TouchToken(ctx context.Context, id string, used time.Time) error {
	_, err := s.exec(ctx, "touch an API token", `UPDATE api_tokens SET used_us = max(used_us, ?) WHERE id = ?`, micros(used), id)
	return err
}

// Tokens implements store.Tokens.
func (s *Store) Tokens(ctx context.Context) iter.Seq2[store.APIToken, error] {
	return each("list API tokens", func() ([]store.APIToken, error) {
		return list(ctx, s.read, scanToken, `SELECT `+tokenColumns+` FROM api_tokens ORDER BY created_us, id`)
	})
}

// RevokeToken implements store.Tokens.
func (s *Store) RevokeToken(ctx context.Context, id string, at time.Time) error {
	n, err := s.exec(ctx, "revoke an API token", `UPDATE api_tokens SET revoked_us = ? WHERE id = ? AND revoked_us = 0`, micros(at), id)
	if err == nil && n == 0 {
		return store.ErrNotFound
	}
	return err
}
