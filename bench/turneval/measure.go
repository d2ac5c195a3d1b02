package turneval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"decroche/flows"
	"decroche/gateway/endpointing"
	"decroche/gateway/turn"
	"decroche/internal/share"
)

// baselines are the plain timers that are measured beside.
var baselines = []time.Duration{300 * time.Millisecond, 500 * time.Millisecond, 700 * time.Millisecond, 1000 * time.Millisecond}

// Names of the systems in a report, beside "timer 700ms" and so on.
const (
	WithoutSlots = "without slot knowledge"
	WithSlots    = "with slot knowledge"
)

// Measurement is one run over a set.
type Measurement struct {
	Set     *Set
	Lag     Lag
	Lags    []Lag // measured beside, with slot knowledge
	Workers int
	// Brief measures the shipped default alone: no other system, no sweep, and nothing that the
	// machine's load changes.
	Brief    bool
	Progress func(done, total int)
}

// system is one thing to measure.
type system struct {
	name   string
	ears   func(c config, voices []float64) ears
	slots  bool // it is told what the flow expects
	lag    Lag
	traced bool
}

// systems are all that one run measures; the last two give the traces of the sweeps.
func (m Measurement) systems() []system {
	ours := func(c config, _ []float64) ears { return newShipped(c) }
	list := []system{{WithSlots, ours, true, m.Lag, false}, {WithoutSlots, ours, false, m.Lag, false}}
	if m.Brief {
		return list[:1]
	}
	for _, q := range baselines {
		list = append(list, system{timerName(q), func(c config, v []float64) ears { return newTimer(c, q, v) }, false, m.Lag, false})
	}
	for _, l := range m.Lags {
		list = append(list, system{lagName(l), ours, true, l, false})
	}
	return append(list,
		system{sweptOurs, func(c config, _ []float64) ears { // never ends: what is likely is read, not done
			c.Turn.EOT = 0.98
			return newShipped(c)
		}, true, m.Lag, true},
		system{sweptTimer, func(c config, v []float64) ears { return newTimer(c, math.MaxInt64, v) }, false, m.Lag, true})
}

const (
	sweptOurs  = "sweep of policies"
	sweptTimer = "sweep of timers"
)

func timerName(q time.Duration) string { return fmt.Sprintf("timer %v", q) }

func lagName(l Lag) string { return fmt.Sprintf("words %v late", l.Mean) }

// expectation is what a system is told of a turn.
func (s system) expectation(t *Turn) flows.Expect {
	if !s.slots {
		return flows.Expect{}
	}
	return t.Expect.flow()
}

// Run measures every system on every turn, as many turns at once as there are cores.
func (m Measurement) Run(ctx context.Context) (*Report, error) {
	if len(m.Set.Turns) == 0 {
		return nil, errors.New("turneval: no turns in the set; classes are A to N")
	}
	list := m.systems()
	turns := m.Set.all()
	runs := make(map[string][]run, len(list))
	for _, s := range list {
		runs[s.name] = make([]run, len(turns))
	}
	over := make([]talkover, len(turns))
	share.Out(ctx, len(turns), m.Workers, func(i int) {
		if turns[i].Overlap != nil {
			over[i] = talkOver(turns[i], defaults(), m.Lag)
			return
		}
		voices := voicesOf(turns[i], defaults())
		for _, s := range list {
			runs[s.name][i] = listen(turns[i], s.ears(defaults(), voices), s.expectation(turns[i]), s.lag, s.traced)
		}
	}, told(m.Progress, len(turns)))
	if ctx.Err() != nil {
		return nil, fmt.Errorf("turneval: measure: %w", context.Cause(ctx))
	}
	return m.report(list, runs, over), nil
}

// costOfComputing is what one frame costs and what one call keeps.
func costOfComputing(s *Set) (perFrame time.Duration, perCall int) {
	perFrame = never
	t := s.Turns[0]
	for _, x := range s.Turns { // one with digits: words are counted too
		if x.Class == "C" {
			t = x
		}
	}
	for range 5 { // the least of five: others use the machine too
		began, n := time.Now(), 0
		for range 4 {
			n += int(t.Length() / (20 * time.Millisecond))
			listen(t, newShipped(defaults()), t.Expect.flow(), ShippedLag, false)
		}
		perFrame = min(perFrame, time.Since(began)/time.Duration(max(1, n)))
	}
	const calls = 500
	kept := make([]*endpointing.Endpointer, calls)
	before := heap()
	for i := range kept {
		kept[i] = endpointing.New(defaults().VAD, turn.DefaultConfig())
	}
	perCall = (heap() - before) / calls
	runtime.KeepAlive(kept)
	return perFrame, perCall
}

func heap() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
