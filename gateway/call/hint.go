package call

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"

	"decroche/flows"
	"decroche/gateway/event"
)

// hint is what a supervisor lets the bot know, or say.
type hint struct{ id, who, text string }

const (
	maxHints     = 5   // that wait
	maxHintBytes = 500 // of one
)

// HintError is a hint that is empty or too long.
type HintError struct{ Bytes int }

func (e *HintError) Error() string {
	return fmt.Sprintf("text: %d bytes; write 1 to %d", e.Bytes, maxHintBytes)
}

// hint takes one down.
func (c *conductor) hint(who, text string, verbatim bool) (id string, err error) {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	switch {
	case text == "" || len(text) > maxHintBytes:
		return "", &HintError{len(text)}
	case c.answer.IsZero():
		return "", refuse(WhyNotAnswered)
	case c.handoff != nil:
		return "", refuse(WhyWithAgent)
	case c.dismissed != nil || c.out.Next == flows.End:
		return "", refuse(WhyEnding)
	case len(c.hints)+len(c.verbatim) >= maxHints:
		return "", refuse(WhyTooMany)
	}
	c.hinted++
	h := hint{fmt.Sprintf("h%d", c.hinted), who, text}
	if verbatim {
		c.note(event.Supervised{Who: who, Act: event.ActVerbatim, ID: h.id, Text: text})
		c.verbatim = append(c.verbatim, h)
		c.proceed()
		return h.id, nil
	}
	c.note(event.Supervised{Who: who, Act: event.ActHint, ID: h.id, Text: text})
	c.hints = append(c.hints, h)
	c.dropGuess() // made without it
	return h.id, nil
}

// hintFor is what the mind is told with in: a hint goes with a turn of the caller's.
func (c *conductor) hintFor(in flows.Input) string {
	if len(c.hints) == 0 || !callersTurn(in) {
		return ""
	}
	return c.hints[0].text
}

// callersTurn reports whether in is one.
func callersTurn(in flows.Input) bool {
	return in.Kind == flows.Said || in.Kind == flows.Digits || in.Kind == flows.Silence
}

// takeAnswer takes what the mind made of in, and tells what became of a hint that went with it.
func (c *conductor) takeAnswer(in flows.Input, out flows.Output) {
	if callersTurn(in) {
		c.turns++
	}
	if in.Hint != "" && len(c.hints) > 0 {
		h := c.hints[0]
		c.hints = c.hints[1:]
		ev := event.Supervised{Who: h.who, Act: event.ActHintUsed, ID: h.id, Turn: c.turns}
		if out.Hint != flows.HintUsed {
			ev.Act, ev.Why = event.ActHintUnused, cmp.Or(out.Hint, flows.HintUnclear)
		}
		c.write(ev)
	}
	c.take(out)
}

// sayVerbatim says the next words of a supervisor, when it is our turn or nobody's; false when there
// are none.
func (c *conductor) sayVerbatim() bool {
	if len(c.verbatim) == 0 || c.keys != "" || len(c.turn.pieces) > 0 || c.dismissed != nil {
		return false
	}
	h := c.verbatim[0]
	c.verbatim = c.verbatim[1:]
	c.alarms.clear("watchdog", "goodbye")
	u := &utterance{what: "line", author: h.who, then: func() {
		c.note(event.Supervised{Who: h.who, Act: event.ActSaid, ID: h.id, Turn: c.turns})
		c.proceed()
	}}
	u.prompts, u.parts = split(c.s.Bot.Style, []flows.Prompt{own("supervisor", h.text, c.lang)}, c.lang)
	c.utter(u)
	return true
}

// dropHints tells that the hints that wait cannot be used any more: a person has the caller.
func (c *conductor) dropHints(why string) {
	for _, h := range append(c.hints, c.verbatim...) {
		c.note(event.Supervised{Who: h.who, Act: event.ActHintUnused, ID: h.id, Turn: c.turns, Why: why})
	}
	c.hints, c.verbatim = nil, nil
}
