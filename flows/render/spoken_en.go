package render

import (
	"regexp"
	"strings"
)

const enMonthRE = `(January|February|March|April|May|June|July|August|September|October|November|December)`

func sayTimeEN(hour, minute, half string) string {
	h := atoi(hour)
	if half != "" && h > 12 || h < 0 {
		return ""
	}
	switch strings.ToLower(half) {
	case "p":
		h = h%12 + 12
	case "a":
		h %= 12
	}
	return sayTime("en", itoa2(h), minute)
}

func itoa2(n int) string { return string([]byte{byte('0' + n/10%10), byte('0' + n%10)}) }

// enPasses run in this order: longer forms first, what is left last.
var enPasses = []rewrite{
	{regexp.MustCompile(`[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`), func(lang string, m []string) string { return voiceEmail(lang, m[0]) }},
	{regexp.MustCompile(`https?://([^\s<>]+)|\bwww\.[^\s<>]+`), func(lang string, m []string) string {
		return voiceEmail(lang, strings.NewReplacer("/", " ", "https:", "", "http:", "").Replace(strings.TrimRight(m[0], "/.,;")))
	}},
	{regexp.MustCompile(`\b0[1-9](?:[ .\x{00a0}\x{202f}-]?\d{2}){4}\b`), sayPhone},
	{regexp.MustCompile(`\+\d[\d ().\x{00a0}\x{202f}-]{6,18}\d\b`), sayPhone},
	{regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`), func(lang string, m []string) string { return sayDate(lang, m[1], m[2], m[3]) }},
	{regexp.MustCompile(`\b(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})\b`), func(lang string, m []string) string { return sayDate(lang, m[3], m[2], m[1]) }},
	{regexp.MustCompile(`\b24/7\b`), func(string, []string) string { return "twenty-four seven" }},
	{regexp.MustCompile(`(?i)\b(\d{1,2})(?::(\d{2}))?` + sp + `(?:([ap])\.?` + sp + `m\b\.?)?` + sp + `[-–—]` + sp + `(\d{1,2})(?::(\d{2}))?` + sp + `([ap])\.?` + sp + `m\b`), func(_ string, m []string) string {
		half := m[3]
		if half == "" {
			half = m[6]
		}
		a, b := sayTimeEN(m[1], m[2], half), sayTimeEN(m[4], m[5], m[6])
		if a == "" || b == "" {
			return ""
		}
		return a + " to " + b
	}},
	{regexp.MustCompile(`(?i)\b(\d{1,2})(?:[:.](\d{2}))?` + sp + `([ap])\.?` + sp + `m\b`), func(_ string, m []string) string { return sayTimeEN(m[1], m[2], m[3]) }},
	{regexp.MustCompile(`\b(\d{1,2}):(\d{2})\b`), func(_ string, m []string) string { return sayTimeEN(m[1], m[2], "") }},
	{regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)\b`), func(_ string, m []string) string { return ordinal(atoi(m[1])) }},
	{regexp.MustCompile(`\b(\d{1,2}) (?:of )?` + enMonthRE + `(?:,? (\d{4})\b)?`), func(lang string, m []string) string {
		if d := atoi(m[1]); d < 1 || d > 31 {
			return ""
		}
		return strings.TrimSpace("the " + ordinal(atoi(m[1])) + " of " + m[2] + " " + year(lang, m[3]))
	}},
	{regexp.MustCompile(`\b` + enMonthRE + ` (\d{1,2})\b(?:,? (\d{4})\b)?`), func(lang string, m []string) string {
		if d := atoi(m[2]); d < 1 || d > 31 {
			return ""
		}
		return strings.TrimSpace(m[1] + " " + ordinal(atoi(m[2])) + " " + year(lang, m[3]))
	}},
	{regexp.MustCompile(`€` + sp + amountRE), sayMoney("EUR")}, {regexp.MustCompile(`£` + sp + amountRE), sayMoney("GBP")}, {regexp.MustCompile(`\$` + sp + amountRE), sayMoney("USD")},
	{regexp.MustCompile(amountRE + sp + `(?:€|EUR\b|euros?\b)`), sayMoney("EUR")},
	{regexp.MustCompile(amountRE + sp + `%`), func(lang string, m []string) string {
		words, err := voiceNumber(lang, plainNumber(lang, m[1]))
		if err != nil {
			return ""
		}
		return words + " percent"
	}},
	unit(`km/h`, "", "", "kilometre an hour", "kilometres an hour"), unit(`km`, "", "", "kilometre", "kilometres"), unit(`kg`, "", "", "kilo", "kilos"), unit(`cm`, "", "", "centimetre", "centimetres"),
	unit(`mm`, "", "", "millimetre", "millimetres"), unit(`m`, "", "", "metre", "metres"), unit(`g`, "", "", "gram", "grams"), unit(`min|mins`, "", "", "minute", "minutes"), unit(`s|sec|secs`, "", "", "second", "seconds"), unit(`h|hr|hrs`, "", "", "hour", "hours"), unit(`l|L`, "", "", "litre", "litres"),
	{regexp.MustCompile(amountRE + sp + `°C?`), func(lang string, m []string) string {
		words, err := voiceNumber(lang, plainNumber(lang, m[1]))
		if err != nil {
			return ""
		}
		return words + " degrees"
	}},
	literal(`\bMr\b\.?`, "", "mister"), literal(`\bMrs\b\.?`, "", "missus"), literal(`\bMs\b\.?`, "", "miz"), literal(`\bDr\b\.?`, "", "doctor"), literal(`\bSt\b\. `, "", "saint "), literal(`\b[nN]°`+sp, "", "number "), literal(`#`+sp+`\b`, "", "number "),
	literal(`\betc\.`, "", "et cetera"), literal(`\be\.g\.`, "", "for example"), literal(`\bi\.e\.`, "", "that is"), literal(`\bkm\b`, "", "kilometres"),
	{regexp.MustCompile(`(\d)` + sp + `[-–—]` + sp + `(\d)`), func(_ string, m []string) string { return m[1] + " to " + m[2] }},
	{regexp.MustCompile(`\b\d{2}(?:[ .\x{00a0}\x{202f}-]\d{2}){2,}\b`), func(lang string, m []string) string {
		out, err := voiceDigits(lang, m[0])
		if err != nil {
			return ""
		}
		return out
	}},
	{regexp.MustCompile(`\d{1,3}(?:,\d{3})+(?:\.\d+)?\b|\d+(?:\.\d+)?`), sayNumber},
	{regexp.MustCompile(`\d+`), sayNumber},
	literal(`\s*&\s*`, "", " and "), literal(`€`, "", "euros"), literal(`%`, "", "percent"), literal(`£`, "", "pounds"), literal(`\$`, "", "dollars"), literal(`@`, "", "at"), literal(`\s*\+\s*`, "", " plus "), literal(`\s*=\s*`, "", " equals "), literal(`°`, "", " degrees"),
	literal(`²`, "", " squared"), literal(`³`, "", " cubed"), literal(`½`, "", "one half"), literal(`¼`, "", "one quarter"), literal(`\s*/\s*`, "", " or "),
}

func year(lang, y string) string {
	if y == "" {
		return ""
	}
	return sayYear(lang, atoi(y))
}
