package agents

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A telephone that did not take a caller rests, longer each time in a row, until one is taken.
func TestATelephoneRestsAfterAMiss(t *testing.T) {
	inOffice(t, nil, func(o *office) {
		waits := func(conv string) func() (Assignment, time.Duration) {
			o.t.Helper()
			began, got := time.Now(), make(chan Assignment, 1)
			o.gone.Go(func() {
				if a, err := o.Offer(o.ctx, Request{Conv: conv, Skills: []string{"litige"}, Wait: time.Hour}); err == nil {
					got <- a
				} else {
					o.t.Errorf("%s: %v", conv, err)
					got <- Assignment{Release: func() {}, Ended: func(Outcome, time.Duration) {}}
				}
			})
			return func() (Assignment, time.Duration) { a := <-got; return a, time.Since(began).Round(time.Second) }
		}
		for i, tc := range []struct {
			rest  time.Duration // before this caller
			how   Outcome
			alone time.Duration // for so long the telephone asks to be left alone
		}{
			{0, Busy, 0}, {10 * time.Second, Busy, 0}, {20 * time.Second, NoAnswer, 0}, {2 * time.Minute, Refused, 0},
			{4 * time.Minute, AgentLeft, 0}, {5 * time.Minute, Unreachable, 0}, {5 * time.Minute, CallerLeft, 0},
			{0, Completed, 0}, {0, Busy, 0}, {10 * time.Second, Completed, 0}, {0, Refused, 0}, {30 * time.Second, Cancelled, 0}, {0, Completed, 0},
			{0, Unreachable, 90 * time.Second}, {90 * time.Second, Completed, 0}, // 503 with Retry-After: 90
			{0, Unreachable, 5 * time.Second}, {30 * time.Second, Completed, 0}, // shorter than our own
			{0, Unreachable, 24 * time.Hour}, {5 * time.Minute, Completed, 0},
		} {
			a, after := waits(string(rune('a' + i)))()
			if after != tc.rest {
				o.t.Errorf("caller %d was given after %v, want %v", i, after, tc.rest)
			}
			a.Ended(tc.how, tc.alone)
			a.Release()
			synctest.Wait()
		}
	})
}

// Who cannot wait is told that the one who suits is engaged; others who suit are rung meanwhile, and a new
// list forgets who is no longer on it.
func TestOthersAreRungWhileOneRests(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := NewDesk(DefaultDeskConfig(), Config{{Name: "karim", Addr: "sip:1@h"}, {Name: "lina", Addr: "sip:2@h"}, {Name: "hall", Addr: "sip:3@h", Group: true}}, time.Now)
		ring := func(how Outcome, tried ...string) string {
			t.Helper()
			a, err := d.Offer(t.Context(), Request{Tried: tried})
			if err != nil {
				t.Fatal(err)
			}
			if a.Ended != nil {
				a.Ended(how, 0)
			}
			a.Release()
			return a.Agent
		}
		if got := ring(Busy) + " " + ring(Busy) + " " + ring(Busy) + " " + ring(Busy); got != "karim lina hall hall" {
			t.Errorf("rung: %s", got)
		}
		if _, err := d.Offer(t.Context(), Request{Tried: []string{"hall"}}); !errors.Is(err, ErrBusy) {
			t.Errorf("all rest: %v, want ErrBusy", err)
		}
		d.SetTeam(Config{{Name: "lina", Addr: "sip:2@h"}})
		d.SetTeam(Config{{Name: "karim", Addr: "sip:1@h"}, {Name: "lina", Addr: "sip:2@h"}})
		if got := ring(Completed); got != "karim" {
			t.Errorf("%s was rung, want karim, who is new", got)
		}
	})
}

func TestRestsAreChecked(t *testing.T) {
	t.Parallel()
	for want, set := range map[string]func(*DeskConfig){
		"rest_busy: 6m0s":       func(c *DeskConfig) { c.RestBusy = 6 * time.Minute },
		"rest_missed: -1s":      func(c *DeskConfig) { c.RestMissed = -time.Second },
		"rest_longest: 1h0m1s ": func(c *DeskConfig) { c.RestLongest = time.Hour + time.Second },
	} {
		c := DefaultDeskConfig()
		if set(&c); !strings.Contains(strings.Join(c.Validate(), "\n"), want) {
			t.Errorf("%q, want %q", c.Validate(), want)
		}
	}
	c := DefaultDeskConfig()
	c.RestBusy, c.RestMissed, c.RestLongest = 0, 0, 0
	if got := c.Validate(); len(got) > 0 || c.rests().after(Busy, 3) != 0 {
		t.Errorf("no rests at all: %q", got)
	}
}
