package render

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	frDays   = [...]string{"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"}
	frMonths = [...]string{"", "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"}
)

// instants are the forms of a time that a system may answer with.
var instants = []string{time.RFC3339Nano, time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"}

// instant reads a full time; those without an offset are in loc already.
func instant(value string, loc *time.Location) (time.Time, bool) {
	if loc == nil {
		loc = time.UTC
	}
	for _, layout := range instants {
		if t, err := time.ParseInLocation(layout, value, loc); err == nil {
			return t.In(loc), true
		}
	}
	return time.Time{}, false
}

func day(value string, loc *time.Location) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, value); err == nil {
		return t, nil
	}
	if t, ok := instant(value, loc); ok {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("render date %q: not a date; write it like 2026-11-24 or in RFC 3339", value)
}

func clock(value string, loc *time.Location) (h, m int, err error) {
	for _, layout := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.Hour(), t.Minute(), nil
		}
	}
	if t, ok := instant(value, loc); ok {
		return t.Hour(), t.Minute(), nil
	}
	return 0, 0, fmt.Errorf("render time %q: not a time of day; write it like 14:30 or in RFC 3339", value)
}

func voiceDate(lang string, t time.Time) string {
	if inEnglish(lang) {
		return fmt.Sprintf("%s the %s of %s", t.Weekday(), ordinal(t.Day()), t.Month())
	}
	d := "premier"
	if t.Day() > 1 {
		d = Number(lang, int64(t.Day()))
	}
	return frDays[t.Weekday()] + " " + d + " " + frMonths[t.Month()]
}

func textDate(lang string, t time.Time) string {
	if inEnglish(lang) {
		return fmt.Sprintf("%s %d %s", t.Weekday(), t.Day(), t.Month())
	}
	d := "1er"
	if t.Day() > 1 {
		d = strconv.Itoa(t.Day())
	}
	return frDays[t.Weekday()] + " " + d + " " + frMonths[t.Month()]
}

var enOddOrdinals = map[string]string{"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth"}

// ordinal is "twenty-fourth".
func ordinal(n int) string {
	words := english(int64(n))
	head, last := "", words
	if i := strings.LastIndexAny(words, "- "); i >= 0 {
		head, last = words[:i+1], words[i+1:]
	}
	switch irregular := enOddOrdinals[last]; {
	case irregular != "":
		last = irregular
	case strings.HasSuffix(last, "y"):
		last = strings.TrimSuffix(last, "y") + "ieth"
	default:
		last += "th"
	}
	return head + last
}

// frOrdinal is "deuxième", "vingt et unième"; premier stands alone.
func frOrdinal(lang string, n int64, fem bool) string {
	if n == 1 {
		if fem {
			return "première"
		}
		return "premier"
	}
	words := french(lang, n, false)
	switch {
	case strings.HasSuffix(words, "cinq"):
		return words + "uième"
	case strings.HasSuffix(words, "neuf"):
		return strings.TrimSuffix(words, "f") + "vième"
	case strings.HasSuffix(words, "e"):
		return strings.TrimSuffix(words, "e") + "ième"
	}
	return words + "ième"
}

// Date writes a date as it is told at the time now: with its year where "12 March" could be another
// one, and without its weekday, which nobody knows by heart, years away: "mardi 24 novembre", "jeudi
// 12 mars 2026", "le 12 mars 1984". Errors are those of Voice.
func Date(lang, value string, voice bool, loc *time.Location, now time.Time) (string, error) {
	t, err := day(strings.TrimSpace(value), loc)
	if err != nil {
		return "", err
	}
	out, year := textDate(lang, t), strconv.Itoa(t.Year())
	if voice {
		out, year = voiceDate(lang, t), voiceYear(lang, t.Year())
	}
	days := t.Sub(now).Hours() / 24
	switch {
	case days > -120 && days < 300:
		return out, nil
	case days > -5*365 && days < 5*365:
		return out + " " + year, nil
	}
	_, out, _ = strings.Cut(out, " ") // the weekday
	if !inEnglish(lang) {
		out = "le " + out
	}
	return out + " " + year, nil
}

// voiceYear is "mille neuf cent quatre-vingt-quatre", "nineteen eighty-four".
func voiceYear(lang string, y int) string {
	century, rest := y/100, y%100
	switch {
	case !inEnglish(lang) || y < 1100 || y > 9999 || century%10 == 0 && rest < 10:
		return Number(lang, int64(y))
	case rest == 0:
		return english(int64(century)) + " hundred"
	case rest < 10:
		return english(int64(century)) + " oh " + english(int64(rest))
	}
	return english(int64(century)) + " " + english(int64(rest))
}

func voiceTime(lang string, h, m int) string {
	if inEnglish(lang) {
		return voiceTimeEN(h, m)
	}
	out := "minuit"
	switch {
	case h == 12:
		out = "midi"
	case h == 1:
		out = "une heure"
	case h > 0:
		out = feminine(Number(lang, int64(h))) + " heures"
	}
	if m > 0 {
		out += " " + feminine(Number(lang, int64(m)))
	}
	return out
}

func voiceTimeEN(h, m int) string {
	switch {
	case h == 12 && m == 0:
		return "noon"
	case h == 0 && m == 0:
		return "midnight"
	}
	half := "a m"
	if h >= 12 {
		half = "p m"
	}
	out := english(int64((h+11)%12 + 1))
	switch {
	case m > 9:
		out += " " + english(int64(m))
	case m > 0:
		out += " oh " + english(int64(m))
	}
	return out + " " + half
}

func textTime(lang string, h, m int) string {
	if inEnglish(lang) {
		half := "am"
		if h >= 12 {
			half = "pm"
		}
		if m == 0 {
			return fmt.Sprintf("%d %s", (h+11)%12+1, half)
		}
		return fmt.Sprintf("%d:%02d %s", (h+11)%12+1, m, half)
	}
	if m == 0 {
		return fmt.Sprintf("%d%sh", h, narrow)
	}
	return fmt.Sprintf("%d%sh%s%02d", h, narrow, narrow, m)
}

// Ordinal writes a whole number as a rank: "3" is "troisième", "third". Anything else is written
// out as Spoken does.
func Ordinal(lang, value string) string {
	n := atoi(strings.TrimSpace(value))
	switch {
	case n < 1 || n > 9999:
		return Spoken(lang, value)
	case inEnglish(lang):
		return ordinal(n)
	}
	return frOrdinal(lang, int64(n), false)
}
