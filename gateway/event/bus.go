package event

import (
	"context"
	"errors"
	"sync"
)

// subBuffer is how many events a subscriber may lag behind: about one minute of a busy site
// (50 calls, each a few events per turn), well under a megabyte.
const subBuffer = 1024

// Errors of Sub.Recv.
var (
	// ErrGap means that the subscriber was too slow and events were dropped. The Sub is
	// finished: call Watch (or Subscribe) again and start from the new snapshot.
	ErrGap = errors.New("event: subscriber too slow, events were dropped; take a new snapshot")
	// ErrClosed means that the Sub or its Bus was closed.
	ErrClosed = errors.New("event: subscription closed")
)

// Bus shows every event to whoever watches, as it happens. It is not the record: the store has
// its own writer, because a Bus drops rather than waits. All methods are safe for concurrent use.
type Bus struct {
	metrics *Metrics

	mu     sync.Mutex // guards everything below; held for copying only, never while waiting
	subs   map[*Sub]struct{}
	taps   []func(Event) // run under mu, in order; they must be quick and must not call the Bus
	closed bool
}

// NewBus makes a Bus. metrics may be nil.
func NewBus(metrics *Metrics) *Bus {
	return &Bus{metrics: metrics, subs: map[*Sub]struct{}{}}
}

// Publish hands e to every subscriber. It never blocks and never fails; a subscriber whose
// buffer is full loses its subscription with ErrGap. The body, and the slices in it, must not
// be changed afterwards. Publishing on a closed Bus does nothing.
func (b *Bus) Publish(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.metrics.published()
	for _, tap := range b.taps {
		tap(e)
	}
	for s := range b.subs {
		select {
		case s.ch <- e:
		default:
			b.metrics.gap()
			b.end(s, ErrGap)
		}
	}
}

// Subscribe starts watching from the next event on. Close the Sub when done. For the state
// before the first event, use Board.Watch.
func (b *Bus) Subscribe() *Sub {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.subscribe()
}

// subscribe needs b.mu.
func (b *Bus) subscribe() *Sub {
	s := &Sub{bus: b, ch: make(chan Event, subBuffer), done: make(chan struct{})}
	if b.closed {
		s.why = ErrClosed
		close(s.done)
		return s
	}
	b.subs[s] = struct{}{}
	b.metrics.subscribers(len(b.subs))
	return s
}

// end needs b.mu. It finishes s once.
func (b *Bus) end(s *Sub, why error) {
	if _, ok := b.subs[s]; !ok {
		return
	}
	delete(b.subs, s)
	s.why = why
	close(s.done)
	b.metrics.subscribers(len(b.subs))
}

// Close ends every subscription with ErrClosed. Idempotent.
func (b *Bus) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for s := range b.subs {
		b.end(s, ErrClosed)
	}
}

// Sub is one watcher of a Bus. One goroutine may call Recv; any may call Close.
type Sub struct {
	bus  *Bus
	ch   chan Event
	done chan struct{} // closed when finished
	why  error         // set before done is closed
}

// Recv waits for the next event. It returns ErrGap when events were dropped, ErrClosed after
// Close (of the Sub or the Bus), or ctx's error. After ErrGap at once: what was buffered is not
// handed out, because the new snapshot contains it.
func (s *Sub) Recv(ctx context.Context) (Event, error) {
	select {
	case <-s.done:
		return s.finished()
	default:
	}
	select {
	case e := <-s.ch:
		return e, nil
	case <-s.done:
		return s.finished()
	case <-ctx.Done():
		return Event{}, ctx.Err()
	}
}

// finished hands out what was buffered before an orderly close, then the reason.
func (s *Sub) finished() (Event, error) {
	if s.why == ErrClosed {
		select {
		case e := <-s.ch:
			return e, nil
		default:
		}
	}
	return Event{}, s.why
}

// Close stops watching. Idempotent.
func (s *Sub) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	s.bus.end(s, ErrClosed)
}
