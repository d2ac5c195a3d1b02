package call

import (
	"time"
)

// barge is a sound over a prompt. The prompt is held at once and only given up when words show
// that the sound was meant: coughs, "oui" and a door do not cost the caller the sentence.
type barge struct {
	h     *hearing
	u     *utterance
	since time.Time
}

// dipAfter voiced frames in a row the prompt is held although the detector is not yet sure that
// somebody speaks: it decides 80 ms later, and a caller who interrupts notices every one of them.
// dipFor is how long it may stand still for a sound that was nothing: less than a syllable.
const (
	dipAfter = 2
	dipFor   = 160 * time.Millisecond
)

// dip holds the prompt for a moment, on a line that can.
func (c *conductor) dip() {
	if u := c.saying; c.barge != nil || u == nil || !u.started || !u.barge() || c.handoff != nil || !c.mouth.pause() {
		return
	}
	c.alarms.in(dipFor, "dip", func() {
		if c.barge == nil {
			c.mouth.resume()
		}
	})
}

// startBarge holds the prompt. A leg that cannot hold loses what was queued, and the sentence
// is said again should it have been nothing.
func (c *conductor) startBarge(h *hearing) {
	c.barge = &barge{h: h, u: c.saying, since: time.Now()}
	if !c.mouth.pause() {
		c.stopped = c.saying
		c.stopPrompt(c.barge)
		return
	}
	c.alarms.clear("dip")
	c.alarms.in(c.cfg.BargeConfirm, "barge", func() { c.bargeTime() })
}

// bargeTime decides when no words came in time.
func (c *conductor) bargeTime() {
	b := c.barge
	if b == nil {
		return
	}
	held := time.Since(b.since)
	switch {
	case c.bargeMeant(b):
		c.stopPrompt(b)
	case c.ears.cur == b.h && c.ears.voiced && held < c.cfg.BargeHold:
		c.alarms.in(c.cfg.BargeHold-held, "barge", func() { c.bargeTime() }) // still a voice: give it time
	case c.ears.cur == b.h && c.ears.voiced && b.h.partial == "" && !c.ears.partials:
		c.stopPrompt(b) // an engine without partial results: a voice that goes on is meant
	default:
		c.goOn()
	}
}

// bargeWords looks at the words so far.
func (c *conductor) bargeWords(b *barge) {
	if c.bargeMeant(b) {
		c.stopPrompt(b)
	}
}

// bargeMeant reports whether what was said so far asks us to stop. A listening sound does not,
// unless the question is being asked and it may be its answer.
func (c *conductor) bargeMeant(b *barge) bool {
	text := plainWords(b.h.text())
	if text == "" {
		return false
	}
	return !backchannel(c.langOf(b.h), text) || (c.out.Expect.Entity == "yes_no" && b.u.last())
}

// bargeOver decides when the recogniser is through; false when it was nothing.
func (c *conductor) bargeOver(b *barge, text string) bool {
	meant := c.bargeMeant(b) || (text == "" && b.h.err != nil && b.h.end-b.h.start >= mumble)
	if meant {
		c.stopPrompt(b)
		return true
	}
	c.goOn()
	c.barge = nil
	c.s.Metrics.count(barges, "resumed")
	return false
}

// stopPrompt gives the prompt up: the caller has the floor.
func (c *conductor) stopPrompt(b *barge) {
	c.alarms.clear("barge", "watchdog")
	c.barge = nil
	c.cut = true
	c.s.Metrics.count(barges, "stopped")
	if c.saying == b.u {
		c.mouth.stop()
	}
}

// goOn lets the prompt continue where it stood. The words may still come and stop it.
func (c *conductor) goOn() {
	c.alarms.clear("barge")
	c.mouth.resume()
}

// endBarge forgets a sound whose prompt has ended meanwhile: it is a turn like any other.
func (c *conductor) endBarge() {
	if c.barge != nil {
		c.alarms.clear("barge")
		c.barge = nil
	}
}

// sayRest says u again from the sentence that was cut.
func (c *conductor) sayRest(u *utterance) {
	c.cut, c.cutText = false, ""
	rest := &utterance{what: u.what, then: u.then}
	first := u.parts[u.at].prompt
	rest.prompts = u.prompts[first:]
	for _, p := range u.parts[u.at:] {
		rest.parts = append(rest.parts, part{p.prompt - first, p.text, p.ssml})
	}
	c.utter(rest)
}
