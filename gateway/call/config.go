package call

import (
	"fmt"
	"time"

	"decroche/gateway/turn"
)

// Config holds the conductor's patience. Every field is a time a caller would notice.
type Config struct {
	// PreRoll is how much sound before the detected start of speech the recogniser is given,
	// so that the first consonant is not lost: in noise a voice may be detected late. Of 2,016
	// generated turns 300 ms lose the beginning of 49 first words, 400 ms 23, 500 ms 11, 600 ms 8.
	PreRoll time.Duration `yaml:"pre_roll"`
	// LanguageTurns is in how many of the caller's first turns a recogniser that can tell may find
	// that they speak another language of the bot; 0: only a caller who asks for it gets another.
	LanguageTurns int `yaml:"language_turns"`
	// FinalWait is how long the recogniser may take for its final words after the caller has
	// finished; then the turn counts as not understood.
	FinalWait time.Duration `yaml:"final_wait"`
	// BargeDip is the longest a prompt stands still for a sound that has not shown yet whether it
	// is meant: then it goes on until that is known.
	BargeDip time.Duration `yaml:"barge_dip"`
	// BargeConfirm is how long words are awaited after a sound; then it was nothing. An answer to
	// the question that is being asked may hold the prompt as long.
	BargeConfirm time.Duration `yaml:"barge_confirm"`
	// BargeHold is how long a voice as loud as the caller's goes on before it is meant, whatever
	// it says: listening sounds ("oui", "d'accord") are shorter.
	BargeHold time.Duration `yaml:"barge_hold"`
	// Speculate prepares the answer while the caller may still speak, in the silence that may end
	// their turn, and throws it away when they go on; not more often than each SpeculateEvery.
	Speculate      bool          `yaml:"speculate"`
	SpeculateEvery time.Duration `yaml:"speculate_every"`
	// KeyGap ends a number that is being keyed.
	KeyGap time.Duration `yaml:"key_gap"`
	// FillerAfter is how long the understander, the mind or an action may take before we say that
	// we are at it, once; 0 says nothing.
	FillerAfter time.Duration `yaml:"filler_after"`
	// Watchdog is the longest silence from us when it is our turn; then we say that we are there.
	Watchdog time.Duration `yaml:"watchdog"`
	// UnderstandTimeout bounds the Understander; after it the mind is asked without a meaning.
	UnderstandTimeout time.Duration `yaml:"understand_timeout"`
	// ThinkTimeout bounds the mind; after it the caller gets a person.
	ThinkTimeout time.Duration `yaml:"think_timeout"`
	// FirstAudio bounds a synthesiser's first sound; after it the spare engine is asked.
	FirstAudio time.Duration `yaml:"first_audio"`
	// Goodbye is how long we wait after the last word before hanging up.
	Goodbye time.Duration `yaml:"goodbye"`
	// RingFor is how long an agent's phone rings.
	RingFor time.Duration `yaml:"ring_for"`
	// MaxWait bounds a whole hand-off when the flow sets no bound of its own.
	MaxWait time.Duration `yaml:"max_wait"`
	// HoldEvery is the time between two spoken lines while the caller waits for a person.
	HoldEvery time.Duration `yaml:"hold_every"`
	// MaxBriefing is the longest an agent is talked to before being joined, or asked.
	MaxBriefing time.Duration `yaml:"max_briefing"`
	// Screen says whether who answers a plain telephone is asked first: ScreenAsk or ScreenOff.
	Screen string `yaml:"screen"`
	// AcceptWithin is how long they may take to answer that.
	AcceptWithin time.Duration `yaml:"accept_within"`
	// LineLost is how long nothing may come from an agent's telephone, no sound and no report about sound, while
	// they speak with a caller, before the line counts as broken; 0: as long as the leg itself says.
	LineLost time.Duration `yaml:"line_lost"`
	// TranscribeBridge keeps recognising both sides while caller and agent talk.
	TranscribeBridge bool `yaml:"transcribe_bridge"`
}

// DefaultConfig is what the hotline was tuned with.
func DefaultConfig() Config {
	return Config{
		PreRoll:           500 * time.Millisecond,
		LanguageTurns:     3,
		FinalWait:         1500 * time.Millisecond,
		BargeDip:          240 * time.Millisecond,
		BargeConfirm:      500 * time.Millisecond,
		BargeHold:         720 * time.Millisecond,
		Speculate:         true,
		SpeculateEvery:    300 * time.Millisecond,
		KeyGap:            3 * time.Second,
		FillerAfter:       1200 * time.Millisecond,
		Watchdog:          4 * time.Second,
		UnderstandTimeout: time.Second,
		ThinkTimeout:      8 * time.Second,
		FirstAudio:        1500 * time.Millisecond,
		Goodbye:           time.Second,
		RingFor:           20 * time.Second,
		MaxWait:           2 * time.Minute,
		HoldEvery:         12 * time.Second,
		MaxBriefing:       10 * time.Second,
		Screen:            ScreenAsk,
		AcceptWithin:      15 * time.Second,
		LineLost:          10 * time.Second,
		TranscribeBridge:  true,
	}
}

// Validate returns every complaint, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	out := turn.FloorConfig{Dip: c.BargeDip, Confirm: c.BargeConfirm, Hold: c.BargeHold}.Validate()
	for _, r := range []struct {
		key         string
		v, min, max time.Duration
	}{
		{"pre_roll", c.PreRoll, 0, 2 * time.Second},
		{"final_wait", c.FinalWait, 100 * time.Millisecond, 10 * time.Second},
		{"speculate_every", c.SpeculateEvery, 100 * time.Millisecond, 10 * time.Second},
		{"key_gap", c.KeyGap, 500 * time.Millisecond, 20 * time.Second},
		{"filler_after", c.FillerAfter, 0, 20 * time.Second},
		{"watchdog", c.Watchdog, time.Second, 30 * time.Second},
		{"understand_timeout", c.UnderstandTimeout, 10 * time.Millisecond, 10 * time.Second},
		{"think_timeout", c.ThinkTimeout, 100 * time.Millisecond, time.Minute},
		{"first_audio", c.FirstAudio, 100 * time.Millisecond, 10 * time.Second},
		{"goodbye", c.Goodbye, 0, 10 * time.Second},
		{"ring_for", c.RingFor, time.Second, 3 * time.Minute},
		{"max_wait", c.MaxWait, time.Second, time.Hour},
		{"hold_every", c.HoldEvery, 2 * time.Second, 5 * time.Minute},
		{"max_briefing", c.MaxBriefing, time.Second, time.Minute},
		{"line_lost", c.LineLost, 0, time.Hour},
		{"accept_within", c.AcceptWithin, 2 * time.Second, 2 * time.Minute},
	} {
		if r.v < r.min || r.v > r.max {
			out = append(out, fmt.Sprintf("%s: %v is out of range; choose %v to %v", r.key, r.v, r.min, r.max))
		}
	}
	if c.Screen != ScreenAsk && c.Screen != ScreenOff {
		out = append(out, fmt.Sprintf("screen: %q is neither; write ask or off", c.Screen))
	}
	if c.LanguageTurns < 0 || c.LanguageTurns > 20 {
		out = append(out, fmt.Sprintf("language_turns: %d is out of range; choose 0 to 20", c.LanguageTurns))
	}
	return out
}
