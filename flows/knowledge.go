package flows

import (
	"decroche/flows/kb"
	"decroche/flows/nlu"
	"decroche/flows/render"
)

// Knowledge is what the bot's articles say: for answers, and for agents' desks. A bot without
// articles has an empty one.
func (b *Bot) Knowledge() *kb.Base { return b.knowledge }

// readKnowledge reads knowledge/*.md.
func (l *loader) readKnowledge() {
	base, problems := kb.Load(l.fs, "knowledge")
	l.bot.knowledge = base
	l.problems = append(l.problems, problems...)
}

// Bounds on the words that are remembered for an agent's articles.
const (
	maxHeard      = 5   // utterances
	maxHeardBytes = 160 // of each
)

// remember keeps what the caller said, so that whoever takes over is shown what fits it.
func (t *turn) remember() {
	if len(t.b.knowledge.Articles()) == 0 {
		return
	}
	t.heard = true
	t.m.Heard = append(t.m.Heard, clip(t.said, maxHeardBytes))
	if n := len(t.m.Heard); n > maxHeard {
		t.m.Heard = t.m.Heard[n-maxHeard:]
	}
}

// articles are the five that fit the conversation so far best.
func (t *turn) articles() []Article {
	f := t.b.knowledge.Follow(t.m.Lang)
	for _, said := range t.m.Heard {
		f.Add("caller", said)
	}
	var out []Article
	for _, h := range f.Best(5) {
		out = append(out, Article{ID: h.Article.ID, Title: h.Article.Title, Short: h.Article.Short, Score: h.Score})
	}
	return out
}

// clearlyBetter is by how much an article must be surer than an intent that the bot would only
// ask about: a question back costs the caller a turn, a wrong answer costs them two.
const clearlyBetter = 0.1

// knows answers with an article, when one is sure and surer than what an intent got; never over
// a step that must not be interrupted. In the middle of a flow it comes back to its question.
func (t *turn) knows(intent float64) bool {
	if t.guarded() || t.m.Wait.For == forScore || t.m.Wait.For == forComment {
		return false
	}
	if !t.article(intent) {
		return false
	}
	t.m.Answered++
	asked := t.said
	t.said = ""
	if t.m.top() != nil {
		t.backTo()
		t.reask()
		return true
	}
	t.ask(forHelped, t.respond("helped", nil))
	t.m.Wait.Heard = clip(asked, maxHeardBytes)
	return true
}

// article says an article that is sure, and surer than an intent.
func (t *turn) article(intent float64) bool {
	h, ok := t.b.knowledge.Answer(t.m.Lang, t.said)
	if !ok || h.Score < intent+clearlyBetter {
		return false
	}
	a := h.Article
	t.note("knowledge", a.ID, "article "+a.ID)
	t.out.Say = append(t.out.Say, Prompt{ID: "knowledge/" + a.ID, Text: render.Typography(t.m.Lang, a.Short), Lang: t.m.Lang, Barge: true,
		Voice: t.b.spoken(t.m.Lang, a.Short)})
	return true
}

// answerHelped takes whether an article was what the caller wanted.
func (t *turn) answerHelped() bool {
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	switch {
	case !ok && t.allWords(t.said, closings), ok && yes && rest != "" && t.allWords(rest, closings):
		t.farewell(t.outcomeNow())
		return true
	case !ok:
		return false
	case rest != "" && t.elsewhere(rest):
		return true
	case yes:
		t.said = ""
		t.respond("anything_else", nil)
		t.wish(forMore)
		return true
	}
	t.missed(t.m.Wait.Heard, Meaning{}, true)
	t.said = ""
	t.ask(forOffer, t.respond("offer_person", nil))
	return true
}

// elsewhere tries the words after a yes or a no as a wish or a question of their own.
func (t *turn) elsewhere(rest string) bool {
	said, mean := t.said, t.in.Meaning
	t.said, t.in.Meaning = rest, nil
	if t.otherWish() || t.knows(0) {
		return true
	}
	t.said, t.in.Meaning = said, mean
	return false
}

// answerOffer takes whether the caller wants a person.
func (t *turn) answerOffer() bool {
	yes, ok, rest := nlu.YesNo(t.m.Lang, t.said)
	switch {
	case !ok:
		return false
	case yes:
		t.person(ReasonAsked, "handoff")
	case rest != "" && t.elsewhere(rest):
	default:
		t.said = ""
		t.respond("anything_else", nil)
		t.wish(forMore)
	}
	return true
}
