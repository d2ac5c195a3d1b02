package accounts

import (
	"errors"
	"testing"
)

// TestADeviceMayCallOneHotline: its token opens that and nothing of the API, and ends as every other.
func TestADeviceMayCallOneHotline(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.add(t, "lina", Agent)
	secret, tok, err := h.CreateToken(t.Context(), Terminal(), NewToken{Name: "the kitchen's speaker", User: "lina", Scopes: []string{DeviceScope("colibri")}})
	must(t, err)
	who, err := h.Bearer(t.Context(), secret, away)
	must(t, err)
	if hotline, ok := who.Device(); !ok || hotline != "colibri" {
		t.Errorf("may call %q, %v", hotline, ok)
	}
	if p := who.Permissions(); len(p) > 0 {
		t.Errorf("may %v beside", p)
	}
	must(t, h.RevokeToken(t.Context(), Terminal(), tok.ID))
	if _, err := h.Bearer(t.Context(), secret, away); !errors.Is(err, ErrToken) {
		t.Errorf("revoked: %v", err)
	}
	for _, bad := range [][]string{{"device:"}, {"device:../x"}, {"device:a b"}, {"device:colibri", "bots:read"}, {"bots:read", "device:colibri"}} {
		var in *InputError
		if _, _, err := h.CreateToken(t.Context(), Terminal(), NewToken{Name: "x", User: "lina", Scopes: bad}); !errors.As(err, &in) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	other, _, err := h.CreateToken(t.Context(), Terminal(), NewToken{Name: "x", User: "lina", Scopes: []string{"bots:read"}})
	must(t, err)
	if who, err := h.Bearer(t.Context(), other, away); err != nil {
		t.Error(err)
	} else if _, ok := who.Device(); ok {
		t.Error("a script's token passes for a device's")
	}
}
