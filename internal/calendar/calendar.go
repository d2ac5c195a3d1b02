// Package calendar knows the days that opening hours are made of: ranges of weekdays, Easter, and the
// public holidays of France. It has no clock and no time zone: days are those of a calendar on a wall.
package calendar

import (
	"strings"
	"time"
)

var weekdays = map[string]time.Weekday{"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}

// Weekdays reads "sat" and ranges such as "mon-fri" and, over the end of the week, "sat-mon", in small or
// capital letters: the days from the first to the last, in their order. False for anything else.
func Weekdays(s string) (days []time.Weekday, ok bool) {
	from, to, ranged := strings.Cut(strings.ToLower(strings.TrimSpace(s)), "-")
	if !ranged {
		to = from
	}
	first, ok1 := weekdays[from]
	last, ok2 := weekdays[to]
	if !ok1 || !ok2 {
		return nil, false
	}
	for d := first; ; d = (d + 1) % 7 {
		days = append(days, d)
		if d == last {
			return days, true
		}
	}
}

// FrenchHoliday reports whether a day is a public holiday in France (code du travail, L3133-1); alsace
// adds Good Friday and 26 December, which are holidays in Alsace and Moselle (L3134-13).
func FrenchHoliday(year int, month time.Month, day int, alsace bool) bool {
	switch int(month)*100 + day {
	case 101, 501, 508, 714, 815, 1101, 1111, 1225:
		return true
	case 1226:
		return alsace
	}
	switch int(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Sub(Easter(year)).Hours()) / 24 {
	case 1, 39, 50: // Easter Monday, Ascension, Whit Monday
		return true
	case -2: // Good Friday
		return alsace
	}
	return false
}

// Easter is Easter Sunday of a year of the Gregorian calendar, at midnight UTC (the anonymous algorithm
// that Meeus prints: Astronomical Algorithms, chapter 8).
func Easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Date(year, time.Month(n/31), n%31+1, 0, 0, 0, 0, time.UTC)
}
