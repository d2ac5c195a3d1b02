package callers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"decroche/bench/siptext"
)

// echo is a SIP server that answers every INVITE and sends every RTP packet back, all calls on
// one port. Requests to the user "busy" are refused.
type echo struct {
	sip, rtp *net.UDPConn
	acks     atomic.Int64
}

func newEcho(t *testing.T) *echo {
	t.Helper()
	e := &echo{}
	for _, c := range []**net.UDPConn{&e.sip, &e.rtp} {
		var err error
		if *c, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { (*c).Close() })
	}
	go e.serve()
	go func() {
		buf := make([]byte, 2048)
		for {
			n, from, err := e.rtp.ReadFromUDPAddrPort(buf)
			if errors.Is(err, net.ErrClosed) {
				return
			}
			_, _ = e.rtp.WriteToUDPAddrPort(buf[:n], from)
		}
	}()
	return e
}

func (e *echo) serve() {
	buf := make([]byte, 4096)
	for {
		n, from, err := e.sip.ReadFromUDPAddrPort(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		m, ok := siptext.Parse(buf[:n])
		if !ok {
			continue
		}
		at := e.sip.LocalAddr().String()
		port := e.rtp.LocalAddr().(*net.UDPAddr).Port
		var out []byte
		switch {
		case m.Method == "ACK":
			e.acks.Add(1)
			continue
		case m.Method == "INVITE" && m.User == "busy":
			out = siptext.Reply(m, "486 Busy Here", at, "", "")
		case m.Method == "INVITE":
			sdp := fmt.Sprintf("v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio %d RTP/AVP 8 101\r\n", port)
			out = []byte(strings.Replace(string(siptext.Reply(m, "200 OK", at, "application/sdp", sdp)), "\r\nCall-ID", ";tag=server\r\nCall-ID", 1))
		default:
			out = siptext.Reply(m, "200 OK", at, "", "")
		}
		_, _ = e.sip.WriteToUDPAddrPort(out, from)
	}
}

// parrot says a sound for a while, hears it come back, and hangs up.
type parrot struct {
	clip  *Clip
	said  int
	heard atomic.Int64
}

func (p *parrot) Say(*Call, time.Time) (*Clip, int) { p.said++; return p.clip, 0 }
func (p *parrot) Hear(c *Call, k Packet) {
	if k.Audible() && p.heard.Add(1) == 10 {
		c.Hangup()
	}
}

func tone() *Clip {
	pcm := make([]int16, frameBytes)
	for i := range pcm {
		pcm[i] = int16(8000 * math.Sin(2*math.Pi*400*float64(i)/8000))
	}
	return NewClip(pcm)
}

func TestCallsAreSetUpHeardAndEnded(t *testing.T) {
	t.Parallel()
	for _, oneIP := range []bool{false, true} {
		t.Run(fmt.Sprint("one address ", oneIP), func(t *testing.T) {
			t.Parallel()
			e := newEcho(t)
			var told atomic.Int64
			res, err := Run(t.Context(), Options{
				Target: "sip:bench@" + e.sip.LocalAddr().String(), Calls: 12, Rate: 100, Stay: 30 * time.Second, OneIP: oneIP,
				Script: func(int) Script { return &parrot{clip: tone()} }, Tell: func(int, int) { told.Add(1) },
			})
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Calls) != 12 || e.acks.Load() < 12 {
				t.Fatalf("%d calls, %d ACKs", len(res.Calls), e.acks.Load())
			}
			for _, c := range res.Calls {
				if c.Err != nil || c.Status != 200 || c.Tag != "server" || c.FirstAudio < 0 || c.Setup <= 0 || c.Stats.Gaps > 0 || c.Stats.Skips > 0 || c.Stats.Packets < 10 {
					t.Errorf("call %d: %+v", c.Index, c)
				}
			}
			if res.Inter.Count == 0 || res.Bare.Count == 0 {
				t.Error("nothing was timed")
			}
		})
	}
}

func TestARefusedCallFailsWithItsReason(t *testing.T) {
	t.Parallel()
	e := newEcho(t)
	res, err := Run(t.Context(), Options{Target: "sip:busy@" + e.sip.LocalAddr().String(), Calls: 2, Rate: 100, Stay: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Calls {
		if c.Status != 486 || c.Err == nil || !strings.Contains(c.Err.Error(), "486 Busy Here") {
			t.Errorf("status %d, %v", c.Status, c.Err)
		}
	}
}

func TestSomebodyWhoDoesNotAnswer(t *testing.T) {
	t.Parallel()
	deaf, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer deaf.Close()
	res, err := Run(t.Context(), Options{Target: "sip:x@" + deaf.LocalAddr().String(), Calls: 1, Rate: 100, Stay: time.Second, Answer: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if c := res.Calls[0]; c.Err == nil || !strings.Contains(c.Err.Error(), "no final response") {
		t.Errorf("%v", c.Err)
	}
}

func TestAnInterruptHangsUp(t *testing.T) {
	t.Parallel()
	e := newEcho(t)
	ctx, cancel := context.WithCancel(t.Context())
	res, err := Run(ctx, Options{
		Target: "sip:bench@" + e.sip.LocalAddr().String(), Calls: 10000, Rate: 50, Stay: time.Hour,
		Script: func(int) Script { return hearOnce(cancel) },
	})
	if err != nil || len(res.Calls) >= 10000 {
		t.Fatalf("%d calls, %v", len(res.Calls), err)
	}
}

// hearOnce runs a function at the first packet.
type hearOnce func()

func (hearOnce) Say(*Call, time.Time) (*Clip, int) { return nil, 0 }
func (f hearOnce) Hear(*Call, Packet)              { f() }

func TestOptionsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	good := Options{Target: "sip:a@127.0.0.1", Calls: 1, Rate: 1, Stay: time.Second}
	if bad := good.Validate(); len(bad) > 0 {
		t.Fatal(bad)
	}
	for want, change := range map[string]func(*Options){
		"target: \"127.0.0.1\" is no SIP address":    func(o *Options) { o.Target = "127.0.0.1" },
		"target: \"sip:127.0.0.1\" has no user@host": func(o *Options) { o.Target = "sip:127.0.0.1" },
		"does not lead to an IPv4 address":           func(o *Options) { o.Target = "sip:a@[::1]:5060" },
		"calls: 0 is not between":                    func(o *Options) { o.Calls = 0 },
		"calls: 200001 is not between":               func(o *Options) { o.Calls = 200001 },
		"rate: -1 is not between":                    func(o *Options) { o.Rate = -1 },
		"rate: NaN":                                  func(o *Options) { o.Rate = math.NaN() },
		"seconds: 0s is not between":                 func(o *Options) { o.Stay = 0 },
		"codec: \"opus\" is not known":               func(o *Options) { o.Codec = "opus" },
	} {
		o := good
		change(&o)
		if bad := strings.Join(o.Validate(), "; "); !strings.Contains(bad, want) {
			t.Errorf("%q, want %q", bad, want)
		}
	}
}

func TestStatisticsOfAStream(t *testing.T) {
	t.Parallel()
	for _, start := range []uint16{0, 127, 32767, 65535} {
		s := Stats{inter: &Histogram{}}
		payload := make([]byte, frameBytes)
		put := func(k int, at time.Duration, skip uint32) {
			s.add(Packet{At: int64(at), Seq: start + uint16(k), TS: uint32(k*frameBytes) + skip, Type: typePCMA, Payload: payload})
		}
		put(0, 0, 0)
		put(1, 20*time.Millisecond, 0)
		put(4, 80*time.Millisecond, 0)   // two are missing,
		put(3, 81*time.Millisecond, 0)   // one of them was late
		put(5, 100*time.Millisecond, 0)  //
		put(6, 120*time.Millisecond, 32) // the clock jumps
		if s.Packets != 6 || s.Gaps != 1 || s.Reorders != 1 || s.Skips != 1 || s.inter.Count != 3 {
			t.Errorf("from %d: %+v, %d times", start, s, s.inter.Count)
		}
		if got := s.inter.Percentile(50); got != 20.25 && got != 20 {
			t.Errorf("median %v ms", got)
		}
	}
}

func TestEveryCallHasItsAddress(t *testing.T) {
	t.Parallel()
	seen := map[[4]byte]bool{}
	for i := range MostCalls {
		a := addressOf(i)
		if seen[a] || callAt(a) != i || !netip.AddrFrom4(a).IsLoopback() {
			t.Fatalf("call %d: %v is call %d", i, a, callAt(a))
		}
		seen[a] = true
	}
}

func TestHistogramNeverFlatters(t *testing.T) {
	t.Parallel()
	h := &Histogram{}
	if h.Percentile(99) != 0 {
		t.Error("nothing has a percentile")
	}
	for range 99 {
		h.Add(20 * time.Millisecond)
	}
	h.Add(5 * time.Second)
	if p := h.Percentile(50); p < 20 || p > 20.25 {
		t.Errorf("p50 %v", p)
	}
	if p := h.Percentile(100); p != 5000 {
		t.Errorf("the largest is %v", p)
	}
	h.Add(-time.Second)
	if p := h.Percentile(0); p > 0.25 {
		t.Errorf("the smallest is %v", p)
	}
}

func TestWhatIsAudible(t *testing.T) {
	t.Parallel()
	for _, pt := range []uint8{typePCMA, typePCMU} {
		if (Packet{Type: pt, Payload: Silence.Frame(0, pt)}).Audible() {
			t.Error("silence is heard in", pt)
		}
		if !(Packet{Type: pt, Payload: tone().Frame(0, pt)}).Audible() {
			t.Error("a tone is not heard in", pt)
		}
	}
	if (Packet{Type: 101, Payload: tone().Frame(0, typePCMA)}).Audible() {
		t.Error("a telephone event is heard")
	}
}
