package sip

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
	"decroche/media/rtp"
)

// agreedOn reads what the line agreed on.
func agreedOn(l *line) rtp.Params {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.params
}

// TestHoldAndResume goes through every direction, in re-INVITE and in UPDATE.
func TestHoldAndResume(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"INVITE", "UPDATE"} {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			c := st.caller()
			first := c.Call(t, "", 4000)
			l := <-st.legs
			version := originVersion(first.Body)
			for _, step := range []struct {
				name, body, answer  string
				send, receive, held bool
				newVersion          bool
			}{
				{"hold with music", offer(4000, "a=sendonly\n"), "a=recvonly", false, true, true, true},
				{"hold", offer(4000, "a=inactive\n"), "a=inactive", false, false, true, true},
				{"one way", offer(4000, "a=recvonly\n"), "a=sendonly", true, false, true, true},
				{"resume", offer(4000, "a=sendrecv\n"), "a=sendrecv", true, true, false, true},
				{"unchanged", offer(4000, "a=sendrecv\n"), "a=sendrecv", true, true, false, false},
				{"hold of RFC 2543", strings.Replace(offer(4000, ""), "c=IN IP4 10.0.0.2", "c=IN IP4 0.0.0.0", 1), "a=sendrecv", false, true, true, false},
				{"session-level hold", strings.Replace(offer(4000, ""), "t=0 0\n", "t=0 0\na=inactive\n", 1), "a=inactive", false, false, true, true},
				{"other port", offer(4444, ""), "a=sendrecv", true, true, false, true},
			} {
				c.Request(method, step.body)
				ok := c.Response(200, method)
				if method == "INVITE" {
					c.Request("ACK", "")
				}
				if !strings.Contains(ok.Body, step.answer+"\r\n") {
					t.Errorf("%s %s: answer lacks %s:\n%s", method, step.name, step.answer, ok.Body)
				}
				if p := agreedOn(l); p.Send != step.send || p.Receive != step.receive || p.Held != step.held {
					t.Errorf("%s %s: %+v", method, step.name, p)
				}
				if step.newVersion {
					version++
				}
				if got := originVersion(ok.Body); got != version {
					t.Errorf("%s %s: version %d in o=, want %d", method, step.name, got, version)
				}
			}
			if p := agreedOn(l); p.Remote.String() != "10.0.0.2:4444" {
				t.Errorf("media go to %v", p.Remote)
			}
			c.Bye(t)
		})
	}
}

// TestMediaTargets: a description that sends us to a group of hosts or to ourselves is refused,
// in a call as before it, and the call goes on as it was.
func TestMediaTargets(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		before := agreedOn(l)
		if before.Source.String() != "10.0.0.2" {
			t.Errorf("the media know of signalling from %v", before.Source)
		}
		for _, target := range []struct {
			ip   string
			port int
		}{
			{"224.0.0.1", 4000}, {"255.255.255.255", 4000}, {"10.0.0.2", 65535},
			{serverIP, 5060}, {serverIP, l.media.Port()}, {serverIP, l.media.Port() + 1},
		} {
			body := strings.Replace(offer(target.port, ""), "c=IN IP4 10.0.0.2", "c=IN IP4 "+target.ip, 1)
			c.Request("INVITE", body)
			c.Response(488, "INVITE")
			c.Request("ACK", "")
			if agreedOn(l) != before {
				t.Errorf("%v: the refused offer is in force: %+v", target, agreedOn(l))
			}
			fresh := st.caller()
			fresh.Request("INVITE", body)
			fresh.Response(488, "INVITE")
			fresh.Request("ACK", "")
		}
		c.Bye(t)
		st.idleSoon()
	})
}

func originVersion(sdp string) int {
	_, rest, _ := strings.Cut(sdp, "o=- ")
	n, _ := strconv.Atoi(strings.Fields(rest)[1])
	return n
}

func TestReofferWithoutSDP(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		c.Request("INVITE", "")
		ok := c.Response(200, "INVITE")
		if !strings.Contains(ok.Body, "m=audio") {
			t.Fatalf("200 to a re-INVITE without SDP has no offer: %q", ok.Text)
		}
		// While our offer is unanswered, another one is glare.
		c.Request("UPDATE", offer(4002, ""))
		c.Response(491, "UPDATE")
		c.CSeq--
		c.Request("ACK", strings.Replace(offer(4002, ""), "8 0 96", "0 96", 1))
		c.CSeq++
		if p := agreedOn(l); p.Codec != "PCMU" || p.Remote.Port() != 4002 {
			t.Errorf("agreed on %+v", p)
		}
		c.Bye(t)
	})
}

func TestReofferRefusals(t *testing.T) {
	t.Parallel()
	answer := make(chan struct{})
	virtual(t, patient(), func(ctx context.Context, l leg.Leg) {
		select {
		case <-answer:
			l.Answer(ctx)
		case <-ctx.Done():
		}
		<-ctx.Done()
	}, func(t *testing.T, st *stage) {
		answer = make(chan struct{})
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		ring := c.Response(180, "INVITE")
		c.Follow(ring)
		l := <-st.legs
		c.Request("INVITE", offer(4000, "")) // the first one is still pending (RFC 3261 §14.2)
		if m := c.Response(500, "INVITE"); m.Get("retry-after") == "" {
			t.Error("500 without Retry-After")
		}
		c.AckFailure()
		c.Request("UPDATE", offer(4000, ""))
		if m := c.Response(500, "UPDATE"); m.Get("retry-after") == "" {
			t.Error("500 without Retry-After")
		}
		c.Request("UPDATE", "") // no offer in it: fine in an early dialog
		c.Response(200, "UPDATE")
		close(answer)
		c.Response(200, "INVITE")
		c.CSeqOf("ACK", 1)
		before := agreedOn(l)
		c.Request("INVITE", strings.Replace(offer(4000, ""), "8 0 96", "18 96", 1))
		c.Response(488, "INVITE")
		c.AckFailure()
		c.Request("UPDATE", "Content-Type: text/plain\n\nhello")
		c.Response(415, "UPDATE")
		c.Request("INVITE", "Content-Type: application/sdp\n\nv=0\nnonsense")
		c.Response(400, "INVITE")
		c.AckFailure()
		if p := agreedOn(l); p != before {
			t.Errorf("a refused offer changed the session: %+v", p)
		}
		c.CSeq = 1
		c.Request("INFO", "")
		c.Response(500, "INFO") // an old CSeq
		c.CSeq = 50
		c.Bye(t)
	})
}

// TestGlare: while our own re-INVITE is pending, theirs gets 491; and ours, refused with 491,
// comes again after the wait of RFC 3261 §14.1.
func TestGlare(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		synctest.Wait()
		l.refresh()
		ours := c.Raw.Request("INVITE")
		c.Request("INVITE", offer(4000, "a=inactive\n"))
		c.Response(491, "INVITE")
		c.AckFailure()
		c.Reply(ours, 491, "Request Pending", "", "")
		c.Raw.Request("ACK")
		again := c.Raw.Request("INVITE")
		if d := again.At.Sub(ours.At); d > 2100*time.Millisecond {
			t.Errorf("tried again after %v; the Call-ID is not ours, so at most 2 s", d)
		}
		if again.Get("cseq") == ours.Get("cseq") {
			t.Error("the second attempt has the CSeq of the first")
		}
		c.Reply(again, 200, "OK", "", "Contact: <sip:peer@"+c.Addr()+">\nContent-Type: application/sdp\n\n"+offer(4000, ""))
		c.Raw.Request("ACK")
		c.Bye(t)
	})
}

// TestTargetRefresh: requests of ours follow the Contact of a re-INVITE.
func TestTargetRefresh(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		elsewhere := st.raw("10.0.0.3:5070")
		c.Send(c.To, strings.Replace(nextRequest(c, "UPDATE", offer(4000, "")), "Contact: <sip:peer@"+c.Addr(), "Contact: <sip:peer@10.0.0.3:5070", 1))
		c.Response(200, "UPDATE")
		l.Hangup(context.Background(), leg.Normal)
		bye := elsewhere.Request("BYE")
		if !strings.HasPrefix(bye.Start, "BYE sip:peer@10.0.0.3:5070") {
			t.Errorf("BYE is %q", bye.Start)
		}
		elsewhere.Reply(bye, 200, "OK", "", "")
	})
}

// nextRequest counts up and returns the text without sending it.
func nextRequest(c *peer.Script, method, extra string) string {
	c.CSeq++
	c.Branch += "x"
	return c.Text(method, extra)
}

func TestRecordRoute(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		proxy := st.raw("10.0.0.8:5060")
		c.Call(t, "Record-Route: <sip:10.0.0.8;lr>\nRecord-Route: <sip:10.0.0.7;lr>\n", 4000)
		l := <-st.legs
		l.Hangup(context.Background(), leg.Busy)
		bye := proxy.Request("BYE")
		if got := strings.Join(bye.Headers["route"], " "); got != "<sip:10.0.0.8;lr> <sip:10.0.0.7;lr>" {
			t.Errorf("Route is %q", got)
		}
		if !strings.Contains(bye.Get("reason"), "cause=486") {
			t.Errorf("Reason is %q", bye.Get("reason"))
		}
		proxy.Reply(bye, 200, "OK", "", "")
	})
}

func TestInDialogOthers(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		c.Request("NOTIFY", "Event: refer\nSubscription-State: terminated\n")
		c.Response(481, "NOTIFY")
		c.Request("MESSAGE", "Content-Type: text/plain\n\nhello")
		c.Response(405, "MESSAGE")
		c.Request("REFER", "Refer-To: <sip:x@10.0.0.9>\n")
		c.Response(603, "REFER") // nobody here wants to be asked
		c.Request("INFO", "Content-Type: application/dtmf-relay\n\nSignal=5\nDuration=160\n")
		c.Response(200, "INFO")
		if h, err := firstDigit(l); err != nil || h != '5' {
			t.Errorf("heard %q, %v", h, err)
		}
		c.Request("INFO", "")
		c.Response(200, "INFO")
		c.Request("INFO", "Content-Type: application/json\n\n{}")
		c.Response(415, "INFO")
		c.Bye(t)
	})
}

// TestByeWhileRinging: a BYE in an early dialog ends the INVITE with 487.
func TestByeWhileRinging(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), func(ctx context.Context, l leg.Leg) { <-ctx.Done() }, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		c.Follow(c.Response(180, "INVITE"))
		invite := c.Branch
		c.Request("BYE", "")
		seen := map[string]bool{}
		for range 2 {
			m := c.Await(5*time.Second, "200 to BYE and 487 to INVITE", func(m peer.Message) bool {
				return m.Status() == 200 && m.Method() == "BYE" || m.Status() == 487
			})
			seen[m.Method()] = true
		}
		if !seen["BYE"] || !seen["INVITE"] {
			t.Errorf("answered: %v", seen)
		}
		c.Branch = invite
		c.CSeq = 1
		c.AckFailure()
	})
}

func TestSessionTimerAsUAS(t *testing.T) {
	t.Parallel()
	cfg := patient()
	for _, c := range []struct {
		name, headers string
		expires       string // Session-Expires of the 200
		require       string
	}{
		{"they refresh", "Supported: timer\nSession-Expires: 600;refresher=uac\n", "600;refresher=uac", "timer"},
		{"they leave it open", "Supported: timer\nSession-Expires: 600\n", "600;refresher=uac", "timer"},
		{"we refresh", "Supported: timer\nSession-Expires: 600;refresher=uas\n", "600;refresher=uas", ""},
		{"longer than ours", "Supported: timer\nSession-Expires: 7200\nMin-SE: 120\n", "1800;refresher=uac", "timer"},
		{"Min-SE above ours", "Supported: timer\nSession-Expires: 7200\nMin-SE: 3600\n", "3600;refresher=uac", "timer"},
		{"compact", "k: timer\nx: 300\n", "300;refresher=uac", "timer"},
		{"no word of it", "", "1800;refresher=uas", ""},
	} {
		virtual(t, cfg, nil, func(t *testing.T, st *stage) {
			p := st.caller()
			ok := p.Call(t, c.headers, 4000)
			if got := ok.Get("session-expires"); got != c.expires {
				t.Errorf("%s: Session-Expires %q, want %q", c.name, got, c.expires)
			}
			if got := ok.Get("require"); got != c.require {
				t.Errorf("%s: Require %q, want %q", c.name, got, c.require)
			}
			p.Bye(t)
		})
	}
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		p := st.caller()
		p.Request("INVITE", "Supported: timer\nSession-Expires: 30\n\n"+offer(4000, ""))
		if m := p.Response(422, "INVITE"); m.Get("min-se") != "90" {
			t.Errorf("422 says Min-SE %q", m.Get("min-se"))
		}
	})
}

// TestRefreshComes: the side that waits keeps the call while refreshes come, and ends it shortly
// before the interval when they stop.
func TestRefreshComes(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "Supported: timer\nSession-Expires: 90;refresher=uac\n", 4000)
		l := <-st.legs
		for _, method := range []string{"UPDATE", "INVITE", "UPDATE"} {
			time.Sleep(45 * time.Second)
			body := ""
			if method == "INVITE" {
				body = offer(4000, "")
			}
			c.Request(method, "Supported: timer\nSession-Expires: 90;refresher=uac\n\n"+body)
			if m := c.Response(200, method); m.Get("session-expires") != "90;refresher=uac" {
				t.Errorf("Session-Expires %q", m.Get("session-expires"))
			}
			if method == "INVITE" {
				c.Request("ACK", "")
			}
		}
		begin := time.Now()
		bye := c.RequestWithin(2*time.Minute, "BYE")
		if d := bye.At.Sub(begin).Round(time.Second); d != 60*time.Second { // 90 − min(32, 90/3)
			t.Errorf("BYE %v after the last refresh, want 60 s", d)
		}
		c.Reply(bye, 200, "OK", "", "")
		if err := context.Cause(l.ctx); !errors.Is(err, errExpired) {
			t.Errorf("ended by %v", err)
		}
	})
}

// TestWeRefresh: at half the interval, by UPDATE when the far end lists it, else by re-INVITE.
func TestWeRefresh(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"UPDATE", "INVITE"} {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			c := st.caller()
			allow := "Allow: INVITE, ACK, BYE, CANCEL\n"
			if method == "UPDATE" {
				allow = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\n"
			}
			first := c.Call(t, allow+"Supported: timer\nSession-Expires: 120;refresher=uas\n", 4000)
			answered := time.Now()
			for range 2 {
				m := c.RequestWithin(2*time.Minute, method)
				if d := m.At.Sub(answered).Round(time.Second); d != 60*time.Second {
					t.Errorf("%s after %v, want 60 s", method, d)
				}
				if m.Get("session-expires") != "120;refresher=uac" {
					t.Errorf("Session-Expires %q", m.Get("session-expires"))
				}
				body := ""
				if method == "INVITE" {
					if originVersion(m.Body) != originVersion(first.Body)+1 { // an offer lists more codecs than an answer
						t.Errorf("version %d after %d", originVersion(m.Body), originVersion(first.Body))
					}
					body = "\nContent-Type: application/sdp\n\n" + offer(4000, "")
				}
				c.Reply(m, 200, "OK", "", "Contact: <sip:peer@"+c.Addr()+">\nRequire: timer\nSession-Expires: 120;refresher=uac"+body)
				answered = time.Now()
				if method == "INVITE" {
					c.Raw.Request("ACK")
				}
			}
			// Unanswered, it is repeated, and the call ends before the interval does.
			m := c.RequestWithin(2*time.Minute, method)
			bye := c.RequestWithin(2*time.Minute, "BYE")
			if d := bye.At.Sub(m.At).Round(time.Second); d > 32*time.Second {
				t.Errorf("BYE %v after the lost refresh", d)
			}
			c.Reply(bye, 200, "OK", "", "")
		})
	}
}

// TestFarEndWithoutTimers: our refreshes go on for ever, whatever it answers to them.
func TestFarEndWithoutTimers(t *testing.T) {
	t.Parallel()
	cfg := patient()
	cfg.SessionExpires = 3 * time.Minute
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		for range 3 {
			m := c.RequestWithin(2*time.Minute, "INVITE")
			c.Reply(m, 200, "OK", "", "Contact: <sip:peer@"+c.Addr()+">\nContent-Type: application/sdp\n\n"+offer(4000, ""))
			c.Raw.Request("ACK")
			m = c.RequestWithin(2*time.Minute, "INVITE")
			c.Reply(m, 488, "Not Acceptable Here", "", "")
			c.Raw.Request("ACK")
		}
		if l.ctx.Err() != nil {
			t.Errorf("ended: %v", context.Cause(l.ctx))
		}
		c.Bye(t)
	})
}

// TestRefreshRefused: 481 means that the call is gone.
func TestRefreshRefused(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "Allow: UPDATE\nSupported: timer\nSession-Expires: 120;refresher=uas\n", 4000)
		l := <-st.legs
		m := c.RequestWithin(2*time.Minute, "UPDATE")
		c.Reply(m, 405, "Method Not Allowed", "", "")
		m = c.RequestWithin(time.Second, "INVITE") // then by re-INVITE
		c.Reply(m, 422, "Session Interval Too Small", "", "Min-SE: 300\n")
		m = c.RequestWithin(time.Second, "INVITE")
		if m.Get("session-expires") != "300;refresher=uac" {
			t.Errorf("after the 422: Session-Expires %q", m.Get("session-expires"))
		}
		c.Reply(m, 481, "Gone", "", "")
		bye := c.Raw.Request("BYE")
		c.Reply(bye, 481, "Gone", "", "")
		<-l.ctx.Done()
		st.idleSoon()
	})
}

// firstDigit reads on until a key comes.
func firstDigit(l leg.Leg) (byte, error) {
	for {
		h, err := l.Receive(context.Background())
		if err != nil || h.Digit != 0 {
			return h.Digit, err
		}
	}
}
