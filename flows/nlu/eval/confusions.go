package eval

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"decroche/flows/nlu"
)

// Confusions is what the examples of one bot in one language say about themselves, each judged
// by a classifier that had not seen it.
type Confusions struct {
	Lang     string  `json:"lang"`
	Examples int     `json:"examples"`
	Accuracy float64 `json:"accuracy"` // of examples not seen in training
	// Pairs are intents taken for one another, the worst first.
	Pairs []Pair `json:"pairs"`
	// Mislabelled are examples that look like another intent's beyond doubt: move or remove them.
	Mislabelled []Judged `json:"mislabelled"`
	// Lonely are examples that say what no other example of their intent says: write two more of
	// the kind, or callers who say it are not understood.
	Lonely []Judged `json:"lonely"`
	// Duplicates are sentences that two intents have, letter for letter but for case and stops.
	Duplicates []Duplicate `json:"duplicates"`
	// Few are intents with fewer examples than a classifier can be judged by.
	Few []Few `json:"few"`
}

// Pair is two intents that fight.
type Pair struct {
	A        string   `json:"a"`
	B        string   `json:"b"`
	Times    int      `json:"times"` // examples of one taken for the other
	Share    float64  `json:"share"` // of the examples of both
	Examples []Judged `json:"examples"`
}

// Judged is one example and what a classifier makes of it that has not seen it.
type Judged struct {
	Text   string  `json:"text"`
	Intent string  `json:"intent"`
	Taken  string  `json:"taken_for"`
	P      float64 `json:"p"`   // that it is Taken
	Own    float64 `json:"own"` // that it is Intent
	Advice string  `json:"advice"`
}

// Duplicate is one sentence in several intents.
type Duplicate struct {
	Text    string   `json:"text"`
	Intents []string `json:"intents"`
}

// Few is an intent with too few examples.
type Few struct {
	Intent   string `json:"intent"`
	Examples int    `json:"examples"`
	Wanted   int    `json:"wanted"`
}

const (
	parts       = 5    // of the examples, each judged by the others
	wanted      = 12   // examples of an intent that learn well
	surelyOther = 0.90 // from here on an example is another intent's…
	hardlyOwn   = 0.05 // …when it is its own no more than this
)

// Confuse judges every example of a bot by the others, in five parts. progress may be nil.
func Confuse(ctx context.Context, lang string, ex []nlu.Example, opt nlu.Options, progress func(done, of int)) (Confusions, error) {
	c := Confusions{Lang: lang, Examples: len(ex), Pairs: []Pair{}, Mislabelled: []Judged{}, Lonely: []Judged{}, Duplicates: []Duplicate{}, Few: []Few{}}
	part := map[string]int{}
	in := make([]int, len(ex))
	for i, e := range ex {
		in[i] = part[e.Intent] % parts
		part[e.Intent]++
	}
	for _, name := range intents(ex) {
		if part[name] < wanted {
			c.Few = append(c.Few, Few{name, part[name], wanted})
		}
	}
	var judged []Judged
	for p := range parts {
		if err := ctx.Err(); err != nil {
			return c, fmt.Errorf("look for confusions: %w", context.Cause(ctx))
		}
		if progress != nil {
			progress(p, parts)
		}
		list, err := judge(lang, ex, in, p, opt)
		if err != nil {
			return c, fmt.Errorf("look for confusions: %w", err)
		}
		judged = append(judged, list...)
	}
	if progress != nil {
		progress(parts, parts)
	}
	c.report(judged, part)
	c.duplicates(ex)
	return c, nil
}

// judge trains on all parts but one and looks at that one.
func judge(lang string, ex []nlu.Example, in []int, part int, opt nlu.Options) ([]Judged, error) {
	var train, rest []nlu.Example
	for i, e := range ex {
		if in[i] == part {
			rest = append(rest, e)
		} else {
			train = append(train, e)
		}
	}
	if len(train) == 0 || len(rest) == 0 {
		return nil, nil
	}
	model, err := nlu.Train(lang, train, opt)
	if err != nil {
		return nil, err
	}
	var out []Judged
	for _, e := range rest {
		scores := model.Classify(nlu.Unmark(e.Text))
		j := Judged{Text: e.Text, Intent: e.Intent, Taken: scores[0].Intent, P: scores[0].P}
		for _, s := range scores {
			if s.Intent == e.Intent {
				j.Own = s.P
			}
		}
		out = append(out, j)
	}
	return out, nil
}

// report sorts what was judged into the lists.
func (c *Confusions) report(judged []Judged, count map[string]int) {
	right := 0
	pairs := map[[2]string]*Pair{}
	for _, j := range judged {
		if j.Taken == j.Intent {
			right++
			continue
		}
		switch {
		case j.P >= surelyOther && j.Own <= hardlyOwn:
			j.Advice = fmt.Sprintf("move it to %s, or reword it", j.Taken)
			c.Mislabelled = append(c.Mislabelled, j)
		case j.P < 0.5:
			j.Advice = fmt.Sprintf("add two more examples to %s that say it this way", j.Intent)
			c.Lonely = append(c.Lonely, j)
		default:
			j.Advice = fmt.Sprintf("add examples to %s and to %s that differ in what tells them apart", j.Intent, j.Taken)
		}
		a, b := min(j.Intent, j.Taken), max(j.Intent, j.Taken)
		p := pairs[[2]string{a, b}]
		if p == nil {
			p = &Pair{A: a, B: b}
			pairs[[2]string{a, b}] = p
		}
		p.Times++
		p.Examples = append(p.Examples, j)
	}
	if len(judged) > 0 {
		c.Accuracy = float64(right) / float64(len(judged))
	}
	for _, p := range pairs {
		if p.Times < 2 && p.Examples[0].P < 0.5 {
			continue // a single guess is no fight
		}
		p.Share = float64(p.Times) / float64(count[p.A]+count[p.B])
		slices.SortFunc(p.Examples, func(x, y Judged) int { return cmp.Or(cmp.Compare(y.P, x.P), strings.Compare(x.Text, y.Text)) })
		c.Pairs = append(c.Pairs, *p)
	}
	slices.SortFunc(c.Pairs, func(x, y Pair) int {
		return cmp.Or(cmp.Compare(y.Times, x.Times), strings.Compare(x.A+" "+x.B, y.A+" "+y.B))
	})
	slices.SortFunc(c.Mislabelled, func(x, y Judged) int { return cmp.Or(cmp.Compare(y.P, x.P), strings.Compare(x.Text, y.Text)) })
	slices.SortFunc(c.Lonely, func(x, y Judged) int { return cmp.Or(cmp.Compare(x.Own, y.Own), strings.Compare(x.Text, y.Text)) })
}

// duplicates finds sentences that several intents have.
func (c *Confusions) duplicates(ex []nlu.Example) {
	have := map[string][]string{}
	text := map[string]string{}
	var order []string
	for _, e := range ex {
		key := strings.Join(words(nlu.Unmark(e.Text)), " ")
		if have[key] == nil {
			order = append(order, key)
			text[key] = e.Text
		}
		if !slices.Contains(have[key], e.Intent) {
			have[key] = append(have[key], e.Intent)
		}
	}
	for _, k := range order {
		if len(have[k]) > 1 {
			c.Duplicates = append(c.Duplicates, Duplicate{text[k], have[k]})
		}
	}
}
