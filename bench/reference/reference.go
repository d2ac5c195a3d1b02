// Package reference is the usual way to play a prompt on many calls, kept to be compared with: a
// goroutine, a time.Ticker and a socket for each call, one system call a packet. It sends the
// same payload as everybody else, encoded beforehand, reads nothing, and does nothing more than
// that, so a comparison with it is not won by leaving something out.
//
// As a sender (Send) it is the pace alone; as a server (Serve) it answers calls, without anything
// that a telephone exchange needs. Echo is a server that tells what the callers' side itself costs.
package reference

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"decroche/bench/siptext"
)

const (
	frameTime  = 20 * time.Millisecond
	frameBytes = 160
)

// Send plays the payload, whole frames of G.711 of payload type pt, over and over to each
// address until ctx ends: the reference itself.
func Send(ctx context.Context, payload []byte, pt uint8, to []netip.AddrPort) error {
	if len(payload) < frameBytes {
		return errors.New("reference: the payload is shorter than a frame")
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for _, a := range to {
		conn, err := net.ListenUDP("udp4", nil)
		if err != nil {
			return fmt.Errorf("reference: open a socket: %w; raise the limit of open files (ulimit -n)", err)
		}
		wg.Go(func() { play(ctx, conn, payload, pt, a) })
		time.Sleep(frameTime / time.Duration(len(to)+1)) // calls do not begin at one moment
	}
	<-ctx.Done()
	return nil
}

// play is one call.
func play(ctx context.Context, conn *net.UDPConn, payload []byte, pt uint8, to netip.AddrPort) {
	defer conn.Close()
	tick := time.NewTicker(frameTime)
	defer tick.Stop()
	packet := make([]byte, 12+frameBytes)
	packet[0], packet[1] = 0x80, pt
	seq, ts := uint16(rand.Uint32()), rand.Uint32()
	binary.BigEndian.PutUint32(packet[8:], rand.Uint32())
	frames := len(payload) / frameBytes
	for i := 0; ; i = (i + 1) % frames {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		binary.BigEndian.PutUint16(packet[2:], seq)
		binary.BigEndian.PutUint32(packet[4:], ts)
		copy(packet[12:], payload[i*frameBytes:(i+1)*frameBytes])
		seq++
		ts += frameBytes
		_, _ = conn.WriteToUDPAddrPort(packet, to) // nobody there: as when it is lost on the way
	}
}

// Serve answers every INVITE on conn and plays the payload (A-law) until BYE or the end of ctx.
func Serve(ctx context.Context, conn *net.UDPConn, payload []byte) error {
	return serve(ctx, conn, func(ctx context.Context, c *refCall) { play(ctx, c.conn, payload, 8, c.to) })
}

// serve answers calls; talk is a call's goroutine and ends with its context.
func serve(ctx context.Context, conn *net.UDPConn, talk func(context.Context, *refCall)) error {
	local := conn.LocalAddr().(*net.UDPAddr)
	calls := map[string]*refCall{}
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	buf := make([]byte, 64<<10)
	for {
		n, from, err := conn.ReadFromUDPAddrPort(buf)
		if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
			return nil
		}
		m, ok := siptext.Parse(buf[:n])
		if err != nil || !ok || m.Status > 0 {
			continue
		}
		var out []byte
		switch c := calls[m.CallID]; {
		case m.Method == "INVITE" && c != nil:
			out = c.ok
		case m.Method == "INVITE":
			if c, err = newCall(m, local); err != nil {
				out = siptext.Reply(m, "488 Not Acceptable Here", local.String(), "", "")
				break
			}
			calls[m.CallID] = c
			cctx, hangUp := context.WithCancel(ctx)
			c.hangUp = hangUp
			wg.Go(func() { talk(cctx, c) })
			out = c.ok
		case m.Method == "ACK":
			continue
		case c == nil:
			out = siptext.Reply(m, "481 Call/Transaction Does Not Exist", local.String(), "", "")
		case m.Method == "BYE":
			c.hangUp()
			delete(calls, m.CallID)
			fallthrough
		default:
			out = siptext.Reply(m, "200 OK", local.String(), "", "")
		}
		_, _ = conn.WriteToUDPAddrPort(out, from)
	}
}

// refCall is one call of a server.
type refCall struct {
	conn   *net.UDPConn
	to     netip.AddrPort
	ok     []byte
	hangUp context.CancelFunc
}

func newCall(m siptext.Message, local *net.UDPAddr) (*refCall, error) {
	to, _, err := siptext.MediaOf(m.Body)
	if err != nil {
		return nil, err
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: local.IP})
	if err != nil {
		return nil, err
	}
	sdp := fmt.Sprintf("v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %[1]s\r\nt=0 0\r\nm=audio %d RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=ptime:20\r\n", local.IP, conn.LocalAddr().(*net.UDPAddr).Port)
	ok := strings.Replace(string(siptext.Reply(m, "200 OK", local.String(), "application/sdp", sdp)), "\r\nCall-ID", ";tag=reference\r\nCall-ID", 1)
	return &refCall{conn: conn, to: to, ok: []byte(ok)}, nil
}
