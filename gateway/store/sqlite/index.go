package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

var _ store.Index = (*Store)(nil)

const (
	// quiet is how long nothing must have been said in a conversation that goes on before it is
	// taken in: taking it in again with each sentence would cost more than all else that is written.
	quiet = 30 * time.Second
	// indexPace is how often the queue is looked at.
	indexPace = time.Second
	// indexBatch is how many conversations are taken in with one commit: those of calls wait behind
	// it, some tens of milliseconds.
	indexBatch = 32
)

// line is what the index knows of one utterance, beside its words.
type line struct {
	Seq uint64 `json:"s"`
	Who string `json:"w"`
	At  int64  `json:"t"` // ms since the conversation began
}

// said is what an event adds to the index: words, on one line, as the transcript shows them.
func said(e event.Event) (who, words string, at time.Time) {
	switch v := e.Body.(type) {
	case event.Said:
		if who = v.Who; who == "" {
			who = "caller"
		}
		return who, oneLine(v.Text), e.At.Add(-time.Duration(max(0, v.EndMS-v.StartMS)) * time.Millisecond)
	case event.Prompted:
		if words = v.Text; v.Cut {
			words = v.Heard
		}
		return "bot", oneLine(words), e.At.Add(-time.Duration(v.ForMS) * time.Millisecond)
	}
	return "", "", time.Time{}
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

const queueText = `INSERT INTO search_queue (conv, due_us) VALUES (?, ?) ON CONFLICT (conv) DO UPDATE SET due_us = excluded.due_us`

// enqueue notes that what was said in a conversation is to be taken in: now when it has ended, else
// when it has been quiet for a while.
func enqueue(queue *sql.Stmt, sum *store.Summary, last time.Time) error {
	due := int64(0)
	if sum.End.IsZero() {
		due = micros(last.Add(quiet))
	}
	_, err := queue.Exec(sum.ID, due)
	return err
}

// Indexing implements store.Index.
func (s *Store) Indexing(ctx context.Context) (left, of int, err error) {
	err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM search_queue WHERE old = 1`).Scan(&left)
	if err == nil && left > 0 {
		err = s.read.QueryRowContext(ctx, `SELECT count(*) FROM conversations`).Scan(&of)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("store/sqlite: how far the index is: %w", err)
	}
	return left, max(of, left), nil
}

// KeepIndexed implements store.Index.
func (s *Store) KeepIndexed(ctx context.Context, tell func(left, of int)) error {
	left, of, err := s.Indexing(ctx)
	for err == nil {
		var n int
		if n, err = s.indexSome(ctx, time.Now()); err != nil {
			break
		}
		if left > 0 {
			if left = max(0, left-n); left == 0 { // some of them were new
				left, _, err = s.Indexing(ctx)
			}
			if tell != nil && n > 0 {
				tell(left, of)
			}
		}
		if n == indexBatch {
			continue
		}
		select {
		case <-time.After(indexPace):
		case <-ctx.Done():
			return nil
		}
	}
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// indexSome takes in what is due at now, a batch at most: what has just ended first, then of what is
// old the newest. It returns how many conversations that were.
func (s *Store) indexSome(ctx context.Context, now time.Time) (int, error) {
	name := func(row scanner) (conv string, err error) { err = row.Scan(&conv); return conv, err }
	due, err := list(ctx, s.read, name, `SELECT conv FROM search_queue WHERE old = 0 AND due_us <= ? ORDER BY due_us LIMIT ?`, micros(now), indexBatch)
	if err == nil && len(due) == 0 {
		due, err = list(ctx, s.read, name, `SELECT conv FROM search_queue WHERE old = 1 AND due_us <= ? ORDER BY due_us DESC LIMIT ?`, micros(now), indexBatch)
		slices.Reverse(due) // the index writes out what it has gathered when numbers do not grow
	}
	if err != nil || len(due) == 0 {
		return 0, wrap("what is to be indexed", err)
	}
	err = s.submit(ctx, func(tx *sql.Tx) error {
		for _, conv := range due {
			if err := s.indexOne(tx, conv); err != nil {
				return fmt.Errorf("conversation %q: %w", conv, err)
			}
		}
		return nil
	})
	return len(due), wrap("index", err)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store/sqlite: %s: %w", doing, err)
}

// indexOne takes one conversation in as it is now; of one of before the index it also makes what its
// summary and the figures lack.
func (s *Store) indexOne(tx *sql.Tx, conv string) error {
	var old bool
	switch err := tx.QueryRow(`SELECT old FROM search_queue WHERE conv = ?`, conv).Scan(&old); {
	case errors.Is(err, sql.ErrNoRows): // erased meanwhile
		return nil
	case err != nil:
		return err
	}
	if _, err := tx.Exec(`DELETE FROM search_queue WHERE conv = ?`, conv); err != nil {
		return err
	}
	rows, err := tx.Query(`SELECT seq, at_us, type, body FROM events WHERE conv = ? AND (?2 OR type IN ('started', 'said', 'prompted')) ORDER BY seq`, conv, old)
	if err != nil {
		return err
	}
	evs, err := scanEvents(rows, conv)
	if err != nil || len(evs) == 0 {
		return err
	}
	if old {
		if err := catchUp(tx, conv, evs); err != nil {
			return err
		}
	}
	return putDoc(tx, conv, evs)
}

// putDoc writes the words of a conversation in place of those that are there.
func putDoc(tx *sql.Tx, conv string, evs []event.Event) error {
	begin := evs[0].At
	var words []string
	var lines []line
	for _, e := range evs {
		if who, text, at := said(e); text != "" {
			words = append(words, text)
			lines = append(lines, line{e.Seq, who, max(0, at.Sub(begin).Milliseconds())})
		}
	}
	id := micros(begin)
	var was int64
	switch err := tx.QueryRow(`SELECT id FROM search_docs WHERE conv = ?`, conv).Scan(&was); {
	case err == nil:
		id = was
		if _, err := tx.Exec(`DELETE FROM search_docs WHERE id = ?`, was); err != nil {
			return err
		}
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	if len(words) == 0 {
		return nil
	}
	about, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	for ; ; id++ { // another may have begun in the same microsecond
		var taken bool
		if err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM search_docs WHERE id = ?)`, id).Scan(&taken); err != nil {
			return err
		}
		if !taken {
			break
		}
	}
	_, err = tx.Exec(`INSERT INTO search_docs (id, conv, words, lines) VALUES (?, ?, ?, ?)`, id, conv, strings.Join(words, "\n"), string(about))
	return err
}

// catchUp makes what a conversation of before the index lacks.
func catchUp(tx *sql.Tx, conv string, evs []event.Event) error {
	var sum store.Summary
	for _, e := range evs {
		sum.Apply(e)
	}
	score, scale := rated(&sum)
	if _, err := tx.Exec(`UPDATE conversations SET caller = ?, queue = ?, score = ?, scale = ?, topic = ?, placed = ?, customer_key = ?, account = ? WHERE id = ?`,
		store.Caller(sum.From), sum.Queue, score, scale, sum.Topic, sum.Placed, store.CallerKey(store.Customer(sum.From)), sum.Account(), conv); err != nil {
		return err
	}
	if err := markRepeats(tx, &sum, map[string]*store.Summary{conv: &sum}); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE conversations SET repeated = ? WHERE id = ? AND repeated = ''`, sum.Repeated, conv); err != nil {
		return err
	}
	for _, h := range store.HandoffsOf(evs) {
		if err := putHandoff(tx, h); err != nil {
			return err
		}
	}
	return nil
}

func rated(s *store.Summary) (score, scale int) {
	if s.Rated == nil {
		return 0, 0
	}
	return s.Rated.Score, s.Rated.Scale
}
