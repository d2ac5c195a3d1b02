package callers

import (
	"bytes"
	"time"

	"decroche/bench/siptext"
)

// System is what the telephone system in front of a caller does when it is asked to put them through to
// somebody else (REFER, RFC 3515).
type System struct {
	Status   int           // its answer; 0: none at all
	Progress bool          // reports 100 at once, and 180 after half of Ring
	Ring     time.Duration // from the answer to the last report
	Final    int           // the status in the last report; 0: that report never comes
	Leaves   bool          // hangs up after Ring instead of reporting: the caller is there
}

// Referee is a Script whose caller is behind a System. Without it a REFER is answered 200 and forgotten.
type Referee interface {
	// System says what happens to the request to call to. It must not block.
	System(c *Call, to string) System
}

// Referral is a log of one REFER, by who got it.
type Referral struct {
	System
	To                      string
	Asked, Reported, HungUp time.Time // the REFER came; the last report, and the BYE of Leaves, were sent; zero: not

	asked siptext.Message
	rang  bool
}

// refer takes a REFER; mu is held.
func (r *rig) refer(c *Call, m siptext.Message, at time.Time) {
	e, ok := c.script.(Referee)
	if !ok || c.sig.state != up {
		r.send(siptext.Reply(m, "200 OK", r.at, "", ""))
		return
	}
	for i := range c.Referrals { // repeated: one that was given up goes on coming while its transaction lasts
		if x := &c.Referrals[i]; x.asked.Header("CSeq") == m.Header("CSeq") {
			r.accept(x)
			return
		}
	}
	m.Head = bytes.Clone(m.Head)
	to := m.Header("Refer-To")
	c.Referrals = append(c.Referrals, Referral{System: e.System(c, to), To: to, Asked: at, asked: m})
	x := &c.Referrals[len(c.Referrals)-1]
	r.accept(x)
	if x.Status != 0 && x.Progress {
		r.report(c, "100 Trying", "active;expires=60")
	}
}

// accept answers a REFER, also when it comes again.
func (r *rig) accept(x *Referral) {
	if x.Status != 0 {
		r.send(siptext.Reply(x.asked, "202 Accepted", r.at, "", ""))
	}
}

// report sends NOTIFY; mu is held.
func (r *rig) report(c *Call, status, state string) {
	c.sig.reports++
	r.send(c.sig.Notify(1+c.sig.reports, 100+c.sig.reports, status, state))
}

// reportDue sends what is due of the last referral, and hangs up where it does; mu is held.
func (r *rig) reportDue(c *Call, now time.Time) {
	if len(c.Referrals) == 0 {
		return
	}
	x := &c.Referrals[len(c.Referrals)-1]
	since := now.Sub(x.Asked)
	if x.Status == 0 || !x.Reported.IsZero() || !x.HungUp.IsZero() {
		return
	}
	if x.Progress && !x.rang && since >= x.Ring/2 {
		x.rang = true
		r.report(c, "180 Ringing", "active;expires=60")
	}
	switch {
	case since < x.Ring:
	case x.Leaves:
		x.HungUp = now
		c.Hangup()
	case x.Final != 0:
		x.Reported = now
		r.report(c, statusLines[x.Final], "terminated;reason=noresource")
	}
}

// statusLines are the ends that are reported.
var statusLines = map[int]string{200: "200 OK", 480: "480 Temporarily Unavailable", 486: "486 Busy Here", 603: "603 Decline"}
