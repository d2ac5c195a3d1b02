package action

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
)

// A reminder that is ordered by a flow is signed, and tried again under the same ID: who sends the text
// message can tell a repetition, and a stranger.
func TestSignedAndTriedAgain(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	ids := make(chan string, 3)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		id, at, got := r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), r.Header.Get("Webhook-Signature")
		mac := hmac.New(sha256.New, []byte("a key of the company"))
		mac.Write([]byte(id + "." + at + "." + string(body)))
		if want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)); got != want || id == "" || at == "" {
			t.Errorf("signature %q of %q, want %q", got, id, want)
		}
		ids <- id
		if tries.Add(1) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(srv.Close)
	a := NewHTTP(Config{AllowPrivate: true, Secrets: map[string]string{"REMINDERS_KEY": "a key of the company"}})
	args := map[string]any{"name": "rappel", "method": "POST", "url": srv.URL, "retry": 1, "sign": "REMINDERS_KEY", "idempotency_key": "c1/rappel/1",
		"body": map[string]any{"channel": "sms", "to": "+33612345678", "text": "Votre colis vous attend."}}
	done, err := a.Run(t.Context(), args)
	if err != nil || done.Outcome != "ok" {
		t.Fatalf("%+v, %v", done, err)
	}
	if first, second := <-ids, <-ids; first != second || first != "c1/rappel/1" {
		t.Errorf("IDs %q and %q", first, second)
	}
	args["sign"] = "MISSING"
	if _, err := a.Run(t.Context(), args); err == nil || !strings.Contains(err.Error(), "add it under secrets") || strings.Contains(err.Error(), "33612345678") {
		t.Errorf("an unknown secret: %v", err)
	}
}
