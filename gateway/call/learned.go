package call

import (
	"decroche/flows"
	"decroche/gateway/event"
)

// learned writes down what a turn taught beside its answer: what the caller thought of the call,
// and what was not understood.
func (c *conductor) learned(out flows.Output) {
	if r := out.Rating; r != nil {
		c.write(event.Rated{Survey: r.Survey, Score: r.Score, Scale: r.Scale, Comment: r.Comment})
	}
	if note := out.Resumed(); note != "" {
		c.write(event.Moved{Channel: string(flows.Voice), Why: "the flow was edited", Note: note})
	}
	for _, u := range out.Unclear {
		c.write(event.Unclear{Text: u.Text, Lang: c.lang, Guess: u.Guess, P: u.P, Why: u.Why, Asked: u.Asked, Intent: u.Intent})
	}
}
