package call

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"decroche/flows"
	"decroche/flows/entity"
	"decroche/gateway/event"
	"decroche/gateway/turn"
)

// spoken is the caller's turn: one stretch of speech, or several when they went on before we
// had anything to answer.
type spoken struct {
	pieces []*hearing
	taken  int  // of them the mind is at work on
	closed bool // no more keys belong to it
}

// answered forgets what the mind was given. What was begun meanwhile stays.
func (s *spoken) answered() { s.pieces, s.taken, s.closed = s.pieces[s.taken:], 0, false }

// forget empties the turn.
func (s *spoken) forget() { *s = spoken{} }

// waiting reports whether a recogniser still has to say its last.
func (s *spoken) waiting() bool {
	for _, p := range s.pieces {
		if !p.done {
			return true
		}
	}
	return false
}

func (s *spoken) holds(h *hearing) bool {
	for _, p := range s.pieces {
		if p == h {
			return true
		}
	}
	return false
}

func (s *spoken) drop(h *hearing) {
	for i, p := range s.pieces {
		if p == h {
			s.pieces = append(s.pieces[:i:i], s.pieces[i+1:]...)
			s.taken = min(s.taken, len(s.pieces))
			return
		}
	}
}

// errLate stands for a recogniser that did not come to an end.
var errLate = errors.New("call: the recogniser gave no final words in time (call.final_wait)")

// mumble is how long a sound must be to count as something said when no word was recognised in
// it: shorter ones are coughs and doors.
const mumble = 700 * time.Millisecond

// patience waits for the caller to say something: their turn has come.
func (c *conductor) patience() {
	c.alarms.clear("watchdog", "filler")
	if c.absent {
		c.owed = true
		return
	}
	if c.alarms.set("silence") {
		return
	}
	c.quietAt = time.Now()
	d := c.out.Expect.Silence
	if d <= 0 {
		d = 8 * time.Second
	}
	c.alarms.in(d, "silence", c.nothingSaid)
}

// nothingSaid tells the mind that the caller is silent.
func (c *conductor) nothingSaid() {
	c.s.Metrics.count(turns, "silence")
	c.write(event.Silent{ForMS: time.Since(c.quietAt).Milliseconds()})
	c.ourTurn()
	c.think(flows.Input{Kind: flows.Silence})
}

// speechBegan is told that the caller makes a sound that may be speech.
func (c *conductor) speechBegan(h *hearing) {
	c.alarms.clear("silence")
	if c.keys != "" && c.handoff == nil && c.spells() {
		c.sayOn()
	}
	if c.keys != "" || c.handoff != nil {
		return
	}
	u := c.saying
	switch {
	case u != nil && u.what == "remind":
		c.mouth.stop()
	case u != nil && u.what == "say" && u.barge():
		c.startBarge(h)
	case u != nil && u.what == "say":
		h.over = true
	case c.outdated(): // they go on, or begin at the last moment
		if u != nil && u.what == "filler" {
			c.mouth.stop()
		}
	}
	c.alarms.clear("watchdog")
	c.turn.pieces = append(c.turn.pieces, h)
}

// speechWords is told of words as they come.
func (c *conductor) speechWords(h *hearing) {
	if b := c.barge; b != nil && b.h == h {
		words := turn.Words{Text: h.text(), Lang: c.langOf(h)}
		c.rule(c.ears.sense.ask(func(f *turn.Floor) turn.Verdict { return f.Words(words, false) }))
	}
}

// speechEnded is told that the caller has finished.
func (c *conductor) speechEnded(h *hearing) {
	silence := c.ears.clock() - h.end
	h.closed = time.Now()
	c.talkEnd = h.closed.Add(-silence)
	c.s.Metrics.stage("decroche_latency_endpointing_seconds", silence)
	c.s.Metrics.stage("decroche_latency_reception_seconds", h.closed.Sub(c.answer)-c.ears.clock())
	if c.handoff == nil {
		c.ourTurn()
	}
	if h.done { // the engine died while they were speaking
		c.understood(h)
		return
	}
	c.alarms.in(c.cfg.FinalWait, h.alarm(), func() {
		if !h.done {
			h.late = true
			h.cancel()
			c.ears.over(h, errLate)
		}
	})
}

func (h *hearing) alarm() string { return "final " + h.start.String() }

// speechDone is told that the recogniser is through with h.
func (c *conductor) speechDone(h *hearing) {
	if h.ended {
		c.alarms.clear(h.alarm())
		c.understood(h)
	}
}

// understood takes one finished stretch of speech.
func (c *conductor) understood(h *hearing) {
	if !h.deaf {
		c.s.Metrics.stage("decroche_latency_recognition_seconds", time.Since(h.closed))
	}
	text := h.text()
	c.s.Metrics.count(recognitions, h.verdict())
	if text != "" {
		c.said(c.saidEvent(h, ""))
		c.noteTongue(h)
	}
	if c.handoff != nil {
		c.tellUnjudged()
		c.talkEnd = time.Time{} // not ours to answer
		c.turn.drop(h)
		c.handoff.callerSaid(text, h.confidence())
		return
	}
	if b := c.barge; b != nil && b.h == h && !c.bargeOver(b, text) || h.over && c.saying != nil || c.aside(h) {
		c.nothing(h)
		return
	}
	if !c.turn.holds(h) {
		return
	}
	if c.action != nil || c.thought != nil || c.out.Next != flows.Listen {
		c.whileBusy(h, text)
		return
	}
	if text == "" && h.err == nil && !h.deaf && h.end-h.start < mumble {
		c.nothing(h)
		return
	}
	c.proceed()
}

// nothing forgets a sound that was not meant for us.
func (c *conductor) nothing(h *hearing) {
	c.tellUnjudged()
	c.turn.drop(h)
	c.talkEnd = time.Time{}
	if u := c.stopped; u != nil && len(c.turn.pieces) == 0 { // it cost the caller a sentence: say it again
		c.stopped = nil
		c.sayRest(u)
		return
	}
	c.proceed()
}

// whileBusy keeps what was said while an action runs or a question is not ours to ask: a
// command or a correction comes first afterwards, everything else was not meant as an answer.
func (c *conductor) whileBusy(h *hearing, text string) {
	c.tellUnjudged()
	c.turn.drop(h)
	c.talkEnd = time.Time{}
	if urgent(c.langOf(h), text) {
		c.urgent = text
	}
	c.proceed()
}

// verdict is the metric's word for how recognition went.
func (h *hearing) verdict() string {
	switch {
	case h.late:
		return "late"
	case h.err != nil:
		return "error"
	case h.text() == "":
		return "empty"
	}
	return "words"
}

// saidEvent is what the record keeps of h.
func (c *conductor) saidEvent(h *hearing, who string) event.Said {
	ev := event.Said{Text: h.text(), Confidence: h.confidence(), How: "speech", Who: who,
		Lang: h.tongue.lang, LangConfidence: h.tongue.sure,
		Barge: c.barge != nil && c.barge.h == h || c.cut && who == "", StartMS: h.start.Milliseconds(), EndMS: h.end.Milliseconds()}
	if len(h.finals) == 1 {
		for _, a := range h.finals[0].Alternatives {
			ev.Alternatives = append(ev.Alternatives, event.Alternative(a))
		}
	}
	return ev
}

// turnInput is the caller's turn as the mind is told, what went wrong with hearing it, and whether
// they only asked for a moment.
func (c *conductor) turnInput() (in flows.Input, failed error, moment bool) {
	in = flows.Input{Kind: flows.Said, Cut: c.cut, Heard: c.cutText}
	unheard := true
	for _, h := range c.turn.pieces {
		failed = errors.Join(failed, h.err)
		in.Text = strings.TrimSpace(in.Text + " " + h.text())
		if conf := h.confidence(); h.keys == "" && (unheard || conf < in.Confidence) { // of the words: keys are certain
			in.Confidence, unheard = conf, false
		}
	}
	if len(c.turn.pieces) == 1 && len(c.turn.pieces[0].finals) == 1 {
		for _, a := range c.turn.pieces[0].finals[0].Alternatives {
			in.Alternatives = append(in.Alternatives, flows.Alternative(a))
		}
	}
	in.Lang = c.turnTongue().lang
	rest, asked := c.sinceMoment(in.Text, in.Lang)
	if rest != in.Text {
		in.Text, in.Alternatives = rest, nil
	}
	if free := c.out.Expect.Entity == "" || c.out.Expect.Entity == entity.TypeText; free && turn.Hollow(in.Text, cmp.Or(in.Lang, c.lang)) {
		in.Text, in.Alternatives = "", nil // "c'est pour euh": the flow asks, nobody guesses
	}
	return in, failed, asked
}

// answerTurn gives the caller's turn to the mind.
func (c *conductor) answerTurn() {
	in, failed, moment := c.turnInput()
	for _, h := range c.turn.pieces {
		if h.text() != "" {
			c.ears.sense.learn(h.of)
		}
	}
	if c.answerKeyed() {
		return
	}
	c.heardIn(c.turnTongue())
	if moment && failed == nil {
		c.tell(false) // a request for a moment and nothing else
		last := c.turn.pieces[len(c.turn.pieces)-1]
		c.turn.forget()
		if last.why == "wait" { // they were reminded often enough
			c.nothingSaid()
			return
		}
		c.moment()
		return
	}
	c.turn.taken = len(c.turn.pieces)
	c.stopped = nil
	c.s.Metrics.count(turns, "speech")
	if failed != nil && in.Text == "" {
		c.earsFailed(failed, in)
		return
	}
	c.ourTurn()
	c.think(in)
}

// answerKeyed writes down what of the turn was keyed, and answers a turn of which nothing else was
// understood: then it is keys alone.
func (c *conductor) answerKeyed() bool {
	var keys string
	words := false
	for _, h := range c.turn.pieces {
		if h.keys == "" {
			words = words || h.text() != ""
			continue
		}
		keys += h.keys
		c.said(event.Said{Text: h.keys, Confidence: 1, How: "keys", Barge: c.cut, StartMS: h.start.Milliseconds(), EndMS: h.end.Milliseconds()})
	}
	c.alarms.clear("keys")
	if keys != "" {
		c.keyedAll(entity.Count(entity.Spec{Type: c.out.Expect.Entity, Length: c.out.Expect.Digits}, c.lang, c.turn.text()))
	}
	if keys == "" || words {
		return false
	}
	c.turn.taken = len(c.turn.pieces)
	c.s.Metrics.count(turns, "keys")
	c.ourTurn()
	c.think(flows.Input{Kind: flows.Digits, Digits: keys, Cut: c.cut, Heard: c.cutText})
	return true
}

// earsFailed goes on without words: the mind is told that nothing was understood, and the first
// time the caller is told that keys work too.
func (c *conductor) earsFailed(err error, in flows.Input) {
	c.s.Metrics.count(failures, "asr")
	c.trouble("asr", err, "told the flow that nothing was understood")
	if c.deaf {
		c.ourTurn()
		c.think(in)
		return
	}
	c.deaf = true
	c.turn.answered()
	c.say("line", []flows.Prompt{own("deaf", linesFor(c.lang).deaf, c.lang)}, func() {
		c.ourTurn()
		c.think(in)
	})
}
