package flows

import (
	"regexp"
	"sort"
	"strings"

	"decroche/flows/entity"
	"decroche/flows/nlu"
)

// candidate is one reading of a value over all readings of the words.
type candidate struct {
	text       string
	conf       float64
	start, end int // of its words in the first reading; 0, 0 when another one had it
}

// candidates reads the words as the entity of s, best first, without what the caller has
// refused; when only refused ones are left they count again, as a doubt.
func (t *turn) candidates(s *step, readings []Alternative) []candidate {
	byText := map[string]candidate{}
	now := t.in.Now.In(t.b.Timezone)
	for i, r := range readings {
		for _, v := range entity.Parse(s.collect.spec, t.m.Lang, r.Text, now) {
			c, known := byText[v.Text]
			if c.text, c.conf = v.Text, max(c.conf, min(1, v.Confidence)*r.Confidence); i == 0 && !known {
				c.start, c.end = v.Start, v.End
			}
			byText[v.Text] = c
		}
	}
	var fresh, refused []candidate
	for text, c := range byText {
		if contains(t.m.Rejected, s.collect.slot+"="+text) {
			c.conf /= 2
			refused = append(refused, c)
		} else {
			fresh = append(fresh, c)
		}
	}
	if len(fresh) == 0 {
		fresh = refused
	}
	sort.Slice(fresh, func(i, j int) bool {
		if fresh[i].conf != fresh[j].conf {
			return fresh[i].conf > fresh[j].conf
		}
		return fresh[i].text < fresh[j].text
	})
	return fresh
}

// passCollect asks, unless the value is known or is in the words that began the flow.
func (t *turn) passCollect(s *step) {
	if sl := t.m.slot(s.collect.slot); sl != nil {
		if sl.Pending {
			t.askConfirm(s, sl)
			return
		}
		if c := t.anew(s, sl); len(c) > 0 {
			for w := range t.m.Wishes { // a session that belongs to the other value goes with it
				t.dependent(w+1, sl.Name)
			}
			t.takes(t.said, c[0])
			t.said = ""
			t.accept(s, c)
			return
		}
		t.jump(s.next)
		return
	}
	if t.said != "" && s.collect.spec.Type != entity.TypeText { // the words of a wish are no answer
		if c := t.candidates(s, t.readings()); len(c) > 0 && !t.bareNumber(s, t.said, c[0]) {
			t.takes(t.said, c[0])
			t.said = ""
			t.accept(s, c)
			return
		}
	} else if t.unasked(s) {
		return
	}
	t.m.Partial = nil
	p := t.say(promptID(s.flow, s.id, ""), s.say, nil)
	t.uninterruptible(s)
	t.ask(forValue, p)
}

func (t *turn) answerValue() bool {
	s := t.current()
	if s == nil || s.collect == nil {
		return false
	}
	if s.collect.spec.Type == entity.TypeText {
		return t.answerText(s)
	}
	c := t.candidates(s, t.readings())
	if len(c) == 0 {
		if c = t.pieces(s); len(c) == 0 {
			return len(t.m.Partial) > 0 && t.out.Next == Listen
		}
	}
	if t.meansElse(s) {
		return false
	}
	t.later(c[0])
	t.said = ""
	t.accept(s, c)
	t.run()
	return true
}

// questions begin as callers ask, rather than answer.
var questions = map[string]*regexp.Regexp{
	"fr": regexp.MustCompile(`(?i)\?\s*$|^(?:(?:euh|et|mais|alors|dites|bonjour|sinon|au fait)[ ,]+)*(?:est-ce|vous |quel|quand|combien|comment|où |pourquoi|c[’']est quoi|(?:à|jusqu[’']à|de) quel|il y a|y a|je peux|on peut|faut-il)`),
	"en": regexp.MustCompile(`(?i)\?\s*$|^(?:(?:um|uh|and|but|so|well|hello|by the way)[ ,]+)*(?:what|when|where|how|why|which|who|is |are |do |does |can |could |will |until |till )`),
}

// Bounds on a sentence that holds a value of the kind asked for and means something else.
const (
	leastElse    = 4   // words; "demain à dix heures" answers
	articleKnows = 0.9 // how sure an article must be
)

// meansElse reports whether a sentence in which a number, a day or an hour stands is another wish or
// a question instead of the answer: "j'ai une question sur les encombrants" holds "une", and "vous
// êtes ouverts le samedi ?" a Saturday.
func (t *turn) meansElse(s *step) bool {
	switch s.collect.spec.Type {
	case entity.TypeNumber, entity.TypeDate, entity.TypeTime, entity.TypeAmount:
	default:
		return false
	}
	if t.in.Kind != Said || t.guarded() || len(strings.Fields(t.said)) < leastElse {
		return false
	}
	if questions[t.m.Lang].MatchString(t.said) {
		if h, ok := t.b.knowledge.Answer(t.m.Lang, t.said); ok && h.Score >= articleKnows {
			return true
		}
	}
	mean := t.understand()
	act, _ := t.b.Thresholds(t.m.Lang)
	in := t.b.intent(mean.Intent)
	return in != nil && mean.Confidence >= act && !t.running(in.flow) && !t.b.flows[in.flow].onlyGoodbye()
}

// Bounds on a number said piece by piece.
const (
	minPiece    = 2 // digits; a single one is more often a word ("un instant")
	maxPartials = 8 // readings kept
)

// pieces puts a number together that is said in several turns, two digits at a time. When
// it is not whole yet it asks for the rest, and returns nothing.
func (t *turn) pieces(s *step) []candidate {
	spec := s.collect.spec
	if spec.Type != entity.TypeDigits || spec.Length == 0 {
		return nil
	}
	loose := entity.Spec{Type: entity.TypeDigits}
	least := minPiece // left to say: a number that lacks one digit was misheard, not unfinished
	if t.in.Kind == Digits {
		least = 1
	}
	var whole []candidate
	var partial []string
	sure := 0.0 // of the likeliest reading that leaves the number unfinished
	for _, r := range t.readings() {
		for _, v := range entity.Parse(loose, t.m.Lang, r.Text, t.in.Now) {
			if len(v.Text) < minPiece && t.in.Kind != Digits || 2*(v.End-v.Start) < len(r.Text) {
				continue
			}
			for _, before := range append([]string{""}, t.m.Partial...) {
				switch sum := before + v.Text; {
				case len(sum) == spec.Length && before != "":
					if ok := entity.Parse(spec, t.m.Lang, sum, t.in.Now); len(ok) > 0 {
						whole = append(whole, candidate{text: sum, conf: v.Confidence * r.Confidence})
					}
				case len(sum) <= spec.Length-least && (before != "" || len(t.m.Partial) == 0) && !contains(partial, sum):
					partial = append(partial, sum)
					sure = max(sure, v.Confidence*r.Confidence)
				}
			}
		}
	}
	// "soixante-dix-huit" after four digits is 78 with two to come, rather than 6018.
	if len(whole) > 0 && whole[0].conf >= sure {
		t.m.Partial = nil
		return whole
	}
	if t.m.Partial = partial[:min(len(partial), maxPartials)]; len(partial) > 0 {
		t.noteHere("%d digits of %d", len(partial[0]), spec.Length)
		t.respond("go_on", t.valueWords(s, partial[0], false))
		t.m.Wait.Silences, t.said = 0, ""
		t.out.Next = Listen
	}
	return nil
}

// fill sets the slot of s.
func (t *turn) fill(s *step, value string, conf float64, others ...string) *filled {
	c := s.collect
	if !t.freshBegun {
		t.m.Begun = nil // the caller goes along
	}
	kind := kindOf(c.spec.Type)
	f := filled{Kind: kind, Others: others, SlotValue: SlotValue{Name: c.slot, Customer: c.customer, Value: value, Confidence: conf,
		Shown: shown(kind, t.m.Lang, value, false, t.b.Timezone, t.m.Began)}}
	if kind == kindWord {
		f.Shown = t.word(c.spec, value)
	}
	if old := t.m.slot(c.slot); old != nil {
		*old = f
		return old
	}
	t.m.Slots = append(t.m.Slots, f)
	return &t.m.Slots[len(t.m.Slots)-1]
}

// accept fills the slot with the best candidate, and asks when in doubt.
func (t *turn) accept(s *step, c []candidate) {
	var others []string
	for _, x := range c[1:] {
		others = append(others, x.text)
	}
	t.m.Partial = nil
	sl := t.fill(s, c[0].text, c[0].conf, others...)
	t.noteHere("%s %.2f", s.collect.slot, c[0].conf)
	if t.doubts(s, c[0]) {
		sl.Pending = true
		t.askConfirm(s, sl)
		return
	}
	delete(t.m.Stumbles, stepKey(s))
	if e := s.collect.echo; e != nil {
		t.say(promptID(s.flow, s.id, "echo"), e, t.valueWords(s, sl.Value, false))
	}
	t.jump(s.next)
}

func (t *turn) doubts(s *step, c candidate) bool {
	if contains(t.m.Rejected, s.collect.slot+"="+c.text) {
		return true
	}
	if !s.collect.doConfirm {
		return false
	}
	if s.collect.when == nil {
		return true
	}
	ok, err := s.collect.when.isTrue(values{t.b, t.m}.env(c.conf))
	return ok || err != nil
}

// valueWords is {{value}}: the way it is usually written, or one by one after a doubt.
func (t *turn) valueWords(s *step, value string, doubt bool) map[string]spoken {
	kind := kindOf(s.collect.spec.Type)
	text := shown(kind, t.m.Lang, value, false, t.b.Timezone, t.m.Began)
	if doubt && kind == "digits" {
		kind = "spelled"
	}
	if sl := t.m.slot(s.collect.slot); kind == kindWord && sl != nil && sl.Value == value {
		return map[string]spoken{"value": {sl.Shown, sl.Shown}}
	}
	return map[string]spoken{"value": {text, shown(kind, t.m.Lang, value, true, t.b.Timezone, t.m.Began)}}
}

// word is what people are told of a value that is a key: as the caller called it, where they did.
func (t *turn) word(spec entity.Spec, value string) string {
	if spec.Type == entity.TypeYesNo {
		if value == "yes" {
			return yesNoWords[t.m.Lang][0]
		}
		return yesNoWords[t.m.Lang][1]
	}
	heard := []string{t.in.Text}
	for _, a := range t.in.Alternatives {
		heard = append(heard, a.Text)
	}
	for _, text := range heard {
		for _, v := range entity.Parse(spec, t.m.Lang, clip(text, t.b.limits.MaxUtterance), t.in.Now) {
			if v.Text == value && v.Said != value && v.Said != "" {
				return v.Said
			}
		}
	}
	return spec.Word(value)
}

func (t *turn) askConfirm(s *step, sl *filled) {
	with := t.valueWords(s, sl.Value, true)
	var p Prompt
	if s.collect.confirm != nil {
		p = t.say(promptID(s.flow, s.id, "confirm"), s.collect.confirm, with)
	} else {
		p = t.respond("confirm", with)
	}
	t.ask(forConfirm, p)
}

// answerConfirm takes yes, no, a correction, or the value said again.
func (t *turn) answerConfirm() bool {
	s := t.current()
	if s == nil || s.collect == nil {
		return false
	}
	sl := t.m.slot(s.collect.slot)
	if sl == nil {
		return false
	}
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	switch {
	case ok && yes:
		t.confirmed(s, sl)
	case ok && rest == "":
		t.refused(s, sl)
	default:
		if t.corrected(s, sl, ok) {
			break
		}
		if !ok {
			return false
		}
		if t.in.Kind == Said && t.otherWish() {
			return true
		}
		t.refused(s, sl)
	}
	return true
}

func (t *turn) confirmed(s *step, sl *filled) {
	sl.Pending, sl.Confirmed, sl.Others = false, true, nil
	t.noteHere("confirmed %s", sl.Name)
	delete(t.m.Stumbles, stepKey(s))
	t.said = ""
	t.jump(s.next)
	t.run()
}

// sureEnough is the confidence below which a correction is read back as a question.
const sureEnough = 0.5

// corrected applies "non, zéro deux à la fin", or the whole value said again.
func (t *turn) corrected(s *step, sl *filled, denied bool) bool {
	var to candidate
	if v, ok := t.amended(s.collect.spec, sl.Value); ok && !contains(t.m.Rejected, sl.Name+"="+v.Text) {
		to = candidate{text: v.Text, conf: min(1, v.Confidence) * t.confidence()}
	} else if c := t.candidates(s, t.readings()); len(c) > 0 {
		to = c[0]
	} else {
		return false
	}
	if to.text == sl.Value {
		if denied {
			return false
		}
		t.confirmed(s, sl) // said the same again
		return true
	}
	name := sl.Name
	t.m.reject(name, sl.Value)
	t.noteHere("corrected %s", name)
	t.said = ""
	sl = t.fill(s, to.text, to.conf)
	if to.conf < sureEnough {
		sl.Pending = true
		t.askConfirm(s, sl)
		return true
	}
	sl.Confirmed = true
	delete(t.m.Stumbles, stepKey(s))
	t.respond("corrected", t.valueWords(s, to.text, false))
	t.jump(s.next)
	t.run()
	return true
}

// refused goes to the next reading, and to the question again when there is none.
func (t *turn) refused(s *step, sl *filled) {
	t.m.reject(sl.Name, sl.Value)
	t.noteHere("refused %s", sl.Name)
	t.said = ""
	for len(sl.Others) > 0 {
		next := sl.Others[0]
		sl.Others = sl.Others[1:]
		if contains(t.m.Rejected, sl.Name+"="+next) {
			continue
		}
		others := sl.Others
		sl = t.fill(s, next, sl.Confidence/2, others...)
		sl.Pending = true
		t.askConfirm(s, sl)
		return
	}
	t.m.drop(sl.Name)
	t.ask(forValue, t.b.prompt(promptID(s.flow, s.id, ""), s.say, t.m.Lang, t.scope()))
	t.fail(false)
}
