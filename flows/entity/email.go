package entity

import (
	"strings"
)

// signs are the spoken signs of an e-mail address, per language; the longest wins.
var (
	frSigns = map[string]phraseSet{
		"@": phrases("arobase", "arrobase", "arobas", "à robase", "a robase", "chez", "@", "at"),
		".": phrases("point", "poing", "dot"),
		"_": phrases("tiret bas", "tiret du bas", "underscore", "souligné", "tiret du huit", "_", "under score"),
		"-": phrases("tiret", "trait d'union", "tiret du six", "moins", "tirets"),
		"+": phrases("plus", "+"),
	}
	enSigns = map[string]phraseSet{
		"@": phrases("at", "at sign", "@", "arobase"),
		".": phrases("dot", "point", "full stop", "period"),
		"_": phrases("underscore", "under score", "_"),
		"-": phrases("dash", "hyphen", "minus"),
		"+": phrases("plus", "+"),
	}
)

// asides say how to write the address and are no part of it.
var asides = phrases("tout attaché", "tout attachés", "attaché", "tout collé", "collé", "en un mot", "en un seul mot", "tout en minuscules", "en minuscules", "en minuscule", "tout en minuscule", "minuscule", "sans espace", "sans accent", "sans espaces",
	"all one word", "one word", "all lowercase", "all in lowercase", "lowercase", "all lower case", "lower case", "no spaces", "all together")

// introductions come before the address and belong to no part of it.
var introductions = set("mon mail email adresse mel courriel est le la de alors oui vous pouvez ecrire my address is it s the an and you can reach me")

// part is one piece of an address.
type part struct {
	text       string
	start, end int
	sign       bool
	joined     bool // typed without a space before it
	apos       bool // the c of "c'est", the s of "it's"
}

// parseEmail reads an e-mail address spoken ("jean point dupont arobase gmail point com"),
// spelled, or typed.
func parseEmail(spec Spec, lang, text string) []Value {
	r := newReader(lang, text)
	signs := frSigns
	if lang == "en" {
		signs = enSigns
	}
	parts := r.emailParts(lang, signs, text)
	at := -1
	for i, p := range parts {
		if p.sign && p.text == "@" {
			at = i // the last one: "at" may stand earlier as a word
		}
	}
	if at <= 0 || at == len(parts)-1 {
		return nil
	}
	end := domainEnd(parts, at+1)
	if end == 0 {
		return nil
	}
	first := localStart(parts, at)
	if first == at {
		return nil
	}
	var b strings.Builder
	for _, p := range parts[first:end] {
		b.WriteString(p.text)
	}
	s := b.String()
	if !plausibleEmail(s) || !spec.matchesPattern(s) {
		return nil
	}
	conf := 0.85 - 0.03*float64(at-first)
	if strings.Contains(text, "@") {
		conf = 0.97
	}
	return []Value{{Text: s, Confidence: max(conf, 0.5), Start: parts[first].start, End: parts[end-1].end}}
}

// emailParts turns the words into pieces: signs, digits, letters, words.
func (r *reader) emailParts(lang string, signs map[string]phraseSet, text string) []part {
	var out []part
	for i := 0; i < len(r.toks); {
		t := r.toks[i]
		if n := asides.at(r.toks, i); n > 0 {
			i += n
			continue
		}
		if n := r.lex.repairs.at(r.toks, i); n > 0 && len(out) > 0 && t.gap == " " { // what he takes back: the side of the at sign he is on
			i += n
			keep := 0
			for k, p := range out {
				if p.sign && p.text == "@" {
					keep = k + 1
				}
			}
			out = out[:keep]
			continue
		}
		if len(out) > 0 { // typed signs stand in the gaps
			switch g := t.gap; g {
			case ".", "-":
				out = append(out, part{g, t.start - 1, t.start, true, true, false})
			}
		}
		joined := t.gap == "" || t.gap == "." || t.gap == "-"
		if s, n := signAt(signs, r.toks, i); n > 0 {
			out = append(out, part{s, t.start, r.toks[i+n-1].end, true, t.symbol && joined, false})
			i += n
			continue
		}
		if es := r.groups(i); len(es) > 0 && (!r.lex.ambiguous[t.text] || i+1 < len(r.toks) && r.isNumber(i+1) && !r.lex.ambiguous[r.toks[i+1].text] && t.text != "a") {
			e := es[0]
			for _, x := range es[1:] {
				if x.cost-0.7*float64(x.end) < e.cost-0.7*float64(e.end) {
					e = x
				}
			}
			out = append(out, part{e.out, t.start, r.toks[e.end-1].end, false, joined, false})
			i = e.end
			continue
		}
		s, n := t.text, 1
		for _, e := range r.letter(lang, i) { // "p comme paul"
			if e.end-i > n || e.end == i+1 && len(t.text) == 1 && n == 1 {
				s, n = strings.ToLower(e.out), e.end-i
			}
		}
		out = append(out, part{s, t.start, r.toks[i+n-1].end, false, joined, t.apos})
		i += n
	}
	return out
}

func signAt(signs map[string]phraseSet, toks []token, i int) (sign string, n int) {
	for _, s := range []string{"@", ".", "_", "-", "+"} {
		if m := signs[s].at(toks, i); m > n {
			sign, n = s, m
		}
	}
	return sign, n
}

// localStart walks back from the at sign over what may belong to the mailbox: pieces
// between signs, then as many single letters, digits or names as precede it, but no
// introduction ("mon mail c'est …").
func localStart(parts []part, at int) int {
	first := at
	for i := at - 1; i >= 0; i-- {
		p := parts[i]
		attached := i+1 < len(parts) && (parts[i+1].sign || parts[i+1].joined)
		if p.sign && p.text == "@" || p.apos && !attached || introductions[p.text] && !attached {
			break
		}
		if introductions[p.text] && len(p.text) > 1 && !parts[i+1].joined && parts[i+1].text == "@" && i == at-1 {
			break
		}
		first = i
	}
	for first < at && parts[first].sign {
		first++
	}
	return first
}

// domainEnd returns the end of the domain that begins at i: labels and points, up to a
// last label of letters; 0 when there is none.
func domainEnd(parts []part, i int) int {
	end := 0
	dot := false
	for k := i; k < len(parts); k++ {
		p := parts[k]
		switch {
		case p.sign && (p.text == "." || p.text == "-"):
			dot = dot || p.text == "."
			if dot && p.text == "." && k+1 < len(parts) && !parts[k+1].sign && topLevel(parts[k+1].text) {
				end = k + 2
			}
		case p.sign:
			return end
		case end > 0 && k >= end:
			return end
		}
	}
	return end
}

func topLevel(s string) bool {
	if len(s) < 2 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}

// plausibleEmail checks the shape: one at sign, no empty label, ASCII.
func plausibleEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || len(s) > 254 || strings.Contains(domain, "@") || !isASCII(s) {
		return false
	}
	for _, bad := range []string{"..", ".@", "@.", ".-", "-."} {
		if strings.Contains(s, bad) {
			return false
		}
	}
	return local[0] != '.' && !strings.ContainsAny(domain, "_+") && strings.Contains(domain, ".")
}
