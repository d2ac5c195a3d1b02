package rtp

import (
	"net/netip"
	"time"

	"decroche/media"
)

// Tick is the session's share of every 20 ms: it takes what has come to its port, plays one frame
// out of the jitter buffer and adds one packet to what leaves when the slot ends. The pacer's
// wheel calls it with the time when it was due.
func (s *Session) Tick(due time.Time) {
	s.port.drain(due)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || !s.set {
		return
	}
	s.play(due)
	s.next(due)
	if !due.Before(s.nextReport) {
		s.nextReport = due.Add(s.reportWait())
		if report, to := s.report(time.Now(), false); to.IsValid() {
			if report = s.sealReport(report); len(report) > 0 {
				copy(s.port.control(s.params.Mux).outbox(s.port.shard).Room(to, len(report)), report)
			}
		}
	}
	if !due.Before(s.nextCheck) {
		s.nextCheck = due.Add(time.Second)
		s.checkTimeout(due)
	}
}

// Expect calls OnTimeout, if Options.Timeout has not before, once nothing has come from the far end for within:
// no media, and no report either, for a telephone whose microphone is off may send nothing else. It
// counts from now on; 0 ends it. Any goroutine may call it.
func (s *Session) Expect(within time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.within, s.lastSign = within, time.Now()
}

// checkTimeout calls OnTimeout once when the far end should be heard and is not; mu is held.
func (s *Session) checkTimeout(now time.Time) {
	switch heard := now.Sub(s.lastHeard); {
	case s.timedOut || !s.params.Receive || s.params.Held:
		return
	case s.opt.Timeout > 0 && heard >= s.opt.Timeout:
	case s.within > 0 && min(heard, now.Sub(s.lastSign)) >= s.within:
	default:
		return
	}
	s.timedOut = true
	if s.opt.OnTimeout != nil {
		s.engine.wg.Go(s.opt.OnTimeout) // it may close the session, which waits for this Tick
	}
}

// next adds the packet that is due to the slot's, unless the far end does not listen. Time goes on
// meanwhile: what is played to nobody is gone, as with a person. mu is held.
func (s *Session) next(due time.Time) {
	if !s.lastDue.IsZero() {
		if missed := due.Sub(s.lastDue)/media.FrameTime - 1; missed > 0 {
			s.ts += uint32(missed) * uint32(s.info.Ticks()) // ticks that never came: the clock went on
		}
	}
	s.lastDue = due
	at := s.ts
	s.ts += uint32(s.info.Ticks())
	to := s.target()
	send := s.params.Send && to.IsValid()
	if len(s.pressed) > 0 {
		s.nextKey(at, to, send)
		return
	}
	voice := s.take()
	if !send {
		s.packet, s.frames = s.packet[:0], 0
		return
	}
	if voice {
		s.out.played += media.FrameTime
	}
	want := 1
	if s.info.Joins {
		want = max(int(s.params.Ptime/media.FrameTime), 1)
	}
	if s.frames++; s.frames == 1 {
		s.packetTS = at
	}
	if s.frames < want {
		return
	}
	if len(s.packet) > 0 { // DTX leaves nothing to send
		h := header{marker: s.silent && s.playing, pt: s.params.Type, ts: s.packetTS}
		s.silent, s.playing = !s.playing, false
		s.finish(h, s.packet, to)
	}
	s.packet, s.frames = s.packet[:0], 0
}

// take moves one frame, or silence, into the packet being built; mu is held.
func (s *Session) take() (voice bool) {
	if s.out.frames > 0 && !s.out.paused {
		frame, name := s.out.next()
		if s.overhear != nil {
			s.overhear.take(frame, name, s.Rate())
		}
		if name == s.params.Codec {
			s.packet = append(s.packet, frame...)
		} else {
			s.packet = s.convert(s.packet, frame, name)
		}
		s.playing, s.hush = true, 0
		if !s.out.since.IsZero() {
			s.engine.metrics.pacing.Observe(time.Since(s.out.since).Seconds())
			s.out.since = time.Time{}
		}
		if s.out.frames <= s.out.low {
			s.poke()
		}
		return true
	}
	// With DTX a packet of silence leaves every 400 ms (RFC 7587 §3.1.3), so that addresses stay
	// known on the way; the first ones all leave, for the decoder to come to rest.
	if s.hush++; !s.params.DTX || s.hush < 10 || s.hush%20 == 0 {
		s.packet = append(s.packet, s.info.Silence()...)
	}
	return false
}

// nextKey sends one packet of a pressed key in place of voice; mu is held.
func (s *Session) nextKey(at uint32, to netip.AddrPort, send bool) {
	k := s.pressed[0]
	s.pressed = s.pressed[1:]
	if len(s.pressed) == 0 {
		s.pressed = nil
		s.poke()
	}
	s.packet, s.frames = s.packet[:0], 0
	if k.gap || !send || s.params.EventType < 0 {
		s.silent = true
		return
	}
	if k.Marker {
		s.keyTS = at
	}
	s.finish(header{marker: k.Marker, pt: uint8(s.params.EventType), ts: s.keyTS + k.TSOffset}, k.Payload, to)
}

// finish numbers a packet and adds it to what leaves when the slot ends; mu is held.
func (s *Session) finish(h header, payload []byte, to netip.AddrPort) {
	h.seq, h.ssrc = s.seq, s.ssrc
	s.seq++
	s.packets++
	s.octets += uint32(len(payload))
	out := s.port.rtp.outbox(s.port.shard)
	if sec := s.params.Secure; sec != nil {
		sec.plain = append(sec.plain[:headerLen], payload...)
		h.put(sec.plain)
		if data := sec.sealRTP(); data != nil {
			copy(out.Room(to, len(data)), data)
		}
		return
	}
	data := out.Room(to, headerLen+len(payload))
	h.put(data)
	copy(data[headerLen:], payload)
}

// sealReport encrypts a report where the session does; mu is held.
func (s *Session) sealReport(report []byte) []byte {
	if s.params.Secure == nil || len(report) == 0 {
		return report
	}
	return s.params.Secure.sealRTCP(report)
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
		s.engine.metrics.delay.Observe(s.intake.target().Seconds())
		s.engine.metrics.jitter.Observe(float64(rb.jitter) / float64(s.info.Clock))
		s.engine.metrics.loss.WithLabelValues("in").Observe(float64(rb.fraction) / 256)
	}
	sent := s.packets != s.sentAtReport
	s.sentAtReport = s.packets
	me := sending{ssrc: s.ssrc, ts: s.ts, packets: s.packets, octets: s.octets, cname: s.cname}
	return appendReport(nil, me, sent, now, rb, bye), to
}
