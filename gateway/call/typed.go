package call

import (
	"strings"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// maxTyped is how many typed messages wait for the mind; what comes beyond them is written down and
// not answered.
const maxTyped = 8

// readTyped takes what the caller types beside the call (EN 301 549 §6.2: real-time text has the
// same conversation), for as long as the call lasts.
func (c *conductor) readTyped() {
	if c.s.Typed == nil {
		return
	}
	c.spawn(func() {
		for {
			select {
			case text := <-c.s.Typed:
				if !c.post(func() { c.typed(text) }) {
					return
				}
			case <-c.ctx.Done():
				return
			}
		}
	})
}

// typed takes one message. It interrupts like a key, and answers the question that is open: what was
// being said meanwhile is dropped, because the caller chose to write.
func (c *conductor) typed(text string) {
	text = strings.TrimSpace(text)
	if text == "" {
		return
	}
	if c.handoff != nil || c.out.Next == flows.End || len(c.written) >= maxTyped { // a human reads it
		c.said(event.Said{Text: text, Confidence: 1, How: "typed"})
		if c.handoff != nil {
			c.tellUnjudged()
			c.handoff.callerSaid(text, 1)
		}
		return
	}
	c.alarms.clear("silence", "keys")
	c.keys, c.keysOver = "", false
	c.notSpoken()
	c.written = append(c.written, text)
	c.interrupt()
	c.proceed()
}

// tellTyped gives the mind the oldest message.
func (c *conductor) tellTyped() {
	text := c.written[0]
	c.written = c.written[1:]
	c.s.Metrics.count(turns, "typed")
	c.said(event.Said{Text: text, Confidence: 1, How: "typed", Barge: c.cut})
	c.talkEnd = time.Now()
	c.ourTurn()
	c.think(flows.Input{Kind: flows.Said, Text: text, Confidence: 1, Cut: c.cut, Heard: c.cutText})
}

// captioning counts what is being said by one speaker.
type captioning struct {
	of any // a hearing, or a prompt of an utterance
	n  int
}

// caption shows what somebody is saying; of is the same for one utterance. What may be sensitive is
// not shown before it was judged.
func (c *conductor) caption(who string, of any, text string) {
	if text == "" || !c.s.Captions.Watched(c.s.Conv) || who != "bot" && c.mayBeSensitive(who, text) {
		return
	}
	if c.captions == nil {
		c.captions = map[string]captioning{}
	}
	now := c.captions[who]
	if now.of != of {
		now = captioning{of, now.n + 1}
		c.captions[who] = now
	}
	c.s.Captions.Show(c.s.Conv, event.Caption{Who: who, N: now.n, Text: text})
}

// captionUpTo shows a prompt sentence by sentence, as it is heard: up to part i of u.
func (c *conductor) captionUpTo(u *utterance, i int) {
	if i >= len(u.parts) || !c.s.Captions.Watched(c.s.Conv) { // to write it out costs more than to say it
		return
	}
	at := u.parts[i].prompt
	p := u.prompts[at]
	n, all := 0, 0
	for j, part := range u.parts {
		if part.prompt != at {
			continue
		}
		if all++; j <= i {
			n++
		}
	}
	text := p.Text
	if written := c.s.Bot.Style.Written(p.Lang, p.Text); n < all && len(written) == all { // as many sentences as are said
		text = sentences(p.Text, n, all)
	}
	c.caption("bot", prompted{u, at}, text)
}

// prompted is one prompt of an utterance.
type prompted struct {
	u  *utterance
	at int
}

// sentences is the first n of all sentences of text: the share of its words that ends with a full
// stop, question mark or the like nearest to it.
func sentences(text string, n, all int) string {
	seen := 0
	for i, r := range text {
		end := i + len(string(r))
		if strings.ContainsRune(".?!…", r) && (end == len(text) || strings.ContainsAny(text[end:end+1], " \n")) {
			if seen++; seen == n {
				return text[:end]
			}
		}
	}
	return text
}
