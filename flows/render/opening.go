package render

import (
	"fmt"
	"strings"
	"time"
)

// Opening writes a moment to come as one tells when a shop opens: "aujourd’hui à quatorze heures", "demain à
// neuf heures", "lundi à neuf heures" within the week, "le lundi trente novembre à neuf heures" later; "tomorrow
// at nine". value is an instant as for Voice, now the moment at which it is told; both are told in loc, UTC
// when nil. An error says that value is no instant, or lies behind now.
func Opening(lang, value string, voice bool, loc *time.Location, now time.Time) (string, error) {
	t, ok := instant(strings.TrimSpace(value), loc)
	if !ok {
		return "", fmt.Errorf("render opening %q: not an instant; write it in RFC 3339", value)
	}
	if !t.After(now) {
		return "", fmt.Errorf("render opening %q: lies behind %s; tell no opening then", value, now.Format(time.RFC3339))
	}
	day, err := openingDay(lang, t, voice, now.In(t.Location()))
	if err != nil {
		return "", err
	}
	return day + openingHour(lang, t, voice), nil
}

// openingDay is the day of t as it is told on that of now.
func openingDay(lang string, t time.Time, voice bool, now time.Time) (string, error) {
	english := inEnglish(lang)
	switch days := daysBetween(now, t); {
	case days == 0 && english:
		return "today", nil
	case days == 0:
		return "aujourd’hui", nil
	case days == 1 && english:
		return "tomorrow", nil
	case days == 1:
		return "demain", nil
	case days < 7 && english:
		return "on " + t.Weekday().String(), nil
	case days < 7:
		return frDays[t.Weekday()], nil
	}
	date, err := Date(lang, t.Format(time.RFC3339), voice, t.Location(), now)
	if english {
		date = "on " + date
	} else if !strings.HasPrefix(date, "le ") {
		date = "le " + date
	}
	return date, err
}

// daysBetween is how many midnights lie between two moments of one place; a day may have 23 or 25 hours.
func daysBetween(from, to time.Time) int {
	noon := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC) }
	return int(noon(to).Sub(noon(from)).Hours() / 24)
}

// openingHour is the hour at which a day begins: "at nine" leaves no doubt in the morning, and midnight is
// that before the day.
func openingHour(lang string, t time.Time, voice bool) string {
	h, m, _ := t.Clock()
	switch {
	case inEnglish(lang) && h == 0 && m == 0:
		return ", from midnight"
	case h == 0 && m == 0:
		return " dès minuit"
	case inEnglish(lang) && voice:
		said := voiceTime(lang, h, m)
		if h >= 6 && h < 12 {
			said = strings.TrimSuffix(said, " a m")
		}
		return " at " + said
	case inEnglish(lang):
		return " at " + textTime(lang, h, m)
	case voice:
		return " à " + voiceTime(lang, h, m)
	}
	return " à " + textTime(lang, h, m)
}
