package sip

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// asking is patient, with callers who may have others called.
func asking() Config {
	c := patient()
	c.Transfer.ReferFrom = []string{"10.0.0.0/8"}
	return c
}

const moves = "Refer-To: <sip:201@" + agentAddr + "?Replaces=abc%40pbx%3Bto-tag%3D1%3Bfrom-tag%3D2>\n"

// asks lets a caller ask to be exchanged, and returns what they asked for.
func asks(t *testing.T, st *stage, c *peer.Script) (*line, leg.Ask) {
	t.Helper()
	c.Call(t, "", 4000)
	l := <-st.legs
	got := make(chan leg.Ask, 1)
	l.Stay()
	l.OnRefer(func(a leg.Ask) { got <- a })
	c.Request("REFER", moves)
	c.Response(202, "REFER")
	c.Reply(c.Raw.Request("NOTIFY"), 200, "OK", "", "")
	return l, <-got
}

// TestAdopt: who called us asks for another in their place. The line stays, with the same port of its sound;
// the one who is called is told of it by a re-INVITE, and hung up on at the end; who asked is told 200, and then
// hung up on, unless they have gone, at the 202 or before they were told.
func TestAdopt(t *testing.T) {
	t.Parallel()
	for _, leave := range []string{"never", "at once", "before the report is answered"} {
		t.Run(leave, func(t *testing.T) {
			virtual(t, asking(), nil, func(t *testing.T, st *stage) {
				c := st.caller()
				l, a := asks(t, st, c)
				port := l.local.port
				replaced := make(chan leg.Info, 1)
				l.OnReplaced(func(by leg.Info) { replaced <- by })
				if leave == "at once" {
					c.Bye(t)
				}
				agent := st.raw(agentAddr)
				got := st.dial(context.Background(), a.Invite)
				invite := agent.Request("INVITE")
				if invite.Get("replaces") != "abc@pbx;to-tag=1;from-tag=2" {
					t.Errorf("INVITE is %s", invite.Text)
				}
				agent.Reply(invite, 200, "OK", "a1", sdpAnswer(""))
				agent.Request("ACK")
				adopted := make(chan error, 1)
				d := <-got
				go func() { adopted <- l.Adopt(context.Background(), d.leg) }()
				if leave != "at once" {
					n := c.Raw.Request("NOTIFY")
					if !strings.HasPrefix(n.Body, "SIP/2.0 200 ") {
						t.Errorf("last report: %s", n.Body)
					}
					if leave == "never" {
						c.Reply(n, 200, "OK", "", "")
						c.Reply(c.Raw.Request("BYE"), 200, "OK", "", "")
					} else {
						c.Bye(t)
					}
				}
				again := agent.Request("INVITE")
				if !strings.Contains(again.Body, fmt.Sprintf("m=audio %d ", port)) || !strings.Contains(again.Body, "a=sendrecv") || again.Tag("to") != "a1" {
					t.Errorf("offered\n%s", again.Text)
				}
				if leave != "never" {
					synctest.Wait()
					for _, m := range c.Pending() {
						if m.Method() == "BYE" {
							t.Error("BYE to who has gone")
						}
					}
				}
				agent.Reply(again, 200, "OK", "a1", sdpAnswer(""))
				agent.Request("ACK")
				if err := <-adopted; err != nil {
					t.Fatal(err)
				}
				if by := <-replaced; !strings.Contains(by.From, "201@10.0.0.5") {
					t.Errorf("replaced by %+v", by)
				}
				if p := agreedOn(l); p.Remote.String() != "10.0.0.5:5000" || !p.Send || p.Held {
					t.Errorf("agreed on %+v", p)
				}
				if err := l.ctx.Err(); err != nil {
					t.Errorf("the line has ended: %v", context.Cause(l.ctx))
				}
				l.Hangup(context.Background(), leg.Normal)
				agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
				st.idleSoon()
			})
		})
	}
}

// Nobody takes the place: who asked is told and still there, or the line ends as hung up, then and not before.
func TestNobodyIsAdopted(t *testing.T) {
	t.Parallel()
	for _, gone := range []bool{false, true} {
		virtual(t, asking(), nil, func(t *testing.T, st *stage) {
			c := st.caller()
			l, a := asks(t, st, c)
			if gone {
				c.Bye(t)
				time.Sleep(10 * time.Second)
				if l.ctx.Err() != nil {
					t.Fatal("the line did not wait")
				}
			}
			a.Tell(180)
			if !gone {
				c.Reply(c.Raw.Request("NOTIFY"), 200, "OK", "", "")
			}
			a.Tell(486)
			if gone {
				if err := context.Cause(l.ctx); !errors.Is(err, leg.ErrHungUp) {
					t.Errorf("the line ended by %v", err)
				}
			} else {
				c.Reply(c.Raw.Request("NOTIFY"), 200, "OK", "", "")
				c.Bye(t)
			}
			st.idleSoon()
		})
	}
}

// A stranger who called us has nobody called at our cost.
func TestStrangersAskForNobody(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		l.OnRefer(func(a leg.Ask) { t.Errorf("asked for %+v", a) })
		c.Request("REFER", moves)
		c.Response(403, "REFER")
		c.Bye(t)
		st.idleSoon()
	})
}

// What a telephone that registered here keys stands before our own domain: a number leaves by a trunk, within
// what outbound: allows; a phone of ours, an extension and a name are whom they say.
func TestWhomATelephoneMeans(t *testing.T) {
	cfg := withPhones(t)
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		for addr, want := range map[string]string{
			"sip:0612345678@decroche":    "tel:0612345678",
			"sip:+33612345678@DECROCHE":  "tel:+33612345678",
			"sip:karim@decroche":         "sip:karim@decroche",
			"sip:204@decroche":           "sip:204@decroche",
			"sip:0612345678@pbx.example": "sip:0612345678@pbx.example",
			"tel:0612345678":             "tel:0612345678",
		} {
			if got := st.meant(addr); got != want {
				t.Errorf("%s is %s, want %s", addr, got, want)
			}
		}
		for addr, may := range map[string]bool{"tel:0899123456": false, "sip:karim@decroche": true, "sip:0612345678@elsewhere.example": false} {
			if err := st.mayBeCalled(addr); (err == nil) != may {
				t.Errorf("%s: %v", addr, err)
			}
		}
	})
}
