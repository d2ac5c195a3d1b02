package rtc

import (
	"net"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/transport/v4/packetio"
)

// dtlsPipe is what DTLS takes for its socket: what the peer's reader puts in, it reads; what it
// writes leaves by ICE.
type dtlsPipe struct {
	*packetio.Buffer
	conn *ice.Conn
}

var _ net.PacketConn = (*dtlsPipe)(nil)

// pipeBytes bounds what waits for DTLS; a handshake has about 2 KB a flight.
const pipeBytes = 64 << 10

func newPipe(c *ice.Conn) *dtlsPipe {
	p := &dtlsPipe{packetio.NewBuffer(), c}
	p.SetLimitSize(pipeBytes)
	return p
}

func (p *dtlsPipe) put(b []byte) { _, _ = p.Buffer.Write(b) } // DTLS repeats what finds no room

// ReadFrom implements net.PacketConn.
func (p *dtlsPipe) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := p.Read(b)
	return n, p.RemoteAddr(), err
}

// WriteTo implements net.PacketConn.
func (p *dtlsPipe) WriteTo(b []byte, _ net.Addr) (int, error) { return p.conn.Write(b) }

// LocalAddr implements net.PacketConn.
func (p *dtlsPipe) LocalAddr() net.Addr { return wayAddr{} }

// RemoteAddr is the same for ever: which way ICE has found does not concern DTLS.
func (p *dtlsPipe) RemoteAddr() net.Addr { return wayAddr{} }

// SetDeadline implements net.PacketConn.
func (p *dtlsPipe) SetDeadline(t time.Time) error { return p.SetReadDeadline(t) }

// SetWriteDeadline implements net.PacketConn; writing never waits.
func (p *dtlsPipe) SetWriteDeadline(time.Time) error { return nil }

// wayAddr is the address of a far end that ICE finds.
type wayAddr struct{}

// Network implements net.Addr.
func (wayAddr) Network() string { return "ice" }

// String implements net.Addr.
func (wayAddr) String() string { return "ice" }
