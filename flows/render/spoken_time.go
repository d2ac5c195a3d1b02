package render

import (
	"slices"
	"strconv"
	"strings"
)

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// sayTime says hours and minutes when they are a time of day.
func sayTime(lang, hour, minute string) string {
	h, m := atoi(hour), 0
	if minute != "" {
		m = atoi(minute)
	}
	if h < 0 || h > 24 || m < 0 || m > 59 {
		return ""
	}
	if h == 24 {
		if m == 0 && !inEnglish(lang) {
			return "vingt-quatre heures"
		}
		h = 0
	}
	return voiceTime(lang, h, m)
}

// sayHours says a number of hours: "sous 12 h" is a length more often than noon.
func sayHours(lang, n string) string {
	h := Number(lang, int64(atoi(n)))
	if n == "1" || n == "0" {
		return feminine(h) + " heure"
	}
	return feminine(h) + " heures"
}

// halves says a time with its half of the day, "a" or "p", in French on the clock of 24 hours.
func halves(lang, hour, minute, half string) string {
	h := atoi(hour)
	if h < 0 || half != "" && (h > 12 || h == 0) {
		return ""
	}
	switch strings.ToLower(half) {
	case "p":
		h = h%12 + 12
	case "a":
		h %= 12
	}
	return sayTime(lang, strconv.Itoa(h), minute)
}

// sayDate says a day with its month and, when it has one, its year; "" when there is no such day.
func sayDate(lang, year, month, dayOfMonth string) string {
	m, d := atoi(month), atoi(dayOfMonth)
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return ""
	}
	out := dayAndMonth(lang, d, m)
	if y := atoi(year); y > 0 || year == "00" {
		out += " " + sayYear(lang, fullYear(year))
	}
	return out
}

// fullYear completes a year of two digits: up to 49 it is of this century.
func fullYear(year string) int {
	y := atoi(year)
	switch {
	case len(year) > 2:
		return y
	case y < 50:
		return 2000 + y
	}
	return 1900 + y
}

func dayAndMonth(lang string, d, m int) string {
	switch {
	case region(lang) == "us" && inEnglish(lang):
		return enMonths[m] + " " + ordinal(d)
	case inEnglish(lang):
		return "the " + ordinal(d) + " of " + enMonths[m]
	case d == 1:
		return "premier " + frMonths[m]
	}
	return Number(lang, int64(d)) + " " + frMonths[m]
}

// andSeconds adds the seconds that were written behind a time; "00" and none add nothing.
func andSeconds(lang, said, seconds string) string {
	n := atoi(seconds)
	if said == "" || n <= 0 {
		return said
	}
	switch {
	case inEnglish(lang) && n == 1:
		return said + " and one second"
	case inEnglish(lang):
		return said + " and " + Number(lang, int64(n)) + " seconds"
	case n == 1:
		return said + " et une seconde"
	}
	return said + " et " + feminine(Number(lang, int64(n))) + " secondes"
}

// numericDate says "12/03/2026", in English of the United States the month first; a part above
// twelve is the day wherever it stands.
func numericDate(lang, first, second, year string) string {
	d, m := first, second
	if inEnglish(lang) && region(lang) == "us" {
		d, m = second, first
	}
	if said := sayDate(lang, year, m, d); said != "" || inEnglish(lang) == false {
		return said
	}
	return sayDate(lang, year, d, m)
}

// sayYear says "deux mille vingt-six", "twenty twenty-six".
func sayYear(lang string, y int) string {
	if !inEnglish(lang) || y < 1100 || y%1000 < 10 || y > 2999 {
		return Number(lang, int64(y))
	}
	switch low := y % 100; {
	case low == 0:
		return english(int64(y/100)) + " hundred"
	case low < 10:
		return english(int64(y/100)) + " oh " + english(int64(low))
	default:
		return english(int64(y/100)) + " " + english(int64(low))
	}
}

var enMonths = [...]string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// monthOf returns the number of a month by its name or the beginning of it, 0 when it is none.
func monthOf(lang, name string) int {
	list := frMonths[:]
	if inEnglish(lang) {
		list = enMonths[:]
	}
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	return max(0, slices.IndexFunc(list, func(m string) bool { return m != "" && strings.HasPrefix(strings.ToLower(m), name) }))
}
