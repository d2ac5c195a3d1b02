// Package lexicon holds how words are pronounced that a synthesiser reads wrong: names of the
// company and its products, of people and places. A word is written out otherwise ("Yvelines" as
// "yvline"), or given in phonemes, for voices that take them.
package lexicon

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of an entry, in runes.
const (
	maxWord = 60
	maxSaid = 200
	// MaxWords bounds the words of one language.
	MaxWords = 2000
)

// Pronunciation is how a word is said. One of its ways is set; with phonemes, Say is for voices
// that take none.
type Pronunciation struct {
	Say    string // other words that sound right
	IPA    string // International Phonetic Alphabet: "kɔlibʁi"
	Espeak string // mnemonics of espeak-ng: "kOlibR'i"
}

// Validate returns what is wrong with an entry, "" when nothing is.
func Validate(word string, p Pronunciation) string {
	switch {
	case strings.TrimSpace(word) != word || !strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return "is no word; write it as it stands in the texts"
	case utf8.RuneCountInString(word) > maxWord:
		return fmt.Sprintf("is longer than %d characters", maxWord)
	case strings.ContainsAny(word+p.Say, "<>{}[]\n"):
		return "holds one of < > { } [ ], which no voice reads"
	case p.Say == "" && p.IPA == "" && p.Espeak == "":
		return "has no pronunciation; write other words that sound right, or {ipa: …}, or {espeak: …}"
	case p.IPA != "" && p.Espeak != "":
		return "has two lists of phonemes; keep ipa or espeak"
	case utf8.RuneCountInString(p.Say) > maxSaid || utf8.RuneCountInString(p.IPA) > maxSaid || len(p.Espeak) > maxSaid:
		return fmt.Sprintf("is said with more than %d characters", maxSaid)
	case strings.ContainsFunc(p.IPA, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("ˈˌːˑ.‿ '", r)
	}):
		return "has ipa with a sign that is none of the alphabet; without slashes and brackets"
	case strings.ContainsFunc(p.Espeak, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`[]<>"&\`, r) }):
		return "has espeak phonemes with a sign that it does not take; espeak-ng -x shows some"
	}
	return ""
}

// Lexicon is the pronunciations of one bot. It is immutable after New and safe for concurrent use;
// a nil Lexicon knows no word.
type Lexicon struct{ in map[string]*tongue }

// tongue is the words of one language.
type tongue struct {
	exact map[string]Pronunciation // words with a capital, a digit or a sign match as they are written
	lower map[string]Pronunciation // words in small letters match in any case
	find  *regexp.Regexp
	keep  *regexp.Regexp // those that writing out would change
}

// New makes a lexicon of words by language. changed reports the words that the writing out of
// numbers and signs would change, such as "H&M" or "n8n": Keep finds those.
func New(words map[string]map[string]Pronunciation, changed func(lang, word string) bool) *Lexicon {
	l := &Lexicon{in: map[string]*tongue{}}
	for lang, list := range words {
		if len(list) == 0 {
			continue
		}
		t := &tongue{exact: map[string]Pronunciation{}, lower: map[string]Pronunciation{}}
		var all, kept []string
		for w, p := range list {
			if strings.ToLower(w) == w {
				t.lower[w] = p
			} else {
				t.exact[w] = p
			}
			all = append(all, w)
			if changed(lang, w) {
				kept = append(kept, w)
			}
		}
		t.find, t.keep = anyOf(all), anyOf(kept)
		l.in[lang] = t
	}
	return l
}

// anyOf finds any of the words, the longest that fits; nil finds none.
func anyOf(words []string) *regexp.Regexp {
	if len(words) == 0 {
		return nil
	}
	slices.SortFunc(words, func(a, b string) int {
		if d := len(b) - len(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	return regexp.MustCompile(`(?i)` + strings.Join(quoted, "|"))
}

// Keep finds the words of lang that the writing out of a text has to leave alone; nil for none.
func (l *Lexicon) Keep(lang string) *regexp.Regexp {
	if l == nil || l.in[lang] == nil {
		return nil
	}
	return l.in[lang].keep
}

// Piece is a stretch of a text: ordinary words, or one that has a pronunciation.
type Piece struct {
	Text string
	Said *Pronunciation // nil for ordinary words
}

// Cut cuts a text in lang at the words that have a pronunciation. Their texts together are text.
func (l *Lexicon) Cut(lang, text string) []Piece {
	if l == nil || l.in[lang] == nil {
		return []Piece{{Text: text}}
	}
	t := l.in[lang]
	var out []Piece
	at := 0
	for _, m := range t.find.FindAllStringIndex(text, -1) {
		word := text[m[0]:m[1]]
		p, ok := t.exact[word]
		if !ok {
			p, ok = t.lower[strings.ToLower(word)]
		}
		if !ok || !Whole(text, m[0], m[1]) {
			continue
		}
		if at < m[0] {
			out = append(out, Piece{Text: text[at:m[0]]})
		}
		out = append(out, Piece{Text: word, Said: &p})
		at = m[1]
	}
	if at < len(text) || len(out) == 0 {
		out = append(out, Piece{Text: text[at:]})
	}
	return out
}

// Whole reports whether text[from:to] is not part of a longer word.
func Whole(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	first, _ := utf8.DecodeRuneInString(text[from:])
	last, _ := utf8.DecodeLastRuneInString(text[:to])
	after, _ := utf8.DecodeRuneInString(text[to:])
	inner := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }
	return !(from > 0 && inner(before) && inner(first)) && !(to < len(text) && inner(after) && inner(last))
}
