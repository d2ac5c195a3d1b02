package event

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// WordList is words and phrases to look for, by language ("fr"). A phrase matches whole words, one after
// the other; accents, capitals, hyphens and the kind of apostrophe do not matter; a * at the end of a
// word stands for any ending: "scandal*" is scandale and scandaleux. Nothing else in it has a meaning, so
// that no entry can break the search. web/src/board/words.ts reads it the same way.
type WordList map[string][]string

const (
	maxPhrases     = 500 // of one language
	maxPhraseBytes = 80
	minStem        = 3 // letters before a *
)

// problems are what is wrong with the list that stands at key.
func (l WordList) problems(key string) (out []string) {
	for lang, phrases := range l {
		at := key + "." + lang
		if !isLanguage(lang) {
			out = append(out, fmt.Sprintf("%s: %.20q is not a language; write fr or en", key, lang))
			continue
		}
		if len(phrases) > maxPhrases {
			out = append(out, fmt.Sprintf("%s: %d entries are more than %d; keep those that matter", at, len(phrases), maxPhrases))
			continue
		}
		for i, p := range phrases {
			if why := phraseProblem(p); why != "" {
				out = append(out, fmt.Sprintf("%s[%d]: %.40q %s", at, i, p, why))
			}
		}
	}
	slices.Sort(out)
	return out
}

// isLanguage tells whether s is a primary language subtag (BCP 47), two or three small letters.
func isLanguage(s string) bool {
	return (len(s) == 2 || len(s) == 3) && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

func phraseProblem(p string) string {
	if len(p) > maxPhraseBytes {
		return fmt.Sprintf("is longer than %d bytes; a phrase of a few words finds more", maxPhraseBytes)
	}
	for w := range strings.FieldsFuncSeq(p, func(r rune) bool { return strings.ContainsRune(" -'’", r) }) {
		stem, open := strings.CutSuffix(w, "*")
		for _, r := range stem {
			switch {
			case r == '*':
				return "has a * inside a word; it stands at the end of one, as in scandal*"
			case !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.Is(unicode.M, r):
				return fmt.Sprintf("contains %q; letters, digits, spaces, hyphens, apostrophes and a * at the end of a word may be there", r)
			}
		}
		if open && utf8.RuneCountInString(stem) < minStem {
			return fmt.Sprintf("would find every word that begins with %q; write %d letters or more before a *", stem, minStem)
		}
	}
	if len(phraseOf(p)) == 0 {
		return "holds no word; leave it out"
	}
	return ""
}

// phrases is a WordList that is ready to be looked for.
type phrases map[string][]phrase

// phrase is words in a row.
type phrase []stem

// stem is a folded word, or with open the beginning of one.
type stem struct {
	text string
	open bool
}

func (l WordList) ready() phrases {
	out := phrases{}
	for lang, list := range l {
		for _, p := range list {
			if ph := phraseOf(p); len(ph) > 0 {
				out[lang] = append(out[lang], ph)
			}
		}
	}
	return out
}

func phraseOf(p string) (out phrase) {
	for _, part := range strings.SplitAfter(p, "*") {
		ws := wordsOf(part)
		for i, w := range ws {
			out = append(out, stem{w, i == len(ws)-1 && strings.HasSuffix(part, "*")})
		}
	}
	return out
}

// in tells whether a phrase of a language is in the words.
func (p phrases) in(lang string, words []string) bool {
	base, _, _ := strings.Cut(lang, "-")
	for _, ph := range p[base] {
		for i := 0; i+len(ph) <= len(words); i++ {
			if ph.at(words[i:]) {
				return true
			}
		}
	}
	return false
}

func (p phrase) at(words []string) bool {
	for i, s := range p {
		if words[i] != s.text && !(s.open && strings.HasPrefix(words[i], s.text)) {
			return false
		}
	}
	return true
}

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae")

// wordsOf are the words of a text, in small letters without accents: "N’importe quoi !" is n, importe, quoi.
func wordsOf(text string) []string {
	folded := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.M, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(text)))
	return strings.FieldsFunc(ligatures.Replace(folded), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}
