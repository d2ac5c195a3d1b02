package sip

// Why implements leg.Mourner.
func (l *line) Why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.over {
		return nil
	}
	return l.endCause
}
