package legtest

// OnHold implements leg.Holdee.
func (l *Line) OnHold(to func(held bool)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.onHold = to
}

// Holds puts whoever has the line on hold, as a key on the telephone does, or takes them back.
func (l *Line) Holds(held bool) {
	l.mu.Lock()
	to := l.onHold
	l.mu.Unlock()
	if to != nil {
		to(held)
	}
}
