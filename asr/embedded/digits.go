package embedded

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// digitRules is the closed set of spoken digit strings. Callers say singles ("quatre cinq un
// deux"), pairs ("quarante-cinq douze") or triples ("quatre cent cinquante et un"), and seldom
// change in between; a grammar that says one OR the other, as the prompt asked, is much surer
// than one that allows everything. With a known length only strings of that length survive.
type digitRules struct {
	trie   *trie
	tokens []token // by item.word
	starts []opening
	length int // 0: any from 1 to maxDigits
	bonus  float32
}

// token is a piece of a digit string, or words around it.
type token struct {
	text   string
	digits int
	kind   tokenKind
}

type tokenKind uint8

const (
	number tokenKind = iota
	stray            // a single digit among pairs or triples
	before           // "c'est le …"
	after            // "… voilà"
)

const (
	maxDigits    = 24
	strayCost    = 4 // nats for leaving the layout
	layoutCost   = 3 // nats for another layout than the prompt asked for
	digitsClosed = 1 << 16
	digitsOpened = 1 << 17 // words before were said
)

// Roots of the digit trie.
const (
	singles = iota
	pairs
	triples
	layouts
)

// newDigitRules builds the vocabulary of a language once; limit narrows it for a turn.
func newDigitRules(lang string, rules map[string]string, say func(string) []pron, bonus float32) *digitRules {
	d := &digitRules{bonus: bonus}
	var items []item
	add := func(root int, t token, cost float32) {
		d.tokens = append(d.tokens, t)
		ways := manyWays
		if t.digits == 3 {
			ways = fewWays
		}
		for _, p := range sayAll(t.text, say, ways) {
			items = append(items, item{root: int32(root), word: int32(len(d.tokens) - 1), say: p.say, cost: p.cost + cost})
		}
	}
	for n := range 10 {
		for i, name := range singleNames(lang, n) {
			add(singles, token{name, 1, number}, float32(i))
			add(pairs, token{name, 1, stray}, float32(i)+strayCost)
			add(triples, token{name, 1, stray}, float32(i)+strayCost)
		}
	}
	for n := range 10 {
		name := "double " + singleNames(lang, n)[0]
		add(singles, token{name, 2, number}, 1)
	}
	for n := range 100 {
		for _, name := range pairNames(lang, n) {
			add(pairs, token{name, 2, number}, 0)
			add(triples, token{name, 2, stray}, strayCost)
		}
	}
	for n := range 1000 {
		for _, name := range tripleNames(lang, n) {
			add(triples, token{name, 3, number}, 0)
		}
	}
	for root := range layouts {
		for phrase := range strings.SplitSeq(rules["before"], "|") {
			add(root, token{phrase, 0, before}, aroundCost)
		}
		for phrase := range strings.SplitSeq(rules["after"], "|") {
			add(root, token{phrase, 0, after}, aroundCost)
		}
	}
	d.trie = newTrie(layouts, items, func(*item) float32 { return 0 })
	d.trie.reward(bonus)
	return d
}

// limit returns the rules for one turn; the trie is shared. length 0 means unknown.
func (d *digitRules) limit(length int, layout string) *digitRules {
	x := *d
	x.length = min(length, maxDigits)
	cost := [layouts]float32{0, 0, layoutCost}
	switch layout {
	case "singles":
		cost = [layouts]float32{0, layoutCost, 2 * layoutCost}
	case "pairs":
		cost = [layouts]float32{layoutCost, 0, 2 * layoutCost}
	case "triples":
		cost = [layouts]float32{layoutCost, layoutCost, 0}
	}
	x.starts = nil
	for root, c := range cost {
		x.starts = append(x.starts, opening{state: int32(root) << 24, root: int32(root), score: -c})
	}
	return &x
}

func (d *digitRules) forest() *trie        { return d.trie }
func (d *digitRules) begin() []opening     { return d.starts }
func (d *digitRules) text(it *item) string { return d.tokens[it.word].text }
func (d *digitRules) role(it *item) role {
	if d.tokens[it.word].digits == 0 {
		return around
	}
	return meant
}

func (d *digitRules) most() int {
	if d.length > 0 {
		return d.length
	}
	return maxDigits
}

func (d *digitRules) next(state int32, it *item) (opening, bool) {
	t, count := &d.tokens[it.word], int(state&0xFFFF)
	o := opening{state: state, root: it.root, score: d.bonus * float32(len(it.say))}
	switch t.kind {
	case before:
		o.state |= digitsOpened
		o.score = 0 // words around the digits earn nothing, or every breath would be one
		return o, count == 0 && state&digitsOpened == 0
	case after:
		_, complete := d.end(state)
		o.state |= digitsClosed
		o.score = 0
		return o, complete && state&digitsClosed == 0
	case stray: // the odd digit at the end of a number in pairs is no stray
		if d.length > 0 && count+t.digits == d.length && it.root == pairs {
			o.score += strayCost
		}
	}
	o.state += int32(t.digits)
	return o, state&digitsClosed == 0 && count+t.digits <= d.most()
}

func (d *digitRules) end(state int32) (float32, bool) {
	count := int(state & 0xFFFF)
	return 0, count > 0 && (d.length == 0 || count == d.length)
}

// How many ways to say a phrase are kept: the thousand numbers of three digits need to be modest.
const (
	manyWays = 24
	fewWays  = 6
)

// sayAll lists the sounds of a phrase: its own entries, and what its words sound like one after
// the other, at most so many, the least costly ways first.
func sayAll(phrase string, say func(string) []pron, most int) []pron {
	whole := slices.Clone(say(phrase))
	ways := []pron{{}}
	for w := range strings.FieldsFuncSeq(phrase, func(r rune) bool { return r == ' ' || r == '-' }) {
		parts := splitElision(w)
		if len(say(w)) > 0 {
			parts = []string{w}
		}
		for _, part := range parts {
			var more []pron
			for _, a := range ways {
				for _, b := range say(part) {
					more = append(more, pron{say: slices.Concat(a.say, b.say), cost: a.cost + b.cost})
				}
			}
			slices.SortStableFunc(more, func(a, b pron) int { return cmp.Compare(a.cost, b.cost) })
			if ways = more[:min(most, len(more))]; len(ways) == 0 {
				return whole
			}
		}
	}
	for _, w := range ways {
		if !slices.ContainsFunc(whole, func(p pron) bool { return slices.Equal(p.say, w.say) }) {
			whole = append(whole, w)
		}
	}
	return whole
}

// splitElision parts "c'est" into "c'" and "est".
func splitElision(w string) []string {
	if i := strings.IndexByte(w, '\''); i > 0 && i < len(w)-1 && (i == 1 || strings.HasPrefix(w, "qu")) && !strings.HasPrefix(w, "i'") {
		return []string{w[:i+1], w[i+1:]}
	}
	return []string{w}
}

var frUnits = strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")
var frTens = strings.Fields("- - vingt trente quarante cinquante soixante")
var enUnits = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")
var enTens = strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety")

// singleNames are the ways to say one digit, the usual one first.
func singleNames(lang string, n int) []string {
	if lang == "fr" {
		return frUnits[n : n+1]
	}
	if n == 0 {
		return []string{"zero", "oh"}
	}
	return enUnits[n : n+1]
}

// pairNames are the ways to say two digits as one number.
func pairNames(lang string, n int) []string {
	if lang != "fr" {
		if n < 10 {
			return []string{"zero " + enUnits[n], "oh " + enUnits[n]}
		}
		if n%11 == 0 {
			return []string{englishNumber(n), "double " + enUnits[n/11]}
		}
		return []string{englishNumber(n)}
	}
	if n < 10 {
		return []string{"zéro " + frUnits[n]}
	}
	return frenchNumbers(n)
}

// tripleNames are the ways to say three digits as one number.
func tripleNames(lang string, n int) []string {
	h, r := n/100, n%100
	var tails []string
	if r > 0 && r < 10 {
		tails = singleNames(lang, r)[:1]
	} else if r > 0 {
		tails = pairNames(lang, r)[:1]
	}
	switch {
	case h == 0 && r < 10:
		return nil
	case h == 0:
		return []string{singleNames(lang, 0)[0] + " " + tails[0]}
	case lang == "fr":
		head := "cent"
		if h > 1 {
			head = frUnits[h] + " cent"
		}
		return []string{strings.TrimSpace(head + " " + strings.Join(tails, ""))}
	case r == 0:
		return []string{enUnits[h] + " hundred"}
	}
	return []string{enUnits[h] + " hundred " + tails[0], enUnits[h] + " hundred and " + tails[0]}
}

func englishNumber(n int) string {
	if n < 20 {
		return enUnits[n]
	}
	if n%10 == 0 {
		return enTens[n/10]
	}
	return enTens[n/10] + "-" + enUnits[n%10]
}

// frenchNumbers are the names of 0 ≤ n < 100, France's first, then those of Belgium and Switzerland.
func frenchNumbers(n int) []string {
	join := func(tens string, unit int) string {
		switch unit {
		case 0:
			return tens
		case 1, 11:
			return tens + " et " + frUnits[unit]
		}
		return tens + "-" + frUnits[unit]
	}
	switch {
	case n < 20:
		return frUnits[n : n+1]
	case n < 70:
		return []string{join(frTens[n/10], n%10)}
	case n < 80:
		return []string{join("soixante", n-60), join("septante", n-70)}
	case n == 80:
		return []string{"quatre-vingts", "huitante", "octante"}
	case n < 90:
		return []string{"quatre-vingt-" + frUnits[n-80], join("huitante", n-80), join("octante", n-80)}
	}
	return []string{"quatre-vingt-" + frUnits[n-80], join("nonante", n-90)}
}

// numberRule spells out the rule {number}, 0 to 99, which the grammars of dates use.
func numberRule(lang string) string {
	var names []string
	for n := range 100 {
		if lang == "fr" {
			names = append(names, frenchNumbers(n)[0])
		} else {
			names = append(names, englishNumber(n))
		}
	}
	return strings.Join(names, "|")
}

// check reports a layout that limit does not know.
func checkLayout(layout string) error {
	switch layout {
	case "", "singles", "pairs", "triples":
		return nil
	}
	return fmt.Errorf("layout %q is not one of singles, pairs, triples", layout)
}
