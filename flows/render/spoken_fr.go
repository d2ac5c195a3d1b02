package render

import (
	"regexp"
	"strings"
)

const frMonthRE = `(janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)`

// frPasses run in this order: longer forms first, what is left last.
var frPasses = []rewrite{
	{regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`), func(lang string, m []string) string { return voiceEmail(lang, m[0]) }},
	{regexp.MustCompile(`https?://([^\s<>]+)|\bwww\.[^\s<>]+`), func(lang string, m []string) string {
		return voiceEmail(lang, strings.NewReplacer("/", " ", "https:", "", "http:", "").Replace(strings.TrimRight(m[0], "/.,;")))
	}},
	{regexp.MustCompile(`(?:\+33` + sp + `(?:\(0\))?` + sp + `[1-9]|\b0[1-9])(?:[ .\x{00a0}\x{202f}-]?\d{2}){4}\b`), sayPhone},
	{regexp.MustCompile(`\+\d[\d \x{00a0}\x{202f}.]{6,16}\d\b`), sayPhone},
	{regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`), func(lang string, m []string) string { return sayDate(lang, m[1], m[2], m[3]) }},
	{regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b`), func(lang string, m []string) string { return sayDate(lang, m[3], m[2], m[1]) }},
	{regexp.MustCompile(`(?i)\b(24)` + sp + `h(?:eures)?` + sp + `(?:/|sur)` + sp + `24\b`), func(string, []string) string { return "vingt-quatre heures sur vingt-quatre" }},
	{regexp.MustCompile(`(?i)\b7` + sp + `j(?:ours)?` + sp + `(?:/|sur)` + sp + `7\b`), func(string, []string) string { return "sept jours sur sept" }},
	{regexp.MustCompile(`\b(\d{1,2})` + sp + `[hH]` + sp + `(\d{2})?` + sp + `[-–—]` + sp + `(\d{1,2})` + sp + `[hH]` + sp + `(\d{2})?\b`), func(lang string, m []string) string {
		a, b := sayTime(lang, m[1], m[2]), sayTime(lang, m[3], m[4])
		if a == "" || b == "" {
			return ""
		}
		return a + " à " + b
	}},
	{regexp.MustCompile(`\b(\d{1,2})` + sp + `[hH]` + sp + `(\d{2})\b`), func(lang string, m []string) string { return sayTime(lang, m[1], m[2]) }},
	{regexp.MustCompile(`\b(\d{1,2}):(\d{2})\b`), func(lang string, m []string) string { return sayTime(lang, m[1], m[2]) }},
	{regexp.MustCompile(`\b(\d{1,2})` + sp + `[hH]\b`), func(lang string, m []string) string {
		if m[1] == "12" || m[1] == "0" || m[1] == "00" { // "sous 12 h" is a length more often than noon
			return gender(Number(lang, int64(atoi(m[1]))), "heures") + " heures"
		}
		return sayTime(lang, m[1], "")
	}},
	{regexp.MustCompile(`\b1er\b`), func(string, []string) string { return "premier" }},
	{regexp.MustCompile(`\b1(?:re|ère)\b`), func(string, []string) string { return "première" }},
	{regexp.MustCompile(`\b(\d{1,4})(?:e|è|ème|eme)(?:\b|$)`), func(_ string, m []string) string { return frOrdinal(int64(atoi(m[1])), false) }},
	{regexp.MustCompile(`\b(\d{1,2}) ` + frMonthRE + `(?: (\d{4})\b)?`), func(lang string, m []string) string {
		d := atoi(m[1])
		if d < 1 || d > 31 {
			return ""
		}
		out := "premier"
		if d > 1 {
			out = Number(lang, int64(d))
		}
		out += " " + m[2]
		if m[3] != "" {
			out += " " + sayYear(lang, atoi(m[3]))
		}
		return out
	}},
	{regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})\b`), func(lang string, m []string) string {
		if a, b := atoi(m[1]), atoi(m[2]); a == b || b > 12 {
			return Number(lang, int64(a)) + " sur " + Number(lang, int64(b))
		}
		return sayDate(lang, "", m[2], m[1])
	}},
	{regexp.MustCompile(`\b(\d+)` + sp + `€` + sp + `(\d{2})\b`), sayMoney("EUR")},
	{regexp.MustCompile(amountRE + sp + `(?:€|EUR\b|euros?\b)`), sayMoney("EUR")},
	{regexp.MustCompile(amountRE + sp + `(?:£|GBP\b)`), sayMoney("GBP")},
	{regexp.MustCompile(amountRE + sp + `(?:\$|USD\b)`), sayMoney("USD")},
	{regexp.MustCompile(amountRE + sp + `%`), func(lang string, m []string) string {
		words, err := voiceNumber(lang, plainNumber(lang, m[1]))
		if err != nil {
			return ""
		}
		return words + " pour cent"
	}},
	unit(`km/h`, "kilomètre par heure", "kilomètres par heure", "", ""), unit(`km`, "kilomètre", "kilomètres", "", ""), unit(`kg`, "kilo", "kilos", "", ""),
	unit(`cm`, "centimètre", "centimètres", "", ""), unit(`mm`, "millimètre", "millimètres", "", ""), unit(`m`, "mètre", "mètres", "", ""), unit(`g`, "gramme", "grammes", "", ""),
	unit(`min|mn`, "minute", "minutes", "", ""), unit(`s|sec`, "seconde", "secondes", "", ""), unit(`l|L`, "litre", "litres", "", ""), unit(`j`, "jour", "jours", "", ""), unit(`h`, "heure", "heures", "", ""),
	unit(`heures?`, "heure", "heures", "", ""), unit(`minutes?`, "minute", "minutes", "", ""), unit(`secondes?`, "seconde", "secondes", "", ""),
	{regexp.MustCompile(amountRE + sp + `°C?`), func(lang string, m []string) string {
		words, err := voiceNumber(lang, plainNumber(lang, m[1]))
		if err != nil {
			return ""
		}
		return words + " degrés"
	}},
	literal(`\bMM\.`, "messieurs", ""), literal(`\bM\. `, "monsieur ", ""), literal(`\bMr\b\.?`, "monsieur", ""), literal(`\bMmes\b`, "mesdames", ""), literal(`\bMme\b\.?`, "madame", ""), literal(`\bMlle\b\.?`, "mademoiselle", ""), literal(`\bDr\b\.?`, "docteur", ""),
	literal(`\b[nN]°`+sp, "numéro ", ""), literal(`\b[nN]os?\b`+sp+`[.°]`, "numéro ", ""), literal(`\b[Tt]él\.`+sp+`:?`, "téléphone", ""), literal(`\betc\.`, "et cetera", ""), literal(`\bc\.-à-d\.`, "c'est-à-dire", ""), literal(`\bex\. `, "exemple ", ""), literal(`\bSt `, "saint ", ""), literal(`\bkm\b`, "kilomètres", ""),
	{regexp.MustCompile(`(\d)` + sp + `[-–—]` + sp + `(\d)`), func(_ string, m []string) string { return m[1] + " à " + m[2] }},
	{regexp.MustCompile(`\b\d{2}(?:[ .\x{00a0}\x{202f}-]\d{2}){2,}\b`), func(lang string, m []string) string {
		out, err := voiceDigits(lang, m[0])
		if err != nil {
			return ""
		}
		return out
	}},
	{regexp.MustCompile(`\d{1,3}(?:[ \x{00a0}\x{202f}]\d{3})+(?:,\d+)?\b|\d+(?:[.,]\d+)?`), sayNumber},
	{regexp.MustCompile(`\d+`), sayNumber},
	literal(`\s*&\s*`, " et ", ""), literal(`€`, "euros", ""), literal(`%`, "pour cent", ""), literal(`£`, "livres", ""), literal(`\$`, "dollars", ""), literal(`@`, "arobase", ""), literal(`\s*\+\s*`, " plus ", ""), literal(`\s*=\s*`, " égale ", ""), literal(`°`, " degrés", ""),
	literal(`²`, " carrés", ""), literal(`½`, "un demi", ""), literal(`¼`, "un quart", ""), literal(`³`, " cubes", ""), literal(`\s*/\s*`, " ou ", ""),
}
