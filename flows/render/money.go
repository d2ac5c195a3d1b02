package render

import (
	"fmt"
	"strings"
)

// money is an amount in hundredths with its currency.
type money struct {
	negative bool
	whole    string // digits
	cents    int
	unit     currency
}

// currency is how an amount's unit is said and shown.
type currency struct {
	sign           string
	fr, en         [2]string // one, many
	frCent, enCent [2]string
}

var currencies = map[string]currency{
	"EUR": {"€", [2]string{"euro", "euros"}, [2]string{"euro", "euros"}, [2]string{"centime", "centimes"}, [2]string{"cent", "cents"}},
	"GBP": {"£", [2]string{"livre", "livres"}, [2]string{"pound", "pounds"}, [2]string{"penny", "pence"}, [2]string{"penny", "pence"}},
	"USD": {"$", [2]string{"dollar", "dollars"}, [2]string{"dollar", "dollars"}, [2]string{"cent", "cents"}, [2]string{"cent", "cents"}},
	"CHF": {"CHF", [2]string{"franc", "francs"}, [2]string{"franc", "francs"}, [2]string{"centime", "centimes"}, [2]string{"centime", "centimes"}},
}

// parseMoney reads "42.50", "42,5", "42 EUR", "-3.20 €"; without a currency it is euros.
func parseMoney(value string) (money, error) {
	m := money{unit: currencies["EUR"]}
	s := strings.TrimSpace(value)
	for code, c := range currencies {
		for _, mark := range []string{code, c.sign} {
			if strings.Contains(s, mark) {
				m.unit = c
				s = strings.TrimSpace(strings.Replace(s, mark, "", 1))
			}
		}
	}
	negative, whole, frac, err := decimalParts(strings.Trim(s, " "+nbsp+narrow))
	if err != nil || len(frac) > 2 && strings.Trim(frac[2:], "0") != "" {
		return money{}, fmt.Errorf("render money %q: not an amount; write it like 42.50", value)
	}
	frac = (frac + "00")[:2]
	m.negative, m.whole, m.cents = negative, whole, int(frac[0]-'0')*10+int(frac[1]-'0')
	return m, nil
}

func (m money) voice(lang string) string {
	out := m.amount(lang)
	if m.negative {
		return minus(lang) + " " + out
	}
	return out
}

func (m money) amount(lang string) string {
	names, centNames := m.unit.fr, m.unit.frCent
	if inEnglish(lang) {
		names, centNames = m.unit.en, m.unit.enCent
	}
	if m.whole == "0" && m.cents > 0 {
		return Number(lang, int64(m.cents)) + " " + choose(centNames, lang, m.cents)
	}
	words := wholeWords(lang, m.whole)
	unit := names[1]
	if m.whole == "1" || m.whole == "0" && !inEnglish(lang) {
		unit = names[0]
	}
	if !inEnglish(lang) && roundMillions(m.whole) {
		words += " d'" // "un million d'euros"
		if !strings.HasPrefix(unit, "e") {
			words = strings.TrimSuffix(words, "'") + "e "
		}
		words += unit
	} else {
		if unit == "livre" || unit == "livres" {
			words = feminine(words)
		}
		words += " " + unit
	}
	if m.cents == 0 {
		return words
	}
	if inEnglish(lang) && m.cents < 10 {
		return words + " and " + Number(lang, int64(m.cents)) + " " + choose(centNames, lang, m.cents)
	}
	return words + " " + Number(lang, int64(m.cents))
}

func choose(names [2]string, lang string, n int) string {
	if n == 1 || n == 0 && !inEnglish(lang) {
		return names[0]
	}
	return names[1]
}

func roundMillions(whole string) bool {
	return len(whole) > 6 && strings.Trim(whole[len(whole)-6:], "0") == ""
}

func (m money) text(lang string) string {
	out := thousands(lang, m.whole)
	if m.cents > 0 || inEnglish(lang) {
		out += decimalSign(lang) + fmt.Sprintf("%02d", m.cents)
	}
	if inEnglish(lang) {
		out = m.unit.sign + out
	} else {
		out += nbsp + m.unit.sign
	}
	if m.negative {
		return "-" + out
	}
	return out
}
