package reference

import (
	"context"
	"net"
	"net/netip"
	"testing"
	"time"

	"decroche/bench/callers"
)

func payload() []byte {
	b := make([]byte, 5*frameBytes)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

func TestServerIsRungAndHeard(t *testing.T) {
	t.Parallel()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, conn, payload()) }()
	res, err := callers.Run(t.Context(), callers.Options{Target: "sip:x@" + conn.LocalAddr().String(), Calls: 4, Rate: 100, Stay: time.Second, Mute: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Calls {
		if c.Err != nil || c.Stats.Packets == 0 || c.Stats.Gaps > 0 || c.FirstAudio < 0 {
			t.Errorf("%+v", c)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestSenderSends(t *testing.T) {
	t.Parallel()
	sink, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer sink.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	at := sink.LocalAddr().(*net.UDPAddr).AddrPort()
	go func() { ended <- Send(ctx, payload(), 8, []netip.AddrPort{at, at}) }()
	buf := make([]byte, 2048)
	seen := map[string]int{}
	for len(seen) < 2 {
		n, from, err := sink.ReadFromUDPAddrPort(buf)
		if err != nil || n != 12+frameBytes {
			t.Fatal(n, err)
		}
		seen[from.String()]++
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if Send(t.Context(), nil, 8, nil) == nil {
		t.Error("nothing can be sent")
	}
}

func TestEchoComesBack(t *testing.T) {
	t.Parallel()
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Echo(ctx, conn) }()
	loud := make([]int16, frameBytes)
	for i := range loud {
		loud[i] = 8000
	}
	pings := make([]*callers.Pinger, 3)
	res, err := callers.Run(t.Context(), callers.Options{
		Target: "sip:x@" + conn.LocalAddr().String(), Calls: len(pings), Rate: 100, Stay: 1500 * time.Millisecond,
		Script: func(i int) callers.Script {
			pings[i] = &callers.Pinger{Clip: callers.NewClip(loud), Every: 400 * time.Millisecond}
			return pings[i]
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range res.Calls {
		if c.Err != nil || len(pings[i].Trips) == 0 {
			t.Errorf("call %d: %v, %+v", i, c.Err, pings[i])
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
