package sqlite

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"decroche/gateway/store"
)

// Who does not wait for the transaction shares nothing with it: the race detector judges.
func TestLeavingBeforeTheTransaction(t *testing.T) {
	t.Parallel()
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		for _, leave := range []func(context.Context){
			func(ctx context.Context) { _, _ = s.AbandonDeliveries(ctx, nil) },
			func(ctx context.Context) { _, _ = s.RecoverOutbound(ctx, time.Now(), true, time.Now()) },
			func(ctx context.Context) { _, _ = s.BeginAttempt(ctx, 1, "h", time.Now(), time.Now(), "") },
			func(ctx context.Context) { _, _ = s.Claim(ctx, time.Now(), time.Now(), "h", 9) },
			func(ctx context.Context) { _, _ = s.TakeOutbound(ctx, 1, "anna", false) },
			func(ctx context.Context) { _, _ = s.AddNoCall(ctx, store.NoCall{Number: "+33123456789"}) },
			func(ctx context.Context) { _, _ = s.EndSessions(ctx, "anna", "") },
			func(ctx context.Context) { _, _ = s.UseUserLink(ctx, []byte("x"), time.Now(), "p") },
			func(ctx context.Context) { _, _ = s.RevokeLinks(ctx, "c", time.Now()) },
		} {
			ctx, cancel := context.WithCancel(t.Context())
			go cancel()
			leave(ctx)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
