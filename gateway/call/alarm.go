package call

import "time"

// alarms are the conductor's named deadlines, all on one timer. Setting a name again moves it.
// Only the conductor touches them.
type alarms struct {
	timer *time.Timer
	due   map[string]alarm
}

type alarm struct {
	at time.Time
	f  func()
}

func newAlarms() *alarms {
	t := time.NewTimer(time.Hour)
	t.Stop()
	return &alarms{timer: t, due: map[string]alarm{}}
}

// in runs f after d, unless name is cleared or set again before.
func (a *alarms) in(d time.Duration, name string, f func()) {
	a.due[name] = alarm{time.Now().Add(d), f}
	a.arm()
}

func (a *alarms) clear(names ...string) {
	for _, n := range names {
		delete(a.due, n)
	}
	a.arm()
}

func (a *alarms) set(name string) bool {
	_, ok := a.due[name]
	return ok
}

func (a *alarms) arm() {
	var first time.Time
	for _, al := range a.due {
		if first.IsZero() || al.at.Before(first) {
			first = al.at
		}
	}
	if first.IsZero() {
		a.timer.Stop()
		return
	}
	a.timer.Reset(time.Until(first))
}

// fire runs the earliest alarm that is due.
func (a *alarms) fire(now time.Time) {
	name := ""
	for n, al := range a.due {
		if !al.at.After(now) && (name == "" || al.at.Before(a.due[name].at)) {
			name = n
		}
	}
	if name != "" {
		f := a.due[name].f
		delete(a.due, name)
		f()
	}
	a.arm()
}
