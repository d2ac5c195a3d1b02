package entity

// numeral is one way to read the words from a position as a whole number.
type numeral struct {
	end   int   // index of the token after the last one used
	value int64 // 0 .. 999 999 999 999
	split int   // joins that a caller may have meant as two numbers: they crossed a gap, not a hyphen
}

// maxNumeral is the largest number read from words.
const maxNumeral = 999_999_999_999

// grammar reads number words of one language.
type grammar interface {
	// numerals returns every reading of the words that begin at i, the single word first.
	numerals(toks []token, i int) []numeral
	// zero and unit read one word; unit is 1..9.
	zero(word string) bool
	unit(word string) int64
}

func grammarOf(lang string) grammar {
	if lang == "en" {
		return english{}
	}
	return french{}
}

// join counts the gap in front of token i when it stands inside one number: a comma or a
// filler there makes one number unlikely, a hyphen makes it sure.
func join(toks []token, i int) int {
	switch toks[i].gap {
	case "-", "‑", "‐", "":
		return 0
	case " ":
		return 1
	}
	return 4
}

// extend appends to out the readings of head followed by each of tails.
func extend(out []numeral, toks []token, head numeral, tails []numeral, value func(h, t int64) int64) []numeral {
	for _, t := range tails {
		out = append(out, numeral{t.end, value(head.value, t.value), head.split + t.split + join(toks, head.end)})
	}
	return out
}

// under keeps the readings with lo <= value <= hi.
func under(in []numeral, lo, hi int64) []numeral {
	var out []numeral
	for _, n := range in {
		if n.value >= lo && n.value <= hi {
			out = append(out, n)
		}
	}
	return out
}

func sum(h, t int64) int64 { return h + t }
