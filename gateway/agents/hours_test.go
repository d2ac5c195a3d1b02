package agents

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func hoursOf(t testing.TB, zone string, hours map[string]string, holidays ...string) *Hours {
	t.Helper()
	return newHours(zone, hours, holidays, func(key, format string, args ...any) { t.Errorf(key+": "+format, args...) })
}

// local reads a moment as it stands on the wall in a zone.
func local(t testing.TB, zone, at string) time.Time {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	m, err := time.ParseInLocation("2006-01-02 15:04", at, loc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestHours(t *testing.T) {
	t.Parallel()
	const paris = "Europe/Paris"
	office := map[string]string{"mon-fri": "09:00-12:30 13:30-18:00", "sat": "09:00-12:00", "12-24": "09:00-12:00", "2026-11-27": "closed"}
	night := map[string]string{"fri-mon": "22:00-06:00"}
	always := map[string]string{"mon-sun": "00:00-24:00"}
	for _, tc := range []struct {
		what     string
		h        *Hours
		at       string
		open     bool
		next     string // when closed
		holidays []string
	}{
		{"no hours at all", hoursOf(t, "", nil), "2026-11-22 03:00", true, "", nil},
		{"monday morning", hoursOf(t, "", office), "2026-11-23 09:00", true, "", nil},
		{"a minute before", hoursOf(t, "", office), "2026-11-23 08:59", false, "2026-11-23 09:00", nil},
		{"lunch", hoursOf(t, "", office), "2026-11-23 12:30", false, "2026-11-23 13:30", nil},
		{"six sharp", hoursOf(t, "", office), "2026-11-23 18:00", false, "2026-11-24 09:00", nil},
		{"saturday afternoon, monday comes next", hoursOf(t, "", office), "2026-11-21 12:00", false, "2026-11-23 09:00", nil},
		{"a date that is closed", hoursOf(t, "", office), "2026-11-27 10:00", false, "2026-11-28 09:00", nil},
		{"a date of every year", hoursOf(t, "", office), "2026-12-24 12:01", false, "2026-12-25 09:00", nil},
		{"Christmas", hoursOf(t, "", office, "fr"), "2026-12-25 10:00", false, "2026-12-26 09:00", nil},
		{"a date before a holiday's rule", hoursOf(t, "", office, "12-24"), "2026-12-24 10:00", true, "", nil},
		{"Easter Monday 2027", hoursOf(t, "", office, "fr"), "2027-03-29 10:00", false, "2027-03-30 09:00", nil},
		{"Ascension 2026", hoursOf(t, "", office, "fr"), "2026-05-14 10:00", false, "2026-05-15 09:00", nil},
		{"Good Friday, in France", hoursOf(t, "", office, "fr"), "2027-03-26 10:00", true, "", nil},
		{"Good Friday, in Alsace", hoursOf(t, "", office, "fr-alsace"), "2027-03-26 10:00", false, "2027-03-27 09:00", nil},
		{"holidays alone close whole days", hoursOf(t, "", nil, "fr"), "2026-12-25 10:00", false, "2026-12-26 00:00", nil},
		{"and no others", hoursOf(t, "", nil, "fr"), "2026-12-26 03:00", true, "", nil},
		{"past midnight", hoursOf(t, "", night), "2026-11-24 05:59", true, "", nil},
		{"of a day that has no night", hoursOf(t, "", night), "2026-11-25 05:59", false, "2026-11-27 22:00", nil},
		{"the night before a holiday goes on", hoursOf(t, "", night, "2026-11-23"), "2026-11-23 05:00", true, "", nil},
		{"never", hoursOf(t, "", map[string]string{"mon-sun": "closed"}), "2026-11-23 10:00", false, "", nil},
		// On 29 March 2026 the hour from two to three is left out, on 25 October it comes twice.
		{"summer time begins: open as the wall says", hoursOf(t, "", map[string]string{"sun": "09:00-18:00"}), "2026-03-29 09:00", true, "", nil},
		{"opens in the hour that is left out", hoursOf(t, "", map[string]string{"sun": "02:30-05:00"}), "2026-03-29 01:59", false, "2026-03-29 03:30", nil},
		{"summer time ends", hoursOf(t, "", map[string]string{"sun": "09:00-18:00"}), "2026-10-25 17:59", true, "", nil},
		{"a day of 25 hours is open all through", hoursOf(t, "", always), "2026-10-25 02:30", true, "", nil},
	} {
		at := local(t, paris, tc.at)
		next, ok := tc.h.Next(at)
		switch {
		case tc.h.Open(at) != tc.open:
			t.Errorf("%s, %s: open %v", tc.what, tc.at, !tc.open)
		case tc.open && (!ok || !next.Equal(at)):
			t.Errorf("%s, %s: open, and opens %v", tc.what, tc.at, next)
		case !tc.open && tc.next == "" && ok:
			t.Errorf("%s, %s: opens %v, want never", tc.what, tc.at, next)
		case !tc.open && tc.next != "" && !next.Equal(local(t, paris, tc.next)):
			t.Errorf("%s, %s: opens %v, want %s", tc.what, tc.at, next, tc.next)
		}
	}
	// Both hours of two to three of the day that has them twice.
	open := hoursOf(t, "", map[string]string{"sun": "02:00-03:00"})
	for h, want := range []bool{false, false, true, true, false} { // 23:00 UTC is one o'clock
		at := time.Date(2026, 10, 24, 22+h, 30, 0, 0, time.UTC)
		if open.Open(at) != want {
			t.Errorf("%v: open %v", at.In(open.loc), !want)
		}
	}
	if h := hoursOf(t, "America/New_York", office); h.Open(local(t, paris, "2026-11-23 09:30")) || !h.Open(local(t, paris, "2026-11-23 15:30")) {
		t.Error("the hours are those of the queue's zone")
	}
}

func TestHoursThatCannotBeRead(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "jours")
	if err := os.WriteFile(file, []byte("# fermetures\n2026-12-28\n\n08-14 # pont\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if h := hoursOf(t, "", nil, "file:"+file); h.Open(local(t, "Europe/Paris", "2026-12-28 10:00")) || h.Open(local(t, "Europe/Paris", "2030-08-14 10:00")) || !h.Open(local(t, "Europe/Paris", "2026-12-29 10:00")) {
		t.Error("the file of holidays is not read")
	}
	bad := filepath.Join(t.TempDir(), "faux")
	if err := os.WriteFile(bad, []byte("2026-12-28\nNoël\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, c := range map[string]Queue{
		"timezone: \"Mars\" is not known":                 {Timezone: "Mars"},
		"hours: \"lundi\" is neither":                     {Hours: map[string]string{"lundi": "09:00-12:00"}},
		"hours: mon is given twice":                       {Hours: map[string]string{"mon": "09:00-12:00", "mon-tue": "10:00-12:00"}},
		"hours.mon: \"9h-12h\" is no span":                {Hours: map[string]string{"mon": "9h-12h"}},
		"hours.mon: \"09:60-12:00\" is no span":           {Hours: map[string]string{"mon": "09:60-12:00"}},
		"hours.mon: \"24:00-25:00\" is no span":           {Hours: map[string]string{"mon": "24:00-25:00"}},
		"hours.mon: is empty":                             {Hours: map[string]string{"mon": " "}},
		"hours.mon: \"09:00-12:00 11:00-13:00\" has":      {Hours: map[string]string{"mon": "09:00-12:00 11:00-13:00"}},
		"hours: \"13-45\" is neither":                     {Hours: map[string]string{"13-45": "09:00-12:00"}},
		"holidays[0]: \"be\" is no holiday":               {Holidays: []string{"be"}},
		"holidays[0]: the file of holidays cannot":        {Holidays: []string{"file:/nonexistent/x"}},
		"holidays[0]: " + bad + ":2: \"Noël\" is no date": {Holidays: []string{"file:" + bad}},
	} {
		c.Name = "q"
		out := Queues{c}.Validate()
		if len(out) == 0 || !strings.HasPrefix(out[0], "[0]."+want) {
			t.Errorf("%+v: %q, want %s", c, out, want)
		}
	}
}

// Whatever is written as hours, reading it ends, and what it says of a moment can be asked.
func FuzzHours(f *testing.F) {
	f.Add("mon-fri", "09:00-12:30 13:30-18:00", "fr", int64(1_700_000_000))
	f.Add("12-24", "22:00-06:00", "12-25", int64(0))
	f.Add("2026-02-29", "closed", "2026-02-29", int64(-1))
	f.Fuzz(func(t *testing.T, key, spans, holiday string, at int64) {
		if strings.HasPrefix(strings.TrimSpace(holiday), "file:") {
			return
		}
		h := newHours("", map[string]string{key: spans}, []string{holiday}, func(string, string, ...any) {})
		now := time.Unix(at%(1<<33), 0)
		next, ok := h.Next(now)
		if h.Open(now) != (ok && next.Equal(now)) || ok && (!h.Open(next) || next.Before(now)) {
			t.Errorf("%q %q %q at %v: next %v %v", key, spans, holiday, now, next, ok)
		}
		if end, ok := h.Closes(now); ok && (!h.Open(now) || h.Open(end) || !end.After(now)) {
			t.Errorf("%q %q %q at %v: closes %v", key, spans, holiday, now, end)
		}
	})
}
