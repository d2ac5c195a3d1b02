// Package render writes values the way people say them and the way they read them: an
// order number in pairs, a date with its day, an amount with its currency, in French and
// English.
//
// Voice and Text render one value of a known kind. Spoken goes over free text before
// synthesis and writes out whatever a synthesiser would stumble over. Nothing here reads a
// clock or keeps state; any goroutine may call it.
package render

import (
	"fmt"
	"strings"
	"time"
)

// Kinds lists the kinds that Voice and Text know: the entity types and the names that
// templates use ("spell" for spelled, "money" for amount).
func Kinds() []string {
	return []string{"digits", "spelled", "spell", "date", "time", "money", "amount", "number", "phone", "email", "postcode_fr", "yes_no", "list", "text"}
}

// Voice returns value as it is spoken in lang ("fr" or "en"), numbers written out:
// digits "45127802" is "quarante-cinq, douze, soixante-dix-huit, zéro deux", date
// "2026-11-24" is "mardi vingt-quatre novembre". value is canonical, as package entity
// writes it; dates may also be RFC 3339 and are then told in loc (nil is UTC). It returns
// an error for an unknown kind and for a value that is none of its kind.
func Voice(kind, lang, value string, loc *time.Location) (string, error) {
	value = strings.TrimSpace(value)
	switch kind {
	case "digits", "postcode_fr":
		return voiceDigits(lang, value)
	case "spelled", "spell":
		return voiceSpelled(lang, value), nil
	case "date":
		t, err := day(value, loc)
		if err != nil {
			return "", err
		}
		return voiceDate(lang, t), nil
	case "time":
		h, m, err := clock(value, loc)
		if err != nil {
			return "", err
		}
		return voiceTime(lang, h, m), nil
	case "money", "amount":
		a, err := parseMoney(value)
		if err != nil {
			return "", err
		}
		return a.voice(lang), nil
	case "number":
		return voiceNumber(lang, value)
	case "phone":
		return voicePhone(lang, value)
	case "email":
		return voiceEmail(lang, value), nil
	case "yes_no":
		return Spoken(lang, yesNo(lang, value)), nil
	case "list", "text", "":
		return Spoken(lang, value), nil
	}
	return "", unknownKind(kind)
}

// Text returns value as it is shown in lang: digits in pairs, "mardi 24 novembre",
// "14 h 30", "42,50 €". Errors are those of Voice.
func Text(kind, lang, value string, loc *time.Location) (string, error) {
	value = strings.TrimSpace(value)
	switch kind {
	case "digits":
		return textDigits(value)
	case "spelled", "spell", "email", "list", "text", "", "postcode_fr":
		return value, nil
	case "date":
		t, err := day(value, loc)
		if err != nil {
			return "", err
		}
		return textDate(lang, t), nil
	case "time":
		h, m, err := clock(value, loc)
		if err != nil {
			return "", err
		}
		return textTime(lang, h, m), nil
	case "money", "amount":
		a, err := parseMoney(value)
		if err != nil {
			return "", err
		}
		return a.text(lang), nil
	case "number":
		return textNumber(lang, value)
	case "phone":
		return textPhone(value)
	case "yes_no":
		return yesNo(lang, value), nil
	}
	return "", unknownKind(kind)
}

func unknownKind(kind string) error {
	return fmt.Errorf("render %q: no such kind; use one of %s", kind, strings.Join(Kinds(), ", "))
}

func yesNo(lang, value string) string {
	if inEnglish(lang) {
		return value
	}
	switch value {
	case "yes":
		return "oui"
	case "no":
		return "non"
	}
	return value
}

// Spaces of French typography.
const (
	nbsp   = "\u00a0" // before a currency sign
	narrow = "\u202f" // before ? ! ; : and between thousands
)

// Typography puts the spaces of French typography into a text to show: a narrow no-break
// space before ? ! ; : and inside « », curly apostrophes. Times ("14:30") and addresses ("https:") stay.
func Typography(lang, text string) string {
	if inEnglish(lang) {
		return text
	}
	rs := []rune(text)
	var b strings.Builder
	b.Grow(len(text) + 8)
	for i, r := range rs {
		switch {
		case r == '\'' && i > 0 && i+1 < len(rs) && isLetter(rs[i-1]) && isLetter(rs[i+1]):
			b.WriteRune('’')
			continue
		case (r == ' ' || r == '\u00a0') && i+1 < len(rs) && i > 0 && (high(rs, i+1) || rs[i+1] == '»' || rs[i-1] == '«'):
			b.WriteString(narrow)
			continue
		case high(rs, i) && i > 0 && (isLetter(rs[i-1]) || rs[i-1] >= '0' && rs[i-1] <= '9' || rs[i-1] == '»' || rs[i-1] == ')'):
			b.WriteString(narrow)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// high reports a sign that takes a space before it, one that ends a word.
func high(rs []rune, i int) bool {
	switch rs[i] {
	case '?', '!', ';', ':':
		return i+1 == len(rs) || rs[i+1] == ' ' || rs[i+1] == '\u00a0' || rs[i+1] == '\n' || rs[i+1] == '?' || rs[i+1] == '!' || rs[i+1] == '»'
	}
	return false
}
