package nlu

import (
	"math"
	"math/rand/v2"
)

// none labels a row that belongs to no intent.
const none = -1

// dataset is what a classifier is trained from. Its last class, classes, is "none of them".
type dataset struct {
	rows     [][]feature
	stems    [][]stem // of each row, for nearness
	label    []int    // class, or none
	classes  int      // intents; the model has one class more
	features int
	stranger func(i int) ([]feature, []stem) // row i about something else
}

// Training parameters. The penalty was chosen on sentences drawn of Banking77's training set and
// tested on the rest of it: accuracy is flat between 3 and 10. Four passes, five and six differ by
// less than half a point on three sets (docs/understanding.md).
const (
	penalty = 10.0
	passes  = 5
	still   = 3e-4 // a probability that changes less stays where it is
)

// train fits a multinomial logistic regression by stochastic dual coordinate ascent: each visit
// of a row moves its distribution over the classes to the optimum of the dual, the others held
// (Shalev-Shwartz and Zhang 2013; the one-dimensional equation below is the exact solution for
// the softmax). Five passes replace the hundred evaluations that a quasi-Newton method takes.
// use selects rows; nil takes all.
func (d *dataset) train(use func(i int) bool) []float32 {
	k := d.classes + 1
	w := make([]float32, d.features*k)
	rows := make([]int, 0, len(d.rows))
	alpha := make([]float32, len(d.rows)*k)
	norm := make([]float32, len(d.rows))
	for i := range d.rows {
		if use != nil && !use(i) {
			continue
		}
		rows = append(rows, i)
		alpha[i*k+d.class(i)] = 1 // the distribution begins at the label, the weights at zero
		for _, f := range d.rows[i] {
			norm[i] += f.value * f.value
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	s := solver{target: make([]float32, k), size: make([]float64, k)}
	step, moved := make([]float32, k), make([]move, 0, k)
	for range passes {
		rng.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		for _, i := range rows {
			accumulate(step, w, k, d.rows[i])
			a := alpha[i*k : i*k+k]
			q := penalty * norm[i]
			for c := range step {
				step[c] += q * a[c]
			}
			s.solve(step, q)
			moved = moved[:0]
			for c, p := range s.target {
				if change := a[c] - p; change > still || change < -still {
					moved = append(moved, move{c, penalty * change})
					a[c] = p
				}
			}
			for _, f := range d.rows[i] {
				at := w[int(f.id)*k : int(f.id)*k+k]
				for _, m := range moved {
					at[m.class] += m.by * f.value
				}
			}
		}
	}
	return w
}

// move is a change of one class's weights.
type move struct {
	class int
	by    float32
}

func (d *dataset) class(i int) int {
	if d.label[i] == none {
		return d.classes
	}
	return d.label[i]
}

// solver finds the distribution p with log p[c] + q·p[c] = b[c] - t for the t that makes it sum
// to one.
type solver struct {
	target []float32
	size   []float64
}

// solve leaves the distribution in s.target. With z the unknown e^-t, each p[c] is
// W(q·z·e^b[c])/q, W being Lambert's function, and z is found by Newton's method.
func (s *solver) solve(b []float32, q float32) {
	top := b[0]
	for _, v := range b {
		top = max(top, v)
	}
	for c, v := range b {
		s.size[c] = float64(q) * math.Exp(float64(v-top))
	}
	// Alone, the largest would have p = 1 at log z = q, so that the sum is too large there; it is
	// convex and grows with log z, so that Newton's steps lead down to the solution without
	// passing it.
	logZ := float64(q)
	for range 20 {
		z := math.Exp(logZ)
		sum, slope := 0.0, 0.0
		for c, e := range s.size {
			x := lambert(e * z)
			s.target[c] = float32(x)
			sum += x
			slope += x / (1 + x)
		}
		miss := sum/float64(q) - 1
		if miss < 1e-3 && miss > -1e-3 {
			break
		}
		logZ -= (sum - float64(q)) / slope
	}
	sum := float32(0)
	for _, x := range s.target {
		sum += x
	}
	for c := range s.target {
		s.target[c] /= sum
	}
}

// lambert is the x ≥ 0 with x·e^x = z.
func lambert(z float64) float64 {
	if z < 0.01 {
		return z * (1 - z)
	}
	x := math.Log1p(z)
	if x > 2 {
		x -= math.Log(x)
	} else {
		x *= 1 - math.Log1p(x)/(2+x)
	}
	for range 3 {
		e := math.Exp(-x) * z
		step := (x - e) / (1 + e)
		x -= step
		if step < 1e-5 && step > -1e-5 {
			break
		}
	}
	return max(x, 0)
}

// accumulate writes the margins of a row into out.
func accumulate(out, w []float32, k int, row []feature) {
	clear(out)
	for _, f := range row {
		at := w[int(f.id)*k : int(f.id)*k+k]
		out := out[:len(at)]
		for c, v := range at {
			out[c] += v * f.value
		}
	}
}

func margins(w []float32, k int, row []feature) []float32 {
	out := make([]float32, k)
	accumulate(out, w, k, row)
	return out
}
