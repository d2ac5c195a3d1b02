package sqlite

import (
	"context"
	"path/filepath"
	"testing"
)

// Who does not wait for the transaction shares nothing with it: the race detector judges.
func TestLeavingBeforeTheTransaction(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	for range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		_, _ = s.AbandonDeliveries(ctx, nil)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
