package rtc

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/pion/stun/v3"
)

// RFC 7675 has whoever sends sound make sure that the far end still wants it, for anybody could have
// given us a stranger's address. pion's ICE takes any packet for a sign of that, a forged one too, and
// asks every 2 s, so consent is ours: consent decides, peer sends and receives.
const (
	// consentEvery is the time between two checks, each 0.8 to 1.2 times as long (§5.1).
	consentEvery = 5 * time.Second
	// consentFor is how long an answer counts (§5.1). Then nothing is sent any more, until ICE has
	// found a way anew with other credentials.
	consentFor = 30 * time.Second
	// consentAsked is how many checks may be without an answer; more have run out.
	consentAsked = 8
	// silentAfter without a sign of life behind sound, or behind a check, a browser is lost: its call
	// waits for rtc.reconnect_for. It may come back by itself. Browsers that send no sound are heard
	// from by their checks, or the answers to ours, every 6 s at the latest.
	silentAfterSound, silentAfterCheck = 4 * time.Second, 8 * time.Second
	// consentLooks are at least this far apart.
	consentLooks = 100 * time.Millisecond
)

var (
	errSilent  = errors.New("rtc: nothing comes from the browser")
	errRestart = errors.New("rtc: ICE looks for another way")
	errExpired = errors.New("rtc: the browser has answered no check for 30 s; it must come back with an ICE restart or anew")
	errRevoked = errors.New("rtc: the browser forbids to send to it (STUN 403); it must come back with an ICE restart or anew")
)

// transaction names one check.
type transaction = [stun.TransactionIDSize]byte

// consent is that of one connection. Full agents ask and count authenticated answers; a lite one
// (RFC 8445 §2.5) must not ask, so there the browser's own authenticated checks count, which RFC 7675
// leaves to the peer: a browser that no longer wants us no longer checks. Its methods are safe for
// concurrent use; the functions are called without its lock and may call it.
type consent struct {
	// constant
	lite bool
	// ask sends a check of that transaction; the far end's answer goes to answered.
	ask func(transaction)
	// tell is called when allowed has changed, with the reason when it no longer is.
	tell func(why error)

	// guarded by mu
	mu      sync.Mutex
	on      bool // ICE has a way
	may     bool // it may be sent to
	over    error
	granted time.Time     // last proof
	life    time.Time     // last sign of life
	most    time.Duration // how long none may come
	check   time.Time     // when the next check is due
	asked   []transaction
	timer   *time.Timer
}

// allowed tells whether it may be sent to now.
func (c *consent) allowed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.may
}

// begin starts anew: ICE has found a way, which is consent (§5.1).
func (c *consent) begin() {
	now := time.Now()
	c.mu.Lock()
	c.on, c.may, c.over, c.granted, c.life, c.most = true, true, nil, now, now, silentAfterCheck
	c.check, c.asked = now.Add(spread(consentEvery)), nil
	c.wake(now)
	c.mu.Unlock()
	c.tell(nil)
}

// end stops: ICE has no way any more, or looks for another.
func (c *consent) end(why error) {
	c.mu.Lock()
	was := c.may
	c.on, c.may = false, false
	if c.timer != nil {
		c.timer.Stop()
	}
	c.mu.Unlock()
	if was {
		c.tell(why)
	}
}

// heard notes a packet of sound that was really the browser's. It is life, not consent.
func (c *consent) heard(at time.Time) { c.sign(at, silentAfterSound, false) }

// checked notes a check of the browser's that it has signed.
func (c *consent) checked(at time.Time) { c.sign(at, silentAfterCheck, c.lite) }

// outstanding tells whether a check has no answer yet.
func (c *consent) outstanding(id transaction) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.asked, id)
}

// answered notes a signed answer to a check; false when there was none such.
func (c *consent) answered(id transaction, at time.Time) bool {
	c.mu.Lock()
	i := slices.Index(c.asked, id)
	if i >= 0 {
		c.asked = slices.Delete(c.asked, i, i+1)
	}
	c.mu.Unlock()
	if i < 0 {
		return false
	}
	c.sign(at, silentAfterCheck, true)
	return true
}

// forbidden takes consent back (§5.2), if the answer is to a check; false when it is not.
func (c *consent) forbidden(id transaction) bool {
	c.mu.Lock()
	known := slices.Contains(c.asked, id)
	was := known && c.may
	if known {
		c.over, c.may = errRevoked, false
	}
	c.mu.Unlock()
	if was {
		c.tell(errRevoked)
	}
	return known
}

// sign notes life, and consent when it is proof.
func (c *consent) sign(at time.Time, most time.Duration, proof bool) {
	c.mu.Lock()
	if at.After(c.life) {
		c.life, c.most = at, most
	}
	if proof && at.After(c.granted) {
		c.granted = at
	}
	back := c.on && !c.may && c.over == nil
	c.may = c.may || back
	c.mu.Unlock()
	if back {
		c.tell(nil)
	}
}

// look does what is due.
func (c *consent) look() {
	now := time.Now()
	c.mu.Lock()
	if !c.on {
		c.mu.Unlock()
		return
	}
	was := c.may
	var why error
	switch {
	case c.over == nil && now.Sub(c.granted) >= consentFor:
		c.over, c.may, why = errExpired, false, errExpired
	case now.Sub(c.life) >= c.most:
		c.may, why = false, errSilent
	}
	var id transaction
	send := !c.lite && c.over == nil && !now.Before(c.check)
	if send {
		id = stun.NewTransactionID()
		if len(c.asked) == consentAsked {
			c.asked = slices.Delete(c.asked, 0, 1)
		}
		c.asked = append(c.asked, id)
		c.check = now.Add(spread(consentEvery))
	}
	c.wake(now)
	c.mu.Unlock()
	if send {
		c.ask(id)
	}
	if was && why != nil {
		c.tell(why)
	}
}

// wake sets the next look; mu is held.
func (c *consent) wake(now time.Time) {
	if c.over != nil {
		return
	}
	next := c.granted.Add(consentFor)
	if !c.lite && c.check.Before(next) {
		next = c.check
	}
	if silent := c.life.Add(c.most); c.may && silent.Before(next) {
		next = silent
	}
	wait := max(next.Sub(now), consentLooks)
	if c.timer == nil {
		c.timer = time.AfterFunc(wait, c.look)
	} else {
		c.timer.Reset(wait)
	}
}

// spread is 0.8 to 1.2 times d, so that checks of many connections do not come at once (§5.1).
func spread(d time.Duration) time.Duration {
	return d*8/10 + rand.N(d*4/10)
}
