package jitter

import "time"

const (
	// margin is added to the lateness seen: the clocks of both ends have a grain.
	margin = 10 * time.Millisecond

	// Peaks of lateness fade by 1/512 per packet: at 50 packets a second half is gone in 7 s.
	fade = 512
)

// arrivals is what the headers and the clock tell: which sequence numbers have come, how late
// packets are against the fastest, and the delay that follows from it.
type arrivals struct {
	// sequence numbers, extended to 64 bits so that nothing ever wraps
	lowest, highest int64
	came            uint64 // bit i: highest-i has come
	unique          int    // packets come, each once
	lostBefore      int    // of streams before the last Reset
	probation       bool   // suspect is set
	suspect         uint16 // the sequence number that would confirm a jump

	// time
	clock       int64 // of the timestamps, in Hz
	origin      int64 // timestamp that is 0 on the clock of the sender
	lastTS      int64 // newest timestamp, extended
	lastTransit time.Duration
	jitter      time.Duration
	fastest     [2]time.Duration // least transit time of this and of the last half window
	since       time.Duration    // beginning of this half
	peak        time.Duration    // lateness of late packets, fading
	target      time.Duration
}

// first begins with a packet.
func (a *arrivals) first(seq uint16, ts uint32, arrived time.Duration) {
	a.lowest, a.highest, a.came, a.unique = int64(seq), int64(seq), 1, 1
	a.lastTS, a.origin = int64(ts), int64(ts)
	a.lastTransit = arrived
	a.fastest = [2]time.Duration{a.lastTransit, a.lastTransit}
	a.since = arrived
	a.peak = a.target - margin
}

// extend counts ts on from the newest timestamp (RFC 3550: modulo 2^32).
func (a *arrivals) extend(ts uint32) int64 { return a.lastTS + int64(int32(ts-uint32(a.lastTS))) }

// sent is when the sample of an extended timestamp was captured, on the clock of the sender.
func (a *arrivals) sent(at int64) time.Duration {
	at -= a.origin
	return time.Duration(at/a.clock)*time.Second + time.Duration(at%a.clock)*time.Second/time.Duration(a.clock)
}

// ticks is d on the clock of the timestamps, rounded towards minus infinity.
func (a *arrivals) ticks(d time.Duration) int64 {
	whole := d / time.Second
	rest := d % time.Second
	if rest < 0 {
		whole, rest = whole-1, rest+time.Second
	}
	return int64(whole)*a.clock + int64(rest)*a.clock/int64(time.Second)
}

// near tells whether seq continues the stream (RFC 3550 A.1).
func (a *arrivals) near(seq uint16) bool {
	d := int16(seq - uint16(a.highest))
	return d < dropout && d > -misorder
}

// strange tells whether a packet is far from the stream, in number or in time.
func (a *arrivals) strange(seq uint16, ts uint32, arrived time.Duration) bool {
	off := arrived - a.sent(a.extend(ts)) - a.base()
	return !a.near(seq) || off > jump || off < -jump
}

// note enters seq, which is near, and returns how far ahead of the newest it is, and whether it
// comes for the first time.
func (a *arrivals) note(seq uint16) (ahead int, isNew bool) {
	ahead = int(int16(seq - uint16(a.highest)))
	switch {
	case ahead > 0:
		a.highest += int64(ahead)
		a.came = a.came<<ahead | 1
	case -ahead < 64:
		bit := uint64(1) << -ahead
		if a.came&bit != 0 {
			return ahead, false
		}
		a.came |= bit
		a.lowest = min(a.lowest, a.highest+int64(ahead))
	}
	a.unique++
	return ahead, true
}

// lost is the packets missing between the lowest and the highest number (RFC 3550 A.3).
func (a *arrivals) lost() int {
	if a.unique == 0 {
		return a.lostBefore
	}
	return a.lostBefore + max(0, int(a.highest-a.lowest)+1-a.unique)
}

// base is the transit time of the fastest packet lately.
func (a *arrivals) base() time.Duration { return min(a.fastest[0], a.fastest[1]) }

// plan is the sample that should be played now: captured target + base ago.
func (a *arrivals) plan(now time.Duration) int64 {
	return a.origin + a.ticks(now-a.base()-a.target)
}

// spare is how far behind the plan a frame of silence is left out: by a frame, on a line whose
// packets come when they should, and half a frame more where they do not, lest it is missed soon after.
func (a *arrivals) spare(frame int64) int64 { return frame + min(frame/2, a.ticks(a.jitter)) }

// time enters a packet's timestamp and arrival, moves the target and returns the extended
// timestamp.
func (a *arrivals) time(ts uint32, arrived time.Duration, cfg Config) int64 {
	at := a.extend(ts)
	a.lastTS = max(a.lastTS, at)
	transit := arrived - a.sent(at)
	a.jitter += ((transit - a.lastTransit).Abs() - a.jitter) / 16 // RFC 3550 A.8
	a.lastTransit = transit

	if arrived-a.since > window/2 {
		a.fastest[1] = a.fastest[0]
		a.fastest[0] = transit
		a.since = arrived
	}
	a.fastest[0] = min(a.fastest[0], transit)
	late := transit - a.base()
	if late > step {
		a.fastest = [2]time.Duration{transit, transit}
		late = 0
	}
	a.peak = max(late, a.peak-(a.peak-late)/fade)
	a.target = min(max(3*a.jitter+margin, a.peak+margin, cfg.Min), cfg.Max)
	return at
}
