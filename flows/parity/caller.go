package parity

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"decroche/flows"
	"decroche/flows/flowtest"
)

// caller holds one conversation at a door, as who held it as written would there.
type caller struct {
	g       flowtest.Golden
	bot     *flows.Bot
	d       Door
	written story
	talk    Talk
	cell    *Cell
	silent  bool // as written it came to a person because nobody was heard
}

// Why a step is not there.
const (
	noKeys     = "there are no keys"
	noEars     = "it is not misheard"
	noSilence  = "silence is no turn"
	noOver     = "nobody speaks over it"
	noTongue   = "the language is not heard: it is asked for"
	keyAlone   = "there are no keys, and this one told nothing"
	openEnded  = "nothing is read back, and what follows is not written"
	noButtons  = "there are no buttons"
	noPerson   = "nobody is put through"
	noReadBack = "nothing is read back"
	noMove     = "it begins here"
	isOver     = "the conversation has ended"
)

// play lets the caller do what was written, with what the door has. at is up to where: the step of the
// story that the end is to be compared with.
func (c *caller) play() (at int, err error) {
	for i, a := range c.g.Steps {
		now, then := c.talk.Where(), c.written[i]
		switch {
		case then.Person != "" && !c.d.Person:
			c.rest(i, noPerson)
			return i, nil
		case now.Ended != "" && a.Key != "hangup":
			c.rest(i, isOver)
			return len(c.written) - 1, nil
		case a.Key == "silence" && !c.d.Ears && (c.written[i+1].Person != "" || c.written[i+1].Ended != ""):
			c.silent = true
			c.rest(i, noSilence)
			return i, nil
		case then.ReadsBack && !now.ReadsBack:
			c.lack(a, noReadBack, "")
			continue
		case a.Key == "asr" && !c.d.Ears && c.written.openReadBack(i):
			c.rest(i, openEnded)
			return i, nil
		}
		instead, skip := c.instead(i, a, now)
		if skip {
			continue
		}
		if err := c.talk.Do(instead); err != nil {
			return i, fmt.Errorf("line %d: %s: %w", a.Line, instead, err)
		}
	}
	return len(c.written) - 1, nil
}

// rest lists what is left from step i on.
func (c *caller) rest(i int, why string) {
	for _, a := range c.g.Steps[i:] {
		c.lack(a, why, "")
	}
}

func (c *caller) lack(a flowtest.Act, why, instead string) {
	c.cell.Lacks = append(c.cell.Lacks, Lack{a.Line, a.String(), why, instead})
}

// instead is what the caller does at this door in the place of step i; skip leaves it out.
func (c *caller) instead(i int, a flowtest.Act, now Where) (do flowtest.Act, skip bool) {
	says := func(why, text string) (flowtest.Act, bool) {
		do := flowtest.Say(text)
		do.Line = a.Line
		c.lack(a, why, text)
		return do, false
	}
	out := func(why string) (flowtest.Act, bool) {
		c.lack(a, why, "")
		return a, true
	}
	foreign := c.d.Channel != c.g.Channel
	switch a.Key {
	case "asr":
		if c.d.Ears {
			return a, false
		}
		text := a.Text
		if c.written[i+1].ReadsBack {
			if v, ok := c.written.meant(i); ok {
				text = v
			}
		}
		return says(noEars, text)
	case "dtmf":
		if c.d.Keys {
			return a, false
		}
		if text := c.key(a.Text, i); text != "" {
			return says(noKeys, text)
		}
		return out(keyAlone)
	case "quick":
		if !c.d.Buttons {
			return says(noButtons, a.Text)
		}
		if !slices.Contains(now.Offers, a.Text) {
			return says(noButtons, a.Text)
		}
	case "silence":
		if !c.d.Ears {
			return out(noSilence)
		}
	case "cut":
		if !c.d.Ears {
			return out(noOver)
		}
	case "spoken":
		if !c.d.Ears {
			return says(noTongue, inLanguage[a.Text])
		}
	case "channel":
		if foreign {
			return out(noMove)
		}
	case "returned":
		if now.Person == "" {
			return out(noPerson)
		}
	}
	return a, false
}

// yesNo are the words for the keys 1 and 2.
var yesNo = map[string][2]string{"fr": {"oui", "non"}, "en": {"yes", "no"}}

// inLanguage asks for a language.
var inLanguage = map[string]string{"fr": "en français s'il vous plaît", "en": "in English please"}

// key is what somebody says who has no keys, in the place of those that were pressed in step i: the choice
// that was read out with one, yes or no, the digits; "" for a key that told nothing.
func (c *caller) key(digits string, i int) string {
	before, after := c.written[i], c.written[i+1]
	n, err := strconv.Atoi(digits)
	switch {
	case len(digits) > 1 || err != nil:
		return digits
	case before.Menu && n >= 1 && n <= len(before.Offers):
		return before.Offers[n-1]
	case before.Menu && after.Intent != "" && after.Intent != before.Intent:
		return c.bot.IntentTitle(after.Intent, c.lang())
	case after.Menu && !before.Menu:
		return ""
	case before.Entity == "yes_no" && (n == 1 || n == 2):
		return yesNo[c.lang()][n-1]
	case maps.Equal(before.Slots, after.Slots) && before.Rated == after.Rated && before.Entity == after.Entity && before.Ended == after.Ended && before.Person == after.Person:
		return ""
	}
	return digits
}

// lang is that in which the conversation was begun.
func (c *caller) lang() string {
	if c.g.Lang != "" {
		return c.g.Lang
	}
	return c.bot.DefaultLanguage()
}
