package jitter

import (
	"fmt"
	"time"

	"decroche/media"
)

// Config of a Buffer. The zero value of a field means its default.
type Config struct {
	// Min, Start and Max bound the delay the buffer aims at, and say where it begins.
	Min   time.Duration `yaml:"min"`
	Start time.Duration `yaml:"start"`
	Max   time.Duration `yaml:"max"`

	// Silence is the codec's byte of silence (g711.SilenceA, g711.SilenceU). It fills gaps, and
	// tells which frames are quiet enough to be dropped or repeated. 0 means A-law's.
	Silence byte `yaml:"-"`
}

// DefaultConfig waits for 50 ms at first, which most lines never exceed, and moves between 20
// and 120 ms: below, a late timer of the far side is already a gap; above, people interrupt
// each other.
func DefaultConfig() Config {
	return Config{Min: 20 * time.Millisecond, Start: 50 * time.Millisecond, Max: 120 * time.Millisecond, Silence: 0xD5}
}

func (c Config) withDefaults() Config {
	d := DefaultConfig()
	if c.Min == 0 {
		c.Min = d.Min
	}
	if c.Max == 0 {
		c.Max = max(d.Max, c.Min)
	}
	if c.Start == 0 {
		c.Start = min(max(d.Start, c.Min), c.Max)
	}
	if c.Silence == 0 {
		c.Silence = d.Silence
	}
	return c
}

// Validate lists what is wrong, each as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var problems []string
	c = c.withDefaults()
	if c.Min < media.FrameTime/2 || c.Min > 200*time.Millisecond {
		problems = append(problems, fmt.Sprintf("min: %v is out of range; write 10ms to 200ms", c.Min))
	}
	if c.Max < c.Min || c.Max > 200*time.Millisecond {
		problems = append(problems, fmt.Sprintf("max: %v is out of range; write a duration from min (%v) to 200ms", c.Max, c.Min))
	}
	if c.Start < c.Min || c.Start > c.Max {
		problems = append(problems, fmt.Sprintf("start: %v is out of range; write a duration from min (%v) to max (%v)", c.Start, c.Min, c.Max))
	}
	return problems
}
