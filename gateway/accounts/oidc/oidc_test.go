package oidc

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"decroche/internal/peer/idp"
)

var t0 = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

const back = "http://127.0.0.1:8080/login/oidc/callback"

// world is a provider, and a client with a clock of its own.
type world struct {
	*Provider
	idp *idp.Provider
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{idp: idp.New("decroche", "s3cret"), now: t0}
	t.Cleanup(w.idp.Close)
	w.idp.Clock(func() time.Time { return t0 })
	w.idp.SignsIn(map[string]any{"sub": "u-7", "preferred_username": "lina@example.com", "name": "Lina Moreau", "groups": []string{"hotline", "all"}})
	cfg := DefaultConfig()
	cfg.Issuer, cfg.ClientID, cfg.Roles = w.idp.URL, "decroche", map[string]string{"hotline": "agent"}
	w.Provider = New(cfg, "s3cret", back, func() time.Time { return w.now })
	return w
}

// away goes to the provider as a browser would and returns what it is sent back with.
func (w *world) away(t *testing.T) (secret string, query url.Values) {
	t.Helper()
	to, secret, err := w.Begin(t.Context(), "/board")
	if err != nil {
		t.Fatal(err)
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	u, err := res.Location()
	if err != nil || !strings.HasPrefix(u.String(), back+"?") {
		t.Fatalf("the provider sends to %v, %v (%s)", u, err, res.Status)
	}
	return secret, u.Query()
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret, q := w.away(t)
	who, next, err := w.Finish(t.Context(), secret, q)
	want := Person{Issuer: w.idp.URL, Subject: "u-7", Name: "lina@example.com", Display: "Lina Moreau", Groups: []string{"hotline", "all"}}
	if err != nil || next != "/board" || !reflect.DeepEqual(who, want) {
		t.Fatalf("%+v, %q, %v", who, next, err)
	}
	if _, _, err := w.Finish(t.Context(), secret, q); !errors.Is(err, ErrFlow) {
		t.Errorf("the same return again: %v", err)
	}
}

func TestGroupsFromUserInfo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.idp.SignsIn(map[string]any{"sub": "u-7"})
	w.idp.Tells(map[string]any{"sub": "u-7", "groups": "hotline"})
	secret, q := w.away(t)
	if who, _, err := w.Finish(t.Context(), secret, q); err != nil || !reflect.DeepEqual(who.Groups, []string{"hotline"}) {
		t.Errorf("%+v, %v", who, err)
	}
	w.idp.Tells(map[string]any{"sub": "u-8", "groups": "hotline"})
	secret, q = w.away(t)
	if _, _, err := w.Finish(t.Context(), secret, q); !errors.Is(err, ErrProof) {
		t.Errorf("user info about somebody else: %v", err)
	}
}

// Each way in which a return can be wrong has its own refusal, and none lets anybody in.
func TestWrongReturns(t *testing.T) {
	t.Parallel()
	claim := func(name string, v any) func(*testing.T, *world) {
		return func(_ *testing.T, w *world) { w.idp.Spoils(func(c map[string]any) { c[name] = v }) }
	}
	for name, tc := range map[string]struct {
		before func(*testing.T, *world)
		change func(w *world, secret *string, q url.Values)
		want   error
	}{
		"nonce of another":          {before: claim("nonce", "AAAAAAAAAAAAAAAAAAAAAAAAAA"), want: ErrProof},
		"no nonce":                  {before: claim("nonce", ""), want: ErrProof},
		"wrong audience":            {before: claim("aud", "another-client"), want: ErrProof},
		"wrong issuer":              {before: claim("iss", "https://evil.example"), want: ErrProof},
		"no subject":                {before: claim("sub", ""), want: ErrProof},
		"expired":                   {before: claim("exp", t0.Add(-2*time.Minute).Unix()), want: ErrClock},
		"from the future":           {before: claim("iat", t0.Add(2*time.Minute).Unix()), want: ErrClock},
		"a key nobody knows":        {before: func(_ *testing.T, w *world) { w.idp.SignsWithAnotherKey() }, want: ErrProof},
		"denied":                    {before: func(_ *testing.T, w *world) { w.idp.Denies("access_denied") }, want: ErrDenied},
		"state of another":          {change: func(_ *world, _ *string, q url.Values) { q.Set("state", "x") }, want: ErrFlow},
		"no state":                  {change: func(_ *world, _ *string, q url.Values) { q.Del("state") }, want: ErrFlow},
		"another browser":           {change: func(_ *world, s *string, _ url.Values) { *s = "x" }, want: ErrFlow},
		"no cookie":                 {change: func(_ *world, s *string, _ url.Values) { *s = "" }, want: ErrFlow},
		"too late":                  {change: func(w *world, _ *string, _ url.Values) { w.now = w.now.Add(Patience) }, want: ErrFlow},
		"a code of nobody":          {change: func(_ *world, _ *string, q url.Values) { q.Set("code", "x") }, want: ErrDenied},
		"iss of another (RFC 9207)": {change: func(_ *world, _ *string, q url.Values) { q.Set("iss", "https://evil.example") }, want: ErrProof},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if tc.before != nil {
				tc.before(t, w)
			}
			secret, q := w.away(t)
			if tc.change != nil {
				tc.change(w, &secret, q)
			}
			if who, _, err := w.Finish(t.Context(), secret, q); !errors.Is(err, tc.want) || who.Subject != "" {
				t.Errorf("%+v, %v, want %v", who, err, tc.want)
			}
		})
	}
}

// Clocks may differ by clock_skew, either way.
func TestClockSkew(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		ours time.Duration // ahead of the provider's
		ok   bool
	}{{50 * time.Second, true}, {5*time.Minute + 50*time.Second, true}, {6*time.Minute + 10*time.Second, false}, {-50 * time.Second, true}, {-70 * time.Second, false}} {
		w := newWorld(t)
		w.now = t0.Add(tc.ours)
		secret, q := w.away(t)
		if _, _, err := w.Finish(t.Context(), secret, q); tc.ok != (err == nil) || !tc.ok && !errors.Is(err, ErrClock) {
			t.Errorf("ours %v ahead: %v", tc.ours, err)
		}
	}
}

func TestProviderThatIsDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	url := w.idp.URL
	w.idp.Close()
	if _, _, err := w.Begin(t.Context(), "/"); !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), url) {
		t.Errorf("%v", err)
	}
}

func TestFlowsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var first string
	for i := range maxFlows + 10 {
		w.now = t0.Add(time.Duration(i) * time.Millisecond)
		_, secret, err := w.Begin(t.Context(), "/")
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = secret
		}
	}
	if len(w.flows) != maxFlows || w.take(first) != nil {
		t.Errorf("%d are remembered", len(w.flows))
	}
}

func TestGroups(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		json, name string
		want       []string
	}{
		{`{"groups":["a","b"]}`, "groups", []string{"a", "b"}},
		{`{"groups":"a"}`, "groups", []string{"a"}},
		{`{"realm_access":{"roles":["a"]}}`, "realm_access.roles", []string{"a"}},
		{`{"https://x.example/roles":["a"]}`, "https://x.example/roles", []string{"a"}},
		{`{"groups":[1]}`, "groups", nil}, {`{"groups":{}}`, "groups", nil}, {`{}`, "groups", nil}, {`{"groups":""}`, "groups", nil}, {`{"a":1}`, "a.b", nil},
	} {
		var c map[string]json.RawMessage
		if err := json.Unmarshal([]byte(tc.json), &c); err != nil {
			t.Fatal(err)
		}
		got := groups(c, tc.name)
		if len(got) != len(tc.want) || len(got) > 0 && !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s of %s: %q", tc.name, tc.json, got)
		}
	}
}

func TestConfigProblems(t *testing.T) {
	t.Parallel()
	good := DefaultConfig()
	if p := good.Validate(); p != nil {
		t.Fatalf("the default: %q", p)
	}
	good.Issuer, good.ClientID, good.DefaultRole = "https://id.example.com/realms/x", "decroche", "agent"
	if p := good.Validate(); p != nil {
		t.Fatalf("a good one: %q", p)
	}
	for _, tc := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Issuer = "id.example.com" }, `issuer: "id.example.com" is not the address of a provider`},
		{func(c *Config) { c.Issuer = "http://id.example.com" }, `would be asked in clear`},
		{func(c *Config) { c.Issuer = "" }, `issuer: empty, and other keys`},
		{func(c *Config) { c.ClientID = "" }, `client_id: empty`},
		{func(c *Config) { c.Scopes = []string{"profile"} }, `scopes: openid is missing`},
		{func(c *Config) { c.NameClaim = "" }, `name_claim: empty`},
		{func(c *Config) { c.RoleClaim, c.Roles = "", map[string]string{"a": "agent"} }, `role_claim: empty`},
		{func(c *Config) { c.DefaultRole = "" }, `roles: empty`},
		{func(c *Config) { c.ClockSkew = time.Hour }, `clock_skew: 1h0m0s is not between`},
	} {
		c := good
		tc.change(&c)
		if got := c.Validate(); len(got) != 1 || !strings.Contains(got[0], tc.want) {
			t.Errorf("got %q, want %s", got, tc.want)
		}
	}
}

func FuzzGroups(f *testing.F) {
	f.Add(`{"groups":["a"]}`, "groups")
	f.Add(`{"a":{"b":{"c":"d"}}}`, "a.b.c")
	f.Fuzz(func(t *testing.T, body, name string) {
		var c map[string]json.RawMessage
		if json.Unmarshal([]byte(body), &c) != nil {
			return
		}
		if got := groups(c, name); len(got) > maxGroups {
			t.Errorf("%d groups", len(got))
		}
	})
}
