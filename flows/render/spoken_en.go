package render

import (
	"slices"
	"strings"
)

const (
	enMonthRE = `(January|February|March|April|May|June|July|August|September|October|November|December|Jan\b\.?|Feb\b\.?|Mar\b\.?|Apr\b\.?|Jun\b\.?|Jul\b\.?|Aug\b\.?|Sept?\b\.?|Oct\b\.?|Nov\b\.?|Dec\b\.?)`
	enHalfRE  = `(?:([aApP])(?:\.` + sp + `[mM]\.|` + sp + `[mM]\b))`
)

// enCodeWords are words before a number that the caller writes down: it is said digit by digit.
// Others may stand between, "your order number is 4512".
var (
	enCodeWords = words("code codes order orders reference references ref contract customer account ticket pin parcel tracking booking invoice card ext. extension")
	enBetween   = words("number no. code id is :")
)

var (
	enDays      = [...]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}
	enShortDays = `(Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)`
)

func dayOf(s string) string {
	return enDays[max(0, slices.IndexFunc(enDays[:], func(d string) bool { return strings.HasPrefix(d, s) }))]
}

var enUnits = unitTable(`
km/h kph: kilometre an hour, kilometres an hour
mph: mile an hour, miles an hour
m/s: metre per second, metres per second
Gbit/s Gb/s Gbps: gigabit per second, gigabits per second
Mbit/s Mb/s Mbps: megabit per second, megabits per second
kWh: kilowatt hour
kW: kilowatt
W: watt
V: volt
mAh: milliamp hour
GHz: gigahertz, gigahertz
MHz: megahertz, megahertz
kHz: kilohertz, kilohertz
Hz: hertz, hertz
dB: decibel
km² km2: square kilometre
m² m2: square metre
m³ m3: cubic metre
km: kilometre
m: metre
cm: centimetre
mm: millimetre
ft: foot, feet
l L: litre
ml: millilitre
kg: kilo
g: gram
mg: milligram
lb lbs: pound
oz: ounce
TB: terabyte
GB: gigabyte
MB: megabyte
kB KB: kilobyte
h hr hrs: hour
min mins: minute
s sec secs: second
ms: millisecond
`)

// enPasses run in this order: longer forms first, what is left last.
var enPasses = slices.Concat(markdown, enWeb, enNumbers, enTimes, enDates, enSpans, enOrdinals, moneys(sp+`(k\b|m\b|bn\b|million|billion)`), []rewrite{
	pass("0 p", `\b(\d+)p\b`, func(m match) string {
		return wholeWords(m.lang, m.g[1]) + " " + choose(currencies["GBP"].enCent, m.lang, atoi(m.g[1]))
	}),
	pass("0 %", amountRE+sp+`%`, sayPercent("percent")),
	pass("0 °", amountRE+sp+`°F`, sayPercent("degrees Fahrenheit")), pass("0 °", amountRE+sp+`°C?`, sayPercent("degrees")),
	pass("0 x|X|×", `(\d+(?:\.\d+)?)`+sp+`[xX×]`+sp+`(\d+(?:\.\d+)?`+sp+`(?:mm|cm|m|km|ft)\b)`, func(m match) string { return m.g[1] + " by " + m.g[2] }),
	pass("0 x|X|×|*", `(\d+)`+sp+`[xX×*]`+sp+`(\d+)`, func(m match) string { return m.g[1] + " times " + m.g[2] }),
	units(enUnits),
}, enFractions, enShort, enCodes, enSigns)

var enWeb = []rewrite{
	pass("@", mailRE, sayAddress),
	pass(".", webRE, sayAddress),
}

// enNumbers are telephone and account numbers.
var enNumbers = []rewrite{
	pass("0 A", `\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b`, sayIBAN),
	pass("0 0", `\b0[1-9](?:[ .\x{00a0}\x{202f}-]\d{2}){4}\b`, sayPhone),
	pass("0 +", `\+\d[\d ().\x{00a0}\x{202f}-]{6,18}\d\b`, sayPhone),
	pass("0 -|.", `(?:\(\d{3}\) ?|\b\d{3}[-. ])\d{3}[-.]\d{4}\b`, marked),
	pass("0 0", `\b0\d{2,4} \d{3,4}(?: ?\d{3,4})?\b`, func(m match) string {
		runs := digitRuns(m.g[0])
		if n := len(runs); n == 2 && len(runs[1]) == 6 || n == 3 && len(runs[2]) < 3 {
			return marked(match{lang: m.lang, g: []string{runs[0] + " " + runs[1][:3] + " " + runs[1][3:]}})
		}
		return marked(m)
	}),
	pass("0", `(?i:\b(?:call|dial|ring|phone|text|tel:?|or) )(\d{3})\b`, func(m match) string {
		if n := m.g[1]; strings.HasPrefix(strings.ToLower(m.g[0]), "or") && n != "112" && n != "999" && n != "911" && n != "111" && n != "101" {
			return ""
		}
		return strings.TrimSuffix(m.g[0], m.g[1]) + singles(m.lang, m.g[1])
	}),
	pass("0", `\b\d{4}(?: \d{4}){1,}(?: \d{1,4})?\b`, eachDigit),
}

var enTimes = []rewrite{
	pass("0 -", `\b(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?`, func(m match) string {
		d, t := sayDate(m.lang, m.g[1], m.g[2], m.g[3]), sayTime(m.lang, m.g[4], m.g[5])
		if d == "" || t == "" {
			return ""
		}
		return d + " at " + t
	}),
	literal("/", `\b24/7\b`, "twenty-four seven"),
	pass("0 -|–|—", `\b(\d{1,2})(?::(\d{2}))?`+sp+enHalfRE+`?`+sp+`[-–—]`+sp+`(\d{1,2})(?::(\d{2}))?`+sp+enHalfRE, func(m match) string {
		half := m.g[3]
		if half == "" {
			half = m.g[6]
			if a, b := atoi(m.g[1]), atoi(m.g[4]); strings.EqualFold(half, "p") && a%12 > b%12 { // "9-5 pm" begins in the morning
				half = "a"
			}
		}
		a, b := halves(m.lang, m.g[1], m.g[2], half), halves(m.lang, m.g[4], m.g[5], m.g[6])
		if a == "" || b == "" {
			return ""
		}
		return a + " to " + b
	}),
	pass("0 m|M", `\b(\d{1,2})(?:[:.](\d{2}))?(?::(\d{2}))?`+sp+enHalfRE, func(m match) string {
		return andSeconds(m.lang, halves(m.lang, m.g[1], m.g[2], m.g[4]), m.g[3])
	}),
	pass("0 :", `\b(\d{1,2}):(\d{2})(?::(\d{2}))?\b`, func(m match) string {
		return andSeconds(m.lang, halves(m.lang, m.g[1], m.g[2], ""), m.g[3])
	}),
}

var enDates = []rewrite{
	pass("0 -", `\b(\d{4})-(\d{2})-(\d{2})\b`, func(m match) string { return sayDate(m.lang, m.g[1], m.g[2], m.g[3]) }),
	pass("0 /", `\d+(?:/\d+){3,}`, sayBarred),
	pass("0 /|.", `\b(\d{1,2})[/.](\d{1,2})[/.](\d{4}|\d{2})\b`, func(m match) string { return numericDate(m.lang, m.g[1], m.g[2], m.g[3]) }),
	pass("0 /", `\d+(?:/\d+){2,}`, sayBarred),
	pass("A", `\b`+enShortDays+`\.?( ?[-–—] ?| to | and )`+enShortDays+`\b\.?`, func(m match) string {
		between := m.g[2]
		if strings.ContainsAny(between, "-–—") {
			between = " to "
		}
		return dayOf(m.g[1]) + between + dayOf(m.g[3])
	}),
	pass("0 A", `\b`+enShortDays+`\b\.?,? (\d+)`, func(m match) string { return dayOf(m.g[1]) + " " + m.g[2] }),
	pass("0 -|–|—", `\b(\d{1,2})`+sp+`[-–—]`+sp+`(\d{1,2}) `+enMonthRE, func(m match) string {
		a, b := atoi(m.g[1]), atoi(m.g[2])
		if a < 1 || a >= b || b > 31 {
			return ""
		}
		return "the " + ordinal(a) + " to the " + ordinal(b) + " of " + enMonths[monthOf(m.lang, m.g[3])]
	}),
	pass("0", `\b((?:the )?)(\d{1,2})(?:st|nd|rd|th)? (?:of )?`+enMonthRE+`(?:,? (\d{4})\b)?`, func(m match) string {
		d := atoi(m.g[2])
		if d < 1 || d > 31 {
			return ""
		}
		return strings.TrimSpace("the " + ordinal(d) + " of " + enMonths[monthOf(m.lang, m.g[3])] + " " + year(m.lang, m.g[4]))
	}),
	pass("0 A", `\b`+enMonthRE+` (\d{1,2})(?:st|nd|rd|th)?\b(?:,? (\d{4})\b)?`, func(m match) string {
		d := atoi(m.g[2])
		if d < 1 || d > 31 {
			return ""
		}
		return strings.TrimSpace(enMonths[monthOf(m.lang, m.g[1])] + " " + ordinal(d) + " " + year(m.lang, m.g[3]))
	}),
	pass("0 /", `\b((?:on|from|to|until|by|before|after|since) (?:the )?)(\d{1,2})/(\d{1,2})\b`, func(m match) string {
		d := numericDate(m.lang, m.g[2], m.g[3], "")
		if d == "" {
			return ""
		}
		return strings.TrimSuffix(m.g[1], "the ") + d
	}),
	pass("0 -|–|—", `\b((?:1[5-9]|20)\d\d)`+sp+`[-–—]`+sp+`((?:1[5-9]|20)\d\d)\b`, func(m match) string { return year(m.lang, m.g[1]) + " to " + year(m.lang, m.g[2]) }),
	pass("0", `(?i:\b(in|since|of|year|by|until|from|before|after|during|early|late|mid) )(1[1-9]\d\d|20\d\d)\b`, func(m match) string {
		if w := nextWord(m.after); w != "" && !yearFollows[w] {
			return ""
		}
		return strings.TrimSuffix(m.g[0], m.g[2]) + year(m.lang, m.g[2])
	}),
	pass("0 0s", `\b(1[1-9]|20)?(\d)0s\b`, func(m match) string {
		tens := strings.TrimSuffix(english(int64(atoi(m.g[2]))*10), "y") + "ies"
		if m.g[2] < "2" {
			return ""
		}
		if m.g[1] != "" {
			tens = english(int64(atoi(m.g[1]))) + " " + tens
		}
		return tens
	}),
}

// yearFollows are words that may stand behind a year; behind a quantity stands what is counted.
var yearFollows = words(`and or to at was is are for the with we it on by in a an as he she they you will has had have were onwards`)

var enOrdinals = []rewrite{
	pass("0 st|nd|rd|th", `\b(\d{1,4})(?:st|nd|rd|th)\b`, func(m match) string { return ordinal(atoi(m.g[1])) }),
	pass("centur", `\b([IVX]+)(?:st|nd|rd|th) (century|centuries)`, func(m match) string {
		n := roman(m.g[1])
		if n == 0 {
			return ""
		}
		return ordinal(int(n)) + " " + m.g[2]
	}),
	pass(" I| V| X", `\b(`+enRulers+`) ([IVX]+)\b`, func(m match) string {
		n := roman(m.g[2])
		if n == 0 || m.g[2] == "I" && nextWord(m.after) != "" { // "George I told you about"
			return ""
		}
		o := ordinal(int(n))
		return m.g[1] + " the " + strings.ToUpper(o[:1]) + o[1:]
	}),
	pass(" I| V| X| L", `(?i:\b(chapter|part|act|volume|book|section|war|phase)) ([IVXLC]+)\b`, func(m match) string {
		n := roman(m.g[2])
		if n == 0 || m.g[2] == "I" || m.g[2] == "C" {
			return ""
		}
		return m.g[1] + " " + english(n)
	}),
}

// enSpans are pairs, ranges and signs, which decide what the numbers in them are.
var enSpans = []rewrite{
	pass("0", `\b\d{2}(?:[ .\x{00a0}\x{202f}-]\d{2}){2,}\b`, inPairs),
	literal("e-|E-|e−|E−", `(\d+)[eE][-−](\d+)`, "$1 e minus $2"),
	pass("0 -|–|—|−", `(\d+(?:\.\d+)?)`+sp+`[-–—]`+sp+`(\d+)`, span(" to ")),
	pass("0 -|–|—|−", `[-−](\d+)`, signed("minus ")),
	pass("0 /", `([€£$]|\d[\d.,]*)`+sp+`/`+sp+`(month|year|day|week|hour|night|person|kWh|kg|km|GB|min)\b`, func(m match) string {
		per := m.g[2]
		switch per {
		case "kWh":
			per = "kilowatt hour"
		case "kg":
			per = "kilo"
		case "km":
			per = "kilometre"
		case "GB":
			per = "gigabyte"
		case "min":
			per = "minute"
		}
		return m.g[1] + " per " + per
	}),
	pass("0 -|–|—|−", `[-−]([£$€])`, signed("minus ")),
	pass("0 -|–|—|−", `([£$€]`+sp+`\d[\d.,]*)`+sp+`[-–—]`+sp+`([£$€]`+sp+`\d+)`, func(m match) string { return m.g[1] + " to " + m.g[2] }),
}

var enFractions = []rewrite{
	literal("/|½", `(?:\b1/2|½) (an? )`, "half $1"), literal("/|½", `(?:\b1/2|½) price`, "half price"), literal("/|½", `\b1/2|½`, "one half"), literal("/|¼", `\b1/4|¼`, "one quarter"), literal("/|¾", `\b3/4|¾`, "three quarters"), literal("/", `\b1/3\b`, "one third"), literal("/", `\b2/3\b`, "two thirds"),
	pass("0 /", `\b(\d{1,3}(?:\.\d)?)/(5|10|20|100)\b`, func(m match) string {
		words, err := voiceNumber(m.lang, m.g[1])
		if n := atoi(m.g[1]); err != nil || n > atoi(m.g[2]) {
			return ""
		}
		return words + " out of " + wholeWords(m.lang, m.g[2])
	}),
	pass("0 /", `\b(\d{1,2})/(\d{1,2})\b`, func(m match) string {
		if m.g[1] != m.g[2] {
			if d := numericDate(m.lang, m.g[1], m.g[2], ""); d != "" {
				return d
			}
		}
		return wholeWords(m.lang, m.g[1]) + " out of " + wholeWords(m.lang, m.g[2])
	}),
}

// enShort are abbreviations.
var enShort = []rewrite{
	literal("Mr", `\bMr\b\.?`, "mister"), literal("Mrs", `\bMrs\b\.?`, "missus"), literal("Ms", `\bMs\b\.?`, "miz"), literal("Dr", `\bDr\b\.?`, "doctor"), literal("Prof", `\bProf\b\.?`, "professor"),
	pass("St", `\bSt\b(\.?)`, func(m match) string {
		next := strings.TrimLeft(m.after, " ")
		if next != "" && next[0] >= 'A' && next[0] <= 'Z' && next != m.after && !strings.HasSuffix(m.before, "High ") {
			return "Saint"
		}
		if m.g[1] == "." && next == "" {
			return "Street."
		}
		return "Street"
	}),
	pass("A", `(\p{Lu}\pL+ )(Rd|Ave|Blvd|Sq|Ln)\b\.?`, func(m match) string {
		return m.g[1] + map[string]string{"Rd": "Road", "Ave": "Avenue", "Blvd": "Boulevard", "Sq": "Square", "Ln": "Lane"}[m.g[2]]
	}),
	literal("°|º", `\b[nN]°`+sp, "number "), literal("no.|No.", `\b[nN]o\. ?(\d+)`, "number $1"), literal("#", `#`+sp+`(\d+)`, "number $1"),
	pass("etc.", `\betc\.`, func(m match) string {
		next := strings.TrimLeft(m.after, " ")
		if next == "" || next != m.after && next[0] >= 'A' && next[0] <= 'Z' {
			return "et cetera."
		}
		return "et cetera"
	}),
	literal("e.g", `\be\.g\.`, "for example"), literal("i.e", `\bi\.e\.`, "that is"), literal("approx", `\bapprox\.`, "approximately"), literal("vs", `\bvs\b\.?`, "versus"), literal("Ltd", `\bLtd\b\.?`, "Limited"), literal("Inc", `\bInc\b\.`, "Incorporated"),
	literal("p.", `\bp\. ?(\d+)`, "page $1"), literal(".", `\b[dD]ept\.`, "department"), literal(".", `\b[eE]xt\. `, "extension "), literal("Tel", `\bTel\b[.:]?:?`, "Telephone:"),
	literal("km", `\bkm\b`, "kilometres"), literal("kg", `\bkg\b`, "kilos"), literal("mph", `\bmph\b`, "miles an hour"),
}

// enCodes are codes and what is written in groups.
var enCodes = []rewrite{
	pass("0", `\b([A-Z]{1,2}\d[A-Z\d]?) (\d[A-Z]{2})\b`, func(m match) string { // a postcode of the United Kingdom
		return singles(m.lang, m.g[1]) + ", " + singles(m.lang, m.g[2])
	}),
	pass("0 light|rain", `(?i:flight|train) ([A-Z][A-Z0-9]) ?(\d{2,4})\b`, func(m match) string {
		head, _, _ := strings.Cut(m.g[0], m.g[1])
		return head + spaced(m.g[1]) + ", " + balanced(m.lang, m.g[2])
	}),
	pass("0 oom|uite|lat|ate", `(?i:\b(room|suite|flat|gate)) (\d)(\d\d)\b`, func(m match) string {
		switch low := atoi(m.g[3]); {
		case low == 0:
			return m.g[1] + " " + english(int64(atoi(m.g[2]))) + " hundred"
		case low < 10:
			return m.g[1] + " " + english(int64(atoi(m.g[2]))) + " oh " + english(int64(low))
		default:
			return m.g[1] + " " + english(int64(atoi(m.g[2]))) + " " + english(int64(low))
		}
	}),
	pass("0", `\d{4,}`, codeAfter(enCodeWords, enBetween)),
	pass("0 A", `\b(?:[A-Z]+-?\d|\d+-?[A-Z])[A-Z0-9]*(?:-[A-Z0-9]+)*\b`, sayCode),
	pass("0 ,", `\b\d{1,3}(?:,\d{3})+(?:\.\d+)?\b`, sayNumber),
	pass("0 .", `\d+(?:\.\d+){2,}`, sayVersion),
}

// enSigns are the numbers that are left, and every sign.
var enSigns = []rewrite{
	pass("0", `\d+(?:\.\d+)?`, sayNumber), pass("0", `\d+`, sayNumber),
	literal("&", `\s*&(?:amp;)?\s*`, " and "), literal("€", `€`, "euros"), literal("%", `%`, "percent"), literal("£", `£`, "pounds"), literal("$", `\$`, "dollars"), literal("@", `@`, "at "), literal("±", `±\s*`, "plus or minus "), literal("+", `\s*\+\s*`, " plus "),
	literal("=", `\s*=\s*`, " equals "), literal("°", `°`, " degrees"), literal("²", `²`, " squared"), literal("³", `³`, " cubed"), literal("/", `(?i)\band/or\b`, "and or"), literal("/", `\s*/\s*`, " or "),
	pass("#", `#`, func(m match) string {
		if region(m.lang) == "us" {
			return "pound"
		}
		return "hash"
	}), literal("*", `\*`, "star"),
}

func year(lang, y string) string {
	if y == "" {
		return ""
	}
	return sayYear(lang, atoi(y))
}
