package entity

// english reads English number words.
type english struct{}

var enUnits = map[string]int64{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
	"seven": 7, "eight": 8, "nine": 9, "niner": 9}

var enTeens = map[string]int64{"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
	"fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}

var enTens = map[string]int64{"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50,
	"sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}

func (english) zero(w string) bool {
	switch w {
	case "zero", "zeroes", "zeros", "oh", "o", "nought", "naught", "nil":
		return true
	}
	return false
}

func (english) unit(w string) int64 { return enUnits[w] }

func (e english) begins(toks []token, i int) bool {
	w := toks[i].text
	if enUnits[w] > 0 || enTeens[w] > 0 || enTens[w] > 0 || e.zero(w) {
		return true
	}
	return w == "a" && i+1 < len(toks) && scales[toks[i+1].text]
}

func (e english) numerals(toks []token, i int) []numeral {
	if i >= len(toks) || !e.begins(toks, i) {
		return nil
	}
	if e.zero(toks[i].text) {
		return []numeral{{end: i + 1}}
	}
	return e.upTo(toks, i, 4)
}

var enScales = []struct {
	word  string
	value int64
}{{"hundred", 100}, {"thousand", 1e3}, {"million", 1e6}, {"billion", 1e9}}

// upTo reads numbers below 10^12 by falling scales: what stands before a scale is below a
// thousand (below a hundred for "hundred"), what follows is below the scale.
func (e english) upTo(toks []token, i, scales int) []numeral {
	if i >= len(toks) {
		return nil
	}
	if scales == 0 {
		return e.upToHundred(toks, i)
	}
	scale := enScales[scales-1]
	low := e.upTo(toks, i, scales-1)
	out := low
	heads := low
	if w := toks[i].text; w == "a" && i+1 < len(toks) && plural(toks[i+1].text, scale.word) {
		heads = append([]numeral{{i + 1, 1, 0}}, low...)
	}
	limit := int64(999)
	if scale.value == 100 {
		limit = 99
	}
	for _, n := range under(heads, 1, limit) {
		if n.end >= len(toks) || !plural(toks[n.end].text, scale.word) {
			continue
		}
		head := numeral{n.end + 1, n.value * scale.value, n.split}
		out = append(out, head)
		out = extend(out, toks, head, under(e.upTo(toks, head.end, scales-1), 1, scale.value-1), sum)
		if head.end+1 < len(toks) && toks[head.end].text == "and" {
			for _, t := range under(e.upTo(toks, head.end+1, scales-1), 1, 99) {
				out = append(out, numeral{t.end, head.value + t.value, head.split + t.split})
			}
		}
	}
	return out
}

func (e english) upToHundred(toks []token, i int) []numeral {
	if i >= len(toks) {
		return nil
	}
	w := toks[i].text
	if u := enUnits[w]; u > 0 {
		return []numeral{{i + 1, u, 0}}
	}
	if t := enTeens[w]; t > 0 {
		return []numeral{{i + 1, t, 0}}
	}
	t := enTens[w]
	if t == 0 {
		return nil
	}
	out := []numeral{{i + 1, t, 0}}
	if i+1 < len(toks) {
		if u := enUnits[toks[i+1].text]; u > 0 {
			out = append(out, numeral{i + 2, t + u, join(toks, i+1)})
		}
	}
	return out
}
