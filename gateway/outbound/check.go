package outbound

import (
	"fmt"
	"strings"
	"time"

	"decroche/gateway/store"
)

// Refusal says why a call is not placed, in plain words; Code is for programs.
type Refusal struct {
	Status int    // as HTTP says it
	Code   string // bad_number | prefix | no_consent | do_not_call | number_limit | campaign | campaign_limit | window | off
	Detail string
}

// Error implements error.
func (r *Refusal) Error() string { return "outbound: " + r.Detail }

func refuse(status int, code, format string, args ...any) *Refusal {
	return &Refusal{status, code, fmt.Sprintf(format, args...)}
}

// barred is the refusal of the guard of outbound calls.
func barred(err error) *Refusal {
	return refuse(403, "prefix", "this number may not be called: %v", err)
}

// Facts are what Check is told of the store, and of the guard of outbound calls.
type Facts struct {
	Barred           error         // why the number may not be called at all; nil: it may
	NoCall           *store.NoCall // the entry of the number; nil: it may be rung
	Day, Week, Month int           // attempts at the number in the last day, 7 days and 30 days
	CampaignCalls    int           // ordered for the campaign so far
}

// Check reports why an ordered call may not be placed, nil when it may. Its number must be in the form
// of Number. What may ring later only is no reason: Due says when.
func (c Config) Check(o store.OutboundCall, f Facts, now time.Time) *Refusal {
	if f.Barred != nil {
		return barred(f.Barred)
	}
	if f.NoCall != nil {
		return c.saidNo(*f.NoCall)
	}
	if no := c.checkConsent(o.Plan.Consent, now); no != nil {
		return no
	}
	if o.Campaign != "" {
		p, ok := c.Campaigns[o.Campaign]
		if !ok {
			return refuse(422, "campaign", "there is no campaign %.60q; placing.campaigns lists them", o.Campaign)
		}
		if p.Total > 0 && f.CampaignCalls >= p.Total {
			return refuse(429, "campaign_limit", "the campaign %q has its %d calls; placing.campaigns says how many it may have", o.Campaign, p.Total)
		}
	}
	for _, l := range []struct {
		n, most int
		of      string
	}{{f.Day, c.PerDay, "day"}, {f.Week, c.PerWeek, "week"}, {f.Month, c.PerMonth, "30 days"}} {
		if l.n >= l.most {
			return refuse(429, "number_limit", "this number was rung %d times within a %s, and %d is the most; order the call later", l.n, strings.Replace(l.of, "30 days", "span of 30 days", 1), l.most)
		}
	}
	return nil
}

// saidNo is the refusal of a number on the list of those not to be called.
func (c Config) saidNo(entry store.NoCall) *Refusal {
	return refuse(403, "do_not_call", "this number is not to be called since %s: it is on the list; only who says so themselves is taken off it", entry.At.Format(time.DateOnly))
}

// checkConsent looks at the proof that somebody agreed to be called.
func (c Config) checkConsent(p *store.Consent, now time.Time) *Refusal {
	switch {
	case p == nil || strings.TrimSpace(p.How) == "" || strings.TrimSpace(p.Reference) == "" || p.When.IsZero():
		return refuse(422, "no_consent", `consent: say how, when and under which reference the person agreed to be called: {"how": "web_form", "when": "2026-10-01T10:00:00Z", "reference": "form 4711"}`)
	case p.When.After(now.Add(5 * time.Minute)):
		return refuse(422, "no_consent", "consent: when is %s, which is still to come", p.When.Format(time.RFC3339))
	case now.Sub(p.When) > c.ConsentFor:
		return refuse(422, "no_consent", "consent: it is of %s, and consents are valid for %.0f days (placing.consent_for); ask again", p.When.Format(time.DateOnly), c.ConsentFor.Hours()/24)
	}
	return nil
}

// Due is when a call may first ring: from o.From on, within the hours of its kind, before o.Until. A
// refusal says that there is no such time. now is on the clock of who is rung.
func (c Config) Due(o store.OutboundCall, now time.Time) (time.Time, *Refusal) {
	t := now
	if o.From.After(t) {
		t = o.From.In(now.Location())
	}
	due := c.HoursOf(o.Kind).Next(t)
	if due.IsZero() {
		return due, refuse(422, "window", "the configured hours allow no call within a year; look at placing.hours")
	}
	if !o.Until.IsZero() && !due.Before(o.Until) {
		return time.Time{}, refuse(422, "window", "nobody may be rung before %s: the next time that is allowed is %s", o.Until.In(now.Location()).Format("2006-01-02 15:04"), due.Format("2006-01-02 15:04"))
	}
	return due, nil
}

// reasonMessage is the reason of a callback that is a message (flows.ReasonMessage), and why it has no time.
const reasonMessage = "message"

// Plan is a callback that was just taken, with its number, window and time. One that cannot be rung by
// itself stays open and without a time: it is for people, and Last says why.
// country is the code of ours, permit the guard of outbound calls.
func (c Config) Plan(o store.OutboundCall, now time.Time, country string, permit func(number string) error) store.OutboundCall {
	number, err := Number(o.Phone, country)
	if err != nil {
		o.Number, o.Last = "?", "bad_number"
		return o
	}
	o.Number = number
	asked := o.At.In(now.Location())
	from, until, _ := Window(o.Lang, o.Window, asked)
	if o.From, o.Until = from, until; !from.After(asked) {
		o.From = time.Time{}
	}
	if c.Callbacks == ByHand {
		return o
	}
	if o.Reason == reasonMessage { // it is to be read: who left it asked for no call
		o.Last = reasonMessage
		return o
	}
	if err := permit(number); err != nil {
		o.Last = barred(err).Code
		return o
	}
	due, no := c.Due(o, now)
	if no != nil { // the hours allow nothing in the window: the next time that they do is better than never
		late := o
		late.Until = time.Time{}
		if due, no = c.Due(late, now); no != nil {
			o.Last = no.Code
			return o
		}
		if o.Until.Before(now) { // nobody was there to ring then
			o.Last = "window_passed"
			return o
		}
		o.Until = time.Time{}
	}
	o.Due = due
	return o
}

// checkAgain is what of Check counts when an ordered call is about to ring: its own earlier attempts are
// among those of the number.
func (c Config) checkAgain(o store.OutboundCall, now time.Time, f Facts) *Refusal {
	f.CampaignCalls = 0                                           // it is one of them
	f.Day, f.Week = max(0, f.Day-o.Tries), max(0, f.Week-o.Tries) // it may be tried again on the day on which nobody answered
	return c.Check(o, f, now)
}
