package call

import (
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// maxKeys bounds a number being keyed.
const maxKeys = 64

// key takes one key press. Keys interrupt at once and belong together until the number is
// complete, '#' ends it, or none came for KeyGap. Keys pressed while no question is open are
// kept for the next one.
func (c *conductor) key(k byte) {
	if c.handoff != nil || c.out.Next == flows.End {
		return
	}
	if len(c.keys) < maxKeys && (k != '#' || c.keys == "") {
		c.keys += string(k)
	}
	c.keysOver = k == '#'
	c.alarms.clear("silence")
	c.ears.abandon()
	c.turn.forget()
	c.dropGuess()
	c.endBarge()
	c.mouth.resume()
	if t := c.thought; t != nil && (t.in.Kind == flows.Silence || t.in.Kind == flows.Said) {
		c.forget()
	}
	if u := c.saying; u != nil && u.barge() && c.out.Next == flows.Listen {
		c.cut = true
		c.s.Metrics.count(barges, "stopped")
		c.mouth.stop()
	}
	c.alarms.in(c.cfg.KeyGap, "keys", func() {
		c.keysOver = true
		c.proceed()
	})
	c.proceed()
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

// keyed tells the mind what was keyed, when it is complete.
func (c *conductor) keyed() {
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
	c.s.Metrics.count(turns, "keys")
	c.said(event.Said{Text: keys, Confidence: 1, How: "keys", Barge: c.cut})
	c.talkEnd = time.Now()
	c.ourTurn()
	c.think(flows.Input{Kind: flows.Digits, Digits: keys, Cut: c.cut, Heard: c.cutText})
}
