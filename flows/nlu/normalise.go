package nlu

import (
	"slices"
	"strings"
	"unicode"

	"decroche/flows/entity"
)

// word is one normalised word, with and without its accents.
type word struct{ plain, accented string }

// normalise splits text into words: lower case, elisions apart, corrections carried out,
// fillers out, numbers as "#", letters drawn out ("ouiiii") shortened, words said twice once.
func normalise(lang, text string) []word {
	var raw []word
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) }) {
		a := squeeze(strings.ToLower(w))
		if p := entity.Fold(a); p != "" {
			raw = append(raw, word{p, a})
		}
	}
	raw = repair(lang, raw)
	out := raw[:0]
	for _, w := range raw {
		switch {
		case fillers(lang)[w.plain]:
			continue
		case isNumber(lang, w.plain):
			w = number
		}
		if len(out) > 0 && out[len(out)-1].plain == w.plain { // "je je voudrais", "quarante cinq"
			continue
		}
		out = append(out, w)
	}
	return out
}

var number = word{"#", "#"}

func isNumber(lang, p string) bool {
	return p[0] >= '0' && p[0] <= '9' || numberWords(lang)[p]
}

// repairReach is how many words back a correction may reach.
const repairReach = 6

// repair takes out what the speaker took back: "mon colis euh non ma facture" is about the
// invoice. What is taken back begins at the last word of the same kind as the first word of the
// correction (an article, a preposition, a number), as people restart at a phrase's beginning
// (Levelt 1983). Without such a word only the marker goes.
func repair(lang string, words []word) []word {
	for i := 1; i < len(words); i++ {
		n := marker(lang, words[i:])
		if n == 0 || i+n >= len(words) {
			continue
		}
		from := i
		kind := kindOf(lang, words[i+n].plain)
		for j := i - 1; kind != 0 && j >= max(0, i-repairReach); j-- {
			if kindOf(lang, words[j].plain) == kind {
				from = j
				break
			}
		}
		for kind == kindNumber && from > 0 && kindOf(lang, words[from-1].plain) == kindNumber && from < i {
			from-- // the whole number, not its last word
		}
		words = slices.Delete(words, from, i+n)
		i = from
	}
	return words
}

// marker counts the words at the beginning of words that say "I take that back".
func marker(lang string, words []word) int {
	for _, m := range markers[lang] {
		if len(words) >= len(m) && slices.EqualFunc(words[:len(m)], m, func(w word, s string) bool { return w.plain == s }) {
			return len(m)
		}
	}
	return 0
}

// markers are the corrections of each language, the longer first. A bare "non" is none: "je ne
// suis pas livré non plus".
var markers = map[string][][]string{
	"fr": phrases("euh non pardon", "euh non c est", "heu non c est", "non pardon c est", "euh non", "heu non", "ah non", "non pardon", "enfin non", "pardon non", "non non", "euh pardon", "je veux dire", "ou plutot"),
	"en": phrases("uh no sorry", "um no sorry", "no sorry", "no wait", "uh no", "um no", "er no", "sorry i mean", "no i mean", "i mean", "or rather"),
}

func phrases(list ...string) [][]string {
	out := make([][]string, len(list))
	for i, s := range list {
		out[i] = strings.Fields(s)
	}
	return out
}

// Kinds of words that a phrase may begin with.
const (
	kindArticle = 1 + iota
	kindPlace
	kindNumber
	kindSubject
)

func kindOf(lang, w string) int {
	if isNumber(lang, w) {
		return kindNumber
	}
	return kinds[lang][w]
}

var kinds = map[string]map[string]int{
	"fr": kindMap("le la les l un une des mon ma mes ton ta tes son sa ses notre nos votre vos ce cet cette ces", "a au aux de du d en pour chez vers", "je j on nous"),
	"en": kindMap("the a an my your his her our their this that these those", "to from in at on for of with about", "i we"),
}

func kindMap(articles, places, subjects string) map[string]int {
	m := map[string]int{}
	for k, list := range map[int]string{kindArticle: articles, kindPlace: places, kindSubject: subjects} {
		for w := range strings.FieldsSeq(list) {
			m[w] = k
		}
	}
	return m
}

// squeeze leaves at most two of the same letter in a row.
func squeeze(s string) string {
	run, last := 0, rune(-1)
	for _, r := range s {
		if r == last {
			run++
		} else {
			run, last = 1, r
		}
		if run > 2 {
			break
		}
	}
	if run <= 2 {
		return s
	}
	var b strings.Builder
	run, last = 0, -1
	for _, r := range s {
		if r == last {
			run++
		} else {
			run, last = 1, r
		}
		if run <= 2 {
			b.WriteRune(r)
		}
	}
	return b.String()
}
