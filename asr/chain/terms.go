package chain

import (
	"fmt"
	"time"

	"decroche/asr"
	"decroche/internal/langtag"
)

// Terms are what a chain has to know of an engine beside its own settings.
type Terms struct {
	// Languages it is asked for; empty: those of its own settings, or all.
	Languages []string `yaml:"languages"`
	// Partial, Final and Cost as in Engine.
	Partial time.Duration `yaml:"partial"`
	Final   time.Duration `yaml:"final"`
	Cost    float64       `yaml:"cost"`
}

// Engine is the engine on these terms.
func (t Terms) Engine(name string, r asr.Recogniser) Engine {
	return Engine{Name: name, Recogniser: r, Languages: t.Languages, Partial: t.Partial, Final: t.Final, Cost: t.Cost}
}

// Validate returns every problem of t, each "key: what is wrong; what to do".
func (t Terms) Validate() []string {
	var bad []string
	for _, l := range t.Languages {
		if !langtag.Is(langtag.Base(l)) {
			bad = append(bad, fmt.Sprintf("languages: %q is no language; write it as in [fr, en]", l))
		}
	}
	if t.Partial != 0 && (t.Partial < 200*time.Millisecond || t.Partial > time.Minute) {
		bad = append(bad, fmt.Sprintf("partial: %v is not between 200ms and 1m; 0s for an engine that gives no words before the end", t.Partial))
	}
	if t.Final != 0 && (t.Final < 200*time.Millisecond || t.Final > time.Minute) {
		bad = append(bad, fmt.Sprintf("final: %v is not between 200ms and 1m; 0s for asr.chain.final", t.Final))
	}
	if !(t.Cost >= 0 && t.Cost <= 1e6) { // not a number is none of both
		bad = append(bad, fmt.Sprintf("cost: %v is not between 0 and 1000000; write what a minute of audio costs, in any unit", t.Cost))
	}
	return bad
}
