package pacer

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// worker is one goroutine of the wheel with its slots. Slot i is due at base + i·Slot + n·Period.
type worker struct {
	wheel *Wheel
	index int
	wake  chan struct{} // a member came to an empty worker

	mu    sync.Mutex // serialises changes of members; never held during a Tick
	slots []slot
	count atomic.Int64
}

// slot is replaced as a whole when its members change, so that the worker reads without a lock.
type slot struct {
	members atomic.Pointer[[]*member]
}

func (k *worker) add(m *member) *slot {
	k.mu.Lock()
	defer k.mu.Unlock()
	s := &k.slots[0]
	for i := range k.slots {
		if len(*k.slots[i].members.Load()) < len(*s.members.Load()) {
			s = &k.slots[i]
		}
	}
	next := append(slices.Clone(*s.members.Load()), m)
	s.members.Store(&next)
	if k.count.Add(1) == 1 {
		select {
		case k.wake <- struct{}{}:
		default:
		}
	}
	return s
}

func (k *worker) remove(s *slot, m *member) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := *s.members.Load()
	next := make([]*member, 0, len(now))
	for _, other := range now {
		if other != m {
			next = append(next, other)
		}
	}
	s.members.Store(&next)
	k.count.Add(-1)
}

// run visits the slots in order, each at its due time, until ctx ends. step counts slots since
// base, so that every due time is a product, not a sum of sleeps.
func (k *worker) run(ctx context.Context, base time.Time) {
	cfg := k.wheel.cfg
	perTurn := int64(len(k.slots))
	timer := time.NewTimer(0)
	defer timer.Stop()
	for step := int64(0); ; step++ {
		if k.count.Load() == 0 {
			select {
			case <-ctx.Done():
				return
			case <-k.wake:
			}
			step = k.nextStep(base, step)
		}
		due := base.Add(time.Duration(step) * cfg.Slot)
		wait := time.Until(due)
		if wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			}
			wait = time.Until(due)
		} else if ctx.Err() != nil {
			return
		}
		if behind := int64(-wait / cfg.Slot); behind > int64(cfg.CatchUp)*perTurn {
			to := step + behind - int64(cfg.CatchUp)*perTurn
			k.skip(step, to)
			step = to
			due = base.Add(time.Duration(step) * cfg.Slot)
		}
		k.turn(&k.slots[step%perTurn], due)
	}
}

// nextStep is the first step at or after the given one that is not due yet: an empty worker
// owes nothing to anybody.
func (k *worker) nextStep(base time.Time, step int64) int64 {
	passed := time.Since(base)
	return max(step, int64((passed+k.wheel.cfg.Slot-1)/k.wheel.cfg.Slot))
}

// skip counts the ticks that members of the steps from, … to-1 will not get.
func (k *worker) skip(from, to int64) {
	perTurn := int64(len(k.slots))
	lost := 0
	for i := range perTurn {
		at := from + i
		if at >= to {
			break
		}
		turns := (to - at + perTurn - 1) / perTurn
		lost += int(turns) * len(*k.slots[at%perTurn].members.Load())
	}
	k.wheel.skipped.Add(uint64(lost))
	if m := k.wheel.metrics; m != nil {
		m.Skipped.Add(float64(lost))
	}
}

// turn ticks the members of one slot. Lateness is judged when the slot begins: reading the
// clock per member would cost more than a member does.
func (k *worker) turn(s *slot, due time.Time) {
	members := *s.members.Load()
	if len(members) == 0 {
		return
	}
	limit := k.wheel.cfg.Slot
	late := time.Since(due) > limit
	ticked := 0
	for _, m := range members {
		if m.tick(due) {
			ticked++
		}
	}
	for _, f := range *k.wheel.after.Load() {
		(*f)(k.index)
	}
	k.wheel.ticks.Add(uint64(ticked))
	if late {
		k.wheel.late.Add(uint64(ticked))
		if m := k.wheel.metrics; m != nil {
			m.Late.Add(float64(ticked))
		}
	}
}
