package call

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"decroche/flows"
	"decroche/gateway/event"
)

// think lets the mind take one turn elsewhere. What was being thought before is forgotten.
func (c *conductor) think(in flows.Input) {
	if in.Hint = c.hintFor(in); in.Hint != "" {
		c.dropGuess() // made without it
	}
	g := c.adopt(in)
	c.forget()
	in.Now = c.now()
	c.inputKind = in.Kind
	ctx, cancel := context.WithTimeoutCause(c.ctx, c.cfg.ThinkTimeout,
		fmt.Errorf("the flow took longer than %v (call.think_timeout)", c.cfg.ThinkTimeout))
	t := &thought{in: in, cancel: cancel, guess: g}
	c.thought = t
	c.fillIn(in.Kind)
	st, want := c.state, c.out.Expect
	if in.Kind == flows.Said || in.Kind == flows.Digits {
		c.answering = kindOf(in, want)
	}
	c.spawn(func() {
		defer cancel()
		began := time.Now()
		out, meaning, known, ok := c.answerAhead(ctx, g, in)
		understood := func() {
			if in.Kind == flows.Said && c.s.Understander != nil {
				c.s.Metrics.stage("decroche_latency_understanding_seconds", time.Since(began))
			}
			began = time.Now()
		}
		if ok {
			understood()
			c.s.Metrics.stage("decroche_latency_flow_seconds", 0)
			c.post(func() { c.thoughtOver(t, out, nil) })
			return
		}
		if known {
			t.in.Meaning = meaning
		} else if in.Kind == flows.Said && in.Text != "" {
			t.in.Meaning = c.understand(ctx, in.Text, want)
		}
		understood()
		out, err := c.decide(ctx, st, t.in)
		c.s.Metrics.stage("decroche_latency_flow_seconds", time.Since(began))
		c.post(func() { c.thoughtOver(t, out, err) })
	})
}

// decide asks the mind. One that panics has failed; it does not take other calls along.
func (c *conductor) decide(ctx context.Context, st flows.State, in flows.Input) (out flows.Output, err error) {
	defer func() {
		if p := recover(); p != nil {
			c.log.Error("the flow panicked", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("call %s: flow: internal error", c.s.Conv)
		}
	}()
	return c.s.Mind.Turn(ctx, st, in)
}

// thought is the mind at work on one input.
type thought struct {
	in     flows.Input
	cancel context.CancelFunc
	guess  *guess // made for it before the turn had ended; may be nil
}

// decided is an answer of the mind, and to what.
type decided struct {
	in    flows.Input
	out   flows.Output
	guess *guess
}

// outdated drops what was answered to a caller who goes on speaking, and reports whether the mind
// was at work on that at all. What was told about an action stays: it would not come again.
func (c *conductor) outdated() bool {
	answers := func(k flows.Kind) bool { return k == flows.Said || k == flows.Silence }
	switch {
	case c.thought != nil && answers(c.thought.in.Kind):
		c.forget()
	case c.ready != nil && answers(c.ready.in.Kind):
		c.discard(c.ready.guess)
		c.ready = nil
	default:
		return false
	}
	c.turn.taken = 0
	return true
}

// forget drops the thought in progress: its output will not be taken.
func (c *conductor) forget() {
	if c.thought != nil {
		c.thought.cancel()
		c.discard(c.thought.guess)
		c.thought = nil
		c.alarms.clear("thinking")
	}
}

// understand asks the Understander; nil when there is none or it failed: the mind does without.
func (c *conductor) understand(ctx context.Context, text string, want flows.Expect) *flows.Meaning {
	if c.s.Understander == nil {
		return nil
	}
	m, err := c.askUnderstander(ctx, text, want)
	if err != nil {
		c.understanderFailed(ctx, err)
	}
	return m
}

// askUnderstander asks it within its time.
func (c *conductor) askUnderstander(ctx context.Context, text string, want flows.Expect) (*flows.Meaning, error) {
	uctx, cancel := context.WithTimeoutCause(ctx, c.cfg.UnderstandTimeout,
		fmt.Errorf("understanding took longer than %v (call.understand_timeout)", c.cfg.UnderstandTimeout))
	defer cancel()
	m, err := c.s.Understander.Understand(uctx, text, want)
	if err != nil {
		return nil, err
	}
	return &m, nil
}

// understanderFailed records that the Understander did; that it leaves a text to the mind is no failure.
func (c *conductor) understanderFailed(ctx context.Context, err error) {
	if ctx.Err() == nil && !errors.Is(err, flows.ErrOwnMind) {
		c.s.Metrics.count(failures, "understander")
		c.post(func() { c.trouble("understander", err, "the flow understood by itself") })
	}
}

// thoughtOver takes what the mind decided, unless it was forgotten meanwhile.
func (c *conductor) thoughtOver(t *thought, out flows.Output, err error) {
	if c.thought != t {
		return
	}
	c.thought = nil
	c.alarms.clear("thinking")
	if err != nil {
		c.discard(t.guess)
		c.s.Metrics.count(failures, "mind")
		c.mindBroke(err)
		return
	}
	if c.saying != nil && c.saying.what == "filler" { // let us finish our own sentence
		c.ready = &decided{t.in, out, t.guess}
		return
	}
	c.taking = t.guess
	c.takeAnswer(t.in, out)
	c.taken()
}

// mindBroke apologises and looks for a human: without a mind there is nothing else to do.
func (c *conductor) mindBroke(err error) {
	c.tellUnjudged()
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
	c.quiet(out)
	c.tell(out.Sensitive)
	c.state, c.out = out.State, out
	c.follow(out)
	c.cut, c.cutText, c.waits = false, "", 0
	c.full.asked = c.full.asked || out.Next == flows.Listen && len(out.Say) == 0
	c.turn.answered()
	c.write(stepped(out))
	c.learned(out)
	c.noteOutbound(out)
	if out.StopRecording {
		c.refuse()
	}
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
	if r := c.ready; r != nil {
		c.ready, c.taking = nil, r.guess
		c.takeAnswer(r.in, r.out)
		c.taken()
		return
	}
	if c.sayVerbatim() {
		return
	}
	switch c.out.Next {
	case flows.DoAct:
		c.awaitAction()
	case flows.Listen:
		switch {
		case c.keys != "":
			c.tellKeys()
		case len(c.written) > 0:
			c.tellTyped()
		case c.keying():
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
