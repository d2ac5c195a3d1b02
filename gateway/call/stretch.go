package call

import (
	"sync"

	"decroche/media"
)

// stretch is one stretch of speech as it comes in, and what of it a recogniser still has to be
// given: filled where the frames come in, emptied by the recogniser's goroutine.
type stretch struct {
	level loudness      // guarded by the lock of its sense
	ready chan struct{} // a token when it is worth to look

	mu      sync.Mutex
	list    []media.Frame
	unsaid  int // frames since somebody was told
	dropped int
	closed  bool
}

const (
	// earRoom bounds what waits for a slow recogniser: 2 s of frames, 32 kB. When full the oldest goes.
	earRoom = 100
	// voiceBatch is how many frames of voice a recogniser is woken for, and quietBatch how many of
	// silence: the first at once, for words that are complete end a turn.
	voiceBatch, quietBatch = 3, 2
)

func newStretch() *stretch { return &stretch{ready: make(chan struct{}, 1)} }

// push adds a copy of f; now says that it is worth waking somebody for. A guess in place of lost
// packets is for people: a recogniser would take it for words.
func (q *stretch) push(f media.Frame, now bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return
	}
	if n := len(q.list); n == earRoom {
		oldest := q.list[0]
		copy(q.list, q.list[1:])
		q.list[n-1] = oldest
		q.list = q.list[:n-1]
		q.dropped++
	}
	n := len(q.list)
	if n < cap(q.list) { // a buffer from before
		q.list = q.list[:n+1]
	} else {
		q.list = append(q.list, media.Frame{})
	}
	f.PCM = append(q.list[n].PCM[:0], f.PCM...)
	if f.Lost {
		clear(f.PCM)
	}
	q.list[n] = f
	if q.unsaid++; now || q.unsaid >= voiceBatch {
		q.tell()
	}
}

func (q *stretch) tell() {
	q.unsaid = 0
	select {
	case q.ready <- struct{}{}:
	default:
	}
}

// close tells that nothing more comes.
func (q *stretch) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.tell()
}

// take returns what there is in exchange for what was taken before, how many frames were lost
// since, and whether more may come.
func (q *stretch) take(used []media.Frame) (list []media.Frame, dropped int, more bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	list, dropped, more = q.list, q.dropped, !q.closed
	q.list, q.dropped = used[:0], 0
	return list, dropped, more
}
