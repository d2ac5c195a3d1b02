package callers

import (
	"context"
	"sync"
	"time"
)

const (
	frameTime = 20 * time.Millisecond
	slots     = 4 // a worker's calls are spread over so many moments of each 20 ms
	slotTime  = frameTime / slots
	lazyEvery = 5 // frame times between readings of a call's own socket
	// rigLate is how late a worker may begin a slot before a caller's packets are no longer what a
	// phone sends; it is judged at the 99th percentile.
	rigLate = 20 * time.Millisecond
	// giveUp is how late a worker may be before it leaves out what it could not send, as a phone
	// that stood still would, rather than send it all at once.
	giveUp = 200 * time.Millisecond
)

// worker sends and reads the RTP of its calls. One goroutine.
type worker struct {
	wire wire
	solo bool
	lazy bool
	mute bool

	mu  sync.Mutex // guards new, and the wire's sockets
	new []*Call    // up, and not yet seen by the worker

	// owned by run; to be read when it has returned
	calls [slots][]*Call
	by    map[int]*Call
	next  int
	inter Histogram // between packets of one call
	late  Histogram // of slots
	round int
}

// add gives the worker a call that is up; c's media are known.
func (w *worker) add(c *Call) {
	w.mu.Lock()
	w.new = append(w.new, c)
	w.mu.Unlock()
}

// run works until ctx ends.
func (w *worker) run(ctx context.Context) {
	w.by = map[int]*Call{}
	take := func(i int, at int64, b []byte) {
		if c := w.by[i]; c != nil {
			c.hear(at, b)
		}
	}
	due := time.Now()
	t := time.NewTimer(0)
	defer t.Stop()
	for n := 0; ; n++ {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		now := time.Now()
		w.late.Add(now.Sub(due))
		if now.Sub(due) > giveUp {
			due = now
		}
		w.mu.Lock()
		for _, c := range w.new {
			c.begin(&w.inter)
			w.by[c.Index] = c
			w.calls[w.next%slots] = append(w.calls[w.next%slots], c)
			w.next++
		}
		w.new = w.new[:0]
		w.slot(n, now, take)
		w.mu.Unlock()
		due = due.Add(slotTime)
		t.Reset(time.Until(due))
	}
}

// slot is one share of the 20 ms: what has come is heard first, so that a caller answers to it.
// mu is held: sockets may not be closed meanwhile.
func (w *worker) slot(n int, now time.Time, take func(int, int64, []byte)) {
	s := n % slots
	if !w.solo {
		w.wire.read(-1, take)
	}
	calls := w.calls[s]
	for k := 0; k < len(calls); k++ {
		c := calls[k]
		if w.solo && (!w.lazy || (n/slots+k)%lazyEvery == 0 || c.leave.Load()) {
			w.wire.read(c.Index, take)
		}
		if c.leave.Load() {
			calls[k] = calls[len(calls)-1]
			calls = calls[:len(calls)-1]
			k--
			delete(w.by, c.Index)
			c.done.Store(true)
			continue
		}
		if !w.mute {
			w.wire.send(c.Index, c.remote, c.header[:], c.packet(now))
		}
	}
	w.calls[s] = calls
	w.wire.flush()
}
