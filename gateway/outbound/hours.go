package outbound

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"decroche/internal/calendar"
)

// Hours are the times of a week at which people may be rung, and the days on which they may not. The
// zero Hours is never.
type Hours struct {
	spans    []span
	holidays func(day time.Time) bool
}

// span is a stretch of some days, in minutes since midnight of the wall clock.
type span struct {
	days     [7]bool // by time.Weekday
	from, to int
}

// ParseHours reads spans such as "mon-fri 10:00-13:00" or "sat 09:00-12:30"; "24:00" is the end of a day.
// closed tells of days on which nobody is rung; nil: none.
func ParseHours(list []string, closed func(day time.Time) bool) (Hours, error) {
	h := Hours{holidays: closed}
	for _, text := range list {
		s, err := parseSpan(text)
		if err != nil {
			return Hours{}, fmt.Errorf("%q is no time of the week (%w); write for example \"mon-fri 10:00-13:00\"", text, err)
		}
		h.spans = append(h.spans, s)
	}
	return h, nil
}

func parseSpan(text string) (s span, err error) {
	days, times, ok := strings.Cut(strings.TrimSpace(text), " ")
	if !ok {
		return s, fmt.Errorf("days or times are missing")
	}
	named, ok := calendar.Weekdays(days)
	if !ok {
		return s, fmt.Errorf("days are sun, mon, tue, wed, thu, fri and sat")
	}
	for _, d := range named {
		s.days[d] = true
	}
	from, to, ok := strings.Cut(strings.TrimSpace(times), "-")
	if !ok {
		return s, fmt.Errorf("an end is missing")
	}
	if s.from, err = minutes(from); err != nil {
		return s, err
	}
	if s.to, err = minutes(to); err != nil {
		return s, err
	}
	if s.from >= s.to {
		return s, fmt.Errorf("it ends before it begins")
	}
	return s, nil
}

func minutes(text string) (int, error) {
	hour, minute, ok := strings.Cut(strings.TrimSpace(text), ":")
	h, err1 := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	if !ok || err1 != nil || err2 != nil || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("times are written 09:00")
	}
	return h*60 + m, nil
}

// Open reports whether people may be rung at t, on the wall clock of t's zone.
func (h Hours) Open(t time.Time) bool { return h.Next(t).Equal(t) }

// horizon is how many days ahead Next looks.
const horizon = 400

// Next is the first time from t on at which people may be rung; zero when there is none within a year.
// Where a clock is set forward over the beginning of a span, the span begins with the clock's next hour.
func (h Hours) Next(t time.Time) time.Time {
	for d := range horizon {
		day := time.Date(t.Year(), t.Month(), t.Day()+d, 0, 0, 0, 0, t.Location())
		if h.holidays != nil && h.holidays(day) {
			continue
		}
		var best time.Time
		for _, s := range h.spans {
			if !s.days[day.Weekday()] {
				continue
			}
			from, to := at(day, s.from), at(day, s.to)
			if from.Before(t) {
				from = t
			}
			if from.Before(to) && (best.IsZero() || from.Before(best)) {
				best = from
			}
		}
		if !best.IsZero() {
			return best
		}
	}
	return time.Time{}
}

// at is a time of day's wall clock.
func at(day time.Time, minute int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, minute, 0, 0, day.Location())
}
