package call

import "decroche/gateway/event"

// underVoice is the gain of our sentence about who answers, under the first words of that person: half,
// which is 6 dB less.
const underVoice = 0.5

// joinAtOnce lets caller and agent hear each other now, and says who answers under their first words:
// the agent has read on their screen what others are told by voice. It reports whether this line can be
// mixed; otherwise the sentence comes first.
func (at *attempt) joinAtOnce() bool {
	c := at.h.c
	if c.room == nil {
		if err := c.openRoom(at.leg.Info().Rate); err != nil {
			return false
		}
	}
	c.under, at.stage = at, announced
	c.wordEnds(func() {
		if at.closed {
			return
		}
		if at.on != nil {
			at.on.over()
		}
		c.mouth.stop()
		c.room.say(at.hello, func() {
			if at.closed {
				return
			}
			d, _ := at.hello.known()
			c.write(event.Prompted{Text: at.helloP.Text, Heard: at.helloP.Text, Step: at.helloP.ID, Lang: c.lang, ForMS: d.Milliseconds()})
			at.helloOver()
		})
		at.bridge()
		c.room.bot.Gain(underVoice)
	})
	return true
}

// helloOver ends the mixing that joinAtOnce began.
func (at *attempt) helloOver() {
	c := at.h.c
	if c.under != at {
		return
	}
	c.under = nil
	c.room.hush(c.hushed)
	c.plumb()
	c.closeRoom()
}
