package gateway

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"decroche/flows"
	"decroche/gateway/record"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/store/storetest"
	"decroche/gateway/vcon"
	"decroche/gateway/webhook"
	"decroche/internal/hooksign"
)

// posted is what a far system got.
type posted struct{ id, kind, body string }

// Every conversation is posted when it has ended, in each form, signed as webhooks are.
func TestVConIsPosted(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-of-some-length"
	for form, has := range map[string]string{"": `"payload"`, vconPlain: `"parties"`, vconSigned: `"payload"`, vconEncrypted: `"ciphertext"`} {
		t.Run("form "+form, func(t *testing.T) {
			t.Parallel()
			got := make(chan posted, 10)
			far := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				id, at := r.Header.Get("webhook-id"), time.Unix(0, 0)
				if sec, err := time.ParseDuration(r.Header.Get("webhook-timestamp") + "s"); err == nil {
					at = at.Add(sec)
				}
				if r.Header.Get("webhook-signature") != hooksign.Sign(secret, id, at, body) {
					t.Error("not signed:", r.Header)
				}
				got <- posted{id, r.Header.Get("Content-Type"), string(body)}
			}))
			defer far.Close()
			st, err := sqlite.Open(t.Context(), ":memory:")
			if err != nil {
				t.Fatal(err)
			}
			defer st.Close()
			cfg := DefaultConfig()
			cfg.DataDir = t.TempDir()
			cfg.VCon.EncryptTo = []string{certificate(t, time.Now().AddDate(1, 0, 0))}
			cfg.VCon.PostTo = []VConPost{{URL: far.URL, Secret: "file:" + written(t, secret), Form: form, AllowPrivate: true}}
			if bad := cfg.VCon.Validate(); len(bad) > 0 {
				t.Fatal(bad)
			}
			g := &Gateway{cfg: cfg, exports: NewExporter(cfg, st, nil, func() []*flows.Bot { return nil })}
			g.exports.sounds = soundFile{err: store.ErrNotFound}
			s, err := webhook.New(st, nil, nil, slog.New(slog.DiscardHandler), nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := g.openVConPosts(s); err != nil {
				t.Fatal(err)
			}
			st.Tell(s.Calls, s.Wake)
			if err := st.Append(t.Context(), storetest.Call("c1", time.Now().Add(-time.Hour))...); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			done := make(chan struct{})
			go func() { defer close(done); s.Run(ctx) }()
			select {
			case p := <-got:
				if !strings.HasPrefix(p.id, "vcon_c1_") || p.kind != "application/vcon" || !strings.Contains(p.body, has) {
					t.Errorf("%+v", p)
				}
				var v vcon.VCon
				if form == vconPlain && (json.Unmarshal([]byte(p.body), &v) != nil || !strings.Contains(p.body, `"by":"webhook 127.0.0.1"`)) {
					t.Error(p.body)
				}
			case <-ctx.Done():
				t.Error("it never came")
			}
			cancel()
			<-done
		})
	}
}

// It waits for the recording, and is gone with the conversation.
func TestVConPostedWhole(t *testing.T) {
	t.Parallel()
	x := newExporter(t, func(*Config) {})
	whole := x.sounds
	x.sounds = soundFile{err: record.ErrOpen}
	if _, err := x.Posted(t.Context(), "c1", vconPlain, "webhook x"); err == nil {
		t.Error("posted without the recording that is still being written")
	}
	x.sounds = whole
	if body, err := x.Posted(t.Context(), "c1", vconPlain, "webhook x"); err != nil || !strings.Contains(string(body), "sha512-3a81oZ") {
		t.Error(string(body), err)
	}
	if _, err := x.Posted(t.Context(), "nobody", vconPlain, "webhook x"); err != webhook.ErrGone {
		t.Error(err)
	}
	if _, err := x.Posted(t.Context(), "c1", vconEncrypted, "webhook x"); err == nil {
		t.Error("encrypted to nobody")
	}
}

func TestVConPostConfig(t *testing.T) {
	t.Parallel()
	good := VConPost{URL: "https://a.example/x", Secret: "env:S"}
	for _, tc := range []struct {
		change func(*VConConfig)
		want   string
	}{
		{func(*VConConfig) {}, ""},
		{func(c *VConConfig) { c.PostTo[0].URL = "http://a.example/x" }, "post_to[0].url: \"http://a.example/x\" sends what people write in clear"},
		{func(c *VConConfig) { c.PostTo[0].Secret = "hunter2" }, "post_to[0].secret: a secret is never written here"},
		{func(c *VConConfig) { c.PostTo[0].Form = "pgp" }, "post_to[0].form: \"pgp\" is not one; use plain, signed or encrypted"},
		{func(c *VConConfig) { c.PostTo[0].Form = "encrypted" }, "post_to[0].form: there is nobody to encrypt to"},
		{func(c *VConConfig) { c.PostTo[0].After = 25 * time.Hour }, "post_to[0].after: 25h0m0s is not between 0s and 24h"},
		{func(c *VConConfig) { c.PostTo[0].MaxBytes = 1 }, "post_to[0].max_bytes: 1 is not between"},
		{func(c *VConConfig) { c.PostTo = append(c.PostTo, good) }, "post_to[1].url: \"https://a.example/x\" is that of post_to[0]"},
	} {
		c := VConConfig{PostTo: []VConPost{good}}
		tc.change(&c)
		bad := c.Validate()
		if tc.want == "" && len(bad) > 0 || tc.want != "" && (len(bad) != 1 || !strings.HasPrefix(bad[0], tc.want)) {
			t.Errorf("%q, want %q", bad, tc.want)
		}
	}
}
