package store

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"decroche/gateway/event"
)

const (
	// writerQueue is how many events of one conversation may wait for the disk: some hundred
	// turns, about 200 KiB. Only a store that has been failing for minutes fills it.
	writerQueue = 1024
	// writerWait is how long Write waits when the queue is full before it gives the event up:
	// the caller on the line would hear a longer wait.
	writerWait = 250 * time.Millisecond
	// Between two tries of a failing store.
	retryFirst, retryMost = 50 * time.Millisecond, 2 * time.Second
)

// Writer puts one conversation's events into the store, in order, away from the audio, and
// shows each to the bus after the first attempt to store it. Write may be called by any
// goroutine. Close it when the conversation is over. Between events, which is most of the time, it
// has no goroutine and takes next to no memory.
type Writer struct {
	st   Store
	conv string
	bus  *event.Bus
	now  func() time.Time

	ctx  context.Context // lives until Close gives up waiting for the store
	stop context.CancelFunc
	done chan struct{} // closed when the Writer is and run has ended
	room chan struct{} // one token when the queue was emptied

	queueMu sync.Mutex    // nests inside mu; guards queue and running
	queue   []event.Event // what run has not taken yet
	running bool          // run is at work
	over    bool          // no more events come

	mu     sync.Mutex // orders Seq with the queue; guards seq and closed
	seq    uint64
	closed bool

	lostMu sync.Mutex // nests inside mu; guards lost and why
	lost   int
	why    error // what failed first
}

// NewWriter starts the writer of one conversation, which must be new to the store. bus may be
// nil; now is the wall clock, time.Now when nil.
func NewWriter(st Store, conv string, bus *event.Bus, now func() time.Time) *Writer {
	if now == nil {
		now = time.Now
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Writer{st: st, conv: conv, bus: bus, now: now, ctx: ctx, stop: stop, done: make(chan struct{}), room: make(chan struct{}, 1)}
}

// Write queues body as the conversation's next event, with the time it has now. It does not
// wait for the disk. When the queue is full it waits a quarter of a second at most, then gives
// the event up; Close reports how many. After Close, Write only counts. The slices in body
// must not be changed afterwards.
func (w *Writer) Write(body event.Body) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		w.lose(1, errors.New("written after the end"))
		return
	}
	e := event.Event{Conv: w.conv, Seq: w.seq + 1, At: w.now().UTC(), Body: body}
	if w.enqueue(e) {
		w.seq++
		return
	}
	wait := time.NewTimer(writerWait)
	defer wait.Stop()
	for {
		select {
		case <-w.room:
			if w.enqueue(e) {
				w.seq++
				return
			}
		case <-wait.C:
			w.lose(1, errors.New("the queue was full"))
			return
		}
	}
}

// Show shows body to those who follow the conversation now and keeps it nowhere: words that are
// still being said. It never waits.
func (w *Writer) Show(body event.Body) {
	if w.bus != nil && w.bus.Followed(w.conv) {
		w.bus.Show(event.Event{Conv: w.conv, At: w.now().UTC(), Body: body})
	}
}

// enqueue adds e unless the queue is full, and begins to store it unless that is under way; mu is
// held.
func (w *Writer) enqueue(e event.Event) bool {
	w.queueMu.Lock()
	defer w.queueMu.Unlock()
	if len(w.queue) >= writerQueue {
		return false
	}
	w.queue = append(w.queue, e)
	if !w.running {
		w.running = true
		go w.run()
	}
	return true
}

// Close waits until everything written is durable, or until ctx ends: then it gives up what is
// left. It returns an error exactly when events were lost, and says how many and what failed
// first. Idempotent.
func (w *Writer) Close(ctx context.Context) error {
	w.mu.Lock()
	if !w.closed {
		w.closed = true
		w.queueMu.Lock()
		w.over = true
		if !w.running {
			close(w.done)
		}
		w.queueMu.Unlock()
	}
	w.mu.Unlock()
	select {
	case <-w.done:
	case <-ctx.Done():
		w.stop()
		<-w.done
	}
	w.stop()
	w.lostMu.Lock()
	defer w.lostMu.Unlock()
	if w.lost == 0 {
		return nil
	}
	return fmt.Errorf("store: conversation %q: %d events were lost: %w", w.conv, w.lost, w.why)
}

func (w *Writer) lose(n int, why error) {
	w.lostMu.Lock()
	defer w.lostMu.Unlock()
	w.lost += n
	w.blame(why)
}

// failed remembers what the store said, so that Close can say it: by then the last error may be
// only that the writer was given up.
func (w *Writer) failed(err error) {
	w.lostMu.Lock()
	defer w.lostMu.Unlock()
	w.blame(err)
}

// blame keeps the first reason; that a context ended is one only when there is no other. lostMu
// is held.
func (w *Writer) blame(err error) {
	if w.why == nil || aborted(w.why) && !aborted(err) {
		w.why = err
	}
}

// worked forgets the reason of failures that did no harm.
func (w *Writer) worked() {
	w.lostMu.Lock()
	defer w.lostMu.Unlock()
	if w.lost == 0 {
		w.why = nil
	}
}

func aborted(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// run appends what is queued, as many at once as there are, until nothing is.
func (w *Writer) run() {
	for {
		w.queueMu.Lock()
		evs := w.queue
		w.queue = nil
		if len(evs) == 0 {
			w.running = false
			if w.over {
				close(w.done)
			}
			w.queueMu.Unlock()
			return
		}
		w.queueMu.Unlock()
		select {
		case w.room <- struct{}{}:
		default:
		}
		w.append(w.ctx, evs)
	}
}

// append stores evs, trying again until it works or the writer is given up. Append is
// idempotent, so a try whose outcome is unknown does no harm.
func (w *Writer) append(ctx context.Context, evs []event.Event) {
	err := w.st.Append(ctx, evs...)
	if w.bus != nil {
		for _, e := range evs {
			w.bus.Publish(e)
		}
	}
	for pause := retryFirst; err != nil; pause = min(2*pause, retryMost) {
		w.failed(err)
		select {
		case <-ctx.Done():
			w.lose(len(evs), err)
			return
		case <-time.After(pause):
		}
		err = w.st.Append(ctx, evs...)
	}
	w.worked()
}
