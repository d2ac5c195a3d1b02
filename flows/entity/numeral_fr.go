package entity

// french reads French, Belgian and Swiss number words, with the spelling of 1990 or not.
type french struct{}

var frUnits = map[string]int64{"un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5,
	"six": 6, "sept": 7, "huit": 8, "neuf": 9}

var frTeens = map[string]int64{"dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14,
	"quinze": 15, "seize": 16}

// "vingts" is what a recogniser writes for "vingt" after "quatre": "cinquante-quatre, vingt" and
// "cinquante, quatre-vingts" sound the same.
var frTens = map[string]int64{"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50,
	"soixante": 60, "septante": 70, "huitante": 80, "octante": 80, "nonante": 90}

func (french) zero(w string) bool { return w == "zero" || w == "zeros" }

func (french) unit(w string) int64 { return frUnits[w] }

func (f french) begins(toks []token, i int) bool {
	w := toks[i].text
	return frUnits[w] > 0 || frTeens[w] > 0 || frTens[w] > 0 || plural(w, "cent") || plural(w, "mille") || f.zero(w)
}

func (f french) numerals(toks []token, i int) []numeral {
	var out []numeral
	if i >= len(toks) || !f.begins(toks, i) {
		return nil
	}
	if f.zero(toks[i].text) {
		return []numeral{{end: i + 1}}
	}
	thousands := f.upToMillion(toks, i)
	out = append(out, thousands...)
	for _, scale := range []struct {
		word  string
		value int64
	}{{"million", 1e6}, {"milliard", 1e9}} {
		for _, n := range under(thousands, 1, 999) {
			if n.end >= len(toks) || !plural(toks[n.end].text, scale.word) {
				continue
			}
			head := numeral{n.end + 1, n.value * scale.value, n.split}
			out = append(out, head)
			if scale.value == 1e9 {
				out = f.afterMilliard(out, toks, head)
			} else {
				out = extend(out, toks, head, under(f.upToMillion(toks, head.end), 1, 999_999), sum)
			}
		}
	}
	return out
}

func (f french) afterMilliard(out []numeral, toks []token, head numeral) []numeral {
	low := f.upToMillion(toks, head.end)
	out = extend(out, toks, head, under(low, 1, 999_999), sum)
	for _, m := range under(low, 1, 999) {
		if m.end >= len(toks) || !plural(toks[m.end].text, "million") {
			continue
		}
		h := numeral{m.end + 1, head.value + m.value*1e6, head.split + m.split}
		out = append(out, h)
		out = extend(out, toks, h, under(f.upToMillion(toks, h.end), 1, 999_999), sum)
	}
	return out
}

func plural(word, singular string) bool { return word == singular || word == singular+"s" }

// upToMillion reads 1 .. 999 999.
func (f french) upToMillion(toks []token, i int) []numeral {
	if i >= len(toks) {
		return nil
	}
	hundreds := f.upToThousand(toks, i)
	out := hundreds
	mille := func(head numeral) {
		out = append(out, head)
		out = extend(out, toks, head, under(f.upToThousand(toks, head.end), 1, 999), sum)
	}
	if plural(toks[i].text, "mille") {
		mille(numeral{i + 1, 1000, 0})
	}
	for _, n := range under(hundreds, 2, 999) {
		if n.end < len(toks) && plural(toks[n.end].text, "mille") {
			mille(numeral{n.end + 1, n.value * 1000, n.split})
		}
	}
	return out
}

// upToThousand reads 1 .. 999, and 1100 .. 1999 said "quinze cents".
func (f french) upToThousand(toks []token, i int) []numeral {
	if i >= len(toks) {
		return nil
	}
	small := f.upToHundred(toks, i)
	out := small
	cent := func(head numeral) {
		out = append(out, head)
		out = extend(out, toks, head, under(f.upToHundred(toks, head.end), 1, 99), sum)
	}
	if plural(toks[i].text, "cent") {
		cent(numeral{i + 1, 100, 0})
	}
	for _, n := range under(small, 2, 19) {
		if n.value != 10 && n.end < len(toks) && plural(toks[n.end].text, "cent") {
			cent(numeral{n.end + 1, n.value * 100, n.split})
		}
	}
	return out
}

// upToHundred reads 1 .. 99 in the three regional forms.
func (f french) upToHundred(toks []token, i int) []numeral {
	if i >= len(toks) {
		return nil
	}
	out := f.upToTwenty(toks, i)
	w := toks[i].text
	if tens := frTens[w]; tens > 0 {
		head := numeral{i + 1, tens, 0}
		if w == "vingts" {
			head.split = joinUnsaid
		}
		out = append(out, head)
		out = f.afterTens(out, toks, head, tens == 60)
	}
	if w == "quatre" && i+1 < len(toks) && plural(toks[i+1].text, "vingt") {
		head := numeral{i + 2, 80, join(toks, i+1)}
		if head.split > 0 { // a Swiss never says it: "trente-quatre, vingt" is the safer half of a tie
			head.split++
		}
		alone := head
		if toks[i+1].text == "vingt" && head.split > 0 { // 80 itself is written with an s
			alone.split += joinUnsaid
		}
		out = append(out, alone)
		out = f.afterTens(out, toks, head, true)
	}
	return out
}

// afterTens adds the units to 20, 30, ... and, for 60 and 80, the teens; "et" may stand
// before un, une and onze.
func (f french) afterTens(out []numeral, toks []token, head numeral, teens bool) []numeral {
	high := int64(9)
	if teens {
		high = 19
	}
	if head.end >= len(toks) {
		return out
	}
	for _, t := range under(f.upToTwenty(toks, head.end), 1, high) {
		n := numeral{t.end, head.value + t.value, head.split + t.split + join(toks, head.end)}
		if one := t.value == 1 || t.value == 11; one && head.value != 80 && n.split > 0 { // few say "vingt un"
			n.split += joinUnsaid
		}
		out = append(out, n)
	}
	if toks[head.end].text == "et" && head.end+1 < len(toks) {
		for _, t := range under(f.upToTwenty(toks, head.end+1), 1, high) {
			split := head.split
			if head.value == 80 {
				split += joinUnsaid
			}
			if t.value == 1 || t.value == 11 {
				out = append(out, numeral{t.end, head.value + t.value, split})
			}
		}
	}
	return out
}

// upToTwenty reads 1 .. 19.
func (french) upToTwenty(toks []token, i int) []numeral {
	if i >= len(toks) {
		return nil
	}
	w := toks[i].text
	if u := frUnits[w]; u > 0 {
		return []numeral{{i + 1, u, 0}}
	}
	t := frTeens[w]
	if t == 0 {
		return nil
	}
	out := []numeral{{i + 1, t, 0}}
	if t == 10 && i+1 < len(toks) {
		if u := frUnits[toks[i+1].text]; u >= 7 {
			out = append(out, numeral{i + 2, 10 + u, join(toks, i+1)})
		}
	}
	return out
}
