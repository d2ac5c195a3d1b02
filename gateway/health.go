package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// healthFor is how long a failed write speaks for the store when no other has been tried since:
// without calls nothing is written, and a probe that sends no calls would never see it recover.
const healthFor = 30 * time.Second

// watchedStore is a store that knows whether records can be written. One line is logged when
// that begins to fail and one when it works again, however many calls there are.
type watchedStore struct {
	store.Store
	log *slog.Logger

	mu  sync.Mutex // guards what follows
	err error      // of the last write; nil when it worked
	at  time.Time  // of err
}

// Append implements store.Store.
func (w *watchedStore) Append(ctx context.Context, evs ...event.Event) error {
	err := w.Store.Append(ctx, evs...)
	if err != nil && ctx.Err() != nil {
		return err // given up by the writer: says nothing about the store
	}
	w.mu.Lock()
	before := w.err
	w.err, w.at = err, time.Now()
	w.mu.Unlock()
	switch {
	case err != nil && before == nil && len(evs) > 0:
		w.log.Error("the store cannot write; calls go on, their records wait and may be lost: free space on the disk of data_dir", "conv", evs[0].Conv, "err", err)
	case err == nil && before != nil:
		w.log.Info("the store writes again")
	}
	return err
}

// healthy returns why records cannot be written, nil when they can.
func (w *watchedStore) healthy() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil || time.Since(w.at) > healthFor {
		return nil
	}
	return fmt.Errorf("the store cannot write: %w", w.err)
}

var errRecordLate = errors.New("the record was not written in time")
