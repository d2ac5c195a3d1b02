package rtp

import (
	"net/netip"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/jitter"
)

// Tick is the session's share of every 20 ms: it plays one frame out of the jitter buffer and
// sends one packet. The pacer's wheel calls it with the time when it was due.
func (s *Session) Tick(due time.Time) {
	s.mu.Lock()
	if s.closed || !s.set {
		s.mu.Unlock()
		return
	}
	frame := s.play(due)
	data, to := s.next(due)
	var report []byte
	var reportTo netip.AddrPort
	mux := s.params.Mux
	if !due.Before(s.nextReport) {
		s.nextReport = due.Add(s.reportWait())
		report, reportTo = s.report(time.Now(), false)
	}
	s.mu.Unlock()

	if s.heard.push(Heard{Frame: frame}) {
		s.engine.metrics.dropped.WithLabelValues("queue_full").Inc()
	}
	if data != nil {
		if _, err := s.rtp.WriteToUDPAddrPort(data, to); err != nil {
			s.engine.metrics.dropped.WithLabelValues("send_error").Inc()
		} else {
			s.engine.metrics.sent.Inc()
		}
	}
	if reportTo.IsValid() {
		s.sendRTCP(report, reportTo, mux)
	}
}

// next builds the packet that is due, or nil when the far end does not listen. Time goes on
// meanwhile: what is played to nobody is gone, as with a person. mu is held.
func (s *Session) next(due time.Time) ([]byte, netip.AddrPort) {
	if !s.lastDue.IsZero() {
		if missed := due.Sub(s.lastDue)/media.FrameTime - 1; missed > 0 {
			s.ts += uint32(missed) * frameSamples // ticks that never came: the clock went on
		}
	}
	s.lastDue = due
	at := s.ts
	s.ts += frameSamples
	to := s.target()
	send := s.params.Send && to.IsValid()
	if len(s.pressed) > 0 {
		return s.nextKey(at, send), to
	}
	voice := s.take()
	if !send {
		s.packet = s.packet[:0]
		return nil, to
	}
	if voice {
		s.played += media.FrameTime
	}
	want := max(int(s.params.Ptime/media.FrameTime), 1) * frameSamples
	if len(s.packet) == frameSamples {
		s.packetTS = at
	}
	if len(s.packet) < want {
		return nil, to
	}
	h := header{marker: s.silent && s.playing, pt: s.params.Type, ts: s.packetTS}
	s.silent, s.playing = !s.playing, false
	data := s.finish(h, s.packet)
	s.packet = s.packet[:0]
	return data, to
}

// take moves one frame, or silence, into the packet being built; mu is held.
func (s *Session) take() (voice bool) {
	if len(s.ring) > 0 && !s.paused {
		s.packet = append(s.packet, s.ring[0]...)
		s.ring[0] = nil
		s.ring = s.ring[1:]
		s.playing = true
		s.poke()
		return true
	}
	fill := silenceOf(s.params.Codec)
	for range frameSamples {
		s.packet = append(s.packet, fill)
	}
	return false
}

// nextKey sends one packet of a pressed key in place of voice; mu is held.
func (s *Session) nextKey(at uint32, send bool) []byte {
	k := s.pressed[0]
	s.pressed = s.pressed[1:]
	if len(s.pressed) == 0 {
		s.pressed = nil
		s.poke()
	}
	s.packet = s.packet[:0]
	if k.gap || !send || s.params.EventType < 0 {
		s.silent = true
		return nil
	}
	if k.Marker {
		s.keyTS = at
	}
	return s.finish(header{marker: k.Marker, pt: uint8(s.params.EventType), ts: s.keyTS + k.TSOffset}, k.Payload)
}

// finish numbers a packet and lays it out; mu is held.
func (s *Session) finish(h header, payload []byte) []byte {
	h.seq, h.ssrc = s.seq, s.ssrc
	s.seq++
	s.packets++
	s.octets += uint32(len(payload))
	data := make([]byte, headerLen+len(payload))
	h.put(data)
	copy(data[headerLen:], payload)
	return data
}

// target is where packets go: to the source that was heard, else to what was announced; mu is held.
func (s *Session) target() netip.AddrPort {
	if s.latch.locked {
		return s.latch.addr
	}
	return s.params.Remote
}

// report builds the next RTCP packet and where it goes; mu is held.
func (s *Session) report(now time.Time, bye bool) ([]byte, netip.AddrPort) {
	to := s.params.RemoteRTCP
	if s.latch.locked {
		switch {
		case s.params.Mux:
			to = s.latch.addr
		case s.rtcpFrom.IsValid() && s.rtcpFrom.Addr() == s.latch.addr.Addr():
			to = s.rtcpFrom
		case to.IsValid() && to.Addr() != s.latch.addr.Addr(): // behind NAT: the usual neighbour
			to = netip.AddrPortFrom(s.latch.addr.Addr(), s.latch.addr.Port()+1)
		}
	}
	if !to.IsValid() {
		return nil, to
	}
	var rb *block
	if s.stats.started {
		rb = &block{ssrc: s.latch.ssrc, lsr: s.lastSR}
		rb.fraction, rb.lost, rb.highest, rb.jitter = s.stats.report()
		if s.lastSR != 0 {
			rb.dlsr = uint32(now.Sub(s.lastSRAt) * 65536 / time.Second)
		}
		s.engine.metrics.jitter.Observe(float64(rb.jitter) / media.PhoneRate)
		s.engine.metrics.loss.WithLabelValues("in").Observe(float64(rb.fraction) / 256)
	}
	sent := s.packets != s.sentAtReport
	s.sentAtReport = s.packets
	me := sending{ssrc: s.ssrc, ts: s.ts, packets: s.packets, octets: s.octets, cname: s.cname}
	return appendReport(nil, me, sent, now, rb, bye), to
}

func (s *Session) sendRTCP(data []byte, to netip.AddrPort, mux bool) {
	c := s.rtcp
	if mux {
		c = s.rtp
	}
	if _, err := c.WriteToUDPAddrPort(data, to); err != nil {
		s.engine.metrics.dropped.WithLabelValues("send_error").Inc()
	}
}

// play takes what is due out of the jitter buffer; mu is held.
func (s *Session) play(due time.Time) media.Frame {
	payload, state := s.buffer.Get(due.Sub(s.began))
	f := media.Frame{PCM: make([]int16, len(payload)), Rate: media.PhoneRate, At: max(due.Sub(s.answeredAt), 0), Lost: state == jitter.Lost}
	switch {
	case state != jitter.Playing: // silence, and exactly that
	case s.params.Codec == "PCMU":
		g711.DecodeU(f.PCM, payload)
	default:
		g711.DecodeA(f.PCM, payload)
	}
	return f
}
