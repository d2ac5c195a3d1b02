package call

import (
	"strings"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
	"decroche/gateway/speech"
	"decroche/gateway/turn"
	"decroche/media"
	"decroche/tts"
)

// utterance is prompts being said.
type utterance struct {
	what    string // "say": the flow's words; "filler": ours while the caller waits; "remind": while we wait for them; "line": ours, before something
	prompts []flows.Prompt
	parts   []part
	job     *job
	at      int // sentence being heard
	started bool
	asked   time.Time     // when the voice was
	answer  time.Duration // latency of its first packet, 0 when nobody waited
	done    int           // prompts already written down
	author  string        // whose words they are, when a supervisor wrote them
	then    func()        // after the last word, not when cut
}

// part is one sentence and the prompt it belongs to.
type part struct {
	prompt int
	text   string // ready for the voice
	ssml   string // the same with marks; "" when it has none
}

// barge reports whether the caller may interrupt what is being heard now.
func (u *utterance) barge() bool {
	return u.what == "say" && u.at < len(u.parts) && u.prompts[u.parts[u.at].prompt].Barge
}

// last reports whether the last sentence is being heard: the question, when there is one.
func (u *utterance) last() bool { return u.at == len(u.parts)-1 }

// say plays prompts and then runs then, proceed when that is nil. What was being said before is cut.
func (c *conductor) say(what string, prompts []flows.Prompt, then func()) {
	u := &utterance{what: what, then: then}
	u.prompts, u.parts = split(c.s.Bot.Style, prompts, c.lang)
	c.utter(u)
}

// utter plays what u holds.
func (c *conductor) utter(u *utterance) {
	if u.then == nil {
		u.then = c.proceed
	}
	c.alarms.clear("silence")
	if len(u.parts) == 0 {
		u.then()
		return
	}
	u.job = c.speech(u.what, u.parts, u.prompts)
	u.job.first = func(at time.Time) { c.saidFirst(u, at) }
	u.job.began = func(i int, sofar []piece) { c.saidUpTo(u, i, sofar) }
	u.job.ended = func(e jobEnd) { c.saidAll(u, e) }
	c.saying, u.asked = u, time.Now()
	c.mouth.play(c.ctx, u.job)
	c.floorFor(u)
	if h := c.ears.cur; h != nil && u.barge() { // the caller is talking: let them finish
		c.ears.sense.already(h)
		c.rule(turn.Verdict{Do: turn.Hold, Why: turn.WhyVoice})
		c.startBarge(h)
	}
}

// speech is a job that says parts, each rendered while the one before plays.
func (c *conductor) speech(what string, parts []part, prompts []flows.Prompt) *job {
	j := &job{what: what, gap: gap}
	if len(parts) > 0 {
		j.ready = c.soundAhead(c.utteranceOf(parts[0], prompts))
	}
	for _, p := range parts {
		j.pieces = append(j.pieces, piece{prompt: p.prompt, text: p.text})
	}
	j.next = func(i int) *clip {
		if i >= len(parts) {
			return nil
		}
		if i == 0 && j.ready != nil {
			return j.ready
		}
		u := c.utteranceOf(parts[i], prompts)
		if cl := c.coded(u); cl != nil {
			return cl
		}
		return c.render(j.ctx, u)
	}
	return j
}

// utteranceOf is what the voice is asked for to say p.
func (c *conductor) utteranceOf(p part, prompts []flows.Prompt) tts.Utterance {
	u := c.s.Bot.utterance(p.text, prompts[p.prompt].Lang, c.s.Leg.Info().Rate)
	u.SSML = p.ssml
	if prompts[p.prompt].Slow {
		u.Speed = slower(u.Speed)
	}
	return u
}

// split cuts prompts into the sentences that are rendered one by one; one with marks stays whole,
// for a mark may span sentences. Prompts without words are left out; those without a language get
// lang.
func split(style speech.Style, prompts []flows.Prompt, lang string) (out []flows.Prompt, parts []part) {
	for _, p := range prompts {
		if strings.TrimSpace(p.Voice+p.Text) == "" {
			continue
		}
		if p.Lang == "" {
			p.Lang = lang
		}
		if p.Text == "" {
			p.Text = p.Voice
		}
		for _, l := range spokenLines(style, p) {
			parts = append(parts, part{len(out), l.Text, l.SSML})
		}
		out = append(out, p)
	}
	return out, parts
}

// spokenLines prepares one prompt. Voice is written out by the flow already; words that have no Voice, and
// marks that cannot be read, are written out here.
func spokenLines(style speech.Style, p flows.Prompt) []speech.Line {
	if p.SSML != "" {
		if l, err := style.Marked(p.Lang, p.SSML); err == nil && strings.TrimSpace(l.Text) != "" {
			return []speech.Line{l}
		}
	}
	if p.Voice == "" {
		return style.Written(p.Lang, p.Text)
	}
	return style.Spoken(p.Lang, p.Voice)
}

// words is what a synthesiser is asked for to say a text of ours or of somebody else, whole.
func (c *conductor) words(text, lang string) tts.Utterance {
	l := c.s.Bot.Style.Whole(lang, text)
	u := c.s.Bot.utterance(l.Text, lang, c.s.Leg.Info().Rate)
	u.SSML = l.SSML
	return u
}

func (b BotInfo) utterance(text, lang string, rate int) tts.Utterance {
	return tts.Utterance{Text: text, Language: lang, Voice: b.Voices[lang], Rate: rate, Speed: b.Speed}
}

// slower is the speed of speech for a caller who asked to have it said more slowly: a quarter less,
// and never so slow that the sounds tear.
func slower(speed float64) float64 {
	if speed == 0 {
		speed = 1
	}
	return max(0.75*speed, 0.5)
}

// saidFirst is told when the first packet left.
func (c *conductor) saidFirst(u *utterance, at time.Time) {
	if c.saying != u {
		return
	}
	u.started = true
	c.alarms.clear("watchdog", "filler")
	c.ears.sense.botSpeaks(true)
	if u.what == "filler" || u.what == "remind" { // no answer yet
		return
	}
	c.filled, c.full.asked = false, true
	if !c.talkEnd.IsZero() {
		u.answer = max(at.Sub(c.talkEnd), time.Millisecond)
		c.talkEnd = time.Time{}
		c.s.Metrics.answered(c.answering, u.answer)
		c.s.Metrics.stage("decroche_latency_speech_seconds", at.Sub(u.asked))
	}
}

// saidUpTo is told that sentence i is being heard; the prompts before it are over.
func (c *conductor) saidUpTo(u *utterance, i int, sofar []piece) {
	u.at = i
	c.captionUpTo(u, i)
	if c.saying == u {
		c.floorFor(u)
	}
	for p := u.done; p < u.parts[i].prompt; p++ {
		c.prompted(u, p, 1, sofar)
	}
}

// saidAll is told that the prompts have ended, or were cut.
func (c *conductor) saidAll(u *utterance, e jobEnd) {
	text := c.saidOf(u, e)
	if c.saying != u { // something else is being said already
		return
	}
	c.saying, c.saidAt = nil, time.Now()
	c.hush(asksSensitive(c.out) || c.out.Sensitive && c.out.Next == flows.DoAct) // it may be said again meanwhile
	c.ears.sense.botSpeaks(false)
	c.promptEnd = c.ears.clock()
	c.endBarge()
	switch {
	case e.cut:
		if u.what == "say" {
			c.cutText = strings.Join(text, " ")
		}
		if c.out.Next == flows.End {
			u.then()
			return
		}
		c.proceed()
	case e.leg != nil:
		c.legFailed(e.leg)
	case e.err != nil:
		c.mute(e.err, u)
	default:
		if e.broken != nil {
			c.trouble("tts", e.broken, "went on with the next sentence")
		}
		u.then()
	}
}

// saidLast writes down the prompt that was being said when the call ended. The mouth is still.
func (c *conductor) saidLast() {
	if u := c.saying; u != nil && u.job != nil && c.mouth.untold == u.job {
		c.saidOf(u, c.mouth.untoldEnd)
	}
}

// saidOf writes down the prompts of u that were heard and not written down yet, and returns what
// was heard of each.
func (c *conductor) saidOf(u *utterance, e jobEnd) (text []string) {
	heard := share(u.job.pieces, len(u.prompts), e.played)
	for i, p := range u.prompts {
		f := heard[i]
		if !e.cut && e.err == nil && e.leg == nil {
			f = 1
		}
		if f > 0 && i >= u.done {
			c.prompted(u, i, f, u.job.pieces)
		}
		if t := heardOf(p.Text, f); f > 0 && t != "" {
			text = append(text, t)
		}
	}
	return text
}

// prompted writes down prompt i of u, of which the share f was heard.
func (c *conductor) prompted(u *utterance, i int, f float64, pieces []piece) {
	p := u.prompts[i]
	ev := event.Prompted{Text: p.Text, Heard: heardOf(p.Text, f), Cut: f < 1, Step: p.ID, Lang: p.Lang, Author: u.author, Quick: p.Quick}
	if u.answer > 0 {
		ev.AnswerMS = max(1, u.answer.Milliseconds())
		u.answer = 0
	}
	var length time.Duration
	var made media.Origin
	for _, pc := range pieces {
		if pc.prompt == i {
			length += max(pc.length, pc.sent)
			made = max(made, pc.origin)
		}
	}
	ev.ForMS = int64(float64(length.Milliseconds()) * f)
	ev.Synthetic = made.String()
	u.done = max(u.done, i+1)
	if p.ID == flows.RecordingNotice && f >= 1 {
		c.announced()
	}
	c.write(ev)
}

// legFailed is told that the leg takes no more sound. When the far end has gone, Receive says so
// in a moment; otherwise nobody hears us any more.
func (c *conductor) legFailed(err error) {
	c.alarms.in(time.Second, "leg", func() {
		c.trouble("leg", err, "hung up")
		c.finish("failed", "gateway", "the caller could not be played to")
	})
}

// mute is told that nothing could be said: no engine has a voice.
func (c *conductor) mute(err error, u *utterance) {
	switch {
	case c.handoff != nil: // already on the way to a human
		c.broken = true
		c.trouble("tts", err, "went on without saying it")
		u.then()
	case c.broken:
		c.trouble("tts", err, "hung up")
		c.finish("failed", "gateway", "no voice left")
	default:
		c.broken = true
		c.trouble("tts", err, "looks for a human")
		c.dropAction()
		c.startHandoff(flows.Transfer{Skills: []string{c.lang}, Reason: "error"})
	}
}

// ourTurn starts the watch over our own silence, unless it runs already.
func (c *conductor) ourTurn() {
	if c.absent || c.alarms.set("watchdog") {
		return
	}
	silent := time.Duration(0)
	if c.talkEnd.After(c.saidAt) { // we have been silent since they stopped
		silent = time.Since(c.talkEnd)
	}
	c.alarms.in(max(0, c.cfg.Watchdog-silent), "watchdog", c.stillThere)
}

// stillThere says that we are, when it is our turn and we are silent.
func (c *conductor) stillThere() {
	if c.handoff != nil || !c.mouth.idle() || c.out.Next == flows.End {
		return
	}
	w := linesFor(c.lang).waiting
	line := own("waiting", w[min(c.waits, len(w)-1)], c.lang)
	if a := c.action; a != nil && a.canBeLate() { // the flow's own words for it
		line = a.act.Late
		a.late = true
		c.alarms.clear("late")
	}
	c.waits++
	c.say("filler", []flows.Prompt{line}, func() {
		c.ourTurn()
		c.proceed()
	})
}

// fillIn arms the filler for an answer to something that the caller did.
func (c *conductor) fillIn(k flows.Kind) {
	if c.cfg.FillerAfter <= 0 || c.filled || k != flows.Said && k != flows.Digits && k != flows.Acted {
		return
	}
	c.alarms.in(c.cfg.FillerAfter, "thinking", func() {
		if c.thought != nil && c.handoff == nil && c.mouth.idle() && !c.ears.speaking() {
			c.fill(flows.Prompt{})
		}
	})
}

// fill says p, or a few words of our own when it has none, so that the caller knows that an answer
// comes. Once: what is still late after it is the watchdog's.
func (c *conductor) fill(p flows.Prompt) {
	if p.Voice+p.Text == "" {
		l := linesFor(c.lang).thinking
		first := 0 // two calls do not begin with the same one
		for _, r := range c.s.Conv {
			first += int(r)
		}
		p = own("thinking", l[(first+c.fillers)%len(l)], c.lang)
		c.fillers++
	}
	c.filled, c.waits = true, max(c.waits, 1)
	c.alarms.clear("watchdog") // the silence begins anew
	c.say("filler", []flows.Prompt{p}, func() {
		c.ourTurn()
		c.proceed()
	})
}

// farewell hangs up a little after our last word.
func (c *conductor) farewell() {
	if c.alarms.set("goodbye") {
		return
	}
	outcome := c.out.Outcome
	if outcome == "" {
		outcome = "resolved"
	}
	if c.transferred && outcome == "resolved" {
		outcome = "transferred"
	}
	if c.calledBack && outcome == "resolved" {
		outcome = "callback"
	}
	c.alarms.clear("watchdog", "silence", "filler")
	by, cause := "bot", "normal clearing"
	if c.dismissed != nil {
		by, cause = "supervisor", c.dismissed.reason
	}
	c.alarms.in(c.cfg.Goodbye, "goodbye", func() { c.finish(outcome, by, cause) })
}
