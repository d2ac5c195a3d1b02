package sip

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// shelf is a Counts that may be broken, or hang.
type shelf struct {
	mu     sync.Mutex
	rows   map[Dialled]int // by minute and beginning
	broken bool
	hangs  bool
	writes int
}

func (s *shelf) fails(ctx context.Context) error {
	s.mu.Lock()
	broken, hangs := s.broken, s.hangs
	s.mu.Unlock()
	if hangs {
		<-ctx.Done()
		return ctx.Err()
	}
	if broken {
		return errors.New("disk full")
	}
	return nil
}

func (s *shelf) Dialled(ctx context.Context, since time.Time, limit int) (list []Dialled, err error) {
	if err := s.fails(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for d, n := range s.rows {
		if d.Calls = n; !d.Minute.Before(since) && len(list) < limit {
			list = append(list, d)
		}
	}
	return list, nil
}

func (s *shelf) KeepDialled(ctx context.Context, list []Dialled, since time.Time) error {
	if err := s.fails(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.writes++
	for _, d := range list {
		key := Dialled{Minute: d.Minute, Beginning: d.Beginning}
		s.rows[key] = max(s.rows[key], d.Calls)
	}
	for d := range s.rows {
		if d.Minute.Before(since) {
			delete(s.rows, d)
		}
	}
	return nil
}

func (s *shelf) set(broken, hangs bool) {
	s.mu.Lock()
	s.broken, s.hangs = broken, hangs
	s.mu.Unlock()
}

// process is a guard as a new process has it, with the bubble's clock.
func process(t *testing.T, cfg OutboundConfig, s *shelf) (g *guard, log func() string, stop func()) {
	t.Helper()
	g, _, text := aGuard(cfg)
	g.now = time.Now
	stop = g.remember(t.Context(), s)
	return g, text.String, stop
}

func (g *guard) tries(t *testing.T, addr, want string) {
	t.Helper()
	leave, got := g.try(t, addr, true)
	if got != want {
		t.Errorf("%s: %q, want %q", addr, got, want)
	}
	if leave != nil {
		leave()
	}
}

func capped() OutboundConfig {
	cfg := DefaultOutboundConfig()
	cfg.PerHour, cfg.PerDay = 4, 6
	cfg.Caps = []OutboundCap{{"+44", 2, 3}}
	return cfg
}

// A restart gives no new allowance: neither a clean one nor one a moment after a call, within the minute or
// hours later.
func TestCapsHoldOverARestart(t *testing.T) {
	t.Parallel()
	const english, french = "+442071234567", "0123456789"
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{rows: map[Dialled]int{}}
		g, _, stop := process(t, capped(), s)
		g.tries(t, english, "")
		g.tries(t, french, "")
		stop()
		g, _, stop = process(t, capped(), s)
		g.tries(t, english, "")
		g.tries(t, english, barHour)
		synctest.Wait() // killed: nobody stops the first one
		second := stop
		g, _, stop = process(t, capped(), s)
		g.tries(t, english, barHour)
		g.tries(t, french, "")
		g.tries(t, french, barHour) // four in all
		time.Sleep(61 * time.Minute)
		stop()
		g, _, stop = process(t, capped(), s)
		g.tries(t, english, "")
		g.tries(t, english, barDay)
		stop()
		less := capped()
		less.Caps = []OutboundCap{{"+4", 9, 3}} // caps were changed: what was counted counts there
		g, _, stop = process(t, less, s)
		g.tries(t, english, barDay)
		g.tries(t, french, "")
		g.tries(t, french, barDay) // six in all
		time.Sleep(26 * time.Hour)
		g.tries(t, english, "")
		stop()
		second()
		if len(s.rows) != 1 {
			t.Errorf("rows older than a day are left: %v", s.rows)
		}
		for d := range s.rows {
			if d.Beginning != "+4" || d.Minute.Second() != 0 {
				t.Errorf("kept %+v", d)
			}
		}
	})
}

// Calls that come together are written together, and none waits for a store that hangs or fails; what it did
// not take is written when it works again.
func TestABrokenStoreStopsNoCall(t *testing.T) {
	t.Parallel()
	cfg := DefaultOutboundConfig()
	for name, ill := range map[string]func(*shelf){
		"broken": func(s *shelf) { s.set(true, false) },
		"hangs":  func(s *shelf) { s.set(false, true) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shelf{rows: map[Dialled]int{}}
				ill(s)
				g, log, stop := process(t, cfg, s)
				began := time.Now()
				for range 100 {
					g.tries(t, "0123456789", "")
				}
				if took := time.Since(began); took != 0 {
					t.Errorf("calls waited %v", took)
				}
				time.Sleep(time.Minute)
				stop()
				if text := log(); strings.Count(text, "cannot be read") != 1 || strings.Count(text, "cannot be written") != 1 {
					t.Errorf("logged:\n%s", text)
				}
				if n := testutil.ToFloat64(g.metrics.unkept); n < 3 {
					t.Errorf("counted %v failures", n)
				}
				s.set(false, false)
				g, _, stop = process(t, cfg, s)
				s.set(true, false)
				for range 100 {
					g.tries(t, "0123456789", "")
				}
				time.Sleep(time.Minute)
				s.set(false, false)
				time.Sleep(time.Minute)
				stop()
				if s.writes != 1 || len(s.rows) != 1 {
					t.Errorf("%d writes, %v", s.writes, s.rows)
				}
				for _, n := range s.rows {
					if n != 100 {
						t.Errorf("%d of 100 calls are kept", n)
					}
				}
			})
		})
	}
}

// What a store tells is believed within bounds, however much and whatever it is.
func TestHostileCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().Truncate(time.Minute)
		s := &shelf{rows: map[Dialled]int{
			{Minute: now.Add(-time.Minute), Beginning: "+44"}:                           -1 << 62,
			{Minute: now.Add(-2 * time.Minute), Beginning: "'; DROP TABLE dialled; --"}: 1,
			{Minute: time.Unix(-1<<40, 0)}:                                              1 << 62,
		}}
		g, _, stop := process(t, capped(), s)
		for range 2 {
			g.tries(t, "+442071234567", "")
		}
		stop()
		s.rows[Dialled{Minute: now.Add(1000 * time.Hour)}] = 1 << 62 // the clock was put back
		g, _, stop = process(t, capped(), s)
		g.tries(t, "0123456789", barHour)
		stop()
		s.rows = map[Dialled]int{}
		for i := range 2 * maxCounts {
			s.rows[Dialled{Minute: now.Add(-time.Duration(i) * time.Millisecond)}] = 1 << 62
		}
		g, _, stop = process(t, capped(), s)
		g.tries(t, "0123456789", barHour)
		stop()
	})
}
