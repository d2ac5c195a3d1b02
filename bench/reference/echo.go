package reference

import (
	"context"
	"errors"
	"net"
	"time"
)

// Echo answers every INVITE on conn and sends each packet back as it came, at once, until BYE or the
// end of ctx. What callers measure of it is what their side adds to every latency.
func Echo(ctx context.Context, conn *net.UDPConn) error {
	return serve(ctx, conn, func(ctx context.Context, c *refCall) { bounce(ctx, c.conn) })
}

// bounce is one call of Echo.
func bounce(ctx context.Context, conn *net.UDPConn) {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })()
	buf := make([]byte, 2048)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil { // else an ICMP answer
			_, _ = conn.WriteToUDPAddrPort(buf[:n], from)
		}
	}
}
