package entity

import (
	"strings"
	"time"
)

// Where a correction applies.
type place int

const (
	anywhere place = iota
	atStart
	atEnd
)

var (
	frDenials = phrases("non", "nan", "non non", "c'est pas ça", "ce n'est pas ça", "pas du tout", "c'est faux", "il y a une erreur", "vous vous trompez",
		"erreur", "c'est", "euh", "ah", "mais", "en fait", "plutôt", "le", "la", "les", "alors", "pardon", "attendez", "presque", "et", "ça finit par", "je vous ai dit", "j'ai dit", "je disais", "il faut")
	enDenials = phrases("no", "nope", "no no", "that's not it", "that's wrong", "not at all", "it's", "it is", "uh", "um", "oh", "but", "actually", "rather",
		"the", "well", "sorry", "wait", "almost", "and", "i said", "should be", "it should be")
	frAtEnd = phrases("à la fin", "pour finir", "en dernier", "à la toute fin", "au bout", "à la place à la fin")
	enAtEnd = phrases("at the end", "at the very end", "last", "in the end")
	frTail  = phrases("les deux derniers", "les trois derniers", "les quatre derniers", "le dernier", "les derniers", "les derniers chiffres", "le dernier chiffre",
		"les deux derniers chiffres", "les trois derniers chiffres", "les quatre derniers chiffres", "ça finit par", "ça se termine par", "se termine par", "la fin", "à la fin")
	enTail    = phrases("the last two", "the last three", "the last four", "the last two digits", "the last three digits", "the last four digits", "the last digit", "the last one", "ends with", "it ends with", "ends in", "it ends in", "the end is", "at the end")
	frAtStart = phrases("au début", "au départ", "pour commencer", "devant", "en premier")
	enAtStart = phrases("at the start", "at the beginning", "at the front", "first")
	frHead    = phrases("les deux premiers", "les trois premiers", "les quatre premiers", "le premier", "les premiers", "le premier chiffre", "les premiers chiffres", "les deux premiers chiffres",
		"les trois premiers chiffres", "les quatre premiers chiffres", "ça commence par", "le début", "au début")
	enHead    = phrases("the first two", "the first three", "the first four", "the first digit", "the first one", "starts with", "it starts with", "begins with", "the first two digits", "at the start", "at the beginning")
	frNot     = phrases("pas", "ce n'est pas", "c'est pas", "et pas", "et non pas", "et non", "non pas", "pas le")
	enNot     = phrases("not", "it's not", "it is not", "and not", "isn't", "instead of", "rather than")
	frInstead = phrases("au lieu de", "au lieu du", "à la place de", "à la place du", "et pas", "et non pas", "et non", "plutôt que", "pas", "pas un", "pas le")
	enInstead = phrases("instead of", "rather than", "and not", "not")
)

// correction is the vocabulary of one language.
type correction struct {
	denials, atEnd, tail, atStart, head, not, instead phraseSet
}

func correctionOf(lang string) correction {
	if lang == "en" {
		return correction{enDenials, enAtEnd, enTail, enAtStart, enHead, enNot, enInstead}
	}
	return correction{frDenials, frAtEnd, frTail, frAtStart, frHead, frNot, frInstead}
}

// maxCorrection is how many words of a correction are read, the last ones, and maxDenials in
// how many places a part may be denied: what is longer corrects nothing in particular.
const (
	maxCorrection = 60
	maxDenials    = 6
)

// CorrectAt is Correct with the wall time that dates are counted from.
func CorrectAt(spec Spec, lang, current, text string, now time.Time) (Value, bool) {
	switch spec.Type {
	case TypeDigits, TypeSpelled, TypePhone, TypePostcodeFR:
		return correctCode(spec, lang, current, text, now)
	case TypeText:
		return correctText(spec, lang, current, text)
	}
	return correctWhole(spec, lang, current, text, now)
}

// correctWhole corrects values that are said anew as a whole: the first reading that is
// another one than current, after whatever the caller denies.
func correctWhole(spec Spec, lang, current, text string, now time.Time) (Value, bool) {
	toks := tokenise(text)
	c := correctionOf(lang)
	i := skipPhrases(c.denials, toks, 0)
	if i >= len(toks) {
		return Value{}, false
	}
	for _, from := range []int{i, 0} {
		at := toks[from].start
		for _, v := range Parse(spec, lang, text[at:], now) {
			if v.Text == current {
				continue
			}
			v.Start, v.End = v.Start+at, v.End+at
			return v, true
		}
		if i == 0 {
			break
		}
	}
	return Value{}, false
}

func skipPhrases(p phraseSet, toks []token, i int) int {
	for i < len(toks) {
		n := p.at(toks, i)
		if n == 0 {
			break
		}
		i += n
	}
	return i
}

// correctCode corrects a code: the whole of it again, one end of it, a part denied and
// replaced, or a part that fits in one place only.
func correctCode(spec Spec, lang, current, text string, now time.Time) (Value, bool) {
	toks := last(tokenise(text), maxCorrection)
	if len(toks) == 0 {
		return Value{}, false
	}
	c := correctionOf(lang)
	if v, ok, stop := byPosition(spec, lang, current, text, toks, c); ok || stop {
		return v, ok
	}
	if v, ok := replaceDenied(spec, lang, current, text, toks, c); ok {
		return v, true
	}
	i := skipPhrases(c.denials, toks, 0)
	rest := ""
	if i < len(toks) {
		rest = text[toks[i].start:]
	}
	where := locate(toks, c)
	if where == anywhere && rest != "" {
		for _, v := range Parse(spec, lang, rest, now) {
			if v.Text != current {
				v.Start, v.End = v.Start+toks[i].start, v.End+toks[i].start
				return v, true
			}
		}
	}
	return patch(spec, lang, current, text, toks, where, c)
}

// locate finds the words that say which end of the code is meant.
func locate(toks []token, c correction) place {
	for i := range toks {
		if c.atEnd.at(toks, i) > 0 || c.tail.at(toks, i) > 0 {
			return atEnd
		}
		if c.atStart.at(toks, i) > 0 || c.head.at(toks, i) > 0 {
			return atStart
		}
	}
	return anywhere
}

// pieces reads the part of a code that stands in text[from:to] of the tokens, whatever
// its length, best first.
func pieces(spec Spec, lang, text string, toks []token, from, to int) []Value {
	if from >= to || from >= len(toks) {
		return nil
	}
	sub := Spec{Type: TypeDigits}
	if spec.Type == TypeSpelled {
		sub.Type = TypeSpelled
	}
	at := toks[from].start
	vs := Parse(sub, lang, text[at:toks[to-1].end], time.Time{})
	for k := range vs {
		vs[k].Start, vs[k].End = vs[k].Start+at, vs[k].End+at
	}
	return vs
}

// patch replaces the end, the start, or the one place where the part fits.
func patch(spec Spec, lang, current, text string, toks []token, where place, c correction) (Value, bool) {
	head := toks[0].start // in front of the words that are read
	words, want := blank(text, toks, c)
	words = strings.Repeat(" ", head) + words[head:]
	for rank, v := range pieces(spec, lang, words, toks, 0, len(toks)) {
		p := v.Text
		if want > 0 && len(p) != want || len(p) > len(current) {
			continue
		}
		var out string
		switch where {
		case atEnd:
			out = current[:len(current)-len(p)] + p
		case atStart:
			out = p + current[len(p):]
		default:
			if rank > 0 || len(p) == len(current) || len(p) < 2 {
				continue
			}
			out = nearest(current, p)
		}
		out = recanonical(spec, lang, out)
		if out == "" || out == current || !codeMatches(spec, out) {
			continue
		}
		conf := 0.9 * v.Confidence / 0.98
		if where == anywhere {
			conf *= 0.65
		}
		return Value{Text: out, Confidence: conf, Start: v.Start, End: v.End}, true
	}
	return Value{}, false
}

// blank overwrites the words that only say where, and denials in front, with spaces, so
// that "les deux derniers" is not read as a two; want is how many characters they announce.
func blank(text string, toks []token, c correction) (out string, want int) {
	b := []byte(text)
	wipe := func(i, n int) {
		for k := i; k < i+n; k++ {
			if u := int(french{}.unit(toks[k].text) + english{}.unit(toks[k].text)); n > 2 && u >= 2 {
				want = u
			}
			if w := toks[k].text; k > i && toks[k-1].text == "le" && (w == "dernier" || w == "premier") {
				want = 1
			}
		}
		for k := toks[i].start; k < toks[i+n-1].end; k++ {
			b[k] = ' '
		}
	}
	first := len(toks)
	for i := 0; i < len(toks); {
		n := max(c.tail.at(toks, i), c.head.at(toks, i), c.atEnd.at(toks, i), c.atStart.at(toks, i))
		if n == 0 {
			i++
			continue
		}
		wipe(i, n)
		first = min(first, i)
		i += n
	}
	for i := 0; i < first && i < len(toks); {
		n := c.denials.at(toks, i)
		if n == 0 {
			break
		}
		for k := toks[i].start; k < toks[i+n-1].end; k++ {
			b[k] = ' '
		}
		i += n
	}
	return string(b), want
}

// nearest puts p where current differs least from it, but differs; the last such place
// when several are equal, because the end is what people get wrong. It returns "" when p
// resembles no place: more than half of it would change.
func nearest(current, p string) string {
	best, at := len(p)+1, -1
	for i := 0; i+len(p) <= len(current); i++ {
		d := 0
		for k := range len(p) {
			if current[i+k] != p[k] {
				d++
			}
		}
		if d > 0 && d <= best {
			best, at = d, i
		}
	}
	if at < 0 || 2*best > len(p) {
		return ""
	}
	return current[:at] + p + current[at+len(p):]
}

// replaceDenied handles "pas douze treize", "treize au lieu de douze", "twelve not
// thirteen": one part stands in current, the other takes its place.
func replaceDenied(spec Spec, lang, current, text string, toks []token, c correction) (Value, bool) {
	denials := 0
	for i := range toks {
		if n := c.instead.at(toks, i); n > 0 && i > 0 && denials < maxDenials {
			denials++
			from := skipPhrases(c.denials, toks, 0)
			olds := pieces(spec, lang, text, toks, i+n, len(toks))
			for _, in := range pieces(spec, lang, text, toks, from, i) {
				for _, old := range olds {
					if v, ok := swap(spec, lang, current, old, in); ok {
						return v, true
					}
				}
			}
		}
	}
	for i := range toks {
		n := c.not.at(toks, i)
		if n == 0 || denials >= 2*maxDenials {
			continue
		}
		denials++
		var best Value
		for cut := i + n + 1; cut < len(toks) && cut <= i+n+12; cut++ { // all cuts: "douze | treize"
			next := skipPhrases(c.denials, toks, cut)
			ins := pieces(spec, lang, text, toks, next, min(next+24, len(toks)))
			for _, old := range pieces(spec, lang, text, toks, i+n, cut) {
				for _, in := range ins {
					if v, ok := swap(spec, lang, current, old, in); ok && v.Confidence > best.Confidence {
						best = v
					}
				}
			}
		}
		if best.Text != "" {
			return best, true
		}
	}
	return Value{}, false
}

// swap replaces the last occurrence of old in current by in.
func swap(spec Spec, lang, current string, old, in Value) (Value, bool) {
	at := strings.LastIndex(current, old.Text)
	if at < 0 || old.Text == in.Text || len(old.Text) != len(in.Text) && spec.Length > 0 {
		return Value{}, false
	}
	out := recanonical(spec, lang, current[:at]+in.Text+current[at+len(old.Text):])
	if out == "" || !codeMatches(spec, out) {
		return Value{}, false
	}
	conf := 0.9 * old.Confidence * in.Confidence
	if strings.Count(current, old.Text) > 1 {
		conf *= 0.6
	}
	return Value{Text: out, Confidence: conf, Start: in.Start, End: in.End}, true
}

// recanonical brings a patched value back to its canonical form.
func recanonical(spec Spec, lang, s string) string {
	if spec.Type == TypePhone {
		return e164Of(lang, s)
	}
	return s
}

func codeMatches(spec Spec, s string) bool {
	switch spec.Type {
	case TypePhone:
		return spec.matchesPattern(s)
	case TypePostcodeFR:
		if spec.Pattern == "" {
			spec.Pattern = postcodeFR
		}
		spec.Length = 5
	}
	return spec.matches(s)
}
