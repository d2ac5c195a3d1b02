package agents

// outcomes is the one table from the final SIP status of an attempt (RFC 3261 §21 and RFC 8197,
// 8688) to what it means for the hand-off. What depends on whether the phone rang, and a status
// that is not here, is judged in OutcomeOf.
var outcomes = map[int]Outcome{
	0:   Unreachable, // nothing came back at all: no route, connection refused
	400: Error,       // our request was wrong
	401: Error,       // we should have had credentials
	402: Refused,
	403: Refused,
	404: Unreachable,
	405: Refused,
	407: Error,
	410: Unreachable,
	415: Error,
	416: Error,
	420: Error,
	421: Error,
	481: Error,
	482: Error, // loop
	483: Error,
	484: Unreachable,
	485: Unreachable,
	486: Busy,
	488: Error, // no codec in common
	491: Busy,
	493: Error,
	500: Unreachable,
	501: Unreachable,
	502: Unreachable,
	503: Unreachable,
	504: Unreachable,
	505: Error,
	513: Error,
	600: Busy,
	603: Refused,
	604: Unreachable,
	606: Error,
	607: Refused, // unwanted
	608: Refused, // rejected by an intermediary
}

// OutcomeOf says what the final status of an INVITE to an agent means; 0 is none at all. rang is
// whether the phone rang first (a 180 or 183 came). It is for an attempt that the far end ended:
// one that we cancelled ended for a reason of ours.
func OutcomeOf(status int, rang bool) Outcome {
	switch status {
	case 408, 480, 487: // rang out: many phones and exchanges end their ringing with one of these
		if rang {
			return NoAnswer
		}
		return Unreachable
	}
	if o, ok := outcomes[status]; ok {
		return o
	}
	switch status / 100 {
	case 2:
		return Completed
	case 3: // moved: we ring whom we were told to ring
		return Unreachable
	case 4:
		return Refused
	case 5:
		return Unreachable
	case 6:
		return Refused
	}
	return Error // not a final status
}
