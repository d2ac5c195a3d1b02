package udp

import (
	"errors"
	"net"
	"net/netip"
	"testing"
)

// TestWaiting: who waits gets what comes, in batches, and is told when the port is closed.
func TestWaiting(t *testing.T) {
	t.Parallel()
	for _, at := range []netip.AddrPort{netip.AddrPortFrom(lo4, 0), netip.AddrPortFrom(netip.IPv4Unspecified(), 0)} {
		a, err := ListenWaiting(at, Options{RecvBuffer: 1 << 20, SendBuffer: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		b, err := Listen(netip.AddrPortFrom(lo4, 0), Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { b.Close() })
		const n = 100
		heard, ended := make(chan int), make(chan error)
		go func() {
			in := NewInbox(16, 2048)
			for {
				got, err := a.Wait(in)
				if err != nil {
					ended <- err
					return
				}
				for _, p := range in.Packets {
					if p.From != b.LocalAddr() || len(p.Data) != 2 {
						t.Errorf("%d bytes from %v", len(p.Data), p.From)
					}
				}
				heard <- got
			}
		}()
		to := netip.AddrPortFrom(lo4, a.LocalAddr().Port())
		out := NewOutbox()
		for i := range n {
			copy(out.Room(to, 2), []byte{byte(i), 1})
		}
		if _, err := b.Send(out); err != nil {
			t.Fatal(err)
		}
		for sum := 0; sum < n; {
			sum += <-heard
		}
		copy(out.Room(b.LocalAddr(), 3), "one")
		if _, err := a.Send(out); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Write([]byte("two"), b.LocalAddr()); err != nil {
			t.Fatal(err)
		}
		if got := take(t, b, 2); string(got[0].Data) != "one" || string(got[1].Data) != "two" {
			t.Errorf("%q and %q came", got[0].Data, got[1].Data)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if err := <-ended; !errors.Is(err, net.ErrClosed) {
			t.Errorf("waiting ended with %v", err)
		}
		if _, err := a.Write([]byte("late"), b.LocalAddr()); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a closed port sends: %v", err)
		}
	}
}
