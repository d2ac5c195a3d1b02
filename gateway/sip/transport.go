package sip

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	msg "github.com/emiago/sipgo/sip"
)

const (
	maxMessage    = 65535            // bytes of one message, either way
	tcpIdle       = 10 * time.Minute // a connection without a byte for so long is closed
	tcpPartial    = 10 * time.Second // a message that was begun must be complete by then
	tcpQueue      = 256              // messages waiting to be written to one connection
	tcpWrite      = 10 * time.Second // one write may take so long before the peer counts as gone
	tcpDial       = 5 * time.Second  // a connection may take so long to come up
	mtuSwitch     = 1300             // RFC 3261 §18.1.1: larger requests go by TCP
	udpReadBuffer = 4 << 20          // bytes; bursts of INVITEs must survive a GC pause
)

// flow is where a message came from or goes to: the protocol, the remote address and, for TCP and TLS,
// the connection. It is comparable.
type flow struct {
	network string // "UDP", "TCP" or "TLS", as in Via
	addr    netip.AddrPort
	conn    *tcpConn    // nil for UDP
	tls     *tls.Config // how a connection over TLS is opened; nil: by the system's certificates
	pinned  bool        // the far end is behind a NAT: everything goes back the way it came
}

func (f flow) reliable() bool { return f.network != "UDP" }

// connKey is what a connection can be used for: requests to an address, over TLS to the one who proved a
// name that the same roots vouch for. Connections that others opened have proved none.
type connKey struct {
	network string
	addr    netip.AddrPort
	proof   proof
}

// proof is who the far end of a TLS connection has shown to be, and who vouches: nil for the system's.
type proof struct {
	name  string
	roots *x509.CertPool
}

// transport owns the sockets. It hands every message to handle on the goroutine that read it,
// in order of arrival; handle must not block.
type transport struct {
	// constant after listen
	log     *slog.Logger
	metrics *Metrics
	parser  *msg.Parser
	handle  func(m msg.Message, from flow)
	garbled func(m msg.Message, from flow) // a message that broke off while being parsed; may be nil
	maxConn int
	udp     net.PacketConn // nil when not configured
	tcp     net.Listener   // nil when not configured
	tls     net.Listener   // nil when not configured
	wg      sync.WaitGroup

	// guarded by mu
	mu     sync.Mutex
	conns  map[connKey]*tcpConn  // the newest of each: requests of ours go through it
	open   map[*tcpConn]struct{} // every one, also when two were opened to one address at once
	closed bool
}

// start begins reading; close ends it.
func (t *transport) start() {
	if t.udp != nil {
		t.wg.Go(t.readUDP)
	}
	if t.tcp != nil {
		t.wg.Go(func() { t.acceptTCP(t.tcp, "TCP") })
	}
	if t.tls != nil {
		t.wg.Go(func() { t.acceptTCP(t.tls, "TLS") })
	}
}

// close shuts every socket and waits for the readers.
func (t *transport) close() {
	t.mu.Lock()
	t.closed = true
	conns := make([]*tcpConn, 0, len(t.open))
	for c := range t.open {
		conns = append(conns, c)
	}
	t.mu.Unlock()
	if t.udp != nil {
		t.udp.Close()
	}
	if t.tcp != nil {
		t.tcp.Close()
	}
	if t.tls != nil {
		t.tls.Close()
	}
	for _, c := range conns {
		c.close()
	}
	t.wg.Wait()
}

// send writes one message. UDP is written at once; TCP is queued and written by the connection's
// own goroutine, so that a slow peer delays only itself.
func (t *transport) send(f flow, data []byte) error {
	if f.conn != nil {
		return f.conn.enqueue(data)
	}
	if t.udp == nil {
		return errors.New("sip: udp is not among the configured transports")
	}
	_, err := t.udp.WriteTo(data, net.UDPAddrFromAddrPort(f.addr))
	return err
}

func (t *transport) readUDP() {
	buf := make([]byte, maxMessage)
	for {
		n, addr, err := t.udp.ReadFrom(buf)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			// A transient error (an ICMP answer, no buffer space) must not end the listener.
			t.metrics.dropped.WithLabelValues("read_error").Inc()
			time.Sleep(time.Millisecond)
			continue
		}
		ua, ok := addr.(*net.UDPAddr)
		if !ok {
			continue
		}
		ap := ua.AddrPort()
		from := flow{network: "UDP", addr: netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())}
		t.datagram(buf[:n], from)
	}
}

// datagram parses and hands over one UDP message. Junk ends here: it creates no state anywhere.
func (t *transport) datagram(b []byte, from flow) {
	if keepAlive(b) {
		return
	}
	if !looksLikeSIP(b) {
		t.metrics.dropped.WithLabelValues("junk").Inc()
		return
	}
	m, err := t.parse(b)
	if err != nil {
		t.metrics.dropped.WithLabelValues("unparsable").Inc()
		if m != nil && t.garbled != nil {
			t.garbled(m, from)
		}
		return
	}
	t.handle(m, from)
}

// errParser stands for a panic of the parser: it is not ours, and a stranger's bytes must not end
// the calls of others.
var errParser = errors.New("sip: the parser gave up")

func (t *transport) parse(b []byte) (m msg.Message, err error) {
	defer func() {
		if recover() != nil {
			t.metrics.dropped.WithLabelValues("parser_panic").Inc()
			m, err = nil, errParser
		}
	}()
	m, _, err = t.parser.Parse(append([]byte(nil), b...), false)
	return m, err
}

// parseStream feeds bytes to a connection's parser and returns the messages that are complete.
func (t *transport) parseStream(s *msg.ParserStream, b []byte) (list []msg.Message, err error) {
	defer func() {
		if recover() != nil {
			t.metrics.dropped.WithLabelValues("parser_panic").Inc()
			err = errParser
		}
	}()
	err = s.ParseSIPStream(b, func(m msg.Message) { list = append(list, m) })
	return list, err
}

// keepAlive reports whether b holds nothing but line ends and NULs (RFC 5626 §3.5.1, STUN-less NAT pings).
func keepAlive(b []byte) bool {
	for _, c := range b {
		if c != '\r' && c != '\n' && c != 0 {
			return false
		}
	}
	return true
}

// looksLikeSIP is a cheap look at the start line: a method or "SIP/", and the protocol name before
// the first line ends. Scanners, DNS answers and stray RTP stop here.
func looksLikeSIP(b []byte) bool {
	if len(b) < 20 || !isAlpha(b[0]) {
		return false
	}
	for i := 0; i+4 <= len(b) && b[i] != '\r' && b[i] != '\n'; i++ {
		if (b[i]|0x20) == 's' && (b[i+1]|0x20) == 'i' && (b[i+2]|0x20) == 'p' && b[i+3] == '/' {
			return true
		}
	}
	return false
}

func isAlpha(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func (t *transport) acceptTCP(ln net.Listener, network string) {
	for {
		c, err := ln.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			t.metrics.dropped.WithLabelValues("accept_error").Inc()
			time.Sleep(10 * time.Millisecond) // out of file descriptors, usually
			continue
		}
		if _, err := t.adopt(c, network, proof{}); err != nil {
			t.metrics.dropped.WithLabelValues("connection_limit").Inc()
			c.Close()
		}
	}
}

// adopt takes over a connection, whoever opened it.
func (t *transport) adopt(c net.Conn, network string, shown proof) (*tcpConn, error) {
	ta, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return nil, fmt.Errorf("sip: unexpected address type %T", c.RemoteAddr())
	}
	ap := ta.AddrPort()
	ap = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
	tc := &tcpConn{conn: c, network: network, addr: ap, proof: shown, out: make(chan []byte, tcpQueue), done: make(chan struct{})}
	t.mu.Lock()
	if t.closed || len(t.open) >= t.maxConn {
		t.mu.Unlock()
		return nil, errors.New("sip: too many connections; raise max_connections")
	}
	t.conns[tc.key()] = tc
	t.open[tc] = struct{}{}
	t.wg.Add(2)
	t.mu.Unlock()
	go func() { defer t.wg.Done(); t.readTCP(tc) }()
	go func() { defer t.wg.Done(); tc.writer() }()
	return tc, nil
}

// dial returns a flow to addr, connecting first when the network asks for it: over TLS to who shows the
// certificate that cfg asks for. It may block for as long as a connection takes.
func (t *transport) dial(ctx context.Context, network string, addr netip.AddrPort, cfg *tls.Config) (flow, error) {
	if network == "UDP" {
		return flow{network: "UDP", addr: addr, tls: cfg}, nil
	}
	var shown proof
	if network == "TLS" {
		shown = proof{cfg.ServerName, cfg.RootCAs}
	}
	t.mu.Lock()
	c := t.conns[connKey{network, addr, shown}]
	t.mu.Unlock()
	if c == nil {
		d := net.Dialer{Timeout: tcpDial}
		nc, err := d.DialContext(ctx, "tcp", addr.String())
		if err != nil {
			return flow{}, err
		}
		if network == "TLS" {
			if nc, err = t.shakeHands(ctx, nc, cfg); err != nil {
				return flow{}, err
			}
		}
		if c, err = t.adopt(nc, network, shown); err != nil {
			nc.Close()
			return flow{}, err
		}
	}
	return flow{network: network, addr: addr, conn: c, tls: cfg}, nil
}

// shakeHands makes a connection one over TLS; it closes one that fails.
func (t *transport) shakeHands(ctx context.Context, nc net.Conn, cfg *tls.Config) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, tcpDial)
	defer cancel()
	c := tls.Client(nc, cfg)
	if err := c.HandshakeContext(ctx); err != nil {
		nc.Close()
		return nil, fmt.Errorf("tls with %q: %w", cfg.ServerName, err)
	}
	return c, nil
}

func (t *transport) readTCP(c *tcpConn) {
	defer func() {
		c.close()
		t.mu.Lock()
		delete(t.open, c)
		if t.conns[c.key()] == c {
			delete(t.conns, c.key())
		}
		t.mu.Unlock()
	}()
	if tc, ok := c.conn.(*tls.Conn); ok { // whoever connects and says nothing does not stay
		c.conn.SetDeadline(time.Now().Add(tcpPartial))
		if tc.Handshake() != nil {
			t.metrics.dropped.WithLabelValues("tls_handshake").Inc()
			return
		}
		c.conn.SetDeadline(time.Time{})
	}
	from := flow{network: c.network, addr: c.addr, conn: c}
	stream := t.parser.NewSIPStream()
	defer stream.Close()
	buf := make([]byte, 16<<10)
	partial := time.Time{} // when the message being received was begun
	for {
		deadline := time.Now().Add(tcpIdle)
		if !partial.IsZero() {
			deadline = partial.Add(tcpPartial)
		}
		c.conn.SetReadDeadline(deadline)
		n, err := c.conn.Read(buf)
		if err != nil {
			return
		}
		b := buf[:n]
		if partial.IsZero() && keepAlive(b) {
			if n >= 4 { // RFC 5626 §3.5.1: a double CRLF is a ping, a single one the answer
				c.enqueue([]byte("\r\n"))
			}
			continue
		}
		if partial.IsZero() && !isAlpha(b[0]) && b[0] != '\r' && b[0] != '\n' {
			t.metrics.dropped.WithLabelValues("junk").Inc()
			return
		}
		list, err := t.parseStream(stream, b)
		for _, m := range list {
			t.handle(m, from)
		}
		switch {
		case err == nil:
			partial = time.Time{}
		case errors.Is(err, msg.ErrParseSipPartial):
			if partial.IsZero() || len(list) > 0 {
				partial = time.Now()
			}
		default:
			// After a framing error nothing that follows can be trusted (RFC 3261 §18.3).
			t.metrics.dropped.WithLabelValues("unparsable").Inc()
			return
		}
	}
}

// tcpConn is one connection: a reader, a writer, and a bounded queue between us and the writer.
type tcpConn struct {
	conn    net.Conn
	network string // "TCP" or "TLS"
	addr    netip.AddrPort
	proof   proof       // nothing, for those that others opened
	out     chan []byte // at most tcpQueue messages; when full the connection is given up
	done    chan struct{}
	once    sync.Once
}

func (c *tcpConn) key() connKey { return connKey{c.network, c.addr, c.proof} }

// gone tells whether the connection is closed.
func (c *tcpConn) gone() bool {
	select {
	case <-c.done:
		return true
	default:
		return false
	}
}

func (c *tcpConn) enqueue(b []byte) error {
	if c.gone() {
		return fmt.Errorf("sip: connection to %v is closed", c.addr)
	}
	select {
	case c.out <- b:
		return nil
	case <-c.done:
		return fmt.Errorf("sip: connection to %v is closed", c.addr)
	default:
		c.close()
		return fmt.Errorf("sip: %v does not read what it is sent; connection closed", c.addr)
	}
}

func (c *tcpConn) writer() {
	for {
		select {
		case b := <-c.out:
			c.conn.SetWriteDeadline(time.Now().Add(tcpWrite))
			if _, err := c.conn.Write(b); err != nil {
				c.close()
				return
			}
		case <-c.done:
			return
		}
	}
}

func (c *tcpConn) close() {
	c.once.Do(func() {
		close(c.done)
		c.conn.Close()
	})
}
