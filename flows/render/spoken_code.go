package render

import (
	"strings"
	"unicode"
)

// balanced says digits one by one in groups of three or four: "quatre cinq un deux, sept huit zéro
// deux". The caller writes them down, so there are pauses, and no group of one.
func balanced(lang, digits string) string {
	n := len(digits)
	if n <= 4 {
		return singles(lang, digits)
	}
	k := (n + 3) / 4
	var parts []string
	for ; k > 0; k-- {
		size := (len(digits) + k - 1) / k
		parts = append(parts, singles(lang, digits[:size]))
		digits = digits[size:]
	}
	return strings.Join(parts, ", ")
}

// groupsAsMarked says groups of digits as the author wrote them: in French each as a number, zeros
// in front said, four digits as two pairs; in English each digit by digit.
func groupsAsMarked(lang string, parts []string) string {
	if len(parts) > 1 && parts[0] == "0" && !inEnglish(lang) { // 0 800 is said like 0800
		parts = append([]string{"0" + parts[1]}, parts[2:]...)
	}
	var out []string
	for _, p := range parts {
		switch {
		case inEnglish(lang):
			out = append(out, singles(lang, p))
		case len(p) == 4 && p[0] != '0':
			out = append(out, group(lang, p[:2]), group(lang, p[2:]))
		case len(p) > 4:
			out = append(out, balanced(lang, p))
		default:
			out = append(out, group(lang, p))
		}
	}
	return strings.Join(out, ", ")
}

// parts are the runs of digits of s.
func digitRuns(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !isDigit(r) })
}

// marked says a number that is written in groups.
func marked(m match) string { return groupsAsMarked(m.lang, digitRuns(m.g[0])) }

// eachDigit says the last group of a match digit by digit, in the author's groups.
func eachDigit(m match) string {
	last := m.g[len(m.g)-1]
	runs := digitRuns(last)
	for i, r := range runs {
		runs[i] = balanced(m.lang, r)
	}
	return strings.TrimSuffix(m.g[0], last) + strings.Join(runs, ", ")
}

// codeAfter says digits one by one where a word before them tells that the caller writes them down.
func codeAfter(known, between map[string]bool) func(m match) string {
	return func(m match) string {
		if !follows(m.before, known, between) {
			return ""
		}
		return eachDigit(m)
	}
}

// farthest is how many bytes before a number are looked at: four words and what stands between.
const farthest = 200

// follows reports whether a text ends with one of the known words, at most three of those between
// them and its end.
func follows(before string, known, between map[string]bool) bool {
	rest := before[max(0, len(before)-farthest):] // else a text without spaces is gone through for each of its numbers
	for range 4 {
		rest = strings.TrimRight(rest, " "+nbsp+narrow)
		at := strings.LastIndexAny(rest, " "+nbsp+narrow+"(«")
		word := strings.ToLower(strings.TrimLeft(rest[at+1:], " "+nbsp+narrow+"(«"))
		if word != ":" {
			word = strings.TrimSuffix(word, ":")
		}
		_, after, elided := strings.Cut(word, "'")
		if known[word] || elided && known[after] {
			return rest != before
		}
		if !between[word] || at < 0 {
			return false
		}
		rest = rest[:at]
	}
	return false
}

// spaced writes letters apart, so that each is said by its name.
func spaced(s string) string { return strings.Join(strings.Split(strings.ToUpper(s), ""), " ") }

// runs cuts a code where letters and digits meet; other signs are left out.
func runs(code string) (out []string) {
	var run []rune
	flush := func() {
		if len(run) > 0 {
			out = append(out, string(run))
		}
		run = run[:0]
	}
	for _, r := range code {
		letter, digit := unicode.IsLetter(r), isDigit(r)
		if !letter && !digit || len(run) > 0 && isDigit(run[0]) != digit {
			flush()
		}
		if letter || digit {
			run = append(run, r)
		}
	}
	flush()
	return out
}

// sayCode says a code of capitals and digits. Short ones are names, "l'A treize", "la quatre G", and
// so are words with a number, "COVID dix-neuf"; others are spelled, a pause between letters and
// digits.
func sayCode(m match) string {
	parts := runs(m.g[0])
	letters, digits := 0, 0
	for _, p := range parts {
		if allDigits(p) {
			digits += len(p)
		} else {
			letters += len(p)
		}
	}
	if letters == 0 || digits == 0 {
		return ""
	}
	name := len(parts) == 2 && letters == 1 && digits <= 3
	out := make([]string, len(parts))
	for i, p := range parts {
		switch word := len(p) > 3 && strings.ContainsAny(p, "AEIOUY"); {
		case word:
			name = name || len(parts) == 2 && digits <= 2
			out[i] = p
		case !allDigits(p):
			out[i] = spaced(p)
		case name || len(parts) == 2 && digits <= 2 && len(parts[0]) > 3:
			out[i] = group(m.lang, p)
			if inEnglish(m.lang) {
				out[i] = wholeWords(m.lang, p)
			}
		default:
			out[i] = balanced(m.lang, p)
		}
	}
	if name {
		return strings.Join(out, " ")
	}
	return strings.Join(out, ", ")
}

// sayVersion says numbers with points between, as versions and addresses of machines have them. A
// part that begins with a zero is said digit by digit.
func sayVersion(m match) string { return apart(m, " point ") }

// sayBarred says three numbers and more with bars between that are no date.
func sayBarred(m match) string {
	if inEnglish(m.lang) {
		return apart(m, " slash ")
	}
	return apart(m, " barre ")
}

func apart(m match, between string) string {
	runs := digitRuns(m.g[0])
	for i, r := range runs {
		if len(r) > 1 && r[0] == '0' || len(r) > 5 {
			runs[i] = singles(m.lang, r)
		} else {
			runs[i] = wholeWords(m.lang, r)
		}
	}
	return strings.Join(runs, between)
}

// voiceOr says a plain number, or its digits where it is too large for words.
func voiceOr(m match, n string) string {
	if words, err := voiceNumber(m.lang, n); err == nil {
		return words
	}
	return balanced(m.lang, n)
}

// sayIBAN says letters and digits one by one in the groups of four that are printed.
func sayIBAN(m match) string {
	var out []string
	for _, block := range strings.Fields(m.g[0]) {
		for _, p := range runs(block) {
			if !allDigits(p) {
				p = spaced(p)
			} else {
				p = singles(m.lang, p)
			}
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// sayNumber says what is left: long codes digit by digit, others as numbers, agreed with the noun
// that follows.
func sayNumber(m match) string {
	s := m.g[0]
	switch {
	case allDigits(s) && (len(s) > 5 || len(s) > 1 && s[0] == '0' && len(s) != 5):
		return balanced(m.lang, s)
	case allDigits(s) && s[0] == '0' && len(s) == 5 && !inEnglish(m.lang): // a postcode: "zéro six mille"
		return group(m.lang, s)
	case allDigits(s) && s[0] == '0':
		return balanced(m.lang, s)
	}
	out, err := voiceNumber(m.lang, plainNumber(m.lang, s))
	if err != nil {
		return singles(m.lang, strings.Join(digitRuns(s), ""))
	}
	return agree(m.lang, out, nextWord(m.after))
}

func sayPhone(m match) string {
	s, err := voicePhone(m.lang, strings.TrimSpace(m.g[0]))
	if err != nil {
		return ""
	}
	return s
}
