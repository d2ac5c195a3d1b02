package sip

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
	"decroche/gateway/sip/digest"
	"decroche/internal/peer"
)

// placed is place beside the test, with credentials.
func (st *stage) placed() <-chan dialled {
	var uri msg.Uri
	msg.ParseUri("sip:201@"+agentAddr, &uri)
	out := make(chan dialled, 1)
	go func() {
		l, err := st.place(context.Background(), target{uri: uri, signer: newSigner(credentials{"colibri", "s3cret"})},
			leg.Invite{Addr: uri.String()})
		out <- dialled{l, err}
	}()
	return out
}

// checks judges the answer in a request as the far end that challenged would.
func checks(t *testing.T, v *digest.Verifier, m peer.Message, header string) digest.Outcome {
	t.Helper()
	a, err := digest.ParseAnswer(m.Get(header))
	if err != nil {
		t.Fatalf("%s has no answer: %v\n%s", m.Start, err, m.Text)
	}
	return v.Check(a, "s3cret", a.Username == "colibri", m.Method(), a.URI, "s")
}

// The proxy asks before it passes the INVITE on, and the far end when we hang up: both get an answer,
// with a CSeq of its own, and to the application it was one call.
func TestChallenged(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		v := digest.NewVerifier("pbx", time.Minute, time.Now, "SHA-256", "MD5")
		got := st.placed()
		first := agent.Request("INVITE")
		list := v.Challenges("s", false)
		agent.Reply(first, 407, "Proxy Authentication Required", "p", fmt.Sprintf("Proxy-Authenticate: %v\nProxy-Authenticate: %v\n", list[1], list[0]))
		agent.Request("ACK")
		invite := agent.Request("INVITE")
		if checks(t, v, invite, "proxy-authorization") != digest.Right || invite.Get("call-id") != first.Get("call-id") ||
			invite.Tag("from") != first.Tag("from") || invite.Get("cseq") != "2 INVITE" || invite.Get("via") == first.Get("via") {
			t.Errorf("the second INVITE is\n%s", invite.Text)
		}
		agent.Reply(invite, 200, "OK", "a1", sdpAnswer(""))
		if ack := agent.Request("ACK"); ack.Get("proxy-authorization") != invite.Get("proxy-authorization") {
			t.Errorf("ACK without what the INVITE showed:\n%s", ack.Text)
		}
		d := <-got
		if d.err != nil {
			t.Fatal(d.err)
		}
		d.leg.Hangup(context.Background(), leg.Normal)
		bye := agent.Request("BYE")
		if checks(t, v, bye, "proxy-authorization") != digest.Right {
			t.Error("the BYE does not answer what is known already")
		}
		agent.Reply(bye, 401, "Unauthorized", "", fmt.Sprintf("WWW-Authenticate: %v\n", list[1]))
		again := agent.Request("BYE")
		if a, err := digest.ParseAnswer(again.Get("authorization")); err != nil || a.Count != 1 || again.Get("cseq") == bye.Get("cseq") {
			t.Errorf("the second BYE is\n%s", again.Text)
		}
		agent.Reply(again, 200, "OK", "", "")
		st.idleSoon()
	})
}

// What the far end does not believe is not sent again; a nonce that grew old is.
func TestChallengedInVain(t *testing.T) {
	t.Parallel()
	const header = "WWW-Authenticate: "
	fresh := func() string { return header + `Digest realm="pbx", nonce="` + token() + `", qop="auth"` + "\n" }
	same := header + `Digest realm="pbx", nonce="n", qop="auth"` + "\n"
	for name, c := range map[string]struct {
		replies []string // of each 401
		want    int      // INVITEs
	}{
		"the same nonce again":       {[]string{same, same}, 2},
		"another nonce, not stale":   {[]string{same, fresh()}, 2},
		"stale, and again":           {[]string{same, header + `Digest realm="pbx", nonce="m", stale=true, qop="auth"` + "\n", fresh()}, 3},
		"for ever stale":             {[]string{same, header + `Digest realm="pbx", nonce="n", stale=true` + "\n"}, 2},
		"nothing that we can answer": {[]string{header + `Digest realm="pbx", nonce="n", algorithm=MD5-sess` + "\n"}, 1},
		"another scheme":             {[]string{header + "Bearer realm=x\n"}, 1},
		"no challenge at all":        {[]string{""}, 1},
		"a challenge with no end":    {[]string{header + `Digest realm="pbx", nonce="` + "\n"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				agent := st.raw(agentAddr)
				got := st.placed()
				for i := range c.want {
					invite := agent.Request("INVITE")
					agent.Reply(invite, 401, "Unauthorized", "a", c.replies[i])
					agent.Request("ACK")
				}
				d := <-got
				var refused *leg.Refused
				if !errors.As(d.err, &refused) || refused.Status != 401 {
					t.Errorf("ended with %v", d.err)
				}
				for _, m := range agent.Pending() {
					if m.Method() == "INVITE" && m.Status() == 0 {
						t.Errorf("one INVITE too many:\n%s", m.Text)
					}
				}
				st.idleSoon()
			})
		})
	}
}

// Who has no credentials sends none, and says so to nobody.
func TestChallengedWithoutCredentials(t *testing.T) {
	t.Parallel()
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		got := st.dial(context.Background(), leg.Invite{})
		agent.Reply(agent.Request("INVITE"), 407, "Proxy Authentication Required", "a", `Proxy-Authenticate: Digest realm="a", nonce="b"`+"\n")
		agent.Request("ACK")
		var refused *leg.Refused
		if d := <-got; !errors.As(d.err, &refused) || refused.Status != 407 {
			t.Errorf("ended with %v", d.err)
		}
		st.idleSoon()
	})
}
