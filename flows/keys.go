package flows

import (
	"strings"
)

// keyed takes keys of the telephone.
func (t *turn) keyed() {
	digits := strings.Trim(t.in.Digits, "#* ")
	t.said = digits
	w := &t.m.Wait
	if t.stopKey() {
		t.noMoreCalls()
		return
	}
	if digits == "0" && w.For != forValue && w.For != forPhone && w.For != forScore {
		t.noteHere("key 0")
		t.person(ReasonAsked, "handoff")
		return
	}
	yesNo := asksYesNo(w.For)
	choice := digits == "1" || digits == "2"
	if w.Silences > 0 && len(digits) <= 1 && (w.For == forValue || w.For == forPhone || yesNo && !choice) {
		t.respond("key_heard", t.questionWords())
		w.Silences = 0
		t.out.Next = Listen
		return
	}
	if n := len(w.Choices); len(digits) == 1 && digits[0] >= '1' && int(digits[0]-'0') <= n && !yesNo {
		t.chosen(w.Choices[digits[0]-'1'])
		return
	}
	switch w.For {
	case forValue, forPhone, forScore:
		if t.answer() {
			return
		}
	case forConfirm:
		if choice {
			t.said = yesNoWords[t.m.Lang][digits[0]-'1']
		}
		if t.answer() {
			return
		}
	case forYesNo, forCallback, forHelped, forOffer, forPerson, forLeave:
		if choice {
			t.said = yesNoWords[t.m.Lang][digits[0]-'1']
			if t.answer() {
				return
			}
		}
	}
	if n := len(w.Intents); len(digits) == 1 && digits[0] >= '1' && int(digits[0]-'0') <= n {
		t.said = ""
		name := w.Intents[digits[0]-'1']
		if w.For == forClarify {
			t.choose(name)
			return
		}
		t.noteHere("intent %s keyed", name)
		t.begin(name, len(t.m.Stack) > 0)
		return
	}
	if w.For == forWish || w.For == forMore {
		t.menu()
		return
	}
	t.fail(false)
}

// chosen takes a quick reply by its key, as if the caller had said it.
func (t *turn) chosen(reply string) {
	t.noteHere("key for %s", reply)
	t.said = reply
	if !t.answer() && !t.otherWish() && !t.knows(0) {
		t.fail(false)
	}
}

// maxMenu is how many wishes a keypad menu reads out.
const maxMenu = 4

// menu offers the wishes by key to a caller who has pressed one.
func (t *turn) menu() {
	w := t.m.Wait
	w.Intents, w.Keys = nil, "also"
	for _, in := range t.b.intents {
		if !in.offer || len(w.Intents) == maxMenu {
			continue
		}
		title := in.title[t.m.Lang]
		w.Intents = append(w.Intents, in.name)
		t.respond("menu_item", map[string]spoken{"title": {title, title}, "n": {itoa(len(w.Intents)), itoa(len(w.Intents))}})
	}
	t.m.Wait = w
	t.out.Next = Listen
}
