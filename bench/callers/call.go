package callers

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"sync/atomic"
	"time"
)

// Script is how one caller behaves. Its methods are called by the one worker that has the call,
// never two at once, and must not block.
type Script interface {
	// Say returns the next 20 ms, as a frame of a clip; nil clip means silence. at is now.
	Say(c *Call, at time.Time) (clip *Clip, frame int)
	// Hear is given each packet in the order of arrival.
	Hear(c *Call, p Packet)
}

// Call is one call and what its caller saw. Scripts may use Hangup, Fail, Law and the exported
// fields that the worker owns; everything may be read once Run has returned.
type Call struct {
	Index  int
	Tag    string        // the server's tag in To: our gateway names the conversation by it
	Status int           // final SIP status of the INVITE; 0: none came
	Setup  time.Duration // INVITE sent -> 200 arrived
	Stayed time.Duration // 200 -> our BYE, or the server's
	LeftAt time.Time     // our BYE was sent; zero when the server hung up
	// Referrals are the requests to call somebody else, where the Script is a Referee.
	Referrals []Referral
	Err       error // why the call counts as failed; nil for a good one

	// FirstAudio is ACK sent -> first audible packet; 0 also when sound came before the ACK,
	// negative when none ever came.
	FirstAudio time.Duration

	// owned by the worker while the call is up
	Stats Stats

	script Script
	worker *worker
	leave  atomic.Bool // the script wants to hang up
	done   atomic.Bool // the worker is through with it

	// owned by the worker
	remote  netip.AddrPort
	pt      uint8
	began   int64 // the ACK, nanoseconds since 1970
	header  [12]byte
	seq     uint16
	ts      uint32
	talking bool // the packet before was speech: no marker
	failure error
	key     byte // being pressed, 0 none
	event   int  // packets of it that were sent
	keyTS   uint32

	// owned by the signalling, guarded by its mu
	sig signal
}

// Stats are what one call's packets were like.
type Stats struct {
	Packets  uint64 // received, duplicates included
	Gaps     uint64 // sequence numbers that never came
	Skips    uint64 // places where the timestamps jump although the numbers do not: sound left out
	Reorders uint64 // packets older than one that had come
	Events   uint64 // packets of telephone events (RFC 4733)
	Other    uint64 // packets that are no G.711 and no event
	Sent     uint64
	Law      uint8 // payload type in use: 0 PCMU, 8 PCMA

	inter   *Histogram // of the worker
	started bool
	next    uint16
	nextTS  uint32
	lastAt  int64
}

// Hangup ends the call soon, as a success. Any goroutine may call it.
func (c *Call) Hangup() { c.leave.Store(true) }

// Press presses a key of the telephone: a digit, * or #. Only scripts may call it, from their methods.
func (c *Call) Press(key byte) { c.key, c.event, c.keyTS = key, 0, c.ts }

// Fail ends the call soon and counts it as failed, for the first reason given. Only scripts may
// call it, from their methods.
func (c *Call) Fail(err error) {
	if c.failure == nil {
		c.failure = err
	}
	c.leave.Store(true)
}

// begin prepares the call's stream; the worker calls it once.
func (c *Call) begin(inter *Histogram) {
	c.header[0] = 0x80
	c.seq, c.ts = uint16(rand.Uint32()), rand.Uint32()
	binary.BigEndian.PutUint32(c.header[8:], rand.Uint32())
	c.Stats.inter, c.Stats.Law = inter, c.pt
	c.FirstAudio = -1
}

// packet lays out the header of the next packet and returns its payload.
func (c *Call) packet(at time.Time) []byte {
	payload := Silence.Frame(0, c.pt)
	speech, pt, ts := false, c.pt, c.ts
	if c.script != nil {
		if clip, i := c.script.Say(c, at); clip != nil {
			payload, speech = clip.Frame(i, c.pt), true
		}
	}
	if c.key != 0 {
		payload, speech, pt, ts = KeyEvent(c.key, c.event, keyPackets, keyEnds), false, typeEvent, c.keyTS
		if c.event++; c.event == keyPackets {
			c.key = 0
		}
	}
	c.header[1] = pt
	if speech && !c.talking || pt == typeEvent && c.event == 1 {
		c.header[1] |= 0x80
	}
	c.talking = speech
	binary.BigEndian.PutUint16(c.header[2:], c.seq)
	binary.BigEndian.PutUint32(c.header[4:], ts)
	c.seq++
	c.ts += frameBytes
	c.Stats.Sent++
	return payload
}

// hear takes one datagram.
func (c *Call) hear(at int64, b []byte) {
	p, ok := ParsePacket(b)
	if !ok {
		c.Stats.Other++
		return
	}
	p.At = at
	c.Stats.add(p)
	if c.FirstAudio < 0 && p.Audible() {
		c.FirstAudio = max(time.Duration(at-c.began), 0)
	}
	if c.script != nil {
		c.script.Hear(c, p)
	}
}

// ParsePacket reads RTP (RFC 3550 §5.1); RTCP on the same port gives ok false.
func ParsePacket(b []byte) (p Packet, ok bool) {
	if len(b) < 12 || b[0]>>6 != 2 || b[1] >= 192 && b[1] <= 223 {
		return p, false
	}
	start := 12 + 4*int(b[0]&0x0f)
	if b[0]&0x10 != 0 {
		if len(b) < start+4 {
			return p, false
		}
		start += 4 + 4*int(binary.BigEndian.Uint16(b[start+2:]))
	}
	if start > len(b) {
		return p, false
	}
	return Packet{Seq: binary.BigEndian.Uint16(b[2:]), TS: binary.BigEndian.Uint32(b[4:]), Type: b[1] & 0x7f, Marker: b[1]&0x80 != 0, Payload: b[start:]}, true
}

// add counts one packet. A gap is taken back when a packet comes late; one that comes twice looks
// the same.
func (s *Stats) add(p Packet) {
	s.Packets++
	switch p.Type {
	case typePCMA, typePCMU:
	case 101:
		s.Events++
	default:
		s.Other++
	}
	ahead := int16(p.Seq - s.next)
	switch {
	case !s.started:
		s.started = true
	case ahead < 0:
		s.Reorders++
		if s.Gaps > 0 {
			s.Gaps--
		}
		return
	case ahead > 0:
		s.Gaps += uint64(ahead)
	default:
		s.inter.Add(time.Duration(p.At - s.lastAt))
		if p.TS != s.nextTS && p.Type != 101 && !p.Marker { // a marker may follow a silence that was not sent
			s.Skips++
		}
	}
	s.lastAt, s.next = p.At, p.Seq+1
	if p.Type != 101 {
		s.nextTS = p.TS + uint32(len(p.Payload))
	}
}
