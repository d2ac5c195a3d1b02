package legtest

import "decroche/gateway/leg"

// OnReplaced implements leg.Replaced.
func (l *Line) OnReplaced(to func(by leg.Info)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onReplaced = to
}

// Replace puts another far end in the place of the one that has the line.
func (l *Line) Replace(by leg.Info) {
	l.mu.Lock()
	to := l.onReplaced
	l.mu.Unlock()
	if to != nil {
		to(by)
	}
}
