package pacer

import (
	"fmt"
	"runtime"
	"time"

	"decroche/media"
)

// Config of a Wheel. The zero value of a field means its default.
type Config struct {
	// Period between two ticks of a member.
	Period time.Duration `yaml:"period"`
	// Slot is the distance of the groups into which a worker spreads its members, so that
	// packets leave in small bunches: 5 ms measured the least CPU per packet.
	Slot time.Duration `yaml:"slot"`
	// Workers is the number of goroutines; 0 means one per core.
	Workers int `yaml:"workers"`
	// CatchUp is how many periods a worker that was held up makes good; what lies further back
	// is skipped and counted.
	CatchUp int `yaml:"catch_up"`
}

// DefaultConfig suits telephones: 20 ms, groups 5 ms apart, one worker per core, and after a
// stall of the machine at most 5 packets (100 ms) sent at once: what a peer's jitter buffer can
// still use.
func DefaultConfig() Config {
	return Config{Period: media.FrameTime, Slot: 5 * time.Millisecond, CatchUp: 5}
}

// withDefaults replaces zero values.
func (c Config) withDefaults() Config {
	d := DefaultConfig()
	if c.Period == 0 {
		c.Period = d.Period
	}
	if c.Slot == 0 {
		c.Slot = min(d.Slot, c.Period)
	}
	if c.CatchUp == 0 {
		c.CatchUp = d.CatchUp
	}
	if c.Workers == 0 {
		c.Workers = runtime.GOMAXPROCS(0)
	}
	return c
}

// Validate lists what is wrong, each as "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var problems []string
	bad := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	c = c.withDefaults()
	if c.Period < 5*time.Millisecond || c.Period > 200*time.Millisecond {
		bad("period: %v is out of range; write 5ms to 200ms, telephones use 20ms", c.Period)
	}
	if c.Slot < time.Millisecond || c.Slot > c.Period || c.Period%c.Slot != 0 {
		bad("slot: %v does not divide the period of %v; write 5ms", c.Slot, c.Period)
	}
	if c.Workers < 0 || c.Workers > 1024 {
		bad("workers: %d is out of range; write 0 for one per core", c.Workers)
	}
	if c.CatchUp < 1 || c.CatchUp > 50 {
		bad("catch_up: %d is out of range; write 1 to 50 periods", c.CatchUp)
	}
	return problems
}
