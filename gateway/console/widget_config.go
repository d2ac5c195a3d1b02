package console

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"decroche/internal/calendar"
)

// WidgetConfig says who may write and call from a page without an account, and when the widget
// shows itself on other sites.
type WidgetConfig struct {
	// Enabled lets anybody who opens the caller page or the widget begin a conversation. Otherwise
	// that needs the API's token, as it did before there were pages.
	Enabled bool `yaml:"enabled"`
	// Sites may show the widget in their pages: "https://www.example.com". Empty: none but our own.
	Sites []string `yaml:"sites"`
	// Hours are when somebody can be reached, in the bot's timezone: "mon-fri 9:00-18:00". Empty:
	// always.
	Hours []string `yaml:"hours"`
	// NeedsAgent shows the widget only while an agent is signed in, free or in a call.
	NeedsAgent bool `yaml:"needs_agent"`
	// After is how long somebody reads a page before the widget shows itself.
	After time.Duration `yaml:"after"`
	// Outside is what is shown when Hours or NeedsAgent say no: "offer" search and callback, or "hide".
	Outside string `yaml:"outside"`
	// Voice offers the call button. Without it a call from a page needs an API token.
	Voice bool `yaml:"voice"`
	// Phone is the number shown to who cannot call from the page: "01 84 00 00 00". Empty: none.
	Phone string `yaml:"phone"`
	// Accent is the company's colour, "#3a45c9"; pages move it until it can be read. Empty: ours.
	Accent string `yaml:"accent"`
	// RatePerSource is how many conversations, searches and callbacks per second one address may
	// begin for ever, RateBurst how many at once.
	RatePerSource float64 `yaml:"rate_per_source"`
	RateBurst     int     `yaml:"rate_burst"`
}

// DefaultWidgetConfig shows it on our own page, at any hour.
func DefaultWidgetConfig() WidgetConfig {
	return WidgetConfig{Enabled: true, Sites: []string{}, Hours: []string{}, Outside: "offer", Voice: true, RatePerSource: 0.5, RateBurst: 20}
}

var accentShape = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Validate returns every complaint as "key: what is wrong; what to do".
func (c WidgetConfig) Validate() []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for i, o := range c.Sites {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || o != u.Scheme+"://"+u.Host || strings.ContainsAny(o, " ;,'\"") {
			say("sites[%d]: %q is not a site; write it as https://www.example.com, without a path", i, o)
		}
	}
	for i, h := range c.Hours {
		if _, err := parseHours(h); err != nil {
			say("hours[%d]: %v; write it as mon-fri 9:00-18:00", i, err)
		}
	}
	if c.Outside != "offer" && c.Outside != "hide" {
		say("outside: %q is not known; use offer (search and callback) or hide", c.Outside)
	}
	if c.After < 0 || c.After > time.Hour {
		say("after: %v is not between 0s and 1h; 0s shows it at once", c.After)
	}
	if strings.Trim(c.Phone, "+0123456789 .-()") != "" || len(c.Phone) > 30 {
		say("phone: %q is no number; write it as people dial it, 01 84 00 00 00", c.Phone)
	}
	if c.Accent != "" && !accentShape.MatchString(c.Accent) {
		say("accent: %q is no colour; write it as #3a45c9", c.Accent)
	}
	if !(c.RatePerSource > 0) || c.RatePerSource > 1e6 {
		say("rate_per_source: %v is not between 0 and 1000000; write conversations per second, for example 0.5", c.RatePerSource)
	}
	if c.RateBurst < 1 || c.RateBurst > 100000 {
		say("rate_burst: %d is out of range; use 1 to 100000", c.RateBurst)
	}
	return out
}

// hours is a stretch of each of some days, in minutes since midnight. One that ends before it
// begins goes over midnight.
type hours struct {
	days     [7]bool // by time.Weekday
	from, to int
}

var hoursShape = regexp.MustCompile(`^(?:([a-z]{3}(?:-[a-z]{3})?) )?(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$`)

// parseHours reads "mon-fri 9:00-18:00", "sat 9:00-12:00" or "8:00-20:00".
func parseHours(text string) (hours, error) {
	var h hours
	m := hoursShape.FindStringSubmatch(strings.ToLower(strings.TrimSpace(text)))
	if m == nil {
		return h, fmt.Errorf("%q is not understood", text)
	}
	days, ok := calendar.Weekdays(cmp.Or(m[1], "sun-sat"))
	if !ok {
		return h, fmt.Errorf("%q names no day; days are mon tue wed thu fri sat sun", text)
	}
	for _, d := range days {
		h.days[d] = true
	}
	var n [4]int
	for i, s := range m[2:] {
		n[i], _ = strconv.Atoi(s) // two digits
	}
	h.from, h.to = n[0]*60+n[1], n[2]*60+n[3]
	if n[1] > 59 || n[3] > 59 || h.from >= 24*60 || h.to > 24*60 || h.from == h.to {
		return h, fmt.Errorf("%q has no such time of day", text)
	}
	return h, nil
}

// open tells whether at is within h.
func (h hours) open(at time.Time) bool {
	min, day := at.Hour()*60+at.Minute(), int(at.Weekday())
	if h.from < h.to {
		return h.days[day] && min >= h.from && min < h.to
	}
	return h.days[day] && min >= h.from || h.days[(day+6)%7] && min < h.to
}

// opens is the next moment, within eight days after at, at which one of list begins; zero for none.
func opens(list []hours, at time.Time) (next time.Time) {
	for d := range 8 {
		day := at.AddDate(0, 0, d)
		for _, h := range list {
			begin := time.Date(day.Year(), day.Month(), day.Day(), h.from/60, h.from%60, 0, 0, at.Location())
			if h.days[day.Weekday()] && begin.After(at) && (next.IsZero() || begin.Before(next)) {
				next = begin
			}
		}
	}
	return next
}
