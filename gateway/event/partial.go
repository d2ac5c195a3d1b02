package event

// Partial is what somebody has said so far in a sentence that is not over: it goes to those who
// follow the conversation (Bus.Show) and is never stored; its event has no number. The Said that
// follows, or a Partial without text, replaces it. {"who":"","text":"je n'ai rien","start_ms":8120}
type Partial struct {
	Who     string `json:"who,omitempty"` // "" = caller, "agent"
	Text    string `json:"text"`
	StartMS int64  `json:"start_ms,omitempty"` // media time from answer; names the sentence
}

// Type is the name in streams.
func (Partial) Type() string { return "partial" }
