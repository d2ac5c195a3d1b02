package store

import (
	"context"
	"time"

	"decroche/gateway/event"
)

// Handoff is one hand-off of a conversation to a person.
type Handoff struct {
	Conv    string
	Seq     uint64    // of the event that opened it
	At      time.Time // when it began
	Reason  string    // asked, not_understood … as event.TransferStarted has it
	Queue   string    // the queue that the flow named, else the skills: "litige, fr"
	Agent   string    // who was rung last, until somebody answers; then who talks
	Outcome string    // "" while it goes on; else as event.TransferEnded has it
	Joined  time.Time // when somebody answered; zero: nobody
	End     time.Time // zero while it goes on
	Waited  time.Duration
	Talked  time.Duration
	Rung    int // agents who were rung until one answered
}

// Answered reports whether a person took the conversation.
func (h Handoff) Answered() bool { return !h.Joined.IsZero() || h.Outcome == "completed" }

// Opens makes the hand-off that an event opens; false for every other event.
func Opens(e event.Event) (Handoff, bool) {
	v, ok := e.Body.(event.TransferStarted)
	return Handoff{Conv: e.Conv, Seq: e.Seq, At: e.At, Reason: v.Reason, Queue: v.Line()}, ok
}

// Apply folds an event into a hand-off that goes on, and reports whether it changed.
func (h *Handoff) Apply(e event.Event) bool {
	if !h.End.IsZero() {
		return false
	}
	switch v := e.Body.(type) {
	case event.TransferRinging:
		if h.Joined.IsZero() {
			h.Agent = v.Agent
			h.Rung++
			return true
		}
		// Somebody has answered: who is rung now is a colleague they pass the caller on to, or they
		// themselves after a lost line. Who has the caller changes when Bridged says so.
		return false
	case event.Bridged:
		if h.Agent = v.Agent; h.Joined.IsZero() {
			h.Joined, h.Waited = e.At, e.At.Sub(h.At)
		}
	case event.TransferEnded:
		h.Outcome, h.End = v.Outcome, e.At
		if v.Agent != "" {
			h.Agent = v.Agent
		}
		if v.WaitedMS > 0 || h.Joined.IsZero() {
			h.Waited = time.Duration(v.WaitedMS) * time.Millisecond
		}
		h.Talked = time.Duration(v.TalkedMS) * time.Millisecond
	case event.Ended:
		h.Outcome, h.End = "caller_left", e.At
		if h.Joined.IsZero() {
			h.Waited = e.At.Sub(h.At)
		} else {
			h.Outcome, h.Talked = "completed", e.At.Sub(h.Joined)
		}
	default:
		return false
	}
	return true
}

// HandoffsOf are those of one conversation, in order, given its events.
func HandoffsOf(evs []event.Event) []Handoff {
	var out []Handoff
	for _, e := range evs {
		if h, opens := Opens(e); opens {
			out = append(out, h)
		} else if n := len(out); n > 0 {
			out[n-1].Apply(e)
		}
	}
	return out
}

// Hour is what happened to the conversations that began in one hour.
type Hour struct {
	Start         time.Time
	Conversations int // that began
	Ended         int // of those, have ended after somebody answered them
	Resolved      int // of those, by the bot alone, with what the caller wanted, who did not come back about it
	Automated     int // of those, by the bot alone, or with a callback that the bot took down
	Unconfirmed   int // of those ended, the caller had an answer and left without a word about it
	Repeated      int // of those ended, the customer came back about the same topic within RepeatWithin
	Solved        int // of those ended, by the bot or a person, and the customer did not come back
	Ratings       int
	Rated         float64 // sum of the ratings, each on a scale from 1 to 5
}

// Figures counts what happened in a time. Each implementation passes storetest.RunFigures.
type Figures interface {
	// Hours counts the conversations that began from from to to, hour by hour from from; hours
	// without any are left out. bot "" is all.
	Hours(ctx context.Context, from, to time.Time, bot string) ([]Hour, error)
	// Handoffs are those that began from from to to, newest first.
	Handoffs(ctx context.Context, from, to time.Time, bot string) ([]Handoff, error)
}
