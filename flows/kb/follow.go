package kb

import (
	"cmp"
	"slices"
)

// Follow is the conversation so far, as far as the articles are concerned. Each Add costs what
// its new words cost, however long the conversation has been. One goroutine at a time.
type Follow struct {
	ix *index

	// Older words fade: rather than making every old weight smaller, each Add makes the unit of
	// the new ones larger, and all is divided by it at the end.
	unit   float32
	scores []float32         // by document, in units
	weight map[int32]float32 // of each term that was said, in units; a term counts once, as it was last said
	talk   []spoken
	byStem map[string]int // of talk
}

// spoken is one word of the talk, with the terms it calls.
type spoken struct {
	shown string
	stem  string
	calls []call
	weigh float32 // of the word, see word
	value float32 // what an article that has it all gets at least: weight × idf, in units
}

// call is one term and how much of the word's weight goes to it.
type call struct {
	term  int32
	share float32
	whole bool // the word itself, or another for the same; not a guess by spelling
}

const (
	fade     = 0.75 // what an older sentence is worth when a newer one comes
	maxTalk  = 400  // words that are kept
	maxUnit  = 1e6
	mostWhys = 5
)

// worth is how much a speaker's words say about what the caller wants. The bot says much that is
// not about it, the agent and colleagues name things well.
func worth(who string) float32 {
	switch who {
	case "caller", "":
		return 1
	case "bot":
		return 0.25
	}
	return 0.6
}

// Add takes the next utterance. Who is "caller", "agent" or "bot"; anything else counts like an agent.
func (f *Follow) Add(who, text string) {
	if f.ix == nil {
		return
	}
	said := f.ix.hear(text)
	if !slices.ContainsFunc(said, func(s spoken) bool { return len(s.calls) > 0 }) {
		return // "euh oui" changes no subject
	}
	if len(f.talk) > 0 && worth(who) == 1 {
		f.unit /= fade
	}
	if f.unit > maxUnit {
		f.rescale()
	}
	unit := f.unit * worth(who)
	for _, s := range said {
		s.value *= unit
		f.keep(s)
		for _, c := range s.calls {
			w := unit * c.share
			if more := w - f.weight[c.term]; more > 0 {
				f.weight[c.term] = w
				for _, p := range f.ix.postings[c.term] {
					f.scores[p.doc] += more * p.value
				}
			}
		}
	}
}

// keep remembers a word, the last time it was said.
func (f *Follow) keep(s spoken) {
	if i, ok := f.byStem[s.stem]; ok {
		s.value = max(s.value, f.talk[i].value)
		f.talk[i] = s
		return
	}
	if len(f.talk) == maxTalk { // the one that counts least goes; what it gave stays, faded
		least := 0
		for i := range f.talk {
			if f.talk[i].value < f.talk[least].value {
				least = i
			}
		}
		delete(f.byStem, f.talk[least].stem)
		f.talk[least] = s
		f.byStem[s.stem] = least
		return
	}
	f.byStem[s.stem] = len(f.talk)
	f.talk = append(f.talk, s)
}

// rescale makes the unit 1 again before floats run out.
func (f *Follow) rescale() {
	for i := range f.scores {
		f.scores[i] /= f.unit
	}
	for t := range f.weight {
		f.weight[t] /= f.unit
	}
	for i := range f.talk {
		f.talk[i].value /= f.unit
	}
	f.unit = 1
}

// Best returns the n articles that fit best so far, best first; fewer when fewer share anything
// with the talk.
func (f *Follow) Best(n int) []Hit {
	if f.ix == nil || n <= 0 {
		return nil
	}
	ranks := f.rank(n, nil)
	hits := make([]Hit, 0, n)
	for i, r := range ranks[:min(n, len(ranks))] {
		why, cover := f.why(r.doc)
		hits = append(hits, Hit{Article: f.ix.docs[r.doc].article, Score: f.ix.model.probability(evidenceOf(ranks, i, cover)), Why: why})
	}
	for i := 1; i < len(hits); i++ { // the order is the ranking's, rounding aside
		hits[i].Score = min(hits[i].Score, hits[i-1].Score)
	}
	return hits
}

// ranked is one article of the short list.
type ranked struct {
	doc   int32
	score float64 // of the words, BM25, raised by like
	like  float64 // of what was said and the most similar title or question, 0..1
}

const (
	shortList = 12 // articles that are looked at twice
	likeGain  = 2  // how far a similar question raises an article
)

// rank orders the articles: all by their words, then the best of them by how close one of their
// questions is to what was said. Skip hides askings of an article, for the base to test itself.
func (f *Follow) rank(n int, skip func(doc int32, asking int) bool) []ranked {
	var top []int32
	keep := max(shortList, n+1)
	for i, s := range f.scores {
		if s <= 0 || len(top) == keep && s <= f.scores[top[keep-1]] || skip != nil && skip(int32(i), -1) {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, int32(i), func(a, b int32) int {
			return cmp.Or(-cmp.Compare(f.scores[a], f.scores[b]), cmp.Compare(a, b))
		})
		top = slices.Insert(top, at, int32(i))
		top = top[:min(len(top), keep)]
	}
	said := f.terms()
	out := make([]ranked, len(top))
	for i, d := range top {
		r := ranked{doc: d, score: float64(f.scores[d] / f.unit)}
		for q, a := range f.ix.docs[d].askings {
			if skip == nil || !skip(d, q) {
				r.like = max(r.like, f.like(a, said))
			}
		}
		r.score *= 1 + likeGain*r.like
		out[i] = r
	}
	slices.SortStableFunc(out, func(a, b ranked) int { return -cmp.Compare(a.score, b.score) })
	return out
}

// evidenceOf says how well the i-th article stands.
func evidenceOf(ranks []ranked, i int, cover float64) evidence {
	e := evidence{cover: cover, margin: 1, like: ranks[i].like}
	switch {
	case i > 0:
		e.margin = (ranks[i].score - ranks[0].score) / ranks[0].score
	case len(ranks) > 1:
		e.margin = (ranks[0].score - ranks[1].score) / ranks[0].score
	}
	return e
}

// why lists the words of the talk that an article has, and the share of the talk's weight they are.
func (f *Follow) why(doc int32) (why []string, cover float64) {
	type reason struct {
		shown string
		gave  float32
	}
	var reasons []reason
	var all, had float32
	vector := f.ix.docs[doc].vector
	for _, s := range f.talk {
		var gave, part float32
		for _, c := range s.calls {
			if v, ok := vector[c.term]; ok {
				gave += c.share * v
				if c.whole {
					part = max(part, min(1, c.share/s.weigh))
				} else {
					part = max(part, min(1, c.share/s.weigh)*0.5)
				}
			}
		}
		all += s.value
		had += s.value * part
		if gave > 0 {
			reasons = append(reasons, reason{s.shown, gave * s.value})
		}
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return -cmp.Compare(a.gave, b.gave) })
	for _, r := range reasons[:min(len(reasons), mostWhys)] {
		why = append(why, r.shown)
	}
	if all > 0 {
		cover = float64(had / all)
	}
	return why, cover
}

// hear finds the terms that the words of a text call.
func (ix *index) hear(text string) (out []spoken) {
	prev, prevKnown := "", false
	for _, w := range words(ix.lang, text) {
		if w.stem == "" {
			continue
		}
		s := spoken{shown: w.shown, stem: w.stem, weigh: w.weigh, value: w.weigh * ix.unknown}
		t, known := ix.terms[w.stem]
		if known {
			s.value = w.weigh * max(ix.idf[t], 0.2)
			s.calls = append(s.calls, call{t, w.weigh, true})
		}
		meant := senses(ix.lang, w.stem)
		for _, sense := range meant {
			if t, ok := ix.terms[senseKey(sense)]; ok {
				s.calls = append(s.calls, call{t, w.weigh * senseWeight, true})
				if !known {
					s.value = w.weigh * max(ix.idf[t], 0.2)
				}
			}
		}
		if !known && len(meant) == 0 { // a word that we know is not another one misspelt
			s.calls = append(s.calls, ix.guess(w, prev, prevKnown)...)
		}
		if prev != "" {
			pair := pairKey(prev, w.stem)
			if t, ok := ix.terms[pair]; ok {
				s.calls = append(s.calls, call{t, pairWeight, false})
			}
			for _, sense := range senses(ix.lang, pair) {
				if t, ok := ix.terms[senseKey(sense)]; ok {
					s.calls = append(s.calls, call{t, senseWeight, false})
				}
			}
		}
		out = append(out, s)
		prev, prevKnown = w.stem, known
	}
	return out
}

// guess looks for what an unknown word may have been: spelled a little otherwise, two words
// written as one, or the end of one that was cut in two.
func (ix *index) guess(w word, prev string, prevKnown bool) (out []call) {
	for _, l := range ix.alike(w.stem) {
		out = append(out, call{l.term, w.weigh * l.near * 0.8, false})
	}
	if !prevKnown && prev != "" {
		if t, ok := ix.terms[prev+w.stem]; ok {
			out = append(out, call{t, w.weigh, false})
		}
	}
	for i := 3; i+3 <= len(w.plain); i++ {
		a, okA := ix.terms[stem(ix.lang, w.plain[:i])]
		b, okB := ix.terms[stem(ix.lang, w.plain[i:])]
		if okA && okB {
			return append(out, call{a, w.weigh * 0.8, false}, call{b, w.weigh * 0.8, false})
		}
	}
	return out
}
