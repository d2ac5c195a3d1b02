package call

import (
	"decroche/flows/entity"
	"decroche/gateway/event"
)

// show shows the words of h so far to those who follow the conversation: the desk of the agent,
// above all, while caller and agent talk. What may be a part of something sensitive is not shown
// before it was judged.
func (e *ears) show(h *hearing) {
	to, ok := e.c.s.Record.(Shower)
	if !ok || h.done || h.keys != "" {
		return
	}
	text := h.text()
	if text == h.shown || text == "" || e.c.mayBeSensitive(e.who, text) {
		return
	}
	h.shown = text
	to.Show(event.Partial{Who: e.who, Text: text, StartMS: h.start.Milliseconds()})
}

// unshow takes back what was shown of h: the words that count come now, or there were none.
func (e *ears) unshow(h *hearing) {
	if to, ok := e.c.s.Record.(Shower); ok && h.shown != "" {
		h.shown = ""
		to.Show(event.Partial{Who: e.who, StartMS: h.start.Milliseconds()})
	}
}

// mayBeSensitive reports whether words that are still being said must wait for their judgement: an
// answer to a question for something sensitive or about it, and two digits in a hotline that asks such questions.
func (c *conductor) mayBeSensitive(who, text string) bool {
	if !c.s.Bot.Sensitive {
		return false
	}
	return who != "agent" && c.handoff == nil && (asksSensitive(c.out) || c.out.Sensitive) || entity.Count(entity.Spec{Type: entity.TypeDigits}, c.lang, text) >= 2
}
