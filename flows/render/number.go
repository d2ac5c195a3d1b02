package render

import (
	"fmt"
	"strconv"
	"strings"
)

// largest is the largest whole number written in words; beyond it, digits are read out.
const largest = 1_000_000_000_000

// Number writes n in words: "quatre-vingts", "deux mille", "four hundred and five". It
// covers ±10^12; beyond, it reads the digits one by one.
func Number(lang string, n int64) string {
	if n < 0 && n >= -largest {
		return minus(lang) + " " + Number(lang, -n)
	}
	if n > largest || n < 0 {
		return singles(lang, strconv.FormatInt(n, 10))
	}
	if inEnglish(lang) {
		return english(n)
	}
	return french(lang, n, true)
}

func minus(lang string) string {
	if inEnglish(lang) {
		return "minus"
	}
	return "moins"
}

var frSmall = [...]string{"zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize",
	"dix-sept", "dix-huit", "dix-neuf"}

// frTens are the tens of France, and frTensIn those that differ elsewhere: "septante" and
// "nonante" in Belgium and Switzerland, "huitante" in most of French Switzerland, where
// "quatre-vingts" is understood as well.
var (
	frTens   = [...]string{"", "", "vingt", "trente", "quarante", "cinquante", "soixante", "soixante", "quatre-vingt", "quatre-vingt"}
	frTensIn = map[string]map[int64]string{
		"be": {7: "septante", 9: "nonante"},
		"ch": {7: "septante", 8: "huitante", 9: "nonante"},
	}
)

// inEnglish reports whether a language tag is English; everything else here is French.
func inEnglish(lang string) bool { return len(lang) >= 2 && strings.EqualFold(lang[:2], "en") }

// region is the region of a language tag in small letters: "be" of "fr-BE", "" without one.
func region(lang string) string {
	_, r, _ := strings.Cut(strings.ToLower(lang), "-")
	return r
}

// french writes n; final is false in front of mille, where vingt and cent take no s.
func french(lang string, n int64, final bool) string {
	switch {
	case n < 20:
		return frSmall[n]
	case n < 100:
		return frenchTens(lang, n, final)
	case n < 1000:
		return frenchHundreds(lang, n, final)
	case n < 1_000_000:
		head := "mille"
		if n/1000 > 1 {
			head = french(lang, n/1000, false) + " mille"
		}
		return tail(lang, head, n%1000, final)
	case n < 1_000_000_000:
		return tail(lang, counted(lang, n/1_000_000, "million"), n%1_000_000, final)
	case n < largest:
		return tail(lang, counted(lang, n/1_000_000_000, "milliard"), n%1_000_000_000, final)
	}
	return tail(lang, counted(lang, n/largest, "billion"), n%largest, final)
}

func tail(lang, head string, rest int64, final bool) string {
	if rest == 0 {
		return head
	}
	return head + " " + french(lang, rest, final)
}

// counted is "un million", "deux cents millions": millions are nouns, so cents keeps its s.
func counted(lang string, n int64, noun string) string {
	if n > 1 {
		noun += "s"
	}
	return french(lang, n, true) + " " + noun
}

func frenchTens(lang string, n int64, final bool) string {
	t, u := n/10, n%10
	head, twenties := frTens[t], t == 8 // "quatre-vingts", and "quatre-vingt-un" without et
	if own := frTensIn[region(lang)][t]; own != "" {
		head, twenties = own, false
	} else if t == 7 || t == 9 {
		u, twenties = u+10, t == 9
	}
	switch {
	case u == 0 && twenties && final:
		return head + "s"
	case u == 0:
		return head
	case (u == 1 || u == 11) && !twenties:
		return head + " et " + frSmall[u]
	}
	return head + "-" + frSmall[u]
}

func frenchHundreds(lang string, n int64, final bool) string {
	h, rest := n/100, n%100
	head := "cent"
	if h > 1 {
		head = frSmall[h] + " cent"
	}
	if rest == 0 {
		if h > 1 && final {
			head += "s"
		}
		return head
	}
	return head + " " + french(lang, rest, final)
}

// feminine turns a final "un" into "une": "vingt et une heures".
func feminine(words string) string {
	if words == "un" || strings.HasSuffix(words, " un") || strings.HasSuffix(words, "-un") {
		return words + "e"
	}
	return words
}

var enSmall = [...]string{"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
	"sixteen", "seventeen", "eighteen", "nineteen"}

var enTens = [...]string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}

var enScales = []struct {
	value int64
	word  string
}{{largest, "trillion"}, {1_000_000_000, "billion"}, {1_000_000, "million"}, {1000, "thousand"}, {100, "hundred"}}

func english(n int64) string {
	switch {
	case n < 20:
		return enSmall[n]
	case n < 100 && n%10 == 0:
		return enTens[n/10]
	case n < 100:
		return enTens[n/10] + "-" + enSmall[n%10]
	}
	for _, s := range enScales {
		if n < s.value {
			continue
		}
		out := english(n/s.value) + " " + s.word
		switch rest := n % s.value; {
		case rest == 0:
			return out
		case rest < 100:
			return out + " and " + english(rest)
		default:
			return out + " " + english(rest)
		}
	}
	return ""
}

// singles reads digits one by one; other characters stay.
func singles(lang, digits string) string {
	out := make([]string, 0, len(digits))
	for _, r := range digits {
		out = append(out, char(lang, r))
	}
	return strings.Join(out, " ")
}

func char(lang string, r rune) string {
	if r >= '0' && r <= '9' {
		if inEnglish(lang) {
			return enSmall[r-'0']
		}
		return frSmall[r-'0']
	}
	if r == '-' {
		if inEnglish(lang) {
			return "dash"
		}
		return "tiret"
	}
	return strings.ToUpper(string(r))
}

// decimalParts splits "-1234.5" or "1234,5" and checks it.
func decimalParts(value string) (negative bool, whole, frac string, err error) {
	s := strings.NewReplacer(" ", "", nbsp, "", narrow, "", ",", ".").Replace(value)
	s, negative = strings.CutPrefix(s, "-")
	whole, frac, _ = strings.Cut(s, ".")
	if whole == "" || !allDigits(whole) || frac != "" && !allDigits(frac) || strings.HasSuffix(s, ".") || len(s) > 40 {
		return false, "", "", fmt.Errorf("render number %q: not a number; write it like 1234.5", value)
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	return negative, whole, frac, nil
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func wholeWords(lang, whole string) string {
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || n > largest {
		return singles(lang, whole)
	}
	return Number(lang, n)
}

func voiceNumber(lang, value string) (string, error) {
	negative, whole, frac, err := decimalParts(value)
	if err != nil {
		return "", err
	}
	out := wholeWords(lang, whole)
	if frac != "" {
		out += decimalWords(lang, frac)
	}
	if negative {
		out = minus(lang) + " " + out
	}
	return out, nil
}

// decimalWords reads what follows the decimal sign: English digit by digit, French as a
// number of at most three digits behind its zeros.
func decimalWords(lang, frac string) string {
	if inEnglish(lang) {
		return " point " + singles(lang, frac)
	}
	rest := strings.TrimLeft(frac, "0")
	out := " virgule" + strings.Repeat(" zéro", len(frac)-len(rest))
	switch {
	case rest == "":
		return out
	case len(rest) > 3:
		return out + " " + singles(lang, rest)
	}
	return out + " " + wholeWords(lang, rest)
}

func textNumber(lang, value string) (string, error) {
	negative, whole, frac, err := decimalParts(value)
	if err != nil {
		return "", err
	}
	out := thousands(lang, whole)
	if frac != "" {
		out += decimalSign(lang) + frac
	}
	if negative {
		out = "-" + out
	}
	return out, nil
}

func decimalSign(lang string) string {
	if inEnglish(lang) {
		return "."
	}
	return ","
}

// thousands groups by three: "1 234" in French, with narrow no-break spaces, "1,234" in English.
func thousands(lang, whole string) string {
	sep := narrow
	if inEnglish(lang) {
		sep = ","
	}
	var b strings.Builder
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteByte(whole[i])
	}
	return b.String()
}

func itoa(n int) string { return strconv.Itoa(n) }
