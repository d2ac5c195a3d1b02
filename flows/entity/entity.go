// Package entity reads values out of what a caller said, keyed or typed: numbers of an
// order, dates, amounts, phone numbers, spelled codes, yes and no.
//
// The one idea behind it: spoken numbers are ambiguous ("soixante dix huit" is 78, 6018 or
// 60108), so every reader builds the lattice of what the words may mean, and what the flow
// expects (length, pattern, checksum) picks among the readings. Parse therefore returns
// several values, best first.
//
// It does no I/O, keeps no state and reads no clock; all functions may be called from any
// goroutine. It refuses to guess: words that allow no reading give no value.
package entity

import (
	"regexp"
	"regexp/syntax"
	"sync"
	"time"
)

// Types a Spec may name.
const (
	TypeDigits     = "digits"
	TypeSpelled    = "spelled"
	TypeYesNo      = "yes_no"
	TypeNumber     = "number"
	TypeDate       = "date"
	TypeTime       = "time"
	TypeAmount     = "amount"
	TypePhone      = "phone"
	TypeEmail      = "email"
	TypePostcodeFR = "postcode_fr"
	TypeList       = "list"
	TypeText       = "text"
)

// Types lists every Type that Parse knows, in the order of the reference page.
func Types() []string {
	return []string{TypeDigits, TypeSpelled, TypeYesNo, TypeNumber, TypeDate, TypeTime,
		TypeAmount, TypePhone, TypeEmail, TypePostcodeFR, TypeList, TypeText}
}

// Checks lists every Check that Parse knows.
func Checks() []string { return []string{"luhn"} }

// Spec says what is looked for. The zero value of a field means "any".
//
// Example: {type: digits, length: 8, check: luhn}, {type: spelled, pattern: '[A-Z]{2}[0-9]{6}'},
// {type: list, values: {express: [chronopost, rapide]}}.
type Spec struct {
	Type    string
	Length  int                 // exact number of characters of Text, for digits and spelled; the most of them for text
	Pattern string              // regular expression (RE2) that the whole Text must match
	Check   string              // "luhn" or ""
	Region  string              // for phone: the country whose numbering plan tells when a number is whole, "FR", "BE", "CH", "GB" or "US"
	Values  map[string][]string // for list: canonical value to its synonyms; the value is its own synonym
}

// Value is one reading.
type Value struct {
	// Text is canonical: digits "45127802", spelled "AB12", yes_no "yes" or "no", number
	// "42" or "-3.5", date "2026-11-24", time "14:30", amount "42.50", phone in E.164,
	// e-mail in lower case, list the key of Spec.Values, text the caller's own words.
	Text       string
	Confidence float64 // 0..1, of this reading among the readings of these words; not of the recogniser
	Start, End int     // bytes of the input that the reading covers
	Said       string  // of a list: the name or synonym that was heard, as Spec.Values writes it
}

// maxWords bounds the work on one utterance. Of a longer text the last words are read,
// because callers end on what matters.
const maxWords = 500

// maxValues bounds the N-best list.
const maxValues = 10

// pattern is a compiled Spec.Pattern. Its regexp is nil when the pattern does not compile.
type pattern struct {
	re           *regexp.Regexp
	least, limit int // characters of what it matches
}

var patterns sync.Map // string -> *pattern

// matches reports whether text satisfies the spec's length, pattern and check. A pattern
// that does not compile matches nothing; the loader of flows has refused it before.
func (s Spec) matches(text string) bool {
	if s.Length > 0 && len(text) != s.Length {
		return false
	}
	return s.matchesPattern(text) && (s.Check != "luhn" || luhn(text))
}

func (s Spec) matchesPattern(text string) bool {
	if s.Pattern == "" {
		return true
	}
	re := compiled(s.Pattern).re
	return re != nil && re.MatchString(text)
}

func compiled(expr string) *pattern {
	if v, ok := patterns.Load(expr); ok {
		return v.(*pattern)
	}
	p := &pattern{}
	if tree, err := syntax.Parse(expr, syntax.Perl); err == nil {
		p.least, p.limit = widths(tree)
		p.re, _ = regexp.Compile(`^(?:` + expr + `)$`)
	}
	patterns.Store(expr, p)
	return p
}

// widths returns the least and the largest number of characters that a pattern matches, the
// largest never above maxDigits: the lattice need not look at other lengths.
func widths(tree *syntax.Regexp) (least, limit int) {
	sub := make([][2]int, len(tree.Sub))
	for i, s := range tree.Sub {
		sub[i][0], sub[i][1] = widths(s)
	}
	switch tree.Op {
	case syntax.OpLiteral:
		return len(tree.Rune), len(tree.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1, 1
	case syntax.OpConcat:
		for _, s := range sub {
			least, limit = least+s[0], min(limit+s[1], maxDigits)
		}
		return min(least, maxDigits+1), limit
	case syntax.OpAlternate:
		least = maxDigits + 1
		for _, s := range sub {
			least, limit = min(least, s[0]), max(limit, s[1])
		}
		return least, limit
	case syntax.OpCapture:
		return sub[0][0], sub[0][1]
	case syntax.OpQuest:
		return 0, sub[0][1]
	case syntax.OpStar:
		return 0, maxDigits
	case syntax.OpPlus:
		return sub[0][0], maxDigits
	case syntax.OpRepeat:
		limit = maxDigits
		if tree.Max >= 0 {
			limit = min(limit, tree.Max*sub[0][1])
		}
		return min(tree.Min*sub[0][0], maxDigits+1), limit
	}
	return 0, 0
}

// luhn is the check digit of ISO/IEC 7812-1 annex B. Letters fail.
func luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		d := int(s[i]) - '0'
		if d < 0 || d > 9 {
			return false
		}
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return len(s) > 0 && sum%10 == 0
}

// Parse reads text, in lang "fr" or "en", as spec asks, and returns up to ten readings that
// satisfy it, best first; none when there is none. now is the wall time in the bot's
// timezone: dates without a year and "demain" are counted from it. Of texts longer than
// 500 words the last 500 are read.
func Parse(spec Spec, lang, text string, now time.Time) []Value {
	switch spec.Type {
	case TypeDigits:
		return parseDigits(spec, lang, text)
	case TypeSpelled:
		return parseSpelled(spec, lang, text)
	case TypeYesNo:
		return parseYesNo(lang, text)
	case TypeNumber:
		return parseNumber(spec, lang, text)
	case TypeDate:
		return parseDate(spec, lang, text, now)
	case TypeTime:
		return parseTime(spec, lang, text, now)
	case TypeAmount:
		return parseAmount(spec, lang, text)
	case TypePhone:
		return parsePhone(spec, lang, text)
	case TypeEmail:
		return parseEmail(spec, lang, text)
	case TypePostcodeFR:
		return parsePostcodeFR(spec, lang, text)
	case TypeList:
		return parseList(spec, lang, text)
	case TypeText:
		return parseText(spec, lang, text)
	}
	return nil
}

// Correct applies a correction said in one turn ("non zéro deux à la fin", "no, zero two at
// the end", "non pas douze treize", or the whole value again) to current, the canonical
// text of the value that the bot read back. It returns false when text holds no correction,
// as when the caller only says "non". Dates are counted from current; CorrectAt takes the
// wall time.
func Correct(spec Spec, lang, current, text string) (Value, bool) {
	now, err := time.Parse(time.DateOnly, current)
	if err != nil {
		now = time.Unix(0, 0).UTC()
	}
	return CorrectAt(spec, lang, current, text, now)
}
