package calendar

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Easter of three centuries' corners, from published tables, and what moves with it.
func TestFrenchHolidays(t *testing.T) {
	t.Parallel()
	for _, want := range []string{"1961-04-02", "1981-04-19", "2000-04-23", "2008-03-23", "2011-04-24", "2024-03-31", "2025-04-20", "2026-04-05", "2027-03-28", "2038-04-25", "2285-03-22"} {
		var y int
		fmt.Sscanf(want, "%d", &y)
		if got := Easter(y).Format(time.DateOnly); got != want {
			t.Errorf("Easter is on %s, want %s", got, want)
		}
	}
	count := func(year int, alsace bool) (n int, all string) {
		for d := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() == year; d = d.AddDate(0, 0, 1) {
			if FrenchHoliday(d.Year(), d.Month(), d.Day(), alsace) {
				n++
				all += d.Format(" 01-02")
			}
		}
		return n, all
	}
	if n, all := count(2026, false); n != 11 || all != " 01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25" {
		t.Error(all)
	}
	if n, all := count(2026, true); n != 13 || !strings.Contains(all, "04-03") || !strings.Contains(all, "12-26") {
		t.Error(all)
	}
	if n, all := count(2008, false); n != 10 { // Ascension fell on 1 May
		t.Error(all)
	}
}

func TestWeekdays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]time.Weekday{
		"sat": {6}, " Mon-Wed ": {1, 2, 3}, "sat-mon": {6, 0, 1}, "sun-sat": {0, 1, 2, 3, 4, 5, 6}, "tue-tue": {2},
		"": nil, "mon-": nil, "-fri": nil, "lun": nil, "mon-fri-sat": nil, "mon fri": nil,
	} {
		if got, ok := Weekdays(text); !slices.Equal(got, want) || ok != (want != nil) {
			t.Errorf("%q: %v %v, want %v", text, got, ok, want)
		}
	}
}
