package flows

import (
	"crypto/sha256"
	"encoding/binary"
	"sort"
	"strings"

	"decroche/flows/entity"
	"decroche/flows/nlu"
)

// survey is one of "surveys:" in bot.yaml. It runs as a flow of its own, named "survey:NAME",
// on top of whatever asked for it.
type survey struct {
	name  string
	flow  string
	style string   // "" for a note, "faces", "yes_no"
	scale int      // notes run from 1 to scale
	low   int      // a note up to this one is low
	after []string // outcomes of conversations that it follows by itself
	share float64  // of the conversations, 0 to 1, that it is asked in
	at    place
}

// Styles of a survey that is not a plain note.
const (
	styleFaces = "faces"
	styleYesNo = "yes_no"
)

// faces are the buttons of a survey by faces, worst first: three, as on the pages of callers.
var faces = []string{"🙁", "😐", "🙂"}

// moods are faces that are typed, on a scale of five.
var moods = []string{"😡", "🙁", "😐", "🙂", "😀"}

func (b *Bot) survey(name string) *survey {
	for _, sv := range b.surveys {
		if sv.name == name {
			return sv
		}
	}
	return nil
}

// surveyFor is the survey with which a conversation that ends in outcome closes: the one its
// flow asked for, else the first that follows this outcome and whose sample this conversation is in;
// nil when there is none, or when the caller was asked already.
func (t *turn) surveyFor(outcome string) *survey {
	if t.m.Surveyed {
		return nil
	}
	if sv := t.b.survey(t.m.Survey); sv != nil {
		return t.drawn(sv)
	}
	for _, sv := range t.b.surveys {
		if contains(sv.after, outcome) && t.drawn(sv) != nil {
			return sv
		}
	}
	return nil
}

// lots is how many lots a sample is drawn from: shares are told to one in ten thousand.
const lots = 10_000

// lot draws one of 1 to lots for a conversation, always the same for the same ID; 0 without one.
func lot(id string) int {
	if id == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(id))
	return 1 + int(binary.BigEndian.Uint64(sum[:])%lots)
}

// drawn is sv where this conversation is in its sample, else nil. One without an ID is in every sample but
// that of none. There is one lot for all surveys: where one of a tenth stands before one of all, every conversation gets
// one of the two.
func (t *turn) drawn(sv *survey) *survey {
	if sv.share == 0 || float64(t.m.Lot) > sv.share*lots {
		return nil
	}
	return sv
}

// askSurvey puts the survey on top of what runs.
func (t *turn) askSurvey(sv *survey) {
	t.m.Surveyed, t.m.Survey, t.m.Score = true, "", 0
	t.said = ""
	t.m.Stack = append(t.m.Stack, frame{Flow: sv.flow, Step: t.b.flows[sv.flow].first, Called: true})
}

// farewell ends a conversation whose caller has no further wish: with a survey when one is due,
// else with goodbye. A caller who says goodbye first is not held up; see command.
func (t *turn) farewell(outcome string) {
	sv := t.surveyFor(outcome)
	if sv == nil {
		t.goodbye(outcome)
		return
	}
	t.m.Closing, t.m.Stack = outcome, nil
	t.askSurvey(sv)
	t.run()
}

// closed says the last words of a conversation that was only held up by its survey.
func (t *turn) closed() {
	if t.m.Closing == "transferred" {
		t.respond("after_agent", nil)
		t.end(t.m.Closing)
		return
	}
	t.goodbye(t.m.Closing)
}

// surveyNow is the survey on top, or nil.
func (t *turn) surveyNow() *survey {
	f := t.m.top()
	if f == nil {
		return nil
	}
	name, ok := strings.CutPrefix(f.Flow, surveyFlow)
	if !ok {
		return nil
	}
	return t.b.survey(name)
}

// leaveSurvey takes the survey off, and with it the end of the conversation that it stood for:
// the caller has another wish, or no mind to answer.
func (t *turn) leaveSurvey() {
	if n := len(t.m.Stack); n > 0 {
		t.m.Stack = t.m.Stack[:n-1]
	}
}

// askScore asks for the note.
func (t *turn) askScore(s *step) {
	sv := t.surveyNow()
	if sv == nil { // no survey of that name is left in a newer bot
		t.jump("")
		return
	}
	n := itoa(sv.scale)
	p := t.say(promptID(s.flow, s.id, ""), s.say, map[string]spoken{"scale": {n, n}})
	t.ask(forScore, p)
	if k := len(t.out.Say); k > 0 && len(p.Quick) == 0 {
		t.out.Say[k-1].Quick = sv.buttons(t.m.Lang)
		t.m.Wait.Question.Quick = t.out.Say[k-1].Quick
	}
}

// buttons are the answers as quick replies.
func (sv *survey) buttons(lang string) []string {
	switch sv.style {
	case styleFaces:
		return faces
	case styleYesNo:
		return quickYesNo[lang]
	}
	out := make([]string, sv.scale)
	for i := range out {
		out[i] = itoa(i + 1)
	}
	return out
}

// answerScore takes a note in any of its forms: "quatre sur cinq", "très bien", 4, a face.
// Whoever would rather not is let go.
func (t *turn) answerScore() bool {
	s, sv := t.current(), t.surveyNow()
	if s == nil || sv == nil || s.kind != kindScore {
		return false
	}
	score, ok := sv.score(t.m.Lang, t.said)
	if !ok {
		if yes, isNo, rest := nlu.YesNo(t.m.Lang, t.said); isNo && !yes && (rest == "" || t.allWords(rest, closings)) || t.allWords(t.said, closings) {
			t.noteHere("survey %s declined", sv.name)
			t.said = ""
			t.pop()
			t.run()
			return true
		}
		return false
	}
	t.noteHere("survey %s %d/%d", sv.name, score, sv.scale)
	t.m.Score = score
	t.m.Rating = &Rating{Survey: sv.name, Score: score, Scale: sv.scale, Comment: t.m.Remark}
	if len(strings.Fields(t.said)) > bareNote {
		t.m.Rating.Comment = clip(strings.TrimSpace(t.m.Remark+" "+t.said), maxComment)
	}
	t.said, t.m.Remark = "", ""
	t.jump(s.next)
	t.run()
	return true
}

// bareNote is how many words a note takes at most by itself, "je dirais quatre sur cinq"; who says more
// gives a reason, and that goes into the note.
const bareNote = 6

// answerComment keeps the caller's own words; "non" is none.
func (t *turn) answerComment() bool {
	s := t.current()
	if s == nil || s.kind != kindComment {
		return false
	}
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	if t.m.Rating != nil && (!ok || yes || rest != "" && !t.allWords(rest, closings)) {
		t.m.Rating.Comment = clip(strings.TrimSpace(t.m.Rating.Comment+" "+t.said), maxComment)
	}
	t.said = ""
	t.jump(s.next)
	t.run()
	return true
}

// maxComment bounds what a caller may add to a note, in bytes.
const maxComment = 1000

// passVerdict thanks, or does what the bot does about a low note.
func (t *turn) passVerdict(s *step) {
	sv := t.surveyNow()
	if sv != nil && t.m.Score > 0 && t.m.Score <= sv.low && s.over != "" {
		t.jump(s.over)
		return
	}
	if s.say != nil {
		t.say(promptID(s.flow, s.id, ""), s.say, nil)
	}
	t.jump("")
}

// failSurvey is the short ladder of a survey: asked once more after words that were no note,
// and let go after silence. A survey is no step that fails, and nobody is fetched for one. The words,
// said, go into the note that follows them.
func (t *turn) failSurvey(silent bool, said string) {
	w := &t.m.Wait
	s, sv := t.current(), t.surveyNow()
	if w.Fails++; !silent && w.Fails == 1 && w.For == forScore && sv != nil {
		t.m.Remark = clip(said, maxComment)
		n := itoa(sv.scale)
		t.noteHere("no_match 1")
		p := t.respond("survey_again_"+sv.kind(), map[string]spoken{"scale": {n, n}})
		t.out.Say[len(t.out.Say)-1].Quick = w.Question.Quick
		w.Question.Text, w.Question.Voice = p.Text, p.Voice
		t.out.Next = Listen
		return
	}
	t.noteHere("no answer to the survey")
	if s != nil && w.For == forComment {
		t.jump(s.next)
	} else {
		t.pop()
	}
	t.run()
}

// kind is the word of the survey's style in the names of responses.
func (sv *survey) kind() string {
	if sv.style == "" {
		return "note"
	}
	return sv.style
}

// verdicts are the words for a note, on a scale of five.
var verdicts = map[string]map[string]int{
	"fr": {
		"très bien": 5, "tres bien": 5, "parfait": 5, "excellent": 5, "super": 5, "génial": 5, "nickel": 5, "impeccable": 5, "très satisfait": 5, "très satisfaite": 5, "au top": 5, "rien à redire": 5, "le maximum": 5,
		"bien": 4, "bon": 4, "satisfait": 4, "satisfaite": 4, "pas mal": 4, "plutôt bien": 4, "assez bien": 4, "content": 4, "contente": 4,
		"moyen": 3, "moyenne": 3, "moyennement": 3, "ça va": 3, "correct": 3, "bof": 3, "passable": 3, "mitigé": 3, "mitigée": 3, "sans plus": 3,
		"mal": 2, "mauvais": 2, "pas bien": 2, "pas très bien": 2, "pas terrible": 2, "pas satisfait": 2, "pas satisfaite": 2, "insatisfait": 2, "insatisfaite": 2, "déçu": 2, "déçue": 2, "pas content": 2, "pas contente": 2, "pas bon": 2,
		"très mal": 1, "très mauvais": 1, "nul": 1, "nulle": 1, "horrible": 1, "catastrophique": 1, "pas du tout": 1, "pas du tout satisfait": 1, "pas du tout satisfaite": 1, "zéro": 1, "une honte": 1, "le minimum": 1,
	},
	"en": {
		"very good": 5, "very well": 5, "perfect": 5, "excellent": 5, "great": 5, "brilliant": 5, "fantastic": 5, "wonderful": 5, "very satisfied": 5, "amazing": 5,
		"good": 4, "well": 4, "satisfied": 4, "fine": 4, "not bad": 4, "quite good": 4, "happy": 4, "pretty good": 4,
		"average": 3, "so so": 3, "okay": 3, "ok": 3, "all right": 3, "alright": 3, "neutral": 3, "mixed": 3,
		"bad": 2, "poor": 2, "not good": 2, "not great": 2, "not very good": 2, "not satisfied": 2, "dissatisfied": 2, "unsatisfied": 2, "disappointed": 2, "not happy": 2, "unhappy": 2,
		"very bad": 1, "very poor": 1, "terrible": 1, "awful": 1, "horrible": 1, "not at all": 1, "zero": 1, "useless": 1, "not at all satisfied": 1,
	},
}

// outOf stands between a note and the scale: "quatre sur cinq".
var outOf = map[string][]string{"fr": {" sur ", "/", " étoile"}, "en": {" out of ", "/", " of ", " star"}}

// score reads a note out of what was said, typed or keyed.
func (sv *survey) score(lang, said string) (int, bool) {
	for i, f := range moods {
		if strings.Contains(said, f) {
			return onScale(i+1, sv.scale), true
		}
	}
	if sv.style == styleYesNo {
		if yes, ok, _ := nlu.YesNo(lang, said); ok {
			if yes {
				return 2, true
			}
			return 1, true
		}
	}
	low := strings.ToLower(strings.ReplaceAll(said, "’", "'"))
	head := low
	for _, sep := range outOf[lang] {
		head, _, _ = strings.Cut(head, sep)
	}
	vs := entity.Parse(entity.Spec{Type: entity.TypeNumber}, lang, head, noTime)
	sort.SliceStable(vs, func(i, j int) bool { return vs[i].Start < vs[j].Start })
	for _, v := range vs {
		for n := 1; n <= sv.scale; n++ {
			if v.Text == itoa(n) && sv.style != styleYesNo {
				return n, true
			}
		}
	}
	return sv.verdict(lang, low)
}

// verdict finds the longest expression of satisfaction in low.
func (sv *survey) verdict(lang, low string) (int, bool) {
	words := " " + strings.Join(strings.FieldsFunc(low, func(r rune) bool { return strings.ContainsRune(" .,;:!?…\u202f\u00a0", r) }), " ") + " "
	best, value := "", 0
	for phrase, v := range verdicts[lang] {
		if len(phrase) > len(best) && strings.Contains(words, " "+phrase+" ") {
			best, value = phrase, v
		}
	}
	return onScale(value, sv.scale), best != ""
}

// onScale carries a note out of five over to another scale. What falls between two notes goes away from
// the middle: "mal" is the worst of three.
func onScale(five, scale int) int {
	up := 2
	if five < 3 {
		up = 0
	} else if five > 3 {
		up = 3
	}
	return 1 + ((five-1)*(scale-1)+up)/4
}

// expectScore tells the ears what a note sounds like.
func (t *turn) expectScore(e *Expect) {
	e.DTMF = true
	sv := t.surveyNow()
	switch {
	case sv == nil:
	case sv.style == styleYesNo:
		e.Entity, e.Hints = "yes_no", yesNoWords[t.m.Lang]
	default:
		e.Entity = entity.TypeNumber
		if sv.scale < 10 {
			e.Digits = 1
		}
		for word := range verdicts[t.m.Lang] {
			e.Hints = append(e.Hints, word)
		}
	}
}
