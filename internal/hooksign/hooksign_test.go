package hooksign

import (
	"net/http"
	"testing"
	"time"
)

// The vector is the one of the Standard Webhooks specification's libraries.
func TestSign(t *testing.T) {
	t.Parallel()
	h := http.Header{}
	Headers(h, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	for name, want := range map[string]string{
		"Webhook-Id":        "msg_p5jXN8AQM9LWM0D4loKWxJek",
		"Webhook-Timestamp": "1614265330",
		"Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if Sign("whsec_not base64", "a", time.Unix(1, 0), nil) != Sign("whsec_not base64", "a", time.Unix(1, 0), nil) || Sign("k", "a", time.Unix(1, 0), nil) == Sign("k", "b", time.Unix(1, 0), nil) {
		t.Error("a key that is no base64 is taken as it is, and the ID is signed")
	}
}
