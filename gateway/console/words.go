package console

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// words is every language of the console; a test proves that all have the same keys.
var words = map[string]map[string]string{"fr": wordsFR, "en": wordsEN}

// say is the sentence named key in lang, French when lang is unknown.
func say(lang, key string, args ...any) string {
	w, ok := words[lang]
	if !ok {
		w = wordsFR
	}
	text, ok := w[key]
	if !ok {
		return key
	}
	if len(args) == 0 {
		return text
	}
	return fmt.Sprintf(text, args...)
}

// sayCode translates a code of the record, or shows it as it is: flows may invent outcomes.
func sayCode(lang, prefix, code string) string {
	if text, ok := words[lang][prefix+code]; ok {
		return text
	}
	return strings.ReplaceAll(code, "_", " ")
}

// seconds writes a short time: "640 ms", "5,2 s", then as duration.
func seconds(lang string, ms int64) string {
	switch {
	case ms < 1000:
		return say(lang, "unit_ms", ms)
	case ms < 60000:
		n := strconv.FormatFloat(float64(ms)/1000, 'f', 1, 64)
		n = strings.TrimSuffix(n, ".0")
		if lang == "fr" {
			n = strings.Replace(n, ".", ",", 1)
		}
		return say(lang, "unit_s", n)
	}
	return duration(lang, time.Duration(ms)*time.Millisecond)
}

// duration writes "42 s", "2 min 41", "1 h 05".
func duration(lang string, d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return say(lang, "unit_s", strconv.Itoa(s))
	case s < 3600 && s%60 == 0:
		return say(lang, "unit_min", s/60)
	case s < 3600:
		return say(lang, "unit_min_s", s/60, s%60)
	}
	return say(lang, "unit_h_min", s/3600, s%3600/60)
}

// clock writes an offset as "2:41".
func clock(ms int64) string {
	s := ms / 1000
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s%3600/60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

var monthsFR = [...]string{"janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."}

// hour writes "10:41".
func hour(t time.Time) string { return t.Format("15:04") }

// day writes "24 nov. 2026".
func day(lang string, t time.Time) string {
	if lang == "fr" {
		return fmt.Sprintf("%d\u00a0%s %d", t.Day(), monthsFR[t.Month()-1], t.Year())
	}
	return t.Format("2\u00a0Jan 2006")
}

// moment writes "24 nov. 2026, 10:41:07".
func moment(lang string, t time.Time) string { return day(lang, t) + ", " + t.Format("15:04:05") }
