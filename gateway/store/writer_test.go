package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// disk is a Store that only appends, and fails or dawdles as told.
type disk struct {
	store.Store
	mu   sync.Mutex
	got  []event.Event
	fail error
	took time.Duration
	n    int // Appends
	// aborts makes it fail with the context's error first, as a database does.
	aborts bool
}

func (d *disk) Append(ctx context.Context, evs ...event.Event) error {
	time.Sleep(d.took)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
	if d.aborts && ctx.Err() != nil {
		return fmt.Errorf("append: %w", ctx.Err())
	}
	if d.fail != nil {
		return d.fail
	}
	d.got = append(d.got, evs...)
	return ctx.Err()
}

func (d *disk) set(err error) { d.mu.Lock(); defer d.mu.Unlock(); d.fail = err }

func TestWriterNumbersKeepsOrderAndPublishesAfterStoring(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &disk{took: 10 * time.Millisecond}
		bus := event.NewBus(nil)
		sub := bus.Subscribe()
		w := store.NewWriter(d, "c1", bus, nil)
		start := time.Now()
		for i := range 100 {
			w.Write(event.Said{Text: fmt.Sprint(i)})
		}
		if d := time.Since(start); d != 0 {
			t.Fatalf("Write waited %v for the disk", d)
		}
		e, err := sub.Recv(t.Context())
		if err != nil || e.Seq != 1 || time.Since(start) < d.took {
			t.Fatalf("first event shown: %v, %v, after %v; want number 1 once it is stored", e, err, time.Since(start))
		}
		if err := w.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(d.got) != 100 || d.n > 3 {
			t.Fatalf("%d events in %d appends, want 100 in few", len(d.got), d.n)
		}
		for i, e := range d.got {
			if e.Seq != uint64(i+1) || e.Body.(event.Said).Text != fmt.Sprint(i) || e.Conv != "c1" || e.At.Location() != time.UTC {
				t.Fatalf("event %d is %+v", i, e)
			}
		}
		if err := w.Close(t.Context()); err != nil {
			t.Fatalf("second Close: %v", err)
		}
		w.Write(event.Silent{})
		if err := w.Close(t.Context()); err == nil {
			t.Fatal("an event written after Close was lost silently")
		}
	})
}

func TestWriterTriesAgainUntilTheStoreIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &disk{fail: errors.New("disk full")}
		w := store.NewWriter(d, "c1", nil, nil)
		w.Write(event.Silent{ForMS: 1})
		w.Write(event.Silent{ForMS: 2})
		time.Sleep(10 * time.Second)
		d.set(nil)
		if err := w.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(d.got) != 2 {
			t.Fatalf("%d events stored, want 2", len(d.got))
		}
	})
}

func TestWriterSaysWhatItLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &disk{fail: errors.New("disk full")}
		w := store.NewWriter(d, "c1", nil, nil)
		w.Write(event.Silent{})
		synctest.Wait() // the first is being tried; the queue is empty again
		const queue = 1024
		for range queue {
			w.Write(event.Silent{})
		}
		start := time.Now()
		w.Write(event.Silent{}) // one too many
		if took := time.Since(start); took != 250*time.Millisecond {
			t.Fatalf("a full queue held the call up for %v, want 250 ms", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := w.Close(ctx)
		if err == nil || !strings.Contains(err.Error(), "1026 events were lost") || !strings.Contains(err.Error(), "disk full") {
			t.Fatalf("Close says %v", err)
		}
	})
}

// TestWriterNamesTheFirstFailure: the reason is what the disk said, not that the writer was given
// up in the middle of a try, nor an older failure that was overcome.
func TestWriterNamesTheFirstFailure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &disk{fail: errors.New("hiccup"), took: time.Second, aborts: true}
		w := store.NewWriter(d, "c1", nil, nil)
		w.Write(event.Silent{})
		time.Sleep(3 * time.Second)
		d.set(nil)
		time.Sleep(10 * time.Second)
		d.set(errors.New("no space left"))
		w.Write(event.Silent{})
		time.Sleep(1500 * time.Millisecond) // the second try is under way
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		err := w.Close(ctx)
		if err == nil || !strings.Contains(err.Error(), "1 events were lost: no space left") {
			t.Fatalf("Close says %v", err)
		}
	})
}
