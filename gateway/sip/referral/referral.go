// Package referral is the sender's side of a transfer by REFER, as a decision: what happened and when
// goes in, what to do comes out. It has no socket, no goroutine and no clock.
//
// The one idea: a Referral ends with exactly one Result, whatever the far end sends, in whatever
// order, and even if it sends nothing. What comes after the end is answered and changes nothing.
// RFC 3515 with RFC 7647 says what should happen, RFC 5589 §6 how a transfer uses it; what telephone
// systems do instead is in docs/transfers.md.
//
// It refuses to guess: a far end that reports progress and then hangs up without a final report has
// told nobody how the transfer ended, and the outcome says so.
package referral

import "time"

// Timers bound the waits of a referral. None may be zero.
type Timers struct {
	Answer time.Duration // for the final answer to REFER
	First  time.Duration // for the first NOTIFY after the 202; then the sender plays its own ringback
	Final  time.Duration // for the final NOTIFY after the 202; then the caller is told that it failed
	After  time.Duration // how long a referral that was given up stays open, and the far end has for its BYE
}

// Outcome is how a referral ended: the words that hand-offs use everywhere.
type Outcome string

// The outcomes that a referral may have.
const (
	Completed   Outcome = "completed"
	Refused     Outcome = "refused"
	Busy        Outcome = "busy"
	NoAnswer    Outcome = "no_answer"
	Unreachable Outcome = "unreachable"
	Timeout     Outcome = "timeout"
	CallerLeft  Outcome = "caller_left"
	Cancelled   Outcome = "cancelled"
	Error       Outcome = "error"
	Unknown     Outcome = "unknown"
)

// Proofs of a completed referral.
const (
	ByNotify = "notify"        // a NOTIFY reported 2xx
	ByBye    = "bye_after_202" // the far end took the request, never reported anything and hung up
)

// Reasons beside outcomes that a status alone does not explain.
const (
	NoSipfrag     = "no_sipfrag"      // the last NOTIFY has no status that could be read
	EndedEarly    = "ended_early"     // the last NOTIFY reported progress only
	ByeTooEarly   = "bye_before_last" // progress was reported, then the far end hung up
	NoNotify      = "no_notify"       // accepted, and nothing was ever reported
	NoFinalNotify = "no_final_notify" // progress was reported, and then nothing
	Unanswered    = "refer_unanswered"
	Loop          = "loop_detected" // the target led back to us
)

// Result is how a referral ended. It is told once.
type Result struct {
	Outcome    Outcome
	Status     int           // the SIP status that decided, or the last one seen; 0 when there was none
	Reason     string        // one of the reasons above, or "" where Outcome and Status say it all
	Proof      string        // of a completed one
	Rang       bool          // the target was reported to ring
	RetryAfter time.Duration // how long they ask to be left alone
	NoRefer    bool          // the far end takes no REFER at all: not worth asking again soon
	Gone       bool          // the far end knows nothing of the call any more: no BYE is needed
	Began      time.Time
	Ended      time.Time
}

// Effect is what an event asks for. The zero Effect asks for nothing.
type Effect struct {
	Reply  int     // status of the answer to a NOTIFY
	Status int     // progress of the target that was reported, 100 to 199
	Quiet  bool    // nothing was reported for Timers.First: sound of our own is needed
	GaveUp bool    // the caller shall wait no longer; the Result comes within Timers.After
	Result *Result // the referral has ended, once
	HangUp bool    // the transfer is done and the far end sent no BYE: ours is due
}

// Referral is one transfer by REFER. Make it with New when the REFER is sent. It belongs to one
// goroutine at a time.
type Referral struct {
	timers Timers
	began  time.Time
	state  state
	seq    uint32 // CSeq of the REFER that was taken; of the first one before that
	exact  bool   // seq is that of the REFER that was taken
	until  time.Time

	notified bool // a NOTIFY of ours came
	quiet    bool
	rang     bool
	last     int  // status reported last
	ended    bool // they ended the subscription
	hung     bool // their BYE came, or the dialog is over otherwise
	looped   bool
	first    time.Time // when the first NOTIFY is due
}

type state int

const (
	asked    state = iota // REFER sent
	accepted              // 2xx, or a NOTIFY that overtook it
	gaveUp                // the caller waits no longer
	hungUp                // their BYE came between reports: the last one may follow (RFC 5057 §3)
	done                  // completed; their BYE is awaited
	closed
)

// New begins a referral whose REFER has this CSeq.
func New(t Timers, seq uint32, now time.Time) *Referral {
	return &Referral{timers: t, began: now, seq: seq, until: now.Add(t.Answer)}
}

// Over reports whether the Result was told.
func (r *Referral) Over() bool { return r.state >= done }

// AwaitsReport reports whether the far end has hung up and its last NOTIFY may still come.
func (r *Referral) AwaitsReport() bool { return r.state == hungUp }

// Due is when Tick has to be called next; the zero time: never.
func (r *Referral) Due() time.Time {
	switch {
	case r.state == closed:
		return time.Time{}
	case r.state == accepted && !r.notified && !r.quiet && r.first.Before(r.until):
		return r.first
	}
	return r.until
}

// Looped notes that the call which the far end was asked to make came back to us.
func (r *Referral) Looped() { r.looped = true }

// Answered is told a response to the REFER with this CSeq. retryAfter is its Retry-After.
func (r *Referral) Answered(now time.Time, status int, seq uint32, retryAfter time.Duration) Effect {
	if status < 200 || r.state != asked {
		return Effect{}
	}
	res := Result{Status: status, RetryAfter: retryAfter}
	switch {
	case status < 300: // any 2xx (RFC 7647)
		r.accept(now, seq)
		return Effect{}
	case status == 481, status == 408: // RFC 3261 §12.2.1.2: the call is gone
		res.Outcome, res.Gone = CallerLeft, true
	case status == 401, status == 407:
		res.Outcome = Refused
	default:
		res.Outcome = OutcomeOf(status, false)
		res.NoRefer = status == 403 || status == 405 || status == 501 || status == 603
		if res.NoRefer {
			res.Outcome = Refused
		}
	}
	return r.close(now, res)
}

// Failed is told that the REFER could not be sent.
func (r *Referral) Failed(now time.Time) Effect {
	if r.state != asked {
		return Effect{}
	}
	return r.close(now, Result{Outcome: Unreachable})
}

func (r *Referral) accept(now time.Time, seq uint32) {
	r.state, r.seq, r.exact = accepted, seq, true
	r.first, r.until = now.Add(r.timers.First), now.Add(r.timers.Final)
}

// Notified is told a NOTIFY for event refer inside the call's dialog.
func (r *Referral) Notified(now time.Time, n Notify) Effect {
	if r.ended || r.state == closed && !r.exact || !r.ours(n) {
		return Effect{Reply: 481}
	}
	e := Effect{Reply: 200}
	if r.state == asked { // it overtook the 202, or that was lost
		seq := r.seq
		if n.HasID {
			seq = n.ID
		}
		r.accept(now, seq)
	}
	r.ended = n.Terminated
	if r.Over() {
		return e
	}
	r.notified = true
	f, err := ParseFragment(n.Fragment)
	switch {
	case err != nil && !n.Terminated:
	case err != nil:
		e.Result = r.close(now, Result{Outcome: Unknown, Status: r.last, Reason: NoSipfrag}).Result
	case f.Status < 200:
		r.last = f.Status
		r.rang = r.rang || f.Status >= 180
		e.Status = f.Status
		if n.Terminated {
			e.Result = r.close(now, Result{Outcome: Unknown, Status: f.Status, Reason: EndedEarly}).Result
		}
	default:
		e.Result = r.close(now, r.final(f)).Result
	}
	return e
}

// final judges the last report.
func (r *Referral) final(f Fragment) Result {
	res := Result{Outcome: OutcomeOf(f.Status, r.rang), Status: f.Status, RetryAfter: f.RetryAfter}
	switch {
	case res.Outcome == Completed:
		res.Proof = ByNotify
	case r.state == hungUp:
		res.Outcome = CallerLeft
	case f.Status == 481: // the target knows nothing of the consultation (RFC 3891 §3)
		res.Outcome = Refused
	case f.Status == 482 || r.looped: // RFC 3261 §16.3
		res.Outcome, res.Reason = Refused, Loop
	case r.state == gaveUp: // the caller was told already
		res.Outcome, res.Reason = Timeout, NoFinalNotify
	}
	return res
}

// ours tells whether a NOTIFY belongs to this referral (RFC 3515 §2.4.6: the id is the CSeq of the
// REFER, and may be missing for the first). Before the 202 a REFER that was repeated with credentials
// may have any CSeq above the first.
func (r *Referral) ours(n Notify) bool {
	return !n.HasID || n.ID == r.seq || !r.exact && n.ID > r.seq
}

// Hung is told that the far end sent BYE.
func (r *Referral) Hung(now time.Time) Effect {
	if r.hung {
		return Effect{}
	}
	r.hung = true
	switch {
	case r.state == asked:
		return r.close(now, Result{Outcome: CallerLeft})
	case r.state == accepted && r.notified:
		r.state, r.until = hungUp, now.Add(r.timers.After)
	case r.state == gaveUp && r.notified:
		r.state = hungUp
	case r.state == accepted, r.state == gaveUp:
		return r.close(now, Result{Outcome: Completed, Proof: ByBye})
	case r.state == done:
		r.state = closed
	}
	return Effect{}
}

// Dropped is told that the call was ended on our side, or that nobody waits for the transfer any more.
// After their BYE it means nothing.
func (r *Referral) Dropped(now time.Time) Effect {
	if r.state == done {
		r.state = closed
	}
	if r.state == closed || r.state == hungUp {
		return Effect{}
	}
	return r.close(now, Result{Outcome: Cancelled, Status: r.last})
}

// Tick is told that Due has come.
func (r *Referral) Tick(now time.Time) Effect {
	switch {
	case r.Due().IsZero() || now.Before(r.Due()):
		return Effect{}
	case r.state == accepted && now.Before(r.until):
		r.quiet = true
		return Effect{Quiet: true}
	}
	switch r.state {
	case asked:
		return r.close(now, Result{Outcome: Timeout, Reason: Unanswered})
	case accepted:
		r.state, r.until = gaveUp, now.Add(r.timers.After)
		return Effect{GaveUp: true}
	case gaveUp:
		why := NoNotify
		if r.notified {
			why = NoFinalNotify
		}
		return r.close(now, Result{Outcome: Timeout, Status: r.last, Reason: why})
	case hungUp:
		return r.close(now, Result{Outcome: Unknown, Status: r.last, Reason: ByeTooEarly})
	case done:
		r.state = closed
		return Effect{HangUp: true}
	}
	return Effect{}
}

// close ends the referral with its one result.
func (r *Referral) close(now time.Time, res Result) Effect {
	res.Began, res.Ended, res.Rang = r.began, now, r.rang
	r.state = closed
	if res.Outcome == Completed && !r.hung {
		r.state, r.until = done, now.Add(r.timers.After)
	}
	return Effect{Result: &res}
}
