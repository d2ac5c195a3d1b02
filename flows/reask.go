package flows

// reask says the open question once more, in the language and the channel of now.
func (t *turn) reask() {
	t.said = ""
	w := t.m.Wait
	again := func(what, response string) {
		t.ask(what, t.respond(response, nil))
		t.m.Wait.Own, t.m.Wait.Reason, t.m.Wait.Heard = w.Own, w.Reason, w.Heard
	}
	switch s := t.current(); {
	case w.For == forPhone:
		again(forPhone, "callback_number")
	case w.For == forCallback && !w.Own:
		again(forCallback, "callback_offer")
	case w.For == forLeave:
		again(forLeave, "message_offer")
	case w.For == forMessage:
		again(forMessage, "message_ask")
	case w.For == forHelped:
		again(forHelped, "helped")
	case w.For == forOffer:
		again(forOffer, "offer_person")
	case w.For == forPerson && t.m.Ours != nil:
		t.askPerson()
	case w.For == forClarify && len(w.Intents) > 0 && t.b.intent(w.Intents[0]) != nil:
		t.offer(w)
	case s != nil && s.asks():
		t.run()
	case w.For == forMore:
		t.respond("anything_else", nil)
		t.wish(forMore)
	default:
		t.m.Stack = nil
		t.respond("question", nil)
		t.wish(forWish)
	}
}

// asks reports whether a step waits for the caller.
func (s *step) asks() bool {
	switch s.kind {
	case kindCollect, kindYesNo, kindScore, kindComment:
		return true
	case kindCallback:
		return s.callback.confirm
	}
	return false
}

// guarded reports whether the question at hand must not be left for another wish.
func (t *turn) guarded() bool {
	s := t.current()
	return s != nil && s.guard || t.m.Wait.For == forPerson
}
