package flows

import "fmt"

// Config bounds what a hotline's folder may hold, and what a caller or a company's system can make
// one conversation do: the section "flows" of decroche.yaml. A bot larger than the defaults is
// several bots; whoever must can move the bounds. The zero value of a field means its default.
type Config struct {
	MaxFileBytes        int `yaml:"max_file_bytes"`        // of one YAML file; 1 KiB to 16 MiB
	MaxFiles            int `yaml:"max_files"`             // YAML files of one bot; 1 to 5000
	MaxDepth            int `yaml:"max_depth"`             // of values in values; 10 to 100
	MaxValues           int `yaml:"max_values"`            // in one file; 100 to 5 million
	MaxExpressionBytes  int `yaml:"max_expression_bytes"`  // of one "if" or "when"; 20 to 5000
	MaxExpressionNodes  int `yaml:"max_expression_nodes"`  // operators, names and values in it; 5 to 1000
	MaxExpressionMemory int `yaml:"max_expression_memory"` // values that running it may make; 100 to a million
	MaxUtterance        int `yaml:"max_utterance"`         // bytes that are read of what is said or typed at once; 100 to 100,000
	MaxSteps            int `yaml:"max_steps"`             // of one turn; past them a person takes over; 10 to 10,000
	MaxDigressions      int `yaml:"max_digressions"`       // wishes that may wait beneath the one at hand; 1 to 10
	MaxCallDepth        int `yaml:"max_call_depth"`        // of flows that call flows; 1 to 20
	MaxSavedBytes       int `yaml:"max_saved_bytes"`       // of one value saved out of an answer; 100 to 100,000
	MaxStateBytes       int `yaml:"max_state_bytes"`       // that one conversation keeps; 4 KiB to 1 MiB
}

// The most that Config may allow, where others read the same files.
const (
	mostFileBytes = 16 << 20
	mostFiles     = 5000
)

// DefaultConfig returns the bounds that hold when nobody says otherwise.
func DefaultConfig() Config {
	return Config{MaxFileBytes: 1 << 20, MaxFiles: 500, MaxDepth: 40, MaxValues: 200_000,
		MaxExpressionBytes: 500, MaxExpressionNodes: 100, MaxExpressionMemory: 10_000,
		MaxUtterance: 4000, MaxSteps: 200, MaxDigressions: 2, MaxCallDepth: 5, MaxSavedBytes: 2000, MaxStateBytes: 32 << 10}
}

// bound is one field of Config with its range.
type bound struct {
	key    string
	value  *int
	lo, hi int
}

// bounds lists the fields; changing a value changes c.
func (c *Config) bounds() []bound {
	return []bound{
		{"max_file_bytes", &c.MaxFileBytes, 1 << 10, mostFileBytes},
		{"max_files", &c.MaxFiles, 1, mostFiles},
		{"max_depth", &c.MaxDepth, 10, 100},
		{"max_values", &c.MaxValues, 100, 5_000_000},
		{"max_expression_bytes", &c.MaxExpressionBytes, 20, 5000},
		{"max_expression_nodes", &c.MaxExpressionNodes, 5, 1000},
		{"max_expression_memory", &c.MaxExpressionMemory, 100, 1_000_000},
		{"max_utterance", &c.MaxUtterance, 100, 100_000},
		{"max_steps", &c.MaxSteps, 10, 10_000},
		{"max_digressions", &c.MaxDigressions, 1, 10},
		{"max_call_depth", &c.MaxCallDepth, 1, 20},
		{"max_saved_bytes", &c.MaxSavedBytes, 100, 100_000},
		{"max_state_bytes", &c.MaxStateBytes, 4 << 10, 1 << 20},
	}
}

// Validate returns what is wrong, one sentence per key.
func (c Config) Validate() []string {
	var out []string
	for _, b := range c.bounds() {
		if *b.value < b.lo || *b.value > b.hi {
			out = append(out, fmt.Sprintf("%s: %d is not between %d and %d; leave it out for the default", b.key, *b.value, b.lo, b.hi))
		}
	}
	return out
}

// filled is c with the default for what is zero.
func (c Config) filled() Config {
	d := DefaultConfig()
	def := d.bounds()
	for i, b := range c.bounds() {
		if *b.value == 0 {
			*b.value = *def[i].value
		}
	}
	return c
}
