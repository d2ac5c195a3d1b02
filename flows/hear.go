package flows

import (
	"strings"

	"decroche/flows/nlu"
)

// hear takes what the caller said, in the order of the house: global commands, the answer
// to the open question, a correction of what is known, another wish, and at last "pardon?".
func (t *turn) hear() {
	t.said = strings.TrimSpace(clip(t.in.Text, t.b.limits.MaxUtterance))
	if t.said == "" {
		t.fail(false)
		return
	}
	if t.m.Wait.For == forMessage {
		t.takeMessage()
		return
	}
	if t.changeLanguage() {
		return
	}
	t.m.Spoke = true
	if t.command() {
		return
	}
	t.remember()
	if t.pleasantry() || t.timer() || t.misled() || !t.asksText() && t.namedCorrection() || t.answer() || t.correction() || t.otherWish() || t.knows(0) {
		return
	}
	t.missedNow()
	t.fail(false)
}

// confidence of the words of this turn. An unknown one is a doubt on voice.
func (t *turn) confidence() float64 {
	switch {
	case t.in.Kind == Digits:
		return 1
	case t.in.Confidence > 0:
		return min(t.in.Confidence, 1)
	case t.m.Channel == Voice:
		return 0.6
	}
	return 1
}

// readings are the words of this turn, best first, with their confidence.
func (t *turn) readings() []Alternative {
	out := []Alternative{{t.said, t.confidence()}}
	for i, a := range t.in.Alternatives {
		if i == 9 {
			break
		}
		c := a.Confidence
		if c <= 0 {
			c = out[0].Confidence / 2
		}
		out = append(out, Alternative{clip(strings.TrimSpace(a.Text), t.b.limits.MaxUtterance), min(c, 1)})
	}
	return out
}

// understand asks for the meaning of the words of this turn: what the host found, or the
// engine's own mind, over the readings of the recogniser.
func (t *turn) understand() Meaning {
	if t.in.Meaning != nil {
		return *t.in.Meaning
	}
	best, err := t.b.understandAll(t.ctx, t.m.Lang, t.readings(), t.expect())
	if err != nil {
		t.noteHere("understander failed")
		return Meaning{}
	}
	t.in.Meaning = &best
	return best
}

// answer tries the words as the answer to the open question.
func (t *turn) answer() bool {
	switch t.m.Wait.For {
	case forValue:
		return t.answerValue()
	case forConfirm:
		return t.answerConfirm()
	case forYesNo:
		return t.answerYesNo()
	case forClarify:
		return t.answerClarify()
	case forCallback:
		return t.answerCallback()
	case forPhone:
		return t.answerPhone()
	case forMore:
		return t.answerMore()
	case forWish:
		return t.answerWish()
	case forHelped:
		return t.answerHelped()
	case forOffer:
		return t.answerOffer()
	case forPerson:
		return t.answerPerson()
	case forLeave:
		return t.answerLeave()
	case forScore:
		return t.answerScore()
	case forComment:
		return t.answerComment()
	}
	return false
}

func (t *turn) answerYesNo() bool {
	s := t.current()
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	if !ok || s == nil || s.yesNo == nil {
		return false
	}
	if !yes && rest != "" && t.correction() {
		return true
	}
	t.said = ""
	t.m.Begun = nil
	t.decide(s, yes)
	return true
}

func (t *turn) decide(s *step, yes bool) {
	if yes {
		t.noteHere("yes")
		t.jump(s.yesNo.yes)
	} else {
		t.noteHere("no")
		t.jump(s.yesNo.no)
	}
	t.run()
}

// answerWish takes a caller who said yes to "anything else?" and then thinks better of it: before
// the first wish a no answers nothing.
func (t *turn) answerWish() bool {
	if len(t.m.Intents) == 0 {
		return false
	}
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	if !t.allWords(t.said, closings) && (!ok || yes || rest != "" && !t.allWords(rest, closings)) {
		return false
	}
	t.farewell(t.outcomeNow())
	return true
}

// answerMore takes "no thanks" and a bare "yes" after "anything else?".
func (t *turn) answerMore() bool {
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	switch {
	case !ok && t.allWords(t.said, closings):
		t.farewell(t.outcomeNow())
		return true
	case !ok:
		return false
	case !yes && rest != "" && !t.allWords(rest, closings):
		if !t.correction() && !t.otherWish() {
			t.farewell(t.outcomeNow())
		}
		return true
	case !yes || rest != "" && t.allWords(rest, closings):
		t.farewell(t.outcomeNow())
		return true
	case rest == "":
		t.respond("listening", nil)
		t.wish(forWish)
		return true
	}
	return false
}
