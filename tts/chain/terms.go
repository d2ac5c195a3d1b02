package chain

import (
	"fmt"

	"decroche/internal/langtag"
	"decroche/tts"
)

// Terms are what a chain has to know of a voice beside its own settings.
type Terms struct {
	// Languages it is asked for; empty: those of its own settings, or all.
	Languages []string `yaml:"languages"`
	// Cost as in Voice.
	Cost float64 `yaml:"cost"`
}

// Voice is the voice on these terms.
func (t Terms) Voice(name string, s tts.Synthesiser) Voice {
	return Voice{Name: name, Synthesiser: s, Languages: t.Languages, Cost: t.Cost}
}

// Validate returns every problem of t, each "key: what is wrong; what to do".
func (t Terms) Validate() []string {
	var bad []string
	for _, l := range t.Languages {
		if !langtag.Is(langtag.Base(l)) {
			bad = append(bad, fmt.Sprintf("languages: %q is no language; write it as in [fr, en]", l))
		}
	}
	if !(t.Cost >= 0 && t.Cost <= 1e6) {
		bad = append(bad, fmt.Sprintf("cost: %v is not between 0 and 1000000; write what a minute of sound costs, in any unit", t.Cost))
	}
	return bad
}
