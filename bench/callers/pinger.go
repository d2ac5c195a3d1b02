package callers

import "time"

// Pinger says one frame now and then and notes how soon it is heard again: for a server that sends
// back what it gets. What it finds is in every latency that other scripts measure.
type Pinger struct {
	Clip  *Clip         // of which the first frame is said; it has to be audible
	Every time.Duration // longer than a trip

	// Trips and Lost are for everybody once the call has ended.
	Trips []time.Duration
	Lost  int // frames that were not heard before the next one was said

	last  int64 // when a frame was said, nanoseconds since 1970
	waits bool  // for it
}

// Say implements Script.
func (p *Pinger) Say(_ *Call, now time.Time) (*Clip, int) {
	at := now.UnixNano()
	if at-p.last < int64(p.Every) {
		return nil, 0
	}
	if p.waits {
		p.Lost++
	}
	p.last, p.waits = at, true
	return p.Clip, 0
}

// Hear implements Script.
func (p *Pinger) Hear(_ *Call, k Packet) {
	if p.waits && k.At >= p.last && k.Audible() {
		p.Trips, p.waits = append(p.Trips, time.Duration(k.At-p.last)), false
	}
}
