package main

import (
	"slices"
	"testing"
	"time"

	"decroche/bench/callers"
)

// What the log of the caller's telephone system shows is what must stand in the record.
func TestReferOutcomes(t *testing.T) {
	t.Parallel()
	start := time.Now()
	at := func(d time.Duration) time.Time { return start.Add(d) }
	const s = time.Second
	for name, c := range map[string]struct {
		x    callers.Referral
		left time.Time
		want []string
	}{
		"put through":              {x: callers.Referral{System: callers.System{Status: 202, Final: 200}, Reported: at(s)}, want: []string{"completed"}},
		"put through, then leaves": {x: callers.Referral{System: callers.System{Status: 202, Final: 200}, Reported: at(s)}, left: at(3 * s), want: []string{"completed"}},
		"busy":                     {x: callers.Referral{System: callers.System{Status: 202, Final: 486}, Reported: at(s)}, want: []string{"busy"}},
		"declined as they leave":   {x: callers.Referral{System: callers.System{Status: 202, Final: 603}, Reported: at(s)}, left: at(s + 100*time.Millisecond), want: []string{"refused", "caller_left"}},
		"left before the report":   {x: callers.Referral{System: callers.System{Status: 202, Final: 200}}, left: at(s), want: []string{"caller_left"}},
		"never reported":           {x: callers.Referral{System: callers.System{Status: 202}}, want: []string{"timeout"}},
		"never answered":           {x: callers.Referral{}, want: []string{"timeout"}},
		"hung up to say so":        {x: callers.Referral{System: callers.System{Status: 202, Leaves: true}, HungUp: at(s)}, left: at(s), want: []string{"completed"}},
	} {
		c.x.Asked = start
		if got := referOutcome(c.x, c.left); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
