package sip

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"decroche/gateway/leg"
	"decroche/internal/peer"
	"decroche/media"
)

// TestHostile30: the agent's 200 and our CANCEL cross. Whoever dialled gets a line or an error, never both;
// the agent gets ACK, also for a 200 that is repeated, and one BYE; nothing remains.
func TestHostile30(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		rings  bool          // 180 came before; else the CANCEL has to wait for it
		apart  time.Duration // the 200 leaves so long after the order to stop, or before
		cancel int           // what the CANCEL is answered
	}{
		"xfer_30_after_the_cancel":        {rings: true, apart: 20 * time.Millisecond, cancel: 200},
		"xfer_30_cancel_finds_nothing":    {rings: true, apart: 20 * time.Millisecond, cancel: 481},
		"xfer_30_at_the_same_moment":      {rings: true, cancel: 200},
		"xfer_30_just_before":             {rings: true, apart: -time.Nanosecond, cancel: 481},
		"xfer_30_first_word_is_the_200":   {apart: 20 * time.Millisecond},
		"xfer_30_cancel_is_not_answered":  {rings: true, apart: time.Second},
		"xfer_30_long_after_it_was_asked": {rings: true, apart: 25 * time.Second, cancel: 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				agent := st.raw(agentAddr)
				ctx, cancel := context.WithCancelCause(context.Background())
				gone := errors.New("the caller is gone")
				got := st.dial(ctx, leg.Invite{RingFor: time.Minute})
				invite := agent.Request("INVITE")
				if row.rings {
					agent.Reply(invite, 180, "Ringing", "a1", "")
				}
				time.Sleep(2 * time.Second)
				answer := func() { agent.Reply(invite, 200, "OK", "a1", sdpAnswer("")) }
				if row.apart < 0 {
					answer()
				} else {
					time.AfterFunc(row.apart, answer)
				}
				cancel(gone)
				d := <-got
				if (d.err == nil) == (d.leg == nil || d.leg == (*line)(nil)) || d.err != nil && !errors.Is(d.err, gone) {
					t.Fatalf("came to %v, %v", d.leg, d.err)
				}
				if d.err == nil { // the answer was first: whoever dialled is gone, and hangs up
					d.leg.Hangup(context.Background(), leg.Normal)
				}
				seen := map[string]int{}
				for end := time.Now().Add(35 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
					for _, m := range agent.Pending() {
						seen[m.Method()]++
						switch {
						case m.Status() > 0 || m.Method() == "ACK":
						case m.Method() == "CANCEL" && row.cancel == 0: // lost
						case m.Method() == "CANCEL":
							agent.Reply(m, row.cancel, "so", "a1", "")
						case m.Method() == "BYE":
							if m.Tag("to") != "a1" {
								t.Errorf("BYE is %s", m.Text)
							}
							agent.Reply(m, 200, "OK", "", "")
							answer() // its ACK had been lost
						}
					}
				}
				if seen["ACK"] != 2 || seen["BYE"] != 1 {
					t.Errorf("the agent got %v, want two ACK and one BYE", seen)
				}
				if n := st.Lines(); n != 0 {
					t.Errorf("%d lines are left", n)
				}
				st.idleSoon()
			})
		})
	}
}

// TestHostile31: two and three telephones behind one number answer. The first has the caller; each other one
// gets ACK and one BYE within a second, also when it repeats its 200, and is counted.
func TestHostile31(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		losers int
		apart  time.Duration // between two answers
		over   bool          // the winner has hung up by then
	}{
		"xfer_31_two_at_once":        {losers: 1},
		"xfer_31_three":              {losers: 2, apart: 300 * time.Millisecond},
		"xfer_31_ten_seconds_later":  {losers: 1, apart: 10 * time.Second},
		"xfer_31_after_all_was_over": {losers: 1, apart: 5 * time.Second, over: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				agent := st.raw(agentAddr)
				got := st.dial(context.Background(), leg.Invite{})
				invite := agent.Request("INVITE")
				agent.Reply(invite, 180, "Ringing", "one", "")
				agent.Reply(invite, 200, "OK", "one", sdpAnswer(""))
				agent.Request("ACK")
				d := <-got
				if d.err != nil {
					t.Fatal(d.err)
				}
				if row.over {
					go d.leg.Hangup(context.Background(), leg.Normal)
					agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
				}
				for i := range row.losers {
					time.Sleep(row.apart)
					tag, ip := fmt.Sprint("loser", i), fmt.Sprintf("10.0.0.%d", 20+i)
					other := st.raw(ip + ":5060")
					answer := func() {
						agent.Reply(invite, 200, "OK", tag, strings.ReplaceAll(sdpAnswer(""), "10.0.0.5", ip))
					}
					answered := time.Now()
					answer()
					for _, method := range []string{"ACK", "BYE"} {
						m := other.Request(method)
						if d := m.At.Sub(answered); m.Tag("to") != tag || d > time.Second {
							t.Errorf("%s for %q after %v", method, m.Tag("to"), d)
						}
						if method == "BYE" {
							answer() // before it had the ACK
							other.Reply(m, 200, "OK", "", "")
						}
					}
					other.Request("ACK")
					time.Sleep(5 * time.Second)
					for _, m := range other.Pending() {
						t.Errorf("the loser got %q besides", m.Start)
					}
				}
				if n := testutil.ToFloat64(st.metrics.lateForks); int(n) != row.losers {
					t.Errorf("%v losers were counted, want %d", n, row.losers)
				}
				if l := d.leg.(*line); !row.over {
					if i := l.Info(); i.PeerTag != "one" || l.ctx.Err() != nil || agreedOn(l).Remote.String() != "10.0.0.5:5000" {
						t.Errorf("the winner is %+v, ended by %v", i, context.Cause(l.ctx))
					}
					go l.Hangup(context.Background(), leg.Normal)
					if bye := agent.Request("BYE"); bye.Tag("to") != "one" {
						t.Errorf("the winner's BYE has tag %q", bye.Tag("to"))
					} else {
						agent.Reply(bye, 200, "OK", "", "")
					}
				}
				st.idleSoon()
			})
		})
	}
}

// sound is the media of a far end.
type sound struct {
	*peer.Conn
	to  string
	seq uint16
}

func (st *stage) sound(addr, to string) *sound {
	c, err := st.net.Listen(netip.MustParseAddrPort(addr))
	if err != nil {
		st.t.Fatal(err)
	}
	st.t.Cleanup(func() { c.Close() })
	return &sound{Conn: c, to: to}
}

// packet sends 20 ms of payload type pt.
func (s *sound) packet(pt byte, marked bool, payload []byte) {
	s.seq++
	if marked {
		pt |= 0x80
	}
	stamp := uint32(s.seq) * 160
	b := []byte{0x80, pt, byte(s.seq >> 8), byte(s.seq), byte(stamp >> 24), byte(stamp >> 16), byte(stamp >> 8), byte(stamp), 1, 2, 3, 4}
	s.WriteToUDPAddrPort(append(b, payload...), netip.MustParseAddrPort(s.to))
}

// key sends one packet of a key, of type 96: all of one key have one time (RFC 4733 §2.5.1).
func (s *sound) key(digit byte, first, last bool, held time.Duration) {
	s.seq++
	pt, end := byte(96), byte(10)
	if first {
		pt |= 0x80
	}
	if last {
		end |= 0x80
	}
	n, stamp := uint16(held.Seconds()*8000), uint32(100*160)
	b := []byte{0x80, pt, byte(s.seq >> 8), byte(s.seq), byte(stamp >> 24), byte(stamp >> 16), byte(stamp >> 8), byte(stamp & 0xff), 1, 2, 3, 4, digit, end, byte(n >> 8), byte(n)}
	s.WriteToUDPAddrPort(b, netip.MustParseAddrPort(s.to))
}

// got counts what came until now, by payload type, silence left out.
func (s *sound) got() map[byte]int {
	n, b := map[byte]int{}, make([]byte, 2000)
	for {
		s.SetReadDeadline(time.Now().Add(time.Millisecond))
		k, _, err := s.ReadFromUDPAddrPort(b)
		if err != nil {
			return n
		}
		if k > 12 && b[1]>>1 != 36 { // RTCP is 200 to 204
			n[b[1]&0x7f]++
		}
	}
}

// TestHostile33: the agent answers with another codec than the caller's, and with another type for keys, or
// none. Sound passes both ways, keys too; only what has nothing in common ends, with 488.
func TestHostile33(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		answer     string // the agent's m= line and what belongs to it
		codec      string
		audio, key byte
	}{
		"xfer_33_other_codec":    {"m=audio 5000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n", "PCMU", 0, 101},
		"xfer_33_other_key_type": {"m=audio 5000 RTP/AVP 8 110\na=rtpmap:110 telephone-event/8000\n", "PCMA", 8, 110},
		"xfer_33_no_keys":        {"m=audio 5000 RTP/AVP 0\n", "PCMU", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := patient()
			cfg.Codecs, cfg.DTMF.Send = []string{"PCMA", "PCMU"}, "auto"
			virtual(t, cfg, nil, func(t *testing.T, st *stage) {
				c := st.caller()
				c.Call(t, "", 4000)
				l := <-st.legs
				agent := st.raw(agentAddr)
				got := st.dial(context.Background(), leg.Invite{})
				invite := agent.Request("INVITE")
				head, _, _ := strings.Cut(sdpAnswer(""), "m=audio")
				agent.Reply(invite, 200, "OK", "a1", head+row.answer)
				agent.Request("ACK")
				d := <-got
				if d.err != nil {
					t.Fatal(d.err)
				}
				a := d.leg.(*line)
				if l.Codec() != "PCMA" || a.Codec() != row.codec || a.Info().Codec != row.codec {
					t.Errorf("the caller has %s, the agent %s (%s)", l.Codec(), a.Codec(), a.Info().Codec)
				}
				theirs := st.sound("10.0.0.2:4000", fmt.Sprintf("%s:%d", serverIP, l.media.Port()))
				agents := st.sound("10.0.0.5:5000", fmt.Sprintf("%s:%d", serverIP, a.media.Port()))
				ctx, stop := context.WithCancel(context.Background())
				keys := make(chan byte, 9)
				across := func(from, to *line) {
					for {
						h, err := from.Receive(ctx)
						switch {
						case err != nil:
							return
						case h.Digit != 0:
							keys <- h.Digit
						default:
							to.Send(ctx, h.Frame)
						}
					}
				}
				go across(l, a)
				go across(a, l)
				for i := range 100 {
					theirs.packet(8, i == 0, bytes.Repeat([]byte{0x2a}, 160))
					agents.packet(row.audio, i == 0, bytes.Repeat([]byte{0x10}, 160))
					time.Sleep(20 * time.Millisecond)
				}
				if n, m := theirs.got(), agents.got(); n[8] < 60 || len(n) != 1 || m[row.audio] < 60 || len(m) != 1 {
					t.Errorf("the caller got %v, the agent %v", n, m)
				}
				for i := range 8 { // key 5 of the caller, 160 ms, and its end three times
					theirs.key(5, i == 0, i >= 5, time.Duration(min(i, 5)+1)*20*time.Millisecond)
					time.Sleep(20 * time.Millisecond)
				}
				if k := <-keys; k != '5' {
					t.Errorf("heard key %c", k)
				}
				pressed := make(chan error, 1)
				go func() { pressed <- a.SendDigits(ctx, "5") }()
				if row.key == 0 {
					agent.Reply(agent.Request("INFO"), 200, "OK", "", "")
				}
				if err := <-pressed; err != nil {
					t.Error(err)
				}
				time.Sleep(100 * time.Millisecond)
				if n := agents.got()[row.key]; row.key != 0 && n < 5 {
					t.Errorf("the key came in %d packets of type %d", n, row.key)
				}
				stop()
				go a.Hangup(context.Background(), leg.Normal)
				agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
				c.Bye(t)
				st.idleSoon()
			})
		})
	}
	t.Run("xfer_33_nothing_in_common", func(t *testing.T) {
		t.Parallel()
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			agent := st.raw(agentAddr)
			got := st.dial(context.Background(), leg.Invite{})
			agent.Reply(agent.Request("INVITE"), 200, "OK", "a1", strings.Replace(sdpAnswer(""), "8 101", "18", 1))
			agent.Request("ACK")
			if bye := agent.Request("BYE"); !strings.Contains(bye.Get("reason"), "488") {
				t.Errorf("Reason is %q", bye.Get("reason"))
			} else {
				agent.Reply(bye, 200, "OK", "", "")
			}
			if d := <-got; d.err == nil {
				t.Error("it came to a line")
			}
			st.idleSoon()
		})
	})
}

// TestAForeignPacketMovesNothing: in a call that runs, sound from elsewhere neither moves ours nor is heard.
func TestAForeignPacketMovesNothing(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		synctest.Wait()
		port := fmt.Sprintf("%s:%d", serverIP, l.media.Port())
		theirs, thief := st.sound("10.0.0.2:4000", port), st.sound("10.0.0.66:4000", port)
		say := func() {
			for range 25 {
				theirs.packet(8, false, bytes.Repeat([]byte{0x2a}, 160))
				l.Send(context.Background(), media.Frame{PCM: make([]int16, 160), Rate: 8000})
				time.Sleep(20 * time.Millisecond)
			}
		}
		say()
		thief.packet(8, true, bytes.Repeat([]byte{0x10}, 160))
		say()
		if n, m := theirs.got(), thief.got(); n[8] < 40 || len(m) != 0 {
			t.Errorf("the caller got %v, the stranger %v", n, m)
		}
		c.Bye(t)
		st.idleSoon()
	})
}
