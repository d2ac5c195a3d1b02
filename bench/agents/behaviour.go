package agents

import "slices"

// Behaviour is what a telephone does with a call.
type Behaviour string

// The behaviours.
const (
	Accepts  Behaviour = "accepts"       // answers and presses 1
	Storms   Behaviour = "storms"        // forty provisional responses within a second, then as Accepts
	Glares   Behaviour = "glares"        // a re-INVITE of its own at once after the ACK and one beside the key, then as Accepts
	Forks    Behaviour = "forks"         // two telephones behind one address pick up: two 200, each a dialog, then as Accepts
	Refuses  Behaviour = "refuses"       // 603
	Busy     Behaviour = "busy"          // 486
	RingsOut Behaviour = "rings_out"     // rings until it is cancelled
	Late     Behaviour = "answers_late"  // its 200 crosses the CANCEL
	Dead     Behaviour = "dead"          // no reply to anything
	Dies     Behaviour = "dies"          // 180, and nothing after that, to the CANCEL neither
	Declines Behaviour = "presses_2"     // answers and presses 2
	Mute     Behaviour = "presses_none"  // answers and presses nothing
	Quits    Behaviour = "hangs_up_told" // answers and hangs up in the briefing
)

// Behaviours in which the caller takes part (Options.Told), or of whose sound something is missing.
const (
	CallerLeaves Behaviour = "caller_leaves"   // answers; the caller hangs up in the briefing
	BothLeave    Behaviour = "both_leave"      // answers; both hang up in the briefing, within 50 ms
	Soundless    Behaviour = "soundless"       // answers, sends no packet of sound, and presses 1 by INFO
	GoesMute     Behaviour = "goes_mute"       // as Accepts; then no packet comes any more
	LeavesJoined Behaviour = "hangs_up_joined" // as Accepts; then it hangs up first
)

// All are all behaviours, once each.
func All() []Behaviour {
	return []Behaviour{Accepts, Storms, Glares, Forks, Refuses, Busy, RingsOut, Late, Dead, Dies, Declines, Mute, Quits, CallerLeaves, BothLeave, Soundless, GoesMute, LeavesJoined}
}

// Deck is as busy hotlines see it: half of the telephones are answered by who takes the caller.
func Deck() []Behaviour {
	return slices.Concat(All()[:13], []Behaviour{Accepts, Storms, Glares, Accepts, Storms, Glares})
}

// takes reports whether who behaves so takes the caller in the end.
func (b Behaviour) takes() bool {
	switch b {
	case Accepts, Storms, Glares, Forks, GoesMute, LeavesJoined:
		return true
	}
	return false
}

// Must are the rows of HOSTILE-TRANSFERS that have to hold for many calls at once and are decided above SIP: 18
// (CallerLeaves), 19 (Quits), 20 (BothLeave), 28 (Declines, Mute), 34 (Soundless), 35 (Glares) and 37
// (GoesMute, LeavesJoined), with some who take the caller.
func Must() []Behaviour {
	return []Behaviour{CallerLeaves, Quits, BothLeave, Declines, Mute, Soundless, Glares, GoesMute, LeavesJoined, Accepts}
}
