package event

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// subBuffer is how many events a subscriber may lag behind: about one minute of a busy site
// (50 calls, each a few events per turn), well under a megabyte, once for all of them.
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
//
// What is published goes into one ring, out of which every subscriber reads at its own pace: a
// call pays for one event the same whether nobody watches or two hundred do, and wakes them with
// one closed channel. Who follows a single conversation has a queue of their own.
type Bus struct {
	metrics *Metrics

	mu      sync.Mutex // guards everything below; held for copying only, never while waiting
	ring    [subBuffer]Event
	next    uint64        // of the event that comes next; ring[i%subBuffer] is event i
	wake    chan struct{} // closed when one comes and somebody waits for it
	waiting bool
	subs    map[*Sub]struct{}
	follow  map[string][]*Sub // those who follow one conversation
	taps    []func(Event)     // run under mu, in order; they must be quick and must not call the Bus
	closed  bool
}

// NewBus makes a Bus. metrics may be nil.
func NewBus(metrics *Metrics) *Bus {
	return &Bus{metrics: metrics, subs: map[*Sub]struct{}{}, follow: map[string][]*Sub{}, wake: make(chan struct{})}
}

// Publish hands e to every subscriber. It never blocks and never fails; a subscriber who lags
// behind by more than the ring holds loses its subscription with ErrGap. The body, and the slices
// in it, must not be changed afterwards. Publishing on a closed Bus does nothing.
func (b *Bus) Publish(e Event) {
	e.shared = new(encoding)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.metrics.published()
	for _, tap := range b.taps {
		tap(e)
	}
	b.ring[b.next%subBuffer] = e
	b.next++
	b.wakeAll()
	b.toFollowers(e)
}

// Show hands a passing thing, words that are still being said, to those who follow its
// conversation and to nobody else: it is neither kept nor counted, and a follower whose queue is
// full misses it without a gap, for the next one says more.
func (b *Bus) Show(e Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.follow[e.Conv] {
		select {
		case s.ch <- e:
		default:
		}
	}
}

// Followed reports whether anybody follows conv, so that nothing is prepared for nobody.
func (b *Bus) Followed(conv string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.follow[conv]) > 0
}

// toFollowers needs b.mu.
func (b *Bus) toFollowers(e Event) {
	for _, s := range slices.Clone(b.follow[e.Conv]) {
		select {
		case s.ch <- e:
		default:
			b.end(s, ErrGap)
		}
	}
}

// wakeAll needs b.mu.
func (b *Bus) wakeAll() {
	if b.waiting {
		b.waiting = false
		close(b.wake)
		b.wake = make(chan struct{})
	}
}

// Subscribe starts watching from the next event on. Close the Sub when done. For the state
// before the first event, use Board.Watch.
func (b *Bus) Subscribe() *Sub {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.subscribe("")
}

// subscribe needs b.mu. only is the one conversation to follow; "" is all.
func (b *Bus) subscribe(only string) *Sub {
	s := &Sub{bus: b, pos: b.next, only: only, done: make(chan struct{})}
	if only != "" {
		s.ch = make(chan Event, followBuffer)
	}
	if b.closed {
		s.why = ErrClosed
		close(s.done)
		return s
	}
	b.subs[s] = struct{}{}
	if only != "" {
		b.follow[only] = append(b.follow[only], s)
	}
	b.metrics.subscribers(len(b.subs))
	return s
}

// followBuffer is how many events of one conversation a follower may lag behind: some minutes.
const followBuffer = 256

// end needs b.mu. It finishes s once.
func (b *Bus) end(s *Sub, why error) {
	if _, ok := b.subs[s]; !ok {
		return
	}
	delete(b.subs, s)
	if s.only != "" {
		left := slices.DeleteFunc(slices.Clone(b.follow[s.only]), func(o *Sub) bool { return o == s })
		if b.follow[s.only] = left; len(left) == 0 {
			delete(b.follow, s.only)
		}
	}
	if why == ErrGap {
		b.metrics.gap()
	}
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

// Sub is one watcher of a Bus. One goroutine may call Recv or Next; any may call Close.
type Sub struct {
	bus  *Bus
	only string        // the conversation followed; "" is all
	ch   chan Event    // of a follower
	done chan struct{} // closed when finished

	// guarded by bus.mu
	pos uint64 // of the next event to hand out, of who watches all
	why error  // set before done is closed
}

// Recv waits for the next event. It returns ErrGap when events were dropped, ErrClosed after
// Close (of the Sub or the Bus), or ctx's error. After ErrGap at once: what was buffered is not
// handed out, because the new snapshot contains it.
func (s *Sub) Recv(ctx context.Context) (Event, error) {
	var one [1]Event
	list, err := s.Next(ctx, one[:0])
	if err != nil {
		return Event{}, err
	}
	return list[0], nil
}

// Next is Recv for all events that are there, as many as fit into list's capacity, which must not
// be 0: it appends to list[:0] and returns at least one. Who calls it ten times a second reads a
// busy gateway in ten gulps, not in a thousand.
func (s *Sub) Next(ctx context.Context, list []Event) ([]Event, error) {
	list = list[:0]
	if s.ch != nil {
		return s.nextFollowed(ctx, list)
	}
	for {
		list, wake, err := s.take(list)
		if len(list) > 0 || err != nil {
			return list, err
		}
		select {
		case <-wake:
		case <-s.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// take hands out what is in the ring; nothing comes with the channel that tells of more.
func (s *Sub) take(list []Event) ([]Event, <-chan struct{}, error) {
	b := s.bus
	b.mu.Lock()
	defer b.mu.Unlock()
	if s.why == nil && b.next-s.pos > subBuffer {
		b.end(s, ErrGap)
	}
	if s.why == ErrGap {
		return nil, nil, s.why
	}
	for s.pos < b.next && len(list) < cap(list) && b.next-s.pos <= subBuffer {
		list = append(list, b.ring[s.pos%subBuffer])
		s.pos++
	}
	if len(list) > 0 {
		return list, nil, nil
	}
	if s.why == nil {
		b.waiting = true
	}
	return nil, b.wake, s.why
}

// nextFollowed is Next for a follower.
func (s *Sub) nextFollowed(ctx context.Context, list []Event) ([]Event, error) {
	select {
	case e := <-s.ch:
		list = append(list, e)
	case <-s.done:
		s.bus.mu.Lock()
		why := s.why
		s.bus.mu.Unlock()
		if why == ErrGap {
			return nil, why
		}
		select {
		case e := <-s.ch:
			return append(list, e), nil
		default:
			return nil, why
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	for len(list) < cap(list) {
		select {
		case e := <-s.ch:
			list = append(list, e)
		default:
			return list, nil
		}
	}
	return list, nil
}

// Close stops watching. Idempotent.
func (s *Sub) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	s.bus.end(s, ErrClosed)
	if s.ch == nil {
		s.pos = s.bus.next // nothing more is handed out
	}
}
