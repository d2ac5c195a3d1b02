package sqlite

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	"decroche/gateway/store"
)

// AddLink implements store.Store: 128 random bits, 22 characters that need no escaping in a URL.
func (s *Store) AddLink(ctx context.Context, conv string, expires time.Time) (string, error) {
	var raw [16]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return "", fmt.Errorf("store/sqlite: add link: %w", err)
	}
	token := base64.RawURLEncoding.EncodeToString(raw[:])
	hash := sha256.Sum256([]byte(token))
	err := s.submit(ctx, func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO links (hash, conv, expires_us) VALUES (?, ?, ?)`, hash[:], conv, micros(expires))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("store/sqlite: add link to %q: %w", conv, err)
	}
	return token, nil
}

// Link implements store.Store. Tokens are looked up by hash, so time says nothing about them.
func (s *Store) Link(ctx context.Context, token string, now time.Time) (string, error) {
	hash := sha256.Sum256([]byte(token))
	var conv string
	err := s.read.QueryRowContext(ctx, `SELECT conv FROM links WHERE hash = ? AND expires_us > ?`, hash[:], micros(now)).Scan(&conv)
	if errors.Is(err, sql.ErrNoRows) {
		return "", store.ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("store/sqlite: link: %w", err)
	}
	return conv, nil
}
