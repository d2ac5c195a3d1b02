package call

import (
	"slices"

	"decroche/asr"
	"decroche/flows"
	"decroche/gateway/event"
)

// sureLanguage is the recogniser's confidence from which the caller's language is a settled
// question, also when it is the one that the conversation began in.
const sureLanguage = 0.9

// others are the languages that the caller may still turn out to speak. A caller who begins with
// "hello" has said too little, so that the question stays open for a few turns; one whose
// language is known is not listened to in another: that would cost, and could only err.
func (c *conductor) others() (list []string) {
	if c.langOpen == 0 || c.handoff != nil {
		return nil
	}
	for _, l := range c.s.Bot.Languages {
		if l != c.lang {
			list = append(list, l)
		}
	}
	return list
}

// tongue is the language of words and how sure the recogniser is of it; the zero tongue is one
// that nobody told.
type tongue struct {
	lang string
	sure float64
}

// told takes what a result says about the language of its words: the surest final counts, and
// until there is one the last partial.
func (h *hearing) told(r asr.Result, known []string) {
	if r.Language == "" || r.Text == "" || !slices.Contains(known, r.Language) {
		return
	}
	if len(h.finals) == 0 || r.Final && (len(h.finals) == 1 || r.LanguageConfidence > h.tongue.sure) {
		h.tongue = tongue{r.Language, r.LanguageConfidence}
	}
}

// langOf is the language of h's words: what the recogniser said it is, or else the conversation's.
func (c *conductor) langOf(h *hearing) string {
	if h.tongue.lang != "" {
		return h.tongue.lang
	}
	return c.lang
}

// noteTongue makes the ears expect h's language next: should the caller go on before they are
// answered, that is how.
func (c *conductor) noteTongue(h *hearing) {
	e := c.ears
	if l := h.tongue.lang; l != "" && l != e.opt.Language {
		e.opt.Others = append(slices.DeleteFunc(slices.Clone(e.opt.Others), func(o string) bool { return o == l }), e.opt.Language)
		e.opt.Language = l
	}
}

// turnTongue is the language of the caller's turn: the surest of its pieces that is not the
// conversation's, for a piece that could be either counts as that.
func (c *conductor) turnTongue() (t tongue) {
	for _, h := range c.turn.pieces {
		other, was := h.tongue.lang != c.lang, t.lang != "" && t.lang != c.lang
		if h.tongue.lang != "" && (t.lang == "" || other && !was || other == was && h.tongue.sure > t.sure) {
			t = h.tongue
		}
	}
	return t
}

// heardIn counts a turn in which the language could be heard.
func (c *conductor) heardIn(t tongue) {
	c.tongue = t
	if c.langOpen > 0 {
		c.langOpen--
	}
	if t.sure >= sureLanguage {
		c.langOpen = 0
	}
}

// follow takes over the language that the mind decided on and records why.
func (c *conductor) follow(out flows.Output) {
	if out.Lang == "" || out.Lang == c.lang {
		return
	}
	ev := event.Language{From: c.lang, To: out.Lang, Why: out.LangWhy}
	if c.tongue.lang == out.Lang {
		ev.Confidence = c.tongue.sure
	}
	c.s.Metrics.count(languages, ev.Why)
	c.write(ev)
	c.lang, c.langOpen = out.Lang, 0
}
