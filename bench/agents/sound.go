package agents

import (
	"encoding/binary"
	"net"
	"net/netip"
	"time"

	"decroche/bench/callers"
	"decroche/bench/siptext"
)

// stream is a telephone's sound. Fields are guarded by the phones' mu, but conn.
type stream struct {
	c      *call
	conn   *net.UDPConn
	to     netip.AddrPort
	pt     uint8
	header [12]byte
	seq    uint16
	ts     uint32
	frame  int
	key    byte
	event  int    // packets of the key that were sent
	at     uint32 // the key's timestamp
	spoke  bool   // the key was pressed: what follows is the tone
	shut   bool
}

// open opens the sound of an answered call.
func (c *call) open() error {
	if c.stream != nil {
		return nil
	}
	to, pt, err := siptext.MediaOf(c.invite.Body)
	if err != nil {
		return err
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return err
	}
	s := &stream{c: c, conn: conn, to: to, pt: pt, seq: uint16(c.p.rand.Uint32()), ts: c.p.rand.Uint32()}
	s.header[0] = 0x80
	binary.BigEndian.PutUint32(s.header[8:], c.p.rand.Uint32())
	c.stream = s
	c.p.all.Go(s.hear)
	return nil
}

// sdp is our offer or answer.
func (c *call) sdp() string {
	at := c.stream.conn.LocalAddr().(*net.UDPAddr).AddrPort()
	codec := "PCMA"
	if c.stream.pt == 0 {
		codec = "PCMU"
	}
	return siptext.Offer(netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), int(at.Port())+1, codec, c.version+1)
}

// press presses a key once.
func (s *stream) press(key byte) { s.key, s.event, s.at = key, 0, s.ts }

func (s *stream) close() {
	if !s.shut {
		s.shut = true
		_ = s.conn.Close()
	}
}

// A key is pressed for 40 ms, a quick tap, in keyPackets packets, of which keyEnds say that it is over: the
// tone follows at once, and its first packet is what the caller must hear.
const keyPackets, keyEnds = 4, 3

// next sends the next packet.
func (s *stream) next(now time.Time) {
	ts, pt := s.ts, s.pt
	payload := callers.Silence.Frame(0, s.pt)
	switch {
	case s.key != 0:
		if s.event == 0 {
			s.c.log.Key, s.c.log.Pressed = now, s.key
		}
		payload, ts, pt = callers.KeyEvent(s.key, s.event, keyPackets, keyEnds), s.at, 101
		if s.event++; s.event == keyPackets {
			s.spoke, s.key = s.key == '1', 0
		}
	case s.spoke:
		payload = tone.Frame(s.frame%tone.Frames(), s.pt)
		s.frame++
	}
	s.header[1] = pt
	binary.BigEndian.PutUint16(s.header[2:], s.seq)
	binary.BigEndian.PutUint32(s.header[4:], ts)
	s.seq++
	s.ts += 160
	_, _ = s.conn.WriteToUDPAddrPort(append(s.header[:12:12], payload...), s.to)
}

// sound sends the packets of all telephones, each 20 ms.
func (p *Phones) sound() {
	t := time.NewTicker(20 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-p.ctx.Done():
			p.mu.Lock()
			for _, c := range p.calls {
				if c.stream != nil {
					c.stream.close()
				}
			}
			p.mu.Unlock()
			return
		case <-t.C:
		}
		p.mu.Lock()
		for id, c := range p.calls {
			switch {
			case !c.log.Ended.IsZero() && time.Since(c.log.Ended) > patience:
				delete(p.calls, id)
			case c.stream != nil && !c.stream.shut && !c.log.Acked.IsZero() && c.log.Muted.IsZero() && c.log.Behaviour != Soundless:
				c.stream.next(time.Now())
			}
			c.repeat(time.Now())
		}
		p.mu.Unlock()
	}
}

// hear looks for the caller in what comes.
func (s *stream) hear() {
	buf := make([]byte, 1500)
	for {
		n, err := s.conn.Read(buf)
		if err != nil {
			return
		}
		now := time.Now()
		if k, ok := callers.ParsePacket(buf[:n]); ok && k.Tone(CallerHz, callers.FaintTone/2) {
			s.c.p.mu.Lock()
			if s.c.log.Heard.IsZero() {
				s.c.log.Heard = now
				s.c.tell()
			}
			s.c.p.mu.Unlock()
		}
	}
}
