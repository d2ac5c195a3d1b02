// Package hooksign signs the requests that we send to other systems, as Standard Webhooks asks
// (https://www.standardwebhooks.com/), for which most languages have a library that verifies.
package hooksign

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Headers sets the three headers by which who receives a request sees that it is ours, when it was made,
// and by its ID, which is the same over tries, whether it was seen before. The body goes out as it is given
// here, byte by byte.
func Headers(h http.Header, key, id string, at time.Time, body []byte) {
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	h.Set("Webhook-Signature", Sign(key, id, at, body))
}

// Sign is the value of the signature's header: the HMAC-SHA256 of the ID, the time in seconds since 1970
// and the body, joined by dots, in base64 behind "v1,". A key that begins with "whsec_" is base64 after
// that, any other is taken as it is.
func Sign(key, id string, at time.Time, body []byte) string {
	raw := []byte(key)
	if b, ok := strings.CutPrefix(key, "whsec_"); ok {
		if dec, err := base64.StdEncoding.DecodeString(b); err == nil {
			raw = dec
		}
	}
	mac := hmac.New(sha256.New, raw)
	mac.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
