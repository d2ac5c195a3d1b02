package rtp

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/internal/peer"
	"decroche/media"
	"decroche/media/codec/g711"
	"decroche/media/pacer"
)

// bench is an engine on a network in memory, and a far end that sends what it is told.
type bench struct {
	t      *testing.T
	net    *peer.Net
	engine *Engine
	far    *peer.Conn // the far end's RTP socket
	farCtl *peer.Conn // and its RTCP
	got    chan rtp.Packet
	ctl    chan []rtcp.Packet
	seq    uint16
	ts     uint32
	shared bool // sessions say where their far end is before they get a port
}

var (
	farRTP = netip.MustParseAddrPort("10.0.0.2:4000")
	farCtl = netip.MustParseAddrPort("10.0.0.2:4001")
)

// onBench runs f twice: with a port for each session, and with a port that sessions share.
func onBench(t *testing.T, f func(t *testing.T, b *bench)) {
	t.Helper()
	for _, shared := range []bool{false, true} {
		onBenchWith(t, shared, f)
	}
}

func onBenchWith(t *testing.T, shared bool, f func(t *testing.T, b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, shared: shared, net: &peer.Net{}, got: make(chan rtp.Packet, 100000), ctl: make(chan []rtcp.Packet, 1000)}
		ctx, cancel := context.WithCancel(context.Background())
		wheel := pacer.New(pacer.Config{Period: 20 * time.Millisecond, Slot: 20 * time.Millisecond, Workers: 1, CatchUp: 5})
		turning := make(chan struct{})
		go func() { defer close(turning); wheel.Run(ctx) }()
		cfg := DefaultConfig()
		cfg.BindIP = "10.0.0.1"
		cfg.SharedPorts = 1
		var err error
		if b.engine, err = NewEngine(cfg, wheel, nil); err != nil {
			t.Fatal(err)
		}
		b.engine.ListenWith(func(ip string, port int) (Conn, error) {
			return b.net.Listen(netip.AddrPortFrom(netip.MustParseAddr(ip), uint16(port)))
		})
		b.far = b.listen(farRTP)
		b.farCtl = b.listen(farCtl)
		read := make(chan struct{}, 2)
		go func() {
			defer func() { read <- struct{}{} }()
			buf := make([]byte, 2000)
			for {
				n, _, err := b.far.ReadFromUDPAddrPort(buf)
				if err != nil {
					return
				}
				if isRTCP(buf[:n]) {
					b.keepRTCP(buf[:n])
					continue
				}
				var p rtp.Packet
				if p.Unmarshal(append([]byte(nil), buf[:n]...)) == nil {
					b.got <- p
				}
			}
		}()
		go func() {
			defer func() { read <- struct{}{} }()
			buf := make([]byte, 2000)
			for {
				n, _, err := b.farCtl.ReadFromUDPAddrPort(buf)
				if err != nil {
					return
				}
				b.keepRTCP(buf[:n])
			}
		}()
		defer func() {
			b.engine.Close()
			b.far.Close()
			b.farCtl.Close()
			<-read
			<-read
			cancel()
			<-turning
		}()
		f(t, b)
	})
}

func (b *bench) keepRTCP(data []byte) {
	if p, err := rtcp.Unmarshal(append([]byte(nil), data...)); err == nil {
		b.ctl <- p
	}
}

func (b *bench) listen(a netip.AddrPort) *peer.Conn {
	c, err := b.net.Listen(a)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func params() Params {
	return Params{Remote: farRTP, RemoteRTCP: farCtl, Codec: "PCMA", Type: 8, EventType: 96,
		Ptime: 20 * time.Millisecond, Send: true, Receive: true}
}

func (b *bench) open(p Params) *Session {
	b.t.Helper()
	s, err := b.engine.Open(b.options(p))
	if err != nil {
		b.t.Fatal(err)
	}
	s.Set(p)
	return s
}

func (b *bench) options(p Params) Options {
	if b.shared {
		return Options{Remote: p.Remote, Source: p.Source}
	}
	return Options{}
}

func (b *bench) local(s *Session) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr("10.0.0.1"), uint16(s.Port()))
}

// packets returns what came so far.
func (b *bench) packets() []rtp.Packet {
	synctest.Wait()
	var list []rtp.Packet
	for len(b.got) > 0 {
		list = append(list, <-b.got)
	}
	return list
}

// say sends n packets of constant sound to the session, one each 20 ms.
func (b *bench) say(s *Session, n int, level int16) {
	pcm := make([]int16, 160)
	for i := range pcm {
		pcm[i] = level
	}
	payload := make([]byte, 160)
	g711.EncodeA(payload, pcm)
	for range n {
		b.send(b.far, s, 8, 77, payload)
		time.Sleep(20 * time.Millisecond)
	}
}

func (b *bench) send(from *peer.Conn, s *Session, pt uint8, ssrc uint32, payload []byte) {
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: b.seq, Timestamp: b.ts, SSRC: ssrc}, Payload: payload}
	b.seq++
	b.ts += 160
	data, err := p.Marshal()
	if err != nil {
		b.t.Fatal(err)
	}
	from.WriteToUDPAddrPort(data, b.local(s))
}

func frames(n int, level int16) media.Frame {
	pcm := make([]int16, 160*n)
	for i := range pcm {
		pcm[i] = level
	}
	return media.Frame{PCM: pcm, Rate: 8000}
}

// level decodes the first sample of a packet.
func level(p rtp.Packet) int16 {
	pcm := make([]int16, len(p.Payload))
	g711.DecodeA(pcm, p.Payload)
	return pcm[0]
}

// TestOutgoingStream: one packet each 20 ms from the beginning to the end, numbers without a gap,
// silence where nothing was said, the marker where a talkspurt begins.
func TestOutgoingStream(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		ctx := context.Background()
		time.Sleep(100 * time.Millisecond)
		for range 2 {
			if err := s.Send(ctx, frames(5, 8000)); err != nil {
				t.Fatal(err)
			}
			if err := s.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		list := b.packets()
		if len(list) < 23 || len(list) > 27 {
			t.Fatalf("%d packets in about 500 ms", len(list))
		}
		loud, marks := 0, 0
		for i, p := range list {
			if i > 0 && (p.SequenceNumber != list[i-1].SequenceNumber+1 || p.Timestamp != list[i-1].Timestamp+160 || p.SSRC != list[0].SSRC) {
				t.Errorf("packet %d: %+v after %+v", i, p.Header, list[i-1].Header)
			}
			if len(p.Payload) != 160 || p.PayloadType != 8 {
				t.Errorf("packet %d has %d bytes of type %d", i, len(p.Payload), p.PayloadType)
			}
			isLoud := level(p) > 7000
			if isLoud {
				loud++
			}
			if p.Marker {
				marks++
				if !isLoud || i > 0 && level(list[i-1]) > 7000 {
					t.Errorf("packet %d has the marker", i)
				}
			}
		}
		if loud != 10 || marks != 2 {
			t.Errorf("%d loud packets and %d markers, want 10 and 2", loud, marks)
		}
	})
}

func TestSendHoldsTwoHundredMilliseconds(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		ctx := context.Background()
		begin := time.Now()
		if err := s.Send(ctx, frames(10, 1000)); err != nil || time.Since(begin) != 0 {
			t.Fatalf("200 ms took %v, %v", time.Since(begin), err)
		}
		if err := s.Send(ctx, frames(50, 1000)); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(begin); d < 900*time.Millisecond || d > 1020*time.Millisecond {
			t.Errorf("1.2 s were taken within %v, want 1 s", d)
		}
		s.Pause()
		b.packets()
		time.Sleep(time.Second)
		for _, p := range b.packets()[2:] {
			if level(p) > 500 {
				t.Error("sound while paused")
				break
			}
		}
		s.Resume()
		time.Sleep(100 * time.Millisecond)
		played := s.Flush()
		if played < 1080*time.Millisecond || played > 1120*time.Millisecond {
			t.Errorf("played %v, want 1.1 s", played)
		}
		if again := s.Flush(); again != 0 {
			t.Errorf("played %v after a Flush", again)
		}
		ctx, cancel := context.WithCancelCause(ctx)
		why := errors.New("interrupted")
		go func() { time.Sleep(50 * time.Millisecond); cancel(why) }()
		if err := s.Send(ctx, frames(100, 1000)); !errors.Is(err, why) {
			t.Errorf("cancelled Send: %v", err)
		}
		if err := s.Send(context.Background(), media.Frame{PCM: make([]int16, 10), Rate: 16000}); err == nil {
			t.Error("16 kHz was taken")
		}
		s.Close()
		s.Close()
		if err := s.Send(context.Background(), frames(1, 1)); !errors.Is(err, ErrClosed) {
			t.Errorf("Send after Close: %v", err)
		}
		if err := s.Drain(context.Background()); !errors.Is(err, ErrClosed) {
			t.Errorf("Drain after Close: %v", err)
		}
	})
}

// TestOddFrames: frames of any length come out whole.
func TestOddFrames(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		sent := 0
		for n := range 40 {
			pcm := make([]int16, n*13)
			for i := range pcm {
				pcm[i] = 8000
			}
			sent += len(pcm)
			if err := s.Send(context.Background(), media.Frame{PCM: pcm, Rate: 8000}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Drain(context.Background()); err != nil {
			t.Fatal(err)
		}
		heard := 0
		for _, p := range b.packets() {
			pcm := make([]int16, len(p.Payload))
			g711.DecodeA(pcm, p.Payload)
			for _, v := range pcm {
				if v > 7000 {
					heard++
				}
			}
		}
		if heard != sent {
			t.Errorf("%d samples came of %d", heard, sent)
		}
	})
}

func TestPtime(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		p := params()
		p.Ptime = 60 * time.Millisecond
		s := b.open(p)
		s.Send(context.Background(), frames(6, 8000))
		s.Drain(context.Background())
		time.Sleep(60 * time.Millisecond)
		list := b.packets()
		if len(list) < 2 || !list[0].Marker {
			t.Fatalf("%d packets", len(list))
		}
		for i, q := range list {
			if len(q.Payload) != 480 || i > 0 && (q.Timestamp-list[i-1].Timestamp != 480 || q.SequenceNumber != list[i-1].SequenceNumber+1) {
				t.Errorf("packet %d: %d bytes, %+v", i, len(q.Payload), q.Header)
			}
		}
	})
}

// TestHold: nothing is sent while the far end does not listen; time goes on, numbers do not.
func TestHold(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		time.Sleep(200 * time.Millisecond)
		last := b.packets()
		p := params()
		p.Send, p.Held = false, true
		s.Set(p)
		time.Sleep(time.Second)
		if n := len(b.packets()); n > 1 {
			t.Errorf("%d packets on hold", n)
		}
		s.Set(params())
		time.Sleep(100 * time.Millisecond)
		next := b.packets()
		a, z := last[len(last)-1], next[0]
		if z.SequenceNumber-a.SequenceNumber > 2 || z.Timestamp-a.Timestamp < 8000 {
			t.Errorf("after a second of hold %+v follows %+v", z.Header, a.Header)
		}
	})
}

// TestIncomingStream: frames each 20 ms in media order, from the first moment on; sound as sent.
func TestIncomingStream(t *testing.T) {
	t.Parallel()
	bothWays(t, "", func(t *testing.T, fed bool) {
		onBench(t, func(t *testing.T, b *bench) {
			s := b.open(params())
			var at []time.Duration
			loud := 0
			done := listen(s, fed, func(h Heard) {
				at = append(at, h.Frame.At)
				if len(h.Frame.PCM) != 160 || h.Frame.Rate != 8000 {
					t.Errorf("frame of %d samples at %d", len(h.Frame.PCM), h.Frame.Rate)
				}
				if h.Frame.PCM[80] > 7000 {
					loud++
				}
			})
			time.Sleep(100 * time.Millisecond)
			b.say(s, 50, 8000)
			time.Sleep(300 * time.Millisecond)
			s.Close()
			<-done
			if loud < 48 || loud > 51 {
				t.Errorf("%d loud frames of 50", loud)
			}
			for i := 1; i < len(at); i++ {
				if at[i]-at[i-1] != 20*time.Millisecond {
					t.Errorf("frame %d at %v after %v", i, at[i], at[i-1])
					break
				}
			}
		})
	})
}

// TestNobodyListens: at most 200 ms wait, the oldest is dropped, keys are not.
func TestNobodyListens(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		s.Key('7')
		time.Sleep(3 * time.Second)
		synctest.Wait()
		now := time.Since(s.began)
		h, err := s.Receive(context.Background())
		if err != nil || h.Digit != '7' {
			t.Fatalf("first is %+v, %v", h, err)
		}
		for range 10 {
			h, err := s.Receive(context.Background())
			if err != nil || h.Frame.At < now-240*time.Millisecond {
				t.Fatalf("a frame of %v at %v, %v", h.Frame.At, now, err)
			}
		}
		ctx, cancel := context.WithTimeoutCause(context.Background(), 10*time.Millisecond, io.ErrNoProgress)
		defer cancel()
		if h, err := s.Receive(ctx); err == nil && time.Since(s.began)-now < 5*time.Millisecond {
			t.Errorf("an eleventh frame: %+v", h.Frame.At)
		}
		before := testutil.ToFloat64(b.engine.metrics.queueFull)
		for range queueDigits + 3 {
			s.Key('1')
		}
		if n := testutil.ToFloat64(b.engine.metrics.queueFull) - before; n != 3 {
			t.Errorf("%v keys too many counted, want 3", n)
		}
	})
}

func TestKeysBothWays(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		heard := make(chan byte, 10)
		go func() {
			defer close(heard)
			for {
				h, err := s.Receive(context.Background())
				if err != nil {
					return
				}
				if h.Digit != 0 {
					heard <- h.Digit
				}
			}
		}()
		b.say(s, 10, 100)
		base := b.ts
		for i := range 8 { // a key of 100 ms, its end three times; the first packets are lost
			payload := []byte{5, 10, 0, byte(min(i+1, 5) * 160 & 0xff)}
			payload[2] = byte(min(i+1, 5) * 160 >> 8)
			if i >= 5 {
				payload[1] |= 0x80
			}
			if i >= 2 {
				b.ts = base
				b.send(b.far, s, 96, 77, payload)
			} else {
				b.seq++
			}
			time.Sleep(20 * time.Millisecond)
		}
		b.ts = base + 8*160
		b.say(s, 10, 100)
		b.packets()
		if err := s.SendDigits(context.Background(), "1#,A"); err != nil {
			t.Fatal(err)
		}
		if err := s.SendDigits(context.Background(), "x"); err == nil {
			t.Error("x is a key")
		}
		keys := ""
		var key uint32
		list := b.packets()
		for i, p := range list {
			if i > 0 && p.SequenceNumber != list[i-1].SequenceNumber+1 {
				t.Errorf("gap in the numbers at packet %d", i)
			}
			if p.PayloadType == 96 && (keys == "" || p.Timestamp != key) {
				key = p.Timestamp
				keys += string("0123456789*#ABCD"[p.Payload[0]])
				if !p.Marker {
					t.Error("a key begins without the marker")
				}
			}
		}
		if keys != "1#A" {
			t.Errorf("far end got %q", keys)
		}
		s.Close()
		got := ""
		for d := range heard {
			got += string(d)
		}
		if got != "5" {
			t.Errorf("heard keys %q, want 5 once", got)
		}
		p := params()
		p.EventType = -1
		s = b.open(p)
		if err := s.SendDigits(context.Background(), "1"); err == nil {
			t.Error("keys to a far end that takes none")
		}
	})
}

// TestForeignPacket: the hostile row that moved a peer's media with one packet.
func TestForeignPacket(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		b.say(s, 10, 100)
		foe := b.listen(netip.MustParseAddrPort("10.0.0.66:666"))
		defer foe.Close()
		for range 30 {
			b.send(foe, s, 8, 99, make([]byte, 160))
			b.say(s, 1, 100)
		}
		b.packets()
		time.Sleep(200 * time.Millisecond)
		if n := len(b.packets()); n < 9 {
			t.Errorf("only %d packets reach the caller", n)
		}
		foe.SetReadDeadline(time.Now())
		if _, _, err := foe.ReadFromUDPAddrPort(make([]byte, 2000)); err == nil {
			t.Error("the foreign address was sent a packet")
		}
	})
}

// TestNoTheft: the rows of a breaker who moved a call's media to himself, first while the caller
// paused, then before its first packet.
func TestNoTheft(t *testing.T) {
	t.Parallel()
	for _, before := range []bool{false, true} {
		onBench(t, func(t *testing.T, b *bench) {
			p := params()
			p.Source = farRTP.Addr()
			s := b.open(p)
			if !before {
				b.say(s, 10, 100)
				time.Sleep(1200 * time.Millisecond)
			}
			foe := b.listen(netip.MustParseAddrPort("10.0.0.66:666"))
			defer foe.Close()
			for range 50 {
				b.send(foe, s, 8, 99, make([]byte, 160))
				time.Sleep(20 * time.Millisecond)
			}
			b.say(s, 10, 100)
			b.packets()
			time.Sleep(200 * time.Millisecond)
			if n := len(b.packets()); n < 9 {
				t.Errorf("before %v: only %d packets reach the caller", before, n)
			}
			foe.SetReadDeadline(time.Now())
			if _, _, err := foe.ReadFromUDPAddrPort(make([]byte, 2000)); err == nil {
				t.Errorf("before %v: the thief was sent a packet", before)
			}
		})
	}
}

// TestOwns: the sockets of open sessions, at the address they are bound to.
func TestOwns(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		at := func(ip string, port int) netip.AddrPort {
			return netip.AddrPortFrom(netip.MustParseAddr(ip), uint16(port))
		}
		for _, c := range []struct {
			a    netip.AddrPort
			want bool
		}{
			{at("10.0.0.1", s.Port()), true}, {at("10.0.0.1", s.Port()+1), true}, {at("::ffff:10.0.0.1", s.Port()), true},
			{at("10.0.0.1", s.Port()+2), false}, {at("10.0.0.1", s.Port()-1), false}, {at("10.0.0.2", s.Port()), false},
		} {
			if got := b.engine.Owns(c.a); got != c.want {
				t.Errorf("%v: %v", c.a, got)
			}
		}
		s.Close()
		if b.engine.Owns(at("10.0.0.1", s.Port())) {
			t.Error("a closed session still owns its port")
		}
	})
	any, lo := netip.IPv4Unspecified(), netip.MustParseAddr("127.0.0.1")
	if !Reaches(lo, any) || !Reaches(lo, netip.Addr{}) || Reaches(netip.MustParseAddr("192.0.2.1"), any) || Reaches(lo, netip.MustParseAddr("192.0.2.1")) {
		t.Error("bound to every interface means this machine, and no other")
	}
}

func TestMediaTimeout(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		fired := make(chan time.Time, 10)
		open := func(p Params) *Session {
			opt := b.options(p)
			opt.Timeout, opt.OnTimeout = 30*time.Second, func() { fired <- time.Now() }
			s, err := b.engine.Open(opt)
			if err != nil {
				t.Fatal(err)
			}
			s.Set(p)
			return s
		}
		held := params()
		held.Held = true
		s := open(held)
		time.Sleep(5 * time.Minute)
		if len(fired) != 0 {
			t.Fatal("timed out on hold")
		}
		s.Set(params()) // resumed: thirty seconds from now
		b.say(s, 50, 100)
		last := time.Now()
		if d := (<-fired).Sub(last); d < 29*time.Second || d > 32*time.Second {
			t.Errorf("fired after %v", d)
		}
		time.Sleep(5 * time.Minute)
		if len(fired) != 0 {
			t.Error("fired twice")
		}
	})
}

// TestExpect: who is expected and sends neither media nor reports is given up after the shorter time; a
// report alone keeps them until the longer one, and hold for ever.
func TestExpect(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		within  time.Duration
		reports bool // every 5 s
		held    bool
		want    time.Duration // after the last media; 0: never
	}{
		"nothing comes":  {10 * time.Second, false, false, 10 * time.Second},
		"reports come":   {10 * time.Second, true, false, 30 * time.Second},
		"not expected":   {0, false, false, 30 * time.Second},
		"held meanwhile": {10 * time.Second, false, true, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onBench(t, func(t *testing.T, b *bench) {
				fired := make(chan time.Time, 10)
				p := params()
				opt := b.options(p)
				opt.Timeout, opt.OnTimeout = 30*time.Second, func() { fired <- time.Now() }
				s, err := b.engine.Open(opt)
				if err != nil {
					t.Fatal(err)
				}
				s.Set(p)
				b.say(s, 9*50, 100)
				s.Expect(c.within)
				b.say(s, 5*50, 100)
				last := time.Now()
				if p.Held = c.held; c.held {
					s.Set(p)
				}
				to := b.local(s)
				for range 12 {
					time.Sleep(5 * time.Second)
					if report, err := rtcp.Marshal([]rtcp.Packet{&rtcp.ReceiverReport{SSRC: 7}}); c.reports && err == nil {
						b.farCtl.WriteToUDPAddrPort(report, netip.AddrPortFrom(to.Addr(), to.Port()+1))
					}
				}
				if len(fired) == 0 != (c.want == 0) {
					t.Fatalf("fired %d times", len(fired))
				}
				if c.want == 0 {
					return
				}
				if d := (<-fired).Sub(last); d < c.want-time.Second || d > c.want+2*time.Second {
					t.Errorf("fired after %v, want %v", d, c.want)
				}
				if len(fired) != 0 {
					t.Error("fired twice")
				}
			})
		})
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	for _, mux := range []bool{false, true} {
		onBench(t, func(t *testing.T, b *bench) {
			p := params()
			p.Mux = mux
			if mux {
				p.RemoteRTCP = p.Remote
			}
			s := b.open(p)
			for range 30 {
				b.say(s, 9, 100)
				b.seq++ // a tenth is lost
				b.ts += 160
				time.Sleep(20 * time.Millisecond)
			}
			time.Sleep(10 * time.Second)
			s.Close()
			synctest.Wait()
			if n := len(b.ctl); n < 2 || n > 8 {
				t.Fatalf("%d reports in 16 s", n)
			}
			var lost uint32
			bye := false
			for len(b.ctl) > 0 {
				for _, p := range <-b.ctl {
					switch p := p.(type) {
					case *rtcp.SenderReport:
						if p.SSRC != s.ssrc || p.PacketCount == 0 {
							t.Errorf("%+v", p)
						}
						lost = p.Reports[0].TotalLost
					case *rtcp.Goodbye:
						bye = true
					}
				}
			}
			if lost < 28 || lost > 30 || !bye {
				t.Errorf("mux %v: reported %d lost of 30; BYE %v", mux, lost, bye)
			}
		})
	}
}

// TestCodecChange: a re-INVITE moves the call from A-law to µ-law, both ways, without a click in
// what was queued.
func TestCodecChange(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		s := b.open(params())
		time.Sleep(100 * time.Millisecond)
		b.packets()
		s.Send(context.Background(), frames(10, 8000))
		p := params()
		p.Codec, p.Type = "PCMU", 0
		s.Set(p)
		time.Sleep(100 * time.Millisecond)
		for i, q := range b.packets()[1:] {
			pcm := make([]int16, len(q.Payload))
			g711.DecodeU(pcm, q.Payload)
			if q.PayloadType != 0 || pcm[0] < 7000 || pcm[0] > 9000 {
				t.Errorf("packet %d: type %d, level %d", i, q.PayloadType, pcm[0])
			}
		}
	})
}

func TestPortsRunOut(t *testing.T) {
	t.Parallel()
	onBench(t, func(t *testing.T, b *bench) {
		b.engine.cfg.PortMin, b.engine.cfg.PortMax = 20001, 20006 // 20002 and 20004
		b.engine.next = 0
		one, err1 := b.engine.Open(Options{})
		two, err2 := b.engine.Open(Options{})
		if err1 != nil || err2 != nil || one.Port() != 20002 || two.Port() != 20004 {
			t.Fatalf("%v %v", err1, err2)
		}
		if _, err := b.engine.Open(Options{}); !errors.Is(err, ErrNoPort) {
			t.Errorf("third call: %v", err)
		}
		one.Close()
		if s, err := b.engine.Open(Options{}); err != nil || s.Port() != 20002 {
			t.Errorf("after one has ended: %v", err)
		}
	})
}

func TestConfig(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); bad != nil {
		t.Errorf("defaults: %q", bad)
	}
	for want, edit := range map[string]func(*Config){
		`bind_ip: "x" is not an IP address; write one of this machine, or leave it empty for all`:                      func(c *Config) { c.BindIP = "x" },
		`port_mode: "x" is neither shared nor per_call`:                                                                func(c *Config) { c.PortMode = "x" },
		"shared_ports: 0 is not between 1 and 256 pairs for each core":                                                 func(c *Config) { c.SharedPorts = 0 },
		"port_min: 80 is not between 1024 and 65534; usual is 10000":                                                   func(c *Config) { c.PortMin = 80 },
		"port_max: 10000 leaves no pair of ports, an even one and the next, above port_min 10000; each call takes two": func(c *Config) { c.PortMax = 10000 },
		"port_max: 10002 leaves no pair of ports, an even one and the next, above port_min 10001; each call takes two": func(c *Config) { c.PortMin, c.PortMax = 10001, 10002 },
		"socket_buffer: 1 is not between 16384 and 67108864 bytes":                                                     func(c *Config) { c.SocketBuffer = 1 },
		"rtcp_interval: 1ms is not between 1s and 5m; RFC 3550 asks for 5s":                                            func(c *Config) { c.RTCPInterval = time.Millisecond },
		"jitter.max: 1s is out of range; write a duration from min (20ms) to 200ms":                                    func(c *Config) { c.Jitter.Max = time.Second },
	} {
		c := DefaultConfig()
		edit(&c)
		if bad := c.Validate(); len(bad) != 1 || bad[0] != want {
			t.Errorf("got %q, want %q", bad, want)
		}
	}
}
