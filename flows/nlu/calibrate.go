package nlu

import (
	"math"
	"slices"
	"sync"
)

// calibration turns margins into probabilities: a softmax over the margins divided by a
// temperature, with one more class, "none", whose margin is a constant.
type calibration struct {
	temperature float64
	none        float64
}

func (c calibration) probabilities(margin []float32) []float64 {
	top := c.none
	for _, m := range margin {
		top = max(top, float64(m))
	}
	out := make([]float64, len(margin))
	total := math.Exp((c.none - top) / c.temperature)
	for i, m := range margin {
		out[i] = math.Exp((float64(m) - top) / c.temperature)
		total += out[i]
	}
	for i := range out {
		out[i] /= total
	}
	return out
}

// trial is one text that the classifier had not seen, with what came out.
type trial struct {
	margin []float32
	label  int // none: it wanted something else
}

const (
	folds         = 3
	fewTrials     = 8     // below this the likelihood says nothing and a middling calibration is kept
	largeSet      = 20000 // rows times classes above which one fold in three is enough
	outOfScope    = 0.15  // share of callers who want something else, a guess on the high side
	wrongAction   = 3.0   // how much worse a wrong action is than a clarifying question
	lowestAct     = 0.40
	highestAct    = 0.90
	lowestClarify = 0.12
)

// crossValidate trains on parts of the data, tries the rest, and chooses the calibration
// and the thresholds. Out-of-scope callers are played by intents held out of training.
func (d *dataset) crossValidate() (cal calibration, act, clarify float64) {
	fold := d.assignFolds()
	rounds := folds
	if len(d.rows)*d.classes > largeSet {
		rounds = 1
	}
	results := make([][]trial, rounds+2)
	var wg sync.WaitGroup
	for f := range rounds {
		wg.Go(func() { results[f] = d.heldOutRows(fold, f) })
	}
	if d.classes > 3 {
		for half := range 2 {
			wg.Go(func() { results[rounds+half] = d.heldOutIntents(half) })
		}
	}
	wg.Wait()
	trials := slices.Concat(results...)
	cal = fit(trials)
	act, clarify = thresholds(trials, cal)
	return cal, act, clarify
}

// assignFolds deals the rows of each class out in turn.
func (d *dataset) assignFolds() []int {
	count := make([]int, d.classes+1)
	fold := make([]int, len(d.rows))
	for i, l := range d.label {
		fold[i] = count[l+1] % folds
		count[l+1]++
	}
	return fold
}

func (d *dataset) heldOutRows(fold []int, f int) []trial {
	w := d.train(func(i int) (int, bool) { return d.label[i], fold[i] != f })
	var out []trial
	for i, row := range d.rows {
		if fold[i] == f {
			out = append(out, trial{margins(w, d.classes, row), d.label[i]})
		}
	}
	return out
}

// heldOutIntents trains without every second intent and tries them as out of scope. The
// classes left out have no examples, so their margins say nothing and are dropped.
func (d *dataset) heldOutIntents(half int) []trial {
	sub := dataset{classes: (d.classes + 1 - half) / 2, features: d.features}
	for i, l := range d.label {
		if l == none || l%2 == half {
			sub.rows = append(sub.rows, d.rows[i])
			if l != none {
				l /= 2
			}
			sub.label = append(sub.label, l)
		}
	}
	w := sub.train(nil)
	var out []trial
	for i, l := range d.label {
		if l != none && l%2 != half {
			out = append(out, trial{margins(w, sub.classes, d.rows[i]), none})
		}
	}
	return out
}

// fit chooses temperature and none by the likelihood of the trials, out-of-scope trials
// weighing outOfScope in all.
func fit(trials []trial) calibration {
	in, out := 0, 0
	for _, t := range trials {
		if t.label == none {
			out++
		} else {
			in++
		}
	}
	best, bestLoss := calibration{0.3, -0.3}, math.Inf(1)
	if in < fewTrials || out == 0 {
		return best
	}
	for temperature := 0.06; temperature < 1.2; temperature *= 1.25 {
		for n := -1.2; n <= 0.8; n += 0.1 {
			c := calibration{temperature, n}
			loss := 0.0
			for _, t := range trials {
				if t.label == none {
					loss -= c.logNone(t.margin) * outOfScope / float64(out)
				} else {
					loss -= c.logP(t.margin, t.label) * (1 - outOfScope) / float64(in)
				}
			}
			if loss < bestLoss {
				best, bestLoss = c, loss
			}
		}
	}
	return best
}

// logTotal is the logarithm of the softmax denominator.
func (c calibration) logTotal(margin []float32) float64 {
	top := c.none
	for _, m := range margin {
		top = max(top, float64(m))
	}
	total := math.Exp((c.none - top) / c.temperature)
	for _, m := range margin {
		total += math.Exp((float64(m) - top) / c.temperature)
	}
	return math.Log(total) + top/c.temperature
}

func (c calibration) logP(margin []float32, label int) float64 {
	return float64(margin[label])/c.temperature - c.logTotal(margin)
}

func (c calibration) logNone(margin []float32) float64 {
	return c.none/c.temperature - c.logTotal(margin)
}

// thresholds chooses act so that acting pays: a right action gains one, a wrong one, or
// one for a caller out of scope, costs wrongAction. clarify is where the right intent is
// among the first two in at least a third of the cases.
func thresholds(trials []trial, cal calibration) (act, clarify float64) {
	in, out := 0, 0
	outcomes := make([]outcome, 0, len(trials))
	for _, t := range trials {
		first, second, p := top2(cal.probabilities(t.margin))
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
