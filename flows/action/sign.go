package action

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// sign sets the headers by which who receives a request sees that it is ours, and when it was made
// (Standard Webhooks): the HMAC-SHA256 of its ID, its time in seconds since 1970 and its body, joined by
// dots. The ID is the idempotency key, the same over tries. A key that begins with "whsec_" is base64
// after that.
func sign(h http.Header, key, id string, at time.Time, body []byte) {
	raw := []byte(key)
	if b, ok := strings.CutPrefix(key, "whsec_"); ok {
		if dec, err := base64.StdEncoding.DecodeString(b); err == nil {
			raw = dec
		}
	}
	when := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, raw)
	mac.Write([]byte(id + "." + when + "."))
	mac.Write(body)
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", when)
	h.Set("Webhook-Signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
