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
	"decroche/gateway/sip/digest"
	"decroche/internal/peer"
)

const carrierAddr, secondAddr = "10.0.0.7:5060", "10.0.0.8:5060"

// withTrunks is patient's configuration with trunks; none of them pings.
func withTrunks(trunks ...TrunkConfig) Config {
	c := patient()
	for _, t := range trunks {
		if t.Ping == 0 {
			t.Ping = -1
		}
		c.Trunks = append(c.Trunks, t)
	}
	out := DefaultOutboundConfig()
	c.Outbound = &out
	return c
}

// A trunk is registered at with digest, again at half of what it granted, after a longer interval was
// asked for, and told when we leave.
func TestRegistration(t *testing.T) {
	t.Setenv("DECROCHE_TEST_TRUNK", "s3cret")
	cfg := withTrunks(TrunkConfig{Name: "carrier", Addr: carrierAddr, Username: "colibri", Password: "env:DECROCHE_TEST_TRUNK", Register: true, Expires: time.Minute})
	var last func()
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		carrier := st.raw(carrierAddr)
		v := digest.NewVerifier("pbx", time.Hour, time.Now, "SHA-256", "MD5")
		reg := carrier.Request("REGISTER")
		if reg.Get("expires") != "60" || !strings.HasPrefix(reg.Get("contact"), "<sip:colibri@10.0.0.1:5060>") || !strings.HasPrefix(reg.Start, "REGISTER sip:10.0.0.7:5060 ") {
			t.Errorf("REGISTER is\n%s", reg.Text)
		}
		carrier.Reply(reg, 423, "Interval Too Brief", "c", "Min-Expires: 120\n")
		reg = carrier.Request("REGISTER")
		if reg.Get("expires") != "120" {
			t.Errorf("after 423 it asks for %q", reg.Get("expires"))
		}
		carrier.Reply(reg, 401, "Unauthorized", "c", fmt.Sprintf("WWW-Authenticate: %v\n", v.Challenges("s", false)[0]))
		again := carrier.Request("REGISTER")
		if checks(t, v, again, "authorization") != digest.Right || again.Get("call-id") != reg.Get("call-id") || again.Get("cseq") == reg.Get("cseq") {
			t.Errorf("the signed REGISTER is\n%s", again.Text)
		}
		carrier.Reply(again, 200, "OK", "c", "Contact: <sip:other@10.0.0.9>;expires=7, "+again.Get("contact")[:strings.Index(again.Get("contact"), ">")+1]+";expires=100\n")
		synctest.Wait()
		if s := st.Trunks()[0]; !s.Up || time.Until(s.RegisteredUntil) != 100*time.Second || s.Why != "" {
			t.Errorf("state %+v", s)
		}
		began := time.Now()
		refresh := carrier.RequestWithin(time.Minute, "REGISTER")
		if d := refresh.At.Sub(began); d < 45*time.Second || d > 55*time.Second {
			t.Errorf("registered again after %v of 100 s", d)
		}
		if checks(t, v, refresh, "authorization") != digest.Right {
			t.Error("the refresh asks to be challenged again")
		}
		carrier.Reply(refresh, 200, "OK", "c", "")
		synctest.Wait()
		last = func() {
			bye := carrier.Request("REGISTER")
			if bye.Get("expires") != "0" || !strings.HasSuffix(bye.Get("contact"), ";expires=0") {
				t.Errorf("on leaving:\n%s", bye.Text)
			}
			carrier.Reply(bye, 200, "OK", "c", "")
		}
		go last()
	})
}

// A trunk that refuses is tried again later and later, and as it asks; a wrong password not for minutes.
func TestRegistrationFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		extra  string
		least  time.Duration // until the third try
		most   time.Duration
	}{
		"refused":        {403, "", 3 * time.Second, 7 * time.Second},
		"asked to wait":  {503, "Retry-After: 60 (maintenance)\n", 120 * time.Second, 130 * time.Second},
		"wrong password": {401, `WWW-Authenticate: Digest realm="r", nonce="n"` + "\n", 5 * time.Minute, 6 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := withTrunks(TrunkConfig{Name: "carrier", Addr: carrierAddr, Username: "colibri", Register: true})
			virtual(t, cfg, nil, func(t *testing.T, st *stage) {
				carrier := st.raw(carrierAddr)
				began := time.Now()
				for range 2 {
					for reg := carrier.RequestWithin(5*time.Minute, "REGISTER"); ; reg = carrier.Request("REGISTER") {
						carrier.Reply(reg, c.status, "No", "c", c.extra)
						if c.status != 401 || reg.Get("authorization") != "" {
							break
						}
					}
				}
				synctest.Wait()
				if s := st.Trunks()[0]; s.Why == "" || !s.RegisteredUntil.IsZero() {
					t.Errorf("state %+v", s)
				}
				third := carrier.RequestWithin(10*time.Minute, "REGISTER")
				if d := third.At.Sub(began); d < c.least || d > c.most {
					t.Errorf("third try after %v, want %v to %v", d, c.least, c.most)
				}
				carrier.Reply(third, 403, "No", "c", "")
				synctest.Wait()
			})
		})
	}
}

// A number leaves by the trunk whose prefix fits and priority is best, in the shape it wants, and by
// the next one while that one fails; what the called party answers ends the search.
func TestFailover(t *testing.T) {
	t.Parallel()
	trunks := []TrunkConfig{
		{Name: "second", Addr: secondAddr, Prefixes: []string{"+33", "+44"}, Priority: 2},
		{Name: "carrier", Addr: carrierAddr, Prefixes: []string{"+33"}, Priority: 1, Caller: "0123456789", Domain: "carrier.example",
			Rewrite: []Rewrite{{"+33", "0"}}, Headers: map[string]string{"X-Ref": "{reference}"}},
	}
	for name, c := range map[string]struct {
		status int // of the first trunk; 0: silence
		second bool
		want   int
	}{
		"overload": {503, true, 0}, "silence": {0, true, 0}, "bad gateway": {502, true, 0}, "does not know us": {407, true, 0},
		"busy": {486, false, 486}, "no such number": {404, false, 404}, "declined": {603, false, 603},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, withTrunks(trunks...), nil, func(t *testing.T, st *stage) {
				carrier, second := st.raw(carrierAddr), st.raw(secondAddr)
				got := st.dial(context.Background(), leg.Invite{Addr: "tel:+33-6-12-34-56-78;phone-context=x", Facts: leg.Facts{Reference: "r é<1>"}})
				invite := carrier.Request("INVITE")
				if !strings.HasPrefix(invite.Start, "INVITE sip:0612345678@carrier.example ") || !strings.Contains(invite.Get("from"), "<sip:0123456789@carrier.example>") || invite.Get("x-ref") != "r%20%C3%A9%3C1%3E" {
					t.Errorf("INVITE is\n%s", invite.Text)
				}
				if c.status != 0 {
					carrier.Reply(invite, c.status, "No", "c", "")
					carrier.Request("ACK")
				}
				if c.second {
					invite := second.RequestWithin(10*time.Second, "INVITE")
					if !strings.HasPrefix(invite.Start, "INVITE sip:+33612345678@10.0.0.8:5060 ") || invite.Get("x-ref") != "" {
						t.Errorf("to the second trunk:\n%s", invite.Text)
					}
					second.Reply(invite, 200, "OK", "a1", strings.ReplaceAll(sdpAnswer(""), agentAddr, secondAddr))
					second.Request("ACK")
				}
				d := <-got
				var refused *leg.Refused
				if c.want != 0 && (!errors.As(d.err, &refused) || refused.Status != c.want) || c.want == 0 && d.err != nil {
					t.Fatalf("ended with %v", d.err)
				}
				synctest.Wait()
				list := st.Trunks()
				if down := c.second && c.status != 407; list[1].Up == down || list[0].Calls != b2i(c.second) || list[1].Calls != 0 {
					t.Errorf("trunks %+v", list)
				}
				if c.second { // the next call does not try the one that failed
					if c.status != 407 {
						got := st.dial(context.Background(), leg.Invite{Addr: "06 12 34 56 78"})
						second.Reply(second.Request("INVITE"), 486, "Busy Here", "a2", "")
						<-got
					}
					d.leg.Hangup(context.Background(), leg.Normal)
					second.Reply(second.Request("BYE"), 200, "OK", "", "")
				}
				synctest.Wait()
				if n := st.Trunks()[0].Calls; n != 0 {
					t.Errorf("%d calls are left", n)
				}
				st.idleSoon()
			})
		})
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// What no trunk dials, and what is full, is told at once.
func TestNoTrunk(t *testing.T) {
	t.Parallel()
	virtual(t, withTrunks(TrunkConfig{Name: "carrier", Addr: carrierAddr, Prefixes: []string{"+33"}, MaxCalls: 1}), nil, func(t *testing.T, st *stage) {
		carrier := st.raw(carrierAddr)
		for addr, want := range map[string]int{"+4420712345678": 404, "tel:12": 404, "sip:+447000000000@carrier": 403, "0899123456": 403, "sip:0899123456@10.0.0.7": 403, "sip:201@elsewhere.example": 403} {
			_, err := st.Dial(context.Background(), leg.Invite{Addr: addr})
			var refused *leg.Refused
			if !errors.As(err, &refused) || refused.Status != want {
				t.Errorf("%s: %v, want %d", addr, err, want)
			}
		}
		got := st.dial(context.Background(), leg.Invite{Addr: "sip:0612345678@carrier"})
		invite := carrier.Request("INVITE")
		_, err := st.Dial(context.Background(), leg.Invite{Addr: "0612345678"})
		var refused *leg.Refused
		if !errors.As(err, &refused) || refused.Status != 503 {
			t.Errorf("a full trunk: %v", err)
		}
		carrier.Reply(invite, 486, "Busy Here", "a", "")
		<-got
		st.idleSoon()
	})
}

// Pings that are not answered mark a trunk as down, and one that is as up; then calls take it again.
func TestPing(t *testing.T) {
	t.Parallel()
	virtual(t, withTrunks(TrunkConfig{Name: "carrier", Addr: carrierAddr, Prefixes: []string{"+33"}, Ping: 20 * time.Second}), nil, func(t *testing.T, st *stage) {
		carrier := st.raw(carrierAddr)
		up := func() bool { synctest.Wait(); return st.Trunks()[0].Up }
		carrier.Reply(carrier.Request("OPTIONS"), 404, "Not Found", "c", "")
		if !up() {
			t.Error("a refusal is a sign of life")
		}
		time.Sleep(80 * time.Second)
		if up() {
			t.Error("nobody answers, and it counts as up")
		}
		carrier.Pending()
		ping := carrier.RequestWithin(40*time.Second, "OPTIONS")
		carrier.Reply(ping, 503, "Service Unavailable", "c", "")
		if up() {
			t.Error("503 is no sign of life")
		}
		carrier.Await(40*time.Second, "another ping", func(m peer.Message) bool {
			if m.Method() != "OPTIONS" || m.Get("cseq") == ping.Get("cseq") {
				return false
			}
			carrier.Reply(m, 200, "OK", "c", "")
			return true
		})
		if !up() {
			t.Error("it answers, and counts as down")
		}
	})
}

// Requests from where a trunk was found pass the allow-list.
func TestTrunkIsAllowed(t *testing.T) {
	t.Parallel()
	cfg := withTrunks(TrunkConfig{Name: "carrier", Addr: "10.0.0.2:5060", Ping: 20 * time.Second})
	cfg.Allow = []string{"192.0.2.0/24"}
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		time.Sleep(time.Second)
		c := st.caller()
		c.Request("INVITE", offer(4000, ""))
		c.Follow(c.Response(200, "INVITE"))
		c.Request("ACK", "")
		c.Bye(t)
	})
}
