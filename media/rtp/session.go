package rtp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"time"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/dtmf"
	"decroche/media/jitter"
)

// Params are what the signalling agreed on. They are comparable.
type Params struct {
	Remote     netip.AddrPort // where the far end wants RTP; the latch may learn another source
	RemoteRTCP netip.AddrPort
	Source     netip.Addr // where the signalling comes from, the latch's second witness; invalid when unknown
	Mux        bool       // RTCP shares the RTP port (RFC 5761)
	Codec      string     // "PCMA" or "PCMU"
	Type       uint8      // payload type of Codec
	EventType  int        // payload type of telephone-event; −1 when the far end takes no keys
	Ptime      time.Duration
	Send       bool // the far end listens
	Receive    bool // the far end sends
	Held       bool // the far end may be silent for ever: no media timeout
}

// StaticType is the payload type that a G.711 codec has without negotiation (RFC 3551 §6).
func StaticType(codec string) uint8 {
	if codec == "PCMU" {
		return 0
	}
	return 8
}

const (
	frameSamples = 160 // 20 ms at 8 kHz
	ringFrames   = 10  // Send holds 200 ms, then blocks
)

// Session is one call's media. Receive is for one goroutine, Send, Drain and SendDigits for
// another; everything else may be called from any.
type Session struct {
	// constant after Open
	engine *Engine
	opt    Options
	port   int
	rtp    Conn
	rtcp   Conn
	began  time.Time
	heard  *hearing
	done   chan struct{}
	space  chan struct{} // one token when the ring may have room or be empty
	sender dtmf.Sender
	ssrc   uint32
	cname  string

	// guarded by mu, which is never held across I/O
	mu     sync.Mutex
	closed bool
	set    bool // Set was called
	leave  func()
	params Params

	// receiving half
	latch      latch
	stats      reception
	buffer     *jitter.Buffer
	keys       dtmf.Receiver
	lastHeard  time.Time // last packet that was ours
	timedOut   bool
	lastSR     uint32 // middle bits of their last SR
	lastSRAt   time.Time
	rtcpFrom   netip.AddrPort // where their reports come from
	answeredAt time.Time

	// sending half
	ring     [][]byte // coded frames of 20 ms, at most ringFrames
	partial  []int16  // samples that do not fill a frame yet
	pressed  []keyPacket
	paused   bool
	silent   bool   // the last packet was filler: the next word begins a talkspurt
	playing  bool   // a frame was taken for the packet that is being built
	packet   []byte // payload being collected; more than one frame when ptime asks for it
	packetTS uint32
	keyTS    uint32        // beginning of the key being pressed
	lastDue  time.Time     // the tick before
	played   time.Duration // since the last Flush or Drain
	seq      uint16
	ts       uint32
	packets  uint32
	octets   uint32

	nextReport   time.Time
	sentAtReport uint32
}

// keyPacket is one packet of a key that is being pressed.
type keyPacket struct {
	dtmf.Packet
	gap bool // no packet at all, a pause between keys
}

// Port is the local RTP port; RTCP is the next one.
func (s *Session) Port() int { return s.port }

// Set puts new parameters into force, the first time with the effect of starting the sound. A new
// remote address opens the latch; an unchanged one leaves it alone.
func (s *Session) Set(p Params) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	now := time.Now()
	if s.set && p.Codec != s.params.Codec {
		for _, f := range s.ring {
			recode(f, f, s.params.Codec)
		}
		s.packet = s.packet[:0]
		s.buffer.Reset()
		s.buffer.SetSilence(silenceOf(p.Codec))
	}
	s.params = p
	s.latch.announce(p.Remote, p.Source, p.Held)
	s.lastHeard = now // hold may have been long: the timeout starts anew
	if s.set {
		return
	}
	s.set = true
	s.silent = true
	s.answeredAt = now
	s.buffer = jitter.New(s.engine.cfg.Jitter)
	s.buffer.SetSilence(silenceOf(p.Codec))
	s.nextReport = now.Add(s.reportWait() / 2) // RFC 3550 §6.2: half the interval for the first
	s.leave = s.engine.wheel.Join(s)
}

func (s *Session) reportWait() time.Duration {
	return time.Duration((0.5 + rand.Float64()) * float64(s.engine.cfg.RTCPInterval))
}

// Receive returns the next frame or key in media order; io.EOF after Close. A frame without
// sound behind it has Lost set.
func (s *Session) Receive(ctx context.Context) (Heard, error) { return s.heard.pop(ctx) }

// Key puts a key press that came by another way (SIP INFO) between the frames.
func (s *Session) Key(digit byte) { s.heard.push(Heard{Digit: digit}) }

// Send queues a frame and blocks while 200 ms wait already. Frames of any length are cut to
// packets; the rate has to be 8000.
func (s *Session) Send(ctx context.Context, f media.Frame) error {
	if f.Rate != media.PhoneRate {
		return fmt.Errorf("rtp: send frame of %d Hz: a phone line takes %d Hz; resample it first", f.Rate, media.PhoneRate)
	}
	pcm := f.PCM
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return ErrClosed
		}
		for len(s.ring) < ringFrames && len(s.partial)+len(pcm) >= frameSamples {
			n := frameSamples - len(s.partial)
			s.partial = append(s.partial, pcm[:n]...)
			s.ring = append(s.ring, s.encode(s.partial))
			s.partial, pcm = s.partial[:0], pcm[n:]
		}
		if len(s.partial)+len(pcm) < frameSamples {
			s.partial = append(s.partial, pcm...)
			s.mu.Unlock()
			return nil
		}
		s.mu.Unlock()
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
}

// asAgreed gives every arriving payload the law that was agreed, so that the jitter buffer holds
// one kind; mu is held. Far ends that send the other law exist, and cost a table look-up.
func (s *Session) asAgreed(pt uint8, payload []byte) []byte {
	theirs := lawOf(pt)
	if pt == s.params.Type || theirs == s.params.Codec {
		return payload
	}
	b := make([]byte, len(payload))
	recode(b, payload, theirs)
	return b
}

// silenceOf is a codec's byte of silence.
func silenceOf(codec string) byte {
	if codec == "PCMU" {
		return g711.SilenceU
	}
	return g711.SilenceA
}

// lawOf names the codec of a static payload type.
func lawOf(pt uint8) string {
	if pt == 0 {
		return "PCMU"
	}
	return "PCMA"
}

// recode turns a payload of the law from into the other one.
func recode(dst, src []byte, from string) {
	pcm := make([]int16, len(src))
	if from == "PCMU" {
		g711.DecodeU(pcm, src)
		g711.EncodeA(dst, pcm)
	} else {
		g711.DecodeA(pcm, src)
		g711.EncodeU(dst, pcm)
	}
}

// encode codes one frame; mu is held.
func (s *Session) encode(pcm []int16) []byte {
	b := make([]byte, len(pcm))
	if s.params.Codec == "PCMU" {
		g711.EncodeU(b, pcm)
	} else {
		g711.EncodeA(b, pcm)
	}
	return b
}

// wait sleeps until the ring has moved.
func (s *Session) wait(ctx context.Context) error {
	select {
	case <-s.space:
		return nil
	case <-s.done:
		return ErrClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Drain waits until everything sent has left; a last incomplete frame is filled up with silence.
func (s *Session) Drain(ctx context.Context) error {
	s.mu.Lock()
	if n := len(s.partial); n > 0 {
		s.partial = append(s.partial, make([]int16, frameSamples-n)...)
		s.ring = append(s.ring, s.encode(s.partial)) // one frame above the limit for a moment
		s.partial = s.partial[:0]
	}
	s.mu.Unlock()
	for {
		s.mu.Lock()
		if s.closed {
			s.mu.Unlock()
			return ErrClosed
		}
		if len(s.ring) == 0 && len(s.pressed) == 0 {
			s.played = 0
			s.mu.Unlock()
			return nil
		}
		s.mu.Unlock()
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
}

// Flush drops what has not left yet and returns how long the far end was played to since the last
// Flush or Drain.
func (s *Session) Flush() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ring, s.partial, s.paused = nil, s.partial[:0], false
	played := s.played
	s.played = 0
	s.poke()
	return played
}

// Pause holds what Send queued; silence is sent instead until Resume or Flush.
func (s *Session) Pause() {
	s.mu.Lock()
	s.paused = true
	s.mu.Unlock()
}

// Resume plays on from where Pause stopped.
func (s *Session) Resume() {
	s.mu.Lock()
	s.paused = false
	s.mu.Unlock()
}

const (
	keyLength = 100 * time.Millisecond // ITU-T Q.24 asks receivers for 40 ms and more
	keyGap    = 100 * time.Millisecond
	keyComma  = time.Second
)

// SendDigits presses keys one after the other and waits until the last was sent. Voice that is
// queued waits behind them. A comma is a pause of one second.
func (s *Session) SendDigits(ctx context.Context, digits string) error {
	var list []keyPacket
	gap := func(d time.Duration) {
		for range d / media.FrameTime {
			list = append(list, keyPacket{gap: true})
		}
	}
	for i := range len(digits) {
		if digits[i] == ',' {
			gap(keyComma)
			continue
		}
		packets, err := s.sender.Packets(digits[i], keyLength)
		if err != nil {
			return fmt.Errorf("rtp: send digits %q: %w", digits, err)
		}
		for _, p := range packets {
			list = append(list, keyPacket{Packet: p})
		}
		gap(keyGap)
	}
	s.mu.Lock()
	if s.set && s.params.EventType < 0 {
		s.mu.Unlock()
		return fmt.Errorf("rtp: send digits: the far end did not agree to telephone-event")
	}
	s.pressed = append(s.pressed, list...)
	s.mu.Unlock()
	for {
		s.mu.Lock()
		left, closed := len(s.pressed), s.closed
		s.mu.Unlock()
		switch {
		case closed:
			return ErrClosed
		case left == 0:
			return nil
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
}

func (s *Session) poke() {
	select {
	case s.space <- struct{}{}:
	default:
	}
}

// Close says BYE in RTCP, leaves the wheel and shuts the sockets. It may be called more than
// once and from anywhere but Tick. Readers end soon after; Engine.Close waits for them.
func (s *Session) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	leave := s.leave
	var last []byte
	var to netip.AddrPort
	if s.set {
		last, to = s.report(time.Now(), true)
	}
	mux := s.params.Mux
	s.mu.Unlock()
	close(s.done)
	if leave != nil {
		leave()
	}
	if to.IsValid() {
		s.sendRTCP(last, to, mux)
	}
	s.rtp.Close()
	s.rtcp.Close()
	s.heard.close()
	s.engine.release(s.port)
	s.engine.metrics.sessions.Dec()
	return nil
}
