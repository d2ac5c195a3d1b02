package rtc

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/ice/v4"

	"decroche/media/rtp"
	"decroche/media/udp"
)

// port is the one UDP socket of all browsers. ICE has it as a net.PacketConn; the sound passes ICE by,
// both ways: what comes from an address that ICE has found goes straight to its peer, and what a slot
// of the clock sends is collected and leaves by one system call when the slot ends. So a packet of sound
// wakes no goroutine but the one that reads the socket, in batches.
type port struct {
	// constant
	conn    *udp.Waiting
	metrics *Metrics
	begun   chan struct{} // closed when ICE may read: its reader starts before it is made

	// owned by the reader, which is ICE's
	in   *udp.Inbox
	next int    // of in.Packets
	lost uint64 // by the kernel, as counted so far

	routing sync.RWMutex // guards routes
	routes  map[netip.AddrPort]*peer

	sending sync.Mutex // guards queue and spare
	queue   *udp.Outbox
	spare   []*udp.Outbox
}

var (
	_ net.PacketConn           = (*port)(nil)
	_ ice.AddrPortReaderWriter = (*port)(nil)
)

const (
	// socketBuffer is for the packets of all browsers.
	socketBuffer = 4 << 20
	// batch is how many packets are read by one call.
	batch = 64
)

func listen(at netip.AddrPort, m *Metrics) (*port, error) {
	c, err := udp.ListenWaiting(at, udp.Options{RecvBuffer: socketBuffer, SendBuffer: socketBuffer}) // smaller ones serve too
	if err != nil {
		return nil, err
	}
	got, _ := c.Buffers()
	m.buffer.Set(float64(got))
	return &port{conn: c, metrics: m, begun: make(chan struct{}), in: udp.NewInbox(batch, packetMost), routes: map[netip.AddrPort]*peer{}, queue: udp.NewOutbox()}, nil
}

// route has what comes from an address taken by p, until unroute.
func (o *port) route(from netip.AddrPort, p *peer) {
	o.routing.Lock()
	defer o.routing.Unlock()
	o.routes[from] = p
}

// unroute forgets an address, unless it is another peer's by now.
func (o *port) unroute(from netip.AddrPort, p *peer) {
	o.routing.Lock()
	defer o.routing.Unlock()
	if o.routes[from] == p {
		delete(o.routes, from)
	}
}

// ReadFromAddrPort implements ice.AddrPortReaderWriter: it returns what is not sound, nor an answer to
// a check of ours.
func (o *port) ReadFromAddrPort(b []byte) (int, netip.AddrPort, error) {
	<-o.begun
	for {
		for o.next < len(o.in.Packets) {
			k := o.in.Packets[o.next]
			o.next++
			if !o.take(k) {
				return copy(b, k.Data), k.From, nil
			}
		}
		o.next = 0
		if err := o.wait(); err != nil {
			return 0, netip.AddrPort{}, err
		}
	}
}

// wait fills in; the error says that the port is closed.
func (o *port) wait() error {
	_, err := o.conn.Wait(o.in)
	switch {
	case errors.Is(err, net.ErrClosed):
		return err
	case err != nil:
		time.Sleep(time.Millisecond) // of one datagram, as an ICMP answer; never a busy loop
	}
	if n := o.conn.Dropped(); n != o.lost {
		o.metrics.kernel.Add(float64(n - o.lost))
		o.lost = n
	}
	return nil
}

// take gives a packet to its peer; false leaves it to ICE.
func (o *port) take(k udp.Packet) bool {
	if len(k.Data) == 0 {
		return true
	}
	kind := k.Data[0] // RFC 7983
	if kind >= 4 && !sound(kind) {
		return false
	}
	o.routing.RLock()
	p := o.routes[k.From]
	o.routing.RUnlock()
	switch {
	case p == nil:
		return false
	case sound(kind):
		p.decrypt(k.Data, k.At)
		return true
	}
	return p.answered(k.Data, k.At)
}

// sound tells SRTP and SRTCP by their first byte.
func sound(kind byte) bool { return kind >= 128 && kind <= 191 }

// WriteToAddrPort implements ice.AddrPortReaderWriter. RTP, which only the wheel sends, leaves when its
// slot ends; the rest at once.
func (o *port) WriteToAddrPort(b []byte, to netip.AddrPort) (int, error) {
	if len(b) > 0 && sound(b[0]) && !rtp.IsRTCP(b) {
		o.sending.Lock()
		copy(o.queue.Room(to, len(b)), b)
		o.sending.Unlock()
		return len(b), nil
	}
	n, err := o.conn.Write(b, to)
	if err != nil {
		o.metrics.unsent.Inc()
	}
	return n, err
}

// flush sends what the slot has collected. It runs on each of the wheel's workers.
func (o *port) flush() {
	o.sending.Lock()
	out := o.queue
	n := out.Len()
	if n == 0 {
		o.sending.Unlock()
		return
	}
	if last := len(o.spare) - 1; last >= 0 {
		o.queue, o.spare = o.spare[last], o.spare[:last]
	} else {
		o.queue = udp.NewOutbox()
	}
	o.sending.Unlock()
	sent, err := o.conn.Send(out)
	if sent < n && !errors.Is(err, net.ErrClosed) {
		o.metrics.unsent.Add(float64(n - sent))
	}
	o.sending.Lock()
	o.spare = append(o.spare, out)
	o.sending.Unlock()
}

// ReadFrom implements net.PacketConn.
func (o *port) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := o.ReadFromAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// WriteTo implements net.PacketConn.
func (o *port) WriteTo(b []byte, to net.Addr) (int, error) {
	a, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, fmt.Errorf("rtc: send to %v: not an address of UDP", to)
	}
	return o.WriteToAddrPort(b, a.AddrPort())
}

// LocalAddr implements net.PacketConn.
func (o *port) LocalAddr() net.Addr { return net.UDPAddrFromAddrPort(o.conn.LocalAddr()) }

// SetDeadline implements net.PacketConn, as SetWriteDeadline does.
func (o *port) SetDeadline(time.Time) error { return nil }

// SetReadDeadline implements net.PacketConn; nobody sets one.
func (o *port) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline implements net.PacketConn. ICE sets one in the past when a connection closes, to
// free whoever is held up in writing for it; on a socket that all connections share it failed the
// writing of all the others too, a packet of sound for every fortieth call that ended. Nothing is held up
// here: what the kernel has no room for is dropped.
func (o *port) SetWriteDeadline(time.Time) error { return nil }

// Close implements net.PacketConn.
func (o *port) Close() error { return o.conn.Close() }
