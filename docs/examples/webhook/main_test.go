package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/gateway/webhook"
	"decroche/internal/hooksign"
)

// The example takes what the gateway sends, once, and nothing else.
func TestTheExampleUnderstandsTheGateway(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	rc := &receiver{key: []byte("a-secret-of-some-length"), tell: func(user, text string) { told <- user + ": " + text }}
	far := httptest.NewServer(rc)
	defer far.Close()
	st, err := sqlite.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	s, err := webhook.New(st, []webhook.Config{{URL: far.URL, Key: "a-secret-of-some-length", AllowPrivate: true}}, nil, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	c := store.Chat{Conv: "c1", Metadata: map[string]string{"user": "7"}, Created: now, Touched: now}
	var evs []event.Event
	for i, text := range []string{"bonjour", "où est-il ?"} {
		evs = append(evs, event.Event{Conv: "c1", Seq: uint64(i + 1), At: now, Body: event.Prompted{Text: text}})
	}
	c.Seq = 2
	if err := st.CommitChat(t.Context(), store.ChatCommit{Chat: c, Events: evs, Outbox: s.Deliveries(c, evs)}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	if got := []string{<-told, <-told}; !slices.Equal(got, []string{"7: bonjour", "7: où est-il ?"}) {
		t.Errorf("told %q", got)
	}
	cancel()
	<-done
	body := `{"type":"chat.message","data":{"text":"faux"}}`
	for name, at := range map[string]time.Time{"unsigned": now, "old": now.Add(-time.Hour)} {
		req, _ := http.NewRequestWithContext(t.Context(), "POST", far.URL, strings.NewReader(body))
		req.Header.Set("webhook-id", name)
		req.Header.Set("webhook-timestamp", fmt.Sprint(at.Unix()))
		if name == "old" {
			req.Header.Set("webhook-signature", hooksign.Sign("a-secret-of-some-length", name, at, []byte(body)))
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized || len(told) > 0 {
			t.Errorf("%s: %s", name, resp.Status)
		}
	}
}
