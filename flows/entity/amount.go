package entity

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// decimal is one reading of a number with its fraction as written: "42", "3.5".
type decimal struct {
	end   int
	text  string
	split int
}

// decimals returns the readings of a number that begins at token i, longest first.
func (r *reader) decimals(i int) []decimal {
	if i >= len(r.toks) {
		return nil
	}
	if r.toks[i].digits {
		return []decimal{r.typed(i)}
	}
	if d, ok := r.noun(i); ok {
		return []decimal{d}
	}
	ns := r.g.numerals(r.toks, i)
	out := make([]decimal, 0, len(ns))
	for k := len(ns) - 1; k >= 0; k-- {
		n := ns[k]
		d := decimal{n.end, strconv.FormatInt(n.value, 10), n.split}
		h := halves.behind(r.toks, n.end)
		if zeros := scale(r.word(n.end - 1)); h > 0 && zeros > 0 { // deux millions et demi
			out = append(out, decimal{n.end + h, strconv.FormatInt(n.value+int64(math.Pow10(zeros))/2, 10), n.split})
		} else if h > 0 && n.value < 1000 {
			out = append(out, r.scaled(d.text, "5", n.end+h, n.split))
		} else if f, ok := r.fraction(n.end); ok {
			out = append(out, r.scaled(d.text, f.text, f.end, n.split))
		}
		out = append(out, d)
	}
	for a := 1; a < len(out); a++ { // longest first; the lists are a handful long
		for b := a; b > 0 && out[b].end > out[b-1].end; b-- {
			out[b], out[b-1] = out[b-1], out[b]
		}
	}
	return out
}

// scaled is whole.frac, or as many thousands or millions when token end says so: "deux virgule cinq
// millions" is 2500000.
func (r *reader) scaled(whole, frac string, end, split int) decimal {
	zeros := scale(r.word(end))
	if zeros == 0 {
		return decimal{end, whole + "." + frac, split}
	}
	if len(frac) <= zeros {
		return decimal{end + 1, whole + frac + strings.Repeat("0", zeros-len(frac)), split}
	}
	return decimal{end + 1, whole + frac[:zeros] + "." + frac[zeros:], split}
}

// scale is how many zeros a word stands for, 0 when it is no scale.
func scale(w string) int {
	for word, zeros := range scaleWords {
		if plural(w, word) {
			return zeros
		}
	}
	return 0
}

var (
	halves     = phrases("et demi", "et demie", "and a half")
	scaleWords = map[string]int{"mille": 3, "thousand": 3, "grand": 3, "k": 3, "million": 6, "milliard": 9, "billion": 9}
	// nouns are numbers said as a noun or without any number.
	frNouns = map[string]string{"douzaine": "12", "dizaine": "10", "quinzaine": "15", "vingtaine": "20", "trentaine": "30", "cinquantaine": "50", "centaine": "100", "paire": "2", "demi douzaine": "6",
		"aucun": "0", "aucune": "0", "rien du tout": "0"}
	enNouns = map[string]string{"dozen": "12", "couple": "2", "pair": "2", "both": "2", "none": "0", "tenner": "10", "fiver": "5", "half dozen": "6"}
)

func (r *reader) english() bool { return r.lex == &enLexicon }

// noun reads "une douzaine", "half a dozen", "aucun", "un demi".
func (r *reader) noun(i int) (decimal, bool) {
	table, j, times := frNouns, i, ""
	if r.english() {
		table = enNouns
	}
	switch w := r.word(i); {
	case w == "half" && r.word(i+1) == "a" && r.word(i+2) == "dozen":
		return decimal{i + 3, "6", 0}, true
	case w == "half", w == "un" && (r.word(i+1) == "demi" && r.word(i+2) == ""):
		if w == "un" {
			i++
		}
		return decimal{i + 1, "0.5", 0}, r.word(i+1) == ""
	case w == "un" || w == "une" || w == "a":
		j++
	case r.g.unit(w) > 0:
		j, times = j+1, w
	}
	end := j + 1
	s, ok := table[r.word(j)]
	if two, found := table[r.word(j)+" "+r.word(j+1)]; found {
		s, ok, end = two, true, j+2
	} else if !ok && times != "" {
		s, ok = table[strings.TrimSuffix(r.word(j), "s")]
	}
	if ok && times != "" {
		n, _ := strconv.Atoi(s)
		s = strconv.Itoa(n * int(r.g.unit(times)))
	}
	return decimal{end, s, 0}, ok
}

// fraction reads "virgule cinq", "point two five" at token i.
func (r *reader) fraction(i int) (decimal, bool) {
	if i+1 >= len(r.toks) {
		return decimal{}, false
	}
	if w := r.toks[i].text; w != "virgule" && w != "point" {
		return decimal{}, false
	}
	j, frac := i+1, ""
	for j < len(r.toks) && r.g.zero(r.toks[j].text) {
		frac, j = frac+"0", j+1
	}
	if j < len(r.toks) && r.toks[j].digits {
		return decimal{j + 1, frac + r.toks[j].text, 0}, true
	}
	ns := slices.DeleteFunc(r.g.numerals(r.toks, min(j, len(r.toks))), func(n numeral) bool { return scale(r.word(n.end-1)) > 0 })
	if len(ns) > 0 {
		n := longest(ns)
		frac, j = frac+strconv.FormatInt(n.value, 10), n.end
		for n.value < 10 && j < len(r.toks) { // digit by digit: "point one four"
			d, ok := r.digit(j)
			if !ok {
				break
			}
			frac, j = frac+d, j+1
		}
		return decimal{j, frac, 0}, true
	}
	return decimal{j, frac, 0}, frac != ""
}

// digit is the digit that token i is by itself.
func (r *reader) digit(i int) (string, bool) {
	w := r.toks[i].text
	switch u := r.g.unit(w); {
	case r.g.zero(w):
		return "0", true
	case u > 0 && u < 10:
		return strconv.FormatInt(u, 10), true
	}
	return "", false
}

func longest(ns []numeral) numeral {
	best := ns[0]
	for _, n := range ns[1:] {
		if n.end > best.end {
			best = n
		}
	}
	return best
}

// typed reads "1 200", "1.200,50", "42,5" and "3 millions".
func (r *reader) typed(i int) decimal {
	d := decimal{i + 1, r.toks[i].text, 0}
	for len(r.toks[i].text) <= 3 && d.end < len(r.toks) && r.toks[d.end].digits && len(r.toks[d.end].text) == 3 && thousandsGap(r.toks[d.end].gap) {
		d.text += r.toks[d.end].text
		d.end++
	}
	for d.end < len(r.toks) && r.toks[d.end].digits && len(r.toks[d.end].text) == 3 && r.toks[d.end].gap == "," && r.english() { // "1,234.56"
		d.text += r.toks[d.end].text
		d.end++
	}
	if d.end < len(r.toks) && r.toks[d.end].digits && (r.toks[d.end].gap == "," || r.toks[d.end].gap == "." || r.toks[d.end].gap == "*") {
		d.text += "." + r.toks[d.end].text
		d.end++
		return d
	}
	if f, ok := r.fraction(d.end); ok {
		return decimal{f.end, d.text + "." + f.text, 0}
	}
	if d.end < len(r.toks) && len(d.text) < 5 {
		for word, zeros := range scaleWords {
			if plural(r.toks[d.end].text, word) {
				d.text += strings.Repeat("0", zeros)
				d.end++
				break
			}
		}
	}
	return d
}

func thousandsGap(gap string) bool {
	switch gap {
	case " ", "\u00a0", "\u202f", ".", "'", "’":
		return true
	}
	return false
}

// parseNumber reads one number. The longest reading wins; a later one after a correction.
func parseNumber(spec Spec, lang, text string) []Value {
	r := newReader(lang, text)
	best := map[string]candidate{}
	offer := func(s string, cost float64, i, end int) {
		if old, ok := best[s]; !ok || cost < old.cost {
			best[s] = candidate{s, cost, i, end}
		}
	}
	corrected := 0.0
	for i := 0; i < len(r.toks); i++ {
		if r.lex.repairs.at(r.toks, i) > 0 {
			corrected -= 2
			continue
		}
		ds := r.decimals(i)
		for k, d := range ds {
			cost := corrected + 0.2*float64(min(d.split, joinLoose)) - 0.6*float64(d.end-i) + 0.5*float64(k)
			if r.lex.ambiguous[r.toks[i].text] && d.end == i+1 {
				cost += 1
			}
			s, start := normalDecimal(d.text), i
			if i > 0 && (r.toks[i-1].text == "moins" || r.toks[i-1].text == "minus" || r.toks[i-1].text == "negative") {
				s, start = "-"+s, i-1
			}
			offer(s, cost, start, d.end)
		}
		if len(ds) > 0 {
			i = ds[0].end - 1
		}
	}
	return values(spec, r.toks, ranked(best))
}

// normalDecimal drops leading zeros of the whole part and a dangling point.
func normalDecimal(s string) string {
	whole, frac, _ := strings.Cut(s, ".")
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if frac == "" {
		return whole
	}
	return whole + "." + frac
}

var (
	currency = set("euro euros eur € dollar dollars $ pound pounds £ livre livres franc francs balles quid bucks buck chf chfs rappen sterling")
	frCents  = set("centime centimes") // "cent" is a hundred
	enCents  = set("cent cents penny pence p centime centimes")
)

// parseAmount reads an amount of money with two decimals; the currency is the flow's.
func parseAmount(spec Spec, lang, text string) []Value {
	r := newReader(lang, text)
	best := map[string]candidate{}
	corrected := 0.0
	for i := 0; i < len(r.toks); {
		if r.lex.repairs.at(r.toks, i) > 0 {
			corrected -= 2
			i++
			continue
		}
		next := i + 1
		for k, d := range r.decimals(i) {
			s, end, cost := r.amount(i, d, k == 0)
			cost += corrected + 0.2*float64(min(d.split, joinLoose))
			if s == "" {
				continue
			}
			if old, ok := best[s]; !ok || cost < old.cost {
				best[s] = candidate{s, cost, i, end}
			}
			next = max(next, end)
		}
		i = next
	}
	return values(spec, r.toks, ranked(best))
}

// amount completes a number with its currency and cents. Numbers without a currency cost
// more, so that "deux colis à trente euros" is thirty.
func (r *reader) amount(i int, d decimal, longest bool) (text string, end int, cost float64) {
	euros, frac, _ := strings.Cut(normalDecimal(d.text), ".")
	if len(frac) > 2 || len(euros) > 12 {
		return "", 0, 0
	}
	frac = (frac + "00")[:2]
	end = d.end
	cost = 2 - 0.2*float64(d.end-i)
	if i > 0 && currency[r.toks[i-1].text] && r.toks[i-1].symbol {
		cost = 0.2
	}
	if end >= len(r.toks) {
		return euros + "." + frac, end, cost
	}
	if n, e, ok := r.small(end, 10, 99); ok && longest && len(euros) < 4 && !strings.Contains(d.text, ".") && !r.toks[end].pause && r.word(e) != "mille" && !r.g.zero(r.word(i)) && r.toks[i].digits == r.toks[end].digits {
		if currency[r.word(e)] { // "twelve ninety-nine"
			e++
		}
		return euros + "." + pad2(n), e, 1.2 - 0.2*float64(e-i)
	}
	switch w := r.toks[end].text; {
	case currency[w]:
		cost = 0.1
		end++
		if f, e, ok := r.centsAfter(end); ok && frac == "00" {
			frac, end, cost = f, e, 0
		}
	case plural(w, "grand") && r.english() && frac == "00":
		return euros + "000.00", end + 1, 0.2
	case r.lex.cents[w] && !strings.Contains(d.text, "."):
		n, _ := strconv.Atoi(euros)
		if n > 99 {
			return "", 0, 0
		}
		return "0." + pad2(n), end + 1, 0.2
	}
	return euros + "." + frac, end, cost
}

// centsAfter reads what follows the currency: "cinquante", "et cinquante centimes", "et demi".
func (r *reader) centsAfter(i int) (frac string, end int, ok bool) {
	if i < len(r.toks) && (r.toks[i].text == "et" || r.toks[i].text == "and") {
		i++
	}
	if i >= len(r.toks) {
		return "", 0, false
	}
	if w := r.toks[i].text; w == "demi" || w == "demie" {
		return "50", i + 1, true
	}
	if n, e, found := r.small(i, 0, 99); found {
		if e < len(r.toks) && r.lex.cents[r.toks[e].text] {
			e++
		} else if e < len(r.toks) && currency[r.toks[e].text] {
			return "", 0, false
		}
		return pad2(n), e, true
	}
	return "", 0, false
}

// small reads a whole number lo..hi at token i, the longest.
func (r *reader) small(i, lo, hi int) (n, end int, ok bool) {
	if i >= len(r.toks) {
		return 0, 0, false
	}
	if t := r.toks[i]; t.digits {
		v, err := strconv.Atoi(t.text)
		return v, i + 1, err == nil && v >= lo && v <= hi
	}
	if r.g.zero(r.toks[i].text) {
		if i+1 < len(r.toks) {
			if u := int(r.g.unit(r.toks[i+1].text)); u > 0 && u >= lo && u <= hi {
				return u, i + 2, true
			}
		}
		return 0, i + 1, lo <= 0
	}
	for _, m := range r.g.numerals(r.toks, i) {
		if m.value >= int64(lo) && m.value <= int64(hi) && m.end > end {
			n, end, ok = int(m.value), m.end, true
		}
	}
	return n, end, ok
}

func pad2(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}
