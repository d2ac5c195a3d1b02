package render

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	sp       = `[ \x{00a0}\x{202f}]?`
	amountRE = `(\d{1,3}(?:[ \x{00a0}\x{202f}.,'’]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)`
)

// plainNumber takes the thousands out of a typed number: "1 200,50" is "1200.50".
func plainNumber(lang, s string) string {
	s = strings.NewReplacer(" ", "", nbsp, "", narrow, "", "'", "", "’", "").Replace(s)
	last := strings.LastIndexAny(s, ".,")
	if last < 0 {
		return s
	}
	head, frac := strings.NewReplacer(".", "", ",", "").Replace(s[:last]), s[last+1:]
	if len(frac) == 3 && head != "0" && !(inEnglish(lang) && s[last] == '.') && !(!inEnglish(lang) && s[last] == ',') {
		return head + frac
	}
	return head + "." + frac
}

// one reports whether a plain number takes its noun in the singular: below two in French, "un
// virgule cinq litre"; only one itself in English.
func one(lang, n string) bool {
	if inEnglish(lang) {
		return n == "1"
	}
	f, err := strconv.ParseFloat(n, 64)
	return err == nil && f < 2
}

// sayMoney says the amount in group 1, with cents in group 2 where a unit stands between.
func sayMoney(code string) func(m match) string {
	return func(m match) string {
		n := m.g[1]
		if len(m.g) > 2 && m.g[2] != "" {
			n += "." + m.g[2]
		}
		n = plainNumber(m.lang, n)
		c := currencies[code]
		a, err := parseMoney(n)
		if err == nil {
			a.unit = c
			return a.voice(m.lang)
		}
		words, err := voiceNumber(m.lang, n) // fractions of a cent
		if err != nil {
			return ""
		}
		if inEnglish(m.lang) {
			return words + " " + c.en[1]
		}
		return words + " " + c.fr[1]
	}
}

// sayScaled says "3 M€", "£5m": the amount in group 1, thousands, millions or billions by scale.
func sayScaled(code string, scale int) func(m match) string {
	return func(m match) string {
		words, err := voiceNumber(m.lang, plainNumber(m.lang, m.g[1]))
		if err != nil {
			return ""
		}
		c, en := currencies[code], inEnglish(m.lang)
		switch word := strings.ToLower(m.g[scale]); {
		case en && word == "k":
			return words + " thousand " + c.en[1]
		case en && (word == "m" || word == "million"):
			return words + " million " + c.en[1]
		case en:
			return words + " billion " + c.en[1]
		case word == "k" && words == "un":
			return "mille " + c.fr[1]
		case word == "k":
			return words + " mille " + c.fr[1]
		}
		noun := " million"
		if strings.EqualFold(m.g[scale], "Md") {
			noun = " milliard"
		}
		if !one(m.lang, plainNumber(m.lang, m.g[1])) {
			noun += "s"
		}
		if strings.HasPrefix(c.fr[1], "e") {
			return words + noun + " d'" + c.fr[1]
		}
		return words + noun + " de " + c.fr[1]
	}
}

// moneys are the passes for every currency, the sign or the code on either side. more are further
// words by code; scale is what a letter behind the amount may be.
func moneys(scale string) (out []rewrite) {
	for _, c := range []struct{ code, needs, marks, sign string }{
		{"EUR", "0 €|EUR|euro", `(?:€|EUR\b|euros?\b)`, `(?:€|EUR` + sp + `)`}, {"GBP", "0 £|GBP", `(?:£|GBP\b)`, `(?:£|GBP` + sp + `)`},
		{"USD", "0 $|USD", `(?:\$|USD\b)`, `(?:\$|USD` + sp + `)`}, {"CHF", "0 CHF|Fr.", `(?:CHF\b|Fr\.)`, `(?:CHF` + sp + `|Fr\.` + sp + `)`},
	} {
		out = append(out,
			pass(c.needs, c.sign+sp+amountRE+sp+scale, sayScaled(c.code, 2)),
			pass(c.needs, amountRE+sp+scale+c.marks, sayScaled(c.code, 2)),
			pass(c.needs, `(\d+)`+sp+c.marks+sp+`(\d{2})\b`, sayMoney(c.code)),
			pass(c.needs, amountRE+sp+c.marks, sayMoney(c.code)),
			pass(c.needs, c.sign+sp+amountRE, sayMoney(c.code)))
	}
	return out
}

// unit is how one and several of a unit of measure are called.
type unit struct{ one, many string }

// unitTable reads lines of "written forms: one, many"; without many one takes an s.
func unitTable(lines string) map[string]unit {
	out := map[string]unit{}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		written, said, _ := strings.Cut(strings.TrimSpace(line), ": ")
		u := unit{said, said + "s"}
		if single, many, ok := strings.Cut(said, ", "); ok {
			u = unit{single, many}
		}
		for _, w := range strings.Fields(written) {
			out[w] = u
		}
	}
	return out
}

// units is one pass for all of them: a number and what it counts.
func units(table map[string]unit) rewrite {
	return pass("0", amountRE+sp+`(\pL{1,5}[²³23]?(?:/\pL)?)`, func(m match) string {
		before, _ := utf8.DecodeLastRuneInString(m.before)
		u, ok := table[m.g[2]]
		n := plainNumber(m.lang, m.g[1])
		words, err := voiceNumber(m.lang, n)
		if err != nil || !ok || isLetter(before) { // the end of a code
			return ""
		}
		noun := u.many
		if one(m.lang, n) {
			noun = u.one
		}
		return agree(m.lang, words, noun) + " " + noun
	})
}

// feminines are nouns that people count on the telephone and whose ending does not tell their
// gender, and feminineEnds the endings that do; masculines are the exceptions to those.
var (
	feminines = words(`heure minute seconde tonne livre fois personne place pièce commande facture page semaine ligne carte touche demande
		nuit étape option adresse photo offre voiture chambre chose question réponse nouvelle agence boutique boîte lettre enveloppe palette
		clé porte route rue ville table année journée soirée matinée ristourne remise prise marque mesure main femme fille dame cliente conseillère
		box panne coupure erreur tentative alerte échéance mensualité formule promesse enquête liste branche mise gigaoctet`)
	masculines   = words(`musée lycée trophée silence gigaoctet mégaoctet verre`)
	feminineEnds = []string{"tion", "sion", "ée", "ette", "ence", "ance", "ité", "ture", "esse", "aison", "ade"}
)

func words(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}

// isFeminine reports whether a French noun, in either number, is known to be feminine.
func isFeminine(noun string) bool {
	noun, _, _ = strings.Cut(strings.ToLower(noun), " ")
	for _, n := range []string{noun, strings.TrimSuffix(noun, "s")} {
		if masculines[n] {
			return false
		}
		if feminines[n] || slices.ContainsFunc(feminineEnds, func(e string) bool { return strings.HasSuffix(n, e) }) {
			return true
		}
	}
	return false
}

// agree makes the number before a noun feminine where the noun is: "vingt et une heures".
func agree(lang, number, noun string) string {
	if !inEnglish(lang) && isFeminine(noun) {
		return feminine(number)
	}
	return number
}

// nextWord is the word right behind a match, "" when something else follows.
func nextWord(after string) string {
	rest := strings.TrimLeft(after, " "+nbsp+narrow)
	if rest == after {
		return ""
	}
	end := strings.IndexFunc(rest, func(r rune) bool { return !isLetter(r) && r != '-' })
	if end < 0 {
		return rest
	}
	return rest[:end]
}

// sayPercent says the number in group 1 as a share.
func sayPercent(of string) func(m match) string {
	return func(m match) string {
		words, err := voiceNumber(m.lang, plainNumber(m.lang, m.g[1]))
		if err != nil {
			return ""
		}
		return words + " " + of
	}
}
