package udp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"testing"
	"time"
)

// kinds are the ways to a Conn: each passes every test.
var kinds = map[string]func(netip.AddrPort, Options) (Conn, error){"system": Listen, "pump": listenPump}

const onLinux = runtime.GOOS == "linux"

var (
	lo4 = netip.MustParseAddr("127.0.0.1")
	lo6 = netip.MustParseAddr("::1")
)

// each runs f with a pair of sockets of every kind on both families.
func each(t *testing.T, f func(t *testing.T, a, b Conn)) {
	t.Helper()
	for kind, listen := range kinds {
		for _, ip := range []netip.Addr{lo4, lo6} {
			t.Run(kind+"/"+ip.String(), func(t *testing.T) {
				t.Parallel()
				a, err := listen(netip.AddrPortFrom(ip, 0), Options{RecvBuffer: 1 << 20, SendBuffer: 1 << 20})
				if err != nil && ip == lo6 {
					t.Skip("this machine has no IPv6:", err)
				}
				if err != nil {
					t.Fatal(err)
				}
				b, err := listen(netip.AddrPortFrom(ip, 0), Options{})
				if err != nil {
					t.Fatal(err)
				}
				f(t, a, b)
				a.Close()
				b.Close()
			})
		}
	}
}

// take reads until n packets have come, and copies them.
func take(t *testing.T, c Conn, n int) (list []Packet) {
	t.Helper()
	in := NewInbox(16, 2048)
	for end := time.Now().Add(30 * time.Second); len(list) < n; {
		if _, err := c.Recv(in); err != nil {
			t.Fatal(err)
		}
		for _, p := range in.Packets {
			p.Data = bytes.Clone(p.Data)
			list = append(list, p)
		}
		if time.Now().After(end) {
			t.Fatalf("%d packets came of %d", len(list), n)
		}
		if len(in.Packets) == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	return list
}

// TestBatch: everything comes, in order, from whom it was sent, with the time of its arrival.
func TestBatch(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b Conn) {
		out := NewOutbox()
		begin := time.Now()
		const n = 200
		for i := range n {
			binary.BigEndian.PutUint32(out.Room(b.LocalAddr(), 172), uint32(i))
		}
		if out.Len() != n {
			t.Errorf("%d collected", out.Len())
		}
		if sent, err := a.Send(out); sent != n || err != nil || out.Len() != 0 {
			t.Fatalf("sent %d, %v; %d left", sent, err, out.Len())
		}
		sent := time.Now()
		for i, p := range take(t, b, n) {
			if len(p.Data) != 172 || binary.BigEndian.Uint32(p.Data) != uint32(i) || p.From != a.LocalAddr() {
				t.Fatalf("packet %d: %d bytes from %v", i, len(p.Data), p.From)
			}
			if p.At.Before(begin.Add(-5*time.Millisecond)) || p.At.After(time.Now()) {
				t.Fatalf("packet %d came at %v, sent between 0 and %v", i, p.At.Sub(begin), sent.Sub(begin))
			}
		}
		in := NewInbox(1, 100)
		if n, err := b.Recv(in); n != 0 || err != nil {
			t.Errorf("nothing waits, yet %d, %v", n, err)
		}
	})
}

// TestTimesAreOfArrival: a packet that waits in the kernel keeps the time when it came.
func TestTimesAreOfArrival(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b Conn) {
		out := NewOutbox()
		copy(out.Room(b.LocalAddr(), 1), "x")
		a.Send(out)
		sent := time.Now()
		time.Sleep(200 * time.Millisecond)
		if p := take(t, b, 1)[0]; p.At.Sub(sent) > 150*time.Millisecond {
			t.Errorf("came %v after it was sent", p.At.Sub(sent))
		}
	})
}

// TestOneBadPacket: an address that cannot be sent to costs its own packet, not the others.
func TestOneBadPacket(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b Conn) {
		out := NewOutbox()
		other := netip.MustParseAddrPort("[2001:db8::1]:9")
		if a.LocalAddr().Addr().Is6() {
			other = netip.MustParseAddrPort("192.0.2.1:9") // this socket is bound to ::1
		}
		for range 3 {
			copy(out.Room(b.LocalAddr(), 20), "good")
			copy(out.Room(other, 4), "bad!")
			out.Cut(3)
		}
		sent, err := a.Send(out)
		if sent != 3 || err == nil {
			t.Errorf("sent %d, %v", sent, err)
		}
		for _, p := range take(t, b, 3) {
			if string(p.Data[:4]) != "good" || len(p.Data) != 20 {
				t.Errorf("got %q", p.Data)
			}
		}
		out.Room(b.LocalAddr(), 70000)
		if sent, err := a.Send(out); sent != 0 || err == nil {
			t.Errorf("70 kB: sent %d, %v", sent, err)
		}
	})
}

// TestTooLongForTheRoom: such a datagram is dropped and counted; the next one is not hurt.
func TestTooLongForTheRoom(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b Conn) {
		out, in := NewOutbox(), NewInbox(8, 100)
		out.Room(b.LocalAddr(), 101)
		copy(out.Room(b.LocalAddr(), 100), "fits")
		a.Send(out)
		for end := time.Now().Add(30 * time.Second); len(in.Packets) == 0 && time.Now().Before(end); {
			b.Recv(in)
		}
		if len(in.Packets) != 1 || len(in.Packets[0].Data) != 100 || b.Dropped() != 1 {
			t.Errorf("%d packets, %d dropped", len(in.Packets), b.Dropped())
		}
	})
}

// TestClose: the port is free again, and a closed socket says so.
func TestClose(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b Conn) {
		out := NewOutbox()
		for range 500 { // unread
			out.Room(b.LocalAddr(), 172)
		}
		a.Send(out)
		for range 2 {
			if err := b.Close(); err != nil {
				t.Error(err)
			}
		}
		in := NewInbox(1000, 200)
		for range 2 {
			if _, err := b.Recv(in); !errors.Is(err, net.ErrClosed) && len(in.Packets) == 0 {
				t.Errorf("Recv after Close: %v", err)
			}
		}
		copy(out.Room(a.LocalAddr(), 1), "x")
		if n, err := b.Send(out); n != 0 || !errors.Is(err, net.ErrClosed) {
			t.Errorf("Send after Close: %d, %v", n, err)
		}
		again, err := Listen(b.LocalAddr(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if n, _ := again.Recv(in); n != 0 {
			t.Error("the next socket on the port got old packets")
		}
	})
}

// TestEveryInterface: a socket bound to no address hears both families and answers them.
func TestEveryInterface(t *testing.T) {
	t.Parallel()
	for kind, listen := range kinds {
		all, err := listen(netip.AddrPort{}, Options{})
		if err != nil {
			t.Fatal(kind, err)
		}
		defer all.Close()
		for _, ip := range []netip.Addr{lo4, lo6} {
			c, err := listen(netip.AddrPortFrom(ip, 0), Options{})
			if err != nil && ip == lo6 {
				continue // no IPv6 here
			}
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			out := NewOutbox()
			copy(out.Room(netip.AddrPortFrom(ip, all.LocalAddr().Port()), 4), "ping")
			if _, err := c.Send(out); err != nil {
				t.Fatal(kind, ip, err)
			}
			p := take(t, all, 1)[0]
			if p.From != c.LocalAddr() {
				t.Errorf("%s: from %v, want %v", kind, p.From, c.LocalAddr())
			}
			copy(out.Room(p.From, 4), "pong")
			if _, err := all.Send(out); err != nil {
				t.Fatal(kind, ip, err)
			}
			if p := take(t, c, 1)[0]; string(p.Data) != "pong" || p.From.Addr() != ip {
				t.Errorf("%s: %q from %v", kind, p.Data, p.From)
			}
		}
	}
}

func TestListenRefuses(t *testing.T) {
	t.Parallel()
	for kind, listen := range kinds {
		a, err := listen(netip.AddrPortFrom(lo4, 0), Options{RecvBuffer: 64 << 10})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		if _, err := listen(a.LocalAddr(), Options{}); err == nil {
			t.Errorf("%s: a port in use was bound again", kind)
		}
		if _, err := listen(netip.MustParseAddrPort("192.0.2.1:0"), Options{}); err == nil {
			t.Errorf("%s: bound to an address that is not ours", kind)
		}
		if recv, send := a.Buffers(); kind == "system" && onLinux && (recv < 64<<10 || send == 0) {
			t.Errorf("%s: buffers of %d and %d", kind, recv, send)
		}
	}
}

// TestNothingIsAllocated: neither for packets that come nor for packets that go.
func TestNothingIsAllocated(t *testing.T) {
	for kind, listen := range kinds { // not in parallel: AllocsPerRun counts everybody's
		for _, ip := range []netip.Addr{lo4, lo6} {
			a, err := listen(netip.AddrPortFrom(ip, 0), Options{})
			if err != nil {
				if ip == lo6 {
					continue // no IPv6 here
				}
				t.Fatal(err)
			}
			defer a.Close()
			out, in := NewOutbox(), NewInbox(64, 2048)
			round := func() {
				for range 20 {
					copy(out.Room(a.LocalAddr(), 172), "abc")
				}
				if n, err := a.Send(out); n != 20 || err != nil {
					t.Fatal(n, err)
				}
				for got := 0; got < 20; {
					n, err := a.Recv(in)
					if err != nil {
						t.Fatal(err)
					}
					if got += n; n == 0 {
						runtime.Gosched() // the pump's reader has to run
					}
				}
			}
			for range 20 {
				round() // until the pump has all its buffers
			}
			if n := testing.AllocsPerRun(100, round); n > 0 {
				t.Errorf("%s, %v: %v allocations for 20 packets there and back", kind, ip, n)
			}
		}
	}
}

func BenchmarkBatch(b *testing.B) {
	for kind, listen := range kinds {
		b.Run(kind, func(b *testing.B) {
			x, err := listen(netip.AddrPortFrom(lo4, 0), Options{RecvBuffer: 4 << 20, SendBuffer: 4 << 20})
			if err != nil {
				b.Fatal(err)
			}
			defer x.Close()
			out, in := NewOutbox(), NewInbox(64, 2048)
			b.ReportAllocs()
			for b.Loop() {
				for range 60 {
					out.Room(x.LocalAddr(), 172)
				}
				x.Send(out)
				for got := 0; got < 60; {
					n, err := x.Recv(in)
					if err != nil {
						b.Fatal(err)
					}
					got += n
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(60*b.N), "ns/packet")
		})
	}
}

// TestTooLongInAFullRoom: datagrams that are too long fill the room too: who reads on while there is
// more gets everything that waits behind them.
func TestTooLongInAFullRoom(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, a, b Conn) {
		out, in := NewOutbox(), NewInbox(4, 100)
		const n = 20
		for range n {
			out.Room(b.LocalAddr(), 500)
			copy(out.Room(b.LocalAddr(), 100), "fits")
		}
		if _, err := a.Send(out); err != nil {
			t.Fatal(err)
		}
		got := 0
		for end := time.Now().Add(30 * time.Second); got == 0 && time.Now().Before(end); {
			time.Sleep(100 * time.Millisecond) // until all wait: on the loopback they do as soon as they are sent
			for in.More = true; in.More; {
				if _, err := b.Recv(in); err != nil {
					t.Fatal(err)
				}
				got += len(in.Packets)
			}
		}
		if got != n || b.Dropped() != n {
			t.Errorf("%d came, %d were dropped; want %d of each", got, b.Dropped(), n)
		}
	})
}
