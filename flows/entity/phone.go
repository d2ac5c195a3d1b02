package entity

import "strings"

// parsePhone reads a telephone number into E.164. National numbers are French (0 and nine
// digits), British (0 and ten digits, in English) or North American (ten digits that begin
// with 2..9, in English); other countries say their prefix, "plus quarante-neuf" or "00".
func parsePhone(spec Spec, lang, text string) []Value {
	r := newReader(lang, text)
	plus := phrases("plus", "+")
	l := r.newLattice(6, 18, func(i int) []edge {
		if n := plus.at(r.toks, i); n > 0 {
			return []edge{{i + n, "+", 0.5}}
		}
		return r.groups(i)
	})
	best := map[string]candidate{}
	for _, c := range l.run() {
		e164 := e164Of(lang, c.text)
		if e164 == "" {
			continue
		}
		if old, ok := best[e164]; !ok || c.cost < old.cost {
			best[e164] = candidate{e164, c.cost, c.start, c.end}
		}
	}
	spec.Length = 0 // the length of a phone number is its plan's
	return values(spec, r.toks, ranked(best))
}

// e164Of applies the numbering plan to digits with an optional leading "+"; "" when they
// are no number of it.
func e164Of(lang, s string) string {
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	switch {
	case strings.LastIndexByte(s, '+') > 0:
		return ""
	case strings.HasPrefix(s, "+330"): // "+33 (0)6"
		return e164Of(lang, "+33"+s[4:])
	case strings.HasPrefix(s, "+33"):
		if len(s) == 12 && s[3] != '0' {
			return s
		}
	case strings.HasPrefix(s, "+440"):
		return e164Of(lang, "+44"+s[4:])
	case strings.HasPrefix(s, "+"):
		if len(s) >= 9 && len(s) <= 16 && s[1] != '0' {
			return s
		}
	case len(s) == 10 && s[0] == '0' && s[1] != '0':
		return "+33" + s[1:]
	case lang == "en" && len(s) == 11 && s[0] == '0' && s[1] != '0':
		return "+44" + s[1:]
	case lang == "en" && len(s) == 10 && s[0] >= '2':
		return "+1" + s
	}
	return ""
}

// postcodeFR is a postcode of metropolitan or overseas France.
const postcodeFR = `(0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}`

func parsePostcodeFR(spec Spec, lang, text string) []Value {
	if spec.Pattern == "" {
		spec.Pattern = postcodeFR
	}
	spec.Length = 5
	return parseDigits(spec, lang, text)
}
