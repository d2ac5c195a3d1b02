//go:build !(linux && (amd64 || arm64))

package callers

import (
	"fmt"
	"net"
	"net/netip"
	"time"
)

// newWire opens a socket per call: without Linux's batches the rig costs more, and the times of
// arrival are those of reading.
func newWire(local netip.Addr, _ bool) (wire, error) {
	return &plainWire{local: local, conns: map[int]*net.UDPConn{}}, nil
}

// plainWire is the portable wire.
type plainWire struct {
	local netip.Addr
	conns map[int]*net.UDPConn
	buf   [2048]byte
	out   []byte
}

func (w *plainWire) open(i int) (netip.AddrPort, error) {
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(w.local, 0)))
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("open a socket for RTP: %w", err)
	}
	w.conns[i] = c
	at := c.LocalAddr().(*net.UDPAddr).AddrPort()
	return netip.AddrPortFrom(w.local, at.Port()), nil
}

func (w *plainWire) send(i int, to netip.AddrPort, header, payload []byte) {
	w.out = append(append(w.out[:0], header...), payload...)
	if c := w.conns[i]; c != nil {
		_, _ = c.WriteToUDPAddrPort(w.out, to)
	}
}

func (w *plainWire) flush() {}

func (w *plainWire) read(i int, take func(i int, at int64, b []byte)) {
	c := w.conns[i]
	if c == nil {
		return
	}
	for {
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Microsecond))
		n, _, err := c.ReadFromUDPAddrPort(w.buf[:])
		if err != nil {
			return
		}
		take(i, time.Now().UnixNano(), w.buf[:n])
	}
}

func (w *plainWire) shut(i int) {
	if c := w.conns[i]; c != nil {
		_ = c.Close()
		delete(w.conns, i)
	}
}

func (w *plainWire) lost() uint64 { return 0 }

func (w *plainWire) close() {
	for _, c := range w.conns {
		_ = c.Close()
	}
}

// shares: each call has its socket, whatever its address.
const shares = false

// stamp has nothing to ask for here, and what was read came just now.
func stamp(*net.UDPConn) {}

func stamped([]byte) time.Time { return time.Now() }
