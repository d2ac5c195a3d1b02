package gateway

import (
	"context"
	"path/filepath"
	"time"

	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/webhook"
)

// letters are the deliveries that were given up, as the console shows them.
type letters struct {
	store.DeadLetters
	to *webhook.Sender
}

// Retry implements console.Letters.
func (l letters) Retry(ctx context.Context, ids []int64) (int, error) {
	n, err := l.ReviveDeliveries(ctx, l.to.Hooks(), ids, time.Now())
	if n > 0 {
		l.to.Wake()
	}
	return n, err
}

// OpenLetters opens the deliveries that were given up, beside a gateway that may be running: what is revived
// leaves within a minute. Call done at the end.
func OpenLetters(ctx context.Context, cfg Config) (st store.DeadLetters, done func() error, err error) {
	db, err := sqlite.Open(ctx, filepath.Join(cfg.DataDir, databaseFile))
	if err != nil {
		return nil, nil, err
	}
	return db, db.Close, nil
}
