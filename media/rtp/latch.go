package rtp

import (
	"net/netip"
	"time"
)

const (
	// latchFew packets in a row are a stream rather than a stray packet.
	latchFew = 3
	// latchSilence without the source lets another port of the same host, or another address that
	// the signalling vouches for, take over: a NAT chose a new port. It is longer than any ptime.
	latchSilence = 250 * time.Millisecond
	// latchForeign packets in a row over latchAlone from an address that nobody announced are taken
	// for the media relay of a caller behind NAT, where that is possible at all.
	latchForeign = 10
	latchAlone   = 150 * time.Millisecond
)

// latch decides whose packets are the call's. It is guarded by Session.mu.
//
// The signalling vouches for two addresses: the one in the SDP and the one it comes from itself.
// Packets from them lock at once, from any port (symmetric NAT), and take the media back from
// anybody else. Any other address may lock only while the SDP has an address that cannot be
// reached from here and nothing was ever heard from those two.
type latch struct {
	announced netip.AddrPort // from SDP
	source    netip.Addr     // of the signalling; invalid when unknown
	held      bool

	locked   bool
	vouched  bool // a vouched address was heard since announced changed
	addr     netip.AddrPort
	home     netip.AddrPort // the first that locked: it comes back before its neighbours
	ssrc     uint32
	last     time.Time // last packet of the source
	candAddr netip.AddrPort
	candSSRC uint32
	candN    int
	candAt   time.Time // first packet of the candidate
}

// announce tells what the signalling says now; a new address opens the latch. No address, as in a
// hold of RFC 2543, leaves it alone.
func (l *latch) announce(a netip.AddrPort, source netip.Addr, held bool) {
	l.source, l.held = source, held
	if a.IsValid() && a != l.announced {
		*l = latch{announced: a, source: source, held: held}
	}
}

// natted reports whether the far end announced an address that means nothing here: one of a
// narrower scope than where its signalling comes from.
func (l *latch) natted() bool { return natted(l.announced.Addr(), l.source) }

func natted(announced, source netip.Addr) bool {
	return announced.IsValid() && source.IsValid() && scope(announced) < scope(source)
}

// rank is how far the signalling vouches for an address, 0 for not at all. Behind NAT its own
// source is the better witness, else the SDP is.
func (l *latch) rank(a netip.Addr) int {
	if !a.IsValid() {
		return 0
	}
	// Only the kernel's addresses are sure to have an IPv6 zone.
	a = a.WithZone("")
	announced, source, natted := a == l.announced.Addr().WithZone(""), a == l.source.WithZone(""), l.natted()
	switch {
	case announced && !natted, source && natted:
		return 2
	case announced, source:
		return 1
	}
	return 0
}

// strength orders addresses of one rank: the very port that was announced stands above its
// neighbours, and then the one that came first.
func (l *latch) strength(a netip.AddrPort) int {
	s := 4 * l.rank(a.Addr())
	if s > 0 && a == l.announced {
		s += 2
	}
	if s > 0 && a == l.home {
		s++
	}
	return s
}

// admit reports whether a packet belongs to the call, and whether with it a stream begins: then
// sequence numbers and timestamps start anew.
func (l *latch) admit(addr netip.AddrPort, ssrc uint32, now time.Time) (ok, fresh bool) {
	if l.locked && addr == l.addr && ssrc == l.ssrc {
		l.last = now
		if l.strength(l.candAddr) <= l.strength(addr) {
			l.candN = 0
		}
		return true, false
	}
	rank := l.rank(addr.Addr())
	neighbour := l.locked && addr.Addr() == l.addr.Addr()
	if rank == 0 && !neighbour && (l.locked || l.vouched || l.held || !l.natted()) {
		return false, false // before it is counted: a flood must not hide a true candidate
	}
	if l.candN == 0 || addr != l.candAddr || ssrc != l.candSSRC {
		l.candAddr, l.candSSRC, l.candN, l.candAt = addr, ssrc, 0, now
	}
	l.candN++
	few, silent := l.candN >= latchFew, now.Sub(l.last) >= latchSilence
	switch {
	case !l.locked && rank > 0:
	case !l.locked && l.candN >= latchForeign && now.Sub(l.candAt) >= latchAlone:
	case l.locked && rank > 0 && l.rank(l.addr.Addr()) == 0: // taken back
	case l.locked && few && (addr == l.addr || silent || l.strength(addr) > l.strength(l.addr)):
	default:
		return false, false
	}
	if !l.home.IsValid() || l.rank(l.home.Addr()) < rank {
		l.home = addr
	}
	l.locked, l.addr, l.ssrc, l.last, l.candN = true, addr, ssrc, now, 0
	l.vouched = l.vouched || rank > 0
	return true, true
}

// cgnat is the shared address space of carriers (RFC 6598).
var cgnat = netip.MustParsePrefix("100.64.0.0/10")

// scope is how far an address means the same machine: this host, its link, a private network, the
// Internet.
func scope(a netip.Addr) int {
	switch {
	case a.IsLoopback() || a.IsUnspecified():
		return 0
	case a.IsLinkLocalUnicast():
		return 1
	case a.IsPrivate() || cgnat.Contains(a):
		return 2
	}
	return 3
}
