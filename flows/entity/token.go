package entity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one word of the input: a run of letters, a run of digits, or one symbol.
type token struct {
	text       string // lower case, without accents: "zero", "hui", "42", "@"
	start, end int    // bytes of the input
	gap        string // the input between the token before and this one, as typed
	digits     bool   // a run of digits
	symbol     bool   // one of the symbols that carry meaning
	upper      bool   // typed in capitals
	apos       bool   // touches an apostrophe: the c of "c'est", the s of "it's"
	pause      bool   // the gap holds a comma or another mark of a pause
	inside     bool   // a number could run on from the word before, where pauses part the others
	loose      bool   // a space before it where the other number words are hyphenated
}

// symbols carry meaning and are tokens; all else between words is a gap.
const symbols = "@+€$£%/:_#&="

// tokenise splits text into at most maxWords tokens, the last ones.
func tokenise(text string) []token {
	if cut := tailStart(text); cut > 0 {
		toks := scan(text[cut:])
		for i := range toks {
			toks[i].start += cut
			toks[i].end += cut
		}
		return last(toks, maxWords)
	}
	return last(scan(text), maxWords)
}

// tailStart bounds what scan looks at: 500 words of 32 bytes are enough for any speech.
func tailStart(text string) int {
	cut := len(text) - 32*maxWords
	if cut <= 0 {
		return 0
	}
	for cut < len(text) && !utf8.RuneStart(text[cut]) {
		cut++
	}
	return cut
}

func last(toks []token, n int) []token {
	if len(toks) > n {
		return toks[len(toks)-n:]
	}
	return toks
}

func scan(text string) []token {
	toks := make([]token, 0, min(len(text)/5+4, 2*maxWords))
	prevEnd := 0
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		kind := kindOf(r)
		if kind == gapRune {
			i += n
			continue
		}
		j := i + n
		for kind != symbolRune && j < len(text) {
			r, n := utf8.DecodeRuneInString(text[j:])
			if kindOf(r) != kind {
				break
			}
			j += n
		}
		raw := text[i:j]
		t := token{text: Fold(raw), start: i, end: j, gap: text[prevEnd:i],
			digits: kind == digitRune, symbol: kind == symbolRune,
			upper: kind == letterRune && strings.ToUpper(raw) == raw}
		if isApostrophe(t.gap) && len(toks) > 0 {
			t.apos = true
			toks[len(toks)-1].apos = true
		}
		toks = append(toks, t)
		prevEnd, i = j, j
	}
	return toks
}

type runeKind int

const (
	gapRune runeKind = iota
	letterRune
	digitRune
	symbolRune
)

func kindOf(r rune) runeKind {
	switch {
	case r >= '0' && r <= '9':
		return digitRune
	case unicode.IsLetter(r) || unicode.Is(unicode.Mn, r):
		return letterRune
	case strings.ContainsRune(symbols, r):
		return symbolRune
	}
	return gapRune
}

func isApostrophe(gap string) bool { return gap == "'" || gap == "’" || gap == "ʼ" || gap == "`" }

// Fold returns s in lower case with the accents and ligatures of French and its
// neighbours taken off: "Zéro" is "zero", "cœur" is "coeur".
func Fold(s string) string {
	plain := true
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		r = unicode.ToLower(r)
		switch r {
		case 'à', 'â', 'ä', 'á', 'ã', 'å':
			b.WriteByte('a')
		case 'é', 'è', 'ê', 'ë':
			b.WriteByte('e')
		case 'î', 'ï', 'í', 'ì':
			b.WriteByte('i')
		case 'ô', 'ö', 'ó', 'ò', 'õ':
			b.WriteByte('o')
		case 'ù', 'û', 'ü', 'ú':
			b.WriteByte('u')
		case 'ÿ', 'ý':
			b.WriteByte('y')
		case 'ç':
			b.WriteByte('c')
		case 'ñ':
			b.WriteByte('n')
		case 'œ':
			b.WriteString("oe")
		case 'æ':
			b.WriteString("ae")
		default:
			if !unicode.Is(unicode.Mn, r) {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}

// words is the folded text of a phrase's tokens, for matching.
func words(phrase string) []string {
	toks := scan(phrase)
	out := make([]string, len(toks))
	for i, t := range toks {
		out[i] = t.text
	}
	return out
}

// phraseSet matches phrases of several words at a position, the longest first.
type phraseSet map[string][][]string // first word -> phrases, longest first

func phrases(list ...string) phraseSet {
	set := phraseSet{}
	for _, p := range list {
		w := words(p)
		if len(w) == 0 {
			continue
		}
		at := set[w[0]]
		i := 0
		for i < len(at) && len(at[i]) >= len(w) {
			i++
		}
		at = append(at, nil)
		copy(at[i+1:], at[i:])
		at[i] = w
		set[w[0]] = at
	}
	return set
}

// at returns the number of tokens of the longest phrase that begins at i, or 0.
func (p phraseSet) at(toks []token, i int) int {
next:
	for _, w := range p[toks[i].text] {
		if i+len(w) > len(toks) {
			continue
		}
		for k, s := range w {
			if toks[i+k].text != s {
				continue next
			}
		}
		return len(w)
	}
	return 0
}
