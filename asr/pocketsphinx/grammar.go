package pocketsphinx

import (
	"embed"
	"maps"
	"strings"
	"unicode"

	"decroche/asr"
)

// What callers say to closed questions, a file a language. A rule is a line, `name: one|other`,
// where {x} is another rule, {x}+ once or more often, [x] may be left out; a line that begins
// with a space goes on with the rule above. A name with a slash, `say/word: P H|P`, adds
// pronunciations that the dictionary lacks.
//
//go:embed grammars
var files embed.FS

// spoken are the languages that have grammars.
var spoken = []string{"en", "fr"}

// rules are a language's, by name.
type rules map[string]string

// rulesOf reads the grammars of a language, nil when there are none.
func rulesOf(lang string) rules {
	b, err := files.ReadFile("grammars/" + lang + ".txt")
	if err != nil {
		return nil
	}
	r, last := rules{}, ""
	for line := range strings.Lines(string(b)) {
		body := strings.TrimSpace(line)
		switch name, rest, ok := strings.Cut(body, ":"); {
		case body == "" || strings.HasPrefix(body, "#"):
		case strings.HasPrefix(line, " "):
			r[last] += body
		case ok:
			last = name
			r[name] = strings.TrimSpace(rest)
		}
	}
	return r
}

// with returns r with the rule "top", what the flow expects; nil when free speech is expected and
// no phrases are known. hints are the phrases that the flow knows of.
func (r rules) with(want asr.Expect, hints []string) rules {
	r = maps.Clone(r)
	r["hints"] = closed(hints)
	switch want.Kind {
	case "digits":
		r.digits(want)
	case "yes_no", "date", "spelled":
		r["top"] = "{" + want.Kind + "}|{hints}"
	default:
		if r["hints"] == "" {
			return nil
		}
		r["top"] = "{hints}"
	}
	return r
}

// long is from how many digits on a caller is granted words before and after them: beside a
// single digit a lead is as long as what is looked for, and found in it.
const long = 4

// digits makes the rules for figures: exactly as many as are expected, said as the prompt asked.
// The narrow grammar hears more: allowing other counts at any weight, or "um" before, took single
// human digits from 85 to 66 % right. A caller who says fewer is forced into the grammar, and the
// confidence tells.
func (r rules) digits(want asr.Expect) {
	singles, pairs := "{digit}+", "{pair}+"
	if n := want.Digits; n > 0 && n <= 40 {
		singles = strings.Repeat("{digit} ", n)
		pairs = strings.Repeat("{pair} ", n/2) + strings.Repeat("{digit} ", n%2)
	}
	switch want.Layout {
	case "singles":
		r["exact"] = singles
	case "pairs":
		r["exact"] = pairs
	default:
		r["exact"] = singles + "|" + pairs
	}
	r["top"] = "{exact}"
	if want.Digits == 0 || want.Digits >= long {
		r["top"] = "[{before}] {exact} [{after}]"
	}
}

// maxHints bounds the phrases of one turn.
const maxHints = 2000

// closed is a rule of phrases.
func closed(hints []string) string {
	var list []string
	for _, h := range hints[:min(len(hints), maxHints)] {
		if h = phrase(h); h != "" {
			list = append(list, h)
		}
	}
	return strings.Join(list, "|")
}

// phrase leaves of a phrase what is said: small letters, apostrophes and hyphens in words.
func phrase(s string) string {
	s = strings.ToLower(strings.ReplaceAll(s, "’", "'"))
	return strings.Join(strings.FieldsFunc(s, func(c rune) bool {
		return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '\'' && c != '-'
	}), " ")
}
