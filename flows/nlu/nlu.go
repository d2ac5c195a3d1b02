// Package nlu understands what a caller wants: a small linear classifier trained from the
// flow's own examples when it loads, and the few commands that work everywhere.
//
// The one idea behind it: on a hotline's intents, words, stems, pairs of stems and pieces of
// words with a logistic regression are as good as anything that fits in a tenth of a
// millisecond, and cross-validation at load, with whole intents held out to play the callers
// who want something else, tells when not to trust it. Nothing is learnt from callers, nothing
// leaves the process, and there is no randomness: the same examples give the same classifier.
package nlu

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Example is one sentence that means Intent. A value marked the way of the flow language,
// "[quarante-cinq](numero_commande)", counts as its words, and as one value of its entity.
type Example struct{ Intent, Text string }

// Score is how likely an intent is.
type Score struct {
	Intent string
	P      float64 // calibrated, 0..1; what the scores of a text lack to 1 is "none of them"
}

// Alternative is one reading of a recogniser.
type Alternative struct {
	Text       string
	Confidence float64 // 0..1; 0 means unknown
}

// Options say what Train may know beside the examples. The zero Options say nothing.
type Options struct {
	// Lists holds the values of the bot's own lists by the name of their entity, synonyms
	// included: an example with one of them speaks for all.
	Lists map[string][]string
	// Outside are sentences that callers say and that mean none of the intents.
	Outside []string
	// Progress, when set, is told how many rounds of the cross-validation are done, which are
	// nearly all of the training: one call at a time, from goroutines of Train.
	Progress func(done, of int)
}

// Classifier maps a text to intents. It is immutable; any goroutine may use it.
type Classifier struct {
	intents      []string
	lists        map[string][]string // what masks were made from
	feats        *featurer
	weights      weights
	near         *near
	calibration  calibration
	act, clarify float64
}

// maxText bounds what one classification looks at, in bytes.
const maxText = 2000

var mark = regexp.MustCompile(`\[([^\[\]]*)\]\(([^()]*)\)`)

// Train learns a classifier from examples in lang ("fr" or "en"). It takes about 30 ms for
// ten intents of forty examples. An error names the example that cannot be learnt from.
func Train(lang string, ex []Example, opt Options) (*Classifier, error) {
	if len(ex) == 0 {
		return nil, fmt.Errorf("train %s classifier: no examples; give every intent at least eight", lang)
	}
	c := &Classifier{}
	index := map[string]int{}
	for i, e := range ex {
		if e.Intent == "" {
			return nil, fmt.Errorf("train %s classifier: example %d (%q) names no intent", lang, i+1, e.Text)
		}
		if strings.TrimSpace(e.Text) == "" {
			return nil, fmt.Errorf("train %s classifier: example %d of intent %q is empty; remove it or write a sentence", lang, i+1, e.Intent)
		}
		if _, ok := index[e.Intent]; !ok {
			index[e.Intent] = len(c.intents)
			c.intents = append(c.intents, e.Intent)
		}
	}
	slices.Sort(c.intents)
	for i, name := range c.intents {
		index[name] = i
	}
	set := dataset{classes: len(c.intents)}
	texts := make([]string, 0, len(ex))
	for _, e := range ex {
		texts = append(texts, Unmark(e.Text))
		set.label = append(set.label, index[e.Intent])
	}
	for _, s := range strangers(lang, texts, opt.Outside) {
		texts = append(texts, s)
		set.label = append(set.label, none)
	}
	c.lists = lists(ex, opt)
	c.feats, set.rows, set.stems = learnFeatures(lang, newMasks(lang, c.lists), texts)
	set.features = c.feats.size()
	set.stranger = func(i int) ([]feature, []stem) { return c.feats.row(estrange(lang, texts[i], i)) }
	trials := set.crossValidate(opt.Progress)
	c.calibration = fit(trials)
	c.act, c.clarify = thresholds(trials, c.calibration)
	c.weights = quantise(set.train(nil), set.classes+1)
	c.near = newNear(&set, nil)
	return c, nil
}

// Unmark returns the words of an example without its marks: "le [4512](numero)" is "le 4512".
func Unmark(text string) string { return mark.ReplaceAllString(text, "$1") }

// lists are the values that stand for their kind: those of the bot's lists, and those marked in
// examples.
func lists(ex []Example, opt Options) map[string][]string {
	out := map[string][]string{}
	for name, values := range opt.Lists {
		out[name] = slices.Clone(values)
	}
	for _, e := range ex {
		for _, m := range mark.FindAllStringSubmatch(e.Text, -1) {
			out[m[2]] = append(out[m[2]], m[1])
		}
	}
	return out
}

// Classify returns every intent with its probability, best first. Of a text longer than
// 2000 bytes the beginning is read. It takes tens of microseconds.
func (c *Classifier) Classify(text string) []Score { return c.sorted(c.probabilities(text)) }

// ClassifyN returns every intent with its probability given all readings of a recogniser, best
// reading first: the probabilities of each reading, weighted by its confidence. Readings beyond
// the fifth are not looked at. A reading of unknown confidence counts half of the one before.
func (c *Classifier) ClassifyN(readings []Alternative) []Score {
	p := make([]float64, len(c.intents))
	total, last := 0.0, 1.0
	for i, r := range readings {
		if i == maxReadings {
			break
		}
		w := min(r.Confidence, 1)
		if w <= 0 {
			w = last
			if i > 0 {
				w = last / 2
			}
		}
		last = w
		for k, v := range c.probabilities(r.Text) {
			p[k] += w * v
		}
		total += w
	}
	if total > 0 {
		for k := range p {
			p[k] /= total
		}
	}
	return c.sorted(p)
}

const maxReadings = 5

func (c *Classifier) probabilities(text string) []float64 {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	row, stems := c.feats.row(text)
	m := c.weights.margins(row)
	x := signalsOf(m, c.near.look(stems, best(m[:len(c.intents)])))
	return c.calibration.probabilities(m, x)
}

func (c *Classifier) sorted(p []float64) []Score {
	out := make([]Score, len(c.intents))
	for i, name := range c.intents {
		out[i] = Score{name, p[i]}
	}
	slices.SortStableFunc(out, func(a, b Score) int { return cmp.Compare(b.P, a.P) })
	return out
}

// Thresholds returns the probability from which the best intent may be acted upon, and the
// one from which it is worth a clarifying question; below clarify, ask again or get a
// person. They come from cross-validation with whole intents held out to play the callers
// who want something else.
func (c *Classifier) Thresholds() (act, clarify float64) { return c.act, c.clarify }

// Intents returns the names of the intents, sorted.
func (c *Classifier) Intents() []string { return slices.Clone(c.intents) }

// Size returns the bytes that the classifier takes: weights, features, and the index of examples.
func (c *Classifier) Size() int { return c.weights.size() + 16*c.feats.size() + c.near.size() }
