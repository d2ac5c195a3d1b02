package sip

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"decroche/gateway/leg"
	"decroche/internal/peer"
)

// attended has a caller in a call, and an agent who was dialled for a consultation, in virtual time.
func attended(t *testing.T, f func(t *testing.T, st *stage, caller *peer.Hostile, l *line, agent *peer.Raw, consult *line, invite peer.Message)) {
	virtual(t, patient(), nil, func(t *testing.T, st *stage) {
		c := st.caller()
		c.Call(t, "", 4000)
		l := <-st.legs
		agent := st.raw(agentAddr)
		dialled := make(chan leg.Leg, 1)
		go func() {
			a, err := st.Dial(context.Background(), leg.Invite{Addr: "sip:204@" + agentAddr})
			if err != nil {
				t.Error(err)
			}
			dialled <- a
		}()
		inv := agent.Request("INVITE")
		agent.Reply(inv, 200, "OK", "agent-tag", "Contact: <sip:204@"+agentAddr+">\nContent-Type: application/sdp\n\n"+
			strings.ReplaceAll(offer(4100, ""), "10.0.0.2", agent.AddrPort().Addr().String()))
		consult := (<-dialled).(*line)
		agent.Request("ACK")
		h := peer.NewHostile(t, c)
		defer h.Close()
		f(t, st, h, l, agent, consult, inv)
		st.idleSoon()
	})
}

// TestAttended: the REFER names the consultation so that the agent's side can match it, with the tags as
// the agent sees them, escaped; the agent's BYE ends the consultation.
func TestAttended(t *testing.T) {
	t.Parallel()
	attended(t, func(t *testing.T, st *stage, h *peer.Hostile, l *line, agent *peer.Raw, consult *line, inv peer.Message) {
		done := make(chan leg.Referred, 1)
		go func() { done <- l.Refer(context.Background(), leg.Referral{With: consult}) }()
		m, _ := h.Take(time.Second, "REFER")
		want := fmt.Sprintf("%s;to-tag=agent-tag;from-tag=%s", inv.Get("call-id"), inv.Tag("from"))
		_, v, _ := strings.Cut(m.Get("refer-to"), "Replaces=")
		v, _, _ = strings.Cut(v, "&")
		if got, err := url.PathUnescape(v); err != nil || got != want || strings.ContainsAny(v, ";=@") {
			t.Errorf("Replaces is %q (%q), want %q", v, got, want)
		}
		if !strings.HasPrefix(m.Get("refer-to"), "<sip:204@"+agentAddr+"?") {
			t.Errorf("Refer-To is %q", m.Get("refer-to"))
		}
		h.Respond(m, 202, "")
		h.Run("notify 100", "notify 200 end", "bye")
		if r := <-done; r.Outcome != "completed" {
			t.Errorf("came to %+v", r)
		}
		// The agent's telephone forgets to end the consultation: we do, after the far end's time is over.
		agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
	})
}

// TestHostile21: an attended transfer that never reaches the agent, or that their side refuses: the
// consultation stays up until its owner lets it go.
func TestHostile21(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name   string
		script []string
		want   leg.Referred
	}{
		{"xfer_21_never_arrives", []string{"refer 202", "notify 100"}, leg.Referred{Outcome: "timeout", Status: 100, Reason: "no_final_notify"}},
		{"xfer_22_481", []string{"refer 202", "notify 481 end"}, leg.Referred{Outcome: "refused", Status: 481}},
		{"xfer_22_603", []string{"refer 202", "notify 603 end"}, leg.Referred{Outcome: "refused", Status: 603}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			attended(t, func(t *testing.T, st *stage, h *peer.Hostile, l *line, agent *peer.Raw, consult *line, _ peer.Message) {
				go h.Run(row.script...)
				got := l.Refer(context.Background(), leg.Referral{With: consult})
				got.Began, got.Ended = time.Time{}, time.Time{}
				if got != row.want {
					t.Errorf("came to %+v, want %+v", got, row.want)
				}
				if l.ctx.Err() != nil || consult.ctx.Err() != nil {
					t.Errorf("caller %v, consultation %v", context.Cause(l.ctx), context.Cause(consult.ctx))
				}
				l.Hangup(context.Background(), leg.Normal)
				go consult.Hangup(context.Background(), leg.Normal)
				agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
			})
		})
	}
}
