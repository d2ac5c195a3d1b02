package pacer

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// recorder notes its ticks, and sleeps during the ones it is told to.
type recorder struct {
	mu    sync.Mutex
	dues  []time.Duration // since start
	calls []time.Duration
	start time.Time
	sleep map[int]time.Duration // by number of tick
}

func newRecorder() *recorder { return &recorder{start: time.Now()} }

func (r *recorder) Tick(due time.Time) {
	r.mu.Lock()
	n := len(r.dues)
	r.dues = append(r.dues, due.Sub(r.start))
	r.calls = append(r.calls, time.Since(r.start))
	r.mu.Unlock()
	time.Sleep(r.sleep[n])
}

func (r *recorder) count() int { r.mu.Lock(); defer r.mu.Unlock(); return len(r.dues) }

// turn runs f beside a running wheel, in virtual time, and stops the wheel behind it.
func turn(t *testing.T, cfg Config, f func(t *testing.T, w *Wheel)) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := New(cfg)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { w.Run(ctx); close(done) }()
		f(t, w)
		cancel()
		<-done
	})
}

func one() Config { c := DefaultConfig(); c.Workers = 1; return c }

func TestTicksOnAbsoluteDueTimes(t *testing.T) {
	turn(t, one(), func(t *testing.T, w *Wheel) {
		r := newRecorder()
		// 1 ms of work in each tick: chained sleeps would drift by a second in 20.
		r.sleep = map[int]time.Duration{}
		for i := range 2000 {
			r.sleep[i] = time.Millisecond
		}
		leave := w.Join(r)
		time.Sleep(20*time.Second + 10*time.Millisecond)
		leave()
		if n := r.count(); n < 1000 || n > 1001 {
			t.Fatalf("%d ticks in 20 s, want 1000", n)
		}
		for i := range r.dues {
			if want := r.dues[0] + time.Duration(i)*20*time.Millisecond; r.dues[i] != want || r.calls[i] != want {
				t.Fatalf("tick %d was due at %v and came at %v, want %v", i, r.dues[i], r.calls[i], want)
			}
		}
		if s := w.Stats(); s.Late != 0 || s.Skipped != 0 || s.Ticks != uint64(r.count()) || s.Members != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

func TestSpreadsMembers(t *testing.T) {
	cfg := one()
	cfg.Workers = 2
	turn(t, cfg, func(t *testing.T, w *Wheel) {
		var members []*recorder
		var leaves []func()
		for range 80 {
			r := newRecorder()
			members = append(members, r)
			leave := w.Join(r)
			leaves = append(leaves, leave)
		}
		time.Sleep(25 * time.Millisecond)
		for _, leave := range leaves {
			leave()
		}
		at := map[time.Duration]int{}
		for _, r := range members {
			// Where in the period: a member that joins just after its slot's first tick begins a
			// period later than its neighbours, in the same place.
			at[r.calls[0]%cfg.Period]++
		}
		for when, n := range at {
			if n != 10 {
				t.Errorf("%d of 80 members tick together at %v, want 10", n, when)
			}
		}
		if len(at) != 8 {
			t.Errorf("members tick at %d places, want 4 slots on each of 2 workers: %v", len(at), at)
		}
	})
}

func TestCatchesUpAndSkips(t *testing.T) {
	for _, tt := range []struct {
		name          string
		stall         time.Duration
		late, skipped uint64
	}{
		{"within a slot", 4 * time.Millisecond, 0, 0},
		{"three periods", 70 * time.Millisecond, 3, 0},
		{"as far as it catches up", 100 * time.Millisecond, 4, 0},
		{"a second", 1000 * time.Millisecond, 5, 44},
	} {
		t.Run(tt.name, func(t *testing.T) {
			turn(t, one(), func(t *testing.T, w *Wheel) {
				r := newRecorder()
				r.sleep = map[int]time.Duration{10: tt.stall}
				leave := w.Join(r)
				time.Sleep(3 * time.Second)
				leave()
				s := w.Stats()
				if diff(s.Late, tt.late) > 1 || diff(s.Skipped, tt.skipped) > 1 {
					t.Errorf("stats %+v, want %d late and %d skipped", s, tt.late, tt.skipped)
				}
				if total := int(s.Ticks + s.Skipped); total < 150 || total > 151 {
					t.Errorf("%d ticks and %d skipped, want 150 in all", s.Ticks, s.Skipped)
				}
				last := r.dues[len(r.dues)-1]
				if last != r.calls[len(r.calls)-1] || (last-r.dues[0])%(20*time.Millisecond) != 0 {
					t.Errorf("last tick was due at %v and came at %v", last, r.calls[len(r.calls)-1])
				}
				for i := 1; i < len(r.dues); i++ {
					if r.dues[i] <= r.dues[i-1] || r.dues[i] > r.calls[i] {
						t.Fatalf("tick %d due %v after %v, came at %v", i, r.dues[i], r.dues[i-1], r.calls[i])
					}
				}
			})
		})
	}
}

func diff(a, b uint64) uint64 { return max(a, b) - min(a, b) }

func TestLeaveWaitsForTheRunningTick(t *testing.T) {
	turn(t, one(), func(t *testing.T, w *Wheel) {
		r := newRecorder()
		r.sleep = map[int]time.Duration{0: 500 * time.Millisecond}
		leave := w.Join(r)
		time.Sleep(30 * time.Millisecond) // in its first tick now
		began := time.Now()
		second := make(chan time.Duration)
		go func() { leave(); second <- time.Since(began) }()
		leave()
		if waited := time.Since(began); waited < 450*time.Millisecond {
			t.Errorf("leave returned after %v, the tick takes 500ms", waited)
		}
		if waited := <-second; waited < 450*time.Millisecond {
			t.Errorf("the second leave returned after %v", waited)
		}
		time.Sleep(time.Second)
		if n := r.count(); n != 1 {
			t.Errorf("%d ticks, want none after leave", n-1)
		}
		leave()
	})
}

// A wheel without members sleeps, and owes nothing to whoever comes after.
func TestSleepsWhenEmpty(t *testing.T) {
	turn(t, one(), func(t *testing.T, w *Wheel) {
		for range 3 {
			time.Sleep(time.Hour)
			r := newRecorder()
			leave := w.Join(r)
			time.Sleep(105 * time.Millisecond)
			leave()
			if n := r.count(); n != 5 && n != 6 {
				t.Errorf("%d ticks in 105 ms", n)
			}
			if first := r.calls[0]; first > 20*time.Millisecond {
				t.Errorf("first tick after %v", first)
			}
		}
		if s := w.Stats(); s.Late != 0 || s.Skipped != 0 {
			t.Errorf("stats %+v", s)
		}
	})
}

// TestAfter: behind the members of a slot comes what collects their packets, on their worker.
func TestAfter(t *testing.T) {
	cfg := DefaultConfig()
	cfg.Workers = 2
	turn(t, cfg, func(t *testing.T, w *Wheel) {
		var mu sync.Mutex
		var order []string
		note := func(s string) { mu.Lock(); order = append(order, s); mu.Unlock() }
		remove := w.After(func(worker int) { note(fmt.Sprint("after ", worker)) })
		for i := range 2 {
			defer w.JoinWorker(1, tickFunc(func() { note(fmt.Sprint("member ", i)) }))()
		}
		time.Sleep(19 * time.Millisecond) // two slots with one member each
		mu.Lock()
		for i := 0; i+1 < len(order); i += 2 {
			if order[i][:6] != "member" || order[i+1] != "after 1" {
				t.Errorf("%q", order)
			}
		}
		if n := len(order); n < 2 || n > 4 || n%2 != 0 {
			t.Errorf("%d calls: %q", n, order)
		}
		mu.Unlock()
		remove()
		mu.Lock()
		order = nil
		mu.Unlock()
		time.Sleep(40 * time.Millisecond)
		mu.Lock()
		defer mu.Unlock()
		for _, s := range order {
			if s == "after 1" {
				t.Error("called after its removal")
			}
		}
		if len(order) < 2 {
			t.Errorf("members went with it: %q", order)
		}
	})
}

type tickFunc func()

func (f tickFunc) Tick(time.Time) { f() }

// Before Run, members wait.
func TestJoinBeforeRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := New(one())
		r := newRecorder()
		defer w.Join(r)()
		time.Sleep(time.Second)
		if r.count() != 0 {
			t.Error("ticked before Run")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		w.Run(ctx)
		if n := r.count(); n < 5 || n > 6 {
			t.Errorf("%d ticks in 100 ms", n)
		}
	})
}

// Members come and go from many goroutines while the wheel turns in real time.
func TestConcurrentJoinAndLeave(t *testing.T) {
	t.Parallel()
	w := New(Config{Period: 5 * time.Millisecond, Slot: time.Millisecond, Workers: 3})
	w.SetMetrics(NewMetrics(prometheus.NewRegistry()))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { w.Run(ctx); close(done) }()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 20 {
				r := newRecorder()
				leave := w.Join(r)
				for r.count() < 2 {
					time.Sleep(time.Millisecond)
				}
				leave()
				n := r.count()
				time.Sleep(6 * time.Millisecond)
				if r.count() != n {
					t.Error("ticked after leave")
				}
			}
		})
	}
	wg.Wait()
	cancel()
	<-done
	if s := w.Stats(); s.Members != 0 {
		t.Errorf("stats %+v", s)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	if p := DefaultConfig().Validate(); len(p) != 0 {
		t.Errorf("defaults: %v", p)
	}
	for _, tt := range []struct {
		cfg  Config
		want string
	}{
		{Config{Period: time.Second}, "period: 1s is out of range; write 5ms to 200ms, telephones use 20ms"},
		{Config{Slot: 7 * time.Millisecond}, "slot: 7ms does not divide the period of 20ms; write 5ms"},
		{Config{Workers: -1}, "workers: -1 is out of range; write 0 for one per core"},
		{Config{CatchUp: 99}, "catch_up: 99 is out of range; write 1 to 50 periods"},
	} {
		if got := tt.cfg.Validate(); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%+v: %q, want %q", tt.cfg, got, tt.want)
		}
	}
}

type nothing struct{}

func (nothing) Tick(time.Time) {}

// One slot of 500 members, as 2000 calls on one worker have it.
func BenchmarkTurn500(b *testing.B) {
	w := New(one())
	for range 2000 {
		w.Join(nothing{})
	}
	k := w.workers[0]
	due := time.Now().Add(time.Hour)
	b.ReportAllocs()
	for b.Loop() {
		k.turn(&k.slots[0], due)
	}
}
