package referral

// outcomes is the table from the final status that a target gave (RFC 3261 §21, RFC 8197, RFC 8688)
// to the outcome, where the class of the status does not tell. Agents who are dialled are judged by
// the same one; a test of the gateway compares both.
var outcomes = map[int]Outcome{
	400: Error, 401: Error, 407: Error, 415: Error, 416: Error, 420: Error, 421: Error, 481: Error, 482: Error,
	483: Error, 488: Error, 493: Error, 505: Error, 513: Error, 606: Error,
	404: Unreachable, 410: Unreachable, 484: Unreachable, 485: Unreachable, 604: Unreachable,
	486: Busy, 491: Busy, 600: Busy,
}

// OutcomeOf is what a final status of the target means; rang is whether it was reported to ring. 0 is
// none at all.
func OutcomeOf(status int, rang bool) Outcome {
	switch status {
	case 0:
		return Unreachable
	case 408, 480, 487: // many phones and exchanges end their ringing with one of these
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
	case 4, 6:
		return Refused
	case 3, 5:
		return Unreachable
	}
	return Error
}
