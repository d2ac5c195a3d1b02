package flows

import (
	"reflect"
	"slices"
	"strings"

	"decroche/flows/entity"
)

// left are words of the caller that no question has used yet, for those to come in the same wish:
// who begins with "je renvoie la commande 45127802, elle est cassée" is not asked for the number
// again after the reason.
type left struct {
	Wish  int      `json:"wish"`
	Texts []string `json:"texts"` // the newest first
	Conf  float64  `json:"conf"`  // the recogniser's, the least of all
}

// Bounds on what is left.
const (
	maxLeft      = 2
	maxLeftBytes = 300
	leftSure     = 0.5 // a reading that is no surer is asked for
)

// leaves keeps words for later questions of a wish.
func (t *turn) leaves(wish int, text string) {
	text = strings.TrimSpace(clip(text, maxLeftBytes))
	if text == "" {
		return
	}
	l := t.m.Left
	if l == nil || l.Wish != wish {
		l = &left{Wish: wish, Conf: 1}
	}
	l.Texts = append([]string{text}, l.Texts...)
	l.Texts, l.Conf = l.Texts[:min(len(l.Texts), maxLeft)], min(l.Conf, t.confidence())
	t.m.Left = l
}

// takes removes the words of a value, which answer nothing else.
func (t *turn) takes(text string, c candidate) {
	if t.m.Left == nil || c.end <= c.start || c.end > len(text) {
		return
	}
	for i, l := range t.m.Left.Texts {
		if l == text {
			t.m.Left.Texts[i] = strings.TrimSpace(text[:c.start] + " / " + text[c.end:])
			return
		}
	}
}

// unasked fills the slot of s from words that were said before it was asked for.
func (t *turn) unasked(s *step) bool {
	l, f := t.m.Left, t.m.top()
	if l == nil || f == nil || l.Wish != f.Wish || s.guard || !t.plainOnItsOwn(s) {
		return false
	}
	for _, text := range l.Texts {
		c := t.candidates(s, []Alternative{{text, l.Conf}})
		if len(c) == 0 || c[0].conf < leftSure || t.bareNumber(s, text, c[0]) {
			continue
		}
		t.takes(text, c[0])
		t.noteHere("said before")
		t.accept(s, c)
		return true
	}
	return false
}

// anew reads another value of a slot that is known in the words that began the wish: what another
// wish is about counts more than what the last one was about.
func (t *turn) anew(s *step, sl *filled) []candidate {
	if t.said == "" || s.guard || !t.plainOnItsOwn(s) || s.collect.spec.Type == entity.TypeList {
		return nil
	}
	if c := t.candidates(s, t.readings()); len(c) > 0 && c[0].conf >= leftSure && c[0].text != sl.Value && !t.bareNumber(s, t.said, c[0]) {
		return c
	}
	return nil
}

// bareNumber reports whether a day, an hour or an amount was read from nothing but a number: "un"
// of "je voudrais un passeport" is no one o'clock until somebody asks for the hour.
func (t *turn) bareNumber(s *step, text string, c candidate) bool {
	switch s.collect.spec.Type {
	case entity.TypeDate, entity.TypeTime, entity.TypeAmount:
	default:
		return false
	}
	if c.end <= c.start || c.end > len(text) {
		return true
	}
	span := text[c.start:c.end]
	n := entity.Parse(entity.Spec{Type: entity.TypeNumber}, t.m.Lang, span, t.in.Now)
	return len(n) > 0 && n[0].Start == 0 && n[0].End == len(span)
}

// plainOnItsOwn reports whether a value of s shows by itself what it answers: it has a form, and no
// other question of the flows that run takes the same.
func (t *turn) plainOnItsOwn(s *step) bool {
	spec := s.collect.spec
	switch spec.Type {
	case entity.TypeYesNo, entity.TypeNumber, entity.TypeText:
		return false
	case entity.TypeDigits, entity.TypeSpelled:
		if spec.Length == 0 && spec.Pattern == "" {
			return false
		}
	}
	for _, f := range t.m.Stack {
		fl := t.b.flows[f.Flow]
		if fl == nil {
			continue
		}
		for _, o := range fl.steps {
			if o.collect != nil && o.collect.slot != s.collect.slot && alike(o.collect.spec, spec) {
				return false
			}
		}
	}
	return true
}

// alike reports whether the same words could be a value of both.
func alike(a, b entity.Spec) bool {
	if a.Type != b.Type {
		return false
	}
	switch a.Type {
	case entity.TypeDigits, entity.TypeSpelled, entity.TypeList:
		return reflect.DeepEqual(a, b)
	}
	return true
}

// forgets drops what is left: another flow asks for other things.
func (t *turn) forgets() { t.m.Left = nil }

// later keeps the words of an answer that its value did not need.
func (t *turn) later(c candidate) {
	f := t.m.top()
	if f == nil || c.end <= c.start || c.end > len(t.said) {
		return
	}
	rest := strings.Fields(t.said[:c.start] + " " + t.said[c.end:])
	if !slices.ContainsFunc(rest, func(w string) bool { return len(w) > 3 || strings.ContainsAny(w, "0123456789") }) {
		return
	}
	t.leaves(f.Wish, t.said[:c.start]+" / "+t.said[c.end:])
}
