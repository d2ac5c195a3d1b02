package amd

import (
	"fmt"
	"time"
)

// Config is what decides. The times are those that Asterisk's AMD documents as a start (initial_silence
// 2500, greeting 1500, after_greeting_silence 800, between_words_silence 50, min_word_length 100,
// maximum_number_of_words 2), moved by what our greetings came to (docs/outbound.md).
type Config struct {
	// InitialSilence is how long nobody may speak before it counts as silence: the bot then begins.
	InitialSilence time.Duration `yaml:"initial_silence"`
	// Greeting is how much a person says at most, pauses aside; who says more is a machine.
	Greeting time.Duration `yaml:"greeting"`
	// AfterGreeting is the pause after which who said less is a person: they wait for us, and so it is
	// the dead air of every call that a person answers.
	AfterGreeting time.Duration `yaml:"after_greeting"`
	// BetweenWords ends a burst of voice, Word is the shortest that counts, Words how many make a machine.
	BetweenWords time.Duration `yaml:"between_words"`
	Word         time.Duration `yaml:"word"`
	Words        int           `yaml:"words"`
	// Longest is when a verdict must be there.
	Longest time.Duration `yaml:"longest"`
	// Beep is the shortest beep, LongestBeep the longest, BeepGap the longest hole in one, and so how long
	// after its end it is known to be over.
	Beep        time.Duration `yaml:"beep"`
	LongestBeep time.Duration `yaml:"longest_beep"`
	BeepGap     time.Duration `yaml:"beep_gap"`
	// CNG and CED are how long a fax's tones of 1100 and 2100 Hz are heard before they count (ITU-T T.30
	// has them last 0.5 s and 2.6 to 4 s).
	CNG time.Duration `yaml:"cng"`
	CED time.Duration `yaml:"ced"`
	// AboveNoise, in dB, is how much louder than the line's noise a voice is; Quietest, in dB below full
	// scale, is the least that can be one.
	AboveNoise float64 `yaml:"above_noise"`
	Quietest   float64 `yaml:"quietest"`
}

// DefaultConfig is what the greetings of the tests were judged with.
func DefaultConfig() Config {
	return Config{
		InitialSilence: 2500 * time.Millisecond, Greeting: 1900 * time.Millisecond, AfterGreeting: 700 * time.Millisecond,
		BetweenWords: 120 * time.Millisecond, Word: 100 * time.Millisecond, Words: 8, Longest: 5 * time.Second,
		Beep: 120 * time.Millisecond, LongestBeep: 3 * time.Second, BeepGap: 60 * time.Millisecond,
		CNG: 380 * time.Millisecond, CED: 700 * time.Millisecond, AboveNoise: 12, Quietest: -45,
	}
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c Config) Validate() (bad []string) {
	for _, r := range []struct {
		key         string
		d, min, max time.Duration
	}{
		{"initial_silence", c.InitialSilence, 500 * time.Millisecond, 20 * time.Second}, {"greeting", c.Greeting, 300 * time.Millisecond, 20 * time.Second},
		{"after_greeting", c.AfterGreeting, 200 * time.Millisecond, 5 * time.Second}, {"between_words", c.BetweenWords, 20 * time.Millisecond, time.Second},
		{"word", c.Word, 20 * time.Millisecond, time.Second}, {"longest", c.Longest, time.Second, 30 * time.Second},
		{"beep", c.Beep, 60 * time.Millisecond, 2 * time.Second}, {"longest_beep", c.LongestBeep, 200 * time.Millisecond, 10 * time.Second},
		{"beep_gap", c.BeepGap, 20 * time.Millisecond, time.Second}, {"cng", c.CNG, 100 * time.Millisecond, 3 * time.Second}, {"ced", c.CED, 100 * time.Millisecond, 4 * time.Second},
	} {
		if r.d < r.min || r.d > r.max {
			bad = append(bad, fmt.Sprintf("%s: %v is out of range; choose %v to %v", r.key, r.d, r.min, r.max))
		}
	}
	if c.Words < 2 || c.Words > 100 {
		bad = append(bad, fmt.Sprintf("words: %d is out of range; choose 2 to 100", c.Words))
	}
	if !(c.AboveNoise >= 3 && c.AboveNoise <= 40) {
		bad = append(bad, fmt.Sprintf("above_noise: %v is out of range; choose 3 to 40 dB", c.AboveNoise))
	}
	if !(c.Quietest >= -80 && c.Quietest <= -10) {
		bad = append(bad, fmt.Sprintf("quietest: %v is out of range; choose -80 to -10 dB", c.Quietest))
	}
	return bad
}
