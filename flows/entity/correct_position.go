package entity

import (
	"strings"
	"time"
)

// position counts characters of a code: the third, or the second from the end.
type position struct {
	n       int  // from 1
	fromEnd bool // counted from the end
	kind    int  // what is counted: anyChar, onlyDigits, onlyLetters
	end     int  // token behind the words
}

const (
	anyChar = iota
	onlyDigits
	onlyLetters
)

var (
	frPositions = map[string]int{"premier": 1, "premiere": 1, "deuxieme": 2, "second": 2, "seconde": 2, "troisieme": 3, "quatrieme": 4, "cinquieme": 5, "sixieme": 6,
		"septieme": 7, "huitieme": 8, "neuvieme": 9, "dixieme": 10, "onzieme": 11, "douzieme": 12, "dernier": -1, "derniere": -1}
	enPositions = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
		"last": -1, "final": -1, "penultimate": -2}
	fromTheEnd = phrases("en partant de la fin", "à partir de la fin", "avant la fin", "from the end", "from the back", "from last")
	charKinds  = map[string]int{"chiffre": onlyDigits, "numero": onlyDigits, "digit": onlyDigits, "number": onlyDigits, "figure": onlyDigits, "lettre": onlyLetters, "letter": onlyLetters,
		"caractere": anyChar, "character": anyChar, "one": anyChar, "signe": anyChar}
	links = set("c est un une le la l etait serait doit etre devrait bien plutot pas is it s a an should be was the must actually en fait non sera egal comme instead to vaut faut mettre par of")
)

// positionAt reads "le troisième chiffre", "l'avant-dernier", "the second to last digit".
func positionAt(lang string, toks []token, i int) (position, bool) {
	table := frPositions
	if lang == "en" {
		table = enPositions
	}
	word := func(k int) string {
		if k < 0 || k >= len(toks) {
			return ""
		}
		return toks[k].text
	}
	n, j := table[word(i)], i+1
	switch {
	case word(i) == "avant" && table[word(i+1)] == -1:
		n, j = -2, i+2
	case n > 0 && word(j) == "to" && word(j+1) == "last":
		n, j = -n, j+2
	case word(i) == "next" && word(i+1) == "to" && word(i+2) == "last":
		n, j = -2, i+3
	case n == -1 && word(j) == "but" && word(j+1) == "one":
		n, j = -2, j+2
	}
	if n == 0 {
		return position{}, false
	}
	p := position{n: max(n, -n), fromEnd: n < 0, end: j}
	if k, ok := charKinds[word(j)]; ok {
		p.kind, p.end = k, j+1
	}
	if m := fromTheEnd.behind(toks, p.end); m > 0 {
		p.fromEnd, p.end = true, p.end+m
	}
	return p, true
}

// in returns the index of the position in code, or -1.
func (p position) in(code string) int {
	var at []int
	for i := range len(code) {
		digit := code[i] >= '0' && code[i] <= '9'
		if p.kind == anyChar || digit == (p.kind == onlyDigits) {
			at = append(at, i)
		}
	}
	switch {
	case p.n > len(at):
		return -1
	case p.fromEnd:
		return at[len(at)-p.n]
	}
	return at[p.n-1]
}

var (
	replaceWords = phrases("remplacez", "remplacer", "remplace", "changez", "changer", "change", "mettez", "replace", "swap", "corrigez")
	byWords      = set("par en with to by for into")
	swapWords    = phrases("inversez", "inversé", "inversés", "inverser", "inversées", "à l'envers", "l'inverse", "échangez", "swap", "swapped", "reversed", "reverse", "the other way round", "the other way around", "switched", "switch", "transposed")
	addWords     = phrases("il manque", "manque", "ajoutez", "rajoutez", "ajouter", "il faut ajouter", "vous avez oublié", "missing", "add", "there's a missing", "is missing", "you missed", "you forgot", "there should be", "put")
	dropWords    = phrases("de trop", "en trop", "enlevez", "enlever", "supprimez", "retirez", "effacez", "il n'y a pas de", "remove", "delete", "drop", "take out", "take off", "too many", "extra", "there's no", "there is no")
	afterWords   = phrases("après le", "après la", "après", "derrière le", "after the", "after")
	beforeWords  = phrases("avant le", "avant la", "avant", "devant le", "before the", "before")
)

// edit is one correction by position at work.
type edit struct {
	spec    Spec
	lang    string
	code    string // as the caller says it
	text    string
	toks    []token
	c       correction
	changed bool
	span    Value // where the new characters stand
}

// byPosition corrects a code where the caller says which character is wrong: "le troisième
// chiffre est un cinq", "il manque un zéro à la fin", "remplacez le 5 par un 6", "les deux
// derniers sont inversés". stop is true when the words were such a correction but led to no
// value: they must then not be read as the value itself.
func byPosition(spec Spec, lang, current, text string, toks []token, c correction) (v Value, ok, stop bool) {
	e := &edit{spec: spec, lang: lang, code: current, text: text, toks: toks, c: c}
	if spec.Type == TypePhone {
		e.code = spokenPhone(current)
	}
	before := e.code
	for _, try := range []func() bool{e.swapped, e.added, e.dropped, e.replaced, e.positions} {
		if !try() {
			continue
		}
		out := recanonical(spec, lang, e.code)
		if !e.changed || e.code == before || out == "" || !codeMatches(spec, out) {
			return Value{}, false, true
		}
		e.span.Text, e.span.Confidence = out, 0.88
		return e.span, true, true
	}
	return Value{}, false, false
}

// find returns the first token where a phrase of the set stands, and its length.
func find(p phraseSet, toks []token) (i, n int) {
	for i := range toks {
		if n := p.at(toks, i); n > 0 {
			return i, n
		}
	}
	return -1, 0
}

// piece reads the characters that stand in tokens from..to; articles and verbs in front are
// left out.
func (e *edit) piece(from, to int) (Value, bool) {
	for from < to && (links[e.toks[from].text] && !e.toks[from].digits) {
		if t := e.toks[from]; (t.text == "un" || t.text == "une" || len(t.text) == 1 && !t.apos) && !e.more(from+1, to) {
			break // the character itself
		}
		from++
	}
	vs := pieces(e.spec, e.lang, e.text, e.toks, from, to)
	if len(vs) == 0 || len(vs[0].Text) > len(e.code) {
		return Value{}, false
	}
	return vs[0], true
}

// more reports whether a character stands in from..to, so that the article before it is one.
func (e *edit) more(from, to int) bool {
	return len(pieces(e.spec, e.lang, e.text, e.toks, from, to)) > 0
}

func (e *edit) put(at int, old int, v Value) {
	e.code = e.code[:at] + v.Text + e.code[at+old:]
	e.changed, e.span = true, v
}

// positions reads "le troisième est un cinq et le dernier un deux".
func (e *edit) positions() bool {
	seen := false
	for i := 0; i < len(e.toks); i++ {
		p, ok := positionAt(e.lang, e.toks, i)
		if !ok {
			continue
		}
		to := p.end
		for ; to < len(e.toks); to++ {
			if _, next := positionAt(e.lang, e.toks, to); next {
				break
			}
		}
		v, ok := e.piece(p.end, to)
		at := p.in(e.code)
		if !ok || len(v.Text) != 1 {
			continue
		}
		if seen = true; at >= 0 {
			e.put(at, 1, v)
		}
		i = to - 1
	}
	return seen
}

// replaced reads "remplacez le 5 par un 6", "change the last five to a six".
func (e *edit) replaced() bool {
	i, n := find(replaceWords, e.toks)
	if i < 0 {
		return false
	}
	for by := i + n; by < len(e.toks); by++ {
		if !byWords[e.toks[by].text] {
			continue
		}
		in, ok := e.piece(by+1, len(e.toks))
		if !ok {
			return false
		}
		for k := i + n; k < by; k++ {
			if p, found := positionAt(e.lang, e.toks, k); found && p.in(e.code) >= 0 && len(in.Text) == 1 {
				e.put(p.in(e.code), 1, in)
				return true
			}
		}
		old, ok := e.piece(i+n, by)
		if at := strings.LastIndex(e.code, old.Text); ok && at >= 0 {
			e.put(at, len(old.Text), in)
		}
		return true
	}
	return false
}

// added reads "il manque un zéro à la fin", "add a three after the five".
func (e *edit) added() bool {
	i, n := find(addWords, e.toks)
	if i < 0 {
		return false
	}
	where, to, at := locate(e.toks, e.c), len(e.toks), len(e.code)
	for k := range e.toks {
		for side, set := range []phraseSet{beforeWords, afterWords} {
			m := set.at(e.toks, k)
			if m == 0 || k == 0 {
				continue
			}
			next, ok := e.piece(k+m, len(e.toks))
			p := strings.LastIndex(e.code, next.Text)
			if !ok || p < 0 {
				return true
			}
			at, to = p+side*len(next.Text), min(to, k)
			where = anywhere
		}
	}
	for k := i + n; k < to; k++ {
		if max(e.c.atEnd.at(e.toks, k), e.c.tail.at(e.toks, k), e.c.atStart.at(e.toks, k), e.c.head.at(e.toks, k)) > 0 {
			to = k
		}
	}
	if where == atStart {
		at = 0
	}
	v, ok := e.piece(i+n, to)
	if !ok {
		v, ok = e.piece(0, i) // "there's a zero missing"
	}
	if ok {
		e.put(at, 0, v)
	}
	return ok
}

// dropped reads "enlevez le dernier", "il y a un zéro de trop", "remove the last digit".
func (e *edit) dropped() bool {
	i, n := find(dropWords, e.toks)
	if i < 0 {
		return false
	}
	for k := range e.toks {
		if p, ok := positionAt(e.lang, e.toks, k); ok && p.in(e.code) >= 0 {
			at := p.in(e.code)
			e.put(at, 1, Value{Start: e.toks[k].start, End: e.toks[p.end-1].end})
			return true
		}
	}
	v, ok := e.piece(max(i-1, 0), i)
	if !ok {
		v, ok = e.piece(i+n, len(e.toks))
	}
	at := strings.LastIndex(e.code, v.Text)
	if locate(e.toks, e.c) == atStart {
		at = strings.Index(e.code, v.Text)
	}
	if !ok || at < 0 {
		return ok
	}
	gone := len(v.Text)
	v.Text = ""
	e.put(at, gone, v)
	return true
}

// swapped reads "les deux derniers sont inversés", "swap the five and the six".
func (e *edit) swapped() bool {
	i, n := find(swapWords, e.toks)
	if i < 0 {
		return false
	}
	for k := range e.toks { // "swap the five with the six" is one too, "swap the five for a six" none
		if w := e.toks[k].text; k > i && byWords[w] && w != "with" {
			return false
		}
	}
	span := Value{Start: e.toks[i].start, End: e.toks[i+n-1].end}
	flip := func(a, b int) bool {
		c := []byte(e.code)
		c[a], c[b] = c[b], c[a]
		e.code, e.changed, e.span = string(c), true, span
		return true
	}
	var at []int
	for k := range e.toks {
		if p, ok := positionAt(e.lang, e.toks, k); ok && p.in(e.code) >= 0 {
			at = append(at, p.in(e.code))
		}
	}
	last := len(e.code) - 1
	switch where := locate(e.toks, e.c); {
	case len(at) == 2:
		return flip(at[0], at[1])
	case last < 1:
		return false
	case where == atEnd:
		return flip(last-1, last)
	case where == atStart:
		return flip(0, 1)
	}
	b := []byte(e.text) // "le 5 et le 6": both, one after the other
	for k := e.toks[i].start; k < e.toks[i+n-1].end; k++ {
		b[k] = ' '
	}
	vs := Parse(Spec{Type: e.spec.Type, Length: 2}, e.lang, string(b), time.Time{})
	if len(vs) == 0 || len(vs[0].Text) != 2 {
		return false
	}
	pair := vs[0].Text
	for _, p := range []string{pair, string([]byte{pair[1], pair[0]})} {
		if k := strings.LastIndex(e.code, p); k >= 0 {
			return flip(k, k+1)
		}
	}
	return true
}
