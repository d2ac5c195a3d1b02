package kb

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
)

// What a voice can say in one breath.
const (
	maxSentences     = 2
	maxSentenceWords = 25
)

var (
	address  = regexp.MustCompile(`(?i)https?:|\bwww\.|[\pL\d]\.(fr|com|net|org|eu|io|be|ch|uk)\b`)
	mail     = regexp.MustCompile(`\S@\S`)
	markdown = regexp.MustCompile("`|\\*|^#|^[-+] |\\]\\(|__|(?m:^\\s*>)|<[A-Za-z/]")
	ending   = regexp.MustCompile(`[.!?…]+["»”)]*(\s|$)`)
)

// unfit tells why a text cannot be said well, in the words of a complaint.
func unfit(text string) (why []string) {
	text = strings.TrimSpace(text)
	sentences := ending.Split(text, -1)
	if last := len(sentences) - 1; strings.TrimSpace(sentences[last]) == "" {
		sentences = sentences[:last]
	}
	if len(sentences) > maxSentences {
		why = append(why, fmt.Sprintf("has %d sentences; a caller keeps %d in mind, the rest belongs in the body", len(sentences), maxSentences))
	}
	for _, s := range sentences {
		if n := spokenWords(s); n > maxSentenceWords {
			why = append(why, fmt.Sprintf("has a sentence of %d words, more than %d; cut it in two", n, maxSentenceWords))
		}
	}
	if m := mail.FindString(text); m != "" {
		why = append(why, "has an e-mail address, which nobody can note down by ear; put it in the body")
	} else if address.MatchString(text) {
		why = append(why, "has a web address, which nobody can note down by ear; put it in the body")
	}
	if markdown.MatchString(text) {
		why = append(why, "has Markdown or HTML marks, which cannot be said; write plain words")
	}
	for _, r := range text {
		if unicode.Is(unicode.So, r) && r != '°' || unicode.Is(unicode.Cs, r) || unicode.IsControl(r) && r != '\n' {
			why = append(why, fmt.Sprintf("has %q, which cannot be said", r))
			break
		}
	}
	return why
}

// spokenWords counts words as a listener does: "rendez-vous" is one, a lone question mark none.
func spokenWords(s string) (n int) {
	for w := range strings.FieldsSeq(s) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}
