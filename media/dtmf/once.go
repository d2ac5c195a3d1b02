package dtmf

import "time"

// apart is how far the two ways in which one key press may arrive can be from each other: a jitter
// buffer and the detector on one side, a proxy that carries INFO on the other.
const apart = 500 * time.Millisecond

// Once takes each key press for one although it arrives twice, as an event and as a tone: gateways
// exist that send both. The zero value is ready. One goroutine at a time may use it.
type Once struct {
	key   byte
	tone  bool
	at    time.Duration
	taken bool // its twin has come
}

// New reports whether a press of key at a moment is one of its own. tone: it was found in the
// sound. Two presses that arrive in the same way are always two.
func (o *Once) New(key byte, tone bool, at time.Duration) bool {
	if !o.taken && o.key == key && o.tone != tone && at-o.at <= apart {
		o.taken = true
		return false
	}
	*o = Once{key: key, tone: tone, at: at}
	return true
}
