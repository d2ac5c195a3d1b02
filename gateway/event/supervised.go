package event

// Supervised is one act of somebody who supervises the call.
// {"who":"paule","act":"hint_used","id":"h2","text":"commande 45 12 78 01","turn":9}
type Supervised struct {
	Who  string `json:"who"`
	Act  string `json:"act"`            // one of the Act constants
	ID   string `json:"id,omitempty"`   // of the person on this call, "s1", or of the hint, "h2"
	Text string `json:"text,omitempty"` // of a hint
	Turn int    `json:"turn,omitempty"` // of the caller's, counted from 1: when a hint was used
	Why  string `json:"why,omitempty"`  // why a hint was not, why the call was ended, the step the caller went back to
}

// What a supervisor does, and what becomes of their hints.
const (
	ActListen     = "listen"      // hears everybody, nobody hears them
	ActWhisper    = "whisper"     // the agent hears them
	ActJoin       = "join"        // everybody does
	ActLeave      = "leave"       // has gone; the call goes on
	ActHint       = "hint"        // gave the flow a hint
	ActVerbatim   = "verbatim"    // gave words to be said
	ActHintUsed   = "hint_used"   // the flow took it
	ActHintUnused = "hint_unused" // it could not; Why: sensitive_step, not_understood
	ActSaid       = "said"        // the words were said
	ActTakeOver   = "take_over"   // talks with the caller in place of the bot or the agent
	ActHandBack   = "hand_back"   // gave the caller back to the bot
	ActEnd        = "end"         // ended the call
)

// Acts are all of them.
var Acts = []string{ActListen, ActWhisper, ActJoin, ActLeave, ActHint, ActVerbatim, ActHintUsed, ActHintUnused, ActSaid, ActTakeOver, ActHandBack, ActEnd}

// Type is the name as stored.
func (Supervised) Type() string { return "supervised" }
