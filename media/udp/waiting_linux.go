package udp

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
)

// Waiting is a Conn that can also be waited for: the runtime's poller knows its socket, so that one
// goroutine with nothing else to do reads in batches what comes, at once. It is for a port that many
// calls share and that answers more than sound, a handshake for one, for which a clock's beat is late.
type Waiting struct {
	kernel
	conn *net.UDPConn
	raw  syscall.RawConn
}

var _ Conn = (*Waiting)(nil)

// ListenWaiting binds a socket to addr as net.ListenUDP does: every IPv4 interface means every
// interface.
func ListenWaiting(addr netip.AddrPort, opt Options) (*Waiting, error) {
	c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, err
	}
	w := &Waiting{conn: c}
	w.raw, err = c.SyscallConn()
	if err == nil {
		var sock error
		err = w.raw.Control(func(fd uintptr) {
			w.fd = int(fd)
			sock = w.options(opt)
		})
		if err == nil {
			err = sock
		}
	}
	if err != nil {
		_ = c.Close()
		return nil, fmt.Errorf("udp: listen on %v: %w", addr, err)
	}
	w.six = w.local.Addr().Is6()
	return w, nil
}

// Wait is Recv that waits until something has come. Use either, on one goroutine.
func (w *Waiting) Wait(in *Inbox) (n int, err error) {
	closed := w.raw.Read(func(uintptr) bool {
		n, err = w.Recv(in)
		return n > 0 || in.More || err != nil
	})
	if closed != nil {
		in.Packets, in.More = in.room[:0], false
		return 0, net.ErrClosed
	}
	return n, err
}

// singles are Outboxes of one packet.
var singles = sync.Pool{New: func() any { return NewOutbox() }}

// Write sends one datagram now, and never waits, as Send. Any goroutine may call it, at any time.
func (w *Waiting) Write(b []byte, to netip.AddrPort) (int, error) {
	out := singles.Get().(*Outbox)
	defer singles.Put(out)
	copy(out.Room(to, len(b)), b)
	if _, err := w.Send(out); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Close implements Conn, and ends Wait.
func (w *Waiting) Close() error {
	w.mu.Lock()
	w.fd = -1 // the number is another socket's soon
	w.mu.Unlock()
	return w.conn.Close()
}
