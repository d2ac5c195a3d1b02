package gateway

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"decroche/gateway/event"
)

const (
	// waitsOf is how old a wait may be that says something about the next one, and waitsLeast how
	// many it takes: below that nobody knows, and callers are told nothing.
	waitsOf    = 30 * time.Minute
	waitsLeast = 3
	waitsMost  = 500
)

// waits knows how long callers waited for a person lately. All methods are safe for concurrent use.
type waits struct {
	now func() time.Time

	mu   sync.Mutex
	open map[string]time.Time // since when, by conversation
	had  []wait               // oldest first, at most waitsMost
}

// wait is one that ended with somebody there.
type wait struct {
	at  time.Time
	how time.Duration
}

func newWaits(now func() time.Time) *waits { return &waits{now: now, open: map[string]time.Time{}} }

// run takes in what happens until ctx ends.
func (w *waits) run(ctx context.Context, b *event.Board) {
	for ctx.Err() == nil {
		_, sub := b.Watch()
		err := w.follow(ctx, sub)
		sub.Close()
		if !errors.Is(err, event.ErrGap) {
			return
		}
		w.forget() // some ends were missed
	}
}

// follow reads a few times a second, in gulps, so that a busy gateway does not wake it for each event.
func (w *waits) follow(ctx context.Context, sub *event.Sub) error {
	list := make([]event.Event, 0, 512)
	gulp := time.NewTicker(200 * time.Millisecond)
	defer gulp.Stop()
	for {
		evs, err := sub.Next(ctx, list)
		if err != nil {
			return err
		}
		for _, e := range evs {
			w.take(e)
		}
		select {
		case <-gulp.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// take notes one event.
func (w *waits) take(e event.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e.Body.(type) {
	case event.TransferStarted:
		w.open[e.Conv] = e.At
	case event.Bridged:
		if began, ok := w.open[e.Conv]; ok {
			w.had = append(w.had, wait{e.At, e.At.Sub(began)})
			if len(w.had) > waitsMost {
				w.had = slices.Delete(w.had, 0, len(w.had)-waitsMost)
			}
		}
		delete(w.open, e.Conv)
	case event.TransferEnded, event.Ended:
		delete(w.open, e.Conv)
	}
}

func (w *waits) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.open)
}

// usual is how long a caller waits for a person now, as far as that is known: the median of the last
// half hour, or longer when somebody who waits now has waited longer already. 0 means that nobody knows.
func (w *waits) usual() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.now()
	var had []time.Duration
	for _, v := range w.had {
		if now.Sub(v.at) <= waitsOf {
			had = append(had, v.how)
		}
	}
	if len(had) < waitsLeast {
		return 0
	}
	slices.Sort(had)
	usual := had[len(had)/2]
	for _, since := range w.open {
		usual = max(usual, now.Sub(since))
	}
	return usual
}
