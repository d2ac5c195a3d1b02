package kb

import (
	"strings"

	"decroche/flows/entity"
)

// fewArticles is how many it takes until the ranking can tell a subject from a word in passing.
// Below it a word stands in one article or in none, so that "demain" or the company's own name
// covers all that was said and leaves the next article far behind.
const fewArticles = 16

// Words that ask for something by themselves. "Est-ce que" and "is it" are not among them: "est-ce
// que je suis bien à la mairie" names a place and asks for nothing that is known about it.
var (
	frAsks = set("quand comment combien quel quelle quels quelles lequel laquelle quoi pourquoi où")
	enAsks = set("when where how what which why")
)

// Days and times of day, folded: all of them together say no more than when.
var (
	frWhen = set("lundi mardi mercredi jeudi vendredi samedi dimanche matin matins matinee midi soir soiree nuit demain hier lendemain semaine weekend")
	enWhen = set("monday mondays tuesday tuesdays wednesday wednesdays thursday thursdays friday fridays saturday saturdays sunday sundays morning mornings noon afternoon evening night tonight today tomorrow yesterday week weekend")
)

func (ix *index) tellsWhen(shown string) bool {
	if ix.lang == "en" {
		return enWhen[entity.Fold(shown)]
	}
	return frWhen[entity.Fold(shown)]
}

func (ix *index) asksBy(shown string) bool {
	if ix.lang == "en" {
		return enAsks[strings.ToLower(shown)]
	}
	return frAsks[strings.ToLower(shown)]
}

// asks tells whether a text asks for what a document is about, rather than only having a word of
// it: it has two of its words ("lundi matin" is one), or one beside a word that asks; and at least
// one of them is a word that the article's questions have, its title where it has none. One word alone asks where it is
// all there is to a written question: "vos horaires" for "c'est quoi vos horaires".
func (ix *index) asks(text string, d *document) bool {
	asking := false
	for _, w := range words(ix.lang, text) {
		asking = asking || ix.asksBy(w.shown)
	}
	usual := d.counts[inQuestions]
	if len(usual) == 0 {
		usual = d.counts[inTitle]
	}
	named, surely, usually := map[string]bool{}, false, false
	for _, s := range ix.hear(text) {
		if s.weigh < 1 || ix.asksBy(s.shown) {
			continue
		}
		what := s.stem
		if ix.tellsWhen(s.shown) {
			what = "when"
		}
		for _, c := range s.calls {
			if _, in := d.vector[c.term]; !in {
				continue
			}
			named[what] = true
			surely = surely || c.whole
			usually = usually || usual[c.term] > 0
		}
	}
	return usually && (len(named) > 1 || asking && surely) || ix.written(text, d)
}

// written tells whether a text is one of a document's questions: it has every word of it, and no
// other but what people say about any subject.
func (ix *index) written(text string, d *document) bool {
	said := words(ix.lang, text)
	for _, q := range d.article.Questions {
		if asked := words(ix.lang, q); within(asked, said, weak) && within(said, asked, 1) {
			return true
		}
	}
	return false
}

// within tells whether there are words in a that weigh at least so much, and b has them all.
func within(a, b []word, least float32) bool {
	stems := map[string]bool{}
	for _, w := range b {
		stems[w.stem] = true
	}
	found := false
	for _, w := range a {
		if w.stem == "" || w.weigh < least {
			continue
		}
		if !stems[w.stem] {
			return false
		}
		found = true
	}
	return found
}
