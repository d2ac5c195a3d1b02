package agents

import (
	"fmt"
	"slices"
	"strings"
)

// Proposal is a rule for the conclusion that a desk proposes: the first whose conditions all hold. The
// agent confirms it or chooses another. In YAML:
//
//	propose:
//	  - {conclusion: enquête ouverte, act: ouvrir_enquete=ok}
//	  - {conclusion: rappel prévu, did: callback}
type Proposal struct {
	Conclusion string `yaml:"conclusion"` // one of desk.conclusions
	Intent     string `yaml:"intent"`     // what the caller wanted last
	Step       string `yaml:"step"`       // "flow/step": the conversation passed there
	Slot       string `yaml:"slot"`       // "name": it is known; "name=value": it is that
	Act        string `yaml:"act"`        // "name=outcome": what was done last in that system of the company
	Did        string `yaml:"did"`        // callback | transferred | done | failed: what came last of these
}

// Words of Proposal.Did.
const (
	DidCallback    = "callback"    // the caller is to be rung back
	DidTransferred = "transferred" // an agent passed the caller on
	DidDone        = "done"        // something was done in the company's systems
	DidFailed      = "failed"      // or could not be
)

func (p Proposal) check() string {
	switch p.Did {
	case "", DidCallback, DidTransferred, DidDone, DidFailed:
	default:
		return fmt.Sprintf("did: %.40q is none; use callback, transferred, done or failed", p.Did)
	}
	switch {
	case strings.TrimSpace(p.Conclusion) == "":
		return "conclusion: is empty; name one of desk.conclusions"
	case p == Proposal{Conclusion: p.Conclusion}:
		return "has no condition; give intent, step, slot, act or did"
	case p.Act != "" && !strings.Contains(p.Act, "="):
		return fmt.Sprintf("act: %.60q has no outcome; write name=outcome", p.Act)
	}
	return ""
}

// defaultProposals hold for any hotline.
func defaultProposals() []Proposal {
	return []Proposal{
		{Conclusion: "rappel prévu", Did: DidCallback},
		{Conclusion: "transmis", Did: DidTransferred},
		{Conclusion: "à suivre", Did: DidFailed},
		{Conclusion: "résolu", Did: DidDone},
	}
}

// checkProposals returns what is wrong with the rules; the default ones may name conclusions that a
// hotline has replaced.
func (c DeskConfig) checkProposals() (out []string) {
	if len(c.Proposals) > 50 {
		out = append(out, fmt.Sprintf("propose: %d rules are too many to understand; keep 50", len(c.Proposals)))
	}
	own := !slices.Equal(c.Proposals, defaultProposals())
	for i, p := range c.Proposals {
		if why := p.check(); why != "" {
			out = append(out, fmt.Sprintf("propose[%d]: %s", i, why))
		} else if own && !slices.Contains(c.Conclusions, p.Conclusion) {
			out = append(out, fmt.Sprintf("propose[%d]: conclusion: %.60q is none of desk.conclusions; add it there", i, p.Conclusion))
		}
	}
	return out
}
