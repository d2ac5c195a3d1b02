package tts

import (
	"strings"
	"unicode"
)

// Sentences cuts text after . ! ? … where a space and something else follow, so that sound can
// start after the first one. Spaces inside "45 12" or before "?" do not cut.
func Sentences(text string) []string {
	var out []string
	runes := []rune(strings.TrimSpace(text))
	from := 0
	for i := 0; i < len(runes); i++ {
		if !strings.ContainsRune(".!?…", runes[i]) {
			continue
		}
		j := i + 1
		for j < len(runes) && strings.ContainsRune(".!?…»\"”)", runes[j]) {
			j++
		}
		for k := j; k < len(runes) && (unicode.IsSpace(runes[k]) || runes[k] == '»'); k++ { // "oui. »"
			if runes[k] == '»' {
				j = k + 1
			}
		}
		if j < len(runes) && unicode.IsSpace(runes[j]) && j-from > 3 { // "M. " is no sentence
			out = append(out, strings.TrimSpace(string(runes[from:j])))
			from = j
		}
		i = j - 1
	}
	if rest := strings.TrimSpace(string(runes[from:])); rest != "" {
		out = append(out, rest)
	}
	return out
}
