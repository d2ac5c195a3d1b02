package render

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tag is an SSML element; what stands between < and > is never touched.
var tag = regexp.MustCompile(`<[a-zA-Z/!?][^<>]*>`)

// rewrite is one pass over a text: what it finds, and what is said for it. say returns ""
// to leave the match to a later pass.
type rewrite struct {
	find *regexp.Regexp
	say  func(lang string, m []string) string
}

// Spoken writes out for lang whatever in a text a synthesiser would stumble over: leftover
// numbers, dates, times, amounts, telephone numbers, e-mail addresses, abbreviations and
// signs. Words, punctuation and SSML tags stay. The result holds no digit outside tags.
func Spoken(lang, text string) string {
	if !needsWork(text) {
		return text
	}
	var b strings.Builder
	at := 0
	for _, t := range tag.FindAllStringIndex(text, -1) {
		b.WriteString(spoken(lang, text[at:t[0]]))
		b.WriteString(text[t[0]:t[1]])
		at = t[1]
	}
	b.WriteString(spoken(lang, text[at:]))
	return b.String()
}

// needsWork reports digits, signs, or a capital with a point or a common abbreviation.
func needsWork(text string) bool {
	return strings.ContainsAny(text, "0123456789€$£%&@+=°/.²³½¼") || abbreviation.MatchString(text)
}

var abbreviation = regexp.MustCompile(`\b(?:Mme|Mlle|Mr|Mrs|Ms|Dr|MM|km|kg|cm|mm|tél|etc)\b`)

func spoken(lang, s string) string {
	passes := frPasses
	if lang == "en" {
		passes = enPasses
	}
	for _, p := range passes {
		s = replace(p, lang, s)
	}
	return s
}

// replace applies one pass. Matches that touch a letter or a digit on either side are left
// alone where the pass begins or ends in a digit.
func replace(p rewrite, lang, s string) string {
	ms := p.find.FindAllStringSubmatchIndex(s, -1)
	if ms == nil {
		return s
	}
	var b strings.Builder
	at := 0
	for _, m := range ms {
		groups := make([]string, len(m)/2)
		for i := range groups {
			if m[2*i] >= 0 {
				groups[i] = s[m[2*i]:m[2*i+1]]
			}
		}
		said := p.say(lang, groups)
		if said == "" {
			continue
		}
		b.WriteString(s[at:m[0]])
		if r, _ := utf8.DecodeLastRuneInString(s[:m[0]]); joined(r) && said[0] != ' ' {
			b.WriteByte(' ')
		}
		b.WriteString(said)
		if r, _ := utf8.DecodeRuneInString(s[m[1]:]); joined(r) && said[len(said)-1] != ' ' {
			b.WriteByte(' ')
		}
		at = m[1]
	}
	b.WriteString(s[at:])
	return b.String()
}

// joined reports a character that would run into a word written beside it.
func joined(r rune) bool { return unicode.IsLetter(r) && r != utf8.RuneError || unicode.IsDigit(r) }

const (
	sp       = `[ \x{00a0}\x{202f}]?`
	amountRE = `(\d{1,3}(?:[ \x{00a0}\x{202f}.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)`
)

func literal(pattern, fr, en string) rewrite {
	return rewrite{regexp.MustCompile(pattern), func(lang string, _ []string) string {
		if lang == "en" {
			return en
		}
		return fr
	}}
}

// unit says a number in front of a unit, and the unit alone.
func unit(pattern, frOne, frMany, enOne, enMany string) rewrite {
	return rewrite{regexp.MustCompile(amountRE + sp + `(?:` + pattern + `)\b`), func(lang string, m []string) string {
		n := plainNumber(lang, m[1])
		one := n == "1" || n == "0" && lang != "en"
		words, err := voiceNumber(lang, n)
		if err != nil {
			return ""
		}
		switch {
		case lang == "en" && one:
			return words + " " + enOne
		case lang == "en":
			return words + " " + enMany
		case one:
			return gender(words, frOne) + " " + frOne
		}
		return gender(words, frMany) + " " + frMany
	}}
}

// gender agrees a number with the units that are feminine.
func gender(words, noun string) string {
	switch strings.TrimSuffix(noun, "s") {
	case "heure", "minute", "seconde", "tonne", "livre":
		return feminine(words)
	}
	return words
}

// plainNumber takes the thousands out of a typed number: "1 200,50" is "1200.50".
func plainNumber(lang, s string) string {
	s = strings.NewReplacer(" ", "", nbsp, "", narrow, "").Replace(s)
	last := strings.LastIndexAny(s, ".,")
	if last < 0 {
		return s
	}
	head, frac := strings.NewReplacer(".", "", ",", "").Replace(s[:last]), s[last+1:]
	if len(frac) == 3 && head != "0" && !(lang == "en" && s[last] == '.') && !(lang != "en" && s[last] == ',') {
		return head + frac
	}
	return head + "." + frac
}

func sayMoney(code string) func(lang string, m []string) string {
	return func(lang string, m []string) string {
		n := m[1]
		if len(m) > 2 && m[2] != "" {
			n += "." + m[2]
		}
		a, err := parseMoney(plainNumber(lang, n))
		if err != nil {
			return ""
		}
		a.unit = currencies[code]
		return a.voice(lang)
	}
}

func sayPhone(lang string, m []string) string {
	s, err := voicePhone(lang, strings.TrimSpace(m[0]))
	if err != nil {
		return ""
	}
	return s
}

// sayNumber says what is left: codes digit group by digit group, numbers as numbers.
func sayNumber(lang string, m []string) string {
	s := m[0]
	if allDigits(s) && (len(s) > 4 && lang != "en" || len(s) > 4 || len(s) > 1 && s[0] == '0') {
		out, _ := voiceDigits(lang, s)
		return out
	}
	out, err := voiceNumber(lang, plainNumber(lang, s))
	if err != nil {
		return singles(lang, digitsOf(s))
	}
	return out
}

func digitsOf(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// sayTime says hours and minutes when they are a time of day.
func sayTime(lang, hour, minute string) string {
	h, m := atoi(hour), 0
	if minute != "" {
		m = atoi(minute)
	}
	if h < 0 || h > 24 || m < 0 || m > 59 {
		return ""
	}
	if h == 24 {
		if lang != "en" {
			return "vingt-quatre heures"
		}
		h = 0
	}
	return voiceTime(lang, h, m)
}

// sayDate says a numeric date, the year with it.
func sayDate(lang, year, month, dayOfMonth string) string {
	m, d := atoi(month), atoi(dayOfMonth)
	if m < 1 || m > 12 || d < 1 || d > 31 {
		return ""
	}
	out := ""
	if lang == "en" {
		out = "the " + ordinal(d) + " of " + enMonths[m]
	} else {
		out = "premier"
		if d > 1 {
			out = Number(lang, int64(d))
		}
		out += " " + frMonths[m]
	}
	if y := atoi(year); y > 0 {
		if y < 100 {
			y += 2000
		}
		out += " " + sayYear(lang, y)
	}
	return out
}

// sayYear says "deux mille vingt-six", "twenty twenty-six".
func sayYear(lang string, y int) string {
	if lang != "en" || y < 1100 || y%1000 < 10 || y > 2999 {
		return Number(lang, int64(y))
	}
	switch low := y % 100; {
	case low == 0:
		return english(int64(y/100)) + " hundred"
	case low < 10:
		return english(int64(y/100)) + " oh " + english(int64(low))
	default:
		return english(int64(y/100)) + " " + english(int64(low))
	}
}

var enMonths = [...]string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}
