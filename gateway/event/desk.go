package event

// AgentLost says that the line of the agent who spoke with the caller is gone, although nobody hung
// up; the caller is held. {"agent":"karim","why":"desk"}
type AgentLost struct {
	Agent string `json:"agent"`
	Why   string `json:"why"` // desk: nothing is heard of it; line: their line ended
}

// AgentBack says that both hear each other again. {"agent":"karim","after_ms":3200}
type AgentBack struct {
	Agent   string `json:"agent"`
	AfterMS int64  `json:"after_ms"`
}

// Agent is Said.Who and Partial.Who of an agent's words.
const Agent = "agent"

// CallerAway says that who types has closed the page while an agent has the conversation; what they
// are written waits for them. {"agent":"karim"}
type CallerAway struct {
	Agent string `json:"agent"`
	Held  bool   `json:"held,omitempty"` // in a call: their telephone has put us on hold
}

// CallerBack says that they read again. {"agent":"karim","after_ms":42000}
type CallerBack struct {
	Agent   string `json:"agent"`
	AfterMS int64  `json:"after_ms"`
	Held    bool   `json:"held,omitempty"` // from the hold of a call
}
