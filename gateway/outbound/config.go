package outbound

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"decroche/internal/calendar"
)

// Who rings a callback.
const (
	ByHand  = "hand"  // an agent, from the list at the desk
	ByBot   = "bot"   // the bot, when its time has come
	ByAgent = "agent" // the bot, when an agent who can take it is free: they are held for it
)

// What is done when a machine answers.
const (
	HangUp  = "hang_up"
	Message = "message"
)

// Config is the "placing:" part of the configuration file: calls that we place. Whom the gateway may
// call at all, and how much, is the guard's business ("outbound:"). The times of the law are those of France
// (docs/outbound.md names the articles).
type Config struct {
	// Callbacks says who rings people who asked for it: hand, bot or agent.
	Callbacks string `yaml:"callbacks"`
	// Orders says whether programs may order calls (POST /api/v1/calls).
	Orders bool `yaml:"orders"`
	// Hours are when ordered calls may ring, CallbackHours when people are rung back who asked for it,
	// on the clock of the bot.
	Hours         []string `yaml:"hours"`
	CallbackHours []string `yaml:"callback_hours"`
	// Holidays are those of a country on which nobody is rung: FR, or "" for none. Closed are days more.
	Holidays string   `yaml:"holidays"`
	Closed   []string `yaml:"closed"`
	// AtOnce is how many calls ring or talk at once.
	AtOnce int `yaml:"at_once"`
	// RingFor is how long a phone rings.
	RingFor time.Duration `yaml:"ring_for"`
	// Attempts is how often one call is tried.
	Attempts int `yaml:"attempts"`
	// The pauses after an attempt, by how it ended.
	Busy        time.Duration `yaml:"busy"`
	NoAnswer    time.Duration `yaml:"no_answer"`
	Unreachable time.Duration `yaml:"unreachable"`
	Voicemail   time.Duration `yaml:"voicemail"`
	// AgentWait is how long a callback that waits for an agent goes on waiting when none is free.
	AgentWait time.Duration `yaml:"agent_wait"`
	// PerDay, PerWeek and PerMonth (30 days) are how often one number may be rung by ordered calls.
	PerDay   int `yaml:"per_day"`
	PerWeek  int `yaml:"per_week"`
	PerMonth int `yaml:"per_month"`
	// ConsentFor is how long a consent to be called is valid.
	ConsentFor time.Duration `yaml:"consent_for"`
	// StopKey is the key that puts a number on the list of those not to be called; "" for none.
	StopKey string `yaml:"stop_key"`
	// Campaigns are the purposes that programs may name, by name.
	Campaigns map[string]Campaign `yaml:"campaigns"`
}

// Campaign is one purpose of ordered calls.
type Campaign struct {
	// PerMinute is how many calls begin in one minute, AtOnce how many ring or talk at once; 0: only
	// the limit of all.
	PerMinute int `yaml:"per_minute"`
	AtOnce    int `yaml:"at_once"`
	// Total is how many calls may be ordered for it; 0: any number.
	Total int `yaml:"total"`
	// OnVoicemail is what is done when a machine answers, unless the order says: hang_up or message.
	OnVoicemail string `yaml:"on_voicemail"`
	// Message is left on a machine, unless the order has one.
	Message string `yaml:"message"`
}

// DefaultConfig rings nobody by itself: a machine that calls people is turned on on purpose.
func DefaultConfig() Config {
	return Config{
		Callbacks: ByHand,
		Hours:     []string{"mon-fri 10:00-13:00", "mon-fri 14:00-20:00"}, CallbackHours: []string{"mon-fri 08:00-20:00", "sat 09:00-18:00"},
		Holidays: "FR", Closed: []string{}, AtOnce: 10, RingFor: 20 * time.Second, Attempts: 4,
		Busy: 5 * time.Minute, NoAnswer: time.Hour, Unreachable: 10 * time.Minute, Voicemail: 3 * time.Hour, AgentWait: 15 * time.Second,
		PerDay: 1, PerWeek: 2, PerMonth: 4, ConsentFor: 3 * 365 * 24 * time.Hour, Campaigns: map[string]Campaign{},
	}
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	say := func(format string, args ...any) { bad = append(bad, fmt.Sprintf(format, args...)) }
	if c.Callbacks != ByHand && c.Callbacks != ByBot && c.Callbacks != ByAgent {
		say("callbacks: %q is not known; use hand, bot or agent", c.Callbacks)
	}
	for key, list := range map[string][]string{"hours": c.Hours, "callback_hours": c.CallbackHours} {
		if _, err := ParseHours(list, nil); err != nil {
			say("%s: %v", key, err)
		} else if len(list) == 0 {
			say("%s: empty, so nobody could be rung; write for example \"mon-fri 10:00-13:00\"", key)
		}
	}
	if c.Holidays != "" && c.Holidays != "FR" {
		say("holidays: those of %q are not known; use FR, or \"\" and list days under closed", c.Holidays)
	}
	for i, d := range c.Closed {
		if _, err := time.Parse(time.DateOnly, d); err != nil {
			say("closed[%d]: %q is no day; write it as 2026-12-24", i, d)
		}
	}
	for _, r := range []struct {
		key         string
		n, min, max int
	}{{"at_once", c.AtOnce, 1, 10000}, {"attempts", c.Attempts, 1, 20}, {"per_day", c.PerDay, 1, 20}, {"per_week", c.PerWeek, 1, 100}, {"per_month", c.PerMonth, 1, 300}} {
		if r.n < r.min || r.n > r.max {
			say("%s: %d is not between %d and %d", r.key, r.n, r.min, r.max)
		}
	}
	for _, r := range []struct {
		key         string
		d, min, max time.Duration
	}{{"ring_for", c.RingFor, 5 * time.Second, 3 * time.Minute}, {"busy", c.Busy, time.Minute, 24 * time.Hour}, {"no_answer", c.NoAnswer, time.Minute, 7 * 24 * time.Hour},
		{"unreachable", c.Unreachable, time.Minute, 24 * time.Hour}, {"voicemail", c.Voicemail, time.Minute, 7 * 24 * time.Hour}, {"agent_wait", c.AgentWait, time.Second, time.Hour},
		{"consent_for", c.ConsentFor, 24 * time.Hour, 10 * 365 * 24 * time.Hour}} {
		if r.d < r.min || r.d > r.max {
			say("%s: %v is not between %v and %v", r.key, r.d, r.min, r.max)
		}
	}
	if c.StopKey != "" && (len(c.StopKey) != 1 || !strings.Contains("0123456789*#", c.StopKey)) {
		say("stop_key: %q is no key; write one of 0 to 9, * and #, or \"\" for none", c.StopKey)
	}
	for name, p := range c.Campaigns {
		if p.PerMinute < 0 || p.AtOnce < 0 || p.Total < 0 {
			say("campaigns.%s: a limit is below 0; write 0 for none", name)
		}
		if p.OnVoicemail != "" && p.OnVoicemail != HangUp && p.OnVoicemail != Message {
			say("campaigns.%s: on_voicemail: %q is not known; use hang_up or message", name, p.OnVoicemail)
		}
		if p.OnVoicemail == Message && p.Message == "" {
			say("campaigns.%s: message: empty, and on_voicemail is message; write what is left on a machine", name)
		}
	}
	slices.Sort(bad)
	return bad
}

// closed tells of the days on which nobody is rung.
func (c Config) closed(day time.Time) bool {
	y, m, d := day.Date()
	return c.Holidays == "FR" && calendar.FrenchHoliday(y, m, d, false) || slices.Contains(c.Closed, day.Format(time.DateOnly))
}

// HoursOf are when calls of a kind may ring.
func (c Config) HoursOf(kind string) Hours {
	list := c.Hours
	if kind == "callback" {
		list = c.CallbackHours
	}
	h, _ := ParseHours(list, c.closed) // Validate has looked
	return h
}
