//go:build !linux

package udp

import (
	"net"
	"net/netip"
	"time"
)

// Waiting is a Conn that can also be waited for, one datagram at a time where the system has no
// batches. It is for a port that many calls share and that answers more than sound.
type Waiting struct {
	conn *net.UDPConn
}

// ListenWaiting binds a socket to addr as net.ListenUDP does.
func ListenWaiting(addr netip.AddrPort, opt Options) (*Waiting, error) {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	if opt.RecvBuffer > 0 {
		_ = c.SetReadBuffer(opt.RecvBuffer) // smaller buffers serve too
	}
	if opt.SendBuffer > 0 {
		_ = c.SetWriteBuffer(opt.SendBuffer)
	}
	return &Waiting{conn: c}, nil
}

// Wait takes what has come into in, and waits until something has.
func (w *Waiting) Wait(in *Inbox) (int, error) {
	in.Packets, in.More = in.room[:0], false
	b := in.slot(0)
	n, from, err := w.conn.ReadFromUDPAddrPort(b)
	if err != nil {
		return 0, err
	}
	in.Packets = append(in.Packets, Packet{b[:n], unmap(from), time.Now()})
	return 1, nil
}

// Send sends all packets of out in order, and empties it, as Conn has it.
func (w *Waiting) Send(out *Outbox) (sent int, first error) {
	for _, q := range out.parts {
		if _, err := w.conn.WriteToUDPAddrPort(out.arena[q.from:q.upTo], q.to); err == nil {
			sent++
		} else if first == nil {
			first = err
		}
	}
	out.Reset()
	return sent, first
}

// Write sends one datagram now. Any goroutine may call it.
func (w *Waiting) Write(b []byte, to netip.AddrPort) (int, error) {
	return w.conn.WriteToUDPAddrPort(b, to)
}

// LocalAddr is where it is bound.
func (w *Waiting) LocalAddr() netip.AddrPort {
	return unmap(w.conn.LocalAddr().(*net.UDPAddr).AddrPort())
}

// Buffers are unknown here.
func (w *Waiting) Buffers() (recv, send int) { return 0, 0 }

// Dropped is unknown here.
func (w *Waiting) Dropped() uint64 { return 0 }

// Close frees the port and ends Wait.
func (w *Waiting) Close() error { return w.conn.Close() }
