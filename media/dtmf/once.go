package dtmf

import "time"

// apart is how far the ways in which one key press may arrive can be from each other: a jitter
// buffer and the detector on one side, a proxy that carries INFO on the other.
const apart = 500 * time.Millisecond

// Way is how a key press arrived.
type Way uint8

// Ways.
const (
	ByEvent Way = iota // RFC 4733
	ByTone             // found in the sound
	ByInfo             // SIP INFO
	ways
)

// Once takes each key press for one although it arrives in several ways: gateways exist that send
// an event, an INFO and leave the tone in the sound. The zero value is ready. One goroutine at a
// time may use it.
type Once struct {
	keys [len(digits)]presses
}

// presses are those of one key that may still have twins on the way.
type presses struct {
	at   time.Duration // of the newest
	n    uint8         // how many they are
	came [ways]uint8   // how many of them each way has brought
}

// New reports whether a press of key, by a way, at a moment is one of its own. The n-th by one way
// is the n-th by another, and presses that arrive in the same way are always others.
func (o *Once) New(key byte, by Way, at time.Duration) bool {
	event, ok := eventOf(key)
	if !ok || by >= ways {
		return true
	}
	p := &o.keys[event]
	if at-p.at > apart || p.n == 255 {
		*p = presses{}
	}
	p.at = at
	if p.came[by]++; p.came[by] <= p.n {
		return false
	}
	p.n = p.came[by]
	return true
}
