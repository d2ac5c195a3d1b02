package flows

import (
	"decroche/flows/entity"
)

// correction changes a slot that is filled ("non, zéro deux à la fin") and goes on after the
// step that collected it, so that everything that depends on it is done again.
func (t *turn) correction() bool {
	if t.m.Wait.For == forValue || t.m.Wait.For == forConfirm {
		return false // the open slot has its own way
	}
	for i := len(t.m.Slots) - 1; i >= 0; i-- {
		sl := &t.m.Slots[i]
		flowName, s := t.collects(sl.Name)
		if s == nil {
			continue
		}
		v, ok := entity.Correct(s.collect.spec, t.m.Lang, sl.Value, t.said)
		if !ok || v.Text == sl.Value {
			continue
		}
		t.noteHere("corrected %s", sl.Name)
		t.m.reject(sl.Name, sl.Value)
		t.fill(s, v.Text, min(v.Confidence, t.confidence()))
		t.m.slot(sl.Name).Confirmed = true
		t.respond("corrected", t.valueWords(s, v.Text, false))
		t.said = ""
		t.resumeAfter(flowName, s)
		return true
	}
	return false
}

// collects finds the step that fills a slot: in a running flow, else in the flow of the
// latest intent.
func (t *turn) collects(slot string) (string, *step) {
	names := []string{}
	for i := len(t.m.Stack) - 1; i >= 0; i-- {
		names = append(names, t.m.Stack[i].Flow)
	}
	if len(names) == 0 {
		for i := len(t.m.Intents) - 1; i >= 0; i-- {
			if in := t.b.intent(t.m.Intents[i]); in != nil {
				names = append(names, in.flow)
			}
		}
	}
	for _, n := range names {
		f := t.b.flows[n]
		if f == nil {
			continue
		}
		for _, id := range f.order {
			if s := f.steps[id]; s.collect != nil && s.collect.slot == slot {
				return n, s
			}
		}
	}
	return "", nil
}

func (t *turn) resumeAfter(flowName string, s *step) {
	for i := len(t.m.Stack) - 1; i >= 0; i-- {
		if t.m.Stack[i].Flow == flowName {
			t.m.Stack = t.m.Stack[:i+1]
			t.jump(s.next)
			t.run()
			return
		}
	}
	intentName := ""
	for _, n := range t.m.Intents {
		if in := t.b.intent(n); in != nil && in.flow == flowName {
			intentName = n
		}
	}
	t.m.Stack = []frame{{Flow: flowName, Step: s.id, Intent: intentName}}
	t.jump(s.next)
	t.run()
}
