package wyoming

// Transcribe is the data of transcribe. What comes after Language is an extension of ours, which
// other servers pass over: what the flow waits for, and whether the client understands partial
// texts that take words back.
type Transcribe struct {
	Name     string   `json:"name,omitempty"`
	Language string   `json:"language,omitempty"`
	Expect   *Expect  `json:"expect,omitempty"`
	Hints    []string `json:"hints,omitempty"`
	Partials bool     `json:"partials,omitempty"`
}

// Expect is what the flow waits for, as asr.Expect has it.
type Expect struct {
	Kind   string `json:"kind,omitempty"`
	Digits int    `json:"digits,omitempty"`
	Layout string `json:"layout,omitempty"`
}

// Transcript is the data of transcript. What comes after Text is an extension of ours, which
// other clients pass over. Times are milliseconds of the turn's sound.
type Transcript struct {
	Text         string        `json:"text"`
	Language     string        `json:"language,omitempty"` // that the server found
	Confidence   float64       `json:"confidence,omitempty"`
	Start        int64         `json:"start,omitempty"`
	End          int64         `json:"end,omitempty"`
	Words        []Word        `json:"words,omitempty"`
	Alternatives []Alternative `json:"alternatives,omitempty"`
}

// Word is one word of a Transcript.
type Word struct {
	Text       string  `json:"text"`
	Start      int64   `json:"start"`
	End        int64   `json:"end"`
	Confidence float64 `json:"confidence,omitempty"`
}

// Alternative is another reading of a Transcript.
type Alternative struct {
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence,omitempty"`
}

// Failure is the data of error. Unsupported is the code of what a server is well and cannot do: a
// language, free speech.
type Failure struct {
	Text string `json:"text"`
	Code string `json:"code,omitempty"`
}

// Unsupported is a Failure's code.
const Unsupported = "unsupported"

// Voice is the voice of Synthesize; nil leaves the choice to the server.
type Voice struct {
	Name     string `json:"name,omitempty"`
	Language string `json:"language,omitempty"`
}

// Synthesize is the data of synthesize. Speed is an extension of ours.
type Synthesize struct {
	Text  string  `json:"text"`
	Voice *Voice  `json:"voice,omitempty"`
	Speed float64 `json:"speed,omitempty"`
}
