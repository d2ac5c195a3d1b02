package record

import (
	"fmt"
	"time"
)

// Config says where recordings are kept and for how long. Nothing is recorded until a share is
// set here or by a hotline.
type Config struct {
	// Dir is the folder of recordings, readable by its owner alone. Empty: "recordings" in data_dir.
	Dir string `yaml:"dir"`
	// Sample is the share of calls that are recorded, from 0 (none) to 1 (all), drawn for each call.
	// A hotline's own "recording:" replaces it. Whoever is recorded hears it first.
	Sample float64 `yaml:"sample"`
	// TTL is how long a recording is kept; then it is deleted.
	TTL time.Duration `yaml:"ttl"`
	// MaxLength ends the recording of a call that goes on for longer; the call goes on.
	MaxLength time.Duration `yaml:"max_length"`
	// Buffer is how much of each call may wait in memory for a slow disk, 16 kB a second; what comes
	// on top of it becomes silence in the recording and is counted.
	Buffer time.Duration `yaml:"buffer"`
	// Sweep is how often recordings whose time is over are looked for.
	Sweep time.Duration `yaml:"sweep"`
}

// DefaultConfig records nothing.
func DefaultConfig() Config {
	return Config{TTL: 30 * 24 * time.Hour, MaxLength: 2 * time.Hour, Buffer: 10 * time.Second, Sweep: 10 * time.Minute}
}

// Validate returns every problem, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if !(c.Sample >= 0 && c.Sample <= 1) { // NaN is neither
		bad = append(bad, fmt.Sprintf("sample: %v is no share; write 0 for none, 1 for every call, 0.05 for one in twenty", c.Sample))
	}
	for _, d := range []struct {
		key       string
		v, lo, hi time.Duration
		usual     string
	}{
		{"ttl", c.TTL, time.Minute, 5 * 366 * 24 * time.Hour, "720h (30 days) is usual; for quality and training the CNIL accepts six months, 4380h"},
		{"max_length", c.MaxLength, time.Minute, 24 * time.Hour, "2h is usual"},
		{"buffer", c.Buffer, time.Second, 10 * time.Minute, "10s is usual"},
		{"sweep", c.Sweep, time.Second, 24 * time.Hour, "10m is usual"},
	} {
		if d.v < d.lo || d.v > d.hi {
			bad = append(bad, fmt.Sprintf("%s: %v is not between %v and %v; %s", d.key, d.v, d.lo, d.hi, d.usual))
		}
	}
	return bad
}
