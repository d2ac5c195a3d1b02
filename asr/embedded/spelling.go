package embedded

import "strings"

// French spells some short words differently before a vowel: "de" + "un" is written "d'un", and
// "d'" never stands before a consonant. A language model counted from sentences knows that only
// for pairs it has met; these rules know it for all. h is left out, for nobody hears whether it
// elides.
type spelling uint8

const (
	elidable  spelling = 1 << iota // le, de, que …: must lose its vowel before a vowel
	elided                         // l', d', qu' …: only before a vowel
	vowel                          // begins with a vowel
	consonant                      // begins with a consonant
)

// misspelt is what a pair of words that French forbids costs, in nats of the final score.
const misspelt = 3

var elidables = map[string]bool{"le": true, "la": true, "de": true, "je": true, "me": true, "te": true, "se": true, "ne": true, "ce": true,
	"que": true, "jusque": true, "lorsque": true, "puisque": true}

// unelided begin with a vowel and do not elide the word before.
var unelided = map[string]bool{"oui": true, "onze": true, "onzième": true, "y": true, "yaourt": true, "ouistiti": true, "ok": true, "euh": true}

func spell(lang, word string) (s spelling) {
	if lang != "fr" || word == "" {
		return 0
	}
	if elidables[word] {
		s |= elidable
	}
	if strings.HasSuffix(word, "'") {
		s |= elided
	}
	first := []rune(word)[0]
	switch {
	case strings.ContainsRune("aeiouàâäéèêëîïôöùûüœæ", first):
		if !unelided[word] {
			s |= vowel
		}
	case first >= 'a' && first <= 'z' && first != 'h' && first != 'y' || first == 'ç':
		s |= consonant
	}
	return s
}

// cost is what French asks for the second word after the first.
func (s spelling) cost(next spelling) float32 {
	if s&elidable != 0 && next&vowel != 0 || s&elided != 0 && next&consonant != 0 {
		return misspelt
	}
	return 0
}
