package console

import (
	"net/http"
	"testing"

	"decroche/gateway/accounts"
)

// TestDevicesCallTheirHotline: with its token a speaker gets through to its own hotline where nobody
// else may call, and is told when the token opens nothing any more.
func TestDevicesCallTheirHotline(t *testing.T) {
	t.Parallel()
	called := ""
	l := newLobby(t, func(d *Deps) {
		d.Widget.Voice = false
		d.Calls = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			called = r.URL.Query().Get("bot")
			w.WriteHeader(http.StatusCreated)
		})
	})
	token := func(scope string) (secret, id string) {
		t.Helper()
		secret, tok, err := l.acc.CreateToken(t.Context(), accounts.Terminal(), accounts.NewToken{Name: "speaker", User: "lina", Scopes: []string{scope}})
		if err != nil {
			t.Fatal(err)
		}
		return secret, tok.ID
	}
	if _, err := l.acc.AddUser(t.Context(), accounts.Terminal(), accounts.NewUser{Name: "lina", Role: string(accounts.Agent)}); err != nil {
		t.Fatal(err)
	}
	secret, id := token(accounts.DeviceScope("colibri"))
	script, _ := token("bots:read")
	for _, c := range []struct {
		name, token, query string
		status             int
		bot                string
	}{
		{"nobody", "", "", http.StatusForbidden, ""},
		{"a device", secret, "", http.StatusCreated, "colibri"},
		{"a device that names its hotline", secret, "?bot=colibri", http.StatusCreated, "colibri"},
		{"a device that wants another", secret, "?bot=banque", http.StatusForbidden, ""},
		{"a script's token", script, "", http.StatusForbidden, ""},
		{"no token of ours", "decroche_pat_x", "", http.StatusUnauthorized, ""},
	} {
		called = ""
		if res := l.call(t, "POST", "/api/v1/webrtc/calls"+c.query, c.token, "v=0", nil); res.StatusCode != c.status || called != c.bot {
			t.Errorf("%s: %d, calls %q", c.name, res.StatusCode, called)
		}
	}
	if res := l.call(t, "GET", "/api/v1/conversations", secret, "", nil); res.StatusCode != http.StatusForbidden {
		t.Errorf("the record is open to a device: %d", res.StatusCode)
	}
	if err := l.acc.RevokeToken(t.Context(), accounts.Terminal(), id); err != nil {
		t.Fatal(err)
	}
	if res := l.call(t, "POST", "/api/v1/webrtc/calls", secret, "v=0", nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a revoked token: %d", res.StatusCode)
	}
}
