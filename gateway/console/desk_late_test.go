package console

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"decroche/gateway/accounts"
	"decroche/gateway/agents"
)

// A session whose time is over in a call stops no heartbeat, so that the caller is not put on hold by
// a clock. It opens nothing else, and nothing once the call is over or the agent was locked out.
func TestASessionThatEndsInACall(t *testing.T) {
	t.Parallel()
	beat := func(t *testing.T, h *house, cookie string) (int, string) {
		t.Helper()
		w := h.ask(t, "POST", "/api/v1/desk/heartbeat", `{"tab":"a","microphone":true}`, cookie, js, ours)
		return w.Code, w.Body.String()
	}
	for name, tc := range map[string]struct {
		do func(t *testing.T, h *house, d *agents.Desk, cookie string)
		ok bool
	}{
		"by time": {func(_ *testing.T, h *house, _ *agents.Desk, _ string) { h.now = h.now.Add(3 * time.Hour) }, true},
		"long ago": {func(_ *testing.T, h *house, _ *agents.Desk, _ string) {
			h.now = h.now.Add(3*time.Hour + accounts.Grace)
		}, false},
		"signed out": {func(t *testing.T, h *house, _ *agents.Desk, cookie string) {
			h.ask(t, "POST", "/api/v1/sign-out", "", cookie, ours)
		}, false},
		"disabled": {func(t *testing.T, h *house, _ *agents.Desk, _ string) {
			h.now = h.now.Add(3 * time.Hour)
			yes := true
			if _, err := h.acc.ChangeUser(t.Context(), root, "lina", accounts.Change{Disabled: &yes}); err != nil {
				t.Fatal(err)
			}
		}, false},
		"out of the call": {func(_ *testing.T, h *house, d *agents.Desk, _ string) {
			h.now = h.now.Add(3 * time.Hour)
			d.Leave("lina", "c1")
			d.Conclude("lina")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, d, lina := deskHouse(t)
			beat(t, h, lina)
			if err := d.Set("lina", "Lina", agents.Available, "", ""); err != nil {
				t.Fatal(err)
			}
			a, err := d.Offer(context.Background(), agents.Request{Conv: "c1"})
			if err != nil {
				t.Fatal(err)
			}
			of, err := d.Show("lina", agents.Offer{Conv: "c1"}, time.Minute)
			if err != nil || d.Accept("lina", "c1") != nil || !of.Join() {
				t.Fatal("not joined", err)
			}
			tc.do(t, h, d, lina)
			if name == "out of the call" {
				a.Release()
			}
			code, body := beat(t, h, lina)
			if tc.ok != (code == http.StatusOK) || !tc.ok && code != http.StatusUnauthorized {
				t.Fatalf("%d %s", code, body)
			}
			for _, path := range []string{"/api/v1/desk", "/api/v1/me", "/api/v1/conversations"} {
				if w := h.ask(t, "GET", path, "", lina); w.Code != http.StatusUnauthorized {
					t.Errorf("%s: %d", path, w.Code)
				}
			}
			wantProblem(t, h.ask(t, "POST", "/api/v1/desk/presence", `{"status":"break","reason":"x"}`, lina, js, ours), http.StatusUnauthorized)
			w := h.ask(t, "POST", "/api/v1/desk/calls/c1/hang-up", "", lina, ours)
			if !tc.ok {
				wantProblem(t, w, http.StatusUnauthorized)
				return
			}
			if !strings.Contains(body, `"session_ended":true`) {
				t.Errorf("the page is not told: %s", body)
			}
			if w.Code != http.StatusNoContent {
				t.Errorf("hang up: %d %s", w.Code, w.Body)
			}
		})
	}
}
