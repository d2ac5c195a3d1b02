package kb

import "math"

// evidence is what the ranking knows about its first article.
type evidence struct {
	cover  float64 // share of the words that the article has, weighed, 0..1
	margin float64 // how far ahead of the next, as a share; negative behind the first
	score  float64 // of BM25
}

// model turns evidence into a probability: a logistic regression, Platt's way (1999).
type model struct{ bias, cover, margin, score float64 }

// prior is what was learnt from bases of other companies; a base with few questions stays with it.
var prior = model{bias: -4.2, cover: 3.2, margin: 3.5, score: 0.9}

func (m model) probability(e evidence) float64 {
	return 1 / (1 + math.Exp(-m.logit(e)))
}

func (m model) logit(e evidence) float64 {
	return m.bias + m.cover*e.cover + m.margin*e.margin + m.score*math.Log1p(max(0, e.score))
}

// sample is one question the base asked itself.
type sample struct {
	evidence
	right bool
	far   bool // from another world than any hotline
}

const (
	maxAsked   = 300  // questions a base asks itself at load; more teach nothing new
	keepPrior  = 4.0  // how many samples the prior weighs, per coefficient
	wantRight  = 0.9  // of the answers given
	mostFar    = 0.02 // of the sentences from another world that may be answered
	leastSure  = 0.55
	mostSure   = 0.95
	rounds     = 60
	learnSpeed = 0.5
)

// calibrate asks the base its own questions, each with its article as if it had never been
// written down, and with the article missing; and sentences that no hotline is rung for.
func (ix *index) calibrate() {
	ix.model, ix.sure = prior, 0.7
	samples := ix.ask()
	asked := 0
	for _, s := range samples {
		if !s.far {
			asked++
		}
	}
	if asked < 10 { // too little to learn from
		return
	}
	ix.model = fit(samples)
	ix.sure = threshold(samples, ix.model)
}

// ask collects samples. A question is scored against its own article without that question.
func (ix *index) ask() (out []sample) {
	type pair struct {
		doc int
		q   int
	}
	var pairs []pair
	for d, doc := range ix.docs {
		for q := range doc.article.Questions {
			pairs = append(pairs, pair{d, q})
		}
	}
	step := max(1, (len(pairs)+maxAsked-1)/maxAsked)
	for i := 0; i < len(pairs); i += step {
		d, q := pairs[i].doc, pairs[i].q
		out = append(out, ix.without(d, q)...)
	}
	for _, text := range background(ix.lang) {
		f := (&Base{langs: map[string]*index{ix.lang: ix}}).Follow(ix.lang)
		f.Add("caller", text)
		if e, _, ok := f.lead(-1); ok {
			out = append(out, sample{evidence: e, far: true})
		}
	}
	return out
}

// without asks question q of document d: once as if it were not written there, once as if the
// document were not there at all.
func (ix *index) without(d, q int) (out []sample) {
	doc := ix.docs[d]
	text := doc.article.Questions[q]
	mine, n := ix.count(text) // all terms are known already
	counts, length := doc.counts, doc.length
	counts[inQuestions] = map[int32]float64{}
	for t, c := range doc.counts[inQuestions] {
		if c -= mine[t]; c > 0 {
			counts[inQuestions][t] = c
		}
	}
	length[inQuestions] = max(0, length[inQuestions]-n)
	kept := doc.vector
	doc.vector = ix.vector(counts, length)
	defer func() { doc.vector = kept }()

	f := (&Base{langs: map[string]*index{ix.lang: ix}}).Follow(ix.lang)
	f.Add("caller", text)
	var score float32
	for t, w := range f.weight {
		score += w * doc.vector[t]
	}
	f.scores[d] = score
	if e, first, ok := f.lead(-1); ok {
		out = append(out, sample{evidence: e, right: first == d})
	}
	if e, _, ok := f.lead(d); ok {
		out = append(out, sample{evidence: e})
	}
	return out
}

// lead is the evidence for the best document, one left out.
func (f *Follow) lead(except int) (e evidence, first int, ok bool) {
	first, second := -1, -1
	for i, s := range f.scores {
		switch {
		case i == except || s <= 0:
		case first < 0 || s > f.scores[first]:
			first, second = i, first
		case second < 0 || s > f.scores[second]:
			second = i
		}
	}
	if first < 0 {
		return e, -1, false
	}
	_, e.cover = f.why(int32(first))
	e.score, e.margin = float64(f.scores[first]/f.unit), 1
	if second >= 0 {
		e.margin = float64((f.scores[first] - f.scores[second]) / f.scores[first])
	}
	return e, first, true
}

// fit learns the model from the samples by gradient descent, held near the prior.
func fit(samples []sample) model {
	m := prior
	n := float64(len(samples))
	for range rounds * 10 {
		var g model
		for _, s := range samples {
			err := m.probability(s.evidence)
			if s.right {
				err--
			}
			g.bias += err
			g.cover += err * s.cover
			g.margin += err * s.margin
			g.score += err * math.Log1p(s.score)
		}
		m.bias -= learnSpeed * (g.bias + keepPrior*(m.bias-prior.bias)) / n
		m.cover -= learnSpeed * (g.cover + keepPrior*(m.cover-prior.cover)) / n
		m.margin -= learnSpeed * (g.margin + keepPrior*(m.margin-prior.margin)) / n
		m.score -= learnSpeed / 4 * (g.score + keepPrior*(m.score-prior.score)) / n
	}
	return m
}

// threshold is the least probability above which the answers are right often enough and the
// other world is refused.
func threshold(samples []sample, m model) float64 {
	far := 0
	for _, s := range samples {
		if s.far {
			far++
		}
	}
	for t := leastSure; t < mostSure; t += 0.01 {
		given, right, strange := 0, 0, 0
		for _, s := range samples {
			if m.probability(s.evidence) < t {
				continue
			}
			switch {
			case s.far:
				strange++
			case s.right:
				given++
				right++
			default:
				given++
			}
		}
		if float64(right) >= wantRight*float64(given) && float64(strange) <= mostFar*float64(far) {
			return t
		}
	}
	return mostSure
}
