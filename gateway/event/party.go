package event

// PartyLeft says that the telephone of somebody on the call was exchanged for another in the middle of it
// (INVITE with Replaces, RFC 3891), and whose it was; who has joined in their place follows.
// {"party":"agent","agent":"karim","addr":"sip:201@pbx.example","why":"replaced"}
type PartyLeft struct {
	Party string `json:"party"`           // caller | agent
	Agent string `json:"agent,omitempty"` // whose line it is; "" the caller's
	Addr  string `json:"addr,omitempty"`  // a number of the public network with its middle hidden
	Why   string `json:"why"`             // replaced
}

// PartyJoined says who is there instead; the line, its sound and what was agreed with who had it go on.
// {"party":"agent","agent":"karim","addr":"sip:+336******78@pbx.example","name":"Lina","codec":"PCMU","why":"replaced"}
type PartyJoined struct {
	Party string `json:"party"`
	Agent string `json:"agent,omitempty"`
	Addr  string `json:"addr,omitempty"`
	Name  string `json:"name,omitempty"`  // as their telephone shows it
	Codec string `json:"codec,omitempty"` // on the wire now
	Why   string `json:"why"`
}

// Parties of a call, and why one is exchanged for another.
const (
	PartyCaller = "caller"
	PartyAgent  = "agent"
	ByReplaces  = "replaced" // another telephone system, or their own, has moved the call
)

// Type is the name as stored.
func (PartyLeft) Type() string { return "party_left" }

// Type is the name as stored.
func (PartyJoined) Type() string { return "party_joined" }
