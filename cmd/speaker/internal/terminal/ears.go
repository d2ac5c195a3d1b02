package terminal

import (
	"context"
	"sync/atomic"
	"time"

	"decroche/asr/wake"
	"decroche/media/resample"
)

// Listener hears a room for phrases, as wake.Listener does. One goroutine uses it.
type Listener interface {
	Write(pcm []int16) []wake.Heard
	Quiet() time.Duration
}

// Command is what a phrase means.
type Command struct {
	Wake   bool
	Volume int // a step, when Set is false
	Set    bool
}

// Ears are a listener and what its phrases mean, by their number.
type Ears struct {
	Listener Listener
	Means    []Command
}

const earQueue = 100 // frames, 2 s; then the newest is dropped and counted

// ears listen beside the loop: looking at a phrase twice may take longer than a frame.
type ears struct {
	Ears
	in      chan []int16
	heard   chan Command
	free    chan []int16 // frames to be used again
	down    *resample.Resampler
	quiet   atomic.Int64 // milliseconds since somebody spoke, as far as a second goes
	Dropped atomic.Int64
}

func newEars(e Ears, down *resample.Resampler) *ears {
	v := &ears{Ears: e, in: make(chan []int16, earQueue), heard: make(chan Command, 8), free: make(chan []int16, earQueue), down: down}
	v.quiet.Store(1000)
	return v
}

// feed hands a frame over. It never waits.
func (e *ears) feed(pcm []int16) {
	if e == nil {
		return
	}
	var f []int16
	select {
	case f = <-e.free:
	default:
	}
	f = append(f[:0], pcm...)
	select {
	case e.in <- f:
	default:
		e.Dropped.Add(1)
	}
}

// run listens until ctx ends.
func (e *ears) run(ctx context.Context) {
	var low []int16
	for {
		select {
		case f := <-e.in:
			low = e.down.Process(low[:0], f)
			for _, h := range e.Listener.Write(low) {
				select {
				case e.heard <- e.Means[h.Phrase]:
				default: // nobody asks
				}
			}
			e.quiet.Store(e.Listener.Quiet().Milliseconds())
			select {
			case e.free <- f:
			default:
			}
		case <-ctx.Done():
			return
		}
	}
}
