package sip

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"decroche/gateway/leg"
)

// withoutEvents is an answer that takes no telephone-event.
func withoutEvents() string {
	var out []string
	for _, line := range strings.Split(sdpAnswer(""), "\n") {
		if !strings.Contains(line, "telephone-event") && !strings.HasPrefix(line, "a=fmtp:101") {
			out = append(out, strings.Replace(line, "RTP/AVP 8 101", "RTP/AVP 8", 1))
		}
	}
	return strings.Join(out, "\n")
}

// Keys go by INFO to a far end that agreed to no events, one after the other, and as tones to one that refuses
// that, from the first refusal on.
func TestKeysByInfo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, send string
		status     int
		infos      string
		fails      bool
	}{
		{"taken", "auto", 200, "42", false},
		{"refused", "auto", 415, "4", false},
		{"refused and nothing else is wanted", "info", 501, "4", true},
		{"only tones are wanted", "tones", 0, "", false},
		{"events are wanted and not agreed", "events", 0, "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := patient()
			cfg.DTMF.Send = tt.send
			virtual(t, cfg, nil, func(t *testing.T, st *stage) {
				agent := st.raw(agentAddr)
				got := st.dial(context.Background(), leg.Invite{})
				invite := agent.Request("INVITE")
				agent.Reply(invite, 200, "OK", "a1", withoutEvents())
				agent.Request("ACK")
				d := <-got
				if d.err != nil {
					t.Fatal(d.err)
				}
				synctest.Wait()
				if p := agreedOn(d.leg.(*line)); p.EventType >= 0 {
					t.Fatalf("agreed on %+v", p)
				}
				done := make(chan error, 1)
				go func() { done <- d.leg.(*line).SendDigits(context.Background(), "42") }()
				infos := ""
				for range tt.infos {
					info := agent.Request("INFO")
					if info.Get("content-type") != "application/dtmf-relay" {
						t.Errorf("INFO is %s", info.Text)
					}
					var key byte
					if _, err := fmt.Sscanf(info.Text[strings.Index(info.Text, "Signal="):], "Signal=%c", &key); err != nil {
						t.Errorf("INFO is %s", info.Text)
					}
					infos += string(key)
					agent.Reply(info, tt.status, "so", "", "")
				}
				err := <-done
				if infos != tt.infos || (err != nil) != tt.fails {
					t.Errorf("keys %q, %v; want %q, failure %v", infos, err, tt.infos, tt.fails)
				}
				if err := d.leg.(*line).SendDigits(context.Background(), "4x"); err == nil || !strings.Contains(err.Error(), "is not a telephone key") {
					t.Errorf("x is a key: %v", err)
				}
				d.leg.Hangup(context.Background(), leg.Normal)
				agent.Reply(agent.Request("BYE"), 200, "OK", "", "")
				st.idleSoon()
			})
		})
	}
}
