package wyoming

// Satellite is what an info event says of a satellite: a box with microphone and loudspeaker.
type Satellite struct {
	About
	Name string `json:"name"`
	Area string `json:"area,omitempty"`
	// Ends says that the satellite finds the end of a command by itself and then stops streaming.
	Ends bool `json:"has_vad,omitempty"`
	// Words are the wake words that it listens for by itself.
	Words []string `json:"active_wake_words,omitempty"`
}

// Player is a service that plays sound.
type Player struct {
	About
	Name   string `json:"name"`
	Format Audio  `json:"snd_format"`
}

// Stages of a pipeline, in order.
const (
	StageWake   = "wake"
	StageASR    = "asr"
	StageHandle = "handle"
	StageTTS    = "tts"
)

// RunPipeline is the data of run-pipeline: a satellite asks for its sound to be taken from one stage
// to another.
type RunPipeline struct {
	Start   string `json:"start_stage"`
	End     string `json:"end_stage"`
	Name    string `json:"name,omitempty"`
	Word    string `json:"wake_word_name,omitempty"`
	Restart bool   `json:"restart_on_end,omitempty"`
	// Snd is how the satellite wants what it plays; nil leaves that to info.
	Snd *Audio `json:"snd_format,omitempty"`
}

// Detection is the data of detection: a wake word was heard. Name may be absent.
type Detection struct {
	Name string `json:"name,omitempty"`
}

// Ping is the data of ping and pong: the pong carries the text of the ping.
type Ping struct {
	Text string `json:"text,omitempty"`
}

// Stamp is the data of events that carry a time alone: audio-stop, voice-started, voice-stopped.
type Stamp struct {
	Timestamp int64 `json:"timestamp"` // milliseconds
}
