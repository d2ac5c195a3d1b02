package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"decroche/gateway/store"
)

var _ store.Outbound = (*Store)(nil)

// moment is a time as it is kept: the zero time is 0.
func moment(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return micros(t)
}

func fromMoment(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return fromMicros(n)
}

const outboundColumns = `id, kind, conv, at_us, phone, number, reason, "window", lang, slots, state, from_us, until_us, due_us, tries, last, answered, mind, key, campaign, plan, taker`

func scanOutbound(row interface{ Scan(...any) error }) (c store.OutboundCall, err error) {
	var at, from, until, due int64
	var slots, mind, plan string
	err = row.Scan(&c.ID, &c.Kind, &c.Conv, &at, &c.Phone, &c.Number, &c.Reason, &c.Window, &c.Lang, &slots, &c.State, &from, &until, &due, &c.Tries, &c.Last, &c.Call, &mind, &c.Key, &c.Campaign, &plan, &c.Taker)
	if err != nil {
		return store.OutboundCall{}, err
	}
	c.At, c.From, c.Until, c.Due = fromMicros(at), fromMoment(from), fromMoment(until), fromMoment(due)
	if mind != "" {
		c.Mind = json.RawMessage(mind)
	}
	if err := json.Unmarshal([]byte(plan), &c.Plan); err != nil {
		return store.OutboundCall{}, fmt.Errorf("call %d: %w", c.ID, err)
	}
	c.Slots, err = decodeSlots(slots)
	return c, err
}

func putOutbound(tx *sql.Tx, c store.OutboundCall) (int64, error) {
	slots, err := encodeSlots(c.Slots)
	if err != nil {
		return 0, err
	}
	plan, err := json.Marshal(c.Plan)
	if err != nil {
		return 0, err
	}
	res, err := tx.Exec(`INSERT INTO outbound (kind, conv, at_us, phone, number, reason, "window", lang, slots, state, from_us, until_us, due_us, last, mind, key, campaign, plan)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		c.Kind, c.Conv, micros(c.At), c.Phone, c.Number, c.Reason, c.Window, c.Lang, slots, cmp.Or(c.State, store.OutboundOpen),
		moment(c.From), moment(c.Until), moment(c.Due), c.Last, string(c.Mind), c.Key, c.Campaign, string(plan))
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// AddOutbound implements store.Outbound.
func (s *Store) AddOutbound(ctx context.Context, c store.OutboundCall) (id int64, existing bool, err error) {
	type added struct {
		id       int64
		existing bool
	}
	a, err := answer(ctx, s, func(tx *sql.Tx) (a added, err error) {
		if c.Key != "" {
			var number string
			switch err := tx.QueryRow(`SELECT id, number FROM outbound WHERE key = ?`, c.Key).Scan(&a.id, &number); {
			case errors.Is(err, sql.ErrNoRows):
			case err != nil:
				return a, err
			case number != c.Number:
				return a, store.ErrKeyUsed
			default:
				a.existing = true
				return a, nil
			}
		}
		a.id, err = putOutbound(tx, c)
		return a, err
	})
	if err != nil {
		return 0, false, fmt.Errorf("store/sqlite: add a call to place: %w", err)
	}
	return a.id, a.existing, nil
}

// OutboundCall implements store.Outbound.
func (s *Store) OutboundCall(ctx context.Context, id int64) (store.OutboundCall, error) {
	c, err := scanOutbound(s.read.QueryRowContext(ctx, `SELECT `+outboundColumns+` FROM outbound WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return c, store.ErrNotFound
	}
	if err != nil {
		return c, fmt.Errorf("store/sqlite: call to place %d: %w", id, err)
	}
	return c, nil
}

// OutboundCalls implements store.Outbound.
func (s *Store) OutboundCalls(ctx context.Context, q store.OutboundQuery) ([]store.OutboundCall, error) {
	list, err := s.outbound(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: list calls to place: %w", err)
	}
	return list, nil
}

func (s *Store) outbound(ctx context.Context, q store.OutboundQuery) ([]store.OutboundCall, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	return s.outboundWhere(ctx, `(?1 = '' OR kind = ?1) AND (?2 = '' OR state = ?2 OR ?2 = 'pending' AND state NOT IN ('done', 'dropped'))
		AND (?3 = '' OR number = ?3) AND (?4 = '' OR campaign = ?4) ORDER BY id LIMIT ?5`, q.Kind, q.State, q.Number, q.Campaign, limit)
}

func (s *Store) outboundWhere(ctx context.Context, where string, args ...any) ([]store.OutboundCall, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+outboundColumns+` FROM outbound WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []store.OutboundCall
	for rows.Next() {
		c, err := scanOutbound(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// Attempts implements store.Outbound.
func (s *Store) Attempts(ctx context.Context, id int64) ([]store.OutboundAttempt, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT n, at_us, end_us, by, outcome, detail, conv, heard, score FROM outbound_attempts WHERE call = ? ORDER BY n`, id)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: attempts of call %d: %w", id, err)
	}
	defer rows.Close()
	var out []store.OutboundAttempt
	for rows.Next() {
		var a store.OutboundAttempt
		var at, end int64
		if err := rows.Scan(&a.N, &at, &end, &a.By, &a.Outcome, &a.Detail, &a.Conv, &a.Heard, &a.Score); err != nil {
			return nil, fmt.Errorf("store/sqlite: attempts of call %d: %w", id, err)
		}
		a.At, a.End = fromMicros(at), fromMoment(end)
		out = append(out, a)
	}
	return out, rows.Err()
}

// Unplanned implements store.Outbound.
func (s *Store) Unplanned(ctx context.Context, limit int) ([]store.OutboundCall, error) {
	out, err := s.outboundWhere(ctx, `number = '' AND state = 'open' ORDER BY id LIMIT ?`, limit)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: callbacks to plan: %w", err)
	}
	return out, nil
}

// PlanOutbound implements store.Outbound.
func (s *Store) PlanOutbound(ctx context.Context, c store.OutboundCall) error {
	return s.changeOutbound(ctx, "plan", c.ID, func(tx *sql.Tx) (sql.Result, error) {
		return tx.Exec(`UPDATE outbound SET number = ?, from_us = ?, until_us = ?, due_us = ?, state = ?, last = ? WHERE id = ? AND state IN ('open', 'retry')`,
			c.Number, moment(c.From), moment(c.Until), moment(c.Due), c.State, c.Last, c.ID)
	})
}

// changeOutbound makes one change; ErrNotClaimed when it changed nothing.
func (s *Store) changeOutbound(ctx context.Context, doing string, id int64, change func(*sql.Tx) (sql.Result, error)) error {
	err := s.submit(ctx, func(tx *sql.Tx) error {
		res, err := change(tx)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, store.ErrNotClaimed)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: %s call %d: %w", doing, id, err)
	}
	return nil
}

// NextOutbound implements store.Outbound.
func (s *Store) NextOutbound(ctx context.Context) (time.Time, error) {
	var next sql.NullInt64
	if err := s.read.QueryRowContext(ctx, `SELECT min(due_us) FROM outbound WHERE state IN ('open', 'retry') AND due_us > 0`).Scan(&next); err != nil {
		return time.Time{}, fmt.Errorf("store/sqlite: next call to place: %w", err)
	}
	return fromMoment(next.Int64), nil
}

// Claim implements store.Outbound.
func (s *Store) Claim(ctx context.Context, now, lease time.Time, holder string, limit int, without ...string) ([]store.OutboundCall, error) {
	if without == nil {
		without = []string{}
	}
	skip, err := json.Marshal(without)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: claim calls to place: %w", err)
	}
	out, err := answer(ctx, s, func(tx *sql.Tx) (out []store.OutboundCall, err error) {
		rows, err := tx.Query(`UPDATE outbound SET state = 'dialling', lease_us = ?, holder = ?
			WHERE id IN (SELECT id FROM outbound WHERE state IN ('open', 'retry') AND due_us > 0 AND due_us <= ?
				AND (campaign = '' OR campaign NOT IN (SELECT value FROM json_each(?))) ORDER BY kind = 'call', at_us, id LIMIT ?) RETURNING `+outboundColumns,
			micros(lease), holder, micros(now), string(skip), limit)
		if err != nil {
			return nil, err
		}
		defer rows.Close()
		for rows.Next() {
			c, err := scanOutbound(rows)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
		slices.SortStableFunc(out, func(a, b store.OutboundCall) int {
			return cmp.Or(-cmp.Compare(a.Kind, b.Kind), a.At.Compare(b.At), cmp.Compare(a.ID, b.ID))
		}) // RETURNING has no order
		return out, rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: claim calls to place: %w", err)
	}
	return out, nil
}

// ClaimOne implements store.Outbound.
func (s *Store) ClaimOne(ctx context.Context, id int64, lease time.Time, holder string) (store.OutboundCall, error) {
	c, err := answer(ctx, s, func(tx *sql.Tx) (store.OutboundCall, error) {
		c, err := scanOutbound(tx.QueryRow(`UPDATE outbound SET state = 'dialling', lease_us = ?, holder = ? WHERE id = ? AND state IN ('open', 'retry', 'given_up') RETURNING `+outboundColumns,
			micros(lease), holder, id))
		if errors.Is(err, sql.ErrNoRows) {
			return c, store.ErrNotClaimed
		}
		return c, err
	})
	if err != nil {
		return c, fmt.Errorf("store/sqlite: claim call %d: %w", id, err)
	}
	return c, nil
}

// Unclaim implements store.Outbound.
func (s *Store) Unclaim(ctx context.Context, id int64, holder, state, last string, due time.Time) error {
	return s.changeOutbound(ctx, "give back", id, func(tx *sql.Tx) (sql.Result, error) {
		return tx.Exec(`UPDATE outbound SET state = iif(?1 <> '', ?1, iif(tries > 0, 'retry', 'open')), last = iif(?2 <> '', ?2, last), due_us = iif(taker <> '', 0, ?3), lease_us = 0, holder = ''
			WHERE id = ?4 AND state = 'dialling' AND holder = ?5`, state, last, moment(due), id, holder)
	})
}

// BeginAttempt implements store.Outbound.
func (s *Store) BeginAttempt(ctx context.Context, id int64, holder string, at, lease time.Time, by string) (int, error) {
	n, err := answer(ctx, s, func(tx *sql.Tx) (n int, err error) {
		var number, campaign string
		err = tx.QueryRow(`UPDATE outbound SET tries = tries + 1, lease_us = ? WHERE id = ? AND state = 'dialling' AND holder = ? RETURNING number, campaign,
			1 + (SELECT coalesce(max(n), 0) FROM outbound_attempts WHERE call = outbound.id)`, micros(lease), id, holder).Scan(&number, &campaign, &n)
		if errors.Is(err, sql.ErrNoRows) {
			return 0, store.ErrNotClaimed
		}
		if err != nil {
			return 0, err
		}
		_, err = tx.Exec(`INSERT INTO outbound_attempts (call, n, number, campaign, at_us, by) VALUES (?, ?, ?, ?, ?, ?)`, id, n, number, campaign, micros(at), by)
		return n, err
	})
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: begin to ring for call %d: %w", id, err)
	}
	return n, nil
}

// AnsweredAttempt implements store.Outbound.
func (s *Store) AnsweredAttempt(ctx context.Context, id int64, n int, conv string) error {
	return s.changeOutbound(ctx, "note the answer to", id, func(tx *sql.Tx) (sql.Result, error) {
		if _, err := tx.Exec(`UPDATE outbound SET answered = ? WHERE id = ?`, conv, id); err != nil {
			return nil, err
		}
		return tx.Exec(`UPDATE outbound_attempts SET conv = ? WHERE call = ? AND n = ?`, conv, id, n)
	})
}

// EndAttempt implements store.Outbound.
func (s *Store) EndAttempt(ctx context.Context, id int64, a store.OutboundAttempt, state string, due time.Time) error {
	return s.changeOutbound(ctx, "note the end of an attempt at", id, func(tx *sql.Tx) (sql.Result, error) {
		res, err := tx.Exec(`UPDATE outbound_attempts SET end_us = ?, outcome = ?, detail = ?, conv = iif(?4 <> '', ?4, conv), heard = ?, score = ? WHERE call = ? AND n = ?`,
			micros(a.End), a.Outcome, a.Detail, a.Conv, a.Heard, a.Score, id, a.N)
		if err != nil {
			return nil, err
		}
		_, err = tx.Exec(`UPDATE outbound SET state = ?, last = ?, due_us = iif(taker <> '', 0, ?), lease_us = 0, holder = '' WHERE id = ? AND state = 'dialling' AND tries = ?`, state, a.Outcome, moment(due), id, a.N)
		return res, err
	})
}

// RecoverOutbound implements store.Outbound.
func (s *Store) RecoverOutbound(ctx context.Context, now time.Time, all bool, due time.Time) (int, error) {
	n, err := answer(ctx, s, func(tx *sql.Tx) (int64, error) {
		const held = `state = 'dialling' AND (?1 OR lease_us <= ?2)`
		// An attempt that was going on: its call was rung, how it went nobody knows.
		if _, err := tx.Exec(`UPDATE outbound_attempts SET end_us = ?2, outcome = 'unknown', detail = 'the gateway died meanwhile'
			WHERE outcome = '' AND call IN (SELECT id FROM outbound WHERE `+held+`)`, all, micros(now)); err != nil {
			return 0, err
		}
		res, err := tx.Exec(`UPDATE outbound SET last = iif(tries > 0, 'unknown', last), due_us = iif(answered <> '' OR taker <> '', 0, iif(tries > 0, ?3, ?2)),
			state = iif(answered <> '', 'given_up', iif(tries > 0, 'retry', 'open')), lease_us = 0, holder = '' WHERE `+held, all, micros(now), micros(due))
		if err != nil {
			return 0, err
		}
		return res.RowsAffected()
	})
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: take back calls to place: %w", err)
	}
	return int(n), nil
}

// SetOutbound implements store.Outbound.
func (s *Store) SetOutbound(ctx context.Context, id int64, state, why string) error {
	found := false
	err := s.submit(ctx, func(tx *sql.Tx) error {
		res, err := tx.Exec(`UPDATE outbound SET state = ?1, last = iif(?2 <> '', ?2, last), lease_us = 0, holder = '', taker = iif(?1 = 'open', '', taker),
			number = iif(?1 = 'open' AND kind = 'callback', '', number), due_us = iif(?1 = 'open' AND kind = 'call', max(from_us, 1), 0)
			WHERE id = ?3 AND NOT (?1 = 'open' AND state = 'dialling')`, state, why, id) // what rings now is open already, and is not rung twice
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n > 0 {
			found = n > 0
			return err
		}
		return tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM outbound WHERE id = ?)`, id).Scan(&found)
	})
	if err != nil {
		return fmt.Errorf("store/sqlite: set call %d to %q: %w", id, state, err)
	}
	if !found {
		return store.ErrNotFound
	}
	return nil
}

// TakeOutbound implements store.Outbound.
func (s *Store) TakeOutbound(ctx context.Context, id int64, taker string, over bool) (string, error) {
	was, err := answer(ctx, s, func(tx *sql.Tx) (was string, err error) {
		var state string
		switch err := tx.QueryRow(`SELECT taker, state FROM outbound WHERE id = ?`, id).Scan(&was, &state); {
		case errors.Is(err, sql.ErrNoRows):
			return "", store.ErrNotFound
		case err != nil:
			return "", err
		case state == store.OutboundDone || state == store.OutboundDropped || was != "" && was != taker && !over:
			return was, store.ErrNotClaimed
		}
		// What is given back is planned again; an ordered call is due as it was ordered.
		if taker != "" {
			_, err := tx.Exec(`UPDATE outbound SET taker = ?, due_us = 0 WHERE id = ?`, taker, id)
			return was, err
		}
		if _, err := tx.Exec(`UPDATE outbound SET taker = '' WHERE id = ?`, id); err != nil || state == store.OutboundDialling || state == store.OutboundGivenUp {
			return was, err
		}
		_, err = tx.Exec(`UPDATE outbound SET state = iif(kind = 'call', state, 'open'), number = iif(kind = 'call', number, ''), due_us = iif(kind = 'call', max(from_us, 1), 0) WHERE id = ?`, id)
		return was, err
	})
	if err != nil {
		return was, fmt.Errorf("store/sqlite: take call %d: %w", id, err)
	}
	return was, nil
}

// CountAttempts implements store.Outbound.
func (s *Store) CountAttempts(ctx context.Context, number, campaign string, since time.Time) (c store.OutboundCount, err error) {
	column, of := "number", number
	if number == "" {
		column, of = "campaign", campaign
	}
	var last sql.NullInt64
	err = s.read.QueryRowContext(ctx, `SELECT count(*), max(at_us) FROM outbound_attempts WHERE `+column+` = ? AND at_us >= ?`, of, micros(since)).Scan(&c.Attempts, &last)
	if err != nil {
		return c, fmt.Errorf("store/sqlite: count attempts: %w", err)
	}
	c.Last = fromMoment(last.Int64)
	return c, nil
}

// CampaignCalls implements store.Outbound.
func (s *Store) CampaignCalls(ctx context.Context, campaign string, since time.Time) (n int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM outbound WHERE campaign = ? AND at_us >= ? AND state <> 'dropped'`, campaign, micros(since)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("store/sqlite: calls of campaign %q: %w", campaign, err)
	}
	return n, nil
}
