package rtp

import "time"

// reception counts one incoming stream as RFC 3550 appendix A does, in 32 bits with cycles.
type reception struct {
	started  bool
	base     uint32 // first extended sequence number
	max      uint32 // highest extended sequence number
	received uint32
	lastTS   uint32        // of sound
	lastAt   time.Duration // likewise
	came     time.Duration // the last packet
	jitter   float64       // in timestamp units
	arrivals [256]uint32   // see Reception.Interarrival

	priorExpected, priorReceived uint32 // at the last report
}

// Reception is what a session counted of the stream it received, for load tests and reports.
type Reception struct {
	Packets uint64
	Missing uint64 // sequence numbers that never came
	// Interarrival counts packets by the time since the packet before, in ms; the last cell
	// holds everything longer.
	Interarrival [256]uint32
}

// Reception returns what was received so far. Any goroutine may call it.
func (s *Session) Reception() Reception {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Reception{Packets: uint64(s.stats.received), Interarrival: s.stats.arrivals}
	if expected := uint64(s.stats.max-s.stats.base) + 1; s.stats.started && expected > r.Packets {
		r.Missing = expected - r.Packets
	}
	return r
}

const maxJump = 3000 // sequence numbers; a larger jump is a new numbering (RFC 3550 A.1, MAX_DROPOUT)

// add counts a packet that arrived at a time on the session's clock; clock is that of ts, in Hz. The
// packets of one key have one timestamp (RFC 4733 §2.5.1.2), which tells nothing of the line's jitter.
func (r *reception) add(seq uint16, ts uint32, at time.Duration, clock int, key bool) {
	if !r.started {
		*r = reception{started: true, base: uint32(seq) | 1<<16, max: uint32(seq) | 1<<16, received: 1, lastTS: ts, lastAt: at, came: at}
		return
	}
	d := int16(seq - uint16(r.max))
	switch {
	case d > maxJump || d < -maxJump:
		*r = reception{started: true, base: uint32(seq) | 1<<16, max: uint32(seq) | 1<<16, received: 1, lastTS: ts, lastAt: at, came: at, jitter: r.jitter}
		return
	case d > 0:
		r.max += uint32(d)
	}
	r.received++
	r.arrivals[min(max(at-r.came, 0)/time.Millisecond, time.Duration(len(r.arrivals)-1))]++
	if r.came = at; key {
		return
	}
	transit := (at-r.lastAt).Seconds()*float64(clock) - float64(int32(ts-r.lastTS)) // A.8
	if transit < 0 {
		transit = -transit
	}
	r.jitter += (transit - r.jitter) / 16
	r.lastTS, r.lastAt = ts, at
}

// report returns the figures of a reception report block and begins a new interval (A.3).
func (r *reception) report() (fraction uint8, lost int32, highest uint32, jitter uint32) {
	expected := r.max - r.base + 1
	lost = int32(max(min(int64(expected)-int64(r.received), 0x7fffff), -0x800000))
	dExp, dRec := expected-r.priorExpected, r.received-r.priorReceived
	r.priorExpected, r.priorReceived = expected, r.received
	if l := int64(dExp) - int64(dRec); dExp > 0 && l > 0 {
		fraction = uint8(l * 256 / int64(dExp))
	}
	return fraction, lost, r.max, uint32(r.jitter)
}
