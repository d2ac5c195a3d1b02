package turneval

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// drawer draws what stands in braces: numbers as people say them, with "|" where they breathe.
type drawer struct {
	script *script
	r      *rand.Rand
	entity string
	value  string // canonical value of the number drawn last
	first  string // code4a: the code that is taken back
}

// draw returns a number, or a line of the list of that name.
func (d *drawer) draw(name string) (string, error) {
	if list := d.script.Lists[name]; len(list) > 0 {
		return list[d.r.IntN(len(list))], nil
	}
	gen := french[name]
	if d.script.Lang == "en" {
		gen = english[name]
	}
	if gen == nil {
		return "", fmt.Errorf("{%s} is neither a list nor a number", name)
	}
	return gen(d), nil
}

// digits draws n digits, the first not zero.
func (d *drawer) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + d.r.IntN(10))
	}
	if n > 0 && b[0] == '0' {
		b[0] = byte('1' + d.r.IntN(9))
	}
	return string(b)
}

// is notes the value of what was drawn.
func (d *drawer) is(value string) { d.value = value }

// one of a list.
func (d *drawer) one(list ...string) string { return list[d.r.IntN(len(list))] }

var frUnits = strings.Fields("zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf")

var frTens = strings.Fields("_ _ vingt trente quarante cinquante soixante")

// frNumber is n, 0 to 99, in words.
func frNumber(n int) string {
	switch {
	case n < 20:
		return frUnits[n]
	case n < 70 && n%10 == 0:
		return frTens[n/10]
	case n < 70 && n%10 == 1:
		return frTens[n/10] + " et un"
	case n < 70:
		return frTens[n/10] + "-" + frUnits[n%10]
	case n == 71:
		return "soixante et onze"
	case n < 80:
		return "soixante-" + frUnits[n-60]
	case n == 80:
		return "quatre-vingts"
	}
	return "quatre-vingt-" + frUnits[n-80]
}

// frPair says two digits as French people dictate them.
func frPair(two string) string {
	n := int(two[0]-'0')*10 + int(two[1]-'0')
	if n < 10 {
		return "zéro " + frUnits[n]
	}
	return frNumber(n)
}

// frPairs says digits in pairs with sep between them.
func frPairs(digits, sep string) string {
	var out []string
	for i := 0; i+2 <= len(digits); i += 2 {
		out = append(out, frPair(digits[i:i+2]))
	}
	return strings.Join(out, sep)
}

// frSplit draws a number from 70 to 99 and says it with a breath inside, where what was said so
// far is a number too.
func frSplit(d *drawer) (string, int) {
	n := 70 + d.r.IntN(30)
	for n == 80 {
		n = 70 + d.r.IntN(30)
	}
	switch {
	case n == 71:
		return "soixante | et onze", n
	case n < 80:
		return "soixante | " + frUnits[n-60], n
	}
	return "quatre-vingt | " + frUnits[n-80], n
}

var frLetters = strings.Fields("Anatole Bernard Célestin Denis Eugène François Gaston Henri Irma Joseph Kléber Louis Marcel Nicolas Oscar Pierre Quentin Raoul Suzanne Thérèse Ursule Victor William Xavier Yvonne Zoé")

// spell draws a letter and says it with a name.
func (d *drawer) spell(names []string, as string) (said string, letter byte) {
	i := d.r.IntN(len(names))
	letter = byte('A' + i)
	return string(letter) + " " + as + " " + names[i], letter
}

func (d *drawer) frRef(digits int) string {
	a, x := d.spell(frLetters, "comme")
	b, y := d.spell(frLetters, "comme")
	n := d.digits(digits)
	d.is(string([]byte{x, y}) + n)
	return a + " | " + b + " | " + frPairs(n, " | ")
}

func (d *drawer) frPairsOf(n int) string {
	v := d.digits(n)
	d.is(v)
	return frPairs(v, " | ")
}

// email says an address, without accents in its value.
func (d *drawer) email(first, last, domain, dot, at string) string {
	d.is(plainLetters.Replace(first+"."+last) + "@" + strings.ReplaceAll(domain, " "+dot+" ", "."))
	return first + " " + dot + " " + last + " | " + at + " | " + domain
}

var plainLetters = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "ç", "c", "ï", "i", "î", "i", "ô", "o", "û", "u")

// code4 draws a code of four digits; taken back when it is the first of a correction.
func (d *drawer) code4() string {
	v := d.digits(4)
	for v == d.first {
		v = d.digits(4)
	}
	return v
}

// french are the numbers of French texts.
var french = map[string]func(*drawer) string{
	"phone": func(d *drawer) string {
		v := "0" + d.one("1", "2", "3", "4", "5", "6", "6", "6", "7") + d.digits(8)
		if d.is(v); d.entity == "phone" {
			d.is("+33" + v[1:])
		}
		return frPairs(v, " | ")
	},
	"pairs6":   func(d *drawer) string { return d.frPairsOf(6) },
	"pairs8":   func(d *drawer) string { return d.frPairsOf(8) },
	"ref2":     func(d *drawer) string { return d.frRef(4) },
	"ref3":     func(d *drawer) string { return d.frRef(6) },
	"code4a":   func(d *drawer) string { d.first = d.code4(); return frPairs(d.first, " ") },
	"code4":    func(d *drawer) string { v := d.code4(); d.is(v); return frPairs(v, " ") },
	"numéro":   func(d *drawer) string { return frNumber(2 + d.r.IntN(67)) },
	"postcode": frPostcode,
	"card": func(d *drawer) string {
		v := d.digits(16)
		d.is(v)
		return frPairs(v[:4], " ") + " | " + frPairs(v[4:8], " ") + " | " + frPairs(v[8:12], " ") + " | " + frPairs(v[12:], " ")
	},
	"iban": func(d *drawer) string {
		v := d.digits(6)
		d.is("FR" + v)
		return "F R " + frPair(v[:2]) + " | " + frPairs(v[2:], " ")
	},
	"split": func(d *drawer) string { s, n := frSplit(d); d.is(fmt.Sprint(n)); return s },
	"splitpair": func(d *drawer) string {
		a := d.digits(2)
		s, n := frSplit(d)
		d.is(fmt.Sprintf("%s%d", a, n))
		return frPair(a) + " " + s
	},
	"price": func(d *drawer) string {
		s, n := frSplit(d)
		hundreds := d.r.IntN(3)
		switch hundreds {
		case 1:
			s = "cent " + s
		case 2:
			s = "deux cent " + s
		}
		cents := d.one("", "", " vingt", " cinquante")
		d.is(fmt.Sprintf("%d.%s", hundreds*100+n, map[string]string{"": "00", " vingt": "20", " cinquante": "50"}[cents]))
		return s + " euros" + cents
	},
	"email": func(d *drawer) string {
		l := d.script.Lists
		return d.email(d.one(l["prénom"]...), d.one(l["nom"]...), d.one(l["domaine"]...), "point", "arobase")
	},
}

func frPostcode(d *drawer) string {
	dept, town := d.one("75", "69", "33", "44", "59", "13", "31", "67", "35", "38", "21"), fmt.Sprintf("%02d", d.r.IntN(20)+1)
	d.is(dept + "0" + town)
	return frPair(dept) + " | zéro " + frPair(town)
}

var enUnits = strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen")

var enTens = strings.Fields("_ _ twenty thirty forty fifty sixty seventy eighty ninety")

// enNumber is n, 0 to 99, in words.
func enNumber(n int) string {
	switch {
	case n < 20:
		return enUnits[n]
	case n%10 == 0:
		return enTens[n/10]
	}
	return enTens[n/10] + " " + enUnits[n%10]
}

// enDigits says digits one by one, zero as "oh" when oh is set, and two alike as "double five"
// when double is set.
func enDigits(digits string, oh, double bool) string {
	var out []string
	for i := 0; i < len(digits); i++ {
		w := enUnits[digits[i]-'0']
		if oh && digits[i] == '0' {
			w = "oh"
		}
		if double && i+1 < len(digits) && digits[i+1] == digits[i] {
			w = "double " + w
			i++
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

func (d *drawer) enGroups(v string, sizes ...int) string {
	oh, double := d.r.IntN(2) == 0, d.r.IntN(3) == 0
	var out []string
	for _, n := range sizes {
		out, v = append(out, enDigits(v[:n], oh, double)), v[n:]
	}
	return strings.Join(out, " | ")
}

var enLetters = strings.Fields("Alpha Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliet Kilo Lima Mike November Oscar Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey Xray Yankee Zulu")

func (d *drawer) enRef(digits int) string {
	as := d.one("as in", "for")
	a, x := d.spell(enLetters, as)
	b, y := d.spell(enLetters, as)
	v := d.digits(digits)
	d.is(string([]byte{x, y}) + v)
	return a + " | " + b + " | " + enDigits(v[:2], false, false) + " | " + enDigits(v[2:], false, false)
}

// enSplit draws a number and says it with a breath inside.
func enSplit(d *drawer) (string, int) {
	if d.r.IntN(4) == 0 {
		n := 1 + d.r.IntN(9)
		m := 1 + d.r.IntN(99)
		return enUnits[n] + " hundred | and " + enNumber(m), n*100 + m
	}
	n := 21 + d.r.IntN(79)
	for n%10 == 0 {
		n = 21 + d.r.IntN(79)
	}
	return enTens[n/10] + " | " + enUnits[n%10], n
}

// english are the numbers of English texts.
var english = map[string]func(*drawer) string{
	"phone":   func(d *drawer) string { v := d.digits(10); d.is(v); return d.enGroups(v, 3, 3, 4) },
	"groups6": func(d *drawer) string { v := d.digits(6); d.is(v); return d.enGroups(v, 3, 3) },
	"groups8": func(d *drawer) string { v := d.digits(8); d.is(v); return d.enGroups(v, 4, 4) },
	"zip":     func(d *drawer) string { v := d.digits(5); d.is(v); return d.enGroups(v, 3, 2) },
	"card":    func(d *drawer) string { v := d.digits(16); d.is(v); return d.enGroups(v, 4, 4, 4, 4) },
	"ref2":    func(d *drawer) string { return d.enRef(4) },
	"ref3":    func(d *drawer) string { return d.enRef(6) },
	"code4a":  func(d *drawer) string { d.first = d.code4(); return enDigits(d.first, false, false) },
	"code4":   func(d *drawer) string { v := d.code4(); d.is(v); return enDigits(v, false, false) },
	"house":   func(d *drawer) string { return enNumber(2 + d.r.IntN(97)) },
	"iban": func(d *drawer) string {
		v := d.digits(2)
		bank := d.one("NWBK", "LOYD", "MIDL", "HBUK")
		d.is("GB" + v + bank)
		return "G B " + enDigits(v, false, false) + " | " + strings.Join(strings.Split(bank, ""), " ")
	},
	"split": func(d *drawer) string { s, n := enSplit(d); d.is(fmt.Sprint(n)); return s },
	"price": func(d *drawer) string {
		s, n := enSplit(d)
		d.is(fmt.Sprintf("%d.00", n))
		return s + " pounds"
	},
	"double4": func(d *drawer) string {
		x, y := d.digits(1), d.digits(2)
		for y[0] == x[0] || y[0] == y[1] {
			y = d.digits(2)
		}
		d.is(x + x + y)
		if d.r.IntN(2) == 0 {
			return "double | " + enDigits(x, false, false) + " " + enDigits(y, true, false)
		}
		return "double " + enDigits(x, false, false) + " | " + enDigits(y, true, false)
	},
	"email": func(d *drawer) string {
		l := d.script.Lists
		return d.email(d.one(l["first"]...), d.one(l["last"]...), d.one(l["domain"]...), "dot", "at")
	},
}
