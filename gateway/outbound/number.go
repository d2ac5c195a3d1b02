package outbound

import (
	"fmt"
	"strings"

	"decroche/gateway/sip/number"
	"decroche/gateway/store"
)

// Number is the one form in which numbers are compared: E.164 where they have a country, the address of a
// SIP phone ("sip:lina@pbx.example") otherwise. country is the code of ours, "33", for national numbers.
// An error says what is wrong, for people.
func Number(typed, country string) (string, error) {
	typed = strings.TrimSpace(typed)
	bad := fmt.Errorf("%.40q is no number that can be dialled", typed)
	who := store.Caller(typed)
	if who == "" || len(typed) > 200 || strings.ContainsAny(typed, "\r\n<>\"") {
		return "", bad
	}
	if strings.Trim(strings.TrimPrefix(who, "+"), "0123456789") != "" {
		if !strings.HasPrefix(strings.ToLower(typed), "sip:") || strings.ContainsAny(typed, " \t") || !strings.Contains(who, "@") {
			return "", bad
		}
		return "sip:" + who, nil
	}
	canon, ok := number.Canon(who, country)
	if digits := strings.TrimPrefix(canon, "+"); !ok || len(digits) < 3 || len(digits) > 15 || canon != digits && len(digits) < 8 {
		return "", bad
	}
	return canon, nil
}

// Shown is a number as logs and lists of others' eyes may have it: its beginning and its end.
func Shown(number string) string {
	if len(number) < 8 {
		return "…"
	}
	return number[:4] + "…" + number[len(number)-2:]
}
