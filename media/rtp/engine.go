package rtp

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"

	"decroche/media/pacer"
	"decroche/media/udp"
)

// ErrNoPort means that no pair of ports is free in the configured range.
var ErrNoPort = errors.New("rtp: no free port pair; widen port_min–port_max or take fewer calls at once")

// ErrClosed is returned by what waits on a session that was closed.
var ErrClosed = errors.New("rtp: session is closed")

// Conn is a UDP socket that is not the kernel's: see Engine.ListenWith.
type Conn = udp.PacketConn

// Engine opens sessions and owns what they share: ports, the wheel, a shard for each of the
// wheel's workers.
type Engine struct {
	// constant after NewEngine
	cfg     Config
	wheel   *pacer.Wheel
	metrics *Metrics
	shards  []*shard
	unhook  func()
	listen  func(ip string, port, buffer int) (udp.Conn, error)

	wg sync.WaitGroup // what the wheel must not wait for

	// guarded by mu
	mu       sync.Mutex
	next     int           // port to try next: a freed pair is reused as late as possible, for late packets still come to it
	open     map[int]*port // by local port; nil while it is being bound
	sessions map[*Session]struct{}
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
	pairs := (cfg.PortMax - evenFrom(cfg.PortMin) + 1) / 2
	e := &Engine{cfg: cfg, wheel: wheel, metrics: m, listen: listenUDP,
		next: rand.IntN(pairs), open: map[int]*port{}, sessions: map[*Session]struct{}{}}
	for i := range wheel.Workers() {
		e.shards = append(e.shards, &shard{engine: e, worker: i, inbox: udp.NewInbox(inboxPackets, inboxSize)})
	}
	e.unhook = wheel.After(func(worker int) { e.shards[worker].flush() })
	return e, nil
}

// Options are what a session is told once.
type Options struct {
	// Timeout calls OnTimeout once when nothing was received for so long although Params expect
	// it; 0 means never. OnTimeout runs on a goroutine of its own and may close the session.
	Timeout   time.Duration
	OnTimeout func()
	// Remote is where the far end's media will come from, and Source where its signalling does,
	// when that is known before the port is named: as it is to who answers an offer. Then the
	// port may be shared with calls from other addresses. Without it, as for a call that we dial,
	// and behind NAT, where nobody can know, the session has a port of its own.
	Remote netip.AddrPort
	Source netip.Addr
	// InBand says whether keys are looked for in the far end's sound.
	InBand InBand
}

// InBand says whether keys are looked for in the sound.
type InBand int

// InBandAuto looks where the far end did not agree to telephone-event.
const (
	InBandOff InBand = iota
	InBandAuto
	InBandOn
)

// Open finds a port. Nothing is sent or heard before Set.
func (e *Engine) Open(opt Options) (*Session, error) {
	s := e.newSession(opt)
	if err := e.place(s); err != nil {
		return nil, err
	}
	e.metrics.sessions.Inc()
	return s, nil
}

// ListenWith makes Open use listen in place of the kernel's sockets: for tests in virtual time.
// Call it before the first Open.
func (e *Engine) ListenWith(listen func(ip string, port int) (Conn, error)) {
	e.listen = func(ip string, port, _ int) (udp.Conn, error) {
		c, err := listen(ip, port)
		if err != nil {
			return nil, err
		}
		addr, _ := netip.ParseAddr(ip)
		return udp.Pump(c, netip.AddrPortFrom(addr, uint16(port))), nil
	}
}

// AfterSlots has f called whenever a slot of the wheel has sent what it had to, on the goroutine of its
// worker: so that what leaves over wires can be collected and sent at once. remove ends that.
func (e *Engine) AfterSlots(f func()) (remove func()) { return e.wheel.After(func(int) { f() }) }

// Sessions is the number of open sessions.
func (e *Engine) Sessions() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.sessions)
}

// Owns reports whether a is a socket of ours, RTP or RTCP, that calls use: what was sent there
// would come back to us.
func (e *Engine) Owns(a netip.AddrPort) bool {
	e.mu.Lock()
	p := e.open[int(a.Port())&^1]
	used := p != nil && p.calls > 0
	e.mu.Unlock()
	bind, _ := netip.ParseAddr(e.cfg.BindIP)
	return used && Reaches(a.Addr(), bind)
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

// Close closes every session and every port.
func (e *Engine) Close() {
	e.mu.Lock()
	rest := make([]*Session, 0, len(e.sessions))
	for s := range e.sessions {
		rest = append(rest, s)
	}
	e.mu.Unlock()
	for _, s := range rest {
		s.Close()
	}
	e.wg.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	for number, p := range e.open {
		if p != nil {
			p.close()
			e.metrics.ports.Dec()
		}
		delete(e.open, number)
	}
	e.unhook()
}

func listenUDP(ip string, port, buffer int) (udp.Conn, error) {
	addr, _ := netip.ParseAddr(ip) // none: every interface
	return udp.Listen(netip.AddrPortFrom(addr, uint16(port)), udp.Options{RecvBuffer: buffer, SendBuffer: buffer})
}
