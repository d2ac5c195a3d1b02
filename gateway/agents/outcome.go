package agents

// outcomes is the one table from the final SIP status of an attempt (RFC 3261 §21 and RFC 8197,
// 8688) to what it means for the hand-off. A status that is not here is judged by its class in
// OutcomeOf.
var outcomes = map[int]Outcome{
	0:   Unreachable, // nothing came back at all: no route, connection refused
	400: Error,       // our request was wrong
	401: Error,       // we should have had credentials
	402: Refused,
	403: Refused,
	404: Unreachable,
	405: Refused,
	407: Error,
	408: NoAnswer, // rang out; Unreachable when it never rang
	410: Unreachable,
	415: Error,
	416: Error,
	420: Error,
	421: Error,
	480: Unreachable, // logged out; NoAnswer when it rang first: many phones end their ringing so
	481: Error,
	482: Error, // loop
	483: Error,
	484: Unreachable,
	485: Unreachable,
	486: Busy,
	487: Cancelled,
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

// ParseSIPStatus says what the final status of an INVITE to an agent means. 408 is taken for
// "rang out", which is how leg.Refused uses it, and 480 for "not there"; OutcomeOf is exact
// about both when it is known whether the phone rang.
func ParseSIPStatus(status int) Outcome {
	return OutcomeOf(status, status != 480)
}

// OutcomeOf is ParseSIPStatus for who knows whether the phone rang (a 180 or 183 came).
func OutcomeOf(status int, rang bool) Outcome {
	switch {
	case status == 408 && !rang:
		return Unreachable
	case status == 480 && rang:
		return NoAnswer
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
