// Package number compares telephone numbers for the sake of permission: whatever way a number is
// written, it has one form here, and a prefix is compared with that form alone. Who could write a
// premium number so that it looks like another would have the cap of toll fraud for nothing.
//
// It does not know which numbers exist; that is flows/entity's business.
package number

import "strings"

// maxDigits bounds a number: E.164 has 15, carriers' routing prefixes add some.
const maxDigits = 24

// Canon is the one form of a number: "+33612345678" for what has a country, the digits alone for short
// numbers, extensions and services ("3949", "201"). country is the code of ours, "33", for numbers that
// begin with a single 0. Spaces, dots, dashes, slashes and brackets between digits are left out; false
// for anything else, and for what is too long or has no digit.
//
// "0033…" and "+33 (0)6…" are "+33…"; so is "+330…", since no number of ours begins with 0 behind
// the country.
func Canon(text, country string) (string, bool) {
	var b strings.Builder
	plus := false
	for i, r := range strings.TrimSpace(text) {
		switch {
		case r == '+' && i == 0:
			plus = true
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case strings.ContainsRune(" .-/()\u00a0\u202f", r):
		default:
			return "", false
		}
	}
	digits := b.String()
	if !plus && strings.HasPrefix(digits, "00") {
		plus, digits = true, digits[2:]
	}
	if !plus && country != "" && len(digits) > 6 && strings.HasPrefix(digits, "0") {
		plus, digits = true, country+digits[1:]
	}
	if plus && country != "" && strings.HasPrefix(digits, country+"0") {
		digits = country + strings.TrimLeft(digits[len(country):], "0")
	}
	if digits == "" || len(digits) > maxDigits || plus && digits[0] == '0' {
		return "", false
	}
	if plus {
		return "+" + digits, true
	}
	return digits, true
}

// Like tells whether a user part of an address has to be taken as a telephone number: all but names,
// which begin with a letter, and extensions of up to six digits. What is escaped, or a code of a
// telephone system with a star, is no name: it may be a number in disguise.
func Like(user string) bool {
	if user == "" {
		return false
	}
	letter := user[0]|0x20 >= 'a' && user[0]|0x20 <= 'z'
	if letter && !strings.ContainsAny(user, "%;*#") {
		return false
	}
	return len(user) > 6 || strings.Trim(user, "0123456789") != ""
}

// Longest is the longest of prefixes that a canonical number begins with; "+" stands for every number
// with a country.
func Longest(canon string, prefixes []string) (prefix string, ok bool) {
	for _, p := range prefixes {
		if strings.HasPrefix(canon, p) && (!ok || len(p) > len(prefix)) {
			prefix, ok = p, true
		}
	}
	return prefix, ok
}

// Prefix reads a prefix as people write it: "+33", "0033", "0", "118". It comes back as the beginning of
// canonical numbers; false when it is none.
func Prefix(text, country string) (string, bool) {
	digits := strings.TrimPrefix(text, "+")
	if strings.Trim(digits, "0123456789") != "" || text == "" || len(digits) > 15 {
		return "", false
	}
	switch {
	case strings.HasPrefix(text, "+"):
		return text, !strings.HasPrefix(digits, "0")
	case strings.HasPrefix(text, "00"):
		return "+" + text[2:], true
	case strings.HasPrefix(text, "0") && country != "":
		return "+" + country + text[1:], true
	}
	return text, true
}

// Mask hides who a number belongs to and leaves what it costs: the beginning stays, and the last two
// digits, by which its owner knows it.
func Mask(text string) string {
	r := []rune(text)
	if len(r) <= 5 {
		return strings.Repeat("*", len(r))
	}
	keep := min(4, len(r)-4)
	return string(r[:keep]) + strings.Repeat("*", len(r)-keep-2) + string(r[len(r)-2:])
}
