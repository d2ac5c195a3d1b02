package outbound

import (
	"fmt"
	"strings"

	"decroche/gateway/store"
)

// dialPlan is how national numbers of a country are made international.
type dialPlan struct{ code, trunk string }

var dialPlans = map[string]dialPlan{
	"FR": {"33", "0"}, "BE": {"32", "0"}, "CH": {"41", "0"}, "LU": {"352", ""}, "DE": {"49", "0"}, "GB": {"44", "0"},
	"IE": {"353", "0"}, "NL": {"31", "0"}, "ES": {"34", ""}, "IT": {"39", ""}, "PT": {"351", ""}, "US": {"1", ""}, "CA": {"1", ""},
}

// Number is the one form in which numbers are compared: E.164 where the country's plan allows it, the
// address of a SIP phone ("sip:lina@pbx.example") otherwise. An error says what is wrong, for people.
func Number(typed, country string) (string, error) {
	typed = strings.TrimSpace(typed)
	who := store.Caller(typed)
	digits := strings.TrimPrefix(who, "+")
	switch {
	case who == "" || len(typed) > 200:
		return "", fmt.Errorf("%.40q is no number that can be dialled", typed)
	case strings.Trim(digits, "0123456789") != "":
		if !strings.HasPrefix(strings.ToLower(typed), "sip:") || strings.ContainsAny(typed, " \t\r\n<>\"") {
			return "", fmt.Errorf("%.40q is no number that can be dialled", typed)
		}
		return "sip:" + who, nil
	}
	if !strings.HasPrefix(who, "+") {
		p, ok := dialPlans[country]
		if rest, trunk := strings.CutPrefix(digits, p.trunk); ok && trunk && len(digits) >= 9 {
			who, digits = "+"+p.code+rest, p.code+rest
		}
	}
	if strings.HasPrefix(who, "+") && (len(digits) < 8 || len(digits) > 15) || len(digits) < 3 || len(digits) > 15 {
		return "", fmt.Errorf("%.40q is no number that can be dialled", typed)
	}
	return who, nil
}

// Shown is a number as logs and lists of others' eyes may have it: its beginning and its end.
func Shown(number string) string {
	if len(number) < 8 {
		return "…"
	}
	return number[:4] + "…" + number[len(number)-2:]
}
