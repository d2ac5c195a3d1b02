package agents

import (
	"fmt"
	"time"
)

// Rests is how long a telephone that did not take a caller is offered nobody. Each time in a row it is twice
// as long, up to Longest, and for as long as it asks for itself; who has spoken with a caller begins anew. (FreeSWITCH's mod_callcenter keeps such
// delays for each agent, busy_delay_time and no_answer_delay_time; they do not grow there.) Groups do not rest,
// and who sits at a desk is away after a miss instead.
type Rests struct {
	Busy    time.Duration // engaged
	Missed  time.Duration // not answered, refused, not reached, or hung up before they were joined
	Longest time.Duration
}

// after is the rest after an outcome, which came times in a row with others of its kind before; 0: none.
func (r Rests) after(o Outcome, times int) time.Duration {
	var d time.Duration
	switch o {
	case Busy:
		d = r.Busy
	case NoAnswer, Refused, Unreachable, AgentLeft, Error:
		d = r.Missed
	}
	for range times {
		if d *= 2; d >= r.Longest {
			break
		}
	}
	return min(d, r.Longest)
}

// rest is a telephone that did not take callers.
type rest struct {
	times int // in a row
	until time.Time
}

// ended is told how ringing an agent has ended. Who asked to be left alone for longer is, up to Longest.
func (r *DirectRouter) ended(name string, o Outcome, alone time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if o == Completed {
		delete(r.resting, name)
		return
	}
	before := r.resting[name]
	if d := max(r.rests.after(o, before.times), min(alone, r.rests.Longest)); d > 0 {
		r.resting[name] = rest{before.times + 1, r.now().Add(d)}
	}
}

// rested reports whether they are left alone no more; it needs r.mu.
func (r *DirectRouter) rested(name string) bool { return !r.now().Before(r.resting[name].until) }

// nextRested is how long it takes until the next rest is over, an hour when nobody rests.
func (r *DirectRouter) nextRested() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	next, now := time.Hour, r.now()
	for _, a := range r.resting {
		if d := a.until.Sub(now); d > 0 {
			next = min(next, d)
		}
	}
	return next
}

func (c DeskConfig) rests() Rests { return Rests{c.RestBusy, c.RestMissed, c.RestLongest} }

func (c DeskConfig) checkRests() (out []string) {
	for _, r := range []struct {
		key string
		v   time.Duration
	}{{"rest_busy", c.RestBusy}, {"rest_missed", c.RestMissed}} {
		if r.v < 0 || r.v > c.RestLongest {
			out = append(out, fmt.Sprintf("%s: %v is out of range; choose 0s to rest_longest, %v", r.key, r.v, c.RestLongest))
		}
	}
	if c.RestLongest < 0 || c.RestLongest > time.Hour {
		out = append(out, fmt.Sprintf("rest_longest: %v is out of range; choose 0s to 1h", c.RestLongest))
	}
	return out
}
