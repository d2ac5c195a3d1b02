package event

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestBusShowsEveryEventInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := NewBus(nil)
		sub := bus.Subscribe()
		go func() {
			for i := range uint64(100) {
				bus.Publish(Event{Conv: "a", Seq: i + 1, Body: Silent{}})
				time.Sleep(time.Millisecond)
			}
			bus.Close()
		}()
		for i := range uint64(100) {
			e, err := sub.Recv(t.Context())
			if err != nil || e.Seq != i+1 {
				t.Fatalf("event %d: got seq %d, %v", i+1, e.Seq, err)
			}
		}
		if _, err := sub.Recv(t.Context()); !errors.Is(err, ErrClosed) {
			t.Fatalf("after Close: %v, want ErrClosed", err)
		}
	})
}

// A watcher that never reads must not hold anybody up, and must learn that it missed something.
func TestSlowSubscriberGetsErrGapAndNobodyWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		m := NewMetrics(reg)
		bus := NewBus(m)
		slow, quick := bus.Subscribe(), bus.Subscribe()
		start := time.Now()
		for i := range uint64(subBuffer + 1) {
			bus.Publish(Event{Conv: "a", Seq: i + 1, Body: Silent{}})
			if _, err := quick.Recv(t.Context()); err != nil {
				t.Fatalf("quick subscriber: %v", err)
			}
		}
		if d := time.Since(start); d != 0 {
			t.Fatalf("publishing waited %v", d)
		}
		if _, err := slow.Recv(t.Context()); !errors.Is(err, ErrGap) {
			t.Fatalf("slow subscriber got %v, want ErrGap", err)
		}
		if _, err := slow.Recv(t.Context()); !errors.Is(err, ErrGap) {
			t.Fatalf("a gap is final; second Recv got %v", err)
		}
		if got := testutil.ToFloat64(m.gaps); got != 1 {
			t.Fatalf("decroche_bus_gaps_total = %v, want 1", got)
		}
		if got := testutil.ToFloat64(m.subs); got != 1 {
			t.Fatalf("decroche_bus_subscribers = %v, want 1", got)
		}
	})
}

func TestRecvEndsWithItsContextAndWithClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		bus := NewBus(nil)
		sub := bus.Subscribe()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := sub.Recv(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		go func() { time.Sleep(time.Second); sub.Close(); sub.Close() }()
		if _, err := sub.Recv(t.Context()); !errors.Is(err, ErrClosed) {
			t.Fatalf("got %v, want ErrClosed", err)
		}
		bus.Close()
		bus.Publish(Event{Body: Silent{}})
		if _, err := bus.Subscribe().Recv(t.Context()); !errors.Is(err, ErrClosed) {
			t.Fatalf("subscribing to a closed bus: %v, want ErrClosed", err)
		}
	})
}
