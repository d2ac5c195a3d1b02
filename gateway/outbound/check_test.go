package outbound

import (
	"errors"
	"strings"
	"testing"
	"time"

	"decroche/gateway/store"
)

// monday is a Monday, eleven o'clock in Paris.
var monday = time.Date(2026, 11, 23, 11, 0, 0, 0, paris)

func orders() Config {
	c := DefaultConfig()
	c.Orders = true
	c.Callbacks = ByBot
	c.Campaigns = map[string]Campaign{"rappels": {Total: 10, PerMinute: 2, AtOnce: 3}}
	return c
}

// noPremium is a guard.
func noPremium(number string) error {
	if strings.HasPrefix(number, "+3389") {
		return errors.New("premium")
	}
	return nil
}

func agreed() *store.Consent {
	return &store.Consent{How: "web_form", When: monday.AddDate(0, -1, 0), Reference: "form 4711"}
}

// Every refusal of an order, with its code.
func TestCheck(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		change func(*store.OutboundCall)
		facts  Facts
		code   string
	}{
		"agreed to":             {nil, Facts{}, ""},
		"barred by the guard":   {nil, Facts{Barred: errors.New("not permitted")}, "prefix"},
		"no consent":            {func(o *store.OutboundCall) { o.Plan.Consent = nil }, Facts{}, "no_consent"},
		"no proof":              {func(o *store.OutboundCall) { o.Plan.Consent.Reference = " " }, Facts{}, "no_consent"},
		"no date":               {func(o *store.OutboundCall) { o.Plan.Consent.When = time.Time{} }, Facts{}, "no_consent"},
		"consent of tomorrow":   {func(o *store.OutboundCall) { o.Plan.Consent.When = monday.AddDate(0, 0, 1) }, Facts{}, "no_consent"},
		"consent too old":       {func(o *store.OutboundCall) { o.Plan.Consent.When = monday.AddDate(-4, 0, 0) }, Facts{}, "no_consent"},
		"said stop":             {nil, Facts{NoCall: &store.NoCall{At: monday}}, "do_not_call"},
		"rung today":            {nil, Facts{Day: 1, Week: 1, Month: 1}, "number_limit"},
		"twice this week":       {nil, Facts{Week: 2, Month: 2}, "number_limit"},
		"four times this month": {nil, Facts{Month: 4}, "number_limit"},
		"no such campaign":      {func(o *store.OutboundCall) { o.Campaign = "promo" }, Facts{}, "campaign"},
		"the campaign is full":  {func(o *store.OutboundCall) { o.Campaign = "rappels" }, Facts{CampaignCalls: 10}, "campaign_limit"},
		"the campaign has room": {func(o *store.OutboundCall) { o.Campaign = "rappels" }, Facts{CampaignCalls: 9}, ""},
	} {
		o := store.OutboundCall{Kind: store.KindCall, Number: "+33612345678", Plan: store.OutboundPlan{Consent: agreed()}}
		if tc.change != nil {
			tc.change(&o)
		}
		no := orders().Check(o, tc.facts, monday)
		switch {
		case tc.code == "" && no != nil:
			t.Errorf("%s: refused: %v", name, no)
		case tc.code != "" && (no == nil || no.Code != tc.code || no.Status < 400 || no.Detail == ""):
			t.Errorf("%s: %+v, want %s", name, no, tc.code)
		}
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	sunday := time.Date(2026, 11, 22, 11, 0, 0, 0, paris)
	for name, tc := range map[string]struct {
		o    store.OutboundCall
		now  time.Time
		want string // "" is refused
	}{
		"now":                     {store.OutboundCall{}, monday, "2026-11-23 11:00"},
		"on a Sunday":             {store.OutboundCall{}, sunday, "2026-11-23 10:00"},
		"a callback on Saturday":  {store.OutboundCall{Kind: store.KindCallback}, time.Date(2026, 11, 21, 8, 0, 0, 0, paris), "2026-11-21 09:00"},
		"later":                   {store.OutboundCall{From: monday.Add(150 * time.Minute)}, monday, "2026-11-23 14:00"},
		"later in UTC":            {store.OutboundCall{From: monday.Add(3 * time.Hour).UTC()}, monday, "2026-11-23 14:00"},
		"only on Sunday":          {store.OutboundCall{From: sunday, Until: sunday.Add(time.Hour)}, sunday, ""},
		"over before it may ring": {store.OutboundCall{Until: monday.Add(-time.Hour)}, monday, ""},
	} {
		due, no := orders().Due(tc.o, tc.now)
		got := ""
		if no == nil {
			got = due.Format("2006-01-02 15:04")
		}
		if got != tc.want {
			t.Errorf("%s: %q, %v; want %q", name, got, no, tc.want)
		}
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	taken := time.Date(2026, 11, 23, 17, 0, 0, 0, paris)
	for name, tc := range map[string]struct {
		phone, window string
		now           time.Time
		change        func(*Config)
		due, until    string
		last          string
		reason        string
	}{
		"a message":               {"06 12 34 56 78", "", taken, nil, "", "", "message", "message"},
		"at once":                 {"06 12 34 56 78", "", taken, nil, "23 17:00", "", "", ""},
		"at an agreed time":       {"+33612345678", "demain entre 9 h et 11 h", taken, nil, "24 09:00", "24 11:00", "", ""},
		"by a SIP phone":          {"sip:lina@pbx.example", "demain matin", taken, nil, "24 08:00", "24 12:00", "", ""},
		"not in the evening":      {"06 12 34 56 78", "ce soir après 20 heures", taken, nil, "24 08:00", "", "", ""},
		"by hand":                 {"06 12 34 56 78", "demain matin", taken, func(c *Config) { c.Callbacks = ByHand }, "", "24 12:00", "", ""},
		"no number":               {"appelez ma femme", "", taken, nil, "", "", "bad_number", ""},
		"premium":                 {"0899 12 34 56", "", taken, nil, "", "", "prefix", ""},
		"found after the window":  {"06 12 34 56 78", "entre 17 h et 18 h", taken.Add(26 * time.Hour), nil, "", "23 18:00", "window_passed", ""},
		"found within the window": {"06 12 34 56 78", "demain matin", taken.Add(16 * time.Hour), nil, "24 09:00", "24 12:00", "", ""},
	} {
		cfg := orders()
		if tc.change != nil {
			tc.change(&cfg)
		}
		o := cfg.Plan(store.OutboundCall{Kind: store.KindCallback, Phone: tc.phone, Window: tc.window, Reason: tc.reason, Lang: "fr", At: taken.UTC()}, tc.now, "33", noPremium)
		day := func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.In(paris).Format("02 15:04")
		}
		if day(o.Due) != tc.due || day(o.Until) != tc.until || o.Last != tc.last || o.Number == "" {
			t.Errorf("%s: due %s, until %s, %q (%s); want %s, %s, %q", name, day(o.Due), day(o.Until), o.Last, o.Number, tc.due, tc.until, tc.last)
		}
	}
}

func TestAfter(t *testing.T) {
	t.Parallel()
	cfg := orders()
	evening := time.Date(2026, 11, 23, 19, 50, 0, 0, paris)
	for name, tc := range map[string]struct {
		o       store.OutboundCall
		outcome string
		tries   int
		now     time.Time
		state   string
		due     string
	}{
		"answered":                 {store.OutboundCall{}, Answered, 1, monday, store.OutboundDone, ""},
		"busy":                     {store.OutboundCall{}, Busy, 1, monday, store.OutboundRetry, "23 11:05"},
		"no answer over lunch":     {store.OutboundCall{}, NoAnswer, 1, monday.Add(90 * time.Minute), store.OutboundRetry, "23 14:00"},
		"no answer in the evening": {store.OutboundCall{}, NoAnswer, 1, evening, store.OutboundRetry, "24 10:00"},
		"once too often":           {store.OutboundCall{}, NoAnswer, 4, monday, store.OutboundGivenUp, ""},
		"the window is over":       {store.OutboundCall{Until: monday.Add(time.Minute)}, Busy, 1, monday, store.OutboundGivenUp, ""},
		"somebody else":            {store.OutboundCall{}, WrongPerson, 1, monday, store.OutboundGivenUp, ""},
		"a fax":                    {store.OutboundCall{}, Fax, 1, monday, store.OutboundGivenUp, ""},
		"said stop":                {store.OutboundCall{}, StopCalling, 1, monday, store.OutboundDropped, ""},
		"a message":                {store.OutboundCall{Kind: store.KindCall}, MessageLeft, 1, monday, store.OutboundDone, ""},
		"a message for who asked":  {store.OutboundCall{Kind: store.KindCallback}, MessageLeft, 1, monday, store.OutboundRetry, "23 14:00"},
		"never heard of":           {store.OutboundCall{}, "what", 1, monday, store.OutboundRetry, "23 11:10"},
	} {
		state, due := cfg.After(tc.o, tc.outcome, tc.tries, tc.now)
		got := ""
		if !due.IsZero() {
			got = due.Format("02 15:04")
		}
		if state != tc.state || got != tc.due {
			t.Errorf("%s: %s %s, want %s %s", name, state, got, tc.state, tc.due)
		}
	}
	for status, want := range map[int]string{486: Busy, 600: Busy, 408: NoAnswer, 603: Declined, 404: Invalid, 480: Unreachable, 503: Unreachable, 0: Unreachable} {
		if got := OfStatus(status); got != want {
			t.Errorf("%d is %s, want %s", status, got, want)
		}
	}
	for _, o := range Outcomes() {
		if s, _ := cfg.After(store.OutboundCall{}, o, 1, monday); s == "" || s == store.OutboundOpen || s == store.OutboundDialling {
			t.Errorf("%s leads to %q", o, s)
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) != 0 {
		t.Errorf("the defaults: %q", bad)
	}
	for want, change := range map[string]func(*Config){
		"callbacks: ":                 func(c *Config) { c.Callbacks = "yes" },
		"hours: ":                     func(c *Config) { c.Hours = []string{"always"} },
		"callback_hours: empty":       func(c *Config) { c.CallbackHours = nil },
		"holidays: ":                  func(c *Config) { c.Holidays = "MARS" },
		"closed[0]: ":                 func(c *Config) { c.Closed = []string{"Noël"} },
		"at_once: 0":                  func(c *Config) { c.AtOnce = 0 },
		"ring_for: ":                  func(c *Config) { c.RingFor = 0 },
		"stop_key: ":                  func(c *Config) { c.StopKey = "99" },
		"campaigns.a: on_voicemail":   func(c *Config) { c.Campaigns = map[string]Campaign{"a": {OnVoicemail: "sing"}} },
		"campaigns.a: message: empty": func(c *Config) { c.Campaigns = map[string]Campaign{"a": {OnVoicemail: Message}} },
		"campaigns.a: a limit":        func(c *Config) { c.Campaigns = map[string]Campaign{"a": {Total: -1}} },
	} {
		c := DefaultConfig()
		change(&c)
		if bad := c.Validate(); len(bad) != 1 || !strings.HasPrefix(bad[0], want) || !strings.Contains(bad[0], ";") && !strings.Contains(bad[0], "not between") {
			t.Errorf("%s: %q", want, bad)
		}
	}
	var no *Refusal
	if !errors.As(error(refuse(422, "x", "y")), &no) {
		t.Error("a refusal is no error")
	}
}
