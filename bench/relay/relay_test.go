package relay

import (
	"encoding/binary"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// through sends n numbered packets over a relay and returns the numbers that arrive, in order.
func through(t *testing.T, o Options, n int) (got []uint32, st Stats) {
	t.Helper()
	var ends [2]*net.UDPConn
	for i := range ends {
		c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		ends[i] = c
	}
	caller, server := ends[0], ends[1]
	at := func(c *net.UDPConn) netip.AddrPort { return c.LocalAddr().(*net.UDPAddr).AddrPort() }
	r := New(netip.MustParseAddr("127.0.0.1"), o)
	defer r.Close()
	if _, err := r.Insert(0, at(caller)); err != nil {
		t.Fatal(err)
	}
	to := r.Answer(0, at(server))
	arrived := make(chan []uint32)
	go func() { // while they are being sent: a socket holds no more than some hundreds
		var got []uint32
		for buf := make([]byte, 16); len(got) < n; {
			k, _, err := server.ReadFromUDPAddrPort(buf)
			if err != nil || k != 4 {
				break
			}
			got = append(got, binary.BigEndian.Uint32(buf))
		}
		arrived <- got
	}()
	for i := range n {
		var b [4]byte
		binary.BigEndian.PutUint32(b[:], uint32(i))
		if _, err := caller.WriteToUDPAddrPort(b[:], to); err != nil {
			t.Fatal(err)
		}
		time.Sleep(100 * time.Microsecond) // the reader keeps up
	}
	_ = server.SetReadDeadline(time.Now().Add(2 * time.Second)) // nothing is later than that
	return <-arrived, r.Stats()
}

func TestAGoodLine(t *testing.T) {
	t.Parallel()
	got, st := through(t, Options{}, 200)
	if len(got) != 200 || st.Passed != 200 {
		t.Fatalf("%d of 200, %+v", len(got), st)
	}
	for i, n := range got {
		if int(n) != i {
			t.Fatalf("packet %d came as number %d", n, i)
		}
	}
}

// Half of the packets would like to leave before the one ahead of them, and none may.
func TestLatenessOvertakesNothing(t *testing.T) {
	t.Parallel()
	got, _ := through(t, Options{Jitter: 5 * time.Millisecond, Seed: 7}, 500)
	for i, n := range got {
		if int(n) != i {
			t.Fatalf("packet %d came as number %d of %d", n, i, len(got))
		}
	}
}

func TestABadLineIsBadInTheSameWayEachTime(t *testing.T) {
	t.Parallel()
	o := Options{Loss: 0.2, Jitter: 5 * time.Millisecond, Reorder: 0.1, Seed: 7}
	first, st := through(t, o, 500)
	if len(first) < 350 || len(first) > 450 || st.Lost+uint64(len(first)) != 500 || st.Reordered == 0 {
		t.Errorf("%d arrived, %+v", len(first), st)
	}
	behind := 0
	for i := 1; i < len(first); i++ {
		if first[i] < first[i-1] {
			behind++
		}
	}
	if behind == 0 {
		t.Error("nothing was overtaken")
	}
	again, _ := through(t, o, 500)
	if a, b := set(first), set(again); a != b {
		t.Error("the same seed lost other packets")
	}
	if o.Seed = 8; true {
		if other, _ := through(t, o, 500); set(other) == set(first) {
			t.Error("another seed lost the same packets")
		}
	}
}

// set names the packets that arrived, in whatever order.
func set(list []uint32) string {
	b := []byte(strings.Repeat(".", 500))
	for _, n := range list {
		b[n] = 'x'
	}
	return string(b)
}

func TestOptionsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]Options{"loss: 2": {Loss: 2}, "reorder: -1": {Reorder: -1}, "jitter: -1s": {Jitter: -time.Second}} {
		if bad := strings.Join(o.Validate(), "; "); !strings.Contains(bad, want) {
			t.Errorf("%q, want %q", bad, want)
		}
	}
	if bad := (Options{}).Validate(); len(bad) > 0 {
		t.Error(bad)
	}
}

// A seed loses the same messages each time, and the share that was asked for.
func TestDrop(t *testing.T) {
	t.Parallel()
	a, b := NewDrop(0.02, 5), NewDrop(0.02, 5)
	for i := range 50000 {
		if a.Lost() != b.Lost() {
			t.Fatalf("message %d: two runs of one seed differ", i)
		}
	}
	if s := a.Stats(); s.Passed+s.Lost != 50000 || s.Lost < 850 || s.Lost > 1150 {
		t.Errorf("%+v of 50000 at 2 %%", s)
	}
	if d := NewDrop(0, 5); d.Lost() || d.Stats().Passed != 1 {
		t.Error("a message was lost without loss")
	}
}
