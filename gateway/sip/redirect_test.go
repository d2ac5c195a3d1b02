package sip

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	msg "github.com/emiago/sipgo/sip"

	"decroche/gateway/leg"
)

// A 3xx is followed as far as the configuration says, to the preferred place first, never in a circle,
// never to ourselves, and never to whom the gateway may not call.
func TestRedirects(t *testing.T) {
	t.Parallel()
	const other = "10.0.0.6:5060"
	for name, c := range map[string]struct {
		policy, contacts string
		status           int
		next             string // the second INVITE's start; "" for none
	}{
		"never":                {"never", "<sip:202@" + agentAddr + ">", 302, ""},
		"same host":            {"same_host", "<sip:202@" + agentAddr + ">;q=0.1", 302, "INVITE sip:202@10.0.0.5:5060 "},
		"preferred first":      {"same_host", "<sip:203@" + agentAddr + ">;q=0.1, \"a, b\" <sip:202@" + agentAddr + "?Replaces=x>;q=0.9", 300, "INVITE sip:202@10.0.0.5:5060 "},
		"another host":         {"same_host", "<sip:202@" + other + ">", 302, ""},
		"another, allowed":     {"allowed", "<sip:202@" + other + ">", 301, "INVITE sip:202@10.0.0.6:5060 "},
		"another, not allowed": {"allowed", "<sip:202@10.9.9.9>", 302, ""},
		"premium":              {"allowed", "<sip:0899123456@" + agentAddr + ">, <tel:0899123456>", 302, ""},
		"a circle":             {"allowed", "<sip:201@" + agentAddr + ">", 302, ""},
		"ourselves":            {"allowed", "<sip:202@" + serverIP + ":5060>", 302, ""},
		"a proxy":              {"allowed", "<sip:202@" + agentAddr + ">", 305, ""},
		"no address":           {"allowed", "<mailto:a@b>", 302, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := withTrunks()
			cfg.Outbound.Hosts = []string{"10.0.0.5", "10.0.0.6", serverIP}
			cfg.Redirects = c.policy
			virtual(t, cfg, nil, func(t *testing.T, st *stage) {
				agent, second := st.raw(agentAddr), st.raw(other)
				got := st.dial(context.Background(), leg.Invite{Headers: map[string]string{"History-Info": "<sip:0800@a>;index=1"}})
				invite := agent.Request("INVITE")
				if invite.Get("history-info") != "<sip:0800@a>;index=1" {
					t.Errorf("history %q", invite.Get("history-info"))
				}
				agent.Reply(invite, c.status, "Moved", "a", "Contact: "+c.contacts+"\n")
				agent.Request("ACK")
				if c.next != "" {
					at := agent
					if strings.Contains(c.next, "10.0.0.6") {
						at = second
					}
					next := at.Request("INVITE")
					if !strings.HasPrefix(next.Start, c.next) || next.Get("replaces") != "" {
						t.Errorf("it goes on to\n%s", next.Text)
					}
					uri := strings.Fields(c.next)[1]
					want := "<sip:0800@a>;index=1, <sip:201@10.0.0.5:5060?Reason=SIP%3Bcause%3D" + []string{"300", "301", "302"}[c.status-300] + ">;index=1.1, <" + uri + ">;index=1.2;rc=1.1"
					if next.Get("history-info") != want {
						t.Errorf("history %q\nwant    %q", next.Get("history-info"), want)
					}
					at.Reply(next, 486, "Busy Here", "b", "")
					at.Request("ACK")
					if strings.Contains(c.contacts, "203") { // the second choice
						at.Reply(at.Request("INVITE"), 486, "Busy Here", "c", "")
						at.Request("ACK")
					}
				}
				d := <-got
				var refused *leg.Refused
				want := c.status
				if c.next != "" {
					want = 486
				}
				if !errors.As(d.err, &refused) || refused.Status != want {
					t.Errorf("ended with %v, want %d", d.err, want)
				}
				synctest.Wait()
				for _, m := range append(agent.Pending(), second.Pending()...) {
					if m.Method() == "INVITE" && m.Status() == 0 {
						t.Errorf("one INVITE too many:\n%s", m.Text)
					}
				}
				st.idleSoon()
			})
		})
	}
}

// Who redirects again and again is followed five times.
func TestRedirectsEnd(t *testing.T) {
	t.Parallel()
	cfg := withTrunks()
	cfg.Outbound.Hosts = []string{"10.0.0.5"}
	cfg.Redirects = "allowed"
	virtual(t, cfg, nil, func(t *testing.T, st *stage) {
		agent := st.raw(agentAddr)
		got := st.dial(context.Background(), leg.Invite{})
		for range 1 + maxRedirects {
			invite := agent.Request("INVITE")
			agent.Reply(invite, 302, "Moved", "a", "Contact: <sip:a"+token()+"@"+agentAddr+">, <sip:b"+token()+"@"+agentAddr+">\n")
			agent.Request("ACK")
			if h := invite.Get("history-info"); len(h) > maxHistory {
				t.Errorf("history has %d bytes", len(h))
			}
		}
		var refused *leg.Refused
		if d := <-got; !errors.As(d.err, &refused) || refused.Status != 302 {
			t.Errorf("ended with %v", d.err)
		}
		st.idleSoon()
	})
}

// A caller's history is kept whole and in order, or not at all.
func TestHistoryIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ headers, want string }{
		"one":         {"History-Info: <sip:a@b?Reason=SIP%3Bcause%3D302>;index=1\n", "<sip:a@b?Reason=SIP%3Bcause%3D302>;index=1"},
		"two headers": {"History-Info: <sip:a@b>;index=1, \"x, y\" <sip:c@d>;index=1.1\nHistory-Info: <sip:e@f>;index=1.2\n", "<sip:a@b>;index=1, \"x, y\" <sip:c@d>;index=1.1, <sip:e@f>;index=1.2"},
		"no index":    {"History-Info: <sip:a@b>\n", ""},
		"too many":    {strings.Repeat("History-Info: <sip:a@b>;index=1\n", maxHistoryEntries+1), ""},
		"too long":    {"History-Info: <sip:" + strings.Repeat("a", maxHistory) + "@b>;index=1\n", ""},
		"none":        {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, patient(), nil, func(t *testing.T, st *stage) {
				p := st.caller()
				p.Call(t, c.headers, 4000)
				if got := (<-st.legs).Info().Headers["History-Info"]; got != c.want {
					t.Errorf("kept %q\nwant %q", got, c.want)
				}
				p.Bye(t)
				st.idleSoon()
			})
		})
	}
}

// What a stranger writes as a history can be added to, and nothing of it becomes a header.
func FuzzHistory(f *testing.F) {
	f.Add("<sip:a@b?Reason=SIP%3Bcause%3D302>;index=1, <sip:c@d>;index=1.1;rc=1")
	f.Add(`"a, <b" <sip:c@d>;index=9999999999999999999999`)
	var from, next msg.Uri
	msg.ParseUri("sip:201@10.0.0.5", &from)
	msg.ParseUri("sip:202@10.0.0.5", &next)
	f.Fuzz(func(t *testing.T, history string) {
		req := msg.NewRequest(msg.INVITE, from)
		req.AppendHeader(msg.NewHeader("History-Info", history))
		kept := historyOf(req)
		out := addHistory(map[string]string{"History-Info": kept}, from, next, 302)["History-Info"]
		if strings.ContainsAny(out, "\r\n") || len(out) > maxHistory || kept != "" && len(splitList(out)) < len(splitList(kept)) {
			t.Errorf("%q is kept as %q and becomes %q", history, kept, out)
		}
		for _, v := range splitList(history) {
			if c, ok := readContact(v); ok && (strings.ContainsAny(c.uri.String(), "\r\n") || c.q < 0 || c.q > 1) {
				t.Errorf("%q is a place: %v", v, c)
			}
		}
	})
}
