// Package kb holds what a company wants its callers and its agents to know: articles in
// Markdown, ranked by how well they fit the words of a conversation.
//
// The idea: the small search engine of a book's index rather than a model. Words are folded to
// their stems and to what they mean in everyday life (lost, mislaid), weighed by how rare they
// are (BM25 over the fields of an article, Robertson, Zaragoza & Taylor, CIKM 2004), and a word
// the index does not have finds the ones spelled like it by its three-letter pieces, since a
// recogniser or a hurried hand wrote it. What came out is turned into a probability by evidence:
// each article's own questions are asked again with their article taken away, and so are
// sentences that no hotline is rung for. Answer speaks only above the threshold found there.
//
// It decides nothing else: whether an article is read to a caller, shown to an agent or dropped
// is the flow's business. Nothing is read from disk after Load; a Base may be used by any number
// of goroutines, a Follow by one.
package kb

import (
	"cmp"
	"slices"
)

// Article is one piece of knowledge in one language. The same ID in two languages is the same
// article.
type Article struct {
	ID     string // "retards": the front matter's id, else the file's name
	Lang   string // "fr" or "en"
	Title  string
	Short  string // what the bot says: two sentences at most, fit for the voice
	Body   string // Markdown, for the agent
	Skills []string
	// Questions are how callers ask for it, in their words; the more there are, the surer Answer is.
	Questions []string
	File      string // where it was read, "knowledge/fr/retards.md"
	Line      int    // of the title, counted from 1
}

// Hit is an article that fits.
type Hit struct {
	Article *Article
	Score   float64  // probability that this is what was meant, 0..1
	Why     []string // words of the talk that called it, as they were said, the weightiest first; at most five
}

// Base is every article of a bot, indexed. The zero Base has none.
type Base struct {
	articles []*Article
	langs    map[string]*index
}

// Articles lists all articles, by file. The slice is the caller's, the articles are not to be changed.
func (b *Base) Articles() []*Article { return slices.Clone(b.articles) }

// Answer returns the article that answers a question, and whether it is sure enough to be said
// without a person. Sure means: right nine times in ten when the base asks itself the questions
// of its articles, and next to never for what the company has no article about. Where there are
// fewer than sixteen articles the text must ask for something too, see asks.
func (b *Base) Answer(lang, text string) (Hit, bool) {
	ix := b.langs[lang]
	if ix == nil {
		return Hit{}, false
	}
	f := b.Follow(lang)
	f.Add("caller", text)
	ranks := f.rank(1, nil)
	if len(ranks) == 0 {
		return Hit{}, false
	}
	doc := ix.docs[ranks[0].doc]
	why, cover := f.why(ranks[0].doc)
	score := ix.model.probability(evidenceOf(ranks, 0, cover))
	if score < ix.sure || len(ix.docs) < fewArticles && !ix.asks(text, doc) {
		return Hit{}, false
	}
	return Hit{Article: doc.article, Score: score, Why: why}, true
}

// Best returns the n articles of a language that fit a text best, best first. Articles that share
// nothing with the text are left out, so it may return fewer.
func (b *Base) Best(lang, text string, n int) []Hit {
	f := b.Follow(lang)
	f.Add("caller", text)
	return f.Best(n)
}

// Follow begins to follow a conversation in a language. A language without articles never finds one.
func (b *Base) Follow(lang string) *Follow {
	f := &Follow{ix: b.langs[lang], unit: 1}
	if f.ix != nil {
		f.scores = make([]float32, len(f.ix.docs))
		f.weight = map[int32]float32{}
		f.byStem = map[string]int{}
	}
	return f
}

// build indexes the articles.
func build(articles []*Article) *Base {
	slices.SortStableFunc(articles, func(a, b *Article) int { return cmp.Compare(a.File, b.File) })
	b := &Base{articles: articles, langs: map[string]*index{}}
	byLang := map[string][]*Article{}
	for _, a := range articles {
		byLang[a.Lang] = append(byLang[a.Lang], a)
	}
	for lang, as := range byLang {
		b.langs[lang] = newIndex(lang, as)
		b.langs[lang].calibrate()
	}
	return b
}
