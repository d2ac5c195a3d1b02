package eval

import (
	"strings"
	"unicode"

	"decroche/flows/entity"
	"decroche/flows/nlu"
)

// titles reads the names of intents as titles where they are made of words that the examples
// use: "card_arrival" and "CardArrival" are, "intent_12" and another language's names are not.
func titles(ex []nlu.Example) []nlu.Example {
	used := map[string]bool{}
	for _, e := range ex {
		for _, w := range words(e.Text) {
			used[root(w)] = true
		}
	}
	var out []nlu.Example
	for _, name := range intents(ex) {
		ws := words(name)
		known := 0
		for _, w := range ws {
			if used[root(w)] {
				known++
			}
		}
		if known > 0 && 2*known >= len(ws) {
			out = append(out, nlu.Example{Intent: name, Text: strings.Join(ws, " ")})
		}
	}
	return out
}

// words splits at everything that is no letter, and where a capital follows a small letter.
func words(s string) []string {
	var b strings.Builder
	small := false
	for _, r := range s {
		if unicode.IsUpper(r) && small {
			b.WriteByte(' ')
		}
		small = unicode.IsLower(r)
		b.WriteRune(r)
	}
	return strings.FieldsFunc(entity.Fold(b.String()), func(r rune) bool { return !unicode.IsLetter(r) })
}

// root is the beginning of a word, enough to recognise it in another form.
func root(w string) string {
	if r := []rune(w); len(r) > 5 {
		return string(r[:5])
	}
	return w
}

// Guess says whether sentences are French or English, by the small words of each.
func Guess(ex []nlu.Example) string {
	fr, en := 0, 0
	for _, e := range ex {
		for _, w := range words(e.Text) {
			switch w {
			case "le", "la", "les", "des", "une", "je", "est", "pas", "mon", "ma", "vous", "et", "que", "pour", "du", "un":
				fr++
			case "the", "is", "i", "my", "to", "of", "and", "you", "what", "can", "it", "for", "how", "do", "in":
				en++
			}
		}
	}
	if fr > en {
		return "fr"
	}
	return "en"
}
