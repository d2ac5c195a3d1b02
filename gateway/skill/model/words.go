package model

import (
	"regexp"
	"strings"
	"unicode"

	"decroche/flows"
	"decroche/flows/entity"
)

// reserved are phrases of Alexa's own intents; a sample that is one of them would fight with them.
var reserved = map[string][]string{
	"fr": {"oui", "non", "stop", "arrête", "annule", "annuler", "aide", "aide-moi", "répète", "répéter", "accueil", "d'accord", "ok"},
	"en": {"yes", "no", "stop", "cancel", "help", "help me", "repeat", "repeat that", "home", "ok", "okay", "never mind"},
}

// carriers are what may stand before free words. A phrase slot needs one in a sample, and Alexa does
// not tell which was said: so they are words without which the rest means the same.
var carriers = map[string][]string{
	"fr": {"je voudrais", "je veux", "j'aimerais", "je souhaite", "c'est pour", "c'est au sujet de", "il s'agit de", "je demande", "dis que", "ma question est", "ma réponse est"},
	"en": {"i would like", "i'd like", "i want", "it's about", "this is about", "i am asking about", "say that", "my question is", "my answer is"},
}

var numberCarriers = map[string][]string{
	"fr": {"c'est le", "le", "le numéro", "c'est le numéro"},
	"en": {"it's", "it is", "number", "the number is"},
}

var dateCarriers = map[string][]string{"fr": {"c'est le jour", "à la date du"}, "en": {"it's on", "on the date"}}

var listening = map[string]string{"fr": "Je vous écoute.", "en": "I'm listening."}

// name writes a name of ours as Amazon takes one: letters without accents and "_". Figures are
// spelled out, so that two names do not become one.
func name(s string) string {
	var b strings.Builder
	for _, r := range entity.Fold(s) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r >= '0' && r <= '9':
			b.WriteString("_" + figures[r-'0'])
		default:
			b.WriteByte('_')
		}
	}
	if out := strings.Trim(b.String(), "_"); out != "" {
		return out
	}
	return "intent"
}

var figures = []string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}

// unique is n, or n with letters behind it when it is taken.
func unique[T any](n string, taken map[string]T) string {
	for _, ok := taken[n]; ok; _, ok = taken[n] {
		n += "_b"
	}
	return n
}

// id is an identifier of a value: what Amazon allows there of the bot's own key.
func id(s string) string { return strings.ToUpper(name(s)) }

var marked = regexp.MustCompile(`\[([^\]]*)\]\(([^)]*)\)`)

// read turns an example with marks into a sample and its slots. why says what Amazon would not take.
func (b *builder) read(text string, specs map[string]flows.EntityLines) (sample string, slots []Slot, why string) {
	var out strings.Builder
	from := 0
	for _, at := range marked.FindAllStringSubmatchIndex(text, -1) {
		before, after := text[from:at[0]], text[at[1]:]
		if words, bad := plain(before); bad != "" {
			return "", nil, bad
		} else {
			out.WriteString(words)
		}
		from = at[1]
		e, known := specs[text[at[4]:at[5]]]
		typ := ""
		if known {
			typ = b.typeOf(e)
		}
		switch {
		case typ == "":
			return "", nil, "marks " + text[at[4]:at[5]] + ", and Alexa has no slot type for such a value"
		case touches(before, true) || touches(after, false):
			return "", nil, "has a value without a space around it"
		}
		n := name(e.Name)
		if n == WordsSlot || b.isIntent(n) {
			n += "_slot"
		}
		if strings.Contains(out.String(), "{"+n+"}") {
			return "", nil, "marks " + e.Name + " twice"
		}
		slots = append(slots, Slot{Name: n, Type: typ})
		out.WriteString(" {" + n + "} ")
	}
	words, bad := plain(text[from:])
	if bad != "" {
		return "", nil, bad
	}
	out.WriteString(words)
	sample = strings.Join(strings.Fields(out.String()), " ")
	switch n := len([]rune(sample)); {
	case sample == "":
		return "", nil, "has no words"
	case n > maxSample:
		return "", nil, "is longer than a sample may be"
	}
	return sample, slots, ""
}

func (b *builder) isIntent(n string) bool {
	_, ok := Intents(b.bot)[n]
	return ok
}

// touches tells whether a letter, figure or apostrophe stands at the end of s (or at its beginning).
func touches(s string, end bool) bool {
	r := []rune(s)
	if len(r) == 0 {
		return false
	}
	c := r[0]
	if end {
		c = r[len(r)-1]
	}
	return unicode.IsLetter(c) || unicode.IsDigit(c) || c == '\'' || c == '’'
}

// plain is text as a sample has it: small letters, apostrophes and hyphens inside words, nothing else.
func plain(s string) (out, why string) {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case unicode.Is(unicode.Latin, r) || r == '-':
			b.WriteRune(r)
		case r == '\'' || r == '’':
			b.WriteByte('\'')
		case unicode.IsDigit(r):
			return "", "has figures, which a sample must spell out"
		case unicode.IsSpace(r) || strings.ContainsRune(".,;:!?…«»\"“”()", r):
			b.WriteByte(' ')
		default:
			return "", "has the character " + string(r) + ", which a sample may not have"
		}
	}
	var words []string
	for _, w := range strings.Fields(b.String()) {
		if w = strings.Trim(w, "-"); w != "" {
			words = append(words, w)
		}
	}
	// What stood at the edges is a slot's neighbour: the spaces matter to nobody.
	return " " + strings.Join(words, " ") + " ", ""
}

// invocation makes an invocation name of a bot's title.
func invocation(title, lang string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case unicode.IsLetter(r) || r == '\'' || r == ' ':
			b.WriteRune(r)
		case r == '’':
			b.WriteByte('\'')
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	if len(words) == 1 { // one word alone is for brands only
		if lang == "fr" {
			words = append([]string{"assistance"}, words...)
		} else {
			words = append(words, "helpline")
		}
	}
	return strings.Join(words, " ")
}
