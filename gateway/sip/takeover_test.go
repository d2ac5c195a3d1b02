package sip

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
	"decroche/media"
)

// replacesOf is the Replaces header for the dialog of c, as whoever takes the call over writes it: to-tag
// is that of the server.
func replacesOf(c *peer.Script) string {
	return fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", c.CallID, c.Theirs, c.Tag)
}

// TestHostile23: another telephone takes the caller's place. The line stays, its sound goes to the new
// one, and the old one gets BYE after the new ACK and not before.
func TestHostile23(t *testing.T) {
	t.Parallel()
	for _, delayed := range []bool{false, true} {
		t.Run(fmt.Sprintf("xfer_23_taken_over/delayed offer %v", delayed), func(t *testing.T) {
			t.Parallel()
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				old := st.caller()
				old.Call(t, "", 4000)
				l := <-st.legs
				synctest.Wait()
				by := make(chan leg.Info, 2)
				l.OnReplaced(func(i leg.Info) { by <- i })
				port := l.media.Port()
				now := st.caller()
				sdp := "\n" + offer(4010, "")
				if delayed {
					sdp = ""
				}
				now.Request("INVITE", replacesOf(old)+sdp)
				ok := now.Response(200, "INVITE")
				if !strings.Contains(ok.Body, fmt.Sprintf("m=audio %d ", port)) {
					t.Errorf("the sound does not stay at port %d:\n%s", port, ok.Body)
				}
				now.Follow(ok)
				time.Sleep(300 * time.Millisecond)
				if got := old.Pending(); len(got) > 0 || agreedOn(l).Remote.Port() != 4000 {
					t.Errorf("before the ACK: %d messages to the old far end, sound to %v", len(got), agreedOn(l).Remote)
				}
				answer := ""
				if delayed {
					answer = offer(4010, "")
				}
				acked := time.Now()
				now.Request("ACK", answer)
				bye := old.Raw.Request("BYE")
				old.Reply(bye, 200, "OK", "", "")
				if gap := time.Since(acked); gap > 200*time.Millisecond || agreedOn(l).Remote.Port() != 4010 {
					t.Errorf("after %v the sound goes to %v", gap, agreedOn(l).Remote)
				}
				if i := <-by; l.ctx.Err() != nil || len(by) != 0 || i.PeerTag != now.Tag {
					t.Errorf("the line ended: %v; told %+v", context.Cause(l.ctx), i)
				}
				old.Request("INFO", "")
				old.Response(481, "INFO")
				now.Request("INFO", "") // the new far end has the dialog, with numbers of its own
				now.Response(200, "INFO")
				now.Bye(t)
				if !errors.Is(context.Cause(l.ctx), leg.ErrHungUp) {
					t.Errorf("ended by %v", context.Cause(l.ctx))
				}
				st.idleSoon()
			})
		})
	}
}

// TestHostile23Unconfirmed: who takes a call over and never confirms it has taken nothing.
func TestHostile23Unconfirmed(t *testing.T) {
	t.Parallel()
	for _, hangs := range []bool{false, true} {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			old := st.caller()
			old.Call(t, "", 4000)
			l := <-st.legs
			now := st.caller()
			now.Request("INVITE", replacesOf(old)+"\n"+offer(4010, ""))
			now.Follow(now.Response(200, "INVITE"))
			if hangs {
				now.Request("BYE", "")
				now.Response(200, "BYE")
			} else {
				now.Reply(now.RequestWithin(40*time.Second, "BYE"), 200, "OK", "", "")
			}
			if l.ctx.Err() != nil || agreedOn(l).Remote.Port() != 4000 {
				t.Errorf("the line ended (%v), or its sound moved to %v", context.Cause(l.ctx), agreedOn(l).Remote)
			}
			old.Bye(t)
			st.idleSoon()
		})
	}
}

// TestHostile24: what is no call of ours, or may not be taken over, with the status that says so; it is
// never a new call, and the one that runs is not touched.
func TestHostile24(t *testing.T) {
	t.Parallel()
	cfg := patient()
	cfg.Transfer.ReplacesFrom = []string{"10.0.9.0/24"}
	virtual(t, cfg, func(ctx context.Context, l leg.Leg) {
		if l.Info().Called == "hotline" {
			l.Answer(ctx)
		}
		<-ctx.Done()
	}, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		early := st.caller()
		early.URI = strings.Replace(early.URI, "hotline", "later", 1)
		early.Request("INVITE", offer(4002, ""))
		early.Follow(early.Response(180, "INVITE"))
		good := replacesOf(c)
		swapped := fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=%s\n", c.CallID, c.Tag, c.Theirs)
		for _, row := range []struct {
			name, header, from string
			status             int
		}{
			{"xfer_24_no_match", "Replaces: nobody@peer;to-tag=a;from-tag=b\n", "10.0.0.2:0", 481},
			{"xfer_24_wrong_tags", swapped, "10.0.0.2:0", 481},
			{"xfer_24_wrong_from_tag", strings.Replace(good, ";from-tag="+c.Tag, ";from-tag=x", 1), "10.0.0.2:0", 481},
			{"xfer_24_broken", "Replaces: " + c.CallID + "\n", "10.0.0.2:0", 400},
			{"xfer_24_two", good + good, "10.0.0.2:0", 400},
			{"xfer_25_early_only", strings.TrimSpace(good) + ";early-only\n", "10.0.0.2:0", 486},
			{"xfer_25_early_dialog", replacesOf(early), "10.0.0.2:0", 481},
			{"xfer_26_stranger", good, "10.0.0.7:0", 403},
		} {
			p := peer.NewScript(st.raw(row.from), serverIP+":5060", "hotline")
			p.Request("INVITE", row.header+"\n"+offer(4010, ""))
			p.Await(time.Second, row.name, func(m peer.Message) bool { return m.Status() == row.status })
			p.AckFailure()
		}
		if n := len(st.legs); n != 1 { // the one that rings
			t.Errorf("%d new calls", n-1)
		}
		if l.ctx.Err() != nil || agreedOn(l).Remote.Port() != 4000 {
			t.Error("the call that runs was touched")
		}
		named := peer.NewScript(st.raw("10.0.9.1:0"), serverIP+":5060", "hotline")
		named.Request("INVITE", good+"\n"+offer(4020, ""))
		named.Follow(named.Response(200, "INVITE"))
		named.Request("ACK", "")
		c.Reply(c.Raw.Request("BYE"), 200, "OK", "", "")
		named.Bye(t)
		early.Request("CANCEL", "")
	})
}

// TestHostile25Ours: a telephone that we ring is not picked up by Replaces: 481, it goes on ringing, and whoever
// answers there is the one outcome.
func TestHostile25Ours(t *testing.T) {
	t.Parallel()
	t.Run("xfer_25_early_dialog_we_began", func(t *testing.T) {
		cfg := patient()
		cfg.Transfer.ReplacesFrom = []string{"10.0.9.0/24"}
		virtual(t, cfg, nil, func(t *testing.T, st *stage) {
			agent := st.raw(agentAddr)
			got := st.dial(context.Background(), leg.Invite{RingFor: time.Minute})
			invite := agent.Request("INVITE")
			agent.Reply(invite, 180, "Ringing", "a1", "")
			time.Sleep(time.Second)
			for _, early := range []string{"", ";early-only"} {
				p := peer.NewScript(st.raw("10.0.9.1:0"), serverIP+":5060", "hotline")
				p.Request("INVITE", fmt.Sprintf("Replaces: %s;to-tag=%s;from-tag=a1%s\n\n%s", invite.Get("call-id"), invite.Tag("from"), early, offer(4010, "")))
				p.Await(time.Second, "481", func(m peer.Message) bool { return m.Status() == 481 })
				p.AckFailure()
			}
			time.Sleep(time.Second)
			for _, m := range agent.Pending() {
				t.Errorf("the telephone that rings got %s", m.Method())
			}
			agent.Reply(invite, 200, "OK", "a1", sdpAnswer(""))
			if d := <-got; d.err != nil {
				t.Errorf("came to %v", d.err)
			} else {
				agent.Request("ACK")
				go d.leg.Hangup(context.Background(), leg.Normal)
				agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
			}
			if len(st.legs) != 0 {
				t.Error("a new call came of it")
			}
			st.idleSoon()
		})
	})
}

// TestAskedToTransfer: a far end sends REFER. It is told 202, at once "100 Trying", and once how it ended;
// our BYE waits for the answer to that.
func TestAskedToTransfer(t *testing.T) {
	t.Parallel()
	virtual(t, asking(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		asks := make(chan leg.Ask, 3)
		refer := "Refer-To: <sip:204@10.0.0.2?Replaces=abc%40pbx%3Bto-tag%3D1%3Bfrom-tag%3D2&User-to-User=3031&Route=evil>\nReferred-By: <sip:201@10.0.0.2>\n"
		c.Request("REFER", refer) // nobody wants it
		c.Response(603, "REFER")
		l.OnRefer(func(a leg.Ask) { asks <- a })
		for status, bad := range map[int]string{
			400: "X: y\n", 416: "Refer-To: <https://10.0.0.2>\n",
		} {
			c.Request("REFER", bad)
			c.Response(status, "REFER")
		}
		for _, bad := range []string{refer + refer, "Refer-To: <sip:204@10.0.0.2\n", "Refer-To: <sip:204@10.0.0.2?Replaces=x>\n", "Refer-To: <sip:204@10.0.0.2?Subject=a%0d%0aRoute:x>\n"} {
			c.Request("REFER", bad)
			c.Response(400, "REFER")
		}
		c.Request("REFER", refer)
		id := c.CSeq
		c.Response(202, "REFER")
		n := c.Raw.Request("NOTIFY")
		if !strings.HasPrefix(n.Body, "SIP/2.0 100 ") || n.Get("event") != fmt.Sprintf("refer;id=%d", id) || !strings.HasPrefix(n.Get("subscription-state"), "active") {
			t.Errorf("first report: %s", n.Text)
		}
		c.Reply(n, 200, "OK", "", "")
		a := <-asks
		if a.To != "sip:204@10.0.0.2" || a.Invite.Replaces != "abc@pbx;to-tag=1;from-tag=2" || a.Invite.Headers["Referred-By"] != "<sip:201@10.0.0.2>" ||
			a.Invite.Headers["User-to-User"] != "3031" || len(a.Invite.Headers) != 2 {
			t.Errorf("asked for %+v", a)
		}
		c.Request("REFER", refer)
		c.Response(491, "REFER")
		a.Tell(180)
		c.Reply(c.Raw.Request("NOTIFY"), 200, "OK", "", "")
		a.Tell(200)
		a.Tell(486) // too late
		l.Hangup(context.Background(), leg.Normal)
		n = c.Raw.Request("NOTIFY")
		if !strings.HasPrefix(n.Body, "SIP/2.0 200 ") || !strings.HasPrefix(n.Get("subscription-state"), "terminated") {
			t.Errorf("last report: %s", n.Text)
		}
		time.Sleep(300 * time.Millisecond)
		if got := c.Pending(); len(got) > 0 {
			t.Errorf("%q before the report was answered", got[0].Start)
		}
		c.Reply(n, 200, "OK", "", "")
		c.Reply(c.Raw.Request("BYE"), 200, "OK", "", "")
		st.idleSoon()
	})
}

// TestAskedThenGone: who asked may leave at any moment, and may leave the last report unanswered.
func TestAskedThenGone(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"they leave", "no answer", "no outcome"} {
		virtual(t, asking(), nil, func(t *testing.T, st *stage) {
			c := st.caller()
			c.Call(t, "", 4000)
			l := <-st.legs
			asks := make(chan leg.Ask, 1)
			l.OnRefer(func(a leg.Ask) { asks <- a })
			c.Request("REFER", "Refer-To: sip:204@10.0.0.2\n")
			c.Reply(c.Raw.Request("NOTIFY"), 200, "OK", "", "")
			a := <-asks
			switch how {
			case "they leave":
				c.Bye(t)
				a.Tell(200)
				c.Reply(c.Raw.Request("NOTIFY"), 481, "Gone", "", "")
			case "no answer":
				a.Tell(200)
				l.Hangup(context.Background(), leg.Normal)
				begin := time.Now()
				c.Reply(c.Raw.Request("BYE"), 200, "OK", "", "")
				if d := time.Since(begin); d != settleFor {
					t.Errorf("BYE after %v", d)
				}
			case "no outcome":
				l.Hangup(context.Background(), leg.Normal)
				n := c.Raw.Request("NOTIFY")
				if !strings.HasPrefix(n.Body, "SIP/2.0 487 ") {
					t.Errorf("last report: %s", n.Body)
				}
				c.Reply(n, 200, "OK", "", "")
				c.Reply(c.Raw.Request("BYE"), 200, "OK", "", "")
				a.Tell(200) // too late
			}
			st.idleSoon()
		})
	}
}

// TestHostile35: both sides offer at once; the hold succeeds after the wait of RFC 3261 §14.1, and the
// call is not harmed.
func TestHostile35(t *testing.T) {
	t.Parallel()
	t.Run("xfer_35_glare", func(t *testing.T) {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			c := st.caller()
			c.Call(t, "", 4000)
			l := <-st.legs
			synctest.Wait()
			held := make(chan error, 1)
			go func() { held <- l.Hold(context.Background()) }()
			for range 2 {
				m := c.Raw.Request("INVITE")
				if !strings.Contains(m.Body, "a=sendonly") {
					t.Errorf("offer\n%s", m.Body)
				}
				c.Request("INVITE", offer(4000, "")) // theirs, meanwhile
				c.Response(491, "INVITE")
				c.AckFailure()
				c.Reply(m, 491, "Request Pending", "", "")
				begin := time.Now()
				m = c.Raw.Request("ACK")
				if d := time.Since(begin); d > 2*time.Second {
					t.Errorf("waited %v although the Call-ID is not ours", d)
				}
			}
			m := c.Raw.Request("INVITE")
			c.Reply(m, 200, "OK", "", "Contact: <sip:peer@"+c.Addr()+">\nContent-Type: application/sdp\n\n"+offer(4000, "a=recvonly\n"))
			c.Raw.Request("ACK")
			if err := <-held; err != nil {
				t.Fatal(err)
			}
			if p := agreedOn(l); !p.Send || p.Receive || !p.Held {
				t.Errorf("agreed on %+v", p)
			}
			go func() { held <- l.Unhold(context.Background()) }()
			m = c.Raw.Request("INVITE")
			if !strings.Contains(m.Body, "a=sendrecv") {
				t.Errorf("offer\n%s", m.Body)
			}
			c.Reply(m, 200, "OK", "", "Contact: <sip:peer@"+c.Addr()+">\nContent-Type: application/sdp\n\n"+offer(4000, ""))
			c.Raw.Request("ACK")
			if err := <-held; err != nil {
				t.Fatal(err)
			}
			if p := agreedOn(l); !p.Send || !p.Receive || p.Held {
				t.Errorf("agreed on %+v", p)
			}
			go func() { held <- l.Hold(context.Background()) }()
			c.Reply(c.Raw.Request("INVITE"), 488, "Not Acceptable Here", "", "")
			if err := <-held; err == nil || l.ctx.Err() != nil {
				t.Errorf("a refused hold: %v, line %v", err, context.Cause(l.ctx))
			}
			c.Bye(t)
			if err := l.Hold(context.Background()); !errors.Is(err, leg.ErrHungUp) {
				t.Errorf("hold after the end: %v", err)
			}
			st.idleSoon()
		})
	})
}

// TestHostile36: the far end holds and comes back, by an offer in the INVITE or in its ACK; the owner is
// told once each time, and the call outlives the media timeout.
func TestHostile36(t *testing.T) {
	t.Parallel()
	t.Run("xfer_36_held", func(t *testing.T) {
		cfg := DefaultConfig()
		cfg.SessionExpires = time.Hour
		virtual(t, cfg, nil, func(t *testing.T, st *stage) {
			c := st.caller()
			c.Call(t, "", 4000)
			l := <-st.legs
			told := make(chan bool, 9)
			l.OnHold(func(h bool) { told <- h })
			for _, dir := range []string{"sendonly", "inactive"} {
				c.Request("INVITE", offer(4000, "a="+dir+"\n"))
				c.Response(200, "INVITE")
				c.Request("ACK", "")
			}
			time.Sleep(2 * time.Minute) // twice the media timeout and more
			c.Request("INVITE", offer(4000, ""))
			c.Response(200, "INVITE")
			c.Request("ACK", "")
			c.Request("INVITE", "") // a delayed offer is in the 200
			ok := c.Response(200, "INVITE")
			if !strings.Contains(ok.Body, "a=sendrecv") {
				t.Errorf("offer in the 200:\n%s", ok.Body)
			}
			c.Request("ACK", offer(4006, ""))
			synctest.Wait()
			if p := agreedOn(l); p.Remote.Port() != 4006 || l.ctx.Err() != nil {
				t.Errorf("agreed on %+v, line %v", p, context.Cause(l.ctx))
			}
			if len(told) != 2 || !<-told || <-told {
				t.Error("the owner was not told of one hold and its end")
			}
			c.Bye(t)
		})
	})
}

// TestHostile32: what a called party plays before it answers is heard by who dialled, and by nobody
// once it has answered; without it nothing is called.
func TestHostile32(t *testing.T) {
	t.Parallel()
	t.Run("xfer_32_early_media", func(t *testing.T) {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			agent := st.raw(agentAddr)
			var mu sync.Mutex
			heard := 0
			dialled := make(chan leg.Leg, 1)
			go func() {
				l, err := st.Dial(context.Background(), leg.Invite{Addr: "sip:204@" + agentAddr, Early: func(f media.Frame) {
					mu.Lock()
					heard += len(f.PCM)
					mu.Unlock()
				}})
				if err != nil {
					t.Error(err)
				}
				dialled <- l
			}()
			inv := agent.Request("INVITE")
			agent.Reply(inv, 180, "Ringing", "a", "")
			time.Sleep(time.Second)
			sdp := "Contact: <sip:204@" + agentAddr + ">\nContent-Type: application/sdp\n\n" + strings.ReplaceAll(offer(4100, ""), "10.0.0.2", agent.AddrPort().Addr().String())
			agent.Reply(inv, 183, "Session Progress", "a", sdp)
			sound := st.raw(agent.AddrPort().Addr().String() + ":4100")
			var port int
			_, m, _ := strings.Cut(inv.Body, "m=audio ")
			fmt.Sscan(m, &port)
			for i := range 50 {
				packet := append([]byte{0x80, 8, byte(i >> 8), byte(i), 0, byte(i * 160 >> 16), byte(i * 160 >> 8), byte(i * 160), 1, 2, 3, 4}, make([]byte, 160)...)
				sound.SendBytes(fmt.Sprintf("%s:%d", serverIP, port), packet)
				time.Sleep(20 * time.Millisecond)
			}
			mu.Lock()
			got := heard
			mu.Unlock()
			if got < 4000 {
				t.Errorf("heard %d samples of 8000", got)
			}
			agent.Reply(inv, 200, "OK", "a", sdp)
			l := <-dialled
			mu.Lock()
			got = heard
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			defer mu.Unlock()
			if heard != got {
				t.Error("early sound was heard after the answer")
			}
			go l.Hangup(context.Background(), leg.Normal)
			agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
			time.Sleep(40 * time.Second)
		})
	})
}

func FuzzReplaces(f *testing.F) {
	f.Add("98732@sip.example.com;from-tag=r33th4x0r;to-tag=ff87ff", "<sip:a@b?Replaces=x%3Bto-tag%3D1%3Bfrom-tag%3D2>")
	f.Add("a;early-only;to-tag=1;from-tag=2", "tel:+33123")
	f.Fuzz(func(t *testing.T, header, referTo string) {
		if r, err := parseReplaces(header); err == nil && (r.callID == "" || r.toTag == "" || r.fromTag == "") {
			t.Errorf("%+v", r)
		}
		inv, err := parseReferTo(referTo)
		if err != nil {
			return
		}
		if err := checkReferTarget(inv.Addr); err != nil {
			t.Error(err)
		}
		for k, v := range inv.Headers {
			if cleanHeader(k, v) != nil {
				t.Errorf("header %q: %q", k, v)
			}
		}
	})
}

// TestHostile20: the far end and we hang up in the same instant, 50 ms before and after. We send one BYE, or
// none when theirs was there first; theirs is answered, and their 481 to ours is no reason for another.
func TestHostile20(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		ours time.Duration // our order after their BYE
		byes int
	}{
		"xfer_20_same_instant": {ours: 0, byes: -1}, // whichever is first
		"xfer_20_ours_first":   {ours: -50 * time.Millisecond, byes: 1},
		"xfer_20_theirs_first": {ours: 50 * time.Millisecond, byes: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				c := st.caller()
				c.Call(t, "", 4000)
				l := <-st.legs
				time.Sleep(time.Second)
				time.AfterFunc(100*time.Millisecond, func() { c.Request("BYE", "") })
				time.AfterFunc(100*time.Millisecond+row.ours, func() { l.Hangup(context.Background(), leg.Normal) })
				byes, answers := map[string]bool{}, 0
				for end := time.Now().Add(35 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
					for _, m := range c.Pending() {
						switch {
						case m.Status() == 200 || m.Status() == 481:
							answers++
						case m.Status() == 0 && m.Method() == "BYE":
							byes[m.Get("cseq")] = true
							c.Reply(m, 481, "Call Does Not Exist", "", "")
						}
					}
				}
				if n := len(byes); n > 1 || row.byes >= 0 && n != row.byes {
					t.Errorf("%d BYE of ours, want %d", n, row.byes)
				}
				if answers != 1 {
					t.Errorf("their BYE was answered %d times", answers)
				}
				st.idleSoon()
			})
		})
	}
}
