package console

import (
	"strings"
	"testing"
	"time"
)

// FuzzHours: each stretch of hours that is taken opens at some time of the week and shuts again, and what is
// refused says so on one line.
func FuzzHours(f *testing.F) {
	for _, s := range []string{"mon-fri 9:00-18:00", "sat 9:00-12:00", "8:00-20:00", "fri-mon 22:00-6:00", "0:00-24:00", "mon 24:00-1:00", "mon-xyz 1:00-2:00", "9:00-9:00", "MON 9:00-10:00", "mon-fri 9:00-18:00\n", "99:99-0:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := DefaultWidgetConfig()
		c.Hours, c.Sites, c.Phone, c.Accent, c.Outside = []string{s}, []string{s}, s, s, s
		for _, p := range c.Validate() {
			if strings.ContainsAny(p, "\r\n\x00") || !strings.Contains(p, ": ") {
				t.Fatalf("the complaint about %q: %q", s, p)
			}
		}
		h, err := parseHours(s)
		if err != nil {
			return
		}
		monday, open, shut := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), false, false
		for at := monday; at.Before(monday.AddDate(0, 0, 7)); at = at.Add(time.Minute) {
			if h.open(at) {
				open = true
			} else {
				shut = true
			}
		}
		if all := s != "" && h.from == 0 && h.to == 24*60; !open || !shut && !all {
			t.Fatalf("%q: open %v, shut %v", s, open, shut)
		}
		if next := opens([]hours{h}, monday); next.IsZero() || !next.After(monday) || !h.open(next) {
			t.Fatalf("%q opens at %v", s, next)
		}
	})
}
