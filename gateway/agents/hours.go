package agents

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/internal/calendar"
)

// Hours say when somebody is there: by weekday, by date, and on which holidays nobody is. They are
// read off the wall clock of their place, so that "09:00" is nine in winter and in summer, and they
// are pure: the moment is an argument. The zero Hours are always open.
type Hours struct {
	loc                     *time.Location
	week                    [7][]span
	dates                   map[date][]span // of one day, or with year 0 of every year; before the week and the holidays
	off                     map[date]bool   // holidays that were listed; with year 0 of every year
	french, alsace, bounded bool
}

// span is from..to in minutes since midnight; to is beyond 1440 when it ends on the next day.
type span struct{ from, to int }

// date is a day of the calendar; year 0: every year.
type date struct {
	year  int
	month time.Month
	day   int
}

func dateOf(t time.Time) date {
	y, m, d := t.Date()
	return date{y, m, d}
}

const wholeDay = 24 * 60

// Open reports whether somebody is there at t. The end of a span is outside it.
func (h *Hours) Open(t time.Time) bool {
	if h == nil || !h.bounded {
		return true
	}
	t = t.In(h.loc)
	hour, minute, _ := t.Clock()
	at := hour*60 + minute
	in := func(spans []span, m int) bool {
		return slices.ContainsFunc(spans, func(s span) bool { return s.from <= m && m < s.to })
	}
	return in(h.of(dateOf(t)), at) || in(h.of(dateOf(t.AddDate(0, 0, -1))), at+wholeDay)
}

// Next is when somebody is there again: t itself when they are now, false when not within a year.
func (h *Hours) Next(t time.Time) (time.Time, bool) {
	if h.Open(t) {
		return t, true
	}
	local := t.In(h.loc)
	for day := range 367 {
		y, m, d := local.AddDate(0, 0, day).Date()
		for _, s := range h.of(date{y, m, d}) {
			at := time.Date(y, m, d, 0, s.from, 0, 0, h.loc)
			if !h.Open(at) { // the hour that the clocks leave out: they open when it is over
				at = at.Add(time.Hour)
			}
			if at.After(t) && h.Open(at) {
				return at, true
			}
		}
	}
	return time.Time{}, false
}

// Closes is when nobody is there any more, for a moment at which somebody is; false when that is not
// within a year, or they are not there.
func (h *Hours) Closes(t time.Time) (time.Time, bool) {
	if h == nil || !h.bounded || !h.Open(t) {
		return time.Time{}, false
	}
	for until := t.AddDate(1, 0, 0); t.Before(until); {
		local := t.In(h.loc)
		hour, minute, _ := local.Clock()
		at := hour*60 + minute
		end := time.Time{}
		for back, m := range []int{at, at + wholeDay} {
			y, mo, d := local.AddDate(0, 0, -back).Date()
			for _, s := range h.of(date{y, mo, d}) {
				if s.from <= m && m < s.to {
					end = time.Date(y, mo, d, 0, s.to, 0, 0, h.loc)
				}
			}
		}
		if !end.After(t) { // the hour that the clocks repeat
			end = t.Add(time.Hour)
		}
		if !h.Open(end) {
			return end, true
		}
		t = end
	}
	return time.Time{}, false
}

// of are the spans that begin on a day, in order.
func (h *Hours) of(d date) []span {
	every := date{0, d.month, d.day}
	for _, k := range []date{d, every} {
		if s, ok := h.dates[k]; ok {
			return s
		}
	}
	if h.off[d] || h.off[every] || h.french && calendar.FrenchHoliday(d.year, d.month, d.day, h.alsace) {
		return nil
	}
	return h.week[time.Date(d.year, d.month, d.day, 12, 0, 0, 0, time.UTC).Weekday()]
}

// newHours reads what a queue is configured with; say gets every complaint, with the key.
func newHours(zone string, hours map[string]string, holidays []string, say func(key, format string, args ...any)) *Hours {
	if zone == "" {
		zone = "Europe/Paris"
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		say("timezone", "%.40q is not known; write it like Europe/Paris", zone)
		loc = time.UTC
	}
	h := &Hours{loc: loc, dates: map[date][]span{}, off: map[date]bool{}, bounded: len(hours) > 0 || len(holidays) > 0}
	dated := true
	for key, text := range hours {
		spans, err := readSpans(text)
		if err != nil {
			say("hours."+key, "%v", err)
		}
		if d, ok := readDate(key); ok {
			h.dates[d] = spans
			continue
		}
		dated = false
		days, ok := calendar.Weekdays(key)
		if !ok {
			say("hours", "%.40q is neither a weekday, nor a range such as mon-fri, nor a date such as 12-24 or 2026-12-24", key)
		}
		for _, d := range days {
			if h.week[d] != nil {
				say("hours", "%s is given twice; give each weekday once", strings.ToLower(d.String()[:3]))
			}
			h.week[d] = spans
		}
	}
	if dated { // holidays and dates alone: any other day is a whole one
		for i := range h.week {
			h.week[i] = []span{{0, wholeDay}}
		}
	}
	for i, text := range holidays {
		if err := h.holiday(text); err != nil {
			say(fmt.Sprintf("holidays[%d]", i), "%v", err)
		}
	}
	return h
}

// readDate reads "2026-12-24" and "12-24".
func readDate(s string) (date, bool) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return dateOf(t), true
	}
	t, err := time.Parse(time.DateOnly, "2000-"+s) // a leap year
	return date{0, t.Month(), t.Day()}, err == nil
}

// readSpans reads "09:00-12:30 13:30-18:00", "22:00-06:00" and "closed".
func readSpans(s string) ([]span, error) {
	out := []span{}
	if strings.TrimSpace(s) == "closed" {
		return out, nil
	}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' }) {
		from, to, ok := strings.Cut(f, "-")
		a, errA := readClock(from)
		b, errB := readClock(to)
		if !ok || errA != nil || errB != nil || a == wholeDay {
			return out, fmt.Errorf("%.40q is no span of hours; write it as 09:00-18:00, several with a space between them, or closed", f)
		}
		if b <= a {
			b += wholeDay
		}
		out = append(out, span{a, b})
	}
	slices.SortFunc(out, func(x, y span) int { return x.from - y.from })
	for i := 1; i < len(out); i++ {
		if out[i].from < out[i-1].to {
			return out, fmt.Errorf("%.60q has spans that overlap", s)
		}
	}
	if len(out) == 0 {
		return out, fmt.Errorf("is empty; write spans such as 09:00-18:00, or closed")
	}
	return out, nil
}

func readClock(s string) (int, error) {
	hour, minute, ok := strings.Cut(strings.TrimSpace(s), ":")
	h, errH := strconv.ParseUint(hour, 10, 8)
	m, errM := strconv.ParseUint(minute, 10, 8)
	if !ok || errH != nil || errM != nil || len(minute) != 2 || m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, fmt.Errorf("%.20q is no time of day", s)
	}
	return int(h*60 + m), nil
}

// holiday takes one line of the list: fr, fr-alsace, a date, or file:/path with dates.
func (h *Hours) holiday(s string) error {
	switch s = strings.TrimSpace(s); {
	case s == "fr":
		h.french = true
		return nil
	case s == "fr-alsace":
		h.french, h.alsace = true, true
		return nil
	case strings.HasPrefix(s, "file:"):
		return h.holidayFile(strings.TrimPrefix(s, "file:"))
	}
	d, ok := readDate(s)
	if !ok {
		return fmt.Errorf("%.40q is no holiday; write fr, fr-alsace, a date such as 2026-12-24 or 12-24, or file:/path with one date in each line", s)
	}
	h.off[d] = true
	return nil
}

// maxHolidayFile bounds a file of holidays: a date in each line, for decades.
const maxHolidayFile = 64 << 10

func (h *Hours) holidayFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the file of holidays cannot be read: %w", err)
	}
	defer f.Close()
	lines := bufio.NewScanner(io.LimitReader(f, maxHolidayFile))
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		d, ok := readDate(line)
		if !ok {
			return fmt.Errorf("%s:%d: %.40q is no date; write 2026-12-24 or 12-24", path, n, line)
		}
		h.off[d] = true
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("the file of holidays %s cannot be read: %w", path, err)
	}
	return nil
}
