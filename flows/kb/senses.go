package kb

import (
	"strings"
	"sync"
)

// senses returns the everyday meanings of a stem, as numbers of a group: callers say "cassé"
// where the article says "endommagé". The groups hold words of any hotline's callers, none of one
// trade: a trade's own words belong in its articles' questions.
func senses(lang, stem string) []int {
	if lang == "en" {
		return enSenses()[stem]
	}
	return frSenses()[stem]
}

var (
	frSenses = sync.OnceValue(func() map[string][]int { return groups("fr", frGroups) })
	enSenses = sync.OnceValue(func() map[string][]int { return groups("en", enGroups) })
)

// groups numbers the lines and turns their words into stems.
func groups(lang, lines string) map[string][]int {
	out := map[string][]int{}
	n := 0
	for line := range strings.Lines(lines) {
		seen := map[string]bool{}
		for w := range strings.FieldsSeq(line) {
			s := stem(lang, w)
			if a, b, two := strings.Cut(w, "+"); two {
				s = pairKey(stem(lang, a), stem(lang, b))
			}
			if !seen[s] {
				seen[s] = true
				out[s] = append(out[s], n)
			}
		}
		n++
	}
	return out
}
