package flows

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"decroche/flows/entity"
)

// passed is a step that used what was known: an http or a switch. They are remembered, so that a
// correction does again what depended on the value, and nothing else.
type passed struct {
	Flow  string  `json:"f"`
	Step  string  `json:"s"`
	Wish  int     `json:"n"`
	Under []frame `json:"u,omitempty"` // that had called the flow
}

// maxPassed bounds what is remembered; the oldest go.
const maxPassed = 24

// passes remembers the step on top.
func (t *turn) passes() {
	f := t.m.top()
	p := passed{Flow: f.Flow, Step: f.Step, Wish: f.Wish}
	for i := len(t.m.Stack) - 1; i > 0 && t.m.Stack[i].Called; i-- {
		p.Under = append([]frame{t.m.Stack[i-1]}, p.Under...)
	}
	t.m.Passed = append(t.m.Passed, p)
	if n := len(t.m.Passed); n > maxPassed {
		t.m.Passed = t.m.Passed[n-maxPassed:]
	}
}

// amends begin what callers say when they take something back.
var amends = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(`(?i)^(?:(?:euh|ah|mais|oui|alors|bon)[ ,]+)*(?:non|nan|pardon|plutôt|en fait|attendez|erreur|c[’']est pas|ce n[’']est pas|il y a une erreur|je me suis tromp|j[’']ai dit|je corrige|corrige)`),
	"en": regexp.MustCompile(`(?i)^(?:(?:uh|um|oh|but|yes|well|ok)[ ,]+)*(?:no|nope|sorry|rather|actually|wait|that[’']s not|it[’']s not|that[’']s wrong|i made a mistake|i said|correct|change)`),
}

// correction changes a slot that is filled, from wherever the conversation is ("non, zéro deux à
// la fin"), and does again what depends on it.
func (t *turn) correction() bool {
	for i := len(t.m.Slots) - 1; i >= 0; i-- { // a whole address said again is no correction of its number alone
		if s := t.collects(t.m.Slots[i].Name); s != nil && s.collect.spec.Type == entity.TypeText && t.correct(&t.m.Slots[i], false) {
			return true
		}
	}
	for i := len(t.m.Slots) - 1; i >= 0; i-- {
		if t.correct(&t.m.Slots[i], false) {
			return true
		}
	}
	return false
}

// namedCorrection is a correction that names its slot, which is then not the answer to the open
// question: "le numéro de commande c'est le 45 12 78 03" when a date was asked for.
func (t *turn) namedCorrection() bool {
	for i := len(t.m.Slots) - 1; i >= 0; i-- {
		if t.correct(&t.m.Slots[i], true) {
			return true
		}
	}
	return false
}

// correct tries the words as a correction of one slot; with named only when they name it.
func (t *turn) correct(sl *filled, named bool) bool {
	open := t.current()
	if open != nil && open.collect != nil && open.collect.slot == sl.Name && (t.m.Wait.For == forValue || t.m.Wait.For == forConfirm) {
		return false // the open slot has its own way
	}
	s := t.collects(sl.Name)
	if s == nil {
		return false
	}
	called := t.names(s)
	if named && (!called || open != nil && open.collect != nil && t.names(open)) {
		return false
	}
	if s.collect.spec.Type == entity.TypeText {
		v, ok := t.retells(s, sl, called)
		return ok && v.Text != sl.Value && t.corrects(s, sl, v)
	}
	spec := s.collect.spec
	exact := spec.Length > 0 || spec.Pattern != "" || spec.Check != ""
	if !called && !exact && !amends[t.m.Lang].MatchString(t.said) {
		return false // a number in a sentence is no correction of every number
	}
	denied := amends[t.m.Lang].MatchString(t.said)
	if vs := entity.Parse(spec, t.m.Lang, t.said, t.in.Now.In(t.b.Timezone)); !denied && len(vs) > 0 && vs[0].Text == sl.Value {
		if 2*(vs[0].End-vs[0].Start) < len(t.said) {
			return false // "et le remboursement du 45127802" is another wish about it
		}
		t.noteHere("said again %s", sl.Name)
		sl.Confirmed = true
		t.reask()
		return true
	}
	v, ok := t.amended(spec, sl.Value)
	if !ok || v.Text == sl.Value || !denied && (v.Confidence < leastSure || t.wishes(v)) {
		return false
	}
	return t.corrects(s, sl, v)
}

// wishes reports whether the words say, where nothing is open, what is wanted with another value: "et
// le remboursement de la commande 45127803" does not take the number of the parcel back.
func (t *turn) wishes(v entity.Value) bool {
	if len(t.m.Stack) > 0 || 2*(v.End-v.Start) >= len(t.said) {
		return false
	}
	act, _ := t.b.Thresholds(t.m.Lang)
	mean := t.understand()
	return t.b.intent(mean.Intent) != nil && mean.Confidence >= act
}

// corrects gives the slot another value, and does again what depends on it.
func (t *turn) corrects(s *step, sl *filled, v entity.Value) bool {
	t.noteHere("corrected %s", sl.Name)
	t.m.reject(sl.Name, sl.Value)
	name := sl.Name
	t.fill(s, v.Text, min(v.Confidence, t.confidence()))
	t.m.slot(name).Confirmed = true
	t.respond("corrected", t.valueWords(s, v.Text, false))
	t.said = ""
	t.redo(name)
	return true
}

// leastSure is the confidence below which a value that nobody announced as a correction is none: the
// worst readings of an answer to something else.
const leastSure = 0.1

// fromNow are words that count days from today, whatever day was understood before.
var fromNow = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(`(?i)\b(?:demain|aujourd[’']?hui|hier|prochaine?|ce soir|ce matin|cette|dans (?:un|une|deux|trois|quatre|cinq|six|sept|huit|dix|quinze|\d+) )`),
	"en": regexp.MustCompile(`(?i)\b(?:tomorrow|today|yesterday|tonight|next|this|in (?:a|one|two|three|four|five|six|seven|ten|\d+) )`),
}

// amended reads the words as another value than the one there. Of a date, what was understood is
// where "le treize" and "mercredi" are counted from, but not "demain".
func (t *turn) amended(spec entity.Spec, value string) (entity.Value, bool) {
	if spec.Type == entity.TypeDate && !fromNow[t.m.Lang].MatchString(t.said) {
		return entity.Correct(spec, t.m.Lang, value, t.said)
	}
	return entity.CorrectAt(spec, t.m.Lang, value, t.said, t.in.Now.In(t.b.Timezone))
}

// names reports whether the words name the slot of s, by its title or its own name.
func (t *turn) names(s *step) bool {
	said := foldedWords(t.said)
	for _, title := range []string{s.collect.slotTitles[t.m.Lang], s.collect.slot} {
		if title = foldedWords(title); len(title) > 4 && strings.Contains(said, title) {
			return true
		}
	}
	return false
}

// foldedWords are the words of s without case and accents, a space around each.
func foldedWords(s string) string {
	return " " + strings.Join(strings.FieldsFunc(entity.Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ") + " "
}

// collects finds a step that fills a slot: in a flow that runs, in the flows of what was
// understood, else in any.
func (t *turn) collects(slot string) *step {
	names := []string{}
	for i := len(t.m.Stack) - 1; i >= 0; i-- {
		names = append(names, t.m.Stack[i].Flow)
	}
	for i := len(t.m.Intents) - 1; i >= 0; i-- {
		if in := t.b.intent(t.m.Intents[i]); in != nil {
			names = append(names, in.flow)
		}
	}
	for _, n := range append(names, t.b.flowNames...) {
		f := t.b.flows[n]
		if f == nil {
			continue
		}
		for _, id := range f.order {
			if s := f.steps[id]; s.collect != nil && s.collect.slot == slot {
				return s
			}
		}
	}
	return nil
}

// redo goes back to the first step that depends on a slot that was changed, in the wish at hand
// or one beneath it, and to the open question when none does.
func (t *turn) redo(slot string) {
	var wishes []int
	for i := len(t.m.Stack) - 1; i >= 0; i-- {
		if w := t.m.Stack[i].Wish; !slices.Contains(wishes, w) {
			wishes = append(wishes, w)
		}
	}
	if n := len(t.m.Passed); len(wishes) == 0 && n > 0 {
		wishes = []int{t.m.Passed[n-1].Wish} // nothing runs: what was done last
	}
	for _, w := range wishes {
		if at := t.dependent(w, slot); at >= 0 {
			t.rerun(t.m.Passed[at], at)
			return
		}
	}
	t.reask()
}

// dependent is the first passed step of a wish that depends on the slot, directly or through what
// another one saved; -1 when none does. What dependents saved is forgotten.
func (t *turn) dependent(wish int, slot string) int {
	changed, first := map[string]bool{slot: true}, -1
	for i, p := range t.m.Passed {
		f := t.b.flows[p.Flow]
		if p.Wish != wish || f == nil || f.steps[p.Step] == nil {
			continue
		}
		s := f.steps[p.Step]
		if !slices.ContainsFunc(s.reads, func(name string) bool { return changed[name] }) {
			continue
		}
		if first < 0 {
			first = i
		}
		if s.http != nil {
			for _, sv := range s.http.save {
				changed[sv.name] = true
				delete(t.m.Saved, sv.name)
			}
		}
	}
	return first
}

// rerun goes back to a step that was passed.
func (t *turn) rerun(p passed, at int) {
	t.noteHere("again from %s", p.Step)
	var stack []frame
	intent := ""
	for _, f := range t.m.Stack {
		if f.Wish == p.Wish {
			intent = f.Intent
			break
		}
		stack = append(stack, f)
	}
	if intent == "" {
		for _, n := range t.m.Intents {
			if in := t.b.intent(n); in != nil && in.flow == p.Flow {
				intent = n
			}
		}
	}
	stack = append(stack, p.Under...)
	t.m.Stack = append(stack, frame{Flow: p.Flow, Step: p.Step, Intent: intent, Wish: p.Wish, Called: len(p.Under) > 0})
	kept := t.m.Passed[:at:at]
	for _, q := range t.m.Passed[at:] {
		if q.Wish != p.Wish {
			kept = append(kept, q)
		}
	}
	t.m.Passed = kept
	t.run()
}

// used lists the names that a step reads to decide or to ask: those of the request of an http and
// of the conditions of a switch.
func (s *step) used() []string {
	var out []string
	if h := s.http; h != nil {
		if h.url != nil {
			out = append(out, h.url.names()...)
		}
		for _, hd := range h.headers {
			out = append(out, hd.value.names()...)
		}
		out = append(out, h.body.names()...)
	}
	for _, b := range s.branches {
		if b.when != nil {
			out = append(out, b.when.names()...)
		}
	}
	return out
}

// names lists the values that a document reads.
func (n *bodyNode) names() []string {
	if n == nil {
		return nil
	}
	if n.text != nil {
		return n.text.names()
	}
	var out []string
	for _, f := range n.fields {
		out = append(out, f.names()...)
	}
	return out
}
