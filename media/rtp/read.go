package rtp

import (
	"errors"
	"net/netip"
	"os"
	"time"

	"decroche/media/jitter"
)

// readRTP is the receiving goroutine. It also watches for silence, so that no timer per call is
// needed: a read that waits for a second looks at the clock.
func (s *Session) readRTP() {
	buf := make([]byte, 2048)
	s.rtp.SetReadDeadline(time.Now().Add(time.Second))
	for {
		n, from, err := s.rtp.ReadFromUDPAddrPort(buf)
		if err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				if s.isClosed() {
					return
				}
				time.Sleep(time.Millisecond) // an ICMP answer to what we sent
				continue
			}
			s.checkTimeout(time.Now())
			s.rtp.SetReadDeadline(time.Now().Add(time.Second))
			if s.isClosed() {
				return
			}
			continue
		}
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		s.packetIn(buf[:n], from, time.Now())
	}
}

// packetIn takes one datagram from the RTP socket. It copies what it keeps.
func (s *Session) packetIn(b []byte, from netip.AddrPort, now time.Time) {
	if isRTCP(b) {
		s.rtcpIn(b, from, now)
		return
	}
	h, payload, err := parse(b)
	if err != nil {
		s.drop("malformed")
		return
	}
	s.mu.Lock()
	if s.closed || !s.set {
		s.mu.Unlock()
		return
	}
	voice := h.pt == s.params.Type || h.pt == 0 || h.pt == 8
	key := int(h.pt) == s.params.EventType
	if !voice && !key && h.pt != 13 { // 13: comfort noise (RFC 3389), a sign of life
		s.mu.Unlock()
		s.drop("payload_type")
		return
	}
	moved := s.latch.locked
	ok, fresh := s.latch.admit(from, h.ssrc, now)
	if !ok {
		s.mu.Unlock()
		s.drop("foreign")
		return
	}
	s.lastHeard = now
	at := now.Sub(s.began)
	if fresh {
		s.stats = reception{}
		s.keys.Reset()
		s.buffer.Reset()
		s.lastSR, s.rtcpFrom = 0, netip.AddrPort{}
		if moved {
			s.engine.metrics.moved.Inc()
		}
	}
	s.stats.add(h.seq, h.ts, at)
	var digit byte
	switch {
	case key:
		if d, ok := s.keys.Push(h.ts, payload); ok {
			digit = d
		}
		s.buffer.Seen(h.seq)
	case voice && len(payload) > 0:
		switch v := s.buffer.Put(h.seq, h.ts, s.asAgreed(h.pt, payload), at); v {
		case jitter.Accepted, jitter.Reset:
		default:
			s.drop(v.String())
		}
	}
	s.mu.Unlock()
	s.engine.metrics.received.Inc()
	if digit != 0 {
		s.heard.push(Heard{Digit: digit})
	}
}

func (s *Session) drop(reason string) { s.engine.metrics.dropped.WithLabelValues(reason).Inc() }

func (s *Session) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// checkTimeout calls OnTimeout once when the far end should be heard and is not.
func (s *Session) checkTimeout(now time.Time) {
	s.mu.Lock()
	late := s.opt.Timeout > 0 && s.set && !s.closed && !s.timedOut && s.params.Receive && !s.params.Held &&
		now.Sub(s.lastHeard) >= s.opt.Timeout
	s.timedOut = s.timedOut || late
	s.mu.Unlock()
	if late && s.opt.OnTimeout != nil {
		s.opt.OnTimeout()
	}
}

// readRTCP reads the control socket.
func (s *Session) readRTCP() {
	buf := make([]byte, 2048)
	for {
		n, from, err := s.rtcp.ReadFromUDPAddrPort(buf)
		if err != nil {
			if s.isClosed() {
				return
			}
			time.Sleep(time.Millisecond)
			continue
		}
		if isRTCP(buf[:n]) {
			s.rtcpIn(buf[:n], netip.AddrPortFrom(from.Addr().Unmap(), from.Port()), time.Now())
		} else {
			s.drop("malformed")
		}
	}
}

// rtcpIn takes a report of the far end. Only the address whose media we take is believed.
func (s *Session) rtcpIn(b []byte, from netip.AddrPort, now time.Time) {
	r, ok := parseRTCP(b, s.ssrc)
	if !ok {
		s.drop("malformed")
		return
	}
	s.mu.Lock()
	if !s.set || s.closed || s.latch.locked && from.Addr() != s.latch.addr.Addr() ||
		!s.latch.locked && from.Addr() != s.params.RemoteRTCP.Addr() {
		s.mu.Unlock()
		s.drop("foreign")
		return
	}
	s.rtcpFrom = from
	if r.sender {
		s.lastSR, s.lastSRAt = r.lsr, now
	}
	s.mu.Unlock()
	if r.ours != nil {
		s.engine.metrics.loss.WithLabelValues("out").Observe(float64(r.ours.fraction) / 256)
		if d := r.ours.roundTrip(now); d > 0 {
			s.engine.metrics.rtt.Observe(d.Seconds())
		}
	}
}
