package legtest

import (
	"slices"
	"sync"

	"decroche/gateway/leg"
)

// Asked is a transfer that a far end asked for, and what it was told.
type Asked struct {
	mu   sync.Mutex
	told []int
}

// Told is every status so far, 603 when nobody takes what is asked for.
func (a *Asked) Told() []int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.told)
}

func (a *Asked) tell(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if n := len(a.told); n == 0 || a.told[n-1] < 200 {
		a.told = append(a.told, status)
	}
}

// OnRefer implements leg.Referee.
func (l *Line) OnRefer(to func(leg.Ask)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onRefer = to
}

// RefersInVain lets the far end ask for an address that may not be called.
func (l *Line) RefersInVain(addr string) {
	l.mu.Lock()
	to := l.onRefer
	l.mu.Unlock()
	to(leg.Ask{To: addr, Refused: true, Tell: func(int) {}})
}

// Refers lets the far end ask that the other party be connected with an address, in the place of the call
// that replaces names; "" names none.
func (l *Line) Refers(addr, replaces string) *Asked {
	l.mu.Lock()
	to := l.onRefer
	l.mu.Unlock()
	a := &Asked{}
	if to == nil {
		a.tell(603)
		return a
	}
	l.mu.Lock()
	if l.asked == nil {
		l.asked = a
	}
	l.mu.Unlock()
	by := "<" + l.info.To + ">"
	to(leg.Ask{To: addr, ReferredBy: by, Invite: leg.Invite{Addr: addr, Replaces: replaces, Headers: map[string]string{"Referred-By": by}}, Tell: func(status int) {
		a.tell(status)
		l.settle(a, status)
	}})
	return a
}
