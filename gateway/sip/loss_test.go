package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/media/rtp"
)

// TestLossOfAnyMessage loses each SIP message of a call in turn (INVITE, 100, 180, 200, ACK,
// UPDATE, BYE and their answers), and every message twice over: the call ends as the undamaged
// one does, a little later, and nothing is left.
func TestLossOfAnyMessage(t *testing.T) {
	t.Parallel()
	for lost := -1; lost < 9; lost++ {
		for _, twice := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d/%v", lost, twice), func(t *testing.T) {
				t.Parallel()
				virtual(t, patient(), nil, func(t *testing.T, st *stage) {
					phone := st.second(t)
					n := 0
					st.net.Drop = func(from, to netip.AddrPort, b []byte) bool {
						if from.Port() != 5060 || to.Port() != 5060 {
							return false
						}
						n++
						return n-1 == lost || twice && n-2 == lost
					}
					begin := time.Now()
					l, err := phone.Dial(context.Background(), leg.Invite{Addr: "sip:hotline@" + serverIP + ":5060"})
					if err != nil {
						t.Fatal(err)
					}
					if d := time.Since(begin); d > 4*time.Second {
						t.Errorf("set up after %v", d)
					}
					theirs := <-st.legs
					l.(*line).refresh()
					time.Sleep(10 * time.Second)
					if l.(*line).ctx.Err() != nil || theirs.ctx.Err() != nil {
						t.Errorf("the call ended: %v, %v", context.Cause(l.(*line).ctx), context.Cause(theirs.ctx))
					}
					if p := agreedOn(theirs); !p.Send || p.Codec != "PCMA" {
						t.Errorf("agreed on %+v", p)
					}
					l.Hangup(context.Background(), leg.Normal)
					select {
					case <-theirs.ctx.Done():
					case <-time.After(4 * time.Second):
						t.Error("the far end still talks 4 s after the hangup")
					}
					time.Sleep(70 * time.Second)
					synctest.Wait()
					if !st.idle() || !phone.idle() {
						t.Errorf("left: server idle %v, phone idle %v", st.idle(), phone.idle())
					}
				})
			})
		}
	}
}

// second is another server of ours on the same network, as the far end.
func (st *stage) second(t *testing.T) *Server {
	cfg := patient()
	cfg.Listen, cfg.Transports = "10.0.0.2:5060", []string{"udp"}
	engine := st.mediaAt("10.0.0.2")
	s, err := newServer(cfg, engine, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	s.packets, s.resolve = st.packets, st.resolve
	if err := s.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); engine.Close() })
	return s
}

// TestMediaTimeout: a call without sound ends after the configured time, one on hold does not.
func TestMediaTimeout(t *testing.T) {
	t.Parallel()
	cfg := DefaultConfig()
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		c.Request("UPDATE", offer(4000, "a=inactive\n"))
		c.Response(200, "UPDATE")
		time.Sleep(5 * time.Minute)
		if l.ctx.Err() != nil {
			t.Fatalf("ended on hold: %v", context.Cause(l.ctx))
		}
		c.Request("UPDATE", offer(4000, ""))
		c.Response(200, "UPDATE")
		begin := time.Now()
		bye := c.RequestWithin(time.Minute, "BYE")
		if d := bye.At.Sub(begin); d < 30*time.Second || d > 32*time.Second {
			t.Errorf("BYE after %v", d)
		}
		c.Reply(bye, 200, "OK", "", "")
		if err := context.Cause(l.ctx); err != leg.ErrMediaTimeout {
			t.Errorf("ended by %v", err)
		}
	})
}

// TestExpected: a line of which sound is expected ends ten seconds after the last packet; one on hold does not.
func TestExpected(t *testing.T) {
	t.Parallel()
	for name, held := range map[string]bool{"xfer_37_no_packet": false, "xfer_37_on_hold": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, DefaultConfig(), nil, func(t *testing.T, st *stage) {
				c := st.caller()
				c.Call(t, "", 4000)
				l := <-st.legs
				l.Expect(10 * time.Second)
				time.Sleep(5 * time.Second)
				if held {
					c.Request("UPDATE", offer(4000, "a=inactive\n"))
					c.Response(200, "UPDATE")
					time.Sleep(5 * time.Minute)
					if l.ctx.Err() != nil {
						t.Fatalf("ended on hold: %v", context.Cause(l.ctx))
					}
					c.Request("UPDATE", offer(4000, ""))
					c.Response(200, "UPDATE")
				}
				begin, want := time.Now(), 5*time.Second
				if held {
					want = 10 * time.Second
				}
				bye := c.RequestWithin(time.Minute, "BYE")
				if d := bye.At.Sub(begin); d < want-time.Second || d > want+2*time.Second {
					t.Errorf("BYE after %v, want %v", d, want)
				}
				c.Reply(bye, 200, "OK", "", "")
				if err := l.Why(); err != leg.ErrMediaTimeout {
					t.Errorf("ended by %v", err)
				}
			})
		})
	}
}

// TestNoMediaPorts: when the ports run out, callers are told to come back.
func TestNoMediaPorts(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		st.media.ListenWith(func(string, int) (rtp.Conn, error) { return nil, errors.New("in use") })
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		if m := c.Response(503, "INVITE"); m.Get("retry-after") == "" {
			t.Error("503 without Retry-After")
		}
	})
}
