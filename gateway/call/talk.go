package call

import (
	"context"
	"fmt"
	"strings"
	"time"

	"decroche/flows"
	"decroche/flows/render"
	"decroche/gateway/event"
	"decroche/tts"
)

// utterance is prompts being said.
type utterance struct {
	what    string // "say": the flow's words; "filler": ours while waiting; "line": ours, before something
	prompts []flows.Prompt
	parts   []part
	job     *job
	at      int // sentence being heard
	started bool
	answer  time.Duration // latency of its first packet, 0 when nobody waited
	done    int           // prompts already written down
	then    func()        // after the last word, not when cut
}

// part is one sentence and the prompt it belongs to.
type part struct {
	prompt int
	text   string // ready for the voice
}

// barge reports whether the caller may interrupt what is being heard now.
func (u *utterance) barge() bool {
	return u.what == "say" && u.at < len(u.parts) && u.prompts[u.parts[u.at].prompt].Barge
}

// last reports whether the last sentence is being heard: the question, when there is one.
func (u *utterance) last() bool { return u.at == len(u.parts)-1 }

// think lets the mind take one turn elsewhere. What was being thought before is forgotten.
func (c *conductor) think(in flows.Input) {
	c.forget()
	in.Now = c.now()
	ctx, cancel := context.WithTimeoutCause(c.ctx, c.cfg.ThinkTimeout,
		fmt.Errorf("the flow took longer than %v (call.think_timeout)", c.cfg.ThinkTimeout))
	t := &thought{in: in, cancel: cancel}
	c.thought = t
	st, want := c.state, c.out.Expect
	c.wg.Go(func() {
		defer cancel()
		if in.Kind == flows.Said && in.Text != "" {
			t.in.Meaning = c.understand(ctx, in.Text, want)
		}
		out, err := c.s.Mind.Turn(ctx, st, t.in)
		c.post(func() { c.thoughtOver(t, out, err) })
	})
}

// thought is the mind at work on one input.
type thought struct {
	in     flows.Input
	cancel context.CancelFunc
}

// forget drops the thought in progress: its output will not be taken.
func (c *conductor) forget() {
	if c.thought != nil {
		c.thought.cancel()
		c.thought = nil
	}
}

// understand asks the Understander; nil when there is none or it failed: the mind does without.
func (c *conductor) understand(ctx context.Context, text string, want flows.Expect) *flows.Meaning {
	if c.s.Understander == nil {
		return nil
	}
	uctx, cancel := context.WithTimeoutCause(ctx, c.cfg.UnderstandTimeout,
		fmt.Errorf("understanding took longer than %v (call.understand_timeout)", c.cfg.UnderstandTimeout))
	defer cancel()
	m, err := c.s.Understander.Understand(uctx, text, want)
	if err != nil {
		if ctx.Err() == nil {
			c.s.Metrics.count(failures, "understander")
			c.post(func() { c.trouble("understander", err, "the flow understood by itself") })
		}
		return nil
	}
	return &m
}

// thoughtOver takes what the mind decided, unless it was forgotten meanwhile.
func (c *conductor) thoughtOver(t *thought, out flows.Output, err error) {
	if c.thought != t {
		return
	}
	c.thought = nil
	if err != nil {
		c.s.Metrics.count(failures, "mind")
		c.mindBroke(err)
		return
	}
	if c.saying != nil && c.saying.what == "filler" { // let us finish our own sentence
		c.ready = &out
		return
	}
	c.take(out)
}

// mindBroke apologises and looks for a human: without a mind there is nothing else to do.
func (c *conductor) mindBroke(err error) {
	if c.broken {
		c.trouble("flow", err, "said goodbye")
		c.giveUp()
		return
	}
	c.broken = true
	c.trouble("flow", err, "apologised and looks for a human")
	c.out.Next, c.out.Act = flows.HandOff, nil
	c.dropAction()
	c.startHandoff(flows.Transfer{Skills: []string{c.lang}, Reason: "error", Say: own("sorry", linesFor(c.lang).sorry, c.lang)})
}

// giveUp says goodbye for good.
func (c *conductor) giveUp() {
	c.out.Next, c.out.Outcome = flows.End, "failed"
	c.say("line", []flows.Prompt{own("bye", linesFor(c.lang).bye, c.lang)}, nil)
}

// take carries out what the mind decided.
func (c *conductor) take(out flows.Output) {
	c.state, c.out = out.State, out
	if out.Lang != "" {
		c.lang = out.Lang
	}
	c.cut, c.cutText, c.waits = false, "", 0
	c.turn.answered()
	c.write(stepped(out))
	if out.Callback != nil {
		c.takeCallback(*out.Callback)
	}
	if c.urgent != "" && out.Next == flows.Listen { // said while we were busy: it comes first
		text := c.urgent
		c.urgent = ""
		c.think(flows.Input{Kind: flows.Said, Text: text, Cut: true})
		return
	}
	c.ears.expect(out.Expect)
	if out.Next == flows.HandOff {
		t := *out.Transfer
		if n := len(out.Say); n > 0 && out.Say[n-1].Text == t.Say.Text {
			out.Say = out.Say[:n-1]
		}
		c.startHandoff(t, out.Say...)
		return
	}
	if out.Next == flows.DoAct {
		c.act(out.Act)
	}
	c.say("say", out.Say, nil)
}

// proceed does what the moment asks for, once nothing else is under way: tell the mind how its
// action ended, answer what was said or keyed, wait for the caller, or hang up. It is called
// whenever something has ended; calling it once too often does no harm.
func (c *conductor) proceed() {
	if c.over || c.handoff != nil || c.thought != nil || c.saying != nil || c.ears.speaking() || c.turn.waiting() {
		return
	}
	if c.ready != nil {
		out := *c.ready
		c.ready = nil
		c.take(out)
		return
	}
	switch c.out.Next {
	case flows.DoAct:
		c.awaitAction()
	case flows.Listen:
		switch {
		case c.keys != "":
			c.keyed()
		case len(c.turn.pieces) > 0:
			c.answerTurn()
		default:
			c.patience()
		}
	case flows.End:
		c.farewell()
	}
}

func stepped(out flows.Output) event.Stepped {
	ev := event.Stepped{Intent: out.Intent, Lang: out.Lang, Slots: slots(out.Slots)}
	for _, s := range out.Trace {
		ev.Steps = append(ev.Steps, event.Step(s))
	}
	return ev
}

func slots(in []flows.SlotValue) (out []event.Slot) {
	for _, s := range in {
		out = append(out, event.Slot(s))
	}
	return out
}

// say plays prompts and then runs then, proceed when that is nil. What was being said before is cut.
func (c *conductor) say(what string, prompts []flows.Prompt, then func()) {
	u := &utterance{what: what, then: then}
	u.prompts, u.parts = split(prompts, c.lang)
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
	c.saying = u
	c.mouth.play(c.ctx, u.job)
	if c.ears.speaking() && u.barge() { // the caller is talking: let them finish
		c.startBarge(c.ears.cur)
	}
}

// speech is a job that says parts, each rendered while the one before plays.
func (c *conductor) speech(what string, parts []part, prompts []flows.Prompt) *job {
	j := &job{what: what, gap: gap}
	for _, p := range parts {
		j.pieces = append(j.pieces, piece{prompt: p.prompt, text: p.text})
	}
	j.next = func(i int) *clip {
		if i >= len(parts) {
			return nil
		}
		return c.render(j.ctx, c.words(parts[i].text, prompts[parts[i].prompt].Lang))
	}
	return j
}

// split cuts prompts into the sentences that are rendered one by one. Prompts without words are
// left out; those without a language get lang.
func split(prompts []flows.Prompt, lang string) (out []flows.Prompt, parts []part) {
	for _, p := range prompts {
		voice := p.Voice
		if voice == "" {
			voice = p.Text
		}
		if strings.TrimSpace(voice) == "" {
			continue
		}
		if p.Lang == "" {
			p.Lang = lang
		}
		if p.Text == "" {
			p.Text = voice
		}
		for _, sentence := range sentences(render.Spoken(p.Lang, voice)) {
			parts = append(parts, part{len(out), sentence})
		}
		out = append(out, p)
	}
	return out, parts
}

// words is what a synthesiser is asked for.
func (c *conductor) words(text, lang string) tts.Utterance {
	return c.s.Bot.utterance(text, lang, c.s.Leg.Info().Rate)
}

func (b BotInfo) utterance(text, lang string, rate int) tts.Utterance {
	return tts.Utterance{Text: text, Language: lang, Voice: b.Voices[lang], Rate: rate, Speed: b.Speed}
}

// saidFirst is told when the first packet left.
func (c *conductor) saidFirst(u *utterance, at time.Time) {
	if c.saying != u {
		return
	}
	u.started = true
	c.alarms.clear("watchdog", "filler")
	c.ears.botSpeaks(true)
	if !c.talkEnd.IsZero() {
		u.answer = max(at.Sub(c.talkEnd), time.Millisecond)
		c.talkEnd = time.Time{}
		c.s.Metrics.answered(u.answer)
	}
}

// saidUpTo is told that sentence i is being heard; the prompts before it are over.
func (c *conductor) saidUpTo(u *utterance, i int, sofar []piece) {
	u.at = i
	for p := u.done; p < u.parts[i].prompt; p++ {
		c.prompted(u, p, 1, sofar)
	}
}

// saidAll is told that the prompts have ended, or were cut.
func (c *conductor) saidAll(u *utterance, e jobEnd) {
	heard := share(u.job.pieces, len(u.prompts), e.played)
	var text []string
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
	if c.saying != u { // something else is being said already
		return
	}
	c.saying = nil
	c.ears.botSpeaks(false)
	c.endBarge()
	switch {
	case e.cut:
		c.cutText = strings.Join(text, " ")
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

// prompted writes down prompt i of u, of which the share f was heard.
func (c *conductor) prompted(u *utterance, i int, f float64, pieces []piece) {
	p := u.prompts[i]
	ev := event.Prompted{Text: p.Text, Heard: heardOf(p.Text, f), Cut: f < 1, Step: p.ID, Lang: p.Lang}
	if u.answer > 0 {
		ev.AnswerMS = max(1, u.answer.Milliseconds())
		u.answer = 0
	}
	var length time.Duration
	for _, pc := range pieces {
		if pc.prompt == i {
			length += max(pc.length, pc.sent)
		}
	}
	ev.ForMS = int64(float64(length.Milliseconds()) * f)
	u.done = max(u.done, i+1)
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
	if c.alarms.set("watchdog") {
		return
	}
	silent := time.Duration(0)
	if !c.talkEnd.IsZero() { // we have been silent since they stopped
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
	line := w[min(c.waits, len(w)-1)]
	c.waits++
	c.say("filler", []flows.Prompt{own("waiting", line, c.lang)}, func() {
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
	c.alarms.in(c.cfg.Goodbye, "goodbye", func() { c.finish(outcome, "bot", "normal clearing") })
}

// takeCallback stores a request to be rung back. It is stored even when the call ends meanwhile.
func (c *conductor) takeCallback(cb flows.Callback) {
	if cb.Phone == "" {
		cb.Phone = caller(c.s.Leg.Info())
	}
	c.calledBack = true
	c.write(event.CallbackTaken{Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window})
	if c.s.Callbacks == nil {
		return
	}
	req := Callback{Conv: c.s.Conv, At: c.now().UTC(), Phone: cb.Phone, Reason: cb.Reason, Window: cb.Window, Lang: c.lang, Slots: slots(c.out.Slots)}
	c.wg.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 5*time.Second)
		defer cancel()
		if _, err := c.s.Callbacks.AddCallback(ctx, req); err != nil {
			c.s.Metrics.count(failures, "callback")
			c.log.Error("a callback request could not be stored; it is only in the events", "error", err)
			c.post(func() { c.trouble("callback", err, "kept in the events only") })
		}
	})
}
