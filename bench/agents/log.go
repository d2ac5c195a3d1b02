package agents

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Log is what one telephone saw of one attempt. Times are zero for what did not happen.
type Log struct {
	Agent     string
	Behaviour Behaviour
	Invited   time.Time
	Again     int       // repetitions of the INVITE
	Rang      time.Time // our first provisional response
	Final     time.Time // our final response, Status
	Status    int
	Cancelled time.Time // the CANCEL came
	Acked     time.Time // of our 200
	Key       time.Time // first packet of Pressed
	Pressed   byte
	Heard     time.Time // first packet with the caller's tone
	Left      time.Time // our BYE
	Muted     time.Time // since when GoesMute sends nothing
	Dropped   time.Time // the gateway's BYE
	Ended     time.Time
	Refreshed int    // answers 200 to re-INVITEs of ours
	Offered   int    // re-INVITEs of the gateway
	Glares    int    // 491, sent or received
	ForkAcked bool   // the second 200 was acknowledged
	ForkEnded bool   // and its dialog hung up
	Wrong     string // something that the gateway must not do; "" when it did not
}

// Near is how close two things must be for each side to see the other one first; NearLossy where messages get
// lost, since one that is sent a third time is 1.5 s late.
const Near, NearLossy = 500 * time.Millisecond, 2 * time.Second

// Outcome says how the attempt ended, as far as the wire shows: the first word, and words that are right
// too because two ends crossed within Near. left is when the caller hung up, by the caller's own clock;
// zero when they did not. ring is how long the gateway lets telephones ring, accept how long it waits for
// a key, near is Near or NearLossy. status is the final status that ended it, 0 when none did.
func (l *Log) Outcome(left time.Time, ring, accept, near time.Duration) (outcomes []string, status int) {
	gone := func(at time.Time) bool { return !left.IsZero() && !left.After(at.Add(20*time.Millisecond)) }
	by := func(at time.Time, long, limit time.Duration, then string) string {
		switch {
		case long >= limit-near/2:
			return then
		case gone(at):
			return "caller_left"
		}
		return "timeout"
	}
	end := l.Ended
	var o string
	switch {
	case l.Status >= 300 && (l.Cancelled.IsZero() || l.Final.Before(l.Cancelled)):
		o, status, end = "refused", l.Status, l.Final
		if l.Status == 486 {
			o = "busy"
		}
	case !l.Cancelled.IsZero(): // an answer that crossed it counts for nothing
		o, end = by(l.Cancelled, l.Cancelled.Sub(l.Invited), ring, "no_answer"), l.Cancelled
	case l.Status == 0 && l.Rang.IsZero():
		o, end = "unreachable", l.Invited
		if !left.IsZero() && left.Sub(l.Invited) < ring {
			return []string{o, "caller_left"}, 0 // nothing tells us when it was given up
		}
	case !l.Heard.IsZero():
		o, end = "completed", l.Heard
	case l.Behaviour == Soundless && !l.Dropped.IsZero() && l.Pressed == '1':
		return l.after(left, l.Dropped, near, "error"), 0
	case l.Pressed == '2':
		return l.after(left, l.Key, near, "refused"), 0
	case !l.Left.IsZero():
		return l.after(left, l.Left, near, "agent_left"), 0
	case l.Pressed == '1' && left.Sub(l.Key) >= 0 && left.Sub(l.Key) < near: // joined, and gone before a packet came
		return []string{"caller_left", "completed"}, 0
	case l.Pressed == '1':
		o, end = "caller_left", l.Key
	case gone(l.Dropped): // who is told that the caller left is hung up on a sentence later
		o, end = "caller_left", l.Dropped
	default:
		o, end = by(l.Dropped, l.Dropped.Sub(l.Acked), accept, "no_answer"), l.Dropped
	}
	outcomes = []string{o}
	if d := left.Sub(end); !left.IsZero() && d > -near && d < near && !slices.Contains(outcomes, "caller_left") {
		outcomes = append(outcomes, "caller_left")
	}
	return outcomes, status
}

// after is the outcome of what an agent did at a time. Who does it when the caller has left already, while
// they are being told so, ends nothing any more: the telephone hears of it a sentence late, but its log has
// the key, the caller's log the BYE before it, and one clock has both.
func (l *Log) after(left, did time.Time, near time.Duration, outcome string) []string {
	d := left.Sub(did)
	switch {
	case left.IsZero() || d >= near:
		return []string{outcome}
	case d <= -near:
		return []string{"caller_left"}
	case d < 0:
		return []string{"caller_left", outcome}
	}
	return []string{outcome, "caller_left"}
}

// Tell puts a log into one line, with times since the INVITE.
func (l *Log) Tell(left time.Time) string {
	var b strings.Builder
	for _, e := range []struct {
		what string
		at   time.Time
	}{{"rang", l.Rang}, {"final", l.Final}, {"cancelled", l.Cancelled}, {"acked", l.Acked}, {"key", l.Key}, {"heard", l.Heard}, {"left", l.Left}, {"muted", l.Muted}, {"dropped", l.Dropped}, {"ended", l.Ended}, {"caller left", left}} {
		if !e.at.IsZero() {
			fmt.Fprintf(&b, "%s %d ms, ", e.what, e.at.Sub(l.Invited).Milliseconds())
		}
	}
	return fmt.Sprintf("%sstatus %d, key %q", b.String(), l.Status, l.Pressed)
}
