package rtp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/pacer"
	"decroche/media/udp"
)

// from is params() of a caller at an address.
func from(ip string) Params {
	p := params()
	p.Remote = netip.AddrPortFrom(netip.MustParseAddr(ip), 4000)
	p.RemoteRTCP = netip.AddrPortFrom(p.Remote.Addr(), 4001)
	p.Source = p.Remote.Addr()
	return p
}

// loudness receives what waits and returns the loudest first sample.
func loudness(t *testing.T, s *Session) (top int16) {
	t.Helper()
	synctest.Wait()
	for {
		h, ok, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return top
		}
		top = max(top, h.Frame.PCM[0])
	}
}

// TestSharedPort: calls from different addresses share a port and hear each their own caller;
// calls from one address do not.
func TestSharedPort(t *testing.T) {
	t.Parallel()
	onBenchWith(t, true, func(t *testing.T, b *bench) {
		one, two := b.open(from("10.0.0.21")), b.open(from("10.0.0.22"))
		if one.Port() != two.Port() {
			t.Errorf("two addresses on ports %d and %d", one.Port(), two.Port())
		}
		again, third := b.open(from("10.0.0.21")), b.open(from("10.0.0.23"))
		if again.Port() == one.Port() {
			t.Error("two calls from one address on one port")
		}
		if third.Port() != again.Port() {
			t.Error("the emptier port was not taken")
		}
		talk := func(ip string, to *Session, level int16) (heard [3]int16) {
			c := b.listen(netip.AddrPortFrom(netip.MustParseAddr(ip), 4000))
			defer c.Close()
			pcm, payload := frames(1, level).PCM, make([]byte, 160)
			g711.EncodeA(payload, pcm)
			for range 10 {
				b.send(c, to, 8, uint32(level), payload)
				time.Sleep(20 * time.Millisecond)
			}
			for i, s := range []*Session{one, two, again} {
				heard[i] = loudness(t, s)
			}
			return heard
		}
		if h := talk("10.0.0.21", one, 2000); h[0] < 1900 || h[0] > 2100 || h[1] > 8 || h[2] > 8 {
			t.Errorf("heard %d when the first speaks", h)
		}
		if h := talk("10.0.0.22", two, 8000); h[0] > 2100 || h[1] < 7500 || h[2] > 8 {
			t.Errorf("heard %d when the second speaks", h)
		}
		dropped := testutil.ToFloat64(b.engine.metrics.foreign)
		if h := talk("10.0.0.66", one, 16000); max(h[0], h[1], h[2]) > 9000 {
			t.Errorf("a stranger is heard: %d", h)
		}
		if n := testutil.ToFloat64(b.engine.metrics.foreign) - dropped; n != 10 {
			t.Errorf("%v foreign packets counted, want 10", n)
		}
	})
}

// TestOwnPort: who cannot be told apart by an address has a port alone, and so has everybody when
// the configuration says so.
func TestOwnPort(t *testing.T) {
	t.Parallel()
	onBenchWith(t, true, func(t *testing.T, b *bench) {
		open := func(opt Options) *Session {
			s, err := b.engine.Open(opt)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		natted := Options{Remote: netip.MustParseAddrPort("10.9.9.9:4000"), Source: netip.MustParseAddr("203.0.113.9")}
		public := Options{Remote: netip.MustParseAddrPort("203.0.113.7:4000"), Source: netip.MustParseAddr("203.0.113.9")}
		held := Options{Remote: netip.MustParseAddrPort("0.0.0.0:4000"), Source: netip.MustParseAddr("203.0.113.9")}
		ports := map[int]bool{}
		for _, opt := range []Options{{}, {}, natted, natted, held, held, public} {
			ports[open(opt).Port()] = true
		}
		if len(ports) != 7 {
			t.Errorf("7 calls on %d ports", len(ports))
		}
		b.engine.cfg.PortMode = PerCall
		for _, ip := range []string{"10.0.0.31", "10.0.0.32"} {
			ports[b.open(from(ip)).Port()] = true
		}
		if len(ports) != 9 {
			t.Errorf("with port_mode per_call: 9 calls on %d ports", len(ports))
		}
	})
}

// TestSharedPortsRunOut: when the range is used up, calls still share what is open, but never two
// from one address.
func TestSharedPortsRunOut(t *testing.T) {
	t.Parallel()
	onBenchWith(t, true, func(t *testing.T, b *bench) {
		b.engine.cfg.PortMin, b.engine.cfg.PortMax, b.engine.next = 20000, 20003, 0
		b.engine.cfg.SharedPorts = 4
		ports := map[int]int{}
		for i := range 6 {
			ports[b.open(from(fmt.Sprintf("10.0.1.%d", i))).Port()]++
		}
		if len(ports) != 2 || ports[20000] != 3 || ports[20002] != 3 {
			t.Errorf("6 calls on ports %v", ports)
		}
		b.open(from("10.0.1.0"))
		p := from("10.0.1.0")
		if _, err := b.engine.Open(b.options(p)); !errors.Is(err, ErrNoPort) {
			t.Errorf("a third call from one address on two ports: %v", err)
		}
		if _, err := b.engine.Open(Options{}); !errors.Is(err, ErrNoPort) {
			t.Errorf("a call without an address: %v", err)
		}
		if n := b.engine.Sessions(); n != 7 {
			t.Errorf("%d sessions", n)
		}
	})
}

// TestIdleLine: who listens to a line on which nothing comes is woken ten times a second and gets
// every frame of silence; sound and keys wake at once.
func TestIdleLine(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		wakes, got := 0, 0
		var sound time.Time
		key := make(chan time.Time, 1)
		done := make(chan struct{})
		go func() {
			defer close(done)
			for range s.Ready() {
				wakes++
				for {
					h, ok, err := s.Next()
					if err != nil {
						return
					}
					if !ok {
						break
					}
					switch {
					case h.Digit != 0:
						key <- time.Now()
					case h.Frame.PCM[0] > 7000 && sound.IsZero():
						sound = time.Now()
					}
					got++
				}
			}
		}()
		time.Sleep(5*time.Second + 7*time.Millisecond)
		synctest.Wait()
		if wakes < 85 || wakes > 95 || got < 246 || got > 251 {
			t.Errorf("woken %d times for %d frames in 5 s, want 50 times in the first second, then 10", wakes, got)
		}
		pressed := time.Now()
		s.Key('1')
		if d := (<-key).Sub(pressed); d > 0 {
			t.Errorf("a key was told after %v", d)
		}
		began := time.Now()
		b.say(s, 20, 8000)
		s.Close()
		<-done
		if d := sound.Sub(began); d < 0 || d > 80*time.Millisecond {
			t.Errorf("the first sound was told after %v, want no more than the jitter buffer's delay", d)
		}
	})
}

// TestSparse: who can do without is told of a silence that lasts five times a second, and of what
// ends it at once.
func TestSparse(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		s.Sparse(true)
		take := func() (at []time.Duration, loud int) {
			synctest.Wait()
			for {
				h, ok, err := s.Next()
				if err != nil {
					t.Fatal(err)
				}
				if !ok {
					return at, loud
				}
				at = append(at, h.Frame.At)
				if h.Frame.PCM[0] > 7000 {
					loud++
				}
			}
		}
		got := 0
		for range 150 {
			time.Sleep(20 * time.Millisecond)
			at, _ := take()
			got += len(at)
		}
		if got < 145 || got > 151 {
			t.Errorf("%d frames in the first 3 s", got)
		}
		time.Sleep(200 * time.Millisecond)
		take()
		got = 0
		for range 50 {
			time.Sleep(200 * time.Millisecond)
			at, _ := take()
			got += len(at)
		}
		if got < 49 || got > 51 {
			t.Errorf("%d frames in 10 s of nothing, want one in 200 ms", got)
		}
		last := time.Duration(0)
		for range 10 {
			b.say(s, 1, 8000)
			at, loud := take()
			for _, d := range at {
				if last > 0 && d-last != 20*time.Millisecond {
					t.Errorf("frame at %v behind %v", d, last)
				}
				last = d
			}
			got -= loud
		}
		if heard := 50 - got; heard < 5 || heard > 10 {
			t.Errorf("%d loud frames of 10 within 200 ms", heard)
		}
	})
}

// TestLatePackets: what an ended call's far end still sends never reaches the next call, whether
// that comes at once or when the late packets have been waiting on the port.
func TestLatePackets(t *testing.T) {
	t.Parallel()
	onBenchWith(t, true, func(t *testing.T, b *bench) {
		p := params()
		p.Source = farRTP.Addr()
		first := b.open(p)
		b.say(first, 10, 8000)
		port := first.Port()
		late := func() {
			for range 30 {
				b.send(b.far, first, 8, 77, make([]byte, 160))
			}
		}
		first.Close()
		late()
		next := b.open(p)
		if next.Port() == port {
			t.Error("the next call from the same address got the port at once")
		}
		other := b.open(from("10.0.0.40"))
		if other.Port() != port {
			t.Error("a call from another address did not get it")
		}
		late()
		time.Sleep(100 * time.Millisecond)
		if r := next.Reception(); r.Packets != 0 {
			t.Errorf("%d late packets reached the next call", r.Packets)
		}
		if r := other.Reception(); r.Packets != 0 {
			t.Errorf("%d late packets reached the other call", r.Packets)
		}
		next.Close()
		other.Close()
		late() // on a port without calls: they wait
		time.Sleep(5 * time.Second)
		var s *Session
		for range 2 { // both first ports are free again
			if s = b.open(p); s.Port() == port {
				break
			}
		}
		if s.Port() != port {
			t.Fatal("the port was not used again")
		}
		time.Sleep(100 * time.Millisecond)
		if r := s.Reception(); r.Packets != 0 {
			t.Errorf("%d packets from before the answer reached the call", r.Packets)
		}
		b.say(s, 10, 8000)
		time.Sleep(100 * time.Millisecond)
		if r := s.Reception(); r.Packets != 10 {
			t.Errorf("%d packets of the call itself", r.Packets)
		}
	})
}

// TestMovesOntoTheSameAddress: a re-INVITE brings two calls of a shared port to one address. Each
// still hears the port that it announced, and a third port there is nobody's.
func TestMovesOntoTheSameAddress(t *testing.T) {
	t.Parallel()
	onBenchWith(t, true, func(t *testing.T, b *bench) {
		one, two := b.open(from("10.0.0.51")), b.open(from("10.0.0.52"))
		moved := from("10.0.0.51")
		moved.Remote = netip.MustParseAddrPort("10.0.0.51:6000")
		two.Set(moved)
		for addr, n := range map[string]int{"10.0.0.51:4000": 5, "10.0.0.51:6000": 7, "10.0.0.51:8000": 9} {
			c := b.listen(netip.MustParseAddrPort(addr))
			for range n {
				b.send(c, one, 8, 5, make([]byte, 160))
				time.Sleep(20 * time.Millisecond)
			}
			c.Close()
		}
		time.Sleep(100 * time.Millisecond)
		if a, z := one.Reception().Packets, two.Reception().Packets; a != 5 || z != 7 {
			t.Errorf("they received %d and %d packets, want 5 and 7", a, z)
		}
	})
}

// TestHoldKeepsTheAddress: a hold that names no address (RFC 2543) does not make strangers of the
// far end's packets, nor room on the port for another call from there.
func TestHoldKeepsTheAddress(t *testing.T) {
	t.Parallel()
	onBenchWith(t, true, func(t *testing.T, b *bench) {
		s := b.open(params())
		b.say(s, 5, 8000)
		held := params()
		held.Remote, held.RemoteRTCP, held.Send, held.Held = netip.AddrPort{}, netip.AddrPort{}, false, true
		s.Set(held)
		b.say(s, 5, 8000)
		time.Sleep(50 * time.Millisecond)
		if n := s.Reception().Packets; n != 10 {
			t.Errorf("%d packets of 10", n)
		}
		if other := b.open(params()); other.Port() == s.Port() {
			t.Error("two calls from one address on one port")
		}
	})
}

// TestPlay: a coded prompt is walked frame by frame, between what is sent live, and pause, flush
// and time played are exact. It is not changed, whatever codec the far end takes.
func TestPlay(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		data := make([]byte, 20*160)
		for i := range 20 {
			g711.EncodeA(data[160*i:160*(i+1)], frames(1, int16(1000*(i+1))).PCM)
		}
		clip := media.NewClip("PCMA", media.Algorithmic, data, 160)
		ctx := context.Background()
		begin := time.Now()
		if err := s.Send(ctx, media.Frame{PCM: frames(2, 500).PCM[:250], Rate: 8000}); err != nil {
			t.Fatal(err)
		}
		if err := s.Play(ctx, clip); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d > 0 {
			t.Errorf("Play waited %v for 20 ms before it", d)
		}
		s.Send(ctx, frames(1, 30000))
		if d := time.Since(begin); d < 300*time.Millisecond || d > 360*time.Millisecond {
			t.Errorf("behind a clip of 400 ms Send returned after %v, want when 100 ms are left", d)
		}
		s.Drain(ctx)
		list := b.packets()
		for len(list) > 0 && level(list[0]) < 400 {
			list = list[1:]
		}
		if len(list) != 23 {
			t.Fatalf("%d packets, want 2, 20 and 1", len(list))
		}
		for i, p := range list[2:22] {
			if got, want := int(level(p)), 1000*(i+1); got < want*9/10 || got > want*11/10 {
				t.Errorf("frame %d has level %d", i, got)
			}
		}
		time.Sleep(10 * time.Millisecond) // between two ticks, so that none is at an edge below
		played := make(chan error, 1)
		ctx, cancel := context.WithCancelCause(ctx)
		why := errors.New("interrupted")
		go func() { played <- errors.Join(s.Play(ctx, clip), s.Play(ctx, clip)) }()
		time.Sleep(100 * time.Millisecond)
		s.Pause()
		time.Sleep(time.Second)
		s.Resume()
		time.Sleep(100 * time.Millisecond)
		cancel(why)
		if err := <-played; !errors.Is(err, why) {
			t.Errorf("cancelled Play: %v", err)
		}
		loud := 0
		d := s.Flush()
		for _, p := range b.packets() {
			if level(p) > 400 {
				loud++
			}
		}
		if d != time.Duration(loud)*20*time.Millisecond || loud < 8 || loud > 11 {
			t.Errorf("played %v, and %d packets of it left in 200 ms", d, loud)
		}
		p := params()
		p.Codec, p.Type = "PCMU", 0
		s.Set(p)
		go s.Play(context.Background(), clip)
		time.Sleep(500 * time.Millisecond)
		top := int16(0)
		for _, q := range b.packets() {
			pcm := make([]int16, len(q.Payload))
			g711.DecodeU(pcm, q.Payload)
			top = max(top, pcm[0])
		}
		if top < 18000 || top > 22000 {
			t.Errorf("as µ-law the loudest frame has %d", top)
		}
		again := make([]int16, 160)
		g711.DecodeA(again, clip.Frame(0))
		if again[0] < 900 || again[0] > 1100 {
			t.Errorf("the clip was written to: its first frame has level %d", again[0])
		}
		if err := s.Play(context.Background(), media.NewClip("PCMA", 0, nil, 160)); err != nil {
			t.Error(err)
		}
		s.Close()
		if err := s.Play(context.Background(), clip); !errors.Is(err, ErrClosed) {
			t.Errorf("Play after Close: %v", err)
		}
	})
}

// realSession is a session over the kernel's sockets, and one that talks to it. The wheel does not
// run: tick makes it happen.
func realSession(t testing.TB, codec string) (s *Session, far udp.Conn, tick func()) {
	cfg := DefaultConfig()
	cfg.BindIP = "127.0.0.1"
	e, err := NewEngine(cfg, pacer.New(pacer.Config{Workers: 1}), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	if far, err = udp.Listen(netip.MustParseAddrPort("127.0.0.1:0"), udp.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	p := params()
	p.Remote, p.RemoteRTCP = far.LocalAddr(), far.LocalAddr()
	p.Codec, p.Type = codec, infoOf(codec).Type
	if s, err = e.Open(Options{Remote: p.Remote}); err != nil {
		t.Fatal(err)
	}
	s.Set(p)
	due := time.Now()
	return s, far, func() {
		due = due.Add(20 * time.Millisecond)
		s.Tick(due)
		s.port.shard.flush()
	}
}

// twentyMS is what one call costs in 20 ms: a packet comes and is heard, one goes.
func twentyMS(t testing.TB) (round func()) {
	s, far, tick := realSession(t, "PCMA")
	out, in := udp.NewOutbox(), udp.NewInbox(8, 2048)
	seq, ts := uint16(0), uint32(0)
	to := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(s.Port()))
	f := frames(1, 1000)
	return func() {
		h := header{pt: 8, seq: seq, ts: ts, ssrc: 7}
		seq, ts = seq+1, ts+160
		h.put(out.Room(to, headerLen+160))
		if _, err := far.Send(out); err != nil {
			t.Fatal(err)
		}
		if err := s.Send(context.Background(), f); err != nil {
			t.Fatal(err)
		}
		tick()
		for {
			if _, ok, _ := s.Next(); !ok {
				break
			}
		}
		if n, _ := far.Recv(in); n < 1 { // now and then a report comes with it
			t.Fatal("no packet was sent in 20 ms")
		}
	}
}

// TestNothingIsAllocated: not for a packet that comes, not for one that goes.
func TestNothingIsAllocated(t *testing.T) {
	round := twentyMS(t)
	for range 50 {
		round()
	}
	if n := testing.AllocsPerRun(500, round); n > 0 {
		t.Errorf("%v allocations in 20 ms of a call", n)
	}
}

// BenchmarkTwentyMS is 20 ms of one call both ways, kernel included, with the far end's share.
func BenchmarkTwentyMS(b *testing.B) {
	round := twentyMS(b)
	b.ReportAllocs()
	for b.Loop() {
		round()
	}
}

// TestSetAfterClose: a re-INVITE that crosses the end of its call claims nothing: the next call from
// that address is heard on the port.
func TestSetAfterClose(t *testing.T) {
	t.Parallel()
	onBenchWith(t, true, func(t *testing.T, b *bench) {
		p := from("10.0.0.21")
		b.open(from("10.0.0.22")) // keeps the port open
		s := b.open(p)
		s.Close()
		p.Remote = netip.AddrPortFrom(p.Remote.Addr(), 4002)
		s.Set(p)
		time.Sleep(2 * lateFor)
		next := b.open(from("10.0.0.21"))
		if next.Port() != s.Port() {
			t.Errorf("the next call got port %d, want %d again", next.Port(), s.Port())
		}
		if n := len(s.port.claims) + len(s.port.doors); n != 2 {
			t.Errorf("%d addresses are claimed for two calls", n)
		}
	})
}
