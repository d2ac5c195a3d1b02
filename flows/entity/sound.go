package entity

import "strings"

// sounds writes French spellings of one sound in one way, the longer first; what it leaves is
// compared, not spoken. Recognisers choose among homophones by what they have read most.
var sounds = strings.NewReplacer(
	"eaux", "o", "eau", "o", "aux", "o", "au", "o", "ain", "1", "ein", "1", "aim", "1", "ien", "i1", "oin", "u1",
	"ai", "e", "ei", "e", "ou", "u", "oi", "wa", "an", "2", "en", "2", "am", "2", "em", "2", "in", "1", "im", "1", "un", "1", "on", "3", "om", "3",
	"ph", "f", "ch", "8", "qu", "k", "ck", "k", "gn", "9", "gu", "g", "ge", "j", "gi", "ji", "ce", "se", "ci", "si", "c", "k", "q", "k", "z", "s", "y", "i", "h", "", "oe", "e", "eu", "e")

// sound is a key under which French words that sound alike meet: "vert" and "verre",
// "chaussure" and "chossure".
func sound(w string) string {
	w = strings.TrimRight(w, "s")
	w = strings.TrimRight(w, "estdxpz")
	s := sounds.Replace(w + " ")
	var b strings.Builder
	for i := range len(s) { // one letter of two alike
		if s[i] != ' ' && (i == 0 || s[i] != s[i-1]) {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
