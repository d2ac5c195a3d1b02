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
)

// dialled is the outcome of a Dial that runs beside the test.
type dialled struct {
	leg leg.Leg
	err error
}

const agentAddr = "10.0.0.5:5060"

// dial starts a Dial to the agent's phone.
func (st *stage) dial(ctx context.Context, to leg.Invite) <-chan dialled {
	if to.Addr == "" {
		to.Addr = "sip:201@" + agentAddr
	}
	out := make(chan dialled, 1)
	go func() {
		l, err := st.Dial(ctx, to)
		out <- dialled{l, err}
	}()
	return out
}

// sdpAnswer is a 200's headers and body from the agent.
func sdpAnswer(extra string) string {
	return "Contact: <sip:201@" + agentAddr + ">\n" + extra + "Content-Type: application/sdp\n\n" +
		"v=0\no=agent 1 1 IN IP4 10.0.0.5\ns=-\nc=IN IP4 10.0.0.5\nt=0 0\nm=audio 5000 RTP/AVP 8 101\na=rtpmap:101 telephone-event/8000\n"
}

func TestDial(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		var mu sync.Mutex
		var progress []int
		got := st.dial(context.Background(), leg.Invite{From: `Colibri "Express"`,
			Headers:  map[string]string{"User-to-User": "3031;encoding=hex", "Call-Info": "<https://example.org/t/1>;purpose=info"},
			Progress: func(s int) { mu.Lock(); progress = append(progress, s); mu.Unlock() }})
		invite := agent.Request("INVITE")
		for name, want := range map[string]string{
			"user-to-user": "3031;encoding=hex", "call-info": "<https://example.org/t/1>;purpose=info",
			"session-expires": "1800", "min-se": "90", "supported": supported, "content-type": "application/sdp",
			"max-forwards": "70",
		} {
			if invite.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, invite.Get(name), want)
			}
		}
		if !strings.HasPrefix(invite.Get("from"), `"Colibri Express" <sip:`) || !strings.HasPrefix(invite.Start, "INVITE sip:201@10.0.0.5:5060 ") {
			t.Errorf("INVITE is %s", invite.Text)
		}
		agent.Reply(invite, 100, "Trying", "", "")
		agent.Reply(invite, 180, "Ringing", "a1", "")
		agent.Reply(invite, 183, "Session Progress", "a1", "")
		agent.Reply(invite, 200, "OK", "a1", sdpAnswer("Session-Expires: 600;refresher=uas\nRequire: timer\n"))
		ack := agent.Request("ACK")
		if ack.Tag("to") != "a1" || !strings.HasPrefix(ack.Start, "ACK sip:201@10.0.0.5:5060 ") {
			t.Errorf("ACK is %s", ack.Text)
		}
		agent.Reply(invite, 200, "OK", "a1", sdpAnswer("")) // repeated: the ACK was lost
		agent.Request("ACK")
		d := <-got
		if d.err != nil {
			t.Fatal(d.err)
		}
		synctest.Wait()
		mu.Lock()
		if fmt.Sprint(progress) != "[180 183]" {
			t.Errorf("progress %v", progress)
		}
		mu.Unlock()
		if i := d.leg.Info(); i.Codec != "PCMA" || i.Called != "201" || i.Rate != 8000 {
			t.Errorf("info %+v", i)
		}
		if p := agreedOn(d.leg.(*line)); p.Remote.String() != "10.0.0.5:5000" || p.EventType != 101 {
			t.Errorf("agreed on %+v", p)
		}
		d.leg.Hangup(context.Background(), leg.Normal)
		bye := agent.Request("BYE")
		if bye.Get("reason") != "" {
			t.Errorf("normal clearing has a Reason: %q", bye.Get("reason"))
		}
		agent.Reply(bye, 200, "OK", "", "")
		st.idleSoon()
	})
}

// The From header carries the name and the user of who calls, and nothing that was smuggled in.
func TestDialFrom(t *testing.T) {
	t.Parallel()
	for want, to := range map[string]leg.Invite{
		`<sip:decroche@`:                 {},
		`"Nadia" <sip:0612345678@`:       {From: "Nadia", FromUser: "0612345678"},
		`"0612345678" <sip:0612345678@`:  {From: "0612345678"},
		`"06" <sip:a@`:                   {From: "06", FromUser: "a"},
		`<sip:+33612345678@`:             {FromUser: "+33612345678"},
		`"xEvil: 1 <sip:a@b>" <sip:a.b@`: {From: "x\r\nEvil: 1\" <sip:a@b>", FromUser: "a.b"},
	} {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			agent := st.raw(agentAddr)
			got := st.dial(context.Background(), to)
			invite := agent.Request("INVITE")
			if from := invite.Get("from"); !strings.HasPrefix(from, want) || invite.Get("evil") != "" {
				t.Errorf("From is %q, want %s…", from, want)
			}
			agent.Reply(invite, 486, "Busy Here", "a1", "")
			agent.Request("ACK")
			<-got
			st.idleSoon()
		})
	}
}

func TestDialRefused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{302, 401, 403, 404, 408, 480, 486, 487, 488, 500, 503, 600, 603} {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			agent := st.raw(agentAddr)
			got := st.dial(context.Background(), leg.Invite{})
			invite := agent.Request("INVITE")
			agent.Reply(invite, status, "No", "a1", "")
			if ack := agent.Request("ACK"); ack.Tag("to") != "a1" || ack.Get("via") == "" {
				t.Errorf("ACK is %s", ack.Text)
			}
			agent.Reply(invite, status, "No", "a1", "")
			agent.Request("ACK")
			d := <-got
			var r *leg.Refused
			if !errors.As(d.err, &r) || r.Status != status || r.Reason != "No" {
				t.Errorf("%d: error is %v", status, d.err)
			}
			st.idleSoon()
		})
	}
}

func TestDialNoAnswer(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		begin := time.Now()
		got := st.dial(context.Background(), leg.Invite{RingFor: 12 * time.Second})
		invite := agent.Request("INVITE")
		agent.Reply(invite, 180, "Ringing", "a1", "")
		cancel := agent.RequestWithin(20*time.Second, "CANCEL")
		if d := cancel.At.Sub(begin).Round(time.Second); d != 12*time.Second {
			t.Errorf("CANCEL after %v", d)
		}
		if cancel.Get("via") != invite.Get("via") || cancel.Get("to") != invite.Get("to") {
			t.Errorf("CANCEL does not match its INVITE:\n%s\n%s", cancel.Text, invite.Text)
		}
		agent.Reply(cancel, 200, "OK", "a1", "")
		agent.Reply(invite, 487, "Request Terminated", "a1", "")
		agent.Request("ACK")
		d := <-got
		var r *leg.Refused
		if !errors.As(d.err, &r) || r.Status != 408 {
			t.Errorf("error is %v", d.err)
		}
		st.idleSoon()
	})
}

// TestDialUnreachable: an address that says nothing at all is given up after NoReply.
func TestDialUnreachable(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		begin := time.Now()
		d := <-st.dial(context.Background(), leg.Invite{})
		var r *leg.Refused
		if !errors.As(d.err, &r) || r.Status != 0 {
			t.Errorf("error is %v", d.err)
		}
		if took := time.Since(begin); took != 5*time.Second {
			t.Errorf("took %v", took)
		}
		st.idleSoon()
	})
}

// TestDialCancelled: the phone stops at once when the caller is gone.
func TestDialCancelled(t *testing.T) {
	t.Parallel()
	gone := errors.New("caller gone")
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		ctx, cancel := context.WithCancelCause(context.Background())
		got := st.dial(ctx, leg.Invite{})
		invite := agent.Request("INVITE")
		agent.Reply(invite, 180, "Ringing", "a1", "")
		time.Sleep(3 * time.Second)
		begin := time.Now()
		cancel(gone)
		if d := <-got; !errors.Is(d.err, gone) {
			t.Errorf("error is %v", d.err)
		}
		c := agent.Request("CANCEL")
		if c.At.Sub(begin) != 0 {
			t.Errorf("CANCEL after %v", c.At.Sub(begin))
		}
		agent.Reply(c, 200, "OK", "a1", "")
		agent.Reply(invite, 487, "Request Terminated", "a1", "")
		agent.Request("ACK")
		st.idleSoon()

		// Nothing was heard yet: CANCEL may only follow the first provisional (RFC 3261 §9.1).
		ctx, cancel = context.WithCancelCause(context.Background())
		got = st.dial(ctx, leg.Invite{})
		invite = agent.Request("INVITE")
		cancel(gone)
		<-got
		synctest.Wait()
		for _, m := range agent.Pending() {
			t.Errorf("before any response came %q", m.Start)
		}
		agent.Reply(invite, 180, "Ringing", "a1", "")
		c = agent.Request("CANCEL")
		agent.Reply(c, 200, "OK", "a1", "")
		// The 200 crosses the CANCEL: ACK, then BYE.
		agent.Reply(invite, 200, "OK", "a1", sdpAnswer(""))
		agent.Request("ACK")
		bye := agent.Request("BYE")
		agent.Reply(bye, 200, "OK", "", "")
		st.idleSoon()
	})
}

// TestFork: the first phone that answers wins, the other is acknowledged and hung up.
func TestFork(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		second := st.raw("10.0.0.6:5060")
		got := st.dial(context.Background(), leg.Invite{})
		invite := agent.Request("INVITE")
		agent.Reply(invite, 180, "Ringing", "one", "")
		agent.Reply(invite, 180, "Ringing", "two", "")
		agent.Reply(invite, 200, "OK", "one", sdpAnswer(""))
		agent.Request("ACK")
		agent.Reply(invite, 200, "OK", "two", strings.Replace(sdpAnswer(""), "sip:201@10.0.0.5", "sip:201@10.0.0.6", 1))
		if ack := second.Request("ACK"); ack.Tag("to") != "two" {
			t.Errorf("the loser's ACK has tag %q", ack.Tag("to"))
		}
		bye := second.Request("BYE")
		if bye.Tag("to") != "two" {
			t.Errorf("the loser's BYE has tag %q", bye.Tag("to"))
		}
		second.Reply(bye, 200, "OK", "", "")
		d := <-got
		if d.err != nil {
			t.Fatal(d.err)
		}
		d.leg.Hangup(context.Background(), leg.Normal)
		bye = agent.Request("BYE")
		if bye.Tag("to") != "one" {
			t.Errorf("the winner's BYE has tag %q", bye.Tag("to"))
		}
		agent.Reply(bye, 200, "OK", "", "")
		st.idleSoon()
	})
}

func TestDialLongerInterval(t *testing.T) {
	t.Parallel()
	cfg := patient()
	cfg.SessionExpires = 2 * time.Minute
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		got := st.dial(context.Background(), leg.Invite{})
		first := agent.Request("INVITE")
		agent.Reply(first, 422, "Session Interval Too Small", "a1", "Min-SE: 600\n")
		agent.Request("ACK")
		again := agent.Request("INVITE")
		if again.Get("min-se") != "600" || again.Get("session-expires") != "600" || again.Get("call-id") != first.Get("call-id") {
			t.Errorf("second INVITE is %s", again.Text)
		}
		agent.Reply(again, 200, "OK", "a2", sdpAnswer("Session-Expires: 600;refresher=uac\nAllow: UPDATE\n"))
		agent.Request("ACK")
		d := <-got
		if d.err != nil {
			t.Fatal(d.err)
		}
		begin := time.Now()
		up := agent.RequestWithin(10*time.Minute, "UPDATE")
		if took := up.At.Sub(begin).Round(time.Second); took != 5*time.Minute {
			t.Errorf("refresh after %v", took)
		}
		agent.Reply(up, 200, "OK", "", "Session-Expires: 600;refresher=uac\n")
		d.leg.Hangup(context.Background(), leg.Normal)
		bye := agent.Request("BYE")
		if up.Get("cseq") == "" || strings.Fields(bye.Get("cseq"))[0] == strings.Fields(up.Get("cseq"))[0] {
			t.Errorf("BYE has CSeq %q after %q", bye.Get("cseq"), up.Get("cseq"))
		}
		agent.Reply(bye, 200, "OK", "", "")
		st.idleSoon()
	})
}

// TestDialReliable: a phone that requires PRACK gets one per RSeq, and its early answer counts.
func TestDialReliable(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		got := st.dial(context.Background(), leg.Invite{})
		invite := agent.Request("INVITE")
		agent.Reply(invite, 183, "Session Progress", "a1", "Require: 100rel\nRSeq: 7\n"+sdpAnswer(""))
		prack := agent.Request("PRACK")
		if prack.Get("rack") != "7 "+invite.Get("cseq") || prack.Tag("to") != "a1" {
			t.Errorf("PRACK is %s", prack.Text)
		}
		agent.Reply(prack, 200, "OK", "", "")
		agent.Reply(invite, 180, "Ringing", "a1", "Require: 100rel\nRSeq: 8\nContact: <sip:201@"+agentAddr+">\n")
		prack = agent.Request("PRACK")
		agent.Reply(prack, 200, "OK", "", "")
		agent.Reply(invite, 200, "OK", "a1", "Contact: <sip:201@"+agentAddr+">\n")
		agent.Request("ACK")
		d := <-got
		if d.err != nil {
			t.Fatal(d.err)
		}
		if p := agreedOn(d.leg.(*line)); p.Remote.String() != "10.0.0.5:5000" {
			t.Errorf("agreed on %+v", p)
		}
		d.leg.Hangup(context.Background(), leg.Normal)
		agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
		st.idleSoon()
	})
}

// TestDialUnusableAnswer: a 200 whose SDP cannot be used is acknowledged and hung up.
func TestDialUnusableAnswer(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"Contact: <sip:201@" + agentAddr + ">\n",
		strings.Replace(sdpAnswer(""), "8 101", "18", 1),
		strings.Replace(sdpAnswer(""), "m=audio 5000", "m=audio 0", 1),
		strings.Replace(sdpAnswer(""), "v=0", "v=nonsense", 1),
	} {
		virtual(t, patient(), nil, func(t *testing.T, st *stage) {
			agent := st.raw(agentAddr)
			got := st.dial(context.Background(), leg.Invite{})
			invite := agent.Request("INVITE")
			agent.Reply(invite, 200, "OK", "a1", body)
			agent.Request("ACK")
			bye := agent.Request("BYE")
			agent.Reply(bye, 200, "OK", "", "")
			d := <-got
			var r *leg.Refused
			if !errors.As(d.err, &r) {
				t.Errorf("error is %v", d.err)
			}
			st.idleSoon()
		})
	}
}

// TestNames: host names are resolved, in the INVITE's target and in a Contact.
func TestNames(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		got := st.dial(context.Background(), leg.Invite{Addr: "sip:201@agent.test"})
		invite := agent.Request("INVITE")
		agent.Reply(invite, 200, "OK", "a1", strings.Replace(sdpAnswer(""), "sip:201@"+agentAddr, "sip:201@agent.test", 1))
		if ack := agent.Request("ACK"); !strings.HasPrefix(ack.Start, "ACK sip:201@agent.test ") {
			t.Errorf("ACK is %q", ack.Start)
		}
		d := <-got
		if d.err != nil {
			t.Fatal(d.err)
		}
		d.leg.Hangup(context.Background(), leg.Normal)
		agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
		_, err := st.Dial(context.Background(), leg.Invite{Addr: "sip:201@nowhere.test"})
		var r *leg.Refused
		if !errors.As(err, &r) || r.Status != 0 {
			t.Errorf("error is %v", err)
		}
		st.idleSoon()
	})
}

func TestDialBadTargets(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		for _, to := range []leg.Invite{
			{Addr: "201"}, {Addr: "tel:+331"}, {Addr: "sip:"}, {Addr: "sip:a@b c"}, {Addr: "sip:a@10.0.0.5\r\nX: y"},
			{Addr: "sip:201@10.0.0.5", Headers: map[string]string{"User-to-User": "x\r\nEvil: 1"}},
			{Addr: "sip:201@10.0.0.5", FromUser: "x\r\nEvil: 1"}, {Addr: "sip:201@10.0.0.5", FromUser: "x@evil.example>"},
			{Addr: "sip:201@10.0.0.5", FromUser: "x;tag=1"}, {Addr: "sip:201@10.0.0.5", FromUser: "Zoé"}, {Addr: "sip:201@10.0.0.5", FromUser: strings.Repeat("1", 65)},
			{Addr: "sip:201@10.0.0.5", Headers: map[string]string{"Bad Name": "x"}},
			{Addr: "sip:201@10.0.0.5", Headers: map[string]string{"X:": "x"}},
			{Addr: "sip:201@10.0.0.5", Headers: map[string]string{"Call-ID": "x"}},
		} {
			_, err := st.Dial(context.Background(), to)
			if _, rung := errors.AsType[*leg.Refused](err); err == nil || rung {
				t.Errorf("%q from %q %v: %v; want an error before anything is sent", to.Addr, to.FromUser, to.Headers, err)
			}
		}
	})
}

// TestShutdown: lines end with ErrDrained, callers hear BYE, ringing callers 503, dialled phones CANCEL.
func TestShutdown(t *testing.T) {
	t.Parallel()
	answer := true
	virtual(t, patient(), func(ctx context.Context, l leg.Leg) {
		if answer {
			l.Answer(ctx)
		}
		<-ctx.Done()
		if err := context.Cause(ctx); !errors.Is(err, leg.ErrDrained) {
			t.Errorf("ended by %v", err)
		}
	}, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		up, ringing := st.caller(), st.caller()
		up.Call(t, "", 4000)
		synctest.Wait()
		answer = false
		ringing.Request("INVITE", offer(4002, ""))
		ringing.Response(180, "INVITE")
		got := st.dial(context.Background(), leg.Invite{})
		invite := agent.Request("INVITE")
		agent.Reply(invite, 180, "Ringing", "a1", "")
		synctest.Wait()
		closed := make(chan struct{})
		go func() { st.Close(); close(closed) }()
		bye := up.Raw.Request("BYE")
		up.Reply(bye, 200, "OK", "", "")
		if m := ringing.Response(503, "INVITE"); m.Get("retry-after") == "" {
			t.Error("503 without Retry-After")
		}
		ringing.AckFailure()
		cancel := agent.Request("CANCEL")
		agent.Reply(cancel, 200, "OK", "a1", "")
		agent.Reply(invite, 487, "Request Terminated", "a1", "")
		if d := <-got; d.err == nil {
			t.Error("dial succeeded")
		}
		<-closed
		if _, err := st.Dial(context.Background(), leg.Invite{Addr: "sip:201@" + agentAddr}); err == nil {
			t.Error("dial after Close succeeded")
		}
	})
}

// TestLargeRequestGoesByTCP: an INVITE that UDP might cut goes by TCP when the far end takes it
// (RFC 3261 §18.1.1), and by UDP when it does not.
func TestLargeRequestGoesByTCP(t *testing.T) {
	t.Parallel()
	got := make(chan string, 2)
	accept := func(ctx context.Context, l leg.Leg) {
		l.(*line).mu.Lock()
		got <- l.(*line).from.network
		l.(*line).mu.Unlock()
		l.Hangup(ctx, leg.Busy)
	}
	both := newRig(t, testConfig(), nil, accept)
	cfg := testConfig()
	cfg.Transports = []string{"udp"}
	udpOnly := newRig(t, cfg, nil, accept)
	phone := newRig(t, testConfig(), nil, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for want, to := range map[string]*rig{"TCP": both, "UDP": udpOnly} {
		_, err := phone.Dial(ctx, leg.Invite{Addr: to.uri("x"), Headers: map[string]string{"Call-Info": "<https://example.org/" + strings.Repeat("x", 1000) + ">"}})
		var r *leg.Refused
		if !errors.As(err, &r) || r.Status != 486 {
			t.Errorf("%s: %v", want, err)
		}
		if network := <-got; network != want {
			t.Errorf("came by %s, want %s", network, want)
		}
	}
}
