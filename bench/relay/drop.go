package relay

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
)

// Drop decides which messages get lost, by a seed, where a socket of a bench asks it about each message that it sends
// and each that it has read: what happens is what a relay in between would do, and no address has to be
// changed inside the messages. Its methods may be called from any goroutine.
type Drop struct {
	loss         float64
	passed, lost atomic.Uint64

	mu   sync.Mutex
	rand *rand.Rand
}

// NewDrop loses the share loss, 0 to 1, of all messages.
func NewDrop(loss float64, seed uint64) *Drop {
	return &Drop{loss: loss, rand: rand.New(rand.NewPCG(seed, 17))}
}

// Lost reports whether the next message is lost.
func (d *Drop) Lost() bool {
	d.mu.Lock()
	lost := d.rand.Float64() < d.loss
	d.mu.Unlock()
	if lost {
		d.lost.Add(1)
	} else {
		d.passed.Add(1)
	}
	return lost
}

// Stats is what happened so far.
func (d *Drop) Stats() Stats { return Stats{Passed: d.passed.Load(), Lost: d.lost.Load()} }
