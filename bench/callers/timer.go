package callers

import (
	"context"
	"time"
)

// BareTimer measures the machine itself while ctx lives: a goroutine that only sleeps to absolute
// due times 20 ms apart, and how far apart it really wakes. Its p99 belongs beside every p99 of a
// run: a server cannot be asked to be more regular than a sleep on the same machine.
func BareTimer(ctx context.Context) *Histogram {
	h := &Histogram{}
	const period = 20 * time.Millisecond
	due := time.Now().Add(period)
	t := time.NewTimer(period)
	defer t.Stop()
	last := time.Time{}
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return h
		}
		now := time.Now()
		if !last.IsZero() {
			h.Add(now.Sub(last))
		}
		last, due = now, due.Add(period)
		t.Reset(time.Until(due))
	}
}
