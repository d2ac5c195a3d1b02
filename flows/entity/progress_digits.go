package entity

import (
	"math/bits"
	"strings"
)

// lengths is the set of numbers of characters that the words may stand for, every group taken
// in: bit n is set when n characters are possible. What a correction may take back counts both
// ways. Lengths above 62 are not told apart.
func (l *lattice) lengths() uint64 {
	n := len(l.toks)
	at := make([]uint64, n+1)
	at[0] = 1
	past := uint64(0)
	for i := 0; i < n; i++ {
		m := at[i]
		if m == 0 {
			continue
		}
		past |= m
		if l.repair[i] > 0 {
			at[i+l.repair[i]] |= past
			continue
		}
		es := l.edges(i)
		if len(es) == 0 || l.lost[i] < 0.5 {
			at[i+1] |= m
		}
		for _, e := range es {
			at[e.end] |= m << min(len(e.out), 62)
		}
	}
	return at[n]
}

// Words behind which a number may go on, by language: "soixante" before "quinze", "dix" before
// "sept", "cent", "twenty" before "one".
var (
	frExtends = set("vingt vingts trente quarante cinquante soixante septante huitante octante nonante cent cents mille million millions milliard milliards dix")
	enExtends = set("twenty thirty forty fourty fifty sixty seventy eighty ninety hundred thousand million billion")
	// hanging end a number nowhere: something is sure to follow.
	frHanging = phrases("double", "triple", "deux fois", "trois fois", "fois", "fois le", "deux fois le", "virgule", "point", "plus", "comme", "et", "moins")
	enHanging = phrases("double", "triple", "treble", "times", "point", "plus", "as in", "for", "like", "and", "minus", "a")
)

// extendable reports whether the last word is a number that a further word could continue.
func (r *reader) extendable() bool {
	n := len(r.toks)
	if n == 0 {
		return false
	}
	t := r.toks[n-1]
	if t.digits { // "60", which the recogniser wrote for "soixante"
		return len(t.text) == 2 && t.text[1] == '0' && t.text[0] != '0'
	}
	if r.english() {
		return enExtends[t.text]
	}
	if t.text == "dix" { // behind "soixante" or "quatre-vingt", or alone: "dix-sept"
		return true
	}
	return frExtends[t.text]
}

// hanging reports whether the words end in one that wants another behind it.
func (r *reader) hanging() bool {
	if r.english() {
		return r.end(enHanging)
	}
	return r.end(frHanging)
}

// fillDigits: all digits that are expected, and a last word that no further one could continue.
func (r *reader) fillDigits(spec Spec, lang, text string) Fill {
	if spec.Type == TypePostcodeFR {
		spec.Length = 5
	}
	l := r.newLattice(1, maxDigits, r.groups)
	least, limit := spec.bounds()
	lengths := l.lengths()
	if n := bits.TrailingZeros64(lengths); lengths > 1 && n < limit && n > 0 {
		lengths = r.likeliest(lengths, parseDigits(Spec{Type: TypeDigits}, lang, text))
	}
	return r.fillLength(lengths, least, limit, func() bool { return len(parseDigits(spec, lang, text)) > 0 })
}

// likeliest drops the lengths below that of the best reading of any length, where the best one
// goes to the end: "soixante quatorze" behind numbers with hyphens is 60 14, not 74.
func (r *reader) likeliest(lengths uint64, readings []Value) uint64 {
	if len(readings) == 0 || readings[0].End < r.toks[len(r.toks)-1].end || r.corrected() {
		return lengths
	}
	if n := len(readings[0].Text); n < 62 && lengths&(1<<n) != 0 {
		return lengths &^ (1<<n - 1)
	}
	return lengths
}

// Words that stand before a value and are none, and those that only a value can follow.
var (
	leadIns = set("numero le la les l mon ma c est alors oui donc euh voila ok bien reference code telephone client commande dossier contrat adresse ca serait sera marque ecrit bon " +
		"number the my it s is reference code phone zip post yes so well um uh ok okay right that this order account card ready")
	repeatsNext = set("double doubles triple treble quadruple plus")
)

// leads tells what words without a digit are: the beginning of an answer, when nothing but what
// stands before one is said, or something else.
func (r *reader) leads() Fill {
	for i, t := range r.toks {
		if !leadIns[t.text] && !(repeatsNext[t.text] && i == len(r.toks)-1) {
			return Nothing
		}
	}
	if last := r.toks[len(r.toks)-1].text; last == "oui" || last == "yes" || last == "ok" || last == "okay" {
		return Nothing
	}
	return Partial
}

// fillLength judges the possible lengths against the least and the largest that are asked for.
// parses tells whether the words have a reading that is an answer.
func (r *reader) fillLength(lengths uint64, least, limit int, parses func() bool) Fill {
	if lengths <= 1 { // no digit
		return r.leads()
	}
	if r.hanging() {
		return Partial
	}
	count := bits.TrailingZeros64(lengths)
	inside := (uint64(1)<<min(limit+1, 63) - 1) &^ (uint64(1)<<min(least, 62) - 1)
	switch {
	case count >= limit && !r.extendable():
		return Complete
	case count >= limit:
		return Possible
	case count >= least && parses():
		return Possible
	case lengths&inside != 0 && r.corrected() && parses():
		return Possible
	}
	return Partial
}

// corrected reports whether something was taken back.
func (r *reader) corrected() bool {
	for i := range r.toks {
		if i > 0 && r.lex.repairs.at(r.toks, i) > 0 {
			return true
		}
	}
	return false
}

var plusSign = phrases("plus", "+")

// fillPhone counts against the numbering plan that the first digits belong to.
func (r *reader) fillPhone(spec Spec, lang, text string) Fill {
	l := r.newLattice(6, 18, func(i int) []edge {
		if n := plusSign.at(r.toks, i); n > 0 {
			return []edge{{i + n, "+", 0.5}}
		}
		return r.groups(i)
	})
	lengths := l.lengths()
	least, limit := planLength(spec, lang, r.lead())
	if n := bits.TrailingZeros64(lengths); lengths > 1 && n < limit && n > 0 {
		lengths = r.likeliest(lengths, parseDigits(Spec{Type: TypeDigits}, lang, text))
	}
	return r.fillLength(lengths, least, limit, func() bool { return true })
}

// lead is the first characters of a number as its likeliest groups give them.
func (r *reader) lead() string {
	out := ""
	for i := 0; i < len(r.toks) && len(out) < 5; {
		if n := plusSign.at(r.toks, i); n > 0 && out == "" {
			out, i = "+", i+n
			continue
		}
		best := edge{end: i + 1}
		if !r.lex.ambiguous[r.toks[i].text] || out != "" || !r.lonely(i) {
			for _, e := range r.groups(i) {
				if e.end > best.end || best.out == "" {
					best = e
				}
			}
		}
		out, i = out+best.out, best.end
	}
	return out
}

// planLength is the least and the largest number of characters, a leading "+" among them, of a
// telephone number that begins with lead. National plans are those of Spec.Region or, without one,
// the language's.
func planLength(spec Spec, lang, lead string) (least, limit int) {
	if spec.Length > 0 {
		return spec.Length, spec.Length
	}
	if s, ok := strings.CutPrefix(lead, "+"); ok {
		return countryLength(s, 1)
	}
	if s, ok := strings.CutPrefix(lead, "00"); ok {
		return countryLength(s, 2)
	}
	trunk := strings.HasPrefix(lead, "0")
	region := spec.Region
	if region == "" {
		region = map[string]string{"en": "GB"}[lang]
	}
	switch {
	case region == "BE" && !strings.HasPrefix(lead, "04"):
		return 9, 9
	case region == "GB" && trunk:
		return 11, 11
	case region != "" && strings.HasPrefix(lead, "1") && (region == "US" || spec.Region == ""):
		return 11, 11
	}
	return 10, 10
}

// countryLength is the length of a number with its country, which begins behind prefix characters.
func countryLength(s string, prefix int) (least, limit int) {
	for _, c := range []struct {
		code        string
		least, most int
	}{{"330", 12, 12}, {"33", 11, 11}, {"410", 12, 12}, {"41", 11, 11}, {"440", 13, 13}, {"44", 12, 12}, {"320", 11, 12}, {"32", 10, 11}, {"1", 11, 11}, {"49", 11, 13}, {"352", 8, 12}} {
		if strings.HasPrefix(s, c.code) {
			return prefix + c.least, prefix + c.most
		}
	}
	return prefix + 8, prefix + 15
}

// fillSpelled is fillDigits for letters and digits; "B comme" wants its name.
func fillSpelled(spec Spec, lang, text string, count int) Fill {
	r, l := spelledLattice(spec, lang, text)
	if len(r.toks) == 0 || count == 0 && l.lengths()&^1 == 0 {
		return r.leads()
	}
	least, limit := spec.bounds()
	for i := range r.toks { // "Y comme Yvonne" is a letter, however seldom a bare "y" is one
		if es := r.likeWord(lang, i); len(es) > 0 && es[0].cost < 1 {
			l.lost[i] = 2
		}
	}
	lengths := l.lengths()
	if lengths&1 != 0 && lengths != 1 && !r.corrected() {
		lengths &^= 1
	}
	if n := bits.TrailingZeros64(lengths); lengths > 1 && n < limit && n > 0 {
		lengths = r.likeliest(lengths, parseSpelled(Spec{Type: TypeSpelled}, lang, text))
	}
	return r.fillLength(lengths, least, limit, func() bool { return len(parseSpelled(spec, lang, text)) > 0 })
}

// fillNumber: a number is one as soon as it is said; tens and hundreds may go on.
func (r *reader) fillNumber(spec Spec, lang, text string) Fill {
	switch {
	case len(parseNumber(spec, lang, text)) == 0:
		return r.begun()
	case r.hanging():
		return Partial
	case r.extendable():
		return Possible
	}
	return Complete
}

// begun is Partial when the words end in a number and Nothing when they do not.
func (r *reader) begun() Fill {
	if r.isNumber(len(r.toks) - 1) {
		return Partial
	}
	return Nothing
}

// fillAmount: an amount is whole with its currency or its cents.
func (r *reader) fillAmount(spec Spec, lang, text string) Fill {
	last := r.toks[len(r.toks)-1].text
	switch {
	case len(parseAmount(spec, lang, text)) == 0:
		return r.begun()
	case r.hanging():
		return Partial
	case r.isNumber(len(r.toks)-1) && (r.extendable() || !r.has(currency)):
		return Possible
	case currency[last] || r.lex.cents[last] || r.has(currency):
		return Complete
	}
	return Possible
}

// endings are what the addresses of most callers end with. Others end by silence.
var endings = set("com fr net org eu be ch de es it lu ca uk us io info biz gouv edu gov co ie pro me online shop")

// fillEmail: an address is complete behind a known ending, and has only begun before.
func (r *reader) fillEmail(lang, text string) Fill {
	signs := frSigns
	if lang == "en" {
		signs = enSigns
	}
	parts := r.emailParts(lang, signs, text)
	at, spelled := -1, 0
	for i, p := range parts {
		switch {
		case p.sign && p.text == "@":
			at = i
		case p.sign || len(p.text) == 1:
			spelled++
		}
	}
	if at < 0 {
		if spelled > 0 && !r.has(denies) || len(r.toks) <= 4 && !r.has(denies) {
			return Partial
		}
		return Nothing
	}
	end := domainEnd(parts, at+1)
	if end == 0 || end < len(parts) && parts[len(parts)-1].sign {
		return Partial
	}
	if last := parts[end-1].text; endings[last] && last != "co" {
		return Complete
	}
	return Possible
}
