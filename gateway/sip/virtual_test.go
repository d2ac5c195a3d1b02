package sip

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/internal/peer"
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// stage is a server in virtual time on a network in memory.
type stage struct {
	*Server
	t     *testing.T
	net   *peer.Net
	wheel *pacer.Wheel
	legs  chan *line // every line that was given to the application
}

const serverIP = "10.0.0.1"

// virtual runs f in a bubble with a server that answers every call and hums silence.
func virtual(t *testing.T, cfg Config, accept func(context.Context, leg.Leg), f func(t *testing.T, st *stage)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		st := &stage{t: t, net: &peer.Net{}, legs: make(chan *line, 100)}
		ctx, cancel := context.WithCancel(context.Background())
		wheel := pacer.New(pacer.Config{Period: 20 * time.Millisecond, Slot: 20 * time.Millisecond, Workers: 1, CatchUp: 5})
		turning := make(chan struct{})
		go func() { defer close(turning); wheel.Run(ctx) }()
		st.wheel = wheel
		engine := st.mediaAt(serverIP)
		cfg.Listen = serverIP + ":5060"
		cfg.Transports = []string{"udp"}
		s, err := newServer(cfg, engine, slog.New(slog.DiscardHandler), nil)
		if err != nil {
			t.Fatal(err)
		}
		s.packets = func(addr string) (net.PacketConn, error) { return st.net.Listen(netip.MustParseAddrPort(addr)) }
		s.resolve = func(_ context.Context, uri msg.Uri, _ string) (netip.AddrPort, error) {
			if uri.Host == "agent.test" {
				return netip.MustParseAddrPort(agentAddr), nil
			}
			return netip.AddrPort{}, &net.DNSError{Err: "no such host", Name: uri.Host, IsNotFound: true}
		}
		if err := s.Listen(); err != nil {
			t.Fatal(err)
		}
		st.Server = s
		if accept == nil {
			accept = func(ctx context.Context, l leg.Leg) {
				if l.Answer(ctx) == nil {
					<-ctx.Done()
				}
			}
		}
		served := make(chan struct{})
		serve, stop := context.WithCancel(context.Background())
		go func() {
			defer close(served)
			s.Serve(serve, func(ctx context.Context, l leg.Leg) {
				st.legs <- l.(*line)
				accept(ctx, l)
			})
		}()
		synctest.Wait()
		defer func() { // also when f gave up by Fatal
			stop()
			<-served
			if n := s.Lines(); n != 0 {
				t.Errorf("%d lines are left", n)
			}
			if n := engine.Sessions(); n != 0 {
				t.Errorf("%d media sessions are left", n)
			}
			engine.Close()
			cancel()
			<-turning
		}()
		f(t, st)
	})
}

// mediaAt makes an engine on the stage's network.
func (st *stage) mediaAt(ip string) *rtp.Engine {
	rc := rtp.DefaultConfig()
	rc.BindIP = ip
	engine, err := rtp.NewEngine(rc, st.wheel, nil)
	if err != nil {
		st.t.Fatal(err)
	}
	engine.ListenWith(func(ip string, port int) (rtp.Conn, error) {
		return st.net.Listen(netip.AddrPortFrom(netip.MustParseAddr(ip), uint16(port)))
	})
	return engine
}

// raw opens a far end on the stage's network.
func (st *stage) raw(addr string) *peer.Raw {
	c, err := st.net.Listen(netip.MustParseAddrPort(addr))
	if err != nil {
		st.t.Fatal(err)
	}
	return peer.RawOn(st.t, c)
}

// caller is a far end with a dialog towards the hotline.
func (st *stage) caller() *peer.Script {
	return peer.NewScript(st.raw("10.0.0.2:0"), serverIP+":5060", "hotline")
}

// offer is a description for address 10.0.0.2.
func offer(port int, extra string) string {
	return fmt.Sprintf("v=0\no=peer 1 1 IN IP4 10.0.0.2\ns=-\nc=IN IP4 10.0.0.2\nt=0 0\n"+
		"m=audio %d RTP/AVP 8 0 96\na=rtpmap:96 telephone-event/8000\na=fmtp:96 0-15\n%s", port, extra)
}

// idleSoon waits until the server holds nothing any more: at most 64×T1 after the last message.
func (st *stage) idleSoon() {
	st.t.Helper()
	time.Sleep(40 * time.Second)
	synctest.Wait()
	if !st.idle() {
		st.t.Errorf("after 40 s there are still %d lines or transactions", st.Lines())
	}
}

// patient is a configuration without media timeout, for far ends that send no sound.
func patient() Config {
	c := DefaultConfig()
	c.MediaTimeout = 0
	return c
}
