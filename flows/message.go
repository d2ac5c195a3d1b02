package flows

import (
	"strings"
	"time"

	"decroche/flows/nlu"
)

// messagePause is the silence that ends a message: who leaves one stops to think.
const messagePause = 2500 * time.Millisecond

// ReasonMessage is the reason of a callback that is a message: nobody is to be rung for it by itself.
const ReasonMessage = "message"

// offerMessage asks whether to leave a message, where the bot may: nobody took the caller, and they are
// not rung back. It is the last rung: after it the conversation goes on as if nobody had been asked for.
func (t *turn) offerMessage(w wait) {
	if !t.b.policy.message || t.m.Called {
		t.goOn(w)
		return
	}
	t.leaveHandoff(w)
	t.ask(forLeave, t.respond("message_offer", nil))
}

func (t *turn) answerLeave() bool {
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	switch {
	case !ok:
		return false
	case !yes && rest != "" && t.elsewhere(rest):
	case !yes:
		t.noMessage()
	case len(strings.Fields(rest)) >= fewWords: // "oui, dites-lui que je suis passé"
		t.said = rest
		t.takeMessage()
	default:
		t.said = ""
		t.ask(forMessage, t.respond("message_ask", nil))
	}
	return true
}

// takeMessage keeps the words as they are: nothing is understood in them but a wish to stop, said alone.
func (t *turn) takeMessage() {
	if len(strings.Fields(t.said)) <= fewWords {
		switch nlu.Command(t.m.Lang, t.said) {
		case nlu.CommandCancel, nlu.CommandStop:
			t.noMessage()
			return
		case nlu.CommandRepeat:
			t.reask()
			return
		}
	}
	t.out.Callback = &Callback{Phone: dialable(t.m.Caller, t.m.Channel), Reason: ReasonMessage, Message: t.said}
	t.m.Called = true
	t.noteHere("message taken")
	t.said = ""
	t.respond("message_taken", nil)
	t.goOn(wait{})
}

// noMessage goes on without one.
func (t *turn) noMessage() {
	t.noteHere("no message")
	t.said = ""
	t.respond("message_none", nil)
	t.goOn(wait{})
}

// With is what whoever works on the request is shown beside it: slots, and the message.
func (c Callback) With(slots []SlotValue) []SlotValue {
	if c.Message == "" {
		return slots
	}
	return append(slots[:len(slots):len(slots)], SlotValue{Name: "message", Value: c.Message, Shown: c.Message, Confidence: 1})
}
