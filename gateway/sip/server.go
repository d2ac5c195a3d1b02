package sip

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/media/rtp"
)

// Server is a SIP user agent: it answers calls and places them, on one port.
type Server struct {
	// constant after New
	cfg     Config
	media   *rtp.Engine
	log     *slog.Logger
	metrics *Metrics
	timers  timers
	allow   []netip.Prefix
	limit   *limiter
	packets func(addr string) (net.PacketConn, error) // opens the UDP socket; tests have their own
	resolve func(ctx context.Context, uri msg.Uri, network string) (netip.AddrPort, error)
	secret  string // makes the tags of stateless answers repeatable for us only
	trunks  []*trunk
	guard   *guard                  // nil: everything may be called
	kept    func()                  // ends the keeping of what was dialled; nil: nothing is kept
	permit  func(addr string) error // says why nobody may be transferred to addr
	takers  []netip.Prefix          // who may take calls over, beside their far ends
	askers  []netip.Prefix          // who called us and may have us call others, beside trunks

	registrar *registrar

	// constant after Listen
	bound    netip.AddrPort
	boundTLS netip.AddrPort // invalid without a TLS port
	tp       *transport
	tx       *transactions

	ready chan struct{}  // closed when Serve begins
	wg    sync.WaitGroup // goroutines of lines and slow sends; add only through spawn

	// guarded by mu, which is taken last: nothing else is locked while it is held
	mu      sync.Mutex
	closed  bool
	lines   map[string]*line         // by dialogID
	merge   map[string]*line         // by mergeKey, incoming only
	noRefer map[netip.Addr]time.Time // until when a far end is sent no REFER
	marks   map[string]*referring    // transfers that run, by their mark
	admit   func() *leg.Cause
	base    context.Context // parent of every line's context: Serve's values without its end
	accept  func(ctx context.Context, l leg.Leg)
}

// New makes a server that is not listening yet. media must outlive it; m may be nil.
func New(cfg Config, media *rtp.Engine, log *slog.Logger, m *Metrics) (*Server, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("sip: %s", strings.Join(bad, "; "))
	}
	return newServer(cfg, media, log, m)
}

// newServer is New without the checks that keep timers at lengths fit for people.
func newServer(cfg Config, media *rtp.Engine, log *slog.Logger, m *Metrics) (*Server, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if m == nil {
		m = NewMetrics(nil)
	}
	s := &Server{cfg: cfg, media: media, log: log, metrics: m, timers: defaultTimers, secret: token(),
		packets: listenUDP, resolve: resolve, limit: newLimiter(cfg.RatePerSource, cfg.RateBurst),
		lines: map[string]*line{}, merge: map[string]*line{}, noRefer: map[netip.Addr]time.Time{}, marks: map[string]*referring{},
		base: context.Background(), ready: make(chan struct{})}
	s.permit = s.permitTransfer
	for _, a := range cfg.Allow {
		p, err := parsePrefix(a)
		if err != nil {
			return nil, fmt.Errorf("sip: allow %q: %w", a, err)
		}
		s.allow = append(s.allow, p)
	}
	for _, t := range cfg.Trunks {
		made, err := newTrunk(t, s.country(), log, m)
		if err != nil {
			return nil, err
		}
		s.trunks = append(s.trunks, made)
	}
	var err error
	if s.registrar, err = newRegistrar(cfg.Registrar, cfg.Phones); err != nil {
		return nil, err
	}
	if cfg.Outbound != nil {
		s.guard = newGuard(*cfg.Outbound, cfg.Trunks, cfg.Known, log, m)
	}
	if s.takers, err = networks("replaces_from", cfg.Transfer.ReplacesFrom); err != nil {
		return nil, err
	}
	s.askers, err = networks("refer_from", cfg.Transfer.ReferFrom)
	return s, err
}

// Listen binds the sockets. Serve does it when it was not called before; calling it first lets a
// test read Addr, and a program that only dials go without Serve's accept.
func (s *Server) Listen() error {
	if s.tp != nil {
		return nil
	}
	t := &transport{log: s.log, metrics: s.metrics, parser: msg.NewParser(), handle: s.receive, garbled: s.receiveGarbled,
		maxConn: s.cfg.MaxConnections, conns: map[connKey]*tcpConn{}, open: map[*tcpConn]struct{}{}}
	addr := s.cfg.Listen
	// With port 0, TCP may find the port that UDP drew taken: draw again.
	for try := 0; ; try++ {
		err := s.bind(t, addr)
		if err == nil {
			break
		}
		_, port, _ := net.SplitHostPort(addr)
		if port != "0" || try == 20 {
			return listenError(addr, err)
		}
	}
	if s.cfg.TLS.Listen != "" {
		if err := s.bindTLS(t); err != nil {
			t.close()
			return err
		}
	}
	s.tp = t
	s.tx = newTransactions(s.timers, t.send)
	t.start()
	return nil
}

func (s *Server) bind(t *transport, addr string) error {
	t.udp, t.tcp = nil, nil
	if slices.Contains(s.cfg.Transports, "udp") {
		pc, err := s.packets(addr)
		if err != nil {
			return err
		}
		t.udp = pc
		s.bound = unmap(pc.LocalAddr().(*net.UDPAddr).AddrPort())
		addr = net.JoinHostPort(hostOf(addr), strconv.Itoa(int(s.bound.Port())))
	}
	if slices.Contains(s.cfg.Transports, "tcp") {
		ln, err := net.Listen("tcp", addr)
		if err != nil {
			if t.udp != nil {
				t.udp.Close()
			}
			return err
		}
		t.tcp = ln
		s.bound = unmap(ln.Addr().(*net.TCPAddr).AddrPort())
	}
	return nil
}

func listenUDP(addr string) (net.PacketConn, error) {
	pc, err := net.ListenPacket("udp", addr)
	if err != nil {
		return nil, err
	}
	if uc, ok := pc.(*net.UDPConn); ok {
		uc.SetReadBuffer(udpReadBuffer) // the kernel grants what it may; more is not needed to work
		uc.SetWriteBuffer(udpReadBuffer)
	}
	return pc, nil
}

func hostOf(addr string) string { h, _, _ := net.SplitHostPort(addr); return h }

func unmap(a netip.AddrPort) netip.AddrPort { return netip.AddrPortFrom(a.Addr().Unmap(), a.Port()) }

// listenError says what to do.
func listenError(addr string, err error) error {
	hint := "choose another address in sip.listen"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		hint = "another program has it; stop that one or choose another port in sip.listen"
	case errors.Is(err, syscall.EACCES):
		hint = "this user may not bind it; choose a port above 1023 in sip.listen"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		hint = "this machine has no such address; choose one of its own in sip.listen"
	}
	return fmt.Errorf("sip: listen on %q: %w; %s", addr, err, hint)
}

// Serve binds, answers calls until ctx ends, and then hangs up what is left and waits for it.
// accept runs on a goroutine of its own for each INVITE; its context ends with the line, with
// cause leg.ErrHungUp, leg.ErrMediaTimeout, leg.ErrDrained, or context.Canceled after our own
// Hangup. When accept returns, the line is hung up. Call it once.
func (s *Server) Serve(ctx context.Context, accept func(ctx context.Context, l leg.Leg)) error {
	s.mu.Lock()
	s.base = context.WithoutCancel(ctx)
	s.accept = accept
	s.mu.Unlock()
	if err := s.Listen(); err != nil { // before ready: Dial, which waits for it, reads what Listen sets
		return err
	}
	close(s.ready)
	s.log.Info("sip listening", "addr", s.bound.String(), "transports", strings.Join(s.cfg.Transports, ","))
	tending := s.tend(ctx)
	<-ctx.Done()
	tending()
	s.Close()
	return nil
}

// tend keeps trunks registered and watched until ctx ends; wait waits until they were told that we leave.
func (s *Server) tend(ctx context.Context) (wait func()) {
	var wg sync.WaitGroup
	for _, t := range s.trunks {
		if t.cfg.Register {
			wg.Go(func() { s.keepRegistered(ctx, t) })
		}
		if t.cfg.Ping >= 0 {
			wg.Go(func() { s.watch(ctx, t) })
		}
	}
	wg.Go(func() {
		for sleep(ctx, phonesCounted) {
			s.metrics.phones.Set(float64(s.registrar.count()))
		}
	})
	return wg.Wait
}

// phonesCounted is how often phones that ran out are forgotten.
const phonesCounted = 10 * time.Second

// Addr is the bound address, host:port; "" before Listen or Serve bound it.
func (s *Server) Addr() string {
	if !s.bound.IsValid() {
		return ""
	}
	return s.bound.String()
}

// TLSAddr is the bound address of the TLS port, host:port; "" when there is none.
func (s *Server) TLSAddr() string {
	if !s.boundTLS.IsValid() {
		return ""
	}
	return s.boundTLS.String()
}

// Admit sets the question asked before each new call: a non-nil cause refuses it, as when the
// gateway drains or is full. OPTIONS are answered with the same word. Any goroutine may call it.
func (s *Server) Admit(f func() *leg.Cause) {
	s.mu.Lock()
	s.admit = f
	s.mu.Unlock()
}

// Remember has the caps of outbound count on where an earlier process stopped, with what counts keeps, and
// keeps there what is dialled from now on. Call it once, before Listen; it waits for counts for some seconds at
// most, Close for the last write as well. Counts that fail stop no call: they are logged and counted
// (decroche_outbound_unkept_total). ctx covers the reading alone.
func (s *Server) Remember(ctx context.Context, counts Counts) {
	if s.guard != nil {
		s.kept = s.guard.remember(ctx, counts)
	}
}

// served is what Serve was given: the parent of lines' contexts, and who takes calls.
func (s *Server) served() (context.Context, func(context.Context, leg.Leg)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base, s.accept
}

func (s *Server) closedFor() *leg.Cause {
	s.mu.Lock()
	f, closed := s.admit, s.closed
	s.mu.Unlock()
	if closed {
		c := leg.Draining
		return &c
	}
	if f == nil {
		return nil
	}
	return f()
}

// Lines is the number of lines that exist now.
func (s *Server) Lines() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lines)
}

// closeGrace is how long Close waits for the answers to its BYEs.
const closeGrace = 2 * time.Second

// Close hangs up every line (cause leg.ErrDrained), gives the far ends a moment to confirm,
// closes the sockets and waits for every goroutine. It may be called more than once.
func (s *Server) Close() {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		s.wg.Wait()
		return
	}
	s.closed = true
	if s.kept != nil {
		defer s.kept()
	}
	open := make([]*line, 0, len(s.lines))
	for _, l := range s.lines {
		open = append(open, l)
	}
	s.mu.Unlock()
	for _, l := range open {
		l.hangup(leg.ErrDrained, leg.Draining)
	}
	if s.tp == nil {
		return
	}
	if len(open) > 0 {
		for end := time.Now().Add(closeGrace); time.Now().Before(end) && s.tx.waiting(); {
			time.Sleep(10 * time.Millisecond)
		}
	}
	s.tx.close()
	s.mu.Lock()
	rest := make([]*line, 0, len(s.lines))
	for _, l := range s.lines {
		rest = append(rest, l)
	}
	s.mu.Unlock()
	for _, l := range rest {
		l.mu.Lock()
		l.stopUnacked()
		l.mu.Unlock()
		l.finish(leg.ErrDrained)
	}
	s.tp.close()
	s.wg.Wait()
}

// idle reports whether no line and no transaction is alive: for tests that look for leaks.
func (s *Server) idle() bool { return s.Lines() == 0 && s.tx.idle() }

func (s *Server) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed || s.tp == nil
}

// spawn runs f on a goroutine that Close waits for; false when the server is closing.
func (s *Server) spawn(f func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.wg.Go(f)
	return true
}

// register enters a line into the tables; false when the server is closing.
func (s *Server) register(l *line, mergeKey string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.lines[dialogID(l.d.callID, l.d.localTag)] = l
	if mergeKey != "" {
		s.merge[mergeKey] = l
	}
	s.metrics.lines.WithLabelValues(l.direction()).Inc()
	return true
}

// forget takes a line out of the tables.
func (s *Server) forget(l *line) {
	l.mu.Lock()
	id := dialogID(l.d.callID, l.d.localTag)
	l.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lines[id] == l {
		delete(s.lines, id)
	}
	if l.invite != nil {
		if k := mergeKey(l.invite.req); s.merge[k] == l {
			delete(s.merge, k)
		}
	}
}

// mergeKey is equal for copies of one INVITE that came by different ways (RFC 3261 §8.2.2.2).
func mergeKey(req *msg.Request) string {
	return string(*req.CallID()) + "|" + tagOf(req.From().Params) + "|" + strconv.Itoa(int(req.CSeq().SeqNo))
}

func (s *Server) merged(req *msg.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.merge[mergeKey(req)] != nil
}

// find returns the line whose dialog a request belongs to: both tags have to match (RFC 3261 §12.2.2).
func (s *Server) find(req *msg.Request) *line {
	s.mu.Lock()
	l := s.lines[dialogID(string(*req.CallID()), tagOf(req.To().Params))]
	s.mu.Unlock()
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.d.remoteTag != tagOf(req.From().Params) {
		return nil
	}
	return l
}

// receive takes every message, on the goroutine that read it.
func (s *Server) receive(m msg.Message, from flow) {
	switch m := m.(type) {
	case *msg.Request:
		m.SetSource(from.addr.String())
		s.request(m, from)
	case *msg.Response:
		if m.Via() == nil || m.CSeq() == nil || m.To() == nil || m.From() == nil || m.CallID() == nil || m.StatusCode < 100 || m.StatusCode > 699 {
			s.metrics.dropped.WithLabelValues("bad_response").Inc()
			return
		}
		if !s.tx.response(m) {
			s.metrics.dropped.WithLabelValues("stray_response").Inc()
		}
	}
}

// receiveGarbled answers a request that broke off while it was parsed, when enough of it is there.
func (s *Server) receiveGarbled(m msg.Message, from flow) {
	req, ok := m.(*msg.Request)
	if !ok || req.Method == msg.ACK || req.Via() == nil || req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil {
		return
	}
	if allowed, _ := s.limit.take(from.addr.Addr(), time.Now()); !allowed || !s.permitted(from) {
		return
	}
	req.SetSource(from.addr.String())
	s.stateless(req, from, vBadRequest, nil)
}
