package sip

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Dialled is how many calls to numbers began within a minute: what the caps of outbound count, and all that
// is kept of it.
type Dialled struct {
	Minute    time.Time // when it began
	Beginning string    // of the cap that counts them; "" where none does
	Calls     int
}

// Counts keeps what was dialled over a restart, so that a new process gives no new allowance. Both methods
// are called from one goroutine at a time, with a context that ends after seconds; neither is ever waited for
// by a call.
type Counts interface {
	// Dialled are the counts of minutes that began at since or later, at most limit.
	Dialled(ctx context.Context, since time.Time, limit int) ([]Dialled, error)
	// KeepDialled raises the counts of minutes to what list says, and forgets minutes before since. It may
	// be told the same twice.
	KeepDialled(ctx context.Context, list []Dialled, since time.Time) error
}

const (
	countsWait  = 5 * time.Second  // for the store, at most
	countsAgain = 10 * time.Second // after it failed
	countsSpan  = 25 * time.Hour   // what a tally of hours reaches back
	maxCounts   = 100_000          // rows that are read: a day of minutes, of sixty caps
	maxDialled  = 1_000_000        // calls within a row that are believed; no cap is higher
)

// keeper writes what a guard counts to where it outlives the process. A call notes, and nothing else of it
// waits: one goroutine writes what has come together in the meantime.
type keeper struct {
	// constant
	to      Counts
	now     func() time.Time
	log     *slog.Logger
	metrics *Metrics
	wake    chan struct{} // one place
	closing chan struct{}
	done    chan struct{}

	mu     sync.Mutex
	counts map[minuteOf]int // of the minute that runs, and of what is not written yet
	dirty  map[minuteOf]bool
	ill    bool // the last write failed, and that was logged
}

type minuteOf struct {
	at        int64 // minutes since 1970
	beginning string
}

// remember has the guard go on counting where an earlier process stopped, and keep what it counts. Counts that
// cannot be read, or written, are logged and counted and stop no call. Called once, before anything is dialled;
// stop ends it and waits for the last write, some seconds at most.
func (g *guard) remember(ctx context.Context, to Counts) (stop func()) {
	k := &keeper{to: to, now: g.now, log: g.log, metrics: g.metrics, wake: make(chan struct{}, 1), closing: make(chan struct{}), done: make(chan struct{}),
		counts: map[minuteOf]int{}, dirty: map[minuteOf]bool{}}
	now := g.now()
	list, err := k.read(ctx, now)
	if err != nil {
		g.metrics.unkept.Inc()
		g.log.Error("what was dialled before cannot be read: the caps of outbound begin to count anew", "err", err)
	}
	g.mu.Lock()
	for _, d := range list {
		g.recall(k, d, now)
	}
	g.keeper = k
	g.mu.Unlock()
	go k.run()
	var once sync.Once
	return func() {
		once.Do(func() { close(k.closing) })
		select {
		case <-k.done:
		case <-time.After(countsWait):
		}
	}
}

// read asks for the counts of the last day. Who does not keep to ctx is left behind.
func (k *keeper) read(ctx context.Context, now time.Time) (list []Dialled, err error) {
	ctx, cancel := context.WithTimeout(ctx, countsWait)
	defer cancel()
	type answer struct {
		list []Dialled
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		list, err := k.to.Dialled(ctx, now.Add(-countsSpan), maxCounts)
		got <- answer{list, err}
	}()
	select {
	case a := <-got:
		return a.list[:min(len(a.list), maxCounts)], a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// recall counts what an earlier process dialled. A clock that was put back makes minutes of the future: they
// count as of now, so that no allowance is won by it. mu is held.
func (g *guard) recall(k *keeper, d Dialled, now time.Time) {
	at := d.Minute
	if at.After(now) {
		at = now
	}
	n := min(max(d.Calls, 0), maxDialled)
	g.all.put(at, now, n)
	c, capped := g.capOf(d.Beginning) // caps may have been changed
	if capped {
		g.by[c.Prefix].put(at, now, n)
	}
	if at.Unix()/60 == now.Unix()/60 && d.Minute.Equal(at.Truncate(time.Minute)) {
		k.counts[minuteOf{at.Unix() / 60, d.Beginning}] = n
	}
}

// note counts a call that began; it waits for nothing.
func (k *keeper) note(now time.Time, beginning string) {
	if k == nil {
		return
	}
	m := minuteOf{now.Unix() / 60, beginning}
	k.mu.Lock()
	k.counts[m]++
	k.dirty[m] = true
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// run writes until closing, and then once more.
func (k *keeper) run() {
	defer close(k.done)
	for {
		select {
		case <-k.wake:
		case <-k.closing:
			k.write()
			return
		}
		for !k.write() {
			again := time.NewTimer(countsAgain)
			select {
			case <-again.C:
			case <-k.closing:
				again.Stop()
				k.write()
				return
			}
		}
	}
}

// write writes what is not written yet and reports whether that worked.
func (k *keeper) write() bool {
	now := k.now()
	list, since := k.take(now), now.Add(-countsSpan)
	if len(list) == 0 {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), countsWait)
	defer cancel()
	err := k.to.KeepDialled(ctx, list, since)
	if again := k.wrote(list, now, err); err == nil {
		return true
	} else if !again {
		k.log.Error("what was dialled cannot be written: calls go on, but a restart now would have the caps of outbound count anew", "err", err)
	}
	k.metrics.unkept.Inc()
	return false
}

// wrote notes how writing list ended; again: the time before had failed as well.
func (k *keeper) wrote(list []Dialled, now time.Time, err error) (again bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	again, k.ill = k.ill, err != nil
	for _, d := range list {
		m := minuteOf{d.Minute.Unix() / 60, d.Beginning}
		switch {
		case err != nil:
			k.dirty[m] = true
		case m.at < now.Unix()/60 && !k.dirty[m]:
			delete(k.counts, m)
		}
	}
	return again
}

// take is what is not written yet, without what is too old to count.
func (k *keeper) take(now time.Time) (list []Dialled) {
	k.mu.Lock()
	defer k.mu.Unlock()
	old := now.Add(-countsSpan).Unix() / 60
	for m := range k.dirty {
		if m.at < old {
			delete(k.counts, m)
			continue
		}
		list = append(list, Dialled{Minute: time.Unix(m.at*60, 0), Beginning: m.beginning, Calls: k.counts[m]})
	}
	clear(k.dirty)
	return list
}
