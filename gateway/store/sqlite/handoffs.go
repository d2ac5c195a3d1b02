package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

var _ store.Figures = (*Store)(nil)

const handoffColumns = `h.conv, h.seq, h.at_us, h.reason, h.queue, h.agent, h.outcome, h.joined_us, h.end_us, h.waited_us, h.talked_us, h.rung`

func scanHandoff(row scanner) (h store.Handoff, err error) {
	var seq, at, joined, end, waited, talked int64
	err = row.Scan(&h.Conv, &seq, &at, &h.Reason, &h.Queue, &h.Agent, &h.Outcome, &joined, &end, &waited, &talked, &h.Rung)
	h.Seq, h.At, h.Joined, h.End = uint64(seq), fromMicros(at), maybe(joined), maybe(end)
	h.Waited, h.Talked = time.Duration(waited)*time.Microsecond, time.Duration(talked)*time.Microsecond
	return h, err
}

func putHandoff(tx *sql.Tx, h store.Handoff) error {
	_, err := tx.Exec(`INSERT OR REPLACE INTO handoffs (conv, seq, at_us, reason, queue, agent, outcome, joined_us, end_us, waited_us, talked_us, rung) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		h.Conv, int64(h.Seq), micros(h.At), h.Reason, h.Queue, h.Agent, h.Outcome, orNever(h.Joined), orNever(h.End), h.Waited.Microseconds(), h.Talked.Microseconds(), h.Rung)
	return err
}

// handOff writes what an event changes of a hand-off.
func handOff(tx *sql.Tx, e event.Event) error {
	switch e.Body.(type) {
	case event.TransferStarted:
		h, _ := store.Opens(e)
		return putHandoff(tx, h)
	case event.TransferRinging, event.Bridged, event.TransferEnded, event.Ended:
	default:
		return nil
	}
	h, err := scanHandoff(tx.QueryRow(`SELECT `+handoffColumns+` FROM handoffs h WHERE h.conv = ? AND h.seq < ? AND h.end_us = 0 ORDER BY h.seq DESC LIMIT 1`, e.Conv, int64(e.Seq)))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if h.Apply(e) {
		return putHandoff(tx, h)
	}
	return nil
}

// Handoffs implements store.Figures.
func (s *Store) Handoffs(ctx context.Context, from, to time.Time, bot string) ([]store.Handoff, error) {
	out, err := list(ctx, s.read, scanHandoff, `SELECT `+handoffColumns+` FROM handoffs h WHERE h.at_us >= ?1 AND h.at_us < ?2
		AND (?3 = '' OR EXISTS (SELECT 1 FROM conversations c WHERE c.id = h.conv AND c.bot = ?3)) ORDER BY h.at_us DESC, h.conv, h.seq DESC`, micros(from), micros(to), bot)
	return out, wrap("list hand-offs", err)
}

// Hours implements store.Figures.
func (s *Store) Hours(ctx context.Context, from, to time.Time, bot string) ([]store.Hour, error) {
	out, err := list(ctx, s.read, func(row scanner) (h store.Hour, err error) {
		var n int64
		err = row.Scan(&n, &h.Conversations, &h.Ended, &h.Resolved, &h.Automated, &h.Unconfirmed, &h.Repeated, &h.Solved, &h.Ratings, &h.Rated)
		h.Start = from.Add(time.Duration(n) * time.Hour)
		return h, err
	}, `WITH alone AS (SELECT start_us, score, repeated <> '' AS again, scale, end_us IS NOT NULL AND outcome <> 'unanswered' AS ended, outcome,
			outcome <> 'transferred' AND NOT EXISTS (SELECT 1 FROM handoffs h WHERE h.conv = id) AS bot_alone
			FROM conversations WHERE start_us >= ?1 AND start_us < ?2 AND (?3 = '' OR bot = ?3))
		SELECT (start_us - ?1) / 3600000000 AS hour, count(*), sum(ended), sum(ended AND bot_alone AND outcome = 'resolved' AND NOT again),
			sum(ended AND bot_alone AND outcome IN ('resolved', 'callback')), sum(ended AND outcome = 'unconfirmed'), sum(ended AND again),
			sum(ended AND NOT again AND (outcome = 'resolved' OR outcome = 'transferred')), sum(scale > 0),
			sum(CASE WHEN scale > 1 THEN 1.0 + 4.0 * (score - 1) / (scale - 1) WHEN scale = 1 THEN 1.0 * score ELSE 0.0 END)
		FROM alone GROUP BY hour ORDER BY hour`, micros(from), micros(to), bot)
	return out, wrap("count the hours", err)
}
