package entity

// numeral is one way to read the words from a position as a whole number.
type numeral struct {
	end   int   // index of the token after the last one used
	value int64 // 0 .. 999 999 999 999
	split int   // how likely the caller meant two numbers: the sum of its joins
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
	// begins reports whether a numeral begins with the word at i: whether numerals is not
	// empty, for less work.
	begins(toks []token, i int) bool
}

func grammarOf(lang string) grammar {
	if lang == "en" {
		return english{}
	}
	return french{}
}

// Joins inside one number, in units of split.
const (
	joinLoose  = 4  // a space where the other numbers of the utterance are hyphenated; a filler
	joinUnsaid = 2  // a form that few people say: "vingt un", "quatre-vingt et un"
	joinPause  = 20 // a pause
)

// join counts the gap in front of token i when it stands inside one number: a comma or a
// filler there makes one number unlikely, a hyphen makes it sure.
func join(toks []token, i int) int {
	switch t := toks[i]; {
	case t.gap == "-" || t.gap == "‑" || t.gap == "‐" || t.gap == "":
		return 0
	case t.pause:
		return joinPause
	case t.gap != " " || t.loose:
		return joinLoose
	}
	return 1
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
