package flows

import (
	"strings"

	"decroche/flows/nlu"
)

// first and second, said of two choices.
var ordinals = map[string][2][]string{
	"fr": {{"premier", "première", "premiere"}, {"deuxième", "deuxieme", "second", "seconde"}},
	"en": {{"first"}, {"second"}},
}

// answerClarify picks one of the intents that were offered.
func (t *turn) answerClarify() bool {
	offered := t.m.Wait.Intents
	if yes, ok, rest := nlu.YesNo(t.m.Lang, t.said); ok && rest == "" {
		switch {
		case yes && len(offered) == 1:
			t.choose(offered[0])
		case yes:
			return false
		default:
			t.missed(t.m.Wait.Heard, Meaning{Intent: offered[0], Confidence: t.m.Wait.P}, true)
			t.m.Wait.For, t.m.Wait.Intents = forWish, nil
			t.fail(false)
		}
		return true
	}
	low := strings.Fields(strings.ToLower(t.said))
	for i, names := range ordinals[t.m.Lang] {
		for _, w := range low {
			if i < len(offered) && contains(names, strings.Trim(w, ".,!?")) {
				t.choose(offered[i])
				return true
			}
		}
	}
	mean := t.understand()
	_, clarify := t.b.Thresholds(t.m.Lang)
	// The caller was offered two: the likelier of the two needs less proof.
	if contains(offered, mean.Intent) && mean.Confidence >= clarify {
		t.choose(mean.Intent)
		return true
	}
	return false
}

// choose begins an intent that was offered, with the words that led to the offer.
func (t *turn) choose(name string) {
	w := t.m.Wait
	t.said = w.Heard
	t.noteHere("intent %s chosen", name)
	t.learned(name)
	if w.Heard != "" && len(w.Intents) > 0 {
		t.out.Unclear = append(t.out.Unclear, Unclear{Text: clip(w.Heard, maxUnclear), Guess: w.Intents[0], P: w.P, Why: "clarified", Intent: name})
		t.freshBegun, t.m.Begun = true, &begun{Text: clip(w.Heard, maxUnclear), Intent: name, P: w.P}
	}
	t.begin(name, len(t.m.Stack) > 0)
}

// leastClarify is the confidence below which a clarifying question would sound like a guess,
// whatever cross-validation on a small bot found.
const leastClarify = 0.3

// otherWish acts on an intent: at a free question any, inside a flow one that is not running.
func (t *turn) otherWish() bool {
	mean := t.understand()
	act, clarify := t.b.Thresholds(t.m.Lang)
	in := t.b.intent(mean.Intent)
	if in == nil {
		return false
	}
	free := len(t.m.Stack) == 0
	inSurvey := t.m.Wait.For == forScore || t.m.Wait.For == forComment
	if t.running(in.flow) {
		return false
	}
	switch {
	case !free && t.b.flows[in.flow].onlyGoodbye():
		return false // "merci" in the middle of something ends nothing; "au revoir" is a command
	case mean.Confidence >= act && t.guarded():
		t.holdBack(in)
		return true
	case mean.Confidence >= act:
		t.took(mean)
		t.noteHere("intent %s %.2f", in.name, mean.Confidence)
		if inSurvey {
			t.leaveSurvey()
			free = len(t.m.Stack) == 0
		}
		if !free {
			t.m.Wait.Fails = 0
		}
		t.begin(in.name, !free)
		return true
	case free && mean.Confidence >= max(clarify, leastClarify) && in.offer:
		if !t.knows(mean.Confidence) {
			t.clarify(mean, in)
		}
		return true
	}
	return false
}

// holdBack keeps the caller at a question that must not be left for another wish. It counts as a
// failure of the step, so that nobody is kept there for ever; commands still work.
func (t *turn) holdBack(in *intent) {
	t.noteHere("intent %s held back", in.name)
	t.said = ""
	if t.stumble() > 2 {
		t.person(ReasonNotUnderstood, "person")
		return
	}
	t.respond("guarded", t.questionWords())
	t.out.Next = Listen
}

// clarify asks which of two was meant, or whether the only one was.
func (t *turn) clarify(mean Meaning, first *intent) {
	t.noteHere("clarify %s %.2f, %s", mean.Intent, mean.Confidence, mean.Second)
	w := t.m.Wait
	w.Heard, w.P, w.Intents = clip(t.said, maxUnclear), mean.Confidence, []string{first.name}
	second := t.b.intent(mean.Second)
	if second == nil || !second.offer || second.flow == first.flow || mean.Confidence-mean.Margin < leastSecond {
		second = t.nearTo(first)
	}
	if second != nil {
		w.Intents = append(w.Intents, second.name)
	}
	t.offer(w)
}

// offer asks which of the intents of w was meant, or whether its only one was.
func (t *turn) offer(w wait) {
	with, name := map[string]spoken{}, "clarify_one"
	for i, what := range []string{"first", "second"} {
		if i < len(w.Intents) {
			title := t.b.IntentTitle(w.Intents[i], t.m.Lang)
			with[what] = spoken{title, title}
		}
	}
	if len(w.Intents) > 1 {
		name = "clarify"
	}
	t.ask(forClarify, t.respond(name, with))
	n := &t.m.Wait
	n.Intents, n.Heard, n.P, n.Fails, n.Counted = w.Intents, w.Heard, w.P, w.Fails, w.Counted
}

// leastSecond is the confidence below which the runner-up is no choice worth offering.
const leastSecond = 0.1

// nearTo is the first intent that the bot's author calls easily taken for in.
func (t *turn) nearTo(in *intent) *intent {
	for _, name := range in.near {
		if other := t.b.intent(name); other != nil && other.offer && other.flow != in.flow {
			return other
		}
	}
	return nil
}
