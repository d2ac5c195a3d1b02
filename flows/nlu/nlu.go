// Package nlu understands what a caller wants: a small linear classifier trained from the
// flow's own examples when it loads, and the few commands that work everywhere.
package nlu

// Example is one sentence that means Intent.
type Example struct{ Intent, Text string }

// Score is how likely an intent is, calibrated: 0..1, all scores of a text sum to 1.
type Score struct {
	Intent string
	P      float64
}

// Classifier maps a text to intents. It is immutable; any goroutine may use it.
type Classifier struct{}

// Train learns a classifier from examples in lang ("fr" or "en").
func Train(lang string, ex []Example) (*Classifier, error) { return &Classifier{}, nil }

// Classify returns every intent with its probability, best first.
func (c *Classifier) Classify(text string) []Score { return nil }

// Thresholds returns the probabilities above which the best intent may be acted upon, and
// above which it is worth a clarifying question; below clarify, ask again or get a person.
func (c *Classifier) Thresholds() (act, clarify float64) { return 0.6, 0.3 }

// Command returns the global command that text is, or "".
func Command(lang, text string) string { return "" }

// YesNo reads a yes or a no; ok is false when text is neither. rest is what follows it.
func YesNo(lang, text string) (yes, ok bool, rest string) { return false, false, text }
