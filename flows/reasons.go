package flows

import "slices"

// Why a hand-off was begun: the one table that flows, records, metrics, vCon and the API use. A flow may
// write a word of its own (transfer.reason); it stays in the record, and counts as ReasonOther.
const (
	ReasonAsked         = "asked"          // the caller wants a person
	ReasonNotUnderstood = "not_understood" // the bot did not understand, several times
	ReasonFlowRule      = "flow_rule"      // the flow says so here
	ReasonVIP           = "vip"            // who calls goes to a person
	ReasonSensitive     = "sensitive"      // what it is about is not for a machine
	ReasonError         = "error"          // something of ours or of the company's failed
	ReasonTakenOver     = "taken_over"     // a supervisor took the caller
	ReasonOther         = "other"          // in counts: a word of the flow's own
)

// Reasons are all of them, ReasonOther last.
func Reasons() []string {
	return []string{ReasonAsked, ReasonNotUnderstood, ReasonFlowRule, ReasonVIP, ReasonSensitive, ReasonError, ReasonTakenOver, ReasonOther}
}

// ReasonFor is the code that a reason counts as.
func ReasonFor(reason string) string {
	if slices.Contains(Reasons(), reason) {
		return reason
	}
	return ReasonOther
}
