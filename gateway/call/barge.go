package call

import (
	"math"

	"decroche/flows/entity"
	"decroche/gateway/turn"
)

// barge is a sound over a prompt that is being recognised. Who has the floor is decided by
// turn.Floor, from its frames and its words: the prompt is held at once and only given up when
// words, or a voice that goes on, show that the sound was meant. Coughs, "oui" and a door do not
// cost the caller the sentence.
type barge struct{ h *hearing }

// floorFor tells the floor what is being heard now.
func (c *conductor) floorFor(u *utterance) {
	c.ears.sense.playing(turn.Prompt{
		Guarded: !u.barge() && u.what != "remind" || c.handoff != nil,
		Asks:    c.out.Expect.Entity == entity.TypeYesNo && u.last(),
	})
}

// rule carries out what the floor decided.
func (c *conductor) rule(v turn.Verdict) {
	if u := c.saying; v.Do != turn.Keep && u != nil && u.what == "remind" { // they are back: nothing to go on with
		c.mouth.stop()
		return
	}
	switch v.Do {
	case turn.Hold:
		if c.mouth.pause() { // should no more frames come, nobody would end it
			c.alarms.in(c.cfg.BargeConfirm+c.cfg.BargeHold, "held", c.mouth.resume)
		}
	case turn.Resume:
		c.alarms.clear("held")
		c.s.Metrics.count(barges, "resumed")
		c.mouth.resume()
	case turn.Stop:
		c.stopPrompt()
	}
}

// startBarge begins to recognise a sound over the prompt. A leg that cannot hold loses what was
// queued, and the sentence is said again should it have been nothing.
func (c *conductor) startBarge(h *hearing) {
	h.overlaps = true
	c.barge = &barge{h}
	if c.mouth.pauser == nil {
		c.stopped = c.saying
		c.stopPrompt()
	}
}

// bargeOver decides when the recogniser is through; false when it was nothing.
func (c *conductor) bargeOver(b *barge, text string) bool {
	words := turn.Words{Text: text, Lang: c.langOf(b.h)}
	v := c.ears.sense.ask(func(f *turn.Floor) turn.Verdict {
		if v := f.Words(words, true); v.Do == turn.Stop {
			return v
		}
		return f.Over(b.h.end-b.h.start, text == "" && b.h.err != nil)
	})
	c.rule(v)
	if v.Do == turn.Stop {
		return true
	}
	c.mouth.resume()
	c.barge = nil
	return false
}

// stopPrompt gives the prompt up: the caller has the floor.
func (c *conductor) stopPrompt() {
	c.alarms.clear("held", "watchdog")
	c.barge = nil
	c.cut = true
	c.s.Metrics.count(barges, "stopped")
	if c.saying != nil {
		c.mouth.stop()
	}
}

// endBarge forgets a sound whose prompt has ended meanwhile: it is a turn like any other, unless
// it was over before the prompt was, and only said that they listen.
func (c *conductor) endBarge() {
	c.ears.sense.played()
	c.alarms.clear("held")
	c.barge = nil
}

// aside reports whether h, which is over, was a listening sound that nobody asked for.
func (c *conductor) aside(h *hearing) bool {
	return h.overlaps && h.end < c.promptEnd && c.out.Expect.Entity != entity.TypeYesNo && turn.Listens(c.langOf(h), h.text())
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

// loudness is the mean level of a stretch of speech, in dBFS.
type loudness struct{ sum, n float64 }

func (l *loudness) add(level float64) { l.sum, l.n = l.sum+level, l.n+1 }

// mean is NaN when nothing was heard.
func (l *loudness) mean() float64 {
	if l.n == 0 {
		return math.NaN()
	}
	return l.sum / l.n
}
