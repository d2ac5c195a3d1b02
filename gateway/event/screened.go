package event

// Screened says who answered a call that we placed, before anybody spoke to them; of an agent's telephone
// only when it was a machine.
// {"heard":"voicemail","score":0.97,"why":"beep","after_ms":6240,"left":true}
type Screened struct {
	Heard   string  `json:"heard"` // person | voicemail | fax | silence
	Score   float64 `json:"score"` // how sure that is, 0..1
	Why     string  `json:"why"`   // the rule that decided, of package amd
	AfterMS int64   `json:"after_ms"`
	Left    bool    `json:"left,omitempty"`  // a message is left
	Agent   string  `json:"agent,omitempty"` // whose telephone it was; "" the one whom the call is for
}

// Type is the name as stored.
func (Screened) Type() string { return "screened" }

// NoCalls says that the caller does not want to be rung by us any more, and was told that they will not
// be. {"how":"said"}
type NoCalls struct {
	How string `json:"how"` // said | typed | key
}

// Type is the name as stored.
func (NoCalls) Type() string { return "no_calls" }
