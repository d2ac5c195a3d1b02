package nlu

import (
	"math"
	"slices"
	"sync"
)

// trial is one text that the classifier had not seen, with what came out.
type trial struct {
	margin []float32 // -Inf for an intent that was held out
	x      signal
	label  int  // none: it wanted something else
	far    bool // out of scope, and far from it: background, not an intent held out
	apart  bool // from a round without some of the intents
}

const (
	folds         = 4
	fewTrials     = 8     // below this the likelihood says nothing and a middling calibration is kept
	largeSet      = 40000 // rows times classes above which one round of each kind is enough
	outOfScope    = 0.15  // share of callers who want something else, a guess on the high side
	wrongAction   = 3.0   // how much worse a wrong action is than a clarifying question
	lowestAct     = 0.40
	highestAct    = 0.90
	lowestClarify = 0.12
)

// crossValidate trains on parts of the data and tries the rest, in two kinds of rounds. In plain
// ones the examples left out play the callers who are understood, all intents competing as in a
// call: they decide the temperature and what acting gains. In the others a part of the intents is
// left out beside, whose examples play the callers who want something else. progress, unless nil, is
// told how many rounds are done, one call at a time.
func (d *dataset) crossValidate(progress func(done, of int)) []trial {
	fold := d.assignFolds()
	type part struct {
		fold  int
		apart bool
	}
	var parts []part
	for f := range folds {
		parts = append(parts, part{f, false})
	}
	if d.classes >= folds { // fewer are too few to do without one
		for f := range folds {
			parts = append(parts, part{f, true})
		}
	}
	if len(d.rows)*d.classes > largeSet {
		parts = []part{{0, false}, {1, true}}
	}
	results := make([][]trial, len(parts))
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := 0
	tell := func(more int) {
		if progress != nil {
			mu.Lock()
			defer mu.Unlock()
			done += more
			progress(done, len(parts))
		}
	}
	tell(0)
	for i, p := range parts {
		wg.Go(func() {
			results[i] = d.round(fold, p.fold, p.apart)
			tell(1)
		})
	}
	wg.Wait()
	return slices.Concat(results...)
}

// assignFolds deals the rows of each class out in turn.
func (d *dataset) assignFolds() []int {
	count := make([]int, d.classes+1)
	fold := make([]int, len(d.rows))
	for i, l := range d.label {
		fold[i] = (count[l+1] + l + 1) % folds
		count[l+1]++
	}
	return fold
}

// round is one of crossValidate; apart leaves out a part of the intents too.
func (d *dataset) round(fold []int, f int, apart bool) []trial {
	away := func(l int) bool { return apart && l != none && l%folds == f }
	use := func(i int) bool { return fold[i] != f && !away(d.label[i]) }
	w, n := d.train(use), newNear(d, use)
	var out []trial
	for i, row := range d.rows {
		l := d.label[i]
		if fold[i] != f && !away(l) {
			continue
		}
		m := margins(w, d.classes+1, row)
		for c := range d.classes {
			if away(c) {
				m[c] = float32(math.Inf(-1))
			}
		}
		t := trial{margin: m, x: signalsOf(m, n.look(d.stems[i], best(m[:d.classes]))), label: l, far: l == none, apart: apart}
		if away(l) {
			t.label = none
		}
		out = append(out, t)
		if l != none && !away(l) {
			row, stems := d.stranger(i)
			m := margins(w, d.classes+1, row)
			for c := range d.classes {
				if away(c) {
					m[c] = float32(math.Inf(-1))
				}
			}
			out = append(out, trial{margin: m, x: signalsOf(m, n.look(stems, best(m[:d.classes]))), label: none, far: true, apart: apart})
		}
	}
	return out
}

func best(m []float32) int {
	b := 0
	for i, v := range m {
		if v > m[b] {
			b = i
		}
	}
	return b
}

// calibration turns margins and signals into probabilities: those of a softmax at a temperature
// (Guo et al. 2017), times the probability of being in scope at all.
type calibration struct {
	Temperature float64
	Scope       scope
}

// middling is the calibration of a bot too small to find its own: what the sets of
// docs/understanding.md have in common.
var middling = calibration{1, scope{signal{1, .2, .1, -.5, -.2, .2, 1, 0, .5, .5, -5}}}

// softmax writes the probabilities of the intents into a new slice.
func (c *calibration) softmax(margin []float32) []float64 {
	top := float64(slices.Max(margin))
	out := make([]float64, len(margin))
	total := 0.0
	for i, m := range margin {
		out[i] = math.Exp((float64(m) - top) / c.Temperature)
		total += out[i]
	}
	for i := range out {
		out[i] /= total
	}
	return out
}

// probabilities of the intents; what they lack to one is "none of them".
func (c *calibration) probabilities(margin []float32, x signal) []float64 {
	out := c.softmax(margin[:len(margin)-1])
	in := c.Scope.p(x)
	for i := range out {
		out[i] *= in
	}
	return out
}

// fit chooses the temperature by the likelihood of the plain trials in scope, and the scope by
// those of the rounds without some intents, where the same classifier met callers of both kinds.
func fit(trials []trial) calibration {
	plain, scopes := trials, trials
	if slices.ContainsFunc(trials, func(t trial) bool { return t.apart }) {
		plain, scopes = nil, nil
		for _, t := range trials {
			if t.apart {
				scopes = append(scopes, t)
			} else {
				plain = append(plain, t)
			}
		}
	}
	in, nearOut, farOut := 0.0, 0.0, 0.0
	for _, t := range scopes {
		switch {
		case t.label != none:
			in++
		case t.far:
			farOut++
		default:
			nearOut++
		}
	}
	c := middling
	if in < fewTrials {
		return c
	}
	bestLoss := math.Inf(1)
	for temperature := 0.3; temperature < 4; temperature *= 1.06 {
		loss := 0.0
		for _, t := range plain {
			if t.label != none {
				loss -= logSoftmax(t.margin[:len(t.margin)-1], t.label, temperature)
			}
		}
		if loss < bestLoss {
			c.Temperature, bestLoss = temperature, loss
		}
	}
	if farOut+nearOut < fewTrials {
		return c
	}
	total := in / (1 - outOfScope) * outOfScope
	if nearOut > 0 && farOut > 0 {
		total /= 2 // each kind of stranger counts the same
	}
	list := make([]scopeTrial, len(scopes))
	for i, t := range scopes {
		list[i] = scopeTrial{t.x, t.label != none, 1}
		switch {
		case t.label != none:
		case t.far:
			list[i].weight = total / farOut
		default:
			list[i].weight = total / nearOut
		}
	}
	c.Scope = fitScope(list)
	return c
}

func logSoftmax(margin []float32, label int, temperature float64) float64 {
	top := float64(slices.Max(margin))
	total := 0.0
	for _, m := range margin {
		total += math.Exp((float64(m) - top) / temperature)
	}
	return (float64(margin[label])-top)/temperature - math.Log(total)
}

// thresholds chooses act so that acting pays: a right action gains one, a wrong one, or
// one for a caller out of scope, costs wrongAction. clarify is where the right intent is
// among the first two in at least a third of the cases.
func thresholds(trials []trial, cal calibration) (act, clarify float64) {
	in, out := 0, 0
	outcomes := make([]outcome, 0, len(trials))
	for _, t := range trials {
		if t.apart && t.label != none {
			continue // the intents left out could not be taken for it
		}
		first, second, p := top2(cal.probabilities(t.margin, t.x))
		outcomes = append(outcomes, outcome{p, t.label != none && first == t.label, t.label != none && (first == t.label || second == t.label), t.label == none})
		if t.label == none {
			out++
		} else {
			in++
		}
	}
	weightOut := 1.0
	if in > 0 && out > 0 {
		weightOut = outOfScope / (1 - outOfScope) * float64(in) / float64(out)
	}
	act, best := 0.6, math.Inf(-1)
	for a := lowestAct; a <= highestAct+1e-9; a += 0.02 {
		gain := 0.0
		for _, o := range outcomes {
			switch {
			case o.p < a:
			case o.right:
				gain++
			case o.out:
				gain -= wrongAction * weightOut
			default:
				gain -= wrongAction
			}
		}
		if gain > best {
			act, best = a, gain
		}
	}
	clarify = lowestClarify
	for c := lowestClarify; c < act; c += 0.02 {
		good, all := 0.0, 0.0
		for _, o := range outcomes {
			if o.p < c || o.p >= c+0.1 {
				continue
			}
			wt := 1.0
			if o.out {
				wt = weightOut
			}
			all += wt
			if o.near {
				good += wt
			}
		}
		if clarify = c; all == 0 || good >= all/3 {
			break
		}
	}
	return act, clarify
}

// outcome is one trial under a calibration.
type outcome struct {
	p                float64 // of the best intent
	right, near, out bool
}

func top2(p []float64) (first, second int, best float64) {
	first, second = -1, -1
	for i, v := range p {
		switch {
		case first < 0 || v > p[first]:
			first, second = i, first
		case second < 0 || v > p[second]:
			second = i
		}
	}
	return first, second, p[first]
}
