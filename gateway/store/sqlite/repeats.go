package sqlite

import (
	"context"
	"database/sql"

	"decroche/gateway/store"
)

// mostRepeats bounds how many conversations of one customer are compared with one that has news.
const mostRepeats = 100

// markRepeats looks for other conversations of s's customer about its topic: those before it within
// store.RepeatWithin are marked as unresolved, and s itself when the customer has been back already, as
// with a chat that was still open. The first who came back is named, in whatever order they are written. It runs when s has news. fresh are
// summaries of the same transaction, which are written after this.
func markRepeats(tx *sql.Tx, s *store.Summary, fresh map[string]*store.Summary) error {
	key, account := store.CallerKey(store.Customer(s.From)), s.Account()
	if s.Topic == "" || key == "" && account == "" {
		return nil
	}
	until := s.End
	if until.IsZero() {
		until = s.Start
	}
	week := store.RepeatWithin.Microseconds()
	others, err := list(context.Background(), tx, func(row scanner) (store.Summary, error) { return scanSummary(row) },
		selectSummary+` WHERE c.topic = ?1 AND c.id <> ?2 AND (?3 <> '' AND c.customer_key = ?3 OR ?4 <> '' AND c.account = ?4)
			AND coalesce(c.end_us, c.start_us) >= ?5 - ?6 AND c.start_us <= ?7 + ?6 ORDER BY c.start_us, c.id LIMIT ?8`,
		s.Topic, s.ID, key, account, micros(s.Start), week, micros(until), mostRepeats)
	if err != nil {
		return err
	}
	begun := map[string]int64{}
	for _, o := range others {
		begun[o.ID] = micros(o.Start)
	}
	for _, o := range others {
		if f := fresh[o.ID]; f != nil {
			o = *f
		}
		if (o.Repeated == "" || begun[o.Repeated] > micros(s.Start)) && o.Repeats(s) {
			if f := fresh[o.ID]; f != nil {
				f.Repeated = s.ID
			}
			if _, err := tx.Exec(`UPDATE conversations SET repeated = ? WHERE id = ?`, s.ID, o.ID); err != nil {
				return err
			}
		}
		if s.Repeated == "" && s.Repeats(&o) {
			s.Repeated = o.ID
		}
	}
	return nil
}
