package rtp

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	"decroche/media"
	"decroche/media/dtmf"
	"decroche/media/jitter"
)

// Heard is one thing from the far end: a frame, or a key press (then Digit is not 0). The frame's
// PCM is valid until the next Receive or Next.
type Heard struct {
	Frame media.Frame
	Digit byte
}

const (
	queueLength = 200 * time.Millisecond // who listens later than that hears the newest, not the oldest
	queueDigits = 64                     // keys are never dropped for frames; more than this nobody presses
)

// item is what waits for Receive: a key, or a frame as it came, to be decoded by who receives it.
type item struct {
	digit byte
	by    dtmf.Way // of digit
	at    time.Duration
	codec string
	state jitter.State
	lasts time.Duration
	data  []byte // Playing: the packet; Lost: the one behind the gap, or nil
	// of a Playing frame of the ring, the bytes that stand for sound that never came
	holeFrom, holeTo int
	fresh            bool // the first of another source: nothing before it counts
	// comfort noise that the far end has told since the item before
	noise  [maxNoise]byte
	noises int
}

// hearing is the queue between Tick and Receive: bounded in frames, oldest dropped first. Digits
// stay in media order between them. The buffers of frames go round.
type hearing struct {
	wake chan struct{} // holds one token when there may be something to take

	mu     sync.Mutex
	items  []item // from head on; what is before was taken
	head   int
	spare  [][]byte
	length time.Duration // of items
	digits int
	closed bool
}

func newHearing() *hearing { return &hearing{wake: make(chan struct{}, 1)} }

// push adds it, with a copy of its data, and reports whether something had to be dropped for it: the
// oldest frame, or the key that it is. Who receives learns of it by poke.
func (q *hearing) push(it item) (dropped bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return false
	case it.digit != 0 && q.digits >= queueDigits:
		return true
	}
	if it.digit != 0 {
		q.digits++
	} else {
		q.length += it.lasts
		for q.length > queueLength && q.length > it.lasts {
			q.dropOldestFrame()
			dropped = true
		}
	}
	if it.data != nil {
		var b []byte
		if n := len(q.spare); n > 0 {
			b, q.spare = q.spare[n-1][:0], q.spare[:n-1]
		}
		it.data = append(b, it.data...)
	}
	if q.head > 0 && len(q.items) == cap(q.items) {
		q.items = slices.Delete(q.items, 0, q.head)
		q.head = 0
	}
	q.items = append(q.items, it)
	return dropped
}

func (q *hearing) dropOldestFrame() {
	for i := q.head; i < len(q.items); i++ {
		if it := &q.items[i]; it.digit == 0 {
			q.giveBack(it.data)
			q.length -= it.lasts
			q.items = slices.Delete(q.items, i, i+1)
			return
		}
	}
}

// giveBack keeps a buffer for the next frame; mu is held.
func (q *hearing) giveBack(b []byte) {
	if b != nil {
		q.spare = append(q.spare, b)
	}
}

func (q *hearing) poke() {
	if len(q.wake) > 0 {
		return
	}
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// pop takes the next thing, if there is one; io.EOF after close, once the rest is taken. used is
// the buffer that pop gave out before.
func (q *hearing) pop(used []byte) (it item, ok bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.giveBack(used)
	if q.head == len(q.items) {
		if q.closed {
			return item{}, false, io.EOF
		}
		return item{}, false, nil
	}
	it = q.items[q.head]
	q.items[q.head].data = nil
	if q.head++; q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	if it.digit != 0 {
		q.digits--
	} else {
		q.length -= it.lasts
	}
	return it, true, nil
}

func (q *hearing) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.poke()
}

// Ready gets a value when there may be something for Next. After it, call Next until it has
// nothing more: several things may stand behind one value.
func (s *Session) Ready() <-chan struct{} { return s.heard.wake }

// Next returns the next frame or key in media order without waiting; ok is false when there is
// none, and the error is io.EOF after Close. Next and Receive are for one goroutine.
func (s *Session) Next() (h Heard, ok bool, err error) {
	for {
		if f, ok := s.inband.kept(); ok {
			return Heard{Frame: f}, true, nil
		}
		f, whole := s.ear.cut()
		if !whole {
			it, ok, err := s.heard.pop(s.taken)
			s.taken = it.data
			switch {
			case !ok:
				return Heard{}, false, err
			case it.digit != 0:
				if !s.inband.once.New(it.digit, it.by, s.inband.clock) {
					continue
				}
				return Heard{Digit: it.digit}, true, nil
			}
			s.ear.listen(it.codec, s.Rate())
			if f, whole = s.ear.hear(it); !whole {
				continue
			}
		}
		if key := s.searched(&f); key != 0 {
			return Heard{Digit: key}, true, nil
		}
		return Heard{Frame: f}, true, nil
	}
}

// searched returns the key that was found in f, which then waits, and notes whether f is silence.
func (s *Session) searched(f *media.Frame) (key byte) {
	if key = s.inband.hear(f, s.tones.Load()); key == 0 && !s.ear.ring {
		s.quiet.Store(quiet(f.PCM))
	}
	return key
}

// Receive returns the next frame or key in media order; io.EOF after Close. A frame that stands in
// for packets that never came has Lost set; its PCM is a guess, for people who listen.
func (s *Session) Receive(ctx context.Context) (Heard, error) {
	for {
		h, ok, err := s.Next()
		if ok || err != nil {
			return h, err
		}
		select {
		case <-s.heard.wake:
		case <-ctx.Done():
			return Heard{}, context.Cause(ctx)
		}
	}
}

// Key puts a key press that came by SIP INFO between the frames; the event or tone that says the same
// is not told again.
func (s *Session) Key(digit byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.key(digit, dtmf.ByInfo)
}

// key hands on a key; mu is held.
func (s *Session) key(digit byte, by dtmf.Way) {
	it := item{digit: digit, by: by}
	switch {
	case s.sink != nil:
		s.feed(it)
	case s.heard.push(it):
		s.engine.metrics.queueFull.Inc()
	}
	s.told()
}
