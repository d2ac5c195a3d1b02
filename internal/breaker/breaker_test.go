package breaker

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var quick = Config{Failures: 2, Pause: time.Second, MaxPause: 3 * time.Second}

func TestOpensPausesAndRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []State
		b := New(quick, func(s State) { seen = append(seen, s) })
		fail := func(want bool) {
			t.Helper()
			try := b.Ask()
			if (try != nil) != want {
				t.Fatalf("asked at %v: leave %v, want %v", b.State(), try != nil, want)
			}
			if try != nil {
				try.Done(Bad)
				try.Done(Good) // a second verdict is none
			}
		}
		fail(true)
		b.Ask().Done(Good) // failures count only in a row
		fail(true)
		b.Ask().Done(Nothing)
		fail(true)
		fail(false)
		time.Sleep(time.Second)
		if b.State() != HalfOpen {
			t.Errorf("after the pause: %v", b.State())
		}
		fail(true) // the one try
		time.Sleep(1999 * time.Millisecond)
		fail(false) // the pause has doubled
		time.Sleep(time.Millisecond)
		fail(true)
		time.Sleep(2999 * time.Millisecond)
		fail(false) // and is bounded
		time.Sleep(time.Millisecond)
		try := b.Ask()
		fail(false) // only one at a time
		try.Done(Nothing)
		try = b.Ask() // given back: the next may
		try.Done(Good)
		if want := []State{Closed, Open, HalfOpen, Open, HalfOpen, Open, HalfOpen, Open, HalfOpen, Closed}; !slices.Equal(seen, want) {
			t.Errorf("states %v, want %v", seen, want)
		}
		fail(true)
		fail(true)
		time.Sleep(time.Second) // the pause is short again
		fail(true)
	})
}

func TestOldVerdictsAndForcedTries(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := New(quick, nil)
		slow, slower := b.Ask(), b.Ask()
		b.Ask().Done(Bad)
		b.Ask().Done(Bad)
		time.Sleep(time.Second)
		trial := b.Ask()
		slow.Done(Bad) // began before it opened: not the trial's verdict
		if b.State() != HalfOpen {
			t.Errorf("an old verdict made it %v", b.State())
		}
		trial.Done(Bad)
		b.Force().Done(Bad)
		if b.State() != Open {
			t.Errorf("after a forced try: %v", b.State())
		}
		b.Force().Done(Good)
		if b.State() != Closed {
			t.Errorf("after a forced try that worked: %v", b.State())
		}
		slower.Done(Good)
	})
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if bad := DefaultConfig().Validate(); len(bad) > 0 {
		t.Error(bad)
	}
	bad := Config{Failures: 0, Pause: time.Millisecond, MaxPause: 0}.Validate()
	if got := strings.Join(bad, "\n"); got != "failures: 0 is not between 1 and 100\npause: 1ms is not between 100ms and 1h\nmax_pause: 0s is not between pause (1ms) and 24h" {
		t.Error(got)
	}
}
