package rtp

import (
	"net/netip"
	"time"

	"decroche/media/dtmf"
	"decroche/media/jitter"
)

// noiseType is comfort noise (RFC 3389 §4), which is also a sign of life.
const noiseType = 13

// packetIn takes one datagram from the RTP socket, which came at now. It copies what it keeps.
func (s *Session) packetIn(b []byte, from netip.AddrPort, now time.Time) {
	if b = s.plain(b); b == nil {
		return
	}
	if isRTCP(b) {
		s.rtcpIn(b, from, now)
		return
	}
	h, payload, err := parse(b)
	if err != nil {
		s.engine.metrics.malformed.Inc()
		return
	}
	s.mu.Lock()
	if s.closed || !s.set || now.Before(s.answeredAt) { // before the answer it is nobody's
		s.mu.Unlock()
		return
	}
	voice := h.pt == s.params.Type || (h.pt == 0 || h.pt == 8) && companded(s.params.Codec)
	key := int(h.pt) == s.params.EventType
	if !voice && !key && h.pt != noiseType {
		s.mu.Unlock()
		s.engine.metrics.payloadType.Inc()
		return
	}
	moved := s.latch.locked
	ok, fresh := s.latch.admit(from, h.ssrc, now)
	if !ok {
		s.mu.Unlock()
		s.engine.metrics.foreign.Inc()
		return
	}
	s.lastHeard, s.idle = now, 0
	at := now.Sub(s.began)
	if fresh {
		s.stats = reception{}
		s.keys.Reset()
		s.intake.reset()
		s.fresh = true
		s.lastSR, s.rtcpFrom = 0, netip.AddrPort{}
		if moved {
			s.engine.metrics.moved.Inc()
		}
	}
	s.stats.add(h.seq, h.ts, at, s.info.Clock, key)
	var digit byte
	switch {
	case key:
		if d, ok := s.keys.Push(h.ts, payload); ok {
			digit = d
		}
		s.intake.seen(h.seq)
	case !voice:
		s.intake.seen(h.seq)
		s.noises = copy(s.noise[:], payload)
	case len(payload) > 0:
		if companded(s.params.Codec) {
			payload = s.asAgreed(h.pt, payload)
		}
		switch v := s.intake.put(h.seq, h.ts, payload, at); v {
		case jitter.Accepted, jitter.Reset:
		default:
			s.engine.metrics.verdicts[v].Inc()
		}
	}
	if digit != 0 {
		s.key(digit, dtmf.ByEvent)
	}
	s.mu.Unlock()
	s.engine.metrics.received.Inc()
}

// plain opens a packet where the session is encrypted; nil for what the far end did not seal.
func (s *Session) plain(b []byte) []byte {
	sec := s.secure.Load()
	if sec == nil {
		return b
	}
	b, ok := sec.unseal(b)
	if !ok {
		s.engine.metrics.unsealed.Inc()
		return nil
	}
	return b
}

// controlIn takes one datagram from the RTCP socket.
func (s *Session) controlIn(b []byte, from netip.AddrPort, now time.Time) {
	if b = s.plain(b); b == nil {
		return
	}
	if isRTCP(b) {
		s.rtcpIn(b, from, now)
	} else {
		s.engine.metrics.malformed.Inc()
	}
}

// rtcpIn takes a report of the far end. Only the address whose media we take is believed.
func (s *Session) rtcpIn(b []byte, from netip.AddrPort, now time.Time) {
	s.mu.Lock()
	r, ok := parseRTCP(b, s.ssrc)
	if !ok {
		s.mu.Unlock()
		s.engine.metrics.malformed.Inc()
		return
	}
	if !s.set || s.closed || s.latch.locked && from.Addr() != s.latch.addr.Addr() ||
		!s.latch.locked && from.Addr() != s.params.RemoteRTCP.Addr() {
		s.mu.Unlock()
		s.engine.metrics.foreign.Inc()
		return
	}
	s.rtcpFrom, s.lastSign = from, now
	if r.sender {
		s.lastSR, s.lastSRAt = r.lsr, now
	}
	s.mu.Unlock()
	if r.ours != nil {
		s.engine.metrics.loss.WithLabelValues("out").Observe(float64(r.ours.fraction) / 256)
		s.lossOut.Store((int32(r.ours.fraction)*100 + 255) / 256)
		if d := r.ours.roundTrip(now); d > 0 {
			s.engine.metrics.rtt.Observe(d.Seconds())
		}
	}
}
