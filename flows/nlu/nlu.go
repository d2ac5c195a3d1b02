// Package nlu understands what a caller wants: a small linear classifier trained from the
// flow's own examples when it loads, and the few commands that work everywhere.
//
// The one idea behind it: on a hotline's handful of intents, hashed words, stems and pieces
// of words with a linear support vector machine are as good as anything that fits in a
// millisecond, and cross-validation at load tells when not to trust it. Nothing is learnt
// from callers, nothing leaves the process, and there is no randomness: the same examples
// give the same classifier.
package nlu

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Example is one sentence that means Intent. A slot marked the way of the flow language,
// "[quarante-cinq](numero_commande)", counts as its words.
type Example struct{ Intent, Text string }

// Score is how likely an intent is.
type Score struct {
	Intent string
	P      float64 // calibrated, 0..1; what the scores of a text lack to 1 is "none of them"
}

// Classifier maps a text to intents. It is immutable; any goroutine may use it.
type Classifier struct {
	intents      []string
	feats        *featurer
	weights      []float32 // feature-major: weights[id*len(intents)+class]
	calibration  calibration
	act, clarify float64
}

// maxText bounds what one classification looks at, in bytes.
const maxText = 2000

var mark = regexp.MustCompile(`\[([^\[\]]*)\]\([^()]*\)`)

// Train learns a classifier from examples in lang ("fr" or "en"). It takes about 100 ms for
// ten intents of forty examples. An error names the example that cannot be learnt from.
func Train(lang string, ex []Example) (*Classifier, error) {
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
	texts := make([]string, 0, len(ex)+len(background(lang)))
	for _, e := range ex {
		texts = append(texts, mark.ReplaceAllString(e.Text, "$1"))
		set.label = append(set.label, index[e.Intent])
	}
	for _, s := range background(lang) {
		texts = append(texts, s)
		set.label = append(set.label, none)
	}
	c.feats, set.rows = learnFeatures(lang, texts)
	set.features = c.feats.size()
	c.weights = set.train(nil)
	c.calibration, c.act, c.clarify = set.crossValidate()
	return c, nil
}

// Classify returns every intent with its probability, best first. Of a text longer than
// 2000 bytes the beginning is read. It takes tens of microseconds.
func (c *Classifier) Classify(text string) []Score {
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "")
	}
	p := c.calibration.probabilities(margins(c.weights, len(c.intents), c.feats.row(text)))
	out := make([]Score, len(c.intents))
	for i, name := range c.intents {
		out[i] = Score{name, p[i]}
	}
	slices.SortStableFunc(out, func(a, b Score) int {
		switch {
		case a.P > b.P:
			return -1
		case a.P < b.P:
			return 1
		}
		return 0
	})
	return out
}

// Thresholds returns the probability from which the best intent may be acted upon, and the
// one from which it is worth a clarifying question; below clarify, ask again or get a
// person. They come from cross-validation with whole intents held out to play the callers
// who want something else.
func (c *Classifier) Thresholds() (act, clarify float64) { return c.act, c.clarify }

// Size returns the bytes that the classifier's weights and features take.
func (c *Classifier) Size() int { return 4*len(c.weights) + 16*c.feats.size() }
