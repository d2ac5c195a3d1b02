package flows

import "strings"

func stepKey(s *step) string { return s.flow + "/" + s.id }

// fail climbs one rung of the ladder of the open question, which silence and words not
// understood share: said again, asked another way, a person.
func (t *turn) fail(silent bool) {
	said := t.said
	t.said = ""
	w := &t.m.Wait
	if silent && (w.For == forMore || w.For == forHelped) {
		t.goodbye(t.outcomeNow()) // silence after "anything else?" is a "no thanks"
		return
	}
	if w.For == forMessage {
		t.noMessage()
		return
	}
	if w.For == forScore || w.For == forComment {
		t.failSurvey(silent, said)
		return
	}
	w.Patience = false
	n := t.stumble()
	if silent {
		w.Silences++
		t.noteHere("silence %d", w.Silences)
	} else {
		w.Silences = 0
		t.m.Partial = nil
		t.m.Misses++
		t.noteHere("no_match %d", n)
	}
	// A first silence is somebody fetching a letter, not a step that failed.
	if !w.Counted && (!silent || n > 1) {
		w.Counted = true
		t.m.FailedSteps++
	}
	if t.m.FailedSteps >= t.b.policy.maxFailedSteps {
		t.noteHere("%d failed steps", t.m.FailedSteps)
		t.person(ReasonNotUnderstood, "person")
		return
	}
	if s := t.current(); s != nil && len(s.retry) > 0 && (w.For == forValue || w.For == forYesNo) {
		t.rung(s, n, silent)
		return
	}
	t.usualRung(n, silent)
}

// stumble counts a failure at the open question and returns how many there were in a row. A
// value keeps its count over the questions that confirm it.
func (t *turn) stumble() int {
	w := &t.m.Wait
	s := t.current()
	if s != nil && s.collect != nil && (w.For == forValue || w.For == forConfirm) {
		if t.m.Stumbles == nil {
			t.m.Stumbles = map[string]int{}
		}
		t.m.Stumbles[stepKey(s)]++
		w.Fails = t.m.Stumbles[stepKey(s)]
		w.Counted = w.Counted || w.Fails > 2
		return w.Fails
	}
	w.Fails++
	return w.Fails
}

// rung runs the n-th rung that the flow wrote; past the last one is a person.
func (t *turn) rung(s *step, n int, silent bool) {
	if n > len(s.retry) {
		t.person(ReasonNotUnderstood, "person")
		return
	}
	r := s.retry[n-1]
	if r.then != "" {
		t.jump(r.then)
		t.run()
		return
	}
	what, ph := "retry", r.say
	if silent && r.silence != nil {
		what, ph = "silence", r.silence
	}
	if r.dtmf != "" && t.m.Channel == Speaker {
		t.respond(t.withoutKeys(r, silent), t.questionWords())
	} else {
		t.say(promptID(s.flow, s.id, what+itoa(n)), ph, t.questionWords())
	}
	t.uninterruptible(s)
	t.m.Wait.Layout = r.layout
	if t.m.Channel != Speaker {
		t.m.Wait.Keys = r.dtmf
	}
	if r.dtmf == "only" {
		t.readChoices(s)
	}
	t.out.Next = Listen
}

// withoutKeys is the response in the place of a rung that speaks of keys, where there are none.
func (t *turn) withoutKeys(r rung, silent bool) string {
	switch {
	case silent:
		return "silence_2"
	case r.dtmf == "only":
		return "no_keys"
	}
	return t.otherWay()
}

// readChoices reads the quick replies of the open question out, each with its key, to a caller
// who hears no buttons and was not understood. A question for digits keeps its keys; at a smart speaker
// the words alone are read, for it has no keys.
func (t *turn) readChoices(s *step) {
	w := &t.m.Wait
	quick := w.Question.Quick
	if t.m.Channel == Text || len(quick) < 2 || len(quick) > 9 || s != nil && s.collect != nil && s.collect.keys {
		return
	}
	for i, reply := range quick {
		n := itoa(i + 1)
		t.respond("option_item", map[string]spoken{"title": {reply, reply}, "n": {n, n}})
	}
	if t.m.Channel == Voice {
		w.Choices, w.Keys = quick, "only"
	}
}

func (t *turn) questionWords() map[string]spoken {
	q := t.m.Wait.Question
	return map[string]spoken{"question": {q.Text, q.Voice}}
}

// titleWords is {{titles}}: the first intents of the bot, which its author put in order.
func (t *turn) titleWords() map[string]spoken {
	names := t.titles(nil)
	if len(names) > 3 {
		names = names[:3]
	}
	list := strings.Join(names, ", ")
	return map[string]spoken{"titles": {list, list}}
}

// usualRung is the ladder of questions without one of their own.
func (t *turn) usualRung(n int, silent bool) {
	if n > 2 {
		t.person(ReasonNotUnderstood, "person")
		return
	}
	name := "again"
	switch {
	case silent && n == 1:
		name = "silence_1"
	case silent:
		name = "silence_2"
	case n == 2:
		name = t.otherWay()
	}
	with := t.questionWords()
	with["titles"] = t.titleWords()["titles"]
	p := t.respond(name, with)
	if n == 2 {
		t.m.Wait.Keys = "also"
	}
	if name == "other_way_digits" {
		t.m.Wait.Layout = "pairs"
	}
	if n == 2 && !asksYesNo(t.m.Wait.For) {
		t.readChoices(t.current())
	}
	if len(p.Quick) == 0 && len(t.m.Wait.Question.Quick) > 0 {
		t.out.Say[len(t.out.Say)-1].Quick = t.m.Wait.Question.Quick
	}
	t.out.Next = Listen
}

// otherWay is the second rung, by what is asked.
func (t *turn) otherWay() string {
	switch t.m.Wait.For {
	case forYesNo, forConfirm, forCallback, forHelped, forOffer, forPerson, forLeave:
		return "other_way_yes_no"
	case forPhone:
		return "other_way_digits"
	case forValue:
		s := t.current()
		if s != nil && s.collect != nil && s.collect.keys {
			return "other_way_digits"
		}
		return "other_way_value"
	case forClarify:
		t.m.Wait.For, t.m.Wait.Intents = forWish, nil
	}
	return "other_way"
}
