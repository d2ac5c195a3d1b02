package eval

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"decroche/flows/nlu"
)

// MaxIntents is how many intents Run learns: a large hotline has a hundred, the largest public sets
// have 150, and training grows with the square (1,000 of one sentence each take 10 s on one core).
const MaxIntents = 1000

// Options of Run. The zero Options measure what is written, once.
type Options struct {
	// Lang is "fr" or "en"; empty: what the training sentences look like.
	Lang string
	// LimitPerIntent keeps so many training sentences of each intent, drawn with Seed; 0 keeps all.
	LimitPerIntent int
	// HoldOut leaves this share of the intents out of training (0..0.9), drawn with Seed: their
	// test sentences become out of scope, inside the domain.
	HoldOut float64
	// Noise makes this share of the words of each test sentence wrong, as a recogniser does
	// (0..1), drawn with Seed.
	Noise float64
	// Seed of everything drawn.
	Seed uint64
	// NoTitles keeps the intents' names from being read as their titles. Otherwise a name made of
	// words that the examples also use ("card_arrival") is one more example, as a title is in a bot.
	NoTitles bool
	// Training, when set, is told how many parts of the training are done, one call at a time.
	Training func(done, of int)
	// Progress, when set, is told how many of the test sentences are done.
	Progress func(done, of int)
}

// Report is what Run found. Figures that need sentences out of scope are nil without any.
type Report struct {
	Accuracy      float64  `json:"accuracy"`         // share of the sentences in scope whose best intent is right
	Top3          float64  `json:"top3"`             // …whose right intent is among the best three
	OOSAUROC      *float64 `json:"oos_auroc"`        // chance that a sentence in scope scores above one out of scope
	OOSRecallAt10 *float64 `json:"oos_recall_at_10"` // share of those out of scope that are rejected when 10 % of those in scope are
	ECE           float64  `json:"ece"`              // expected calibration error, in scope, 15 bins, of the best intent given that it is one of them
	TrainMS       float64  `json:"train_ms"`         // wall time of training, cross-validation included
	ClassifyP50US float64  `json:"classify_p50_us"`  // median of one classification
	ModelBytes    int      `json:"model_bytes"`

	// ChanceECE is the ECE that a perfect calibration would show on so few sentences, and Bias how
	// much more was promised than kept (above zero: too sure).
	ChanceECE, Bias float64 `json:"-"`
	// MaxScore is the plain baseline of the two figures out of scope: the largest probability of
	// the same classifier's softmax.
	MaxScore struct{ AUROC, RecallAt10 *float64 } `json:"-"`
	// Act and Clarify are the thresholds found; Zones counts what the test sentences met.
	Act, Clarify float64 `json:"-"`
	Zones        Zones   `json:"-"`
	// Lang, Intents, Trained, InScope and Outside say what was measured.
	Lang                               string `json:"-"`
	Intents, Trained, InScope, Outside int    `json:"-"`
	// Missing are intents of the test sentences that no training sentence has; they count as wrong.
	Missing []string `json:"-"`
	// Wrong counts pairs of intents (right, taken for), the most frequent first.
	Wrong []Mistake `json:"-"`
}

// Zones counts the test sentences by what a bot does with them.
type Zones struct{ ActRight, ActWrong, ActOutside, Clarify, ClarifyOutside, Human, HumanOutside int }

// Mistake is one intent taken for another.
type Mistake struct {
	Right, Taken string
	Times        int
	Example      string
}

// Run trains on one set and measures on another.
func Run(ctx context.Context, train, test []nlu.Example, opt Options) (Report, error) {
	var r Report
	fits := opt.HoldOut >= 0 && opt.HoldOut <= 0.9 && opt.Noise >= 0 && opt.Noise <= 1 // NaN does not
	if !fits || opt.LimitPerIntent < 0 {
		return r, fmt.Errorf("evaluate: hold out %v, noise %v, limit %d: the first is 0 to 0.9, the second 0 to 1, the third not negative", opt.HoldOut, opt.Noise, opt.LimitPerIntent)
	}
	if r.Lang = opt.Lang; r.Lang == "" {
		r.Lang = Guess(train)
	}
	if r.Lang != "fr" && r.Lang != "en" {
		return r, fmt.Errorf("evaluate: language %q is not known; use fr or en", r.Lang)
	}
	ex, outside := split(train)
	out := heldOut(ex, opt)
	ex = slices.DeleteFunc(ex, func(e nlu.Example) bool { return out[e.Intent] })
	ex = limit(ex, opt)
	if len(ex) == 0 {
		return r, fmt.Errorf("evaluate: no training sentence is left; every intent needs at least one")
	}
	if n := len(intents(ex)); n > MaxIntents {
		return r, fmt.Errorf("evaluate: %d intents to learn, at most %d are measured; training grows with their square: measure a part of them", n, MaxIntents)
	}
	r.Trained = len(ex)
	if !opt.NoTitles {
		ex = append(ex, titles(ex)...)
	}
	began := time.Now()
	c, err := nlu.Train(r.Lang, ex, nlu.Options{Outside: outside, Progress: opt.Training})
	if err != nil {
		return r, err
	}
	r.TrainMS = float64(time.Since(began).Microseconds()) / 1000
	r.ModelBytes = c.Size()
	r.Act, r.Clarify = c.Thresholds()
	r.Intents = len(c.Intents())
	err = r.measure(ctx, c, test, out, opt)
	return r, err
}

// measure classifies the test sentences and fills in the report.
func (r *Report) measure(ctx context.Context, c *nlu.Classifier, test []nlu.Example, out map[string]bool, opt Options) error {
	known := map[string]bool{}
	for _, n := range c.Intents() {
		known[n] = true
	}
	noise := newNoise(r.Lang, opt)
	var in, outs, plainIn, plainOut, took []float64
	var bins calibrationBins
	right, among := 0, 0
	missing, wrong := map[string]bool{}, map[[2]string]*Mistake{}
	for i, e := range test {
		if i%100 == 0 {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("evaluate: %w", context.Cause(ctx))
			}
			if opt.Progress != nil {
				opt.Progress(i, len(test))
			}
		}
		text := noise.spoil(e.Text)
		began := time.Now()
		scores := c.Classify(text)
		took = append(took, float64(time.Since(began).Nanoseconds())/1000)
		best, inside := scores[0], 0.0
		for _, s := range scores {
			inside += s.P
		}
		plain := best.P / max(inside, 1e-12)
		if e.Intent == OutOfScope || out[e.Intent] {
			outs, plainOut = append(outs, best.P), append(plainOut, plain)
			r.zone(best.P, false, true)
			continue
		}
		in, plainIn = append(in, best.P), append(plainIn, plain)
		hit := best.Intent == e.Intent
		bins.add(plain, hit)
		r.zone(best.P, hit, false)
		for _, s := range scores[:min(3, len(scores))] {
			if s.Intent == e.Intent {
				among++
			}
		}
		if hit {
			right++
			continue
		}
		if !known[e.Intent] {
			missing[e.Intent] = true
		}
		key := [2]string{e.Intent, best.Intent}
		if wrong[key] == nil {
			wrong[key] = &Mistake{Right: e.Intent, Taken: best.Intent, Example: e.Text}
		}
		wrong[key].Times++
	}
	if opt.Progress != nil {
		opt.Progress(len(test), len(test))
	}
	r.InScope, r.Outside = len(in), len(outs)
	if len(in) > 0 {
		r.Accuracy, r.Top3 = float64(right)/float64(len(in)), float64(among)/float64(len(in))
		r.ECE, r.Bias, r.ChanceECE = bins.error(), bins.bias(), chanceError(plainIn, opt.Seed)
	}
	if len(in) > 0 && len(outs) > 0 {
		r.OOSAUROC, r.OOSRecallAt10 = pointer(auroc(in, outs)), pointer(recallAt(in, outs, 0.1))
		r.MaxScore.AUROC, r.MaxScore.RecallAt10 = pointer(auroc(plainIn, plainOut)), pointer(recallAt(plainIn, plainOut, 0.1))
	}
	if len(took) > 0 {
		slices.Sort(took)
		r.ClassifyP50US = took[len(took)/2]
	}
	for m := range missing {
		r.Missing = append(r.Missing, m)
	}
	slices.Sort(r.Missing)
	for _, m := range wrong {
		r.Wrong = append(r.Wrong, *m)
	}
	slices.SortFunc(r.Wrong, func(a, b Mistake) int {
		if a.Times != b.Times {
			return b.Times - a.Times
		}
		return strings.Compare(a.Right+"\t"+a.Taken, b.Right+"\t"+b.Taken)
	})
	return nil
}

func (r *Report) zone(p float64, right, outside bool) {
	z := &r.Zones
	switch {
	case p >= r.Act && outside:
		z.ActOutside++
	case p >= r.Act && right:
		z.ActRight++
	case p >= r.Act:
		z.ActWrong++
	case p >= r.Clarify && outside:
		z.ClarifyOutside++
	case p >= r.Clarify:
		z.Clarify++
	case outside:
		z.HumanOutside++
	default:
		z.Human++
	}
}

// split sets the sentences out of scope apart.
func split(ex []nlu.Example) (in []nlu.Example, outside []string) {
	for _, e := range ex {
		if e.Intent == OutOfScope {
			outside = append(outside, e.Text)
		} else {
			in = append(in, e)
		}
	}
	return in, outside
}

// heldOut draws the intents that training does not see.
func heldOut(ex []nlu.Example, opt Options) map[string]bool {
	names := intents(ex)
	rng := rand.New(rand.NewPCG(opt.Seed, 1))
	rng.Shuffle(len(names), func(a, b int) { names[a], names[b] = names[b], names[a] })
	out := map[string]bool{}
	for _, n := range names[:int(math.Round(opt.HoldOut*float64(len(names))))] {
		out[n] = true
	}
	return out
}

// limit keeps so many sentences of each intent.
func limit(ex []nlu.Example, opt Options) []nlu.Example {
	if opt.LimitPerIntent == 0 {
		return ex
	}
	rng := rand.New(rand.NewPCG(opt.Seed, 2))
	order := rng.Perm(len(ex))
	kept := map[string]int{}
	var take []int
	for _, i := range order {
		if kept[ex[i].Intent] < opt.LimitPerIntent {
			kept[ex[i].Intent]++
			take = append(take, i)
		}
	}
	slices.Sort(take)
	out := make([]nlu.Example, len(take))
	for n, i := range take {
		out[n] = ex[i]
	}
	return out
}

func intents(ex []nlu.Example) []string {
	seen := map[string]bool{}
	var out []string
	for _, e := range ex {
		if !seen[e.Intent] {
			seen[e.Intent] = true
			out = append(out, e.Intent)
		}
	}
	return out
}

func pointer(v float64) *float64 { return &v }
