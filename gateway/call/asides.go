package call

import (
	"context"
	"regexp"

	"decroche/flows"
	"decroche/gateway/agents"
)

// howLong are the ways to ask how long the wait will be, which the queue knows and no flow.
var howLong = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(`(?i)\b(combien de temps( encore| à attendre| d[’' ]attente| il faut attendre| (je )?dois-?(je)? attendre)?\W*$|dans combien de temps\W*$|c[’' ]est (encore )?long\W*$|encore longtemps|beaucoup d[’' ]attente|temps d[’' ]attente|combien (de personnes|sont devant)|il y a du monde|mon tour|ma place\W*$)`),
	"en": regexp.MustCompile(`(?i)\b(how long( is the wait| (do|will) i have to wait| will (it|this) (take|be))?\W*$|how much longer|how many people|waiting time|my turn|my (place|position)\W*$|much of a wait)`),
}

// asksHowLong answers who asks how long the wait will be with what is known of it: their place and the
// estimate where the queue has one, and never a number that nobody knows. False when they ask something
// else.
func (h *handoff) asksHowLong(text string) bool {
	c := h.c
	if !in(c.lang, howLong).MatchString(text) || h.answered() {
		return false
	}
	l := linesFor(c.lang)
	line := l.ringing
	if placer, ok := c.s.Desk.(agents.Placer); ok {
		if p, waits := placer.Place(c.s.Conv); waits {
			line = l.placeLine(p)
		}
	}
	h.asides++ // an answer to what was asked before comes too late
	c.say("line", []flows.Prompt{own("how_long", line, c.lang)}, h.hold)
	return true
}

// asks gives the mind what a caller says while they wait for a person (flows.Aside). The answer is said
// in place of the tone they hear; when somebody answers first it is dropped. Nothing waits for it.
func (h *handoff) asks(in flows.Input) {
	c := h.c
	if h.own { // the flow broke: it is asked nothing more
		return
	}
	h.asides++
	n, st := h.asides, c.state
	in.Now = c.now()
	c.spawn(func() {
		ctx, cancel := context.WithTimeout(c.ctx, c.cfg.ThinkTimeout)
		defer cancel()
		in.Meaning = c.understand(ctx, in.Text, flows.Expect{})
		out, err := c.decide(ctx, st, in)
		c.post(func() { h.answers(n, out, err) })
	})
}

// answers says what the mind answered.
func (h *handoff) answers(n int, out flows.Output, err error) {
	c := h.c
	switch {
	case c.handoff != h || h.over || h.taken || n != h.asides || h.answered():
		return
	case err != nil:
		c.s.Metrics.count(failures, "mind")
		c.trouble("flow", err, "did not answer what was asked while waiting")
		return
	}
	c.state = out.State
	c.write(stepped(out))
	if len(out.Say) > 0 {
		c.say("line", out.Say, h.hold)
	}
}
