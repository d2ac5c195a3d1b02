package sip

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

func TestIncomingCall(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		c.Response(100, "INVITE")
		c.Response(180, "INVITE")
		ok := c.Response(200, "INVITE")
		c.Follow(ok)
		c.Request("ACK", "")
		if c.Theirs == "" {
			t.Error("200 has no To tag")
		}
		for _, want := range []string{"c=IN IP4 10.0.0.1", "m=audio ", " RTP/AVP 8 96\r\n", "a=rtpmap:96 telephone-event/8000", "a=sendrecv"} {
			if !strings.Contains(ok.Body, want) {
				t.Errorf("answer lacks %q:\n%s", want, ok.Body)
			}
		}
		if got := ok.ContactURI(); got != "sip:decroche@10.0.0.1:5060" {
			t.Errorf("Contact is %q", got)
		}
		l := <-st.legs
		c.Bye(t)
		<-l.ctx.Done()
		if err := context.Cause(l.ctx); !errors.Is(err, leg.ErrHungUp) {
			t.Errorf("ended by %v", err)
		}
		c.Request("BYE", "")
		c.Response(481, "BYE")
		st.idleSoon()
	})
}

// TestNoAck: the 200 is repeated at T1, doubling up to T2, and after 32 s the call is given up.
func TestNoAck(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		begin := time.Now()
		c.Request("INVITE", offer(4000, ""))
		bye := c.RequestWithin(40*time.Second, "BYE")
		if d := bye.At.Sub(begin); d < 31*time.Second || d > 33*time.Second {
			t.Errorf("BYE after %v, want 32 s", d)
		}
		if !strings.Contains(bye.Get("reason"), "No ACK") {
			t.Errorf("Reason is %q", bye.Get("reason"))
		}
		c.Reply(bye, 200, "OK", "", "")
		l := <-st.legs
		if err := context.Cause(l.ctx); !errors.Is(err, errNoAck) {
			t.Errorf("ended by %v", err)
		}
		st.idleSoon()
	})
}

func TestOKIsRepeatedUntilAck(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		begin := time.Now()
		c.Request("INVITE", offer(4000, ""))
		time.Sleep(8 * time.Second)
		var at []time.Duration
		for _, m := range c.Pending() {
			if m.Status() == 200 {
				at = append(at, m.At.Sub(begin).Round(100*time.Millisecond))
				c.Follow(m)
			}
		}
		want := []time.Duration{0, 500 * time.Millisecond, 1500 * time.Millisecond, 3500 * time.Millisecond, 7500 * time.Millisecond}
		if len(at) != len(want) {
			t.Fatalf("200 sent at %v, want %v", at, want)
		}
		for i := range at {
			if at[i] != want[i] {
				t.Errorf("200 sent at %v, want %v", at, want)
				break
			}
		}
		c.Request("ACK", "")
		time.Sleep(10 * time.Second)
		for _, m := range c.Pending() {
			t.Errorf("after the ACK came %q", m.Start)
		}
		c.Bye(t)
	})
}

func TestCancel(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), func(ctx context.Context, l leg.Leg) { <-ctx.Done() }, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		c.Response(180, "INVITE")
		l := <-st.legs
		c.Request("CANCEL", "")
		c.Response(200, "CANCEL")
		no := c.Response(487, "INVITE")
		c.Follow(no)
		c.AckFailure()
		<-l.ctx.Done()
		if err := context.Cause(l.ctx); !errors.Is(err, leg.ErrHungUp) {
			t.Errorf("ended by %v", err)
		}
		if err := l.Answer(context.Background()); !errors.Is(err, leg.ErrHungUp) {
			t.Errorf("Answer after CANCEL: %v", err)
		}
		time.Sleep(5 * time.Second)
		for _, m := range c.Pending() {
			t.Errorf("after the ACK came %q", m.Start)
		}
		st.idleSoon()
	})
}

// TestCancelAfterAnswer: a CANCEL that comes too late changes nothing.
func TestCancelAfterAnswer(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		ok := c.Response(200, "INVITE")
		c.Request("CANCEL", "")
		c.Response(200, "CANCEL")
		c.Follow(ok)
		c.Request("ACK", "")
		time.Sleep(time.Second)
		if l := <-st.legs; l.ctx.Err() != nil {
			t.Errorf("the call ended: %v", context.Cause(l.ctx))
		}
		c.Bye(t)
	})
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		why    leg.Cause
		status int
		retry  string
	}{
		{leg.Busy, 486, ""}, {leg.Unavailable, 480, ""}, {leg.NotAccepted, 488, ""}, {leg.Overloaded, 503, "10"},
		{leg.NotFound, 404, ""}, {leg.Forbidden, 403, ""}, {leg.Failed, 500, ""}, {leg.Normal, 603, ""}, {leg.Cause{}, 603, ""},
		{leg.Cause{Status: 486, Text: "x\r\nEvil: 1"}, 486, ""},
	} {
		virtual(t, patient(), func(ctx context.Context, l leg.Leg) { l.Hangup(ctx, c.why) }, func(t *testing.T, st *stage) {
			p := st.caller()
			p.Request("INVITE", offer(4000, ""))
			m := p.Response(c.status, "INVITE")
			if m.Get("retry-after") != c.retry {
				t.Errorf("%v: Retry-After %q, want %q", c.why, m.Get("retry-after"), c.retry)
			}
			if m.Get("evil") != "" {
				t.Errorf("%v: a reason phrase became a header", c.why)
			}
		})
	}
}

// TestHangupBeforeAck: the callee's BYE waits for the ACK (RFC 3261 §15).
func TestHangupBeforeAck(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), func(ctx context.Context, l leg.Leg) {
		l.Answer(ctx)
		l.Hangup(ctx, leg.Normal)
	}, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		ok := c.Response(200, "INVITE")
		time.Sleep(3 * time.Second)
		for _, m := range c.Pending() {
			if m.Method() == "BYE" {
				t.Fatal("BYE before the ACK")
			}
		}
		c.Follow(ok)
		c.Request("ACK", "")
		bye := c.Raw.Request("BYE")
		c.Reply(bye, 200, "OK", "", "")
		st.idleSoon()
	})
}

func TestOptions(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Request("OPTIONS", "")
		m := c.Response(200, "OPTIONS")
		if !strings.Contains(m.Get("allow"), "UPDATE") || !strings.Contains(m.Get("accept"), "application/sdp") {
			t.Errorf("OPTIONS says Allow %q, Accept %q", m.Get("allow"), m.Get("accept"))
		}
		st.Admit(func() *leg.Cause { c := leg.Draining; return &c })
		c.Request("OPTIONS", "")
		if m := c.Response(503, "OPTIONS"); m.Get("retry-after") != "30" {
			t.Errorf("Retry-After is %q", m.Get("retry-after"))
		}
		c.Request("INVITE", offer(4000, ""))
		if m := c.Response(503, "INVITE"); m.Get("retry-after") != "30" {
			t.Errorf("Retry-After is %q", m.Get("retry-after"))
		}
	})
}

// TestRepeatedInvite: neither a retransmission nor a copy by another way is a second call.
func TestRepeatedInvite(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		c.Send(c.To, c.Text("INVITE", offer(4000, "")))
		ok := c.Response(200, "INVITE")
		c.Send(c.To, c.Text("INVITE", offer(4000, "")))
		c.Branch = "z9hG4bK-other-way"
		c.Send(c.To, c.Text("INVITE", offer(4000, "")))
		c.Response(482, "INVITE")
		c.Follow(ok)
		c.Request("ACK", "")
		synctest.Wait()
		if n := len(st.legs); n != 1 {
			t.Errorf("%d calls, want 1", n)
		}
		c.Bye(t)
	})
}

func TestUnknownDialog(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		for _, method := range []string{"BYE", "INVITE", "UPDATE", "NOTIFY", "INFO", "PRACK"} {
			c := st.caller()
			c.Theirs = "nobody"
			c.Request(method, "")
			c.Response(481, method)
		}
		// Right Call-ID and right tag of ours, but a stranger's tag.
		c := st.caller()
		c.Call(t, "", 4000)
		tag := c.Tag
		c.Tag = "stranger"
		c.Request("BYE", "")
		c.Response(481, "BYE")
		c.Tag = tag
		c.Bye(t)
		c.Request("CANCEL", "")
		c.Response(481, "CANCEL")
	})
}

// TestNoOffer: an INVITE without SDP gets our offer in the 200, and the ACK has the answer.
func TestNoOffer(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Request("INVITE", "")
		ok := c.Response(200, "INVITE")
		if !strings.Contains(ok.Body, "RTP/AVP 8 0 13 101") {
			t.Errorf("offer is\n%s", ok.Body)
		}
		c.Follow(ok)
		c.Request("ACK", strings.Replace(offer(4000, ""), "8 0 96", "0", 1))
		l := <-st.legs
		synctest.Wait()
		l.mu.Lock()
		p := l.params
		l.mu.Unlock()
		if p.Codec != "PCMU" || p.Remote.String() != "10.0.0.2:4000" || p.EventType != -1 {
			t.Errorf("agreed on %+v", p)
		}
		c.Bye(t)
		// Without an answer in the ACK there is nothing to talk with.
		c = st.caller()
		c.Request("INVITE", "")
		c.Follow(c.Response(200, "INVITE"))
		c.Request("ACK", "")
		bye := c.Raw.Request("BYE")
		c.Reply(bye, 200, "OK", "", "")
	})
}

// TestReliableProvisional is RFC 3262 with and without an offer in the INVITE.
func TestReliableProvisional(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		for _, withOffer := range []bool{true, false} {
			c := st.caller()
			body := ""
			if withOffer {
				body = offer(4000, "")
			}
			c.Request("INVITE", "Require: 100rel\n\n"+body)
			ring := c.Response(180, "INVITE")
			if ring.Get("require") != "100rel" || ring.Get("rseq") == "" {
				t.Fatalf("180 is not reliable: %q", ring.Text)
			}
			if (ring.Body != "") == withOffer {
				t.Errorf("offer in the INVITE %v: body of the 180 is %q", withOffer, ring.Body)
			}
			again := c.Response(180, "INVITE") // repeated until confirmed
			if again.Get("rseq") != ring.Get("rseq") {
				t.Error("the repetition has another RSeq")
			}
			for _, m := range c.Pending() {
				if m.Status() == 200 {
					t.Fatal("200 before the PRACK")
				}
			}
			c.Follow(ring)
			c.Request("PRACK", "RAck: 1 1 INVITE\n")
			c.Response(481, "PRACK")
			answer := ""
			if !withOffer {
				answer = offer(4000, "")
			}
			c.Request("PRACK", "RAck: "+ring.Get("rseq")+" 1 INVITE\n\n"+answer)
			c.Response(200, "PRACK")
			ok := c.Response(200, "INVITE")
			if (ok.Body != "") != withOffer {
				t.Errorf("offer in the INVITE %v: body of the 200 is %q", withOffer, ok.Body)
			}
			c.CSeqOf("ACK", 1)
			l := <-st.legs
			synctest.Wait()
			l.mu.Lock()
			if l.params.Remote.String() != "10.0.0.2:4000" || l.unacked != nil {
				t.Errorf("agreed on %+v, ACK missing: %v", l.params, l.unacked != nil)
			}
			l.mu.Unlock()
			c.Bye(t)
		}
		// Never confirmed: refused with a 5xx after 64×T1.
		c := st.caller()
		c.Request("INVITE", "Require: 100rel\n\n"+offer(4000, ""))
		c.Await(40*time.Second, "504", func(m peer.Message) bool { return m.Status() == 504 })
	})
}

func TestAllowListAndRate(t *testing.T) {
	t.Parallel()
	cfg := patient()
	cfg.Allow = []string{"10.0.0.0/30", "10.9.0.1"}
	cfg.RatePerSource, cfg.RateBurst = 1, 3
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		stranger := peer.NewScript(st.raw("10.0.0.9:0"), serverIP+":5060", "hotline")
		stranger.Request("INVITE", offer(4000, ""))
		stranger.Response(403, "INVITE")
		c := st.caller()
		c.Call(t, "", 4000)
		c.Request("OPTIONS", "") // inside the call: not counted
		c.Response(200, "OPTIONS")
		c.Request("OPTIONS", "")
		c.Response(200, "OPTIONS")
		c.Bye(t)
		for range 2 {
			d := st.caller()
			d.Request("OPTIONS", "")
			d.Response(200, "OPTIONS")
		}
		d := st.caller()
		d.Request("INVITE", offer(4000, ""))
		if m := d.Response(503, "INVITE"); m.Get("retry-after") == "" {
			t.Error("503 without Retry-After")
		}
		for range 20 { // a flood is not answered for ever
			d.Request("OPTIONS", "")
		}
		time.Sleep(time.Second)
		if n := len(d.Pending()); n > 5 {
			t.Errorf("%d answers to a flood", n)
		}
		time.Sleep(20 * time.Second)
		d = st.caller()
		d.Request("OPTIONS", "")
		d.Response(200, "OPTIONS")
	})
}

func TestExternalAddress(t *testing.T) {
	t.Parallel()
	cfg := patient()
	cfg.ExternalAddress = "203.0.113.5"
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		c := st.caller()
		ok := c.Call(t, "", 4000)
		if !strings.Contains(ok.Body, "c=IN IP4 203.0.113.5\r\n") || !strings.Contains(ok.Body, "IN IP4 203.0.113.5\r\ns=") {
			t.Errorf("SDP has another address:\n%s", ok.Body)
		}
		if got := ok.ContactURI(); got != "sip:decroche@203.0.113.5:5060" {
			t.Errorf("Contact is %q", got)
		}
		c.Bye(t)
	})
}
