package kb

import "math"

// evidence is what the ranking knows about its first article.
type evidence struct {
	cover  float64 // share of the words that the article has, weighed, 0..1
	margin float64 // how far ahead of the next, as a share; negative behind the first
	like   float64 // of the most similar question
}

// model turns evidence into a probability: a logistic regression, Platt's way (1999).
type model struct{ bias, cover, margin, like float64 }

// prior is what was learnt from bases of other companies; a base with few questions stays with it.
var prior = model{bias: -4.7, cover: 2.9, margin: 3, like: 3.2}

func (m model) probability(e evidence) float64 {
	return 1 / (1 + math.Exp(-m.logit(e)))
}

func (m model) logit(e evidence) float64 {
	return m.bias + m.cover*e.cover + m.margin*e.margin + m.like*e.like
}

// sample is one question the base asked itself.
type sample struct {
	evidence
	right bool
	far   bool // from another world than any hotline
	gone  bool // its article was hidden
}

// weight is what a sample counts: callers do ask for what nobody wrote down, but less often.
func (s sample) weight() float64 {
	if s.gone {
		return 0.3
	}
	return 1
}

const (
	leastAsked = 40   // below this a base has too little to learn from
	maxAsked   = 300  // questions a base asks itself at load; more teach nothing new
	keepPrior  = 4.0  // how many samples the prior weighs, per coefficient
	wantRight  = 0.9  // of the answers given
	mostFar    = 0.02 // of the sentences from another world that may be answered
	priorSure  = 0.7
	leastSure  = 0.55
	mostSure   = 0.95
	rounds     = 60
	learnSpeed = 0.5
)

// calibrate asks the base its own questions, each with its article as if it had never been
// written down, and with the article missing; and sentences that no hotline is rung for.
func (ix *index) calibrate() {
	ix.model, ix.sure = prior, priorSure
	samples := ix.ask()
	asked := 0
	for _, s := range samples {
		if !s.far && !s.gone {
			asked++
		}
	}
	if asked < leastAsked {
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
		if ranks := f.rank(1, nil); len(ranks) > 0 {
			_, cover := f.why(ranks[0].doc)
			out = append(out, sample{evidence: evidenceOf(ranks, 0, cover), far: true})
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
	for _, gone := range []bool{false, true} {
		ranks := f.rank(1, func(other int32, asking int) bool {
			return int(other) == d && (asking == q+1 || asking < 0 && gone)
		})
		if len(ranks) > 0 {
			_, cover := f.why(ranks[0].doc)
			out = append(out, sample{evidence: evidenceOf(ranks, 0, cover), right: int(ranks[0].doc) == d, gone: gone})
		}
	}
	return out
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
			err *= s.weight()
			g.bias += err
			g.cover += err * s.cover
			g.margin += err * s.margin
			g.like += err * s.like
		}
		m.bias -= learnSpeed * (g.bias + keepPrior*(m.bias-prior.bias)) / n
		m.cover -= learnSpeed * (g.cover + keepPrior*(m.cover-prior.cover)) / n
		m.margin -= learnSpeed * (g.margin + keepPrior*(m.margin-prior.margin)) / n
		m.like -= learnSpeed * (g.like + keepPrior*(m.like-prior.like)) / n
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
		given, right, strange := 0.0, 0.0, 0
		for _, s := range samples {
			if m.probability(s.evidence) < t {
				continue
			}
			switch {
			case s.far:
				strange++
			default:
				given += s.weight()
				if s.right {
					right += s.weight()
				}
			}
		}
		if right >= wantRight*given && float64(strange) <= mostFar*float64(far) {
			return t
		}
	}
	return mostSure
}
