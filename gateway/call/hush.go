package call

import (
	"cmp"
	"errors"
	"slices"

	"decroche/flows"
	"decroche/flows/entity"
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
// sensitive was asked for, or was told in the turn before (it may be said again while we are busy
// with it), and when they hold no number that could be it. What is not kept is taken out of the
// recording too.
func (c *conductor) tellUnjudged() {
	sensitive := c.out.Expect.Sensitive || c.out.Sensitive || c.out.Next == ""
	var secret []event.Said
	for i, ev := range c.untold {
		if sensitive || c.holdsNumber(ev) {
			secret = append(secret, ev)
			c.untold[i] = masked(ev)
		}
	}
	if len(secret) > 0 {
		c.takeOut(&c.callerClock, secret...)
	}
	c.tell(false)
}

// longNumber is how many digits in one stretch of speech may be a part of something sensitive: who
// reads out a card does it in fours.
const longNumber = 4

// holdsNumber reports whether ev has a number in it, in words or in digits.
func (c *conductor) holdsNumber(ev event.Said) bool {
	lang, digits := cmp.Or(ev.Lang, c.lang), entity.Spec{Type: entity.TypeDigits}
	return entity.Count(digits, lang, ev.Text) >= longNumber ||
		slices.ContainsFunc(ev.Alternatives, func(a event.Alternative) bool { return entity.Count(digits, lang, a.Text) >= longNumber })
}

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
