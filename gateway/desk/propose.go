package desk

import (
	"slices"
	"strings"

	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// course is what the rules look at, folded from a conversation's events.
type course struct {
	intent string
	steps  map[string]bool
	slots  []event.Slot
	acts   map[string]string
	did    string
}

func courseOf(evs []event.Event) *course {
	c := &course{steps: map[string]bool{}, acts: map[string]string{}}
	for _, e := range evs {
		switch v := e.Body.(type) {
		case event.Stepped:
			if v.Intent != "" {
				c.intent = v.Intent
			}
			for _, s := range v.Steps {
				c.steps[s.Flow+"/"+s.Step] = true
			}
			c.slots = event.MergeSlots(c.slots, v.Slots)
		case event.Acted:
			c.acts[v.Target] = v.Outcome
			switch c.did = agents.DidDone; v.Outcome {
			case "timeout", "error", "failed":
				c.did = agents.DidFailed
			}
		case event.CallbackTaken:
			c.did = agents.DidCallback
		case event.AgentActed:
			if v.Act == event.AgentTransferred {
				c.did = agents.DidTransferred
			}
		}
	}
	return c
}

func (c *course) suits(p agents.Proposal) bool {
	act, outcome, _ := strings.Cut(p.Act, "=")
	return (p.Intent == "" || p.Intent == c.intent) && (p.Step == "" || c.steps[p.Step]) && (p.Slot == "" || c.knows(p.Slot)) &&
		(p.Act == "" || c.acts[act] == outcome) && (p.Did == "" || p.Did == c.did)
}

func (c *course) knows(want string) bool {
	name, value, given := strings.Cut(want, "=")
	return slices.ContainsFunc(c.slots, func(s event.Slot) bool {
		return s.Name == name && s.Value != "" && (!given || strings.EqualFold(s.Value, value))
	})
}

// Propose is the conclusion that the rules propose for a conversation; "" when none suits. A rule that
// names a conclusion which agents cannot choose here counts for nothing: the default ones may.
func Propose(c agents.DeskConfig, evs []event.Event) string {
	course := courseOf(evs)
	for _, p := range c.Proposals {
		if slices.Contains(c.Conclusions, p.Conclusion) && course.suits(p) {
			return p.Conclusion
		}
	}
	return ""
}
