package rtp

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"decroche/media/udp"
)

// Wire carries a session's packets where they do not leave by a port of ours: in WebRTC they are
// encrypted, and share one port with all other peers.
type Wire interface {
	// Send takes one packet of RTP or, as IsRTCP tells, of RTCP, on the goroutine of the wheel at
	// the end of a slot. It must not wait, and keeps nothing of the packet. What cannot be sent
	// is lost, and counted by the session when there is an error.
	Send(packet []byte) error
}

// IsRTCP tells RTCP from RTP on one way (RFC 5761 §4).
func IsRTCP(packet []byte) bool { return isRTCP(packet) }

// wireAddr stands for the far end of a wire. It is for documentation (RFC 5737), so that nothing
// real has it.
var wireAddr = netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), 9)

// OpenOver opens a session over w, to be fed with Put. Addresses of Params and Options mean nothing
// to it, for whoever feeds it knows whose packets they are; RTP and RTCP go the same way.
func (e *Engine) OpenOver(w Wire, opt Options) *Session {
	s := e.newSession(opt)
	p := &port{engine: e, wired: true}
	p.rtp = &lane{conn: udp.Feed(wireAddr, w.Send)}
	p.rtcp = p.rtp
	e.mu.Lock()
	p.shard = slices.MinFunc(e.shards, func(a, b *shard) int { return a.sessions - b.sessions })
	e.join(p, s)
	e.mu.Unlock()
	e.metrics.sessions.Inc()
	return s
}

// Put hands in a packet of RTP or RTCP that came at a time, and copies it. It is for sessions over a
// wire; any goroutine may call it. What comes faster than it is played is dropped, and counted.
func (s *Session) Put(packet []byte, at time.Time) {
	if f, ok := s.port.rtp.conn.(*udp.Fed); ok {
		f.Put(packet, at)
	}
}

// newSession is one that has no port yet.
func (e *Engine) newSession(opt Options) *Session {
	s := &Session{
		engine: e, opt: opt,
		began: time.Now(), heard: newHearing(), done: make(chan struct{}),
		space: make(chan struct{}, 1),
		ssrc:  rand.Uint32(), seq: uint16(rand.Uint32()), ts: rand.Uint32(),
		cname: strconv.FormatUint(rand.Uint64(), 36) + "@decroche",
	}
	s.lastHeard = s.began
	return s
}
