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

// All are all behaviours, once each.
func All() []Behaviour {
	return []Behaviour{Accepts, Storms, Glares, Forks, Refuses, Busy, RingsOut, Late, Dead, Dies, Declines, Mute, Quits}
}

// Deck is as busy hotlines see it: half of the telephones are answered by who takes the caller.
func Deck() []Behaviour {
	return slices.Concat(All(), []Behaviour{Accepts, Storms, Glares, Accepts, Storms, Glares})
}

// takes reports whether who behaves so takes the caller in the end.
func (b Behaviour) takes() bool { return b == Accepts || b == Storms || b == Glares || b == Forks }
