package flows

import (
	"strings"

	"decroche/flows/entity"
	"decroche/flows/nlu"
)

// hear takes what the caller said, in the order of the house: global commands, the answer
// to the open question, a correction of what is known, another wish, and at last "pardon?".
func (t *turn) hear() {
	t.said = strings.TrimSpace(clip(t.in.Text, maxSaid))
	if t.said == "" {
		t.fail(false)
		return
	}
	if t.changeLanguage() {
		return
	}
	t.m.Spoke = true
	if t.command() {
		return
	}
	if t.pleasantry() || t.answer() || t.correction() || t.otherWish() {
		return
	}
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
		out = append(out, Alternative{clip(strings.TrimSpace(a.Text), maxSaid), min(c, 1)})
	}
	return out
}

// pleasantries are words that say nothing yet: people greet first, and hesitate.
var pleasantries = map[string][]string{
	"fr": {"bonjour", "bonsoir", "allô", "allo", "salut", "coucou", "euh", "heu", "hum", "ben", "bah", "alors", "voilà", "voila", "donc", "bon", "hein", "madame", "monsieur", "mademoiselle", "oui", "et", "bien", "en", "fait"},
	"en": {"hello", "hi", "hey", "good", "morning", "afternoon", "evening", "um", "uh", "er", "hmm", "well", "so", "right", "ok", "okay", "yes", "yeah", "there", "sir", "madam", "then"},
}

// closings are words that end a conversation after "anything else?", in any order.
var closings = map[string][]string{
	"fr": {"merci", "beaucoup", "bien", "bon", "c'est", "ça", "ira", "va", "aller", "tout", "parfait", "super", "génial", "nickel", "très", "d'accord", "ok", "okay",
		"bonne", "journée", "soirée", "au", "revoir", "allez", "voilà", "impeccable", "infiniment", "pour", "moi", "gentil", "à", "vous", "aussi", "également"},
	"en": {"thanks", "thank", "you", "very", "much", "a", "lot", "great", "perfect", "that's", "fine", "good", "all", "lovely", "cheers", "ok", "okay", "bye", "now", "for",
		"wonderful", "right", "have", "nice", "day", "evening", "excellent", "brilliant", "super", "it", "is", "that", "then", "too"},
}

// allWords reports whether text is made of the given words only, and of one at least.
func (t *turn) allWords(text string, of map[string][]string) bool {
	n := 0
	for _, w := range strings.Fields(strings.ToLower(strings.ReplaceAll(text, "’", "'"))) {
		if w = strings.Trim(w, ".,;:!?…'"); w == "" {
			continue
		}
		if n++; !contains(of[t.m.Lang], w) {
			return false
		}
	}
	return n > 0
}

// pleasantry answers "bonjour" at the free question; it is no failure.
func (t *turn) pleasantry() bool {
	if t.m.Wait.For != forWish {
		return false
	}
	if t.m.Wait.Greeted || !t.allWords(t.said, pleasantries) {
		return false
	}
	t.respond("hello", t.questionWords())
	t.m.Wait.Greeted = true
	t.out.Next = Listen
	return true
}

// command obeys the words that work at every turn.
func (t *turn) command() bool {
	c := nlu.Command(t.m.Lang, t.said)
	if c == "" || c == nlu.CommandDontHave && !t.canLack() {
		return false
	}
	t.noteHere("command %s", c)
	switch c {
	case nlu.CommandAgent:
		t.topicOf()
		t.person("asked", "handoff")
	case nlu.CommandRepeat, nlu.CommandSlower:
		t.again()
	case nlu.CommandCancel:
		t.cancel()
	case nlu.CommandStop:
		t.respond("listening", nil)
		t.out.Next = Listen
	case nlu.CommandWait:
		t.respond("silence_1", nil)
		t.m.Wait.Patience = true
		t.out.Next = Listen
	case nlu.CommandGoodbye:
		t.goodbye(t.outcomeOnGoodbye())
	case nlu.CommandDontHave:
		t.said = ""
		t.jump(t.current().collect.missing)
		t.run()
	case nlu.CommandHelp:
		t.help()
	default:
		return false
	}
	return true
}

// canLack reports whether the open question has a way for callers who cannot answer it.
func (t *turn) canLack() bool {
	s := t.current()
	return t.m.Wait.For == forValue && s != nil && s.collect != nil && s.collect.missing != ""
}

// help says what can be said, and the open question; it costs nothing.
func (t *turn) help() {
	if len(t.m.Stack) > 0 {
		t.respond("help_question", t.questionWords())
	} else {
		t.respond("other_way", t.titleWords())
	}
	t.out.Next = Listen
}

func (t *turn) outcomeOnGoodbye() string {
	if len(t.m.Stack) > 0 && t.m.Answered == 0 {
		return "abandoned"
	}
	if o := t.outcomeNow(); o != "abandoned" || t.m.Wait.For != forWish {
		return o
	}
	return "abandoned"
}

// topicOf learns what a caller who asks for a person wants, from the same sentence.
func (t *turn) topicOf() {
	if len(t.m.Stack) > 0 {
		return
	}
	low := " " + strings.ToLower(t.said) + " "
	for _, about := range aboutWords[t.m.Lang] {
		_, tail, found := strings.Cut(low, about)
		if !found {
			continue
		}
		mean, err := t.b.understandNow(t.ctx, t.m.Lang, strings.TrimSpace(tail), t.expect())
		act, _ := t.b.Thresholds(t.m.Lang)
		if in := t.b.intent(mean.Intent); err == nil && in != nil && mean.Confidence >= act && !t.b.flows[in.flow].onlyPerson() {
			t.m.knowsIntent(in.name)
			return
		}
	}
}

// aboutWords stand between the request for a person and what it is about.
var aboutWords = map[string][]string{
	"fr": {" au sujet d", " à propos d", " concernant ", " pour ", " parce que ", " car "},
	"en": {" about ", " regarding ", " concerning ", " because ", " for "},
}

// again says the last prompts once more; it costs nothing.
func (t *turn) again() {
	for _, p := range t.m.Last {
		t.out.Say = append(t.out.Say, p)
	}
	t.out.Next = Listen
}

// cancel drops the running flow.
func (t *turn) cancel() {
	switch w := t.m.Wait; {
	case w.For == forMore: // "rien", "laissez tomber"
		t.goodbye(t.outcomeNow())
		return
	case w.For == forCallback || w.For == forPhone:
		t.refuseCallback()
		return
	}
	t.respond("cancelled", nil)
	if len(t.m.Stack) > 0 {
		t.m.Stack = t.m.Stack[:len(t.m.Stack)-1]
		for i := len(t.m.Slots) - 1; i >= 0; i-- {
			if t.m.Slots[i].Pending {
				t.m.drop(t.m.Slots[i].Name)
			}
		}
	}
	if f := t.m.top(); f != nil {
		t.said = ""
		t.run()
		return
	}
	t.respond("anything_else", nil)
	t.wish(forMore)
}

// languageNames are the ways to ask for a language, flattened.
var languageNames = map[string][]string{
	"en": {"english", "in english", "english please", "speak english", "do you speak english", "can you speak english",
		"can we speak english", "in english please", "anglais", "en anglais", "en anglais sil vous plait", "parlez vous anglais", "vous parlez anglais"},
	"fr": {"francais", "en francais", "en francais sil vous plait", "parlez vous francais", "vous parlez francais",
		"french", "in french", "french please", "in french please", "do you speak french"},
}

var unaccent = strings.NewReplacer("ç", "c", "î", "i", "-", " ", "'", "", "’", "", ".", "", "?", "", "!", "", ",", "", "\u202f", "", "\u00a0", " ")

// changeLanguage follows a caller who asks for another language of the bot, or whose first
// sentence is clearly in it. It reports whether that was all the caller said.
func (t *turn) changeLanguage() bool {
	plain := strings.Join(strings.Fields(unaccent.Replace(strings.ToLower(t.said))), " ")
	for _, lang := range t.b.Languages {
		if lang == t.m.Lang {
			continue
		}
		if contains(languageNames[lang], plain) {
			t.m.Lang = lang
			t.noteHere("language %s asked", lang)
			t.respond("language", nil)
			t.askAgain()
			return true
		}
		if t.m.Spoke || t.m.Wait.For != forWish {
			continue
		}
		if t.surely(lang) > t.surely(t.m.Lang)+0.2 {
			t.m.Lang = lang
			t.in.Meaning = nil // it was made by the other language's mind
			t.noteHere("language %s heard", lang)
			return false
		}
	}
	return false
}

// askAgain says the open question anew, in the language of now.
func (t *turn) askAgain() {
	t.said = ""
	if s := t.current(); s != nil && (s.collect != nil || s.yesNo != nil || s.callback != nil) {
		t.run()
		return
	}
	t.m.Stack = nil
	t.respond("question", nil)
	t.wish(forWish)
}

// surely is how sure lang's own mind is of what was said: 0 below what it acts upon, 1 for
// a command.
func (t *turn) surely(lang string) float64 {
	if nlu.Command(lang, t.said) != "" {
		return 1
	}
	mean, err := t.b.Understander(lang).Understand(t.ctx, t.said, Expect{})
	if act, _ := t.b.Thresholds(lang); err != nil || mean.Confidence < act {
		return 0
	}
	return mean.Confidence
}

// understand asks for the meaning of the words of this turn: what the host found, or the
// engine's own mind, over the readings of the recogniser.
func (t *turn) understand() Meaning {
	if t.in.Meaning != nil {
		return *t.in.Meaning
	}
	act, _ := t.b.Thresholds(t.m.Lang)
	var best Meaning
	for i, r := range t.readings() {
		m, err := t.b.understandNow(t.ctx, t.m.Lang, r.Text, t.expect())
		if err != nil {
			t.noteHere("understander failed")
			return best
		}
		if i == 0 || m.Confidence >= act {
			best = m
		}
		if best.Confidence >= act || i == 4 {
			break
		}
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

// answerMore takes "no thanks" and a bare "yes" after "anything else?".
func (t *turn) answerMore() bool {
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	switch {
	case !ok && t.allWords(t.said, closings):
		t.goodbye(t.outcomeNow())
		return true
	case !ok:
		return false
	case !yes && rest != "" && !t.allWords(rest, closings):
		if !t.correction() && !t.otherWish() {
			t.goodbye(t.outcomeNow())
		}
		return true
	case !yes || rest != "" && t.allWords(rest, closings):
		t.goodbye(t.outcomeNow())
		return true
	case rest == "":
		t.respond("listening", nil)
		t.wish(forWish)
		return true
	}
	return false
}

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
	t.said = t.m.Wait.Heard
	t.noteHere("intent %s chosen", name)
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
	for _, f := range t.m.Stack {
		if f.Flow == in.flow {
			return false
		}
	}
	switch {
	case !free && t.b.flows[in.flow].onlyGoodbye():
		return false // "merci" in the middle of something ends nothing; "au revoir" is a command
	case mean.Confidence >= act:
		t.noteHere("intent %s %.2f", in.name, mean.Confidence)
		if !free {
			t.m.Wait.Fails = 0
		}
		t.begin(in.name, !free)
		return true
	case free && mean.Confidence >= max(clarify, leastClarify) && in.offer:
		t.clarify(mean, in)
		return true
	}
	return false
}

// clarify asks which of two was meant, or whether the only one was.
func (t *turn) clarify(mean Meaning, first *intent) {
	t.noteHere("clarify %s %.2f, %s", mean.Intent, mean.Confidence, mean.Second)
	lang, heard := t.m.Lang, t.said
	fails, counted := t.m.Wait.Fails, t.m.Wait.Counted
	offered := []string{first.name}
	with := map[string]spoken{"first": {first.title[lang], first.title[lang]}}
	name := "clarify_one"
	second := t.b.intent(mean.Second)
	if second == nil || !second.offer || second.flow == first.flow || mean.Confidence-mean.Margin < leastSecond {
		second = t.nearTo(first)
	}
	if second != nil {
		with["second"] = spoken{second.title[lang], second.title[lang]}
		offered = append(offered, second.name)
		name = "clarify"
	}
	p := t.respond(name, with)
	t.ask(forClarify, p)
	w := &t.m.Wait
	w.Intents, w.Heard, w.Fails, w.Counted = offered, heard, fails, counted
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

// correction changes a slot that is filled ("non, zéro deux à la fin") and goes on after the
// step that collected it, so that everything that depends on it is done again.
func (t *turn) correction() bool {
	if t.m.Wait.For == forValue || t.m.Wait.For == forConfirm {
		return false // the open slot has its own way
	}
	for i := len(t.m.Slots) - 1; i >= 0; i-- {
		sl := &t.m.Slots[i]
		flowName, s := t.collects(sl.Name)
		if s == nil {
			continue
		}
		v, ok := entity.Correct(s.collect.spec, t.m.Lang, sl.Value, t.said)
		if !ok || v.Text == sl.Value {
			continue
		}
		t.noteHere("corrected %s", sl.Name)
		t.m.reject(sl.Name, sl.Value)
		t.fill(s, v.Text, min(v.Confidence, t.confidence()))
		t.m.slot(sl.Name).Confirmed = true
		t.respond("corrected", t.valueWords(s, v.Text, false))
		t.said = ""
		t.resumeAfter(flowName, s)
		return true
	}
	return false
}

// collects finds the step that fills a slot: in a running flow, else in the flow of the
// latest intent.
func (t *turn) collects(slot string) (string, *step) {
	names := []string{}
	for i := len(t.m.Stack) - 1; i >= 0; i-- {
		names = append(names, t.m.Stack[i].Flow)
	}
	if len(names) == 0 {
		for i := len(t.m.Intents) - 1; i >= 0; i-- {
			if in := t.b.intent(t.m.Intents[i]); in != nil {
				names = append(names, in.flow)
			}
		}
	}
	for _, n := range names {
		f := t.b.flows[n]
		if f == nil {
			continue
		}
		for _, id := range f.order {
			if s := f.steps[id]; s.collect != nil && s.collect.slot == slot {
				return n, s
			}
		}
	}
	return "", nil
}

func (t *turn) resumeAfter(flowName string, s *step) {
	for i := len(t.m.Stack) - 1; i >= 0; i-- {
		if t.m.Stack[i].Flow == flowName {
			t.m.Stack = t.m.Stack[:i+1]
			t.jump(s.next)
			t.run()
			return
		}
	}
	intentName := ""
	for _, n := range t.m.Intents {
		if in := t.b.intent(n); in != nil && in.flow == flowName {
			intentName = n
		}
	}
	t.m.Stack = []frame{{Flow: flowName, Step: s.id, Intent: intentName}}
	t.jump(s.next)
	t.run()
}

// keyed takes keys of the telephone.
func (t *turn) keyed() {
	digits := strings.Trim(t.in.Digits, "#* ")
	t.said = digits
	w := &t.m.Wait
	if digits == "0" && w.For != forValue && w.For != forPhone {
		t.noteHere("key 0")
		t.person("asked", "handoff")
		return
	}
	yesNo := w.For == forYesNo || w.For == forConfirm || w.For == forCallback
	choice := digits == "1" || digits == "2"
	if w.Silences > 0 && len(digits) <= 1 && (w.For == forValue || w.For == forPhone || yesNo && !choice) {
		t.respond("key_heard", t.questionWords())
		w.Silences = 0
		t.out.Next = Listen
		return
	}
	switch w.For {
	case forValue, forPhone:
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
	case forYesNo, forCallback:
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
