package entity

import "strings"

// frLetters are the names of the letters as a recogniser writes them, where they differ
// from the letter itself.
var frLetters = map[string]string{"be": "B", "ce": "C", "de": "D", "effe": "F", "ge": "G", "ache": "H", "hache": "H", "ji": "J", "gi": "J",
	"ka": "K", "elle": "L", "aile": "L", "emme": "M", "aime": "M", "enne": "N", "haine": "N", "eau": "O", "pe": "P", "cu": "Q", "ku": "Q",
	"erre": "R", "air": "R", "esse": "S", "te": "T", "hue": "U", "ve": "V", "ixe": "X", "igrec": "Y", "zede": "Z", "zed": "Z"}

var enLetters = map[string]string{"ay": "A", "bee": "B", "be": "B", "see": "C", "sea": "C", "cee": "C", "dee": "D", "ef": "F", "eff": "F", "gee": "G",
	"aitch": "H", "haitch": "H", "jay": "J", "kay": "K", "el": "L", "ell": "L", "em": "M", "en": "N", "oh": "O", "pee": "P", "pea": "P", "cue": "Q", "queue": "Q",
	"are": "R", "ar": "R", "ess": "S", "tea": "T", "tee": "T", "you": "U", "vee": "V", "ex": "X", "why": "Y", "zed": "Z", "zee": "Z"}

// nato is the alphabet of ITU radio regulations appendix 14, said alone.
var nato = set("alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike november oscar papa " +
	"zoulou juliette roméo quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu")

// frNames is the French spelling alphabet of the post office, said without "comme"; beside
// another letter only, because one alone is a name.
var frNames = set("anatole berthe bernard celestin camille desire denise eugene emile francois gaston henri henriette irma isidore joseph kleber louis louise marcel marie nicolas nathalie oscar pierre quintal raoul robert suzanne simone therese thomas ursule victor william xavier yvonne zoe")

// manners say how a character is written, not which one it is.
var manners = phrases("majuscule", "en majuscule", "minuscule", "en minuscule", "majuscules", "accent aigu", "accent grave", "accent circonflexe", "cédille", "tréma", "tiret", "trait d'union", "la lettre", "lettre", "le chiffre",
	"capital", "uppercase", "upper case", "lowercase", "lower case", "small", "big", "dash", "hyphen", "the letter", "letter", "the number", "the digit")

var (
	frDoubleU = phrases("double v", "double ve", "double vé")
	enDoubleU = phrases("double u", "double you")
	frYGrec   = phrases("i grec", "y grec")
)

// letter reads one letter at token i.
func (r *reader) letter(lang string, i int) []edge {
	t := r.toks[i]
	var out []edge
	if n := r.compound(lang, i); n > 0 {
		s := "W"
		if t.text != "double" {
			s = "Y"
		}
		out = append(out, edge{i + n, s, 0.8})
	}
	switch name := letterName(lang, t.text); {
	case len(t.text) == 1 && !t.digits && !t.symbol && t.text[0] >= 'a' && t.text[0] <= 'z':
		cost := 1.0
		if t.apos {
			cost = 2.5
		}
		out = append(out, edge{i + 1, strings.ToUpper(t.text), cost})
	case name != "":
		out = append(out, edge{i + 1, name, 1.3})
	case nato[t.text], lang != "en" && frNames[t.text] && r.word(i-1) != "comme" && (frNames[r.word(i-1)] || frNames[r.word(i+1)] || r.spelt(lang, i-1) || r.spelt(lang, i+1)):
		out = append(out, edge{i + 1, strings.ToUpper(t.text[:1]), 1.2})
	}
	return append(out, r.likeWord(lang, i)...)
}

func letterName(lang, w string) string {
	if lang == "en" {
		return enLetters[w]
	}
	return frLetters[w]
}

func (r *reader) compound(lang string, i int) int {
	if lang == "en" {
		return enDoubleU.at(r.toks, i)
	}
	return max(frDoubleU.at(r.toks, i), frYGrec.at(r.toks, i))
}

// likeWord reads "B comme Bernard": the word decides when the letter was misheard.
func (r *reader) likeWord(lang string, i int) []edge {
	if i+2 >= len(r.toks) || r.toks[i].digits {
		return nil
	}
	n := r.lex.as.at(r.toks, i+1)
	if n == 0 || i+1+n >= len(r.toks) {
		return nil
	}
	heard := strings.ToUpper(r.toks[i].text)
	word := r.toks[i+1+n]
	if word.digits || word.symbol || len(word.text) < 2 || word.text[0] < 'a' || word.text[0] > 'z' {
		return nil
	}
	first := strings.ToUpper(word.text[:1])
	if heard == first || letterName(lang, r.toks[i].text) == first {
		return []edge{{i + 2 + n, first, 0.8}}
	}
	if r.toks[i+1].text != "de" && len(heard) <= 4 { // "un colis de Bernard" is no letter
		return []edge{{i + 2 + n, first, 1.6}}
	}
	return nil
}

// characters returns the groups of a spelled code that begin at token i.
func (r *reader) characters(lang string, i int) []edge {
	t := r.toks[i]
	out := r.groups(i)
	letters := r.letter(lang, i)
	out = append(out, letters...)
	if i+1 < len(r.toks) { // "deux L", "double L"
		n := int(r.g.unit(t.text))
		if d := r.lex.double[t.text]; d > 0 {
			n = d
		} else if t.digits && len(t.text) == 1 {
			n = int(t.text[0] - '0')
		}
		from, cost := i+1, 0.4
		if r.lex.times[r.word(from)] { // "deux fois a"
			cost = 0.1
			if from++; r.lex.article[r.word(from)] && from+1 < len(r.toks) && r.word(from) != "a" {
				from++
			}
		}
		if (n == 2 || n == 3) && from < len(r.toks) {
			for _, e := range r.letter(lang, from) {
				out = append(out, edge{e.end, strings.Repeat(e.out, n), cost + e.cost})
			}
		}
	}
	if len(t.text) > 1 && !t.digits && !t.symbol && len(letters) == 0 && isASCII(t.text) {
		cost := 3.0 // a word stands for itself only when nothing else does, or when typed as a code
		if t.upper || i+1 < len(r.toks) && r.toks[i+1].gap == "" && r.toks[i+1].digits {
			cost = 1
		}
		out = append(out, edge{i + 1, strings.ToUpper(t.text), cost})
	}
	return out
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func parseSpelled(spec Spec, lang, text string) []Value {
	r, l := spelledLattice(spec, lang, text)
	return values(spec, r.toks, l.run())
}

func spelledLattice(spec Spec, lang, text string) (*reader, *lattice) {
	r := newReader(lang, text)
	r.toks = withoutPhrases(r.toks, manners)
	least, limit := spec.bounds()
	l := r.newLattice(least, limit, func(i int) []edge { return r.characters(lang, i) })
	l.beam = spec.beam()
	for i, t := range r.toks { // words that could stand for themselves are usually just words
		if len(t.text) > 1 && !t.digits && !t.upper && !r.isNumber(i) && len(r.letter(lang, i)) == 0 {
			l.skip[i], l.lost[i] = 0.4, 0
			if r.lex.double[t.text] > 0 && len(l.edges(i)) > 0 && r.spelt(lang, i+1) {
				l.skip[i], l.lost[i] = 2, 2
			}
		} else if (t.apos || r.lex.ambiguous[t.text] || letterName(lang, t.text) != "") && !r.spelt(lang, i-1) && !r.spelt(lang, i+1) {
			l.skip[i], l.lost[i] = 0.6, 0.35
		} else if r.lex.ambiguous[t.text] || letterName(lang, t.text) != "" {
			l.skip[i], l.lost[i] = 2, 2
		}
	}
	return r, l
}

// spelt reports whether token i is a letter or a number: its neighbour "a" or "elle" is
// then a letter too.
func (r *reader) spelt(lang string, i int) bool {
	if i < 0 || i >= len(r.toks) {
		return false
	}
	t := r.toks[i]
	if i >= 2 && r.lex.as.at(r.toks, i-1) == 1 && t.text != "" && r.word(i-1) != "de" {
		return true // the Bernard of "b comme bernard"
	}
	return !t.apos && !t.symbol && (len(t.text) == 1 || letterName(lang, t.text) != "" || r.isNumber(i))
}

// withoutPhrases drops the tokens of the phrases, except typed codes.
func withoutPhrases(toks []token, drop phraseSet) []token {
	var out []token
	for i := 0; i < len(toks); {
		if n := drop.at(toks, i); n > 0 && !toks[i].upper {
			i += n
			continue
		}
		out = append(out, toks[i])
		i++
	}
	return out
}

func countSpelled(spec Spec, lang, text string) int {
	r, l := spelledLattice(spec, lang, text)
	return least(l, len(r.toks))
}
