// Package pacer is the clock of everything that leaves: a wheel whose workers, one per core,
// call every member each 20 ms on absolute due times. A ticker per call slips under load and
// never catches up; a due time computed from the wheel's start cannot drift.
//
// The wheel waits for nobody: it holds no lock that a member, Join or leave could hold for
// long, and a worker that comes late catches up a few periods and skips the rest. What it asks
// in return is that Tick is brief: a slow member delays its neighbours on the same worker (and
// is seen in Late). Members of one slot are called in a row by one goroutine, so a batch sender
// (sendmmsg) can collect their packets and send them behind the last.
package pacer

import (
	"context"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Ticker is a member of a Wheel.
type Ticker interface {
	// Tick is called once per period from one of the wheel's goroutines, never concurrently
	// with itself. due is when the call should have happened: successive dues are exactly one
	// period apart, several of them after ticks that were skipped. Tick must not block and must
	// not call its own leave.
	Tick(due time.Time)
}

// Stats of a Wheel since its beginning.
type Stats struct {
	Ticks   uint64 // Tick calls
	Late    uint64 // of these, given more than a slot after they were due
	Skipped uint64 // ticks never given
	Members int
}

// Wheel calls its members. Make one with New.
type Wheel struct {
	// constant after New, metrics after SetMetrics
	cfg     Config
	workers []*worker
	metrics *Metrics

	// atomic
	ticks, late, skipped atomic.Uint64
	members              atomic.Int64
	after                atomic.Pointer[[]*func(worker int)] // replaced as a whole under mu

	mu sync.Mutex // serialises changes of after
}

// New makes a Wheel. It panics when cfg does not pass Validate: the configuration has been
// checked long before. Nothing is called until Run.
func New(cfg Config) *Wheel {
	if problems := cfg.Validate(); len(problems) > 0 {
		panic("pacer: " + problems[0])
	}
	cfg = cfg.withDefaults()
	w := &Wheel{cfg: cfg}
	w.after.Store(new([]*func(int)))
	for i := range cfg.Workers {
		k := &worker{wheel: w, index: i, wake: make(chan struct{}, 1), slots: make([]slot, cfg.Period/cfg.Slot)}
		for i := range k.slots {
			k.slots[i].members.Store(new([]*member))
		}
		w.workers = append(w.workers, k)
	}
	return w
}

// SetMetrics counts into m from now on. Call it before Run.
func (w *Wheel) SetMetrics(m *Metrics) { w.metrics = m }

// Period is the distance of two ticks.
func (w *Wheel) Period() time.Duration { return w.cfg.Period }

// Run turns the wheel until ctx ends, and returns when no Tick is running any more. Call it once.
func (w *Wheel) Run(ctx context.Context) {
	start := time.Now()
	var wg sync.WaitGroup
	for i, k := range w.workers {
		// Workers are shifted against each other by parts of a slot: fewer packets at once.
		shift := w.cfg.Slot * time.Duration(i) / time.Duration(len(w.workers))
		wg.Go(func() { k.run(ctx, start.Add(shift)) })
	}
	wg.Wait()
}

// Stats returns the counters. Any goroutine may call it.
func (w *Wheel) Stats() Stats {
	return Stats{w.ticks.Load(), w.late.Load(), w.skipped.Load(), int(w.members.Load())}
}

// Workers is the number of goroutines that call members.
func (w *Wheel) Workers() int { return len(w.workers) }

// After has f called behind the last member of every slot that has members, on the goroutine of
// their worker and with its number. remove ends that; a call may be running when it returns. Any
// goroutine but f may call both, at any time.
func (w *Wheel) After(f func(worker int)) (remove func()) {
	change := func(edit func([]*func(int)) []*func(int)) {
		w.mu.Lock()
		defer w.mu.Unlock()
		next := edit(slices.Clone(*w.after.Load()))
		w.after.Store(&next)
	}
	change(func(l []*func(int)) []*func(int) { return append(l, &f) })
	return func() {
		change(func(l []*func(int)) []*func(int) {
			return slices.DeleteFunc(l, func(g *func(int)) bool { return g == &f })
		})
	}
}

// Join adds t to the emptiest slot of the worker with the fewest members; its first tick comes
// within one period (of Run, when that has not begun). leave removes it and returns when no Tick
// of t is running nor will ever run again; it may be called more than once, from any goroutine
// but the one that is in t.Tick.
func (w *Wheel) Join(t Ticker) (leave func()) {
	home, at := 0, math.MaxInt
	for i, k := range w.workers {
		if n := int(k.count.Load()); n < at {
			home, at = i, n
		}
	}
	return w.JoinWorker(home, t)
}

// JoinWorker is Join at the worker of the given number, below Workers.
func (w *Wheel) JoinWorker(worker int, t Ticker) (leave func()) {
	m := &member{ticker: t, done: make(chan struct{})}
	home := w.workers[worker]
	s := home.add(m)
	w.change(+1)
	return func() {
		if !m.leaving.Swap(true) {
			home.remove(s, m)
			w.change(-1)
			m.end()
		}
		<-m.done
	}
}

func (w *Wheel) change(by int64) {
	n := w.members.Add(by)
	if w.metrics != nil {
		w.metrics.Members.Set(float64(n))
	}
}

// member's state moves idle -> running -> idle …, and once to gone: directly from idle, or by
// way of leaving when a Tick is under way.
type member struct {
	ticker  Ticker
	leaving atomic.Bool   // somebody has begun to remove it
	state   atomic.Int32  // of the constants below
	done    chan struct{} // closed when gone
}

const (
	idle = int32(iota)
	running
	leaving
	gone
)

// tick calls the member unless it is gone. Only its worker calls it.
func (m *member) tick(due time.Time) bool {
	if !m.state.CompareAndSwap(idle, running) {
		return false
	}
	m.ticker.Tick(due)
	if !m.state.CompareAndSwap(running, idle) {
		m.state.Store(gone)
		close(m.done)
	}
	return true
}

// end makes the running Tick the last one. It is called once.
func (m *member) end() {
	for {
		if m.state.CompareAndSwap(running, leaving) {
			return
		}
		if m.state.CompareAndSwap(idle, gone) {
			close(m.done)
			return
		}
	}
}
