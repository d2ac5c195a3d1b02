// Package udp moves datagrams in batches: one system call reads all that wait in a socket, one
// sends all that are due.
//
// Its idea: real-time sound needs no goroutine that waits for packets. Whoever owns a clock looks
// into its sockets when the clock beats, takes what has come since (Recv never waits), works, and
// sends everything at once. Packets lose nothing by waiting in the kernel, because each carries
// the time at which the kernel took it in. So nobody is woken per packet; on Linux not even the
// runtime's poller is: the sockets are not registered there.
//
//	in, out := udp.NewInbox(64, 2048), udp.NewOutbox()
//	for range clock {
//		for in.More = true; in.More; {
//			conn.Recv(in)
//			for _, p := range in.Packets { answer(out.Room(p.From, len(p.Data)), p.Data) }
//		}
//		conn.Send(out)
//	}
//
// On Linux that is recvmmsg and sendmmsg (their saving over one call per packet, and over
// golang.org/x/net's WriteBatch, was measured before this was written). Elsewhere, and over
// sockets that are not the kernel's, Pump does the same with a reading goroutine per socket.
// Neither allocates per packet. It knows nothing of what the datagrams are.
package udp

import (
	"errors"
	"net/netip"
	"time"
)

// Conn is one UDP socket. Recv is for one goroutine at a time, Send for one at a time (it may be
// another); the rest may be called from any.
type Conn interface {
	// Recv takes what has come into in, at most as much as it has room for, without waiting, and
	// returns how many packets in.Packets holds now. in.More tells that more may wait. The error is net.ErrClosed after Close; other errors are of
	// single datagrams (an ICMP answer) and do not end the socket.
	Recv(in *Inbox) (int, error)
	// Send sends all packets of out in order, and empties it. A packet that cannot be sent does
	// not stop the ones behind it. It returns how many left, and the first error. It never
	// waits: when the kernel's buffer is full the rest is dropped, for it would come too late.
	Send(out *Outbox) (int, error)
	// LocalAddr is where it is bound.
	LocalAddr() netip.AddrPort
	// Buffers are the sizes of the receiving and the sending buffer that the system gave, in
	// bytes; it may give less than was asked. 0 means unknown.
	Buffers() (recv, send int)
	// Dropped is how many datagrams were lost because the receiving buffer was full, as far as
	// was heard with the packets that came after, and those that were longer than the room.
	Dropped() uint64
	// Close frees the port. It may be called more than once; waiting packets are lost.
	Close() error
}

// Options of Listen. The zero value takes the system's buffers.
type Options struct {
	// RecvBuffer and SendBuffer are wanted sizes of the kernel's buffers in bytes; 0 leaves the
	// system's. Linux gives at most net.core.rmem_max (wmem_max) unless the process may exceed it
	// (CAP_NET_ADMIN); Buffers tells what it gave.
	RecvBuffer, SendBuffer int
}

// ErrTooLong is told by Send for a datagram that UDP cannot carry.
var ErrTooLong = errors.New("udp: datagram is longer than 65507 bytes")

const maxDatagram = 65507 // bytes of payload in UDP over IPv4

// Packet is one datagram that came. Data is valid until the next Recv into the same Inbox.
type Packet struct {
	Data []byte
	From netip.AddrPort // never an IPv4 address in IPv6 form
	// At is when the kernel (of Pump: the reading goroutine) took it in, on the clock of
	// time.Now, with its monotonic reading.
	At time.Time
}

// Inbox is the room for one Recv. Make it once and use it for any number of sockets, by one
// goroutine at a time.
type Inbox struct {
	Packets []Packet // what the last Recv took
	// More says that more may wait: the room was filled, be it by datagrams too long to be in Packets.
	More bool

	room []Packet
	buf  []byte
	size int
	sys  inboxSys
}

// NewInbox makes room for n datagrams of size bytes each; longer ones are dropped and counted.
func NewInbox(n, size int) *Inbox {
	in := &Inbox{room: make([]Packet, n), buf: make([]byte, n*size), size: size}
	in.sys.prepare(in)
	return in
}

func (in *Inbox) slot(i int) []byte { return in.buf[i*in.size : (i+1)*in.size : (i+1)*in.size] }

// Outbox collects datagrams for one Send. It grows to the largest batch it has held and allocates
// nothing from then on. It belongs to one goroutine at a time.
type Outbox struct {
	arena []byte // packets one behind the other
	parts []part
	sys   outboxSys
}

// part is one packet of an Outbox.
type part struct {
	to         netip.AddrPort
	from, upTo int // in arena
}

// NewOutbox makes an empty Outbox.
func NewOutbox() *Outbox { return &Outbox{} }

// Room adds a packet of n bytes to the address to and returns its bytes, to be filled before the
// next call of Room or Send. What they hold before is undefined.
func (o *Outbox) Room(to netip.AddrPort, n int) []byte {
	at := len(o.arena)
	if cap(o.arena) < at+n {
		grown := make([]byte, at, 2*(at+n)+1024)
		copy(grown, o.arena)
		o.arena = grown
	}
	o.arena = o.arena[:at+n]
	o.parts = append(o.parts, part{to, at, at + n})
	return o.arena[at : at+n : at+n]
}

// Cut shortens the packet added last to n bytes.
func (o *Outbox) Cut(n int) {
	p := &o.parts[len(o.parts)-1]
	p.upTo = p.from + n
	o.arena = o.arena[:p.upTo]
}

// Len is the number of packets.
func (o *Outbox) Len() int { return len(o.parts) }

// Reset drops what was collected.
func (o *Outbox) Reset() { o.arena, o.parts = o.arena[:0], o.parts[:0] }

// unmap gives every address its one form.
func unmap(a netip.AddrPort) netip.AddrPort {
	if a.Addr().Is4In6() {
		return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
	}
	return a
}
