package flows

import (
	"strings"
)

// begin starts the flow of an intent. The flows that run are kept beneath it when push is set.
func (t *turn) begin(intentName string, push bool) {
	in := t.b.intent(intentName)
	if in == nil { // offered by an older build of this bot
		t.m.Wait.For, t.m.Wait.Intents = forWish, nil
		t.fail(false)
		return
	}
	f := t.b.flows[in.flow]
	t.m.knowsIntent(intentName)
	t.m.Closing = ""
	if !t.freshBegun {
		t.m.Begun = nil // no words of the caller's began this one
	}
	if !push {
		t.m.Stack = nil
	} else {
		t.m.keepWishes(t.b.limits.MaxDigressions)
	}
	t.m.Wishes++
	t.m.Stack = append(t.m.Stack, frame{Flow: f.name, Step: f.first, Intent: intentName, Wish: t.m.Wishes})
	t.leaves(t.m.Wishes, t.said)
	for k := range t.m.Tries {
		if strings.HasPrefix(k, f.name+"/") {
			delete(t.m.Tries, k)
		}
	}
	t.run()
}

// jump moves the flow on top to a step of its own; "" ends it.
func (t *turn) jump(id string) {
	if id == "" {
		t.pop()
		return
	}
	t.m.top().Step = id
}

// pop ends the flow on top. A flow that called it goes on without a word; one that it had
// interrupted says where we are, and its question again when it runs.
func (t *turn) pop() {
	if t.m.top() == nil {
		return // its flow is gone from a newer bot
	}
	called := t.m.top().Called
	t.m.Stack = t.m.Stack[:len(t.m.Stack)-1]
	if called {
		return
	}
	t.m.Answered++
	if t.m.top() != nil {
		t.backTo()
	}
}

// backTo tells the caller which flow goes on: the wish that was interrupted, or the flow of it
// that was called.
func (t *turn) backTo() {
	t.said = "" // it was about what is done now
	for i := len(t.m.Stack) - 1; i >= 0; i-- {
		f := t.m.Stack[i]
		if fl := t.b.flows[f.Flow]; fl != nil && fl.back != nil {
			t.say(promptID(fl.name, "back", ""), fl.back, nil)
			return
		}
		if !f.Called {
			break
		}
	}
	t.respond("back_to", nil)
}

// run passes steps until one waits.
func (t *turn) run() {
	for t.out.Next == "" {
		f := t.m.top()
		if f == nil && t.m.Closing != "" {
			t.closed()
			return
		}
		if f == nil {
			t.respond("anything_else", nil)
			t.wish(forMore)
			return
		}
		s := t.resume(f)
		if s == nil {
			t.pop()
			continue
		}
		if f.Done {
			if f.Done = false; s.kind == kindCall || s.kind == kindSurvey {
				t.jump(s.next)
				continue
			}
		}
		if t.steps++; t.steps > t.b.limits.MaxSteps {
			t.noteHere("more than %d steps in one turn", t.b.limits.MaxSteps)
			t.m.Stack = nil
			t.person("error", "trouble")
			return
		}
		t.note(f.Flow, f.Step, "")
		t.pass(s)
	}
}

// resume finds the step of a frame, or, when the bot was edited meanwhile, the nearest one
// that still exists.
func (t *turn) resume(f *frame) *step {
	fl := t.b.flows[f.Flow]
	if fl == nil {
		t.note(f.Flow, f.Step, flowGone)
		return nil
	}
	for id := f.Step; id != ""; {
		if s := fl.steps[id]; s != nil {
			if id != f.Step {
				t.note(f.Flow, id, resumedFor+f.Flow+"/"+f.Step)
				f.Step = id
			}
			return s
		}
		i := strings.LastIndexAny(id, "+:.")
		if i < 0 {
			break
		}
		id = id[:i]
	}
	t.note(f.Flow, fl.first, resumedFor+f.Flow+"/"+f.Step)
	f.Step = fl.first
	return fl.steps[fl.first]
}

// pass runs one step.
func (t *turn) pass(s *step) {
	switch s.kind {
	case kindSay:
		t.passSay(s)
	case kindReset:
		for _, name := range s.slots {
			t.m.drop(name)
			delete(t.m.Saved, name)
		}
		t.jump(s.next)
	case kindUnrecord:
		t.stopRecording()
		t.jump(s.next)
	case kindLimit:
		t.passLimit(s)
	case kindCollect:
		t.passCollect(s)
	case kindYesNo:
		p := t.say(promptID(s.flow, s.id, ""), s.say, nil)
		t.uninterruptible(s)
		t.ask(forYesNo, p)
	case kindHTTP:
		t.passes()
		t.passHTTP(s)
	case kindSwitch:
		t.passes()
		t.passSwitch(s)
	case kindTransfer:
		t.handoff(s.handoff, s, ReasonFlowRule)
	case kindCallback:
		t.passCallback(s)
	case kindGoto:
		f := t.m.top()
		if f.Flow != s.gotoFlow {
			t.forgets()
		}
		f.Flow, f.Step = s.gotoFlow, s.gotoStep
	case kindCall:
		t.passCall(s)
	case kindSurvey:
		t.passSurvey(s)
	case kindScore:
		t.askScore(s)
	case kindComment:
		t.ask(forComment, t.say(promptID(s.flow, s.id, ""), s.say, nil))
	case kindVerdict:
		t.passVerdict(s)
	case kindEnd:
		if s.survey != "" {
			t.m.Survey = s.survey
		}
		t.pop()
	case kindGoodbye:
		t.passGoodbye(s)
	}
}

// passCall runs another flow, and goes on after it.
func (t *turn) passCall(s *step) {
	f := t.m.top()
	f.Done = true
	to := t.b.flows[s.gotoName]
	t.m.Stack = append(t.m.Stack, frame{Flow: to.name, Step: to.first, Intent: f.Intent, Wish: f.Wish, Called: true})
}

// passSurvey asks for a note in the middle of a flow.
func (t *turn) passSurvey(s *step) {
	sv := t.b.survey(s.survey)
	if t.m.Surveyed || sv == nil || t.drawn(sv) == nil {
		t.jump(s.next)
		return
	}
	t.m.top().Done = true
	t.askSurvey(sv)
}

// passGoodbye ends the conversation, after the survey that belongs to it. A caller who came to
// say goodbye is not held up by one that the flow did not ask for.
func (t *turn) passGoodbye(s *step) {
	t.m.Answered++
	outcome := t.better(s.outcome)
	if s.survey != "" {
		t.m.Survey = s.survey
	}
	if sv := t.surveyFor(outcome); sv != nil && (s.survey != "" || !t.b.flows[s.flow].onlyGoodbye()) {
		t.askSurvey(sv)
		return
	}
	t.m.Stack = nil
	if s.say != nil {
		t.say(promptID(s.flow, s.id, ""), s.say, nil)
		t.end(outcome)
		return
	}
	t.goodbye(outcome)
}

// better keeps "callback" and "transferred" over a flow's plain "resolved".
func (t *turn) better(outcome string) string {
	if now := t.outcomeNow(); outcome == "resolved" && (now == "callback" || now == "transferred") {
		return now
	}
	return outcome
}

func (t *turn) uninterruptible(s *step) {
	if s.uninter && len(t.out.Say) > 0 {
		t.out.Say[len(t.out.Say)-1].Barge = false
	}
}

func (t *turn) passSay(s *step) {
	if s.say != nil {
		t.say(promptID(s.flow, s.id, ""), s.say, nil)
		t.uninterruptible(s)
	}
	if s.fact != nil {
		t.m.know(t.fact(s.fact))
	}
	t.jump(s.next)
}

// fact is a sentence for the agent, "" when a value that it tells of is not known: "Card ." helps nobody.
func (t *turn) fact(ph *phrase) string {
	w := ph.in[t.m.Lang]
	if w.text != nil {
		for _, name := range w.text.names() {
			if v, _, ok := t.scope().value(name); !ok || strings.TrimSpace(v) == "" {
				return ""
			}
		}
	}
	return t.b.prompt("", ph, t.m.Lang, t.scope()).Text
}

func (t *turn) passLimit(s *step) {
	key := s.flow + "/" + s.id
	if t.m.Tries == nil {
		t.m.Tries = map[string]int{}
	}
	t.m.Tries[key]++
	switch {
	case t.m.Tries[key] <= s.max:
		t.jump(s.next)
	case s.over != "":
		delete(t.m.Tries, key)
		t.jump(s.over)
	default:
		delete(t.m.Tries, key)
		t.noteHere("more than %d times", s.max)
		t.person(ReasonNotUnderstood, "person")
	}
}

func (t *turn) passSwitch(s *step) {
	env := values{t.b, t.m}.env(0)
	for _, b := range s.branches {
		if b.when == nil {
			t.jump(b.to)
			return
		}
		ok, err := b.when.isTrue(env)
		if err != nil {
			t.noteHere("expression failed: %s", b.when.src)
			continue
		}
		if ok {
			t.jump(b.to)
			return
		}
	}
	t.jump("")
}
