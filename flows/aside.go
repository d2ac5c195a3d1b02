package flows

import "strings"

// aside answers what a caller asks while a person is being fetched, where that needs nothing but words:
// with an article of the knowledge, or with a flow that only says something (opening hours). What
// cannot be answered so is for the person, who reads it. The hand-off stays out and nothing else
// changes, so that whatever becomes of it is told as if nothing had been asked.
func (t *turn) aside() {
	t.out.Next = HandOff
	t.said = strings.TrimSpace(clip(t.in.Text, t.b.limits.MaxUtterance))
	if t.said == "" {
		return
	}
	t.remember()
	wait := t.m.Wait
	switch {
	case t.telling():
	case t.article(t.understand().Confidence):
	case len(strings.Fields(t.said)) >= fewWords:
		t.noteHere("aside kept")
		t.respond("noted_for_person", nil)
	default:
		return // "allô ?", "hm": nobody is told anything
	}
	t.m.Wait = wait
}

// fewWords is from how many words on something that was not understood is said to be kept.
const fewWords = 3

// telling says what a flow that the caller asks for says, when it does nothing else.
func (t *turn) telling() bool {
	mean := t.understand()
	act, _ := t.b.Thresholds(t.m.Lang)
	in := t.b.intent(mean.Intent)
	if in == nil || mean.Confidence < act || t.running(in.flow) {
		return false
	}
	fl := t.b.flows[in.flow]
	var says []*step
	for s := fl.steps[fl.first]; s != nil && s.kind != kindEnd; s = fl.steps[s.next] {
		if says = append(says, s); s.kind != kindSay || len(says) > len(fl.order) {
			return false
		}
	}
	for _, s := range says {
		t.say(promptID(s.flow, s.id, ""), s.say, nil)
	}
	if len(t.out.Say) > 0 {
		t.note(in.flow, fl.first, "aside")
	}
	return len(t.out.Say) > 0
}
