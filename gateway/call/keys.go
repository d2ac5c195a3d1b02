package call

import (
	"slices"
	"strings"
	"time"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/event"
)

// maxKeys bounds a number being keyed.
const maxKeys = 64

// key takes one key press. Keys interrupt at once and belong together until the number is
// complete, '#' ends it, or none came for KeyGap. Keys pressed while no question is open are
// kept for the next one. A number may be begun in words and ended with keys, or the other way
// round: its parts stay in order.
func (c *conductor) key(k byte) {
	if c.handoff != nil || c.out.Next == flows.End || c.tooMany(k) {
		return
	}
	c.alarms.clear("silence")
	if c.spells() && len(c.turn.pieces) > 0 {
		c.outdated()
		c.keyOn(k)
	} else {
		if len(c.keys) < maxKeys && (k != '#' || c.keys == "") {
			c.keys += string(k)
		}
		c.keysOver = k == '#'
		c.notSpoken()
	}
	c.interrupt()
	c.keyGap()
	c.proceed()
}

// notSpoken drops what the caller was saying, because they answer in another way.
func (c *conductor) notSpoken() {
	c.ears.abandon()
	c.turn.forget()
	if t := c.thought; t != nil && (t.in.Kind == flows.Silence || t.in.Kind == flows.Said) {
		c.forget()
	}
}

// interrupt stops a prompt that may be interrupted, by something that needs no judging.
func (c *conductor) interrupt() {
	c.dropGuess()
	c.endBarge()
	c.mouth.resume()
	if u := c.saying; u != nil && u.barge() && c.out.Next == flows.Listen {
		c.cut = true
		c.s.Metrics.count(barges, "stopped")
		c.mouth.stop()
	}
}

// keyGap waits for the next key.
func (c *conductor) keyGap() {
	c.alarms.in(c.cfg.KeyGap, "keys", func() {
		c.keysOver, c.turn.closed = true, true
		c.proceed()
	})
}

// spells reports whether a number or code is asked for, which may come in words and keys.
func (c *conductor) spells() bool {
	switch c.out.Expect.Entity {
	case entity.TypeDigits, entity.TypeSpelled, entity.TypePhone, entity.TypePostcodeFR:
		return c.out.Next == flows.Listen && c.action == nil
	}
	return false
}

// keyOn adds a key to a turn that has words already. What is being said is over with it.
func (c *conductor) keyOn(k byte) {
	c.ears.finish()
	if k == '#' {
		c.turn.closed = true
		return
	}
	c.turn.closed = false
	if n := len(c.turn.pieces); c.turn.pieces[n-1].keys == "" {
		c.turn.pieces = append(c.turn.pieces, keyed("", c.ears.clock()))
	}
	last := c.turn.pieces[len(c.turn.pieces)-1]
	if len(last.keys) < maxKeys {
		last.keys += string(k)
	}
	last.end = c.ears.clock()
	c.talkEnd = time.Now()
}

// keyed is a piece of a turn that was keyed, at media time at.
func keyed(keys string, at time.Duration) *hearing {
	return &hearing{start: at, end: at, keys: keys, ended: true, done: true, cancel: func() {}}
}

// sayOn turns keys that are being pressed into the beginning of a turn that goes on in words.
func (c *conductor) sayOn() {
	c.alarms.clear("keys")
	c.turn.pieces = append(c.turn.pieces, keyed(c.keys, c.ears.clock()))
	c.keys, c.keysOver = "", false
}

// keying reports whether further keys of this turn may come.
func (c *conductor) keying() bool {
	n := len(c.turn.pieces)
	if n == 0 || c.turn.closed || c.turn.pieces[n-1].keys == "" {
		return false
	}
	x := c.out.Expect
	if x.Digits > 0 && entity.Count(entity.Spec{Type: x.Entity, Length: x.Digits}, c.lang, c.turn.text()) >= x.Digits {
		return false
	}
	if !c.alarms.set("keys") {
		c.keyGap()
	}
	return true
}

// soFar are the words of h, behind what was keyed and said before it in the same number, so that
// the last digit ends the turn whoever gave it.
func (c *conductor) soFar(e *ears, h *hearing) string {
	if e.who != "" || !c.turn.holds(h) || !slices.ContainsFunc(c.turn.pieces, func(p *hearing) bool { return p.keys != "" }) {
		return h.text()
	}
	return c.turn.text()
}

// text is all words and keys of the turn so far.
func (s *spoken) text() string {
	var out []string
	for _, p := range s.pieces {
		out = append(out, p.text())
	}
	return strings.TrimSpace(strings.Join(out, " "))
}

// enough reports whether no further key can be meant.
func (c *conductor) enough() bool {
	x := c.out.Expect
	switch {
	case x.Digits > 0:
		return len(c.keys) >= x.Digits
	case x.Entity == "" || x.Entity == "yes_no" || x.Entity == "list":
		return true // a choice: one key
	}
	return false
}

// tellKeys tells the mind what was keyed, when it is complete.
func (c *conductor) tellKeys() {
	if !c.keysOver && !c.enough() {
		if !c.alarms.set("keys") {
			c.alarms.in(c.cfg.KeyGap, "keys", func() {
				c.keysOver = true
				c.proceed()
			})
		}
		return
	}
	c.alarms.clear("keys")
	keys := c.keys
	c.keys, c.keysOver = "", false
	c.keyedAll(len(keys))
	c.s.Metrics.count(turns, "keys")
	c.said(event.Said{Text: keys, Confidence: 1, How: "keys", Barge: c.cut})
	c.talkEnd = time.Now()
	c.ourTurn()
	c.think(flows.Input{Kind: flows.Digits, Digits: keys, Cut: c.cut, Heard: c.cutText})
}
