package rtp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"decroche/media/dtmf"
	"decroche/media/pacer"
)

// ErrNoPort means that no pair of ports is free in the configured range.
var ErrNoPort = errors.New("rtp: no free port pair; widen port_min–port_max or take fewer calls at once")

// ErrClosed is returned by what waits on a session that was closed.
var ErrClosed = errors.New("rtp: session is closed")

// Conn is what a session needs of a UDP socket; *net.UDPConn is one.
type Conn interface {
	ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error)
	WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error)
	SetReadDeadline(t time.Time) error
	Close() error
}

// Engine opens sessions and owns what they share: ports, the wheel, the readers.
type Engine struct {
	// constant after NewEngine
	cfg     Config
	wheel   *pacer.Wheel
	metrics *Metrics
	listen  func(ip string, port int) (Conn, error)

	wg sync.WaitGroup // readers

	// guarded by mu
	mu   sync.Mutex
	next int              // port to try next: a freed pair is reused as late as possible, for late packets still come to it
	open map[int]*Session // by local port; nil while it is being bound
}

// NewEngine makes an engine. The wheel has to run for sound to flow; it must outlive the engine.
// m may be nil.
func NewEngine(cfg Config, wheel *pacer.Wheel, m *Metrics) (*Engine, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("rtp: %s", bad[0])
	}
	if m == nil {
		m = NewMetrics(nil)
	}
	first := (cfg.PortMin + 1) &^ 1
	pairs := (cfg.PortMax - first + 1) / 2
	if pairs < 1 {
		return nil, fmt.Errorf("rtp: port_max: %d leaves no even and odd pair above port_min %d", cfg.PortMax, cfg.PortMin)
	}
	return &Engine{cfg: cfg, wheel: wheel, metrics: m, listen: listenUDP(cfg.SocketBuffer),
		next: rand.IntN(pairs), open: map[int]*Session{}}, nil
}

// Options are what a session is told once.
type Options struct {
	// Timeout calls OnTimeout once when nothing was received for so long although Params expect
	// it; 0 means never. OnTimeout runs on the reader's goroutine and may close the session.
	Timeout   time.Duration
	OnTimeout func()
}

// Open binds a port pair and begins reading. Nothing is sent or heard before Set.
func (e *Engine) Open(opt Options) (*Session, error) {
	rtpConn, rtcpConn, port, err := e.bind()
	if err != nil {
		return nil, err
	}
	s := &Session{
		engine: e, opt: opt, port: port, rtp: rtpConn, rtcp: rtcpConn,
		began: time.Now(), heard: newHearing(), done: make(chan struct{}),
		space: make(chan struct{}, 1), sender: dtmf.Sender{},
		ssrc: rand.Uint32(), seq: uint16(rand.Uint32()), ts: rand.Uint32(),
		cname: strconv.FormatUint(rand.Uint64(), 36) + "@decroche",
	}
	s.lastHeard = s.began
	e.mu.Lock()
	e.open[port] = s
	e.mu.Unlock()
	e.metrics.sessions.Inc()
	e.wg.Go(s.readRTP)
	e.wg.Go(s.readRTCP)
	return s, nil
}

// ListenWith makes Open use listen in place of the kernel's sockets: for tests in virtual time.
// Call it before the first Open.
func (e *Engine) ListenWith(listen func(ip string, port int) (Conn, error)) { e.listen = listen }

// Sessions is the number of open sessions.
func (e *Engine) Sessions() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.open)
}

// Owns reports whether a is a socket of an open session, RTP or RTCP: what was sent there would
// come back to us.
func (e *Engine) Owns(a netip.AddrPort) bool {
	e.mu.Lock()
	_, open := e.open[int(a.Port())&^1]
	e.mu.Unlock()
	bind, _ := netip.ParseAddr(e.cfg.BindIP)
	return open && Reaches(a.Addr(), bind)
}

// Reaches reports whether packets to the address to arrive at a socket of this machine that is
// bound to bind; bind may be unspecified or invalid, which both mean every interface.
func Reaches(to, bind netip.Addr) bool {
	to, bind = to.Unmap(), bind.Unmap()
	if bind.IsValid() && !bind.IsUnspecified() {
		return to == bind
	}
	if to.IsLoopback() {
		return true
	}
	addrs, _ := net.InterfaceAddrs() // none known: none of them is ours
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(n.IP); ok && ip.Unmap() == to {
				return true
			}
		}
	}
	return false
}

// Close closes every session and waits for their readers.
func (e *Engine) Close() {
	e.mu.Lock()
	rest := make([]*Session, 0, len(e.open))
	for _, s := range e.open {
		if s != nil {
			rest = append(rest, s)
		}
	}
	e.mu.Unlock()
	for _, s := range rest {
		s.Close()
	}
	e.wg.Wait()
}

// bindTries bounds how many pairs that other programs hold are met before giving up: Open is
// called where calls come in and must not search for long.
const bindTries = 100

// bind finds the next free pair, even port first (RFC 3550 §11), and reserves it.
func (e *Engine) bind() (rtpConn, rtcpConn Conn, port int, err error) {
	for range bindTries {
		port, ok := e.reserve()
		if !ok {
			break
		}
		a, err1 := e.listen(e.cfg.BindIP, port)
		if err1 == nil {
			b, err2 := e.listen(e.cfg.BindIP, port+1)
			if err2 == nil {
				return a, b, port, nil
			}
			a.Close()
			err1 = err2
		}
		e.release(port)
		err = err1
	}
	if err != nil {
		return nil, nil, 0, fmt.Errorf("%w (%v)", ErrNoPort, err)
	}
	return nil, nil, 0, ErrNoPort
}

// reserve takes the next pair that no session of ours has.
func (e *Engine) reserve() (port int, ok bool) {
	first := (e.cfg.PortMin + 1) &^ 1
	pairs := (e.cfg.PortMax - first + 1) / 2
	e.mu.Lock()
	defer e.mu.Unlock()
	for range pairs {
		port = first + 2*e.next
		e.next = (e.next + 1) % pairs
		if _, taken := e.open[port]; !taken {
			e.open[port] = nil
			return port, true
		}
	}
	return 0, false
}

func (e *Engine) release(port int) {
	e.mu.Lock()
	delete(e.open, port)
	e.mu.Unlock()
}

func listenUDP(buffer int) func(ip string, port int) (Conn, error) {
	return func(ip string, port int) (Conn, error) {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(ip), Port: port})
		if err != nil {
			return nil, err
		}
		c.SetReadBuffer(buffer)
		c.SetWriteBuffer(buffer)
		return c, nil
	}
}
