package rtp

import (
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"decroche/media"
	"decroche/media/codec"
	"decroche/media/dtmf"
	"decroche/media/udp"
)

// Params are what the signalling agreed on. They are comparable.
type Params struct {
	Remote     netip.AddrPort // where the far end wants RTP; the latch may learn another source
	RemoteRTCP netip.AddrPort
	Source     netip.Addr // where the signalling comes from, the latch's second witness; invalid when unknown
	Mux        bool       // RTCP shares the RTP port (RFC 5761)
	Codec      string     // one of codec.Names
	Type       uint8      // payload type of Codec
	EventType  int        // payload type of telephone-event, at the codec's clock; −1 when the far end takes no keys
	FEC        bool       // the far end can use copies of lost packets (Opus, useinbandfec)
	Bitrate    int        // the most that the far end wants, in bit/s (Opus, maxaveragebitrate); 0 when it says nothing
	DTX        bool       // the far end would rather be sent nothing than silence (Opus, usedtx)
	Ptime      time.Duration
	Send       bool // the far end listens
	Receive    bool // the far end sends
	Held       bool // the far end may be silent for ever: no media timeout
	// Secure encrypts and opens the packets; nil leaves them plain.
	Secure *Secure
	// SSRC is that of our packets where the signalling has told one (RFC 5576); 0 leaves the
	// session's own.
	SSRC uint32
	// Rate of the leg's frames, both ways, in Hz. The first Set decides it for the whole call: a
	// codec of another rate that a re-INVITE brings is resampled. 0 means the codec's.
	Rate int
}

// Session is one call's media. Receive and Next are for one goroutine, Send, Play, Drain and
// SendDigits for another; everything else may be called from any.
type Session struct {
	// constant after Open
	engine *Engine
	opt    Options
	port   *port
	began  time.Time
	heard  *hearing
	done   chan struct{}
	space  chan struct{} // one token when room has come about that somebody waits for
	cname  string

	// owned by who receives; guarded by mu once there is a sink
	taken  []byte // buffer of the last frame
	ear    ear
	inband inband

	tones atomic.Bool // keys are looked for in the sound

	// owned by who sends
	partial []int16 // samples that do not fill a frame yet
	partOf  int     // the count of flushes when they came
	encoder encoder

	lossOut atomic.Int32 // percent of what we send that the far end reports as lost
	quiet   atomic.Bool  // what was received last is silence
	rate    atomic.Int32 // of the leg's frames, constant after the first Set

	secure atomic.Pointer[Secure] // that of params

	// guarded by port.mu
	remote, source netip.Addr // as claimed on the port
	gone           bool       // it has left the port and claims nothing any more

	// guarded by mu, which is never held across I/O. First what every tick needs, close together: with
	// thousands of sessions a tick waits for memory more than for anything else.
	mu       sync.Mutex
	closed   bool
	set      bool // Set was called
	timedOut bool
	silent   bool // the last packet was filler: the next word begins a talkspurt
	playing  bool // a frame was taken for the packet that is being built
	sparse   bool // see Sparse
	ssrc     uint32
	seq      uint16
	ts       uint32
	packetTS uint32
	packets  uint32
	octets   uint32
	idle     int // frames played since the last packet came
	unsaid   int // of these, held back: see play
	frames   int // in packet
	hush     int // frames of silence in a row that DTX saved, or might have
	noises   int
	fresh    bool      // another source has begun
	lastDue  time.Time // the tick before
	packet   []byte    // payload being collected; more than one frame when ptime asks for it
	pressed  []keyPacket
	out      outgoing
	sink     *sink // takes what is heard; nil while Receive does
	overhear *overhearing
	params   Params
	info     codec.Info // of params.Codec

	nextReport time.Time
	nextCheck  time.Time // of the timeout
	answeredAt time.Time
	latch      latch
	intake     intake
	lastHeard  time.Time     // last packet that was ours
	within     time.Duration // see Expect
	lastSign   time.Time     // last report of theirs, or since when they are expected

	keyTS        uint32 // beginning of the key being pressed
	between      *transcoder
	noise        [maxNoise]byte // comfort noise that was told, to go with the next frame
	keys         dtmf.Receiver
	lastSR       uint32 // middle bits of their last SR
	lastSRAt     time.Time
	rtcpFrom     netip.AddrPort // where their reports come from
	sentAtReport uint32
	leave        func()
	stats        reception
}

// Port is the local RTP port; RTCP is the next one. 0 over a wire.
func (s *Session) Port() int { return s.port.number }

// Rate is that of the leg's frames, in Hz; 8000 before Set.
func (s *Session) Rate() int {
	if rate := s.rate.Load(); rate != 0 {
		return int(rate)
	}
	return media.PhoneRate
}

// Codec is what was agreed last, "" before Set.
func (s *Session) Codec() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.params.Codec
}

// Set puts what was agreed into force; the first call begins the flow of packets. A later one,
// after a re-INVITE, may change everything: what is queued is kept.
func (s *Session) Set(p Params) {
	if s.port.wired {
		p.Remote, p.RemoteRTCP, p.Source, p.Mux = wireAddr, wireAddr, netip.Addr{}, true
	}
	s.port.claim(s, p.Remote.Addr(), p.Source)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	now := time.Now()
	if p.Codec != s.params.Codec {
		s.info = infoOf(p.Codec)
		s.intake.become(s.engine.cfg.Jitter, s.info)
		s.keys.Reset()
		s.packet, s.frames = s.packet[:0], 0
	}
	if !s.set {
		if p.Rate == 0 {
			p.Rate = s.info.Rate
		}
		s.rate.Store(int32(p.Rate))
	}
	if p.SSRC != 0 && p.SSRC != s.ssrc {
		s.ssrc, s.packets, s.octets, s.sentAtReport = p.SSRC, 0, 0, 0
	}
	s.params = p
	s.secure.Store(p.Secure)
	s.tones.Store(s.opt.InBand == InBandOn || s.opt.InBand == InBandAuto && p.EventType < 0)
	s.latch.announce(p.Remote, p.Source, p.Held)
	s.lastHeard, s.lastSign = now, now // hold may have been long: the timeout starts anew
	if s.set {
		return
	}
	s.set = true
	s.silent = true
	s.answeredAt = now
	s.nextReport = now.Add(s.reportWait() / 2) // RFC 3550 §6.2: half the interval for the first
	s.leave = s.engine.wheel.JoinWorker(s.port.shard.worker, s)
}

func (s *Session) reportWait() time.Duration {
	return time.Duration((0.5 + rand.Float64()) * float64(s.engine.cfg.RTCPInterval))
}

// Close says BYE in RTCP, leaves the wheel and gives the port back. It may be called more than
// once and from anywhere but Tick.
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
		last = s.sealReport(last)
	}
	mux := s.params.Mux
	s.mu.Unlock()
	close(s.done)
	if leave != nil {
		leave()
	}
	if to.IsValid() && len(last) > 0 {
		out := udp.NewOutbox()
		copy(out.Room(to, len(last)), last)
		if _, err := s.port.control(mux).conn.Send(out); err != nil {
			s.engine.metrics.sendError.Inc()
		}
	}
	s.heard.close()
	s.unfeed()
	s.engine.leave(s)
	return nil
}
