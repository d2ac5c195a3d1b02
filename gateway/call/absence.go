package call

import "decroche/gateway/leg"

// watchCaller learns from the caller's line that they are gone for a moment, and back.
func (c *conductor) watchCaller() {
	a, ok := c.s.Leg.(leg.Absenter)
	if !ok {
		return
	}
	news := make(chan bool, 16) // who is gone and back oftener than that has no call
	a.Away(func(gone bool) {
		select {
		case news <- gone:
		default:
		}
	})
	c.spawn(func() {
		for {
			select {
			case gone := <-news:
				c.post(func() { c.callerAway(gone) })
			case <-c.ctx.Done():
				return
			}
		}
	})
}

// callerAway holds the bot where it is while nobody can hear it: it stops in the middle of its word,
// does not ask again because of a silence that is none, and goes on from there. An agent speaks on:
// what they say is of now, and heard or not.
func (c *conductor) callerAway(gone bool) {
	if c.over || gone == c.absent {
		return
	}
	c.absent = gone
	if !gone {
		c.mouth.back()
		if c.owed && c.mouth.idle() && c.thought == nil && c.action == nil && c.handoff == nil {
			c.patience()
		}
		c.owed = false
		return
	}
	c.owed = c.alarms.set("silence")
	c.alarms.clear("silence", "watchdog")
	if c.handoff == nil || !c.handoff.bridged() {
		c.mouth.away()
	}
}

// away holds whatever is played now or begins later, until back. Conductor only.
func (m *mouth) away() {
	if m.pauser != nil {
		m.absent = true
		m.held()
	}
}

// held holds the sound while the far end is away.
func (m *mouth) held() {
	if m.absent {
		m.pauser.Pause()
		m.taps.pause()
	}
}

// back goes on where away stopped, unless a sound of the caller's holds it. Conductor only.
func (m *mouth) back() {
	if m.absent && !m.paused {
		m.taps.resume()
		m.pauser.Resume()
	}
	m.absent = false
}
