package sip

import (
	"context"
	"net"
	"net/netip"
	"testing"

	"decroche/gateway/leg"
	"decroche/internal/peer"
	"decroche/media/pacer"
	"decroche/media/rtp"
)

// FuzzDatagram throws bytes at the whole server. Half of the seeds hit the dialog of a call that
// runs beside, so that what the fuzzer makes of them reaches re-INVITE, UPDATE and PRACK.
func FuzzDatagram(f *testing.F) {
	network := &peer.Net{}
	engine, err := rtp.NewEngine(rtp.DefaultConfig(), pacer.New(pacer.DefaultConfig()), nil)
	if err != nil {
		f.Fatal(err)
	}
	engine.ListenWith(func(_ string, port int) (rtp.Conn, error) {
		return network.Listen(netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(port)))
	})
	cfg := patient()
	cfg.Listen, cfg.Transports, cfg.RatePerSource, cfg.RateBurst = "10.0.0.1:5060", []string{"udp"}, 1e6, 1e6
	s, err := newServer(cfg, engine, nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	s.packets = func(a string) (net.PacketConn, error) { return network.Listen(netip.MustParseAddrPort(a)) }
	if err := s.Listen(); err != nil {
		f.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() {
		defer close(served)
		s.Serve(ctx, func(ctx context.Context, l leg.Leg) {
			if l.Info().Called == "running" {
				l.Answer(ctx)
				<-ctx.Done()
			}
		})
	}()
	f.Cleanup(func() { stop(); <-served; engine.Close() })
	c, err := network.Listen(netip.MustParseAddrPort("10.0.0.2:5060"))
	if err != nil {
		f.Fatal(err)
	}
	call := peer.NewScript(peer.RawOn(f, c), "10.0.0.1:5060", "running")
	call.Request("INVITE", offer(4000, ""))
	call.Follow(call.Response(200, "INVITE"))
	call.Request("ACK", "")

	r := peer.NewScript(peer.RawOn(f, must(network.Listen(netip.MustParseAddrPort("10.0.0.3:5060")))), "10.0.0.1:5060", "hotline")
	for _, m := range []string{"INVITE", "OPTIONS", "BYE", "CANCEL", "UPDATE", "PRACK", "INFO", "ACK", "REGISTER"} {
		f.Add([]byte(r.Text(m, offer(4000, ""))))
		f.Add([]byte(call.Text(m, "Session-Expires: 90\nRequire: timer\n\n"+offer(4000, "a=inactive\n"))))
	}
	f.Add([]byte("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKx\r\nFrom: <sip:a>;tag=1\r\nTo: <sip:b>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n\r\n"))
	from := flow{network: "UDP", addr: netip.MustParseAddrPort("10.0.0.3:5060")}
	f.Fuzz(func(t *testing.T, b []byte) {
		s.tp.datagram(b, from)
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
