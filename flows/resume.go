package flows

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"decroche/flows/entity"
)

// A person may step into a conversation from outside: give the flow a hint, take the caller over, and
// give them back at a step of their choice. None of it needs anything in the flow.

// What became of a hint.
const (
	HintUsed      = "used"
	HintSensitive = "sensitive_step" // the open question is about something that people must not give
	HintUnclear   = "not_understood"
)

// ResumeError says why a Resume cannot be carried out: a step or a slot that is not there, a value
// that is none. Its text is for the person who asked; the conversation is as it was.
type ResumeError struct{ Detail string }

func (e *ResumeError) Error() string { return e.Detail }

// hinted runs a turn with a hint: the hint as if the caller had typed it, and where that leads
// nowhere, what the caller really did.
func (e *Engine) hinted(ctx context.Context, st State, in Input) (Output, error) {
	hint := in.Hint
	in.Hint = ""
	why, err := HintUnclear, error(nil)
	switch in.Kind {
	case Said, Digits, Silence:
		var m *memory
		if m, err = readMemory(st); err != nil {
			return Output{}, err
		}
		caller := &turn{ctx: ctx, b: e.bot, m: m, in: in}
		if caller.asksSensitive() {
			why = HintSensitive
			break
		}
		told := caller.tells()
		if out, ok := e.tryHint(ctx, st, in, hint); ok {
			out.Hint, out.Sensitive = HintUsed, out.Sensitive || told
			return out, nil
		}
	}
	out, err := e.Turn(ctx, st, in)
	out.Hint = why
	return out, err
}

// tryHint runs the turn of a caller who types hint; false when it was not understood. Its words are
// not the caller's: neither the inbox nor the agent is shown them as such.
func (e *Engine) tryHint(ctx context.Context, st State, in Input, hint string) (Output, bool) {
	m, err := readMemory(st)
	if err != nil {
		return Output{}, false
	}
	t := &turn{ctx: ctx, b: e.bot, m: m, in: Input{Kind: Said, Channel: in.Channel, Text: hint, Confidence: 1, Cut: in.Cut, Heard: in.Heard, Now: in.Now}}
	secrets := t.secrets()
	if t.dispatch() != nil || slices.ContainsFunc(t.out.Trace, func(s Step) bool { return strings.HasPrefix(s.Note, "no_match") }) {
		return Output{}, false
	}
	if n := len(m.Heard); t.heard && n > 0 {
		m.Heard = m.Heard[:n-1]
	}
	t.heard, t.freshBegun, m.Begun, t.out.Unclear = false, false, nil, nil
	t.close()
	t.hush(secrets, false)
	if t.out.State, err = m.write(e.bot.limits.MaxStateBytes); err != nil {
		return Output{}, false
	}
	return t.out, true
}

// takenOver waits for the person who has the caller now. The flow stays where it was.
func (t *turn) takenOver() {
	if t.m.Wait.For != forHandoff {
		t.m.Wait = wait{For: forHandoff, Reason: ReasonTakenOver}
	}
	t.noteHere("taken over")
	t.out.Next = HandOff
	t.out.Transfer = &Transfer{Reason: ReasonTakenOver, Topic: t.topic(), Summary: t.summary(ReasonTakenOver), Briefing: t.briefing(ReasonTakenOver)}
}

// givenBack goes on with a caller whom a person gives back.
func (t *turn) givenBack() error {
	for _, name := range slices.Sorted(maps.Keys(t.in.Slots)) {
		if err := t.give(name, t.in.Slots[name]); err != nil {
			return err
		}
	}
	if t.in.Step != "" {
		if err := t.goTo(t.in.Step); err != nil {
			return err
		}
		t.m.Talked = true
		t.noteHere("given back")
		t.run()
		return nil
	}
	w := t.m.Wait
	t.noteHere("given back")
	t.said, t.m.Partial, t.m.Closing = "", nil, ""
	if w.For == forHandoff {
		t.m.Talked = true
		t.leaveHandoff(w)
	}
	away := w.For == forAct || w.For == forHandoff
	if s := t.current(); s != nil && (away || s.asks()) || s == nil && away && len(t.m.Intents) > 0 {
		t.run()
	} else {
		t.reask()
	}
	return nil
}

// give fills a slot with what a person typed for it; "" empties it.
func (t *turn) give(name, value string) error {
	s := t.collects(name)
	switch {
	case s == nil:
		return &ResumeError{fmt.Sprintf("slots: no step of this bot fills %q", clip(name, 80))}
	case t.b.isSensitive(name):
		return &ResumeError{fmt.Sprintf("slots: %q is sensitive: only the caller gives it", name)}
	}
	if value = strings.TrimSpace(clip(value, t.b.limits.MaxUtterance)); value == "" {
		t.m.drop(name)
		return nil
	}
	if s.collect.spec.Type != entity.TypeText {
		v := entity.Parse(s.collect.spec, t.m.Lang, value, t.in.Now.In(t.b.Timezone))
		if len(v) == 0 {
			return &ResumeError{fmt.Sprintf("slots: %q cannot be %q: its kind is %s", name, clip(value, 80), s.collect.spec.Type)}
		}
		value = v[0].Text
	}
	t.fill(s, value, 1).Confirmed = true
	t.noteHere("given %s", name)
	return nil
}

// goTo puts a step on top: of the flow that runs, or of one that is named. A flow that is under way
// already goes on; what it had called or was interrupted by is dropped.
func (t *turn) goTo(step string) error {
	name, id, named := strings.Cut(step, "/")
	if !named {
		f := t.m.top()
		if f == nil {
			return &ResumeError{fmt.Sprintf("step: no flow is under way; write %q with its flow, as FLOW/STEP", clip(step, 80))}
		}
		name, id = f.Flow, step
	}
	fl := t.b.flows[name]
	if fl == nil || fl.steps[id] == nil {
		return &ResumeError{fmt.Sprintf("step: this bot has no %q", clip(step, 80))}
	}
	t.said, t.m.Partial, t.m.Closing = "", nil, ""
	for i := len(t.m.Stack) - 1; i >= 0; i-- {
		if t.m.Stack[i].Flow == name {
			t.m.Stack = t.m.Stack[:i+1]
			t.m.Stack[i].Step, t.m.Stack[i].Done = id, false
			return nil
		}
	}
	t.m.Wishes++
	t.m.Stack = []frame{{Flow: name, Step: id, Wish: t.m.Wishes}}
	return nil
}
