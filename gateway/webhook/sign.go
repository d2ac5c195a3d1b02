package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Sign makes the webhook-signature header of a delivery: the HMAC-SHA256 of its ID, its time in
// seconds since 1970 and its body, joined by dots, in base64 behind "v1,". A key that begins with
// "whsec_" is base64 after that, any other is taken as it is. It follows the Standard Webhooks
// specification, for which most languages have a library that verifies.
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
