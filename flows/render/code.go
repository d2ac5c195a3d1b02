package render

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

func isLetter(r rune) bool { return unicode.IsLetter(r) }

// onlyDigits drops the separators people type and checks the rest.
func onlyDigits(value string) (string, error) {
	s := strings.NewReplacer(" ", "", nbsp, "", narrow, "", "-", "", ".", "").Replace(value)
	if !allDigits(s) {
		return "", fmt.Errorf("render digits %q: not digits; use the kind spelled for letters", value)
	}
	return s, nil
}

// pairs splits digits by two; of an odd number of digits the last three stay together.
func pairs(s string) []string {
	var out []string
	for len(s) > 3 {
		out, s = append(out, s[:2]), s[2:]
	}
	if s != "" {
		out = append(out, s)
	}
	return out
}

// group reads one to three digits as one number, leading zeros said.
func group(lang, s string) string {
	if inEnglish(lang) {
		return singles(lang, s)
	}
	rest := strings.TrimLeft(s, "0")
	zeros := strings.TrimSuffix(strings.Repeat("zéro ", len(s)-len(rest)), " ")
	if rest == "" {
		return zeros
	}
	n, _ := strconv.ParseInt(rest, 10, 64)
	return strings.TrimSpace(zeros + " " + Number(lang, n))
}

func voiceDigits(lang, value string) (string, error) {
	s, err := onlyDigits(value)
	if err != nil {
		return "", err
	}
	return groups(lang, pairs(s)), nil
}

func groups(lang string, parts []string) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = group(lang, p)
	}
	return strings.Join(out, ", ")
}

func textDigits(value string) (string, error) {
	s, err := onlyDigits(value)
	if err != nil {
		return "", err
	}
	return strings.Join(pairs(s), " "), nil
}

// voiceSpelled says every character, with a longer pause after each four.
func voiceSpelled(lang, value string) string {
	pause := " ; "
	if inEnglish(lang) {
		pause = "; "
	}
	var b strings.Builder
	n := 0
	for _, r := range value {
		if unicode.IsSpace(r) {
			continue
		}
		switch {
		case n == 0:
		case n%4 == 0:
			b.WriteString(pause)
		default:
			b.WriteString(", ")
		}
		b.WriteString(char(lang, r))
		n++
	}
	return b.String()
}

// national brings an E.164 number to the form people of its country know, in groups; ok is
// false for other countries.
func national(s string) (parts []string, ok bool) {
	switch {
	case strings.HasPrefix(s, "+33") && len(s) == 12:
		return pairs("0" + s[3:]), true
	case strings.HasPrefix(s, "+44") && len(s) == 13:
		n := "0" + s[3:]
		if n[1] == '2' {
			return []string{n[:3], n[3:7], n[7:]}, true
		}
		return []string{n[:5], n[5:8], n[8:]}, true
	case strings.HasPrefix(s, "+1") && len(s) == 12:
		return []string{s[2:5], s[5:8], s[8:]}, true
	case len(s) == 10 && s[0] == '0':
		return pairs(s), true
	}
	return nil, false
}

func cleanPhone(value string) (string, error) {
	if strings.HasPrefix(value, "+") {
		value = strings.Replace(value, "(0)", "", 1) // said in the country, never dialled from abroad
	}
	s := strings.NewReplacer(" ", "", nbsp, "", narrow, "", "-", "", ".", "", "(", "", ")", "", "/", "").Replace(value)
	if !allDigits(strings.TrimPrefix(s, "+")) {
		return "", fmt.Errorf("render phone %q: not a telephone number; write it like +33612345678", value)
	}
	return s, nil
}

func voicePhone(lang, value string) (string, error) {
	s, err := cleanPhone(value)
	if err != nil {
		return "", err
	}
	if parts, ok := national(s); ok {
		for i, p := range parts {
			if parts[i] = group(lang, p); len(p) > 3 && !inEnglish(lang) {
				parts[i] = groups(lang, pairs(p))
			}
		}
		return strings.Join(parts, ", "), nil
	}
	rest, plus := strings.CutPrefix(s, "+")
	out := groups(lang, pairs(rest))
	if plus {
		out = "plus " + out
	}
	return out, nil
}

func textPhone(value string) (string, error) {
	s, err := cleanPhone(value)
	if err != nil {
		return "", err
	}
	if parts, ok := national(s); ok {
		return strings.Join(parts, " "), nil
	}
	if rest, ok := strings.CutPrefix(s, "+"); ok {
		return "+" + strings.Join(pairs(rest), " "), nil
	}
	return strings.Join(pairs(s), " "), nil
}

var (
	frMailSigns = map[rune]string{'@': "arobase", '.': "point", '-': "tiret", '_': "tiret du bas", '+': "plus"}
	enMailSigns = map[rune]string{'@': "at", '.': "dot", '-': "dash", '_': "underscore", '+': "plus"}
)

// voiceEmail says the signs of an address; runs of letters stay words.
func voiceEmail(lang, value string) string {
	signs := frMailSigns
	if inEnglish(lang) {
		signs = enMailSigns
	}
	var b strings.Builder
	var run []rune
	flush := func() {
		if len(run) == 0 {
			return
		}
		s := string(run)
		if allDigits(s) {
			s = groups(lang, pairs(s))
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(s)
		run = run[:0]
	}
	for _, r := range value {
		word, sign := signs[r]
		digit := unicode.IsDigit(r)
		if sign || len(run) > 0 && digit != unicode.IsDigit(run[0]) {
			flush()
		}
		if !sign {
			run = append(run, r)
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	flush()
	return b.String()
}
