package flows

import (
	"strings"

	"decroche/flows/entity"
	"decroche/flows/nlu"
)

// A slot of type text takes whatever is said, so almost nothing else may: a global command does,
// and a wish that is beyond doubt. An article, or a number that would correct an earlier slot, does
// not: the words of a complaint are full of both. Where callers tell of their trouble in their own
// words, which resemble one of the bot's intents, interrupt: false keeps them there.

// beyondDoubt is how sure an intent must be to take a caller away from a question for free text:
// of what lies between the threshold of acting and certainty, this share.
const beyondDoubt = 0.6

// asksText reports whether the open question takes any words.
func (t *turn) asksText() bool {
	s := t.current()
	return t.m.Wait.For == forValue && s != nil && s.collect != nil && s.collect.spec.Type == entity.TypeText
}

// answerText takes the words as the answer to a question for free text.
func (t *turn) answerText(s *step) bool {
	if t.in.Kind == Digits && !s.collect.keys {
		return false
	}
	if yes, ok, rest := nlu.YesNo(t.m.Lang, t.said); ok && !yes && strings.TrimSpace(rest) == "" && t.canLack() {
		t.said = ""
		t.jump(s.collect.missing)
		t.run()
		return true
	}
	c := t.candidates(s, t.readings())
	looks := len(c) > 0 && s.collect.spec.Pattern != "" // as it should
	if t.in.Kind == Said && !s.guard && !looks && t.plainWish() {
		return true
	}
	if len(c) == 0 {
		return false
	}
	t.said = ""
	t.accept(s, c)
	t.run()
	return true
}

// plainWish acts on another wish than the one at hand, when it is beyond doubt and one that the bot
// would offer: what is collected as "something else" resembles every text.
func (t *turn) plainWish() bool {
	mean := t.understand()
	in := t.b.intent(mean.Intent)
	act, _ := t.b.Thresholds(t.m.Lang)
	return in != nil && in.offer && mean.Confidence >= act+beyondDoubt*(1-act) && t.otherWish()
}

// retells finds a text in the words that correct one: the whole of it said again, most of it the
// same, or, when the slot is named, what comes after "c'est".
func (t *turn) retells(s *step, sl *filled, called bool) (entity.Value, bool) {
	if called {
		if rest, ok := t.afterName(s); ok {
			return entity.Correct(s.collect.spec, t.m.Lang, sl.Value, rest)
		}
	}
	if !amends[t.m.Lang].MatchString(t.said) {
		return entity.Value{}, false
	}
	v, ok := entity.Correct(s.collect.spec, t.m.Lang, sl.Value, t.said)
	return v, ok && entity.Resembles(sl.Value, v.Text)
}

// copulas stand between the name of a value and the value.
var copulas = map[string][]string{
	"fr": {" c'est ", " est ", " ce serait ", " ce sera ", " serait ", " devient "},
	"en": {" is ", " it's ", " should be ", " would be ", " becomes "},
}

// afterName is what the caller says that the slot of s is: "la rue, c'est plutôt Émile Zola".
func (t *turn) afterName(s *step) (string, bool) {
	said := strings.ReplaceAll(t.said, "’", "'")
	fold := strings.ToLower(said)
	if len(fold) != len(said) {
		return "", false
	}
	best := -1
	for _, title := range []string{s.collect.slotTitles[t.m.Lang], s.collect.slot} {
		at := strings.Index(fold, strings.ToLower(title))
		if title == "" || at < 0 {
			continue
		}
		for _, c := range copulas[t.m.Lang] {
			if i := strings.Index(fold[at:], c); i >= 0 && (best < 0 || at+i+len(c) < best) {
				best = at + i + len(c)
			}
		}
	}
	if best < 0 || strings.TrimSpace(said[best:]) == "" {
		return "", false
	}
	return said[best:], true
}
