package rtp

import (
	"net/netip"
	"time"
)

const (
	// latchForeign packets in a row from an address that was not announced are taken for a caller
	// behind NAT, as long as nobody has been heard yet: 60 ms, too many for a stray packet.
	latchForeign = 3
	// latchSSRC packets in a row are a new stream from the same address.
	latchSSRC = 3
	// latchSteal packets in a row from elsewhere, after latchSilence without the old source, move
	// the media: the caller changed networks. One foreign packet, or ten thousand beside a
	// live source, never do.
	latchSteal   = 10
	latchSilence = time.Second
)

// latch decides whose packets are the call's. It belongs to the reader.
type latch struct {
	announced netip.AddrPort // from SDP
	locked    bool
	addr      netip.AddrPort
	ssrc      uint32
	last      time.Time // last packet of the source

	candAddr netip.AddrPort
	candSSRC uint32
	candN    int
}

// announce tells what the signalling says now; a new address opens the latch.
func (l *latch) announce(a netip.AddrPort) {
	if a == l.announced {
		return
	}
	*l = latch{announced: a}
}

// admit reports whether a packet belongs to the call, and whether with it a stream begins: then
// sequence numbers and timestamps start anew.
func (l *latch) admit(addr netip.AddrPort, ssrc uint32, now time.Time) (ok, fresh bool) {
	if l.locked && addr == l.addr && ssrc == l.ssrc {
		l.last, l.candN = now, 0
		return true, false
	}
	if l.candN == 0 || addr != l.candAddr || ssrc != l.candSSRC {
		l.candAddr, l.candSSRC, l.candN = addr, ssrc, 0
	}
	l.candN++
	switch {
	case !l.locked && addr.Addr() == l.announced.Addr():
	case !l.locked && l.candN >= latchForeign:
	case l.locked && addr == l.addr && l.candN >= latchSSRC:
	case l.locked && l.candN >= latchSteal && now.Sub(l.last) >= latchSilence:
	default:
		return false, false
	}
	l.locked, l.addr, l.ssrc, l.last, l.candN = true, addr, ssrc, now, 0
	return true, true
}
