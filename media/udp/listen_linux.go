package udp

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Listen binds a socket to addr: port 0 draws one, an invalid address means every interface.
func Listen(addr netip.AddrPort, opt Options) (Conn, error) {
	ip := addr.Addr().Unmap()
	six := !ip.Is4()
	fd, err := open(six)
	if err != nil && !ip.IsValid() { // a machine without IPv6
		ip, six = netip.IPv4Unspecified(), false
		fd, err = open(six)
	}
	if err != nil {
		return nil, fmt.Errorf("udp: open a socket for %v: %w", addr, err)
	}
	c := &kernel{fd: fd, six: six}
	if err := c.set(netip.AddrPortFrom(ip, addr.Port()), opt); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("udp: listen on %v: %w", addr, err)
	}
	return c, nil
}

func open(six bool) (int, error) {
	family := unix.AF_INET
	if six {
		family = unix.AF_INET6
	}
	return unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
}

// kernel is a socket that only its owner reads: it is unknown to the runtime's poller, which
// would otherwise be woken by every packet that comes and by every one that has left.
type kernel struct {
	// constant after Listen
	six        bool
	local      netip.AddrPort
	recv, send int
	zones      sync.Map // uint32 scope -> string: of link-local peers, few

	dropped atomic.Uint64 // by the kernel, its own 32-bit count extended
	kerned  atomic.Uint32 // its last word
	long    atomic.Uint64

	mu sync.RWMutex // held for reading during every call, for writing by Close
	fd int          // -1 when closed
}

func (c *kernel) set(addr netip.AddrPort, opt Options) error {
	if c.six { // every interface means both families, whatever the system's default
		v6only := 1
		if !addr.Addr().IsValid() || addr.Addr() == netip.IPv6Unspecified() {
			v6only = 0
		}
		if err := unix.SetsockoptInt(c.fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, v6only); err != nil {
			return os.NewSyscallError("setsockopt", err)
		}
	}
	var to unix.RawSockaddrInet6
	n, err := c.sockaddr(&to, addr)
	if err != nil {
		return err
	}
	if _, _, errno := unix.Syscall(unix.SYS_BIND, uintptr(c.fd), uintptr(unsafe.Pointer(&to)), uintptr(n)); errno != 0 {
		return os.NewSyscallError("bind", errno)
	}
	return c.options(opt)
}

// options prepares a socket that is bound, and notes where.
func (c *kernel) options(opt Options) error {
	// Without these the socket works too: packets that may be fragmented each draw a number from the
	// kernel, which costs 5 % of sending one; times are those of Recv, and drops unseen.
	_ = unix.SetsockoptInt(c.fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_PROBE)
	_ = unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)
	_ = unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1)
	c.recv = c.size(unix.SO_RCVBUF, unix.SO_RCVBUFFORCE, opt.RecvBuffer)
	c.send = c.size(unix.SO_SNDBUF, unix.SO_SNDBUFFORCE, opt.SendBuffer)
	sa, err := unix.Getsockname(c.fd)
	if err != nil {
		return os.NewSyscallError("getsockname", err)
	}
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		c.local = netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		c.local = netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return nil
}

// size asks for a buffer, beyond the system's limit when we may, and returns what we have. The
// kernel reports twice what was asked, half of it for its own book-keeping (socket(7)).
func (c *kernel) size(option, force, want int) int {
	if want > 0 && unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, force, want) != nil {
		_ = unix.SetsockoptInt(c.fd, unix.SOL_SOCKET, option, want)
	}
	got, _ := unix.GetsockoptInt(c.fd, unix.SOL_SOCKET, option)
	return got / 2
}

// mmsg is the kernel's struct mmsghdr.
type mmsg struct {
	hdr unix.Msghdr
	n   uint32
}

// control is room for the two messages that come with a packet: its time and the drops so far. It
// is made of words so that the kernel's structures lie aligned in it.
type control [8]uint64

const controlLen = 64 // bytes

type inboxSys struct {
	msgs  []mmsg
	iovs  []unix.Iovec
	names []unix.RawSockaddrInet6 // room for both families
	ctls  []control
}

func (s *inboxSys) prepare(in *Inbox) {
	n := len(in.room)
	s.msgs, s.iovs = make([]mmsg, n), make([]unix.Iovec, n)
	s.names, s.ctls = make([]unix.RawSockaddrInet6, n), make([]control, n)
	for i := range n {
		s.iovs[i].Base = &in.slot(i)[0]
		s.iovs[i].SetLen(in.size)
		h := &s.msgs[i].hdr
		h.Iov, h.Name, h.Control = &s.iovs[i], (*byte)(unsafe.Pointer(&s.names[i])), (*byte)(unsafe.Pointer(&s.ctls[i]))
		h.SetIovlen(1)
	}
}

// Recv implements Conn.
func (c *kernel) Recv(in *Inbox) (int, error) {
	in.Packets, in.More = in.room[:0], false
	s := &in.sys
	for i := range s.msgs { // what the last call left there
		h := &s.msgs[i].hdr
		h.Namelen = unix.SizeofSockaddrInet6
		h.SetControllen(controlLen)
	}
	c.mu.RLock()
	if c.fd < 0 {
		c.mu.RUnlock()
		return 0, net.ErrClosed
	}
	var n uintptr
	errno := unix.EINTR
	for errno == unix.EINTR {
		n, _, errno = unix.Syscall6(unix.SYS_RECVMMSG, uintptr(c.fd), uintptr(unsafe.Pointer(&s.msgs[0])),
			uintptr(len(s.msgs)), unix.MSG_DONTWAIT, 0, 0)
	}
	c.mu.RUnlock()
	switch {
	case errno == unix.EAGAIN:
		return 0, nil
	case errno != 0:
		return 0, os.NewSyscallError("recvmmsg", errno)
	}
	in.More = int(n) == len(s.msgs)
	now := time.Now()
	wall := now.UnixNano()
	for i := range int(n) {
		m := &s.msgs[i]
		if m.hdr.Flags&unix.MSG_TRUNC != 0 {
			c.long.Add(1)
			continue
		}
		at := now
		if sent := c.told(unsafe.Slice((*byte)(unsafe.Pointer(&s.ctls[i])), m.hdr.Controllen)); sent > 0 {
			// The kernel's time is on the wall: only the age is taken from it, within reason.
			at = now.Add(-time.Duration(min(max(wall-sent, 0), int64(time.Second))))
		}
		in.Packets = append(in.Packets, Packet{in.slot(i)[:m.n], c.addr(&s.names[i]), at})
	}
	return len(in.Packets), nil
}

// told reads the messages beside a packet: it returns the kernel's time, in ns, 0 for none.
func (c *kernel) told(b []byte) (sent int64) {
	const head = unix.SizeofCmsghdr
	for len(b) >= head {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&b[0]))
		n := int(h.Len)
		if n < head || n > len(b) {
			return sent
		}
		data := b[head:n]
		switch {
		case h.Level != unix.SOL_SOCKET:
		case h.Type == unix.SCM_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
			sent = (*unix.Timespec)(unsafe.Pointer(&data[0])).Nano()
		case h.Type == unix.SO_RXQ_OVFL && len(data) >= 4:
			c.lost(*(*uint32)(unsafe.Pointer(&data[0])))
		}
		b = b[min(len(b), unix.CmsgSpace(n-head)):]
	}
	return sent
}

// lost takes the kernel's running count of drops, which wraps.
func (c *kernel) lost(count uint32) {
	if before := c.kerned.Swap(count); count != before {
		c.dropped.Add(uint64(count - before))
	}
}

// addr reads a source address.
func (c *kernel) addr(name *unix.RawSockaddrInet6) netip.AddrPort {
	if name.Family == unix.AF_INET {
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(name))
		return netip.AddrPortFrom(netip.AddrFrom4(four.Addr), swap(four.Port))
	}
	ip := netip.AddrFrom16(name.Addr)
	switch {
	case ip.Is4In6():
		ip = ip.Unmap()
	case name.Scope_id != 0:
		ip = ip.WithZone(c.zone(name.Scope_id))
	}
	return netip.AddrPortFrom(ip, swap(name.Port))
}

// zone names the interface of a link-local address, by its number.
func (c *kernel) zone(scope uint32) string {
	if z, ok := c.zones.Load(scope); ok {
		return z.(string)
	}
	z := strconv.FormatUint(uint64(scope), 10)
	c.zones.Store(scope, z)
	return z
}

// swap brings a port from network order to ours, or back, as bytes in memory.
func swap(port uint16) uint16 {
	b := (*[2]byte)(unsafe.Pointer(&port))
	return uint16(b[0])<<8 | uint16(b[1])
}

type outboxSys struct {
	msgs  []mmsg
	iovs  []unix.Iovec
	names []unix.RawSockaddrInet6
}

// room makes place for n messages that point at each other.
func (s *outboxSys) room(n int) {
	if len(s.msgs) >= n {
		return
	}
	n = max(n, 2*len(s.msgs), 16)
	s.msgs, s.iovs, s.names = make([]mmsg, n), make([]unix.Iovec, n), make([]unix.RawSockaddrInet6, n)
	for i := range n {
		s.msgs[i].hdr.Iov, s.msgs[i].hdr.Name = &s.iovs[i], (*byte)(unsafe.Pointer(&s.names[i]))
		s.msgs[i].hdr.SetIovlen(1)
	}
}

// Send implements Conn.
func (c *kernel) Send(out *Outbox) (sent int, first error) {
	s := &out.sys
	s.room(len(out.parts))
	n := 0
	for i := range out.parts {
		p := &out.parts[i]
		size, err := c.sockaddr(&s.names[n], p.to)
		if p.upTo-p.from > maxDatagram {
			err = ErrTooLong
		}
		if err != nil {
			first = keep(first, err)
			continue
		}
		s.msgs[n].hdr.Namelen = uint32(size)
		s.iovs[n].Base = unsafe.SliceData(out.arena[p.from:])
		s.iovs[n].SetLen(p.upTo - p.from)
		n++
	}
	done, err := c.sendAll(s.msgs[:n])
	out.Reset()
	return done, keep(first, err)
}

func keep(first, err error) error {
	if first == nil {
		return err
	}
	return first
}

// sendAll sends msgs; one that fails is left out, and when the buffer is full all the rest.
func (c *kernel) sendAll(msgs []mmsg) (sent int, first error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.fd < 0 {
		return 0, net.ErrClosed
	}
	for len(msgs) > 0 {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(c.fd), uintptr(unsafe.Pointer(&msgs[0])),
			uintptr(len(msgs)), unix.MSG_DONTWAIT, 0, 0)
		switch errno {
		case 0:
			sent += int(n)
			msgs = msgs[n:]
		case unix.EINTR:
		case unix.EAGAIN, unix.ENOBUFS:
			return sent, keep(first, os.NewSyscallError("sendmmsg", errno))
		default:
			first = keep(first, os.NewSyscallError("sendmmsg", errno))
			msgs = msgs[1:]
		}
	}
	return sent, first
}

var errFamily = errors.New("udp: an IPv6 address on an IPv4 socket, or the other way round")

// sockaddr writes a into to, in the form of the socket's family, and returns its length.
func (c *kernel) sockaddr(to *unix.RawSockaddrInet6, a netip.AddrPort) (int, error) {
	ip := a.Addr()
	if !c.six {
		four := (*unix.RawSockaddrInet4)(unsafe.Pointer(to))
		if ip = ip.Unmap(); !ip.Is4() {
			return 0, errFamily
		}
		*four = unix.RawSockaddrInet4{Family: unix.AF_INET, Port: swap(a.Port()), Addr: ip.As4()}
		return unix.SizeofSockaddrInet4, nil
	}
	*to = unix.RawSockaddrInet6{Family: unix.AF_INET6, Port: swap(a.Port())}
	if ip.IsValid() {
		to.Addr = ip.As16()
	}
	if z := ip.Zone(); z != "" {
		n, err := strconv.ParseUint(z, 10, 32)
		if err != nil {
			i, err := net.InterfaceByName(z)
			if err != nil {
				return 0, fmt.Errorf("udp: zone of %v: %w", ip, err)
			}
			n = uint64(i.Index)
		}
		to.Scope_id = uint32(n)
	}
	return unix.SizeofSockaddrInet6, nil
}

// LocalAddr implements Conn.
func (c *kernel) LocalAddr() netip.AddrPort { return c.local }

// Buffers implements Conn.
func (c *kernel) Buffers() (recv, send int) { return c.recv, c.send }

// Dropped implements Conn.
func (c *kernel) Dropped() uint64 { return c.dropped.Load() + c.long.Load() }

// Close implements Conn.
func (c *kernel) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fd < 0 {
		return nil
	}
	err := unix.Close(c.fd)
	c.fd = -1
	return os.NewSyscallError("close", err)
}
