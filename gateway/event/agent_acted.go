package event

import "time"

// AgentActed is one act of the agent who speaks with the caller, beside what they say.
// {"agent":"karim","act":"transfer","to":"lina","warm":true,"text":"demande un renvoi"}
type AgentActed struct {
	Agent string  `json:"agent"`
	Act   string  `json:"act"`              // one of the Agent constants
	To    string  `json:"to,omitempty"`     // of a transfer: an agent, a number, or skills in words
	Warm  bool    `json:"warm,omitempty"`   // of a transfer: they speak with each other first
	Text  string  `json:"text,omitempty"`   // of a transfer: why, as the agent wrote it
	Brief *string `json:"brief,omitempty"`  // of a transfer: what the next one is told of the caller, as the agent changed it; nil: as it was
	Keys  int     `json:"keys,omitempty"`   // how many keys were sent; which ones is kept nowhere
	ForMS int64   `json:"for_ms,omitempty"` // of resume: how long the caller waited
	Why   string  `json:"why,omitempty"`    // of transfer_failed: an outcome of package agents; of hand_back: the step (Text is what the agent did, as the caller was told); of resume: lost, when their line was; of hold and transfer: telephone, when it was made there
}

// What an agent does in a call, and what becomes of a transfer.
const (
	AgentHold        = "hold"
	AgentResume      = "resume"
	AgentMute        = "mute"
	AgentUnmute      = "unmute"
	AgentKeys        = "keys"
	AgentTransfer    = "transfer"    // somebody else is being rung, the caller is on hold
	AgentConsult     = "consult"     // both agents hear each other
	AgentTransferred = "transferred" // the caller is theirs
	AgentNotMoved    = "not_moved"   // the transfer failed or was given up; the caller is with who had them
	AgentHandBack    = "hand_back"   // the bot has the caller again
)

// AgentActs are all of them.
var AgentActs = []string{AgentHold, AgentResume, AgentMute, AgentUnmute, AgentKeys, AgentTransfer, AgentConsult, AgentTransferred, AgentNotMoved, AgentHandBack}

// Type is the name as stored.
func (AgentActed) Type() string { return "agent_acted" }

// Onward is a transfer under way, as a line of the Board shows it.
type Onward struct {
	From    string `json:"from"` // the agent who passes the caller on
	To      string `json:"to"`
	Warm    bool   `json:"warm"`
	Talking bool   `json:"talking"` // both agents hear each other
}

// acted folds what an agent did at a time into the line.
func (l *Live) acted(v AgentActed, at time.Time) {
	was := l.Held
	defer func() {
		switch {
		case !l.Held:
			l.HeldAt = time.Time{}
		case !was:
			l.HeldAt = at
		}
	}()
	switch v.Act {
	case AgentHold:
		l.Held = true
	case AgentResume:
		l.Held = false
	case AgentMute, AgentUnmute:
		l.Muted = v.Act == AgentMute
	case AgentTransfer:
		l.Held, l.Onward = true, &Onward{From: v.Agent, To: v.To, Warm: v.Warm}
	case AgentConsult:
		if o := l.Onward; o != nil {
			l.Onward = &Onward{From: o.From, To: v.To, Warm: o.Warm, Talking: true}
		}
	case AgentTransferred, AgentNotMoved, AgentHandBack:
		l.Held, l.Muted, l.Onward = false, l.Muted && v.Act == AgentNotMoved, nil
	}
}
