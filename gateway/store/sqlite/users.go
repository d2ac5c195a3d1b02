package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"

	"decroche/gateway/store"
)

var _ store.Accounts = (*Store)(nil)

const userColumns = `name, display, role, password, issuer, subject, disabled, created_us, signed_in_us`

// scanner is a *sql.Row or *sql.Rows.
type scanner interface{ Scan(...any) error }

func scanUser(row scanner) (u store.User, err error) {
	var created, signedIn int64
	err = row.Scan(&u.Name, &u.Display, &u.Role, &u.Password, &u.Issuer, &u.Subject, &u.Disabled, &created, &signedIn)
	u.Created, u.SignedIn = maybe(created), maybe(signedIn)
	return u, err
}

// maybe is fromMicros where 0 stands for never.
func maybe(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return fromMicros(n)
}

// orNever is micros where the zero time is written as 0.
func orNever(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

// AddUser implements store.Users.
func (s *Store) AddUser(ctx context.Context, u store.User) error {
	var taken bool
	err := s.submit(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM users WHERE name = ?1 OR (?3 <> '' AND issuer = ?2 AND subject = ?3))`, u.Name, u.Issuer, u.Subject).Scan(&taken); err != nil || taken {
			return err
		}
		_, err := tx.Exec(`INSERT INTO users (`+userColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			u.Name, u.Display, u.Role, u.Password, u.Issuer, u.Subject, u.Disabled, micros(u.Created), orNever(u.SignedIn))
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: add user %q: %w", u.Name, err)
	}
	if taken {
		return store.ErrExists
	}
	return nil
}

// User implements store.Users.
func (s *Store) User(ctx context.Context, name string) (store.User, error) {
	return s.oneUser(ctx, `name = ?`, name)
}

// UserBySubject implements store.Users.
func (s *Store) UserBySubject(ctx context.Context, issuer, subject string) (store.User, error) {
	return s.oneUser(ctx, `subject <> '' AND issuer = ? AND subject = ?`, issuer, subject)
}

func (s *Store) oneUser(ctx context.Context, where string, args ...any) (store.User, error) {
	u, err := scanUser(s.read.QueryRowContext(ctx, `SELECT `+userColumns+` FROM users WHERE `+where, args...))
	if errors.Is(err, sql.ErrNoRows) {
		return store.User{}, store.ErrNotFound
	}
	if err != nil {
		return store.User{}, fmt.Errorf("store/sqlite: read a user: %w", err)
	}
	return u, nil
}

// Users implements store.Users.
func (s *Store) Users(ctx context.Context) iter.Seq2[store.User, error] {
	return each("list users", func() ([]store.User, error) {
		return list(ctx, s.read, scanUser, `SELECT `+userColumns+` FROM users ORDER BY name`)
	})
}

// querier is a database, or a transaction of one.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// list reads all rows of a query.
func list[T any](ctx context.Context, db querier, scan func(scanner) (T, error), query string, args ...any) (out []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// ChangeUser implements store.Users.
func (s *Store) ChangeUser(ctx context.Context, name string, change func(*store.User) error) error {
	var refused error // not an error of the transaction, which others share
	err := s.submit(ctx, func(tx *sql.Tx) error {
		refused = nil
		u, err := scanUser(tx.QueryRow(`SELECT `+userColumns+` FROM users WHERE name = ?`, name))
		if errors.Is(err, sql.ErrNoRows) {
			refused = store.ErrNotFound
			return nil
		}
		if err != nil {
			return err
		}
		led := u.Role == store.RoleAdmin && !u.Disabled
		if refused = change(&u); refused != nil {
			return nil
		}
		if leads := u.Role == store.RoleAdmin && !u.Disabled; led && !leads {
			var others bool
			if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM users WHERE role = ? AND NOT disabled AND name <> ?)`, store.RoleAdmin, name).Scan(&others); err != nil {
				return err
			}
			if !others {
				refused = store.ErrLastAdmin
				return nil
			}
		}
		return putUser(tx, name, u)
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: change user %q: %w", name, err)
	}
	return refused
}

// putUser writes a changed user; who is disabled is out at once.
func putUser(tx *sql.Tx, name string, u store.User) error {
	if _, err := tx.Exec(`UPDATE users SET display = ?, role = ?, password = ?, issuer = ?, subject = ?, disabled = ?, signed_in_us = ? WHERE name = ?`,
		u.Display, u.Role, u.Password, u.Issuer, u.Subject, u.Disabled, orNever(u.SignedIn), name); err != nil {
		return err
	}
	if !u.Disabled {
		return nil
	}
	_, err := tx.Exec(`DELETE FROM user_links WHERE user = ?`, name)
	if err == nil {
		_, err = tx.Exec(`DELETE FROM sessions WHERE user = ?`, name)
	}
	return err
}

// AddUserLink implements store.Users.
func (s *Store) AddUserLink(ctx context.Context, hash []byte, user string, expires time.Time) error {
	err := s.submit(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO user_links (hash, user, expires_us) VALUES (?, ?, ?)
			ON CONFLICT (user) DO UPDATE SET hash = excluded.hash, expires_us = excluded.expires_us`, hash, user, micros(expires))
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: add a link for user %q: %w", user, err)
	}
	return nil
}

const linkOwner = `SELECT l.user FROM user_links l JOIN users u ON u.name = l.user WHERE l.hash = ? AND l.expires_us > ? AND NOT u.disabled`

// UserLink implements store.Users.
func (s *Store) UserLink(ctx context.Context, hash []byte, now time.Time) (user string, err error) {
	err = s.read.QueryRowContext(ctx, linkOwner, hash, micros(now)).Scan(&user)
	if errors.Is(err, sql.ErrNoRows) {
		return "", store.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("store/sqlite: read a user's link: %w", err)
	}
	return user, nil
}

// UseUserLink implements store.Users.
func (s *Store) UseUserLink(ctx context.Context, hash []byte, now time.Time, password string) (string, error) {
	user, err := answer(ctx, s, func(tx *sql.Tx) (user string, err error) {
		err = tx.QueryRow(linkOwner, hash, micros(now)).Scan(&user)
		if errors.Is(err, sql.ErrNoRows) {
			return "", nil
		}
		if err != nil {
			return "", err
		}
		for _, q := range []string{`DELETE FROM user_links WHERE user = ?`, `DELETE FROM sessions WHERE user = ?`} {
			if _, err := tx.Exec(q, user); err != nil {
				return "", err
			}
		}
		_, err = tx.Exec(`UPDATE users SET password = ? WHERE name = ?`, password, user)
		return user, err
	})
	if err != nil {
		return "", fmt.Errorf("store/sqlite: use a user's link: %w", err)
	}
	if user == "" {
		return "", store.ErrNotFound
	}
	return user, nil
}
