// Package mask takes what is personal out of what people said to a hotline, before it becomes an
// example that everybody who works on the hotline reads. It is words in, words out: it knows no
// record and keeps nothing, so any goroutine may call it.
package mask

import (
	"regexp"
	"strings"
	"unicode"

	"decroche/flows/entity"
)

// What people say to a hotline holds who they are. An example is read by everybody who works on
// the hotline and stays for years, so numbers, addresses and names leave it; the mark of the flow
// language, [0000](digits), tells what stood there and teaches as well as the number did.

// MaxExample bounds the words of an example, in bytes; the loader takes 500 characters.
const MaxExample = 300

// mark is how something personal is shown and written.
type mark struct{ written, shown string }

var (
	markNumber = mark{"[12](number)", "••"}
	markDigits = mark{"[0000](digits)", "••••"}
	markPhone  = mark{"[0600000000](phone)", "•• •• •• •• ••"}
	markEmail  = mark{"[nom@exemple.fr](email)", "•••@•••"}
	markName   = mark{"[Dupont](spelled)", "•••"}
)

var (
	email   = regexp.MustCompile(`[\p{L}\p{N}._%+-]+ ?@ ?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*`)
	spoken  = regexp.MustCompile(`(?i)[\p{L}\p{N}._+-]+(?:\s+(?:point|tiret|souligné|dot|dash|underscore)\s+[\p{L}\p{N}._+-]+)*\s+(?:arr?obase\s+[\p{L}\p{N}.-]+(?:\s+(?:point|dot)\s+[\p{L}\p{N}.-]+)*|at\s+(?:[\p{L}\p{N}.-]+(?:\s+(?:point|dot)\s+[\p{L}\p{N}.-]+)+|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+))`)
	letters = regexp.MustCompile(`(?:^|[\s,])((?:\p{L}[ .,-]+){3,}\p{L})(?:$|[\s,.])`)
	spelled = regexp.MustCompile(`(?i)(?:^|[\s,])(\p{L}\s+(?:comme|as\s+in|for|like)\s+[\p{L}-]+(?:[\s,]+\p{L}\s+(?:comme|as\s+in|for|like)\s+[\p{L}-]+)+)`)
	named   = regexp.MustCompile(`(?i)(?:m['’\s]\s*appelle|je\s+me\s+nomme|mon\s+(?:petit\s+)?(?:nom|prénom)(?:\s+de\s+famille)?\s*(?:est|c['’\s]\s*est)|(?:nom|prénom|name)\s*:|au\s+nom\s+de|my\s+(?:last\s+|first\s+)?name(?:\s+is|['’]s)|i['’\s]\s*a?m\s+called|monsieur|madame|mademoiselle|(?-i:\bM\.)|\bmme\b|\bmr\b|\bmrs\b|\bms\b|mister)[\s.]+`)
	// Before a capital only: "je suis Marie Durand", not "je suis perdu".
	introduced = regexp.MustCompile(`(?i)(?:je\s+suis|c['’]\s*est|\bici|this\s+is|\bi['’]\s*m|\bi\s+am)\s+`)
)

// Text returns a text without what is personal in it: as it is written into an example, and as
// people are shown it. Case and words stay, brackets and odd spaces do not.
func Text(lang, text string) (example, shown string) {
	text = tidy(text)
	a, b := text, text
	for _, r := range []struct {
		find func(string) [][2]int
		m    mark
	}{{all(email), markEmail}, {all(spoken), markEmail}, {all(letters), markName}, {all(spelled), markName}, {names, markName}, {introductions, markName}} {
		a, b = replace(a, r.find(a), r.m.written), replace(b, r.find(b), r.m.shown)
	}
	return numbers(lang, a, true), numbers(lang, b, false)
}

// tidy takes out what has a meaning in an example or could not be seen in it.
func tidy(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("[](){}", r), unicode.IsControl(r), unicode.IsSpace(r):
			return ' '
		case unicode.Is(unicode.Cf, r): // marks of direction, joiners
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.Join(strings.Fields(text), " ")
	if len(text) > MaxExample {
		text = strings.ToValidUTF8(text[:MaxExample], "")
		if i := strings.LastIndexByte(text, ' '); i > 0 {
			text = text[:i]
		}
	}
	return text
}

func all(re *regexp.Regexp) func(string) [][2]int {
	return func(s string) (out [][2]int) {
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			i := len(m) - 2 // the group when there is one
			out = append(out, [2]int{m[i], m[i+1]})
		}
		return out
	}
}

// afterName ends a name.
var afterName = map[string]bool{}

func init() {
	for _, w := range strings.Fields(`et je j mon ma mes c ce pour sur avec de qui que est suis ai ne n il elle on vous nous le la les un une des bonjour alors donc euh
		mais où comment quand and i my is for with who that the a an we you it can could would but so where how when hello please merci`) {
		afterName[entity.Fold(w)] = true
	}
}

// names finds up to three words behind "je m'appelle" and its like.
func names(s string) [][2]int { return behind(named, s, false) }

// introductions finds up to three words with capitals behind "je suis" and its like.
func introductions(s string) [][2]int { return behind(introduced, s, true) }

func behind(lead *regexp.Regexp, s string, capitals bool) (out [][2]int) {
	for _, m := range lead.FindAllStringIndex(s, -1) {
		from, to := m[1], m[1]
		for n := 0; n < 3; n++ {
			rest := s[to:]
			skip := len(rest) - len(strings.TrimLeft(rest, " "))
			end := nameEnd(rest, skip)
			word := rest[skip:end]
			capital := word != "" && unicode.IsUpper([]rune(word)[0]) // typed, or from a recogniser that knows names
			switch {
			case word == "", strings.HasPrefix(word, "•"), strings.HasPrefix(rest[end:], "'"), strings.HasPrefix(word, "j’"):
			case capitals && (!capital || len(word) < 3), !capital && afterName[entity.Fold(strings.TrimRight(word, "-"))]: // "I'm OK"
			default:
				to += end
				continue
			}
			break
		}
		if to > from {
			out = append(out, [2]int{from, to})
		}
	}
	return out
}

// nameEnd is where a word that begins at from ends; "D'Alembert" and "O'Connor" are one.
func nameEnd(s string, from int) int {
	end := from
	for end < len(s) && (s[end] >= 0x80 || unicode.IsLetter(rune(s[end])) || s[end] == '-' || s[end] == '\'' && end == from+1 && strings.ContainsRune("dDoO", rune(s[from]))) {
		end++
	}
	return end
}

// replace puts text in the place of each stretch.
func replace(s string, at [][2]int, text string) string {
	for i := len(at) - 1; i >= 0; i-- {
		s = s[:at[i][0]] + text + s[at[i][1]:]
	}
	return s
}

// numberWords are words of numbers that nobody says by chance three times in a row.
var numberWords = map[string]map[string]bool{"fr": {}, "en": {}}

func init() {
	for lang, words := range map[string]string{
		"fr": "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt vingts trente quarante cinquante soixante septante huitante octante nonante cent cents mille million double triple",
		"en": "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million double triple",
	} {
		for _, w := range strings.Fields(words) {
			numberWords[lang][w] = true
		}
	}
}

// between are words that stand between the figures of one number.
var between = map[string]bool{"euh": true, "heu": true, "hum": true, "um": true, "uh": true, "er": true, "erm": true, "puis": true, "then": true, "virgule": true, "point": true, "tiret": true, "dash": true}

var token = regexp.MustCompile(`\[[^\]]*\]\([^)]*\)|[\p{L}]+|\p{N}[\p{N}.,/]*|[^\p{L}\p{N}\s]+|\s+`)

// NumberWord reports whether a folded word is one of a number in lang.
func NumberWord(lang, word string) bool { return numberWords[lang][word] }

// numbers masks runs of figures and of number words.
func numbers(lang, s string, write bool) string {
	words := numberWords[lang]
	if words == nil {
		words = numberWords["en"]
	}
	toks := token.FindAllString(s, -1)
	var out strings.Builder
	for i := 0; i < len(toks); {
		end, figures, spoken := i, 0, 0
		for k := i; k < len(toks); k++ {
			t := toks[k]
			switch {
			case unicode.IsNumber([]rune(t)[0]):
				for _, r := range t {
					if unicode.IsNumber(r) {
						figures++
					}
				}
				end = k + 1
				continue
			case words[entity.Fold(t)]:
				spoken++
				end = k + 1
				continue
			case end > i && (wordless(t) || between[entity.Fold(t)] || (t == "et" || t == "and") && k+2 < len(toks) && (words[entity.Fold(toks[k+2])] || unicode.IsNumber([]rune(toks[k+2])[0]))):
				continue
			}
			break
		}
		m, ok := numberMark(figures, spoken)
		if !ok {
			if end == i {
				end = i + 1
			}
			for _, t := range toks[i:end] {
				out.WriteString(t)
			}
			i = end
			continue
		}
		if write {
			out.WriteString(m.written)
		} else {
			out.WriteString(m.shown)
		}
		i = end
	}
	return out.String()
}

// wordless tells whether a token is a space or punctuation, not a mark that was put in already.
func wordless(t string) bool {
	r := []rune(t)[0]
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '[' && r != '•'
}

// numberMark tells what a run of so many figures and number words is taken for. One or two number
// words are speech ("un colis", "les deux"), one figure is a count.
func numberMark(figures, spoken int) (mark, bool) {
	switch {
	case figures >= 9 || spoken >= 9:
		return markPhone, true
	case figures >= 4 || spoken >= 3:
		return markDigits, true
	case figures >= 2:
		return markNumber, true
	}
	return mark{}, false
}
