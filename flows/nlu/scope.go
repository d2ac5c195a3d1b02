package nlu

import "math"

// signals is how many things the scope model looks at, and the constant.
const signals = 11

// signal holds what a text shows of being about this hotline at all.
type signal [signals]float64

// signalsOf reads them off the margins (the last is that of "none of them") and the nearness.
func signalsOf(margin []float32, c closeness) signal {
	k := len(margin) - 1
	first, second := math.Inf(-1), math.Inf(-1)
	for _, m := range margin[:k] {
		v := float64(m)
		if v > first {
			first, second = v, first
		} else if v > second {
			second = v
		}
	}
	sum, entropy := 0.0, 0.0
	for _, m := range margin[:k] {
		sum += math.Exp(float64(m) - first)
	}
	for _, m := range margin[:k] {
		if p := math.Exp(float64(m)-first) / sum; p > 1e-9 {
			entropy -= p * math.Log(p)
		}
	}
	if math.IsInf(second, -1) {
		second = first // alone, it leads nobody
	}
	return signal{
		1,
		first,                      // how strongly the best one is meant
		min(first-second, 5),       // and how much more than the next
		math.Log(sum),              // -log of the largest probability
		entropy,                    // how many others compete
		first - float64(margin[k]), // against "none of them"
		float64(c.known),
		float64(c.ownKnown),
		float64(c.best),
		float64(c.own),
		float64(c.alien),
	}
}

// scope is a small logistic regression that tells whether a text is about one of the intents.
type scope struct {
	Weight signal // of the signals as they are
}

func (s *scope) logit(x signal) float64 {
	v := 0.0
	for i, w := range s.Weight {
		v += w * x[i]
	}
	return v
}

// p is the probability that a text is about one of the intents. Where the classifier itself says
// "none of them", with all that it knows, no other signal can say the contrary: a bot of a few
// examples would otherwise act on a word that it never met.
func (s *scope) p(x signal) float64 {
	return min(1/(1+math.Exp(-s.logit(x))), 4/(1+math.Exp(-x[againstNone])))
}

// againstNone is the signal that compares the best intent with "none of them".
const againstNone = 5

// scopeTrial is one text, whether it was about an intent, and how much it counts.
type scopeTrial struct {
	x      signal
	in     bool
	weight float64
}

// holdBack is the strength with which fitScope keeps the weights of standardised signals near the
// middling ones, in trials.
const holdBack = 3.0

// fitScope fits a scope to trials by Newton's method.
func fitScope(trials []scopeTrial) scope {
	var mean, dev signal
	total := 0.0
	for _, t := range trials {
		total += t.weight
		for i, v := range t.x {
			mean[i] += t.weight * v
		}
	}
	for i := range mean {
		mean[i] /= total
	}
	for _, t := range trials {
		for i, v := range t.x {
			dev[i] += t.weight * (v - mean[i]) * (v - mean[i])
		}
	}
	for i := range dev {
		dev[i] = math.Sqrt(dev[i]/total) + 1e-6
	}
	mean[0], dev[0] = 0, 1
	prior := signal{middling.Scope.Weight[0]} // middling, for standardised signals
	for i := 1; i < signals; i++ {
		prior[i] = middling.Scope.Weight[i] * dev[i]
		prior[0] += middling.Scope.Weight[i] * mean[i]
	}
	loss := func(w signal) float64 {
		total := 0.0
		for i := range w {
			total += holdBack / 2 * (w[i] - prior[i]) * (w[i] - prior[i])
		}
		for _, t := range trials {
			v := 0.0
			for i := range w {
				v += w[i] * (t.x[i] - mean[i]) / dev[i]
			}
			if t.in {
				v = -v
			}
			total += t.weight * (max(v, 0) + math.Log1p(math.Exp(-math.Abs(v))))
		}
		return total
	}
	w := prior
	for range 15 {
		var gradient signal
		var hessian [signals][signals]float64
		for i := range w {
			gradient[i] = holdBack * (w[i] - prior[i])
			hessian[i][i] = holdBack
		}
		for _, t := range trials {
			var x signal
			v := 0.0
			for i := range x {
				x[i] = (t.x[i] - mean[i]) / dev[i]
				v += w[i] * x[i]
			}
			p := 1 / (1 + math.Exp(-v))
			miss := p
			if t.in {
				miss = p - 1
			}
			for i := range x {
				gradient[i] += t.weight * miss * x[i]
				for j := range i + 1 {
					hessian[i][j] += t.weight * p * (1 - p) * x[i] * x[j]
				}
			}
		}
		step := solveSymmetric(&hessian, gradient)
		now := loss(w)
		for range 12 { // half the way, and half of that, while a whole step goes too far
			next := w
			for i := range w {
				next[i] -= step[i]
			}
			if loss(next) <= now {
				w = next
				break
			}
			for i := range step {
				step[i] /= 2
			}
		}
	}
	var s scope
	for i := range w {
		s.Weight[i] += w[i] / dev[i]
		if i > 0 {
			s.Weight[0] -= w[i] * mean[i] / dev[i]
		}
	}
	return s
}

// solveSymmetric solves a·x = b by Cholesky's decomposition; a holds its lower half.
func solveSymmetric(a *[signals][signals]float64, b signal) signal {
	for i := range signals {
		for j := range i + 1 {
			v := a[i][j]
			for k := range j {
				v -= a[i][k] * a[j][k]
			}
			if i == j {
				a[i][i] = math.Sqrt(max(v, 1e-12))
			} else {
				a[i][j] = v / a[j][j]
			}
		}
	}
	for i := range signals {
		for k := range i {
			b[i] -= a[i][k] * b[k]
		}
		b[i] /= a[i][i]
	}
	for i := signals - 1; i >= 0; i-- {
		for k := i + 1; k < signals; k++ {
			b[i] -= a[k][i] * b[k]
		}
		b[i] /= a[i][i]
	}
	return b
}
