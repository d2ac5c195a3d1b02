package peer

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// Net is a UDP network in memory: no loss, no delay, and every wait in it is one that synctest
// understands, so that a call of half an hour costs no wall time. The zero value is ready.
type Net struct {
	// Drop, when set, loses the datagrams for which it returns true. It is called with mu held.
	Drop func(from, to netip.AddrPort, b []byte) bool
	// Late, when set, says when the copies of a datagram arrive: one each, in whatever order. It is
	// called with mu held.
	Late func(from, to netip.AddrPort, b []byte) []time.Duration

	mu    sync.Mutex
	conns map[netip.AddrPort]*Conn
	next  uint16
}

// Listen binds addr; port 0 draws one. An address in use is an error, as from the kernel.
func (n *Net) Listen(addr netip.AddrPort) (*Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.conns == nil {
		n.conns = map[netip.AddrPort]*Conn{}
		n.next = 40000
	}
	if addr.Port() == 0 {
		n.next++
		addr = netip.AddrPortFrom(addr.Addr(), n.next)
	}
	if n.conns[addr] != nil {
		return nil, &net.OpError{Op: "listen", Net: "udp", Err: os.NewSyscallError("bind", errors.New("address in use"))}
	}
	c := &Conn{net: n, addr: addr, in: make(chan datagram, 4096), done: make(chan struct{}), alarm: make(chan struct{})}
	n.conns[addr] = c
	return c, nil
}

type datagram struct {
	data []byte
	from netip.AddrPort
}

// Conn is one socket of a Net. It implements net.PacketConn and the AddrPort methods of net.UDPConn.
type Conn struct {
	net  *Net
	addr netip.AddrPort
	in   chan datagram
	done chan struct{}
	once sync.Once

	mu       sync.Mutex
	deadline time.Time
	alarm    chan struct{} // closed when the deadline changes
}

// ReadFromUDPAddrPort implements what net.UDPConn does.
func (c *Conn) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	for {
		c.mu.Lock()
		deadline, alarm := c.deadline, c.alarm
		c.mu.Unlock()
		var expired <-chan time.Time
		var timer *time.Timer
		if !deadline.IsZero() {
			timer = time.NewTimer(time.Until(deadline))
			expired = timer.C
		}
		select {
		case d := <-c.in:
			stop(timer)
			return copy(b, d.data), d.from, nil
		case <-c.done:
			stop(timer)
			return 0, netip.AddrPort{}, net.ErrClosed
		case <-expired:
			return 0, netip.AddrPort{}, os.ErrDeadlineExceeded
		case <-alarm:
			stop(timer)
		}
	}
}

func stop(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}

// WriteToUDPAddrPort implements what net.UDPConn does: a datagram to nobody is lost quietly.
func (c *Conn) WriteToUDPAddrPort(b []byte, to netip.AddrPort) (int, error) {
	select {
	case <-c.done:
		return 0, net.ErrClosed
	default:
	}
	c.net.mu.Lock()
	peer := c.net.conns[to]
	lost := c.net.Drop != nil && c.net.Drop(c.addr, to, b)
	var late []time.Duration
	if c.net.Late != nil {
		late = c.net.Late(c.addr, to, b)
	}
	c.net.mu.Unlock()
	if peer == nil || lost {
		return len(b), nil
	}
	d := datagram{append([]byte(nil), b...), c.addr}
	if late == nil {
		peer.take(d)
	}
	for _, wait := range late {
		time.AfterFunc(wait, func() { peer.take(d) })
	}
	return len(b), nil
}

func (c *Conn) take(d datagram) {
	select {
	case c.in <- d:
	default: // the kernel's buffer is full, too, some day
	}
}

// ReadFrom implements net.PacketConn.
func (c *Conn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.ReadFromUDPAddrPort(b)
	return n, net.UDPAddrFromAddrPort(from), err
}

// WriteTo implements net.PacketConn.
func (c *Conn) WriteTo(b []byte, to net.Addr) (int, error) {
	return c.WriteToUDPAddrPort(b, to.(*net.UDPAddr).AddrPort())
}

// LocalAddr implements net.PacketConn.
func (c *Conn) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(c.addr) }

// Close implements net.PacketConn.
func (c *Conn) Close() error {
	c.once.Do(func() {
		c.net.mu.Lock()
		delete(c.net.conns, c.addr)
		c.net.mu.Unlock()
		close(c.done)
	})
	return nil
}

// SetReadDeadline implements net.PacketConn.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	c.deadline = t
	close(c.alarm)
	c.alarm = make(chan struct{})
	c.mu.Unlock()
	return nil
}

// SetDeadline implements net.PacketConn.
func (c *Conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetWriteDeadline implements net.PacketConn; writes never wait.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }
