package agents

import (
	"slices"
	"time"
)

// History is what a queue's last hours say about how long the next caller will wait. It is a value
// without a clock and without a lock: who owns it passes the moment. The zero History knows nothing.
//
// A wait divided by the callers that were to be served is what one place costs; the wait of the next
// caller is their places at a price that three of four recent ones did not exceed. A mean would be
// exceeded by almost every other caller, and those who wait longest would have been promised least.
// Each guess is compared with what came of it: as soon as too many were wrong, none is told.
type History struct{ had []served }

type served struct {
	at     time.Time
	waited time.Duration
	before int           // who was in front of them when they came
	guess  time.Duration // what they were told, or would have been; 0: nothing
}

const (
	historyKept   = 200
	historyOf     = 2 * time.Hour // older waits were under other agents
	historyRecent = 40            // of these the newest count for the price
	historyLeast  = 8             // fewer are no experience
	pricePart     = 0.75          // of the recent places cost no more
	heldPart      = 0.8           // of the recent guesses must have held
)

// Served notes a caller who had to wait and got somebody. before and guess are of when they came.
func (h *History) Served(at time.Time, waited time.Duration, before int, guess time.Duration) {
	if len(h.had) >= historyKept {
		h.had = slices.Delete(h.had, 0, len(h.had)-historyKept+1)
	}
	h.had = append(h.had, served{at, waited, before, guess})
}

// Guess is how long a caller with so many in front of them waits from now on; 0: there is no experience.
func (h *History) Guess(now time.Time, before int) time.Duration {
	var price []time.Duration
	for i := len(h.had) - 1; i >= 0 && len(price) < historyRecent && now.Sub(h.had[i].at) <= historyOf; i-- {
		s := &h.had[i]
		price = append(price, s.waited/time.Duration(s.before+1))
	}
	if len(price) < historyLeast {
		return 0
	}
	slices.Sort(price)
	return time.Duration(before+1) * price[int(pricePart*float64(len(price)-1))]
}

// Held reports whether a wait was what a guess had said: not longer by more than half and ten seconds.
func Held(guess, waited time.Duration) bool { return waited <= guess+guess/2+10*time.Second }

// Trusted reports whether guesses may be told: lately enough of them held.
func (h *History) Trusted(now time.Time) bool {
	n, held := 0, 0
	for i := len(h.had) - 1; i >= 0 && n < historyRecent && now.Sub(h.had[i].at) <= historyOf; i-- {
		if s := &h.had[i]; s.guess > 0 {
			n++
			if Held(s.guess, s.waited) {
				held++
			}
		}
	}
	return n >= historyLeast && float64(held) >= heldPart*float64(n)
}
