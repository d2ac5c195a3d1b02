package rtp

import (
	"context"
	"io"
	"sync"

	"decroche/media"
)

// Heard is one thing from the far end: a frame, or a key press (then Digit is not 0).
type Heard struct {
	Frame media.Frame
	Digit byte
}

const (
	queueFrames = 10 // 200 ms: who listens later than that hears the newest, not the oldest
	queueDigits = 64 // keys are never dropped for frames; more than this nobody presses
)

// hearing is the queue between Tick and Receive: bounded in frames, oldest dropped first. Digits
// stay in media order between them.
type hearing struct {
	wake chan struct{} // holds one token when there may be something to take

	mu     sync.Mutex
	items  []Heard
	frames int
	digits int
	closed bool
}

func newHearing() *hearing { return &hearing{wake: make(chan struct{}, 1)} }

// push adds h and reports whether a frame had to be dropped for it.
func (q *hearing) push(h Heard) (dropped bool) {
	q.mu.Lock()
	if q.closed || h.Digit != 0 && q.digits >= queueDigits {
		q.mu.Unlock()
		return false
	}
	if h.Digit != 0 {
		q.digits++
	} else if q.frames++; q.frames > queueFrames {
		q.dropOldestFrame()
		dropped = true
	}
	q.items = append(q.items, h)
	q.mu.Unlock()
	q.poke()
	return dropped
}

func (q *hearing) dropOldestFrame() {
	for i := range q.items {
		if q.items[i].Digit == 0 {
			q.items = append(q.items[:i], q.items[i+1:]...)
			q.frames--
			return
		}
	}
}

func (q *hearing) poke() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// pop waits for the next thing; io.EOF after close, once the rest is taken.
func (q *hearing) pop(ctx context.Context) (Heard, error) {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			h := q.items[0]
			q.items = append(q.items[:0], q.items[1:]...)
			if h.Digit != 0 {
				q.digits--
			} else {
				q.frames--
			}
			more := len(q.items) > 0 || q.closed
			q.mu.Unlock()
			if more {
				q.poke()
			}
			return h, nil
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			q.poke()
			return Heard{}, io.EOF
		}
		select {
		case <-q.wake:
		case <-ctx.Done():
			return Heard{}, context.Cause(ctx)
		}
	}
}

func (q *hearing) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.poke()
}
