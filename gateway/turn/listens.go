package turn

import (
	"strings"
	"unicode"
)

// meaning is what words over a prompt ask for.
type meaning int

const (
	unknown meaning = iota // no words, or too few to tell
	listens                // "go on"
	meant                  // anything else: the caller wants to speak
)

// listening sounds by language: what people say to show that they listen, and what recognisers
// write for it. Groups of one to three words; any number of them in a row is one too.
var listening = map[string]map[string]bool{
	"fr": phraseSet("oui|ouais|mouais|ouaip|ok|okay|okey|d accord|dac|hum|hmm|mm|mmm|mmh|mhm|hm|hein|euh|heu|ah|ha|oh|eh|bah|ben|bien|très bien|" +
		"bon|voilà|merci|entendu|compris|je vois|parfait|super|exact|c est ça|ça va|bien sûr|ah bon|mm mm|hum hum|m|mh|hé"),
	"en": phraseSet("yes|yeah|yep|yup|ya|ok|okay|right|all right|alright|mm|mmm|mmhm|mhm|hm|hmm|hum|uh|uh huh|mm hm|mm hmm|aha|huh|um|ah|ha|oh|eh|i see|" +
		"sure|good|fine|great|cool|thanks|thank you|got it|perfect|of course|m|mh"),
}

// weak words alone say nothing while more may come: recognisers hear them in coughs, and
// everybody begins with them.
var weak = map[string]map[string]bool{
	"fr": phraseSet("et|à|a|un|une|le|la|les|de|je|y|en|où|ou|on|ce|se|que|qu|d|l|s|c|n|t|hop"),
	"en": phraseSet("a|an|the|and|i|e|o|it|is|in|on|of|to|he|h|th"),
}

func phraseSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, p := range strings.Split(list, "|") {
		set[p] = true
	}
	return set
}

// Listens reports whether text, in lang, holds nothing but listening sounds ("oui", "d'accord",
// "mm-hm"): words that say "go on", not "stop". An empty text holds none.
func Listens(lang, text string) bool {
	m, _ := meaningOf(lang, text, true)
	return m == listens
}

// meaningOf looks at the words so far, and counts the listening sounds that they begin with. While
// they are not final their last word may be the beginning of another: "d" of "d'accord".
func meaningOf(lang, text string, final bool) (m meaning, phrases int) {
	words := strings.Fields(plain(text))
	if len(words) == 0 {
		return unknown, 0
	}
	base, _, _ := strings.Cut(strings.ToLower(lang), "-")
	set, ok := listening[base]
	if !ok {
		set = listening["en"]
	}
	rest := words
	for len(rest) > 0 {
		n := 0
		for k := min(3, len(rest)); k > 0 && n == 0; k-- {
			if set[strings.Join(rest[:k], " ")] {
				n = k
			}
		}
		if n == 0 {
			break
		}
		rest = rest[n:]
		phrases++
	}
	switch {
	case len(rest) == 0:
		return listens, phrases
	case final:
		return meant, phrases
	case begins(set, strings.Join(rest, " ")), len(rest) == 1 && (weak[base][rest[0]] || len(rest[0]) == 1):
		return unknown, phrases
	}
	return meant, phrases
}

// begins reports whether a phrase of set begins with text.
func begins(set map[string]bool, text string) bool {
	for p := range set {
		if strings.HasPrefix(p, text) {
			return true
		}
	}
	return false
}

// plain is text in lower case without punctuation, words separated by one space.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}
