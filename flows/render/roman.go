package render

import "strings"

// frRulers and enRulers are names that stand before a Roman numeral; elsewhere "IV" or "C" may be
// anything.
const (
	frRulers = `Louis|Henri|Charles|François|Philippe|Napoléon|Jean-Paul|Jean|Benoît|Pie|Léopold|Albert|Élisabeth|Elisabeth|Catherine|Guillaume|Édouard|Georges|Grégoire|Paul|Léon|Alexandre|Frédéric|Pierre|Baudouin`
	enRulers = `Henry|Charles|Elizabeth|George|Edward|William|James|Richard|Louis|John Paul|Philip|Catherine|Mary|Francis|Pius|Benedict|Alexander|Frederick|Peter|Nicholas|Albert`
)

var romanDigits = map[byte]int64{'I': 1, 'V': 5, 'X': 10, 'L': 50, 'C': 100}

// roman reads a Roman numeral up to 399, 0 when it is not one as it is written: "IIII" and "VX"
// are none.
func roman(s string) int64 {
	var n, last int64
	for i := len(s) - 1; i >= 0; i-- {
		d := romanDigits[s[i]]
		if d < last {
			n -= d
		} else {
			n, last = n+d, d
		}
	}
	if n <= 0 || n > 399 || toRoman(n) != s {
		return 0
	}
	return n
}

// numeral reports a word that may be a Roman numeral, "XIV" or "XIXe"; a lone I is the English
// pronoun.
func numeral(word string) bool {
	head := strings.TrimLeft(word, "IVXLC")
	return head != word && word != "I" && (head == "" || head == "e" || head == "er" || head == "ème" || head == "th" || head == "st" || head == "nd" || head == "rd")
}

func toRoman(n int64) string {
	var b strings.Builder
	for _, r := range []struct {
		v int64
		s string
	}{{100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for ; n >= r.v; n -= r.v {
			b.WriteString(r.s)
		}
	}
	return b.String()
}

// short are the abbreviations that have no sign of their own: a text with one needs work.
var short = words(`Mme Mmes Mlle Mlles Mr Mrs Ms Dr Pr Me MM M St Ste km kg cm mm tél Tél etc av bd bld pl rte réf Réf env RDV rdv svp SVP max art chap cf TTC HT p ex lun mar mer jeu ven sam dim
	Prof No no Rd Ave Blvd Ltd Inc vs approx dept Dept ext Tel tel eg ie Mon Tue Wed Thu Fri Sat Sun Tues Thurs Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec`)
