package rtc

import (
	"net/netip"
	"testing"
	"time"
)

// A source has its burst and then its rate; neighbours in one IPv6 network are one source, and memory
// is bounded.
func TestLimiter(t *testing.T) {
	t.Parallel()
	l, now := newLimiter(2, 3), time.Unix(0, 0)
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	six, neighbour := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	for i, c := range []struct {
		src   netip.Addr
		later time.Duration
		ok    bool
	}{
		{a, 0, true}, {a, 0, true}, {a, 0, true}, {a, 0, false}, {b, 0, true},
		{a, 500 * time.Millisecond, true}, {a, 0, false}, {a, time.Hour, true}, {a, 0, true}, {a, 0, true}, {a, 0, false},
		{six, 0, true}, {neighbour, 0, true}, {six, 0, true}, {neighbour, 0, false},
		{netip.MustParseAddr("::ffff:192.0.2.1"), 0, false},
	} {
		now = now.Add(c.later)
		ok, after := l.take(c.src, now)
		if ok != c.ok || !ok && (after <= 0 || after > 500*time.Millisecond) {
			t.Errorf("%d: %v, again in %v; want %v", i, ok, after, c.ok)
		}
	}
	for i := range 2 * limiterSources {
		l.take(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), now)
	}
	if len(l.by) > limiterSources {
		t.Errorf("%d sources are remembered", len(l.by))
	}
}
