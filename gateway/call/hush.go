package call

import (
	"errors"

	"decroche/flows"
	"decroche/gateway/event"
)

// In a bot that asks for something sensitive (a card number), what the caller said is written down
// only once the mind has told whether it may be: until then it waits here, in memory.

// said writes down what the caller said or keyed, or keeps it until the mind has judged it.
func (c *conductor) said(ev event.Said) {
	if !c.s.Bot.Sensitive {
		c.write(ev)
		return
	}
	c.untold = append(c.untold, ev)
}

// tell writes down what was kept. sensitive: without its words.
func (c *conductor) tell(sensitive bool) {
	for _, ev := range c.untold {
		if sensitive {
			ev = masked(ev)
		}
		c.write(ev)
	}
	c.untold = nil
}

// tellUnjudged does the same for words that no mind will judge: they are kept only where nothing
// sensitive was asked for.
func (c *conductor) tellUnjudged() { c.tell(c.out.Expect.Sensitive || c.out.Next == "") }

// masked is ev without its words.
func masked(ev event.Said) event.Said {
	ev.Text = flows.Masked
	alternatives := ev.Alternatives
	ev.Alternatives = nil
	for _, a := range alternatives {
		ev.Alternatives = append(ev.Alternatives, event.Alternative{Text: flows.Masked, Confidence: a.Confidence})
	}
	return ev
}

// hushed is err without the values of sensitive slots.
func hushed(err error, a flows.Act) error {
	if err == nil || len(a.Secrets) == 0 {
		return err
	}
	return errors.New(flows.Mask(err.Error(), a.Secrets))
}
