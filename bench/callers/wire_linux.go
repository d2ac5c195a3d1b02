//go:build linux && (amd64 || arm64)

package callers

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// batch is how many packets one system call sends or reads at most.
const batch = 256

// socketBuffer is asked for each way on the sockets that many calls share.
const socketBuffer = 8 << 20

// mmsghdr is the kernel's struct of sendmmsg(2) and recvmmsg(2).
type mmsghdr struct {
	hdr unix.Msghdr
	n   uint32
	_   [4]byte
}

// control is room for a packet's IP_PKTINFO, SO_TIMESTAMPNS and SO_RXQ_OVFL.
type control [128]byte

// outbox is packets in line for one or more sockets.
type outbox struct {
	msgs  [batch]mmsghdr
	iovs  [batch][2]unix.Iovec
	names [batch]unix.RawSockaddrInet4
	ctls  [batch]control
	n     int
}

// put lines up one packet, from the address src when that is not zero.
func (o *outbox) put(to netip.AddrPort, src [4]byte, header, payload []byte) {
	i := o.n
	o.n++
	name := &o.names[i]
	name.Family = unix.AF_INET
	port := (*[2]byte)(unsafe.Pointer(&name.Port))
	binary.BigEndian.PutUint16(port[:], to.Port())
	name.Addr = to.Addr().As4()
	v := &o.iovs[i]
	v[0].Base, v[1].Base = &header[0], &payload[0]
	v[0].SetLen(len(header))
	v[1].SetLen(len(payload))
	h := &o.msgs[i].hdr
	h.Name, h.Namelen = (*byte)(unsafe.Pointer(name)), unix.SizeofSockaddrInet4
	h.Iov = &v[0]
	h.SetIovlen(2)
	h.Control = nil
	h.SetControllen(0)
	if src != [4]byte{} {
		c := &o.ctls[i]
		ch := (*unix.Cmsghdr)(unsafe.Pointer(c))
		ch.Level, ch.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
		ch.SetLen(unix.CmsgLen(unix.SizeofInet4Pktinfo))
		info := (*unix.Inet4Pktinfo)(unsafe.Pointer(&c[unix.CmsgLen(0)]))
		*info = unix.Inet4Pktinfo{Spec_dst: src}
		h.Control = &c[0]
		h.SetControllen(unix.CmsgSpace(unix.SizeofInet4Pktinfo))
	}
}

// sendAll sends from message from to message to; what the kernel refuses is passed over, as a
// phone would.
func (o *outbox) sendAll(fd, from, to int) {
	for from < to {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&o.msgs[from])), uintptr(to-from), 0, 0, 0)
		switch {
		case errno == unix.EAGAIN: // the buffer is full: the kernel is at it
			time.Sleep(200 * time.Microsecond)
		case errno == unix.EINTR:
		case errno != 0: // an ICMP answer to an earlier packet, say
			from++
		default:
			from += int(n)
		}
	}
}

// inbox is room for packets that are being read.
type inbox struct {
	msgs  [batch]mmsghdr
	iovs  [batch]unix.Iovec
	ctls  [batch]control
	bytes [batch][512]byte
}

func newInbox() *inbox {
	b := &inbox{}
	for i := range b.msgs {
		b.iovs[i].Base = &b.bytes[i][0]
		b.iovs[i].SetLen(len(b.bytes[i]))
		h := &b.msgs[i].hdr
		h.Iov = &b.iovs[i]
		h.SetIovlen(1)
		h.Control = &b.ctls[i][0]
	}
	return b
}

// read reads what is there, at most max packets, and tells whether there may be more.
func (b *inbox) read(fd, max int, take func(i int, at int64, dst [4]byte, b []byte), drops *uint32) (more bool) {
	for i := range max {
		b.msgs[i].hdr.SetControllen(len(b.ctls[i]))
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.msgs[0])), uintptr(max), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return errno == unix.EINTR || errno == unix.ECONNREFUSED
	}
	for i := range int(n) {
		m := &b.msgs[i]
		at, dst := b.about(i, drops)
		take(i, at, dst, b.bytes[i][:m.n])
	}
	return int(n) == max
}

// about reads the control messages of packet i.
func (b *inbox) about(i int, drops *uint32) (at int64, dst [4]byte) {
	c := b.ctls[i][:b.msgs[i].hdr.Controllen]
	for len(c) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&c[0]))
		n := int(h.Len)
		if n < unix.SizeofCmsghdr || n > len(c) {
			break
		}
		data := c[unix.CmsgLen(0):n]
		switch {
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SO_TIMESTAMPNS && len(data) >= 16:
			at = int64(binary.NativeEndian.Uint64(data))*1e9 + int64(binary.NativeEndian.Uint64(data[8:]))
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SO_RXQ_OVFL && len(data) >= 4:
			*drops = binary.NativeEndian.Uint32(data)
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO && len(data) >= unix.SizeofInet4Pktinfo:
			dst = (*unix.Inet4Pktinfo)(unsafe.Pointer(&data[0])).Addr
		}
		c = c[min(unix.CmsgSpace(n-unix.CmsgLen(0)), len(c)):]
	}
	if at == 0 {
		at = time.Now().UnixNano()
	}
	return at, dst
}

// udp opens a socket that never blocks.
func udp(addr netip.AddrPort, buffer int) (fd int, bound netip.AddrPort, err error) {
	fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, bound, fmt.Errorf("open a socket for RTP: %w; raise the limit of open files (ulimit -n)", err)
	}
	err = errors.Join(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1), unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1))
	if buffer > 0 {
		for _, o := range [][2]int{{unix.SO_RCVBUFFORCE, unix.SO_RCVBUF}, {unix.SO_SNDBUFFORCE, unix.SO_SNDBUF}} {
			if unix.SetsockoptInt(fd, unix.SOL_SOCKET, o[0], buffer) != nil { // not allowed to go beyond the limit
				err = errors.Join(err, unix.SetsockoptInt(fd, unix.SOL_SOCKET, o[1], buffer))
			}
		}
	}
	sa := &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}
	if err = errors.Join(err, unix.Bind(fd, sa)); err != nil {
		unix.Close(fd)
		return -1, bound, fmt.Errorf("prepare a socket for RTP on %s: %w", addr, err)
	}
	got, err := unix.Getsockname(fd)
	if in, ok := got.(*unix.SockaddrInet4); ok {
		return fd, netip.AddrPortFrom(netip.AddrFrom4(in.Addr), uint16(in.Port)), nil
	}
	unix.Close(fd)
	return -1, bound, fmt.Errorf("prepare a socket for RTP: %w", err)
}

// newWire opens what a worker needs. solo: every call from local with a port of its own; else
// every call from an address of its own, through one socket.
func newWire(local netip.Addr, solo bool) (wire, error) {
	if solo {
		return &soloWire{local: local, fds: map[int]int{}, drops: map[int]uint32{}, in: newInbox()}, nil
	}
	fd, at, err := udp(netip.AddrPortFrom(netip.IPv4Unspecified(), 0), socketBuffer)
	if err != nil {
		return nil, err
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("prepare a socket for RTP: %w", err)
	}
	return &sharedWire{fd: fd, port: at.Port(), in: newInbox()}, nil
}

// sharedWire is one socket for all calls of a worker: the destination of a packet tells whose it
// is, and the source is written into each packet that leaves (IP_PKTINFO, ip(7)).
type sharedWire struct {
	fd    int
	port  uint16
	out   outbox
	in    *inbox
	drops uint32
}

func (w *sharedWire) open(i int) (netip.AddrPort, error) {
	return netip.AddrPortFrom(netip.AddrFrom4(addressOf(i)), w.port), nil
}

func (w *sharedWire) send(i int, to netip.AddrPort, header, payload []byte) {
	w.out.put(to, addressOf(i), header, payload)
	if w.out.n == batch {
		w.flush()
	}
}

func (w *sharedWire) flush() {
	w.out.sendAll(w.fd, 0, w.out.n)
	w.out.n = 0
}

func (w *sharedWire) read(_ int, take func(i int, at int64, b []byte)) {
	for w.in.read(w.fd, batch, func(_ int, at int64, dst [4]byte, b []byte) { take(callAt(dst), at, b) }, &w.drops) {
	}
}

func (w *sharedWire) shut(int)     {}
func (w *sharedWire) lost() uint64 { return uint64(w.drops) }
func (w *sharedWire) close()       { unix.Close(w.fd) }

// soloWire is a socket for each call.
type soloWire struct {
	local netip.Addr
	in    *inbox
	out   outbox

	// open and shut are called by the signalling and the worker: guarded by the worker's mu
	fds   map[int]int
	drops map[int]uint32
}

func (w *soloWire) open(i int) (netip.AddrPort, error) {
	fd, at, err := udp(netip.AddrPortFrom(w.local, 0), 0)
	if err == nil {
		w.fds[i] = fd
	}
	return at, err
}

func (w *soloWire) send(i int, to netip.AddrPort, header, payload []byte) {
	if fd, ok := w.fds[i]; ok {
		w.out.put(to, [4]byte{}, header, payload)
		w.out.sendAll(fd, 0, 1)
		w.out.n = 0
	}
}

func (w *soloWire) flush() {}

func (w *soloWire) read(i int, take func(i int, at int64, b []byte)) {
	fd, ok := w.fds[i]
	if !ok {
		return
	}
	drops := w.drops[i]
	for w.in.read(fd, 16, func(_ int, at int64, _ [4]byte, b []byte) { take(i, at, b) }, &drops) {
	}
	w.drops[i] = drops
}

func (w *soloWire) shut(i int) {
	if fd, ok := w.fds[i]; ok {
		unix.Close(fd)
		delete(w.fds, i)
	}
}

func (w *soloWire) lost() (n uint64) {
	for _, d := range w.drops {
		n += uint64(d)
	}
	return n
}

func (w *soloWire) close() {
	for _, fd := range w.fds {
		unix.Close(fd)
	}
}

// shares: the sockets of distinct addresses are one.
const shares = true

// stamp asks the kernel for the time of arrival of c's packets, and stamped reads it.
func stamp(c *net.UDPConn) {
	if raw, err := c.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) })
	}
}

func stamped(oob []byte) time.Time {
	list, err := unix.ParseSocketControlMessage(oob)
	if err == nil {
		for _, m := range list {
			if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
				return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:])))
			}
		}
	}
	return time.Now()
}
