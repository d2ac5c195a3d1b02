package agents

import (
	"fmt"
	"time"
)

// patience is how long a telephone waits for what the gateway owes it; more is noted as wrong.
const patience = 45 * time.Second

// play does what the behaviour says. It is the call's own goroutine; act runs with mu held.
func (c *call) play() {
	c.act(func(now time.Time) {
		switch c.log.Behaviour {
		case Refuses:
			c.answer("180 Ringing", now)
		case Busy:
			c.answer("486 Busy Here", now)
		case Dead:
		default:
			c.answer("180 Ringing", now)
		}
	})
	switch b := c.log.Behaviour; b {
	case Busy:
		c.until(func() bool { return !c.log.Ended.IsZero() })
	case Dead:
		c.rest(patience)
		c.act(c.end)
	case Dies, RingsOut:
		c.until(func() bool { return !c.log.Ended.IsZero() })
	case Refuses:
		if c.rest(c.plan.ring) {
			c.act(func(now time.Time) { c.answer("603 Decline", now) })
		}
		c.until(func() bool { return !c.log.Ended.IsZero() })
	case Late:
		c.until(func() bool { return !c.log.Ended.IsZero() })
	default:
		c.answers(b)
	}
	c.act(func(now time.Time) {
		if c.log.Ended.IsZero() {
			if c.log.Wrong == "" {
				c.log.Wrong = fmt.Sprintf("nothing ended the call within %v", patience)
			}
			c.end(now)
		}
	})
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if c.fork != "" && c.log.Wrong == "" && !(c.log.ForkAcked && c.log.ForkEnded) {
		c.log.Wrong = fmt.Sprintf("of the telephone that picked up second: acknowledged %v, hung up %v", c.log.ForkAcked, c.log.ForkEnded)
	}
}

// answers is somebody who picks up.
func (c *call) answers(b Behaviour) {
	if b == Storms {
		for i := range 40 {
			if !c.rest(20 * time.Millisecond) {
				break
			}
			c.act(func(now time.Time) { c.answer([]string{"180 Ringing", "183 Session Progress", "182 Queued"}[i%3], now) })
		}
	}
	if c.rest(c.plan.ring) {
		c.act(func(now time.Time) {
			c.answer("200 OK", now)
			if b == Forks {
				c.forks()
			}
		})
	}
	if !c.until(func() bool { return !c.log.Acked.IsZero() || !c.log.Ended.IsZero() }) || c.ended() {
		return
	}
	if b == Glares {
		c.act(func(time.Time) { c.offer() })
	}
	switch b {
	case Quits:
		c.plan.think /= 3
	case CallerLeaves, BothLeave:
		c.plan.think /= 3
		c.tellCaller(time.Now().Add(c.plan.think))
	}
	if !c.rest(c.plan.think) {
		return
	}
	switch {
	case b == Quits, b == BothLeave:
		c.bye()
	case b == Soundless:
		c.act(func(now time.Time) {
			c.seq++
			c.log.Key, c.log.Pressed = now, '1'
			c.ask("INFO", "application/dtmf-relay", "Signal=1\r\nDuration=160\r\n")
		})
	case b == Declines:
		c.act(func(time.Time) { c.stream.press('2') })
	case b.takes():
		c.act(func(time.Time) {
			if c.asked == 0 && (b == Glares || c.offers > 0) {
				c.offer()
			}
			c.stream.press('1')
		})
		if (c.plan.leaves || b == LeavesJoined || b == GoesMute) && c.until(func() bool { return !c.log.Heard.IsZero() || !c.log.Ended.IsZero() }) && c.rest(c.p.opt.Talk) {
			c.breaks(b)
		}
	}
	c.until(func() bool { return !c.log.Ended.IsZero() })
}

// breaks ends what the caller hears, by BYE or by sending nothing more.
func (c *call) breaks(b Behaviour) {
	if b != GoesMute {
		c.bye()
		return
	}
	now := time.Now()
	c.act(func(time.Time) { c.log.Muted = now })
	c.tellCaller(now)
}

// tellCaller lets the caller take part.
func (c *call) tellCaller(at time.Time) {
	if to := c.p.opt.Told; to != nil {
		to(c.invite.Header("History-Info"), c.log.Behaviour, at)
	}
}

// bye hangs up, and goes on when the gateway has answered.
func (c *call) bye() {
	c.act(func(now time.Time) {
		c.seq++
		c.log.Left = now
		c.ask("BYE", "", "")
	})
}

// act does something with mu held, unless the call is over.
func (c *call) act(do func(now time.Time)) {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	if c.log.Ended.IsZero() {
		do(time.Now())
	}
}

// ended reports whether the call is over, or given up while it rang.
func (c *call) ended() bool {
	c.p.mu.Lock()
	defer c.p.mu.Unlock()
	return !c.log.Ended.IsZero() || !c.log.Cancelled.IsZero() && c.log.Status != 200
}

// rest waits; false when the call ended meanwhile, or was given up.
func (c *call) rest(d time.Duration) bool {
	over := time.After(d)
	for !c.ended() {
		select {
		case <-over:
			return !c.ended()
		case <-c.events:
		case <-c.p.ctx.Done():
			return false
		}
	}
	return false
}

// until waits for something; false when it did not come.
func (c *call) until(is func() bool) bool {
	over := time.After(patience)
	for {
		c.p.mu.Lock()
		yes := is()
		c.p.mu.Unlock()
		if yes {
			return true
		}
		select {
		case <-c.events:
		case <-over:
			return false
		case <-c.p.ctx.Done():
			return false
		}
	}
}
