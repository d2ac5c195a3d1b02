package line

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"

	"decroche/media/codec"
	"decroche/media/jitter"
	"decroche/media/resample"
)

// Rate is what Send takes and Hear gives, in Hz, and Frame 20 ms of it.
const (
	Rate  = 16000
	Frame = Rate / 50
)

// mouth codes what is said.
type mouth struct {
	codec codec.Codec
	fit   *resample.Resampler // nil: the codec's rate is ours
	pcm   []int16             // at the codec's rate, not sent yet
	wire  []byte
	seq   uint16
	ts    uint32
}

// become gets the mouth ready for a codec.
func (m *mouth) become(info codec.Info) bool {
	if m.codec != nil && m.codec.Info().Name == info.Name {
		return true
	}
	k, err := codec.New(info.Name, codec.Options{FEC: true})
	if err != nil {
		return false
	}
	if m.codec == nil {
		m.seq, m.ts = uint16(rand.Uint32()), rand.Uint32()
	}
	m.codec, m.fit, m.pcm = k, nil, m.pcm[:0]
	if info.Rate != Rate {
		m.fit, err = resample.New(Rate, info.Rate)
	}
	return err == nil
}

// Send says 20 ms, Frame samples, which are not kept. It never waits: while there is no connection,
// what is said is lost.
func (c *Call) Send(pcm []int16) {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	if conn == nil || !conn.connected() {
		c.unsent.Add(1)
	}
	if conn == nil {
		return
	}
	b := conn.binding()
	m := &c.mouth
	if b == nil || !m.become(b.info) {
		return
	}
	if m.fit != nil {
		m.pcm = m.fit.Process(m.pcm, pcm)
	} else {
		m.pcm = append(m.pcm, pcm...)
	}
	for n := b.info.Samples(); len(m.pcm) >= n; {
		m.wire = m.codec.Encode(m.wire[:0], m.pcm[:n])
		m.pcm = m.pcm[:copy(m.pcm, m.pcm[n:])]
		if len(m.wire) > 0 {
			conn.send(m.seq, m.ts, b, m.wire)
			m.seq++
		}
		m.ts += uint32(b.info.Ticks())
	}
}

// Hear fills pcm, Frame samples, with the next 20 ms of the other side, silence where there is none.
// Call it every 20 ms.
func (c *Call) Hear(pcm []int16) { c.ear.hear(pcm) }

// ear holds what has come until it is heard.
type ear struct {
	began time.Time

	mu sync.Mutex
	// guarded by mu
	info    codec.Info
	codec   codec.Codec
	ring    *jitter.Buffer  // codecs that join
	packets *jitter.Packets // others
	fit     *resample.Resampler
	ssrc    webrtc.SSRC
	room    []int16 // of a decoder, 120 ms
	pcm     []int16 // at Rate, not heard yet
}

// stats are those of the buffer that holds packets now.
func (e *ear) stats() (s jitter.Stats) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.ring != nil:
		s = e.ring.Stats()
	case e.packets != nil:
		s = e.packets.Stats()
	}
	return s
}

func newEar() *ear { return &ear{began: time.Now()} }

// listen takes packets of a track until it ends.
func (e *ear) listen(in *webrtc.TrackRemote) {
	p := in.Codec()
	info, err := codec.Lookup(strings.TrimPrefix(p.MimeType, "audio/"))
	if err != nil || !e.become(info, in.SSRC()) {
		return
	}
	for {
		packet, _, err := in.ReadRTP()
		if err != nil {
			return
		}
		at := time.Since(e.began)
		e.mu.Lock()
		switch {
		case in.SSRC() != e.ssrc: // another connection has taken over
			e.mu.Unlock()
			return
		case packet.PayloadType != uint8(p.PayloadType):
			e.seen(packet.SequenceNumber)
		case e.ring != nil:
			e.ring.Put(packet.SequenceNumber, packet.Timestamp, packet.Payload, at)
		default:
			e.packets.Put(packet.SequenceNumber, packet.Timestamp, e.info.Length(packet.Payload), packet.Payload, at)
		}
		e.mu.Unlock()
	}
}

// seen notes a packet that is no sound. mu is held.
func (e *ear) seen(seq uint16) {
	if e.ring != nil {
		e.ring.Seen(seq)
	} else {
		e.packets.Seen(seq)
	}
}

// become gets the ear ready for a stream.
func (e *ear) become(info codec.Info, ssrc webrtc.SSRC) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	k, err := codec.New(info.Name, codec.Options{})
	if err != nil {
		return false
	}
	e.info, e.codec, e.ssrc, e.fit = info, k, ssrc, nil
	if info.Rate != Rate {
		if e.fit, err = resample.New(info.Rate, Rate); err != nil {
			return false
		}
	}
	e.ring, e.packets = nil, nil
	cfg := jitter.DefaultConfig()
	cfg.Silence = info.Silence()[0]
	if info.Joins {
		e.ring = jitter.New(cfg)
	} else {
		e.packets = jitter.NewPackets(cfg, info.Clock, info.MaxPacket)
	}
	e.room = make([]int16, info.Rate*120/1000)
	return true
}

func (e *ear) hear(pcm []int16) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := time.Since(e.began)
	switch {
	case e.ring != nil:
		e.joined(now)
	case e.packets != nil:
		e.whole(now)
	}
	n := copy(pcm, e.pcm)
	clear(pcm[n:])
	e.pcm = e.pcm[:copy(e.pcm, e.pcm[n:])]
}

// joined takes 20 ms of a codec whose bytes may be cut. mu is held.
func (e *ear) joined(now time.Duration) {
	wire, state := e.ring.Get(now)
	pcm := e.room[:e.info.Samples()]
	if state == jitter.Lost {
		e.codec.Conceal(pcm)
	} else {
		e.codec.Decode(pcm, wire)
	}
	e.add(pcm)
}

// whole takes 20 ms or more of a codec whose packets are whole or nothing. mu is held.
func (e *ear) whole(now time.Duration) {
	for _, p := range e.packets.Get(now) {
		n := min(p.Ticks*e.info.Rate/e.info.Clock, len(e.room))
		pcm := e.room[:n]
		switch p.State {
		case jitter.Playing:
			n = e.codec.Decode(e.room, p.Payload)
			if pcm = e.room[:n]; n == 0 {
				pcm = e.room[:e.info.Samples()]
				e.codec.Conceal(pcm)
			}
		case jitter.Lost:
			if p.Payload == nil || !e.codec.Recover(pcm, p.Payload) {
				e.codec.Conceal(pcm)
			}
		default:
			clear(pcm)
		}
		e.packets.Quiet(quiet(pcm))
		e.add(pcm)
	}
}

// add puts sound at the codec's rate behind what waits. mu is held.
func (e *ear) add(pcm []int16) {
	if e.fit != nil {
		e.pcm = e.fit.Process(e.pcm, pcm)
		return
	}
	e.pcm = append(e.pcm, pcm...)
}

// quiet tells whether a piece is silence enough to be shortened or made longer.
func quiet(pcm []int16) bool {
	for _, v := range pcm {
		if v > 100 || v < -100 {
			return false
		}
	}
	return true
}
