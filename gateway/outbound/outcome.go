package outbound

import (
	"slices"
	"time"

	"decroche/gateway/store"
)

// Outcomes of one attempt. The one table of what each means for the call is below.
const (
	Answered    = "answered"     // a person, who was talked to
	HungUp      = "hung_up"      // a person who left before they had said who they are
	WrongPerson = "wrong_person" // a person, but not the one who was asked for
	Unconfirmed = "unconfirmed"  // somebody answered, nobody said who
	Voicemail   = "voicemail"    // a machine; nothing was left
	MessageLeft = "message_left" // a machine; the message was left after the beep
	Fax         = "fax"
	Busy        = "busy"
	NoAnswer    = "no_answer"
	Declined    = "refused"     // 603, or 403
	Unreachable = "unreachable" // no route, out of service for now
	Invalid     = "invalid"     // there is no such number
	StopCalling = "do_not_call" // they said so
	Cancelled   = "cancelled"   // dropped while it rang
	Unknown     = "unknown"     // the gateway died meanwhile
	Failed      = "error"       // ours
)

// fate is what becomes of a call after an attempt.
type fate struct {
	state string                     // with retry: given_up after the last attempt
	pause func(Config) time.Duration // before the next
}

var (
	done    = fate{state: store.OutboundDone}
	givenUp = fate{state: store.OutboundGivenUp}
	dropped = fate{state: store.OutboundDropped}
)

func retry(pause func(Config) time.Duration) fate { return fate{store.OutboundRetry, pause} }

var fates = map[string]fate{
	Answered:    done,
	HungUp:      givenUp, // who hangs up on us is not rung again by a machine
	WrongPerson: givenUp,
	Unconfirmed: retry(func(c Config) time.Duration { return c.NoAnswer }),
	Voicemail:   retry(func(c Config) time.Duration { return c.Voicemail }),
	MessageLeft: done,
	Fax:         givenUp,
	Busy:        retry(func(c Config) time.Duration { return c.Busy }),
	NoAnswer:    retry(func(c Config) time.Duration { return c.NoAnswer }),
	Declined:    retry(func(c Config) time.Duration { return c.NoAnswer }),
	Unreachable: retry(func(c Config) time.Duration { return c.Unreachable }),
	Invalid:     givenUp,
	StopCalling: dropped,
	Cancelled:   dropped,
	Unknown:     retry(func(c Config) time.Duration { return c.Unreachable }),
	Failed:      retry(func(c Config) time.Duration { return c.Unreachable }),
}

// Outcomes are all there are, sorted.
func Outcomes() []string {
	var out []string
	for o := range fates {
		out = append(out, o)
	}
	slices.Sort(out)
	return out
}

// After is what becomes of a call whose attempt, the tries-th, ended with outcome at now, on the clock of
// who is rung: its state, and with store.OutboundRetry when it is due. A message on a machine does not
// do for a callback: the person asked to be spoken with.
func (c Config) After(o store.OutboundCall, outcome string, tries int, now time.Time) (state string, due time.Time) {
	f, ok := fates[outcome]
	if !ok {
		f = fates[Failed]
	}
	if outcome == MessageLeft && o.Kind == store.KindCallback {
		f = fates[Voicemail]
	}
	if f.pause == nil {
		return f.state, time.Time{}
	}
	if tries >= c.Attempts {
		return store.OutboundGivenUp, time.Time{}
	}
	if earliest := now.Add(f.pause(c)); o.From.Before(earliest) {
		o.From = earliest
	}
	due, no := c.Due(o, now)
	if no != nil { // the window they gave is over
		return store.OutboundGivenUp, time.Time{}
	}
	return store.OutboundRetry, due
}

// OfStatus is how an attempt ended that nobody answered, by the SIP status; 0 when nobody could be
// reached (RFC 3261 §21).
func OfStatus(status int) string {
	switch status {
	case 486, 600:
		return Busy
	case 408, 487:
		return NoAnswer
	case 403, 603, 607, 608:
		return Declined
	case 404, 410, 484, 604:
		return Invalid
	}
	return Unreachable
}
