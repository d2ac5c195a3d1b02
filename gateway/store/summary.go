package store

import (
	"time"

	"decroche/gateway/event"
)

// Apply folds one event into s, so that every implementation of Store keeps the same summary.
// Events come in the order in which they were appended. Apply does not keep e's slices.
func (s *Summary) Apply(e event.Event) {
	if s.ID == "" {
		s.ID = e.Conv
	}
	if s.Start.IsZero() {
		s.Start = e.At
	}
	switch v := e.Body.(type) {
	case event.Started:
		s.Channel, s.From, s.Called, s.Bot, s.Lang = v.Channel, v.From, v.Called, v.Bot, v.Lang
		s.Start = e.At
	case event.Said:
		if v.Who == "" {
			s.Turns++
		}
	case event.Stepped:
		if v.Intent != "" {
			s.Intent = v.Intent
			if s.Topic == "" {
				s.Topic = v.Intent
			}
		}
		if v.Lang != "" {
			s.Lang = v.Lang
		}
		s.Slots = event.MergeSlots(s.Slots, v.Slots)
	case event.TransferStarted:
		s.Transfer, s.Agent, s.Queue = "", "", v.Line()
	case event.Bridged:
		s.Agent = v.Agent
	case event.TransferEnded:
		s.Transfer = v.Outcome
		if v.Agent != "" {
			s.Agent = v.Agent
		}
	case event.Screened:
		s.Placed = true
	case event.Rated:
		s.Rated = &Rating{v.Score, v.Scale}
	case event.Ended:
		s.End, s.Outcome, s.EndedBy = e.At, v.Outcome, v.By
	}
}

// Closing returns the events that close a conversation which a dead process left open, given
// all its events: one final outcome ("unknown") for an attempt and for a hand-off that have
// none, then Ended (outcome "failed", by "gateway"). They carry the time of the last event, the
// latest moment at which the conversation is known to have lived; now is when that was found
// out and stands in the cause.
func Closing(evs []event.Event, now time.Time) []event.Event {
	var open, ringing bool
	var before []event.TransferAttempt // asked of the caller's exchange, and neither over nor waited for any more
	var agent, addr string
	var began, joined time.Time
	for _, e := range evs {
		switch v := e.Body.(type) {
		case event.TransferStarted:
			open, began, joined = true, e.At, time.Time{}
		case event.TransferRinging:
			if ringing {
				before = append(before, event.TransferAttempt{Agent: agent, Addr: addr, Outcome: "unknown", Via: "attended"})
			}
			ringing, agent, addr = true, v.Agent, v.Addr
		case event.TransferAttempt:
			if v.Via != "" && len(before) > 0 {
				before = before[1:]
			} else {
				ringing = false
			}
		case event.Bridged:
			ringing, agent, joined = false, v.Agent, e.At
		case event.TransferEnded:
			open, ringing, before = false, false, nil
		case event.Ended:
			return nil
		}
	}
	if len(evs) == 0 {
		return nil
	}
	last := evs[len(evs)-1]
	at := last.At
	if at.After(now) {
		at = now
	}
	var bodies []event.Body
	for _, b := range before {
		bodies = append(bodies, b)
	}
	if ringing {
		bodies = append(bodies, event.TransferAttempt{Agent: agent, Addr: addr, Outcome: "unknown"})
	}
	if open {
		end := event.TransferEnded{Outcome: "unknown", Agent: agent, WaitedMS: at.Sub(began).Milliseconds()}
		if !joined.IsZero() {
			end.WaitedMS, end.TalkedMS = joined.Sub(began).Milliseconds(), at.Sub(joined).Milliseconds()
		}
		bodies = append(bodies, end)
	}
	bodies = append(bodies, event.Ended{Outcome: "failed", By: "gateway",
		Cause: "the gateway stopped during the conversation; found at " + now.UTC().Format(time.RFC3339)})
	out := make([]event.Event, len(bodies))
	for i, b := range bodies {
		out[i] = event.Event{Conv: last.Conv, Seq: last.Seq + uint64(i) + 1, At: at.UTC(), Body: b}
	}
	return out
}
