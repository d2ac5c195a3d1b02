package turn

import (
	"fmt"
	"time"
)

// Config holds the silences that end a turn and the speech that begins one. The defaults are
// one table; each line says where the number comes from.
type Config struct {
	// Threshold is the speech probability from which a frame counts as speech.
	Threshold float64 `yaml:"threshold"`
	// Onset of speech within OnsetWithin begins a turn: 60 ms keeps clicks out and is shorter
	// than the shortest syllable.
	Onset       time.Duration `yaml:"onset"`
	OnsetWithin time.Duration `yaml:"onset_within"`
	// BargeOnset within BargeWithin does so while the bot speaks: a cough lasts about 100 ms.
	BargeOnset  time.Duration `yaml:"barge_onset"`
	BargeWithin time.Duration `yaml:"barge_within"`
	// Free ends a free sentence: pauses at clause boundaries are 150 to 500 ms.
	Free time.Duration `yaml:"free"`
	// YesNo ends a short closed answer.
	YesNo time.Duration `yaml:"yes_no"`
	// Digits ends a number that is not complete: people pause 350 to 900 ms between groups, and
	// 1.2 s when they look the next one up.
	Digits time.Duration `yaml:"digits"`
	// Complete ends a number whose last digit was heard.
	Complete time.Duration `yaml:"complete"`
	// Spelled ends a spelled code: 400 to 1000 ms between letters.
	Spelled time.Duration `yaml:"spelled"`
	// Date and List end such answers.
	Date time.Duration `yaml:"date"`
	List time.Duration `yaml:"list"`
	// Filler is added after "euh", "um" or a word that cannot end a sentence.
	Filler time.Duration `yaml:"filler"`
	// EOT is the probability of the end from which a turn has ended. At 0.5 the silences of this
	// table hold as they stand; more makes every one of them longer, less shorter: 0.8 doubles
	// and 0.2 halves them. It is the one knob that trades cutting callers off against dead air.
	EOT float64 `yaml:"eot"`
	// Wait is when a caller who asked for a moment ("attendez", "let me check") is told that we
	// are still there.
	Wait time.Duration `yaml:"wait"`
	// MaxTurn ends a turn whatever is heard: steady noise must not hold a call for ever.
	MaxTurn time.Duration `yaml:"max_turn"`
}

// DefaultConfig is the table.
func DefaultConfig() Config {
	return Config{
		Threshold: 0.5,
		Onset:     60 * time.Millisecond, OnsetWithin: 120 * time.Millisecond,
		BargeOnset: 120 * time.Millisecond, BargeWithin: 200 * time.Millisecond,
		Free:     600 * time.Millisecond,
		YesNo:    400 * time.Millisecond,
		Digits:   1300 * time.Millisecond,
		Complete: 250 * time.Millisecond,
		Spelled:  1200 * time.Millisecond,
		Date:     700 * time.Millisecond,
		List:     500 * time.Millisecond,
		Filler:   700 * time.Millisecond,
		EOT:      0.5,
		Wait:     10 * time.Second,
		MaxTurn:  20 * time.Second,
	}
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if !(c.Threshold > 0 && c.Threshold < 1) {
		bad = append(bad, fmt.Sprintf("threshold: %v is not between 0 and 1; 0.5 is usual", c.Threshold))
	}
	if !(c.EOT >= 0.02 && c.EOT <= 0.98) {
		bad = append(bad, fmt.Sprintf("eot: %v is not between 0.02 and 0.98; 0.5 leaves the silences below as they are", c.EOT))
	}
	for _, r := range []struct {
		key    string
		v      time.Duration
		lo, hi time.Duration
	}{
		{"onset", c.Onset, frame, 300 * time.Millisecond}, {"onset_within", c.OnsetWithin, c.Onset, window * frame},
		{"barge_onset", c.BargeOnset, frame, 300 * time.Millisecond}, {"barge_within", c.BargeWithin, c.BargeOnset, window * frame},
		{"free", c.Free, 200 * time.Millisecond, 5 * time.Second}, {"yes_no", c.YesNo, 100 * time.Millisecond, 5 * time.Second},
		{"digits", c.Digits, 300 * time.Millisecond, 10 * time.Second}, {"complete", c.Complete, 60 * time.Millisecond, 2 * time.Second},
		{"spelled", c.Spelled, 300 * time.Millisecond, 10 * time.Second}, {"date", c.Date, 200 * time.Millisecond, 5 * time.Second},
		{"list", c.List, 200 * time.Millisecond, 5 * time.Second}, {"filler", c.Filler, 0, 5 * time.Second},
		{"wait", c.Wait, time.Second, time.Minute},
		{"max_turn", c.MaxTurn, time.Second, 2 * time.Minute},
	} {
		if r.v < r.lo || r.v > r.hi {
			bad = append(bad, fmt.Sprintf("%s: %v is not between %v and %v", r.key, r.v, r.lo, r.hi))
		}
	}
	return bad
}
