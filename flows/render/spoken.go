package render

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tag is an SSML element; what stands between < and > is never touched.
var tag = regexp.MustCompile(`<[a-zA-Z/!?][^<>]*>`)

// rewrite is one pass over a text: what it finds, and what is said for it. A match that begins or
// ends inside a word or a number is none. say returns "" to leave a match to a later pass.
//
// The order of passes and the habit of testing them by a table of written and spoken forms are
// those of text normalisation for synthesis since Sproat et al., "Normalization of Non-Standard
// Words" (2001); grammars of weighted transducers, as Kestrel and NeMo have, would be more than a
// telephone line needs.
type rewrite struct {
	digit bool     // there must be a digit
	any   []string // and one of these; "A" stands for every capital; none for no condition
	find  *regexp.Regexp
	say   func(m match) string
}

// match is what a pass has found.
type match struct {
	lang          string   // "fr", "en-US"
	g             []string // the match and its groups
	before, after string   // the text around it
}

// Spoken writes out for lang whatever in a text a synthesiser would stumble over: numbers, dates,
// times, amounts, telephone numbers, codes, addresses of mail and web, abbreviations, units and
// signs, and takes out the marks of Markdown. lang is a BCP 47 tag: fr-BE and fr-CH count
// "septante", en-US reads 3/12 as March. Words, punctuation and SSML tags stay; what is spoken
// form already stays as it is. The result holds no digit outside tags.
func Spoken(lang, text string) string {
	if !needsWork(text) {
		return text
	}
	if !strings.Contains(text, "<") {
		return spoken(lang, text)
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

// SpokenBut is Spoken that leaves alone what keep finds as whole words; nil finds nothing.
func SpokenBut(lang, text string, keep *regexp.Regexp) string {
	if keep == nil || strings.ContainsFunc(text, func(r rune) bool { return r >= firstKept && r <= lastKept }) {
		return Spoken(lang, text)
	}
	var kept []string
	var b strings.Builder
	at := 0
	for _, m := range keep.FindAllStringIndex(text, -1) {
		if inWord(text, m[0]) || inWord(text, m[1]) || len(kept) > int(lastKept-firstKept) {
			continue
		}
		b.WriteString(text[at:m[0]])
		b.WriteRune(firstKept + rune(len(kept)))
		kept = append(kept, text[m[0]:m[1]])
		at = m[1]
	}
	if kept == nil {
		return Spoken(lang, text)
	}
	b.WriteString(text[at:])
	out := b.String()
	out = Spoken(lang, out)
	for i, k := range kept {
		out = strings.Replace(out, string(firstKept+rune(i)), k, 1)
	}
	return out
}

// Characters of the private use area that stand for words which are kept.
const firstKept, lastKept = '\ue800', '\uefff'

// plainMarks are characters that a synthesiser reads as it should: a text of letters and these
// needs no work, unless it has an abbreviation.
const plainMarks = " ,;:?!'’«»\"()“”…\u00a0\u202f"

// needsWork reports anything but words and their punctuation, or an abbreviation.
func needsWork(text string) bool {
	begun := 0 // of the word
	for i, r := range text {
		switch {
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f && unicode.IsLetter(r):
			continue
		case r == '.' || r == '-':
			if r == '.' && i+1 < len(text) && text[i+1] != ' ' || short[text[begun:i]] || i-begun < 2 {
				return true
			}
		case !strings.ContainsRune(plainMarks, r):
			return true
		}
		if short[text[begun:i]] || numeral(text[begun:i]) {
			return true
		}
		begun = i + utf8.RuneLen(r)
		if r == utf8.RuneError {
			return true
		}
	}
	return short[text[begun:]] || numeral(text[begun:])
}

// may reports whether a pass can find something in s. It is what makes a sentence cost tens of
// microseconds: most passes are not run.
func (p *rewrite) may(s string, digit, capital bool) bool {
	if p.digit && !digit {
		return false
	}
	for _, a := range p.any {
		if a == "A" && capital || a != "A" && strings.Contains(s, a) {
			return true
		}
	}
	return len(p.any) == 0
}

func hasDigit(s string) bool   { return strings.ContainsAny(s, "0123456789") }
func hasCapital(s string) bool { return strings.ContainsFunc(s, unicode.IsUpper) }

func spoken(lang, s string) string {
	passes := frPasses
	if inEnglish(lang) {
		passes = enPasses
	}
	digit, capital := hasDigit(s), hasCapital(s)
	for i := range passes {
		if p := &passes[i]; p.may(s, digit, capital) {
			if said := p.replace(lang, s); said != s {
				s, digit = said, hasDigit(said)
			}
		}
	}
	return s
}

// replace applies one pass.
func (p *rewrite) replace(lang, s string) string {
	ms := p.find.FindAllStringSubmatchIndex(s, -1)
	if ms == nil {
		return s
	}
	var b strings.Builder
	at := 0
	for _, m := range ms {
		if m[0] == m[1] || inWord(s, m[0]) || inWord(s, m[1]) {
			continue
		}
		groups := make([]string, len(m)/2)
		for i := range groups {
			if m[2*i] >= 0 {
				groups[i] = s[m[2*i]:m[2*i+1]]
			}
		}
		said := p.say(match{lang, groups, s[:m[0]], s[m[1]:]})
		if said == "" {
			continue
		}
		if said == drop {
			said = ""
		}
		b.WriteString(s[at:m[0]])
		if r, _ := utf8.DecodeLastRuneInString(s[:m[0]]); joined(r) && said != "" && joined(rune(said[0])) {
			b.WriteByte(' ')
		}
		b.WriteString(said)
		if r, _ := utf8.DecodeRuneInString(s[m[1]:]); joined(r) && said != "" && said[len(said)-1] != ' ' {
			b.WriteByte(' ')
		}
		at = m[1]
	}
	if at == 0 {
		return s
	}
	b.WriteString(s[at:])
	return b.String()
}

// drop is what a pass says to take a match out.
const drop = "\x00"

// inWord reports whether a place in s is between two letters, or two digits.
func inWord(s string, at int) bool {
	a, _ := utf8.DecodeLastRuneInString(s[:at])
	b, _ := utf8.DecodeRuneInString(s[at:])
	return at > 0 && at < len(s) && (isLetter(a) && isLetter(b) || isDigit(a) && isDigit(b))
}

// joined reports a character that would run into a word written beside it.
func joined(r rune) bool { return isLetter(r) && r != utf8.RuneError || isDigit(r) }

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// pass is a rewrite by a function, literal one to the same words each time. needs says when a
// text is looked through at all: "0" a digit, and "…|…" one of these strings: "0 h|H", "€".
func pass(needs, pattern string, say func(m match) string) rewrite {
	p := rewrite{find: regexp.MustCompile(pattern), say: say}
	if needs, p.digit = strings.CutPrefix(needs, "0"); needs != "" {
		p.any = strings.Split(strings.TrimPrefix(needs, " "), "|")
	}
	return p
}

func literal(needs, pattern, words string) rewrite {
	re := regexp.MustCompile(pattern)
	return pass(needs, pattern, func(m match) string { return re.ReplaceAllString(m.g[0], words) })
}
