package call

import (
	"cmp"
	"time"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/turn"
)

// A caller who asks for a moment ("attendez, je cherche") gets it: nobody answers, and now and
// then a few words show that we are there. While the recogniser gives words as they come, the turn
// detector keeps their turn open (turn.Remind); one that gives none before the end has ended it,
// and then the conductor waits by itself.

// reminders is how often they are told before the flow hears that they are silent.
const reminders = 3

// sinceMoment is text without the request for a moment and what was said about it; asked tells
// that nothing is left.
func (c *conductor) sinceMoment(text, lang string) (rest string, asked bool) {
	e := c.out.Expect.Entity
	rest = turn.AfterWait(text, cmp.Or(lang, c.lang), e != "" && e != entity.TypeText)
	return rest, rest == "" && text != ""
}

// remind says that there is no hurry, unless somebody speaks. It is no turn of ours.
func (c *conductor) remind(then func()) {
	if c.saying != nil || c.thought != nil || c.handoff != nil || !c.mouth.idle() {
		return
	}
	if then == nil {
		then = func() {}
	}
	l := linesFor(c.lang).moment
	c.reminded++
	c.say("remind", []flows.Prompt{own("moment", l[(c.reminded-1)%len(l)], c.lang)}, then)
}

// moment waits for a caller who has asked for it and whose turn has ended with that.
func (c *conductor) moment() {
	c.alarms.clear("watchdog", "filler", "thinking")
	wait := c.s.Turn.Wait
	if wait <= 0 {
		wait = turn.DefaultConfig().Wait
	}
	left, since := reminders, time.Now()
	if !c.talkEnd.IsZero() {
		since = c.talkEnd
	}
	c.quietAt, c.talkEnd = since, time.Time{}
	var again func()
	again = func() {
		c.alarms.in(wait, "silence", func() {
			if left--; left < 0 {
				c.nothingSaid()
				return
			}
			c.remind(again)
		})
	}
	again()
}
