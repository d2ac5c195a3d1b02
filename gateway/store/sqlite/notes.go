package sqlite

import (
	"context"
	"fmt"

	"decroche/gateway/store"
)

var _ store.Notes = (*Store)(nil)

// SetNote implements store.Notes.
func (s *Store) SetNote(ctx context.Context, n store.Note) error {
	_, err := s.exec(ctx, "keep an agent's note", `INSERT INTO desk_notes (conv, agent, text, conclusion, proposed, at_us) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (conv, agent) DO UPDATE SET text = excluded.text, conclusion = excluded.conclusion, proposed = excluded.proposed, at_us = excluded.at_us`,
		n.Conv, n.Agent, n.Text, n.Conclusion, n.Proposed, micros(n.At))
	return err
}

// Notes implements store.Notes.
func (s *Store) Notes(ctx context.Context, conv string) ([]store.Note, error) {
	notes, err := list(ctx, s.read, func(row scanner) (n store.Note, err error) {
		var at int64
		err = row.Scan(&n.Conv, &n.Agent, &n.Text, &n.Conclusion, &n.Proposed, &at)
		n.At = fromMicros(at)
		return n, err
	}, `SELECT conv, agent, text, conclusion, proposed, at_us FROM desk_notes WHERE conv = ? ORDER BY at_us, agent`, conv)
	if err != nil {
		return nil, fmt.Errorf("store/sqlite: notes of %q: %w", conv, err)
	}
	return notes, nil
}
