package vad

import "fmt"

// Config of a Detector. The zero value of a field means its default.
type Config struct {
	// Margin is how many dB a voice must stand above the noise floor at least. The detector
	// asks for up to 5 dB more where the noise itself goes up and down (babble).
	Margin float64 `yaml:"margin_db"`
	// Quietest is the level in dBFS below which nothing is a voice, however silent the line.
	Quietest float64 `yaml:"quietest_dbfs"`
}

// DefaultConfig hears a voice 4 dB above steady noise. −55 dBFS is 30 dB below an ordinary
// telephone voice.
func DefaultConfig() Config { return Config{Margin: 4, Quietest: -55} }

func (c Config) withDefaults() Config {
	d := DefaultConfig()
	if c.Margin == 0 {
		c.Margin = d.Margin
	}
	if c.Quietest == 0 {
		c.Quietest = d.Quietest
	}
	return c
}

// Validate lists what is wrong, each as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var problems []string
	c = c.withDefaults()
	if !(c.Margin >= 2 && c.Margin <= 20) {
		problems = append(problems, fmt.Sprintf("margin_db: %v is out of range; write 2 to 20, 4 is usual", c.Margin))
	}
	if !(c.Quietest >= -80 && c.Quietest <= -20) {
		problems = append(problems, fmt.Sprintf("quietest_dbfs: %v is out of range; write -80 to -20, -55 is usual", c.Quietest))
	}
	return problems
}
