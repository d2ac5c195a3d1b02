package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"math"
	"time"

	"decroche/gateway/store"
)

// AddAudit implements store.Audit.
func (s *Store) AddAudit(ctx context.Context, e store.AuditEntry) error {
	_, err := s.exec(ctx, "add to the audit list", `INSERT INTO audit (at_us, who, what, about, detail, address) VALUES (?, ?, ?, ?, ?, ?)`,
		micros(e.At), e.Who, e.What, e.About, e.Detail, e.Address)
	return err
}

// Audit implements store.Audit.
func (s *Store) Audit(ctx context.Context, q store.AuditQuery) iter.Seq2[store.AuditEntry, error] {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	if q.Before <= 0 {
		q.Before = math.MaxInt64
	}
	return each("list audit entries", func() ([]store.AuditEntry, error) {
		return list(ctx, s.read, scanAudit, `SELECT id, at_us, who, what, about, detail, address FROM audit
			WHERE id < ?1 AND (?2 = '' OR who = ?2) AND (?3 = '' OR what = ?3) AND (?4 = '' OR about = ?4) ORDER BY id DESC LIMIT ?5`,
			q.Before, q.Who, q.What, q.About, min(q.Limit, 1000))
	})
}

func scanAudit(row scanner) (e store.AuditEntry, err error) {
	var at int64
	err = row.Scan(&e.ID, &at, &e.Who, &e.What, &e.About, &e.Detail, &e.Address)
	e.At = fromMicros(at)
	return e, err
}

// Audited implements store.Audit.
func (s *Store) Audited(ctx context.Context, who, what, address string) (yes bool, err error) {
	if err = s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit WHERE who = ? AND what = ? AND address = ?)`, who, what, address).Scan(&yes); err != nil {
		return false, fmt.Errorf("store/sqlite: look into the audit list: %w", err)
	}
	return yes, nil
}

// SweepAccounts implements store.Accounts.
func (s *Store) SweepAccounts(ctx context.Context, now, idle, audit time.Time) error {
	err := s.submit(ctx, func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DELETE FROM sessions WHERE expires_us <= ? OR seen_us < ?`, micros(now), micros(idle)); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM user_links WHERE expires_us <= ?`, micros(now)); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM audit WHERE at_us < ?`, micros(audit))
		return err
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: sweep accounts: %w", err)
	}
	return nil
}
