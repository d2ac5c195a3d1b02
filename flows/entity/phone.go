package entity

import (
	"strconv"
	"strings"
)

// parsePhone reads a telephone number into E.164. National numbers are French, Belgian or
// Swiss, and in English British or North American; other countries say their prefix, "plus
// quarante-neuf" or "00".
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
		for _, p := range plans(lang, c.text) {
			if old, ok := best[p.number]; !ok || c.cost+p.extra < old.cost {
				best[p.number] = candidate{p.number, c.cost + p.extra, c.start, c.end}
			}
		}
	}
	spec.Length = 0 // the length of a phone number is its plan's
	return values(spec, r.toks, ranked(best))
}

// plan is what digits mean in one country.
type plan struct {
	number string  // E.164
	extra  float64 // cost: another country is likelier
}

// plans applies the numbering plans to digits with an optional leading "+": the language's
// first, its neighbours' as further readings, so that a Spec.Pattern such as "\\+41.*" picks.
func plans(lang, s string) []plan {
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	if strings.HasPrefix(s, "+") {
		if n := international(s); n != "" {
			return []plan{{n, 0}}
		}
		return nil
	}
	if len(s) < 9 || strings.Contains(s, "+") {
		return nil
	}
	var out []plan
	trunk := s[0] == '0' && s[1] != '0'
	switch {
	case lang == "en" && trunk && len(s) == 11:
		out = append(out, plan{"+44" + s[1:], 0})
	case lang == "en" && len(s) == 10 && s[0] >= '2':
		out = append(out, plan{"+1" + s, 0})
	case lang == "en" && len(s) == 11 && s[0] == '1' && s[1] >= '2':
		out = append(out, plan{"+" + s, 0})
	case lang == "en" && trunk && len(s) == 10:
		out = append(out, plan{"+33" + s[1:], 1.5})
	case trunk && len(s) == 10:
		out = append(out, plan{"+33" + s[1:], 0}, plan{"+41" + s[1:], 3})
		if s[1] == '4' {
			out = append(out, plan{"+32" + s[1:], 2.5})
		}
	case lang != "en" && trunk && len(s) == 9:
		out = append(out, plan{"+32" + s[1:], 0.5})
	}
	return out
}

// international checks a number with its country, and drops the trunk zero that people leave
// in: "+33 (0)6".
func international(s string) string {
	for _, country := range []string{"+33", "+44", "+32", "+41", "+49", "+352"} {
		if strings.HasPrefix(s, country+"0") {
			s = country + s[len(country)+1:]
		}
	}
	switch {
	case strings.LastIndexByte(s, '+') > 0 || len(s) < 9 || len(s) > 16 || s[1] == '0':
		return ""
	case strings.HasPrefix(s, "+33") && len(s) != 12, strings.HasPrefix(s, "+1") && len(s) != 12, strings.HasPrefix(s, "+41") && len(s) != 12:
		return ""
	}
	return s
}

// e164Of is the likeliest number that digits stand for; "" when they are none.
func e164Of(lang, s string) string {
	if p := plans(lang, s); len(p) > 0 {
		return p[0].number
	}
	return ""
}

// spokenPhone is a number as its owner says it: without +33, with the trunk zero. Others stay.
func spokenPhone(s string) string {
	for _, country := range []string{"+33", "+44", "+32", "+41"} {
		if rest, ok := strings.CutPrefix(s, country); ok {
			return "0" + rest
		}
	}
	return s
}

// postcodeFR is a postcode of metropolitan or overseas France.
const postcodeFR = `(0[1-9]|[1-8][0-9]|9[0-8])[0-9]{3}`

func parsePostcodeFR(spec Spec, lang, text string) []Value {
	if spec.Pattern == "" {
		spec.Pattern = postcodeFR
	}
	spec.Length = 5
	out := parseDigits(spec, lang, text)
	short := spec
	short.Length, short.Pattern = 4, "[1-9][0-9]{3}"
	for _, v := range parseDigits(short, lang, text) { // "six mille deux cents"
		whole := number(lang, text[v.Start:v.End])
		if all := len(out) == 0 || v.Start <= out[0].Start && v.End >= out[0].End; all && v.Text == whole && spec.matches("0"+whole) {
			v.Text = "0" + whole
			v.Confidence = 0.9
			return append([]Value{v}, out[:min(len(out), maxValues-1)]...)
		}
	}
	return out
}

// number is the whole number that all the words of text make together, or "".
func number(lang, text string) string {
	r := newReader(lang, text)
	for _, n := range r.g.numerals(r.toks, 0) {
		if len(r.toks) > 0 && n.end == len(r.toks) && n.end > 1 {
			return strconv.FormatInt(n.value, 10)
		}
	}
	return ""
}
