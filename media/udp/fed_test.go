package udp

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"
)

// Packets that are handed in come out in order, with their times, as many at once as there is room
// for; what comes while too many wait, or is too long, is dropped and counted; what leaves is handed on.
func TestFed(t *testing.T) {
	t.Parallel()
	peer := netip.MustParseAddrPort("192.0.2.1:9")
	var left [][]byte
	f := Feed(peer, func(b []byte) error {
		if b[0] == 0 {
			return errors.New("lost")
		}
		left = append(left, append([]byte(nil), b...))
		return nil
	})
	at := time.Now()
	packet := make([]byte, 10)
	for i := range fedRoom + 5 {
		packet[0] = byte(i)
		f.Put(packet, at.Add(time.Duration(i)))
	}
	in, next := NewInbox(50, 100), 0
	for in.More = true; in.More; {
		if _, err := f.Recv(in); err != nil {
			t.Fatal(err)
		}
		for _, p := range in.Packets {
			if int(p.Data[0]) != next || p.From != peer || !p.At.Equal(at.Add(time.Duration(next))) {
				t.Fatalf("packet %d is %d from %v at %v", next, p.Data[0], p.From, p.At.Sub(at))
			}
			next++
		}
	}
	if next != fedRoom || f.Dropped() != 5 {
		t.Errorf("%d packets came and %d were dropped", next, f.Dropped())
	}
	f.Put(make([]byte, 101), at)
	if n, err := f.Recv(in); n != 0 || err != nil || f.Dropped() != 6 {
		t.Errorf("a packet that is too long: %d came, %d dropped, %v", n, f.Dropped(), err)
	}
	out := NewOutbox()
	for i := range 3 {
		out.Room(peer, 1)[0] = byte(i)
	}
	if n, err := f.Send(out); n != 2 || err == nil || len(left) != 2 || left[1][0] != 2 || out.Len() != 0 {
		t.Errorf("%d of 3 left, %v: %v", n, err, left)
	}
	if f.Close() != nil || f.Close() != nil {
		t.Error("it does not close twice")
	}
	f.Put(packet, at)
	if _, err := f.Recv(in); !errors.Is(err, net.ErrClosed) {
		t.Errorf("closed, it says %v", err)
	}
}
