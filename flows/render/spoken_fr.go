package render

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	frMonthRE = `(janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|janv\.|févr?\.|avr\.|juill?\.|sept\.|oct\.|nov\.|déc\.)`
	frHourRE  = `(\d{1,2})` + sp + `[hH](?:` + sp + `(\d{2}))?`
)

// frCodeWords are words before a number that the caller writes down: it is said digit by digit.
// Others may stand between, "le code client est le 4512". Before frRanks a number names one of
// several: quatre-vingt takes no s there.
var (
	frCodeWords = words("code codes commande commandes dossier dossiers référence contrat client cliente identifiant ticket pin colis suivi réservation facture siren siret carte numéro n°")
	frBetween   = words("n° numéro client secret est le : pin")
	frRanks     = words("page pages années chapitre article paragraphe chambre bureau porte salle")
)

// frDays are the short forms of the days of the week that stand in opening hours.
var frShortDays = []string{"dim", "lun", "mar", "mer", "jeu", "ven", "sam"}

var frUnits = unitTable(`
km/h: kilomètre à l'heure, kilomètres à l'heure
m/s: mètre par seconde, mètres par seconde
Gbit/s Gbits/s Gb/s Gbps: gigabit par seconde, gigabits par seconde
Mbit/s Mbits/s Mb/s Mbps: mégabit par seconde, mégabits par seconde
kWh: kilowattheure
kVA: kilovoltampère
kW: kilowatt
W: watt
V: volt
mAh: milliampère-heure, milliampères-heures
GHz: gigahertz, gigahertz
MHz: mégahertz, mégahertz
kHz: kilohertz, kilohertz
Hz: hertz, hertz
dB: décibel
km² km2: kilomètre carré, kilomètres carrés
cm² cm2: centimètre carré, centimètres carrés
m² m2: mètre carré, mètres carrés
m³ m3: mètre cube, mètres cubes
cm³ cm3: centimètre cube, centimètres cubes
km: kilomètre
m: mètre
cm: centimètre
mm: millimètre
l L: litre
cl: centilitre
ml: millilitre
t: tonne
kg: kilo
g: gramme
mg: milligramme
To: téraoctet
Go: gigaoctet
Mo: mégaoctet
ko Ko: kilooctet
ha: hectare
j: jour
h: heure
min mn: minute
s sec: seconde
ms: milliseconde
`)

// frPasses run in this order: longer forms first, what is left last.
var frPasses = slices.Concat(markdown, frWeb, frNumbers, frDates, frTimes, frSpans, frOrdinals, moneys(sp+`(k|M|Md)`+sp), []rewrite{
	pass("0 %", amountRE+sp+`%`, sayPercent("pour cent")),
	pass("0 °", `(\d+),(\d)`+sp+`°C?`, func(m match) string { // "trente-sept degrés cinq"
		return wholeWords(m.lang, m.g[1]) + " degrés " + wholeWords(m.lang, m.g[2])
	}),
	pass("0 °", amountRE+sp+`°C?`, sayPercent("degrés")),
	pass("0 x|X|×", `(\d+(?:,\d+)?)`+sp+`[xX×]`+sp+`(\d+(?:,\d+)?`+sp+`(?:mm|cm|m|km)\b)`, func(m match) string { return m.g[1] + " sur " + m.g[2] }),
	pass("0 x|X|×|*", `(\d+)`+sp+`[xX×*]`+sp+`(\d+)`, func(m match) string { return m.g[1] + " fois " + m.g[2] }),
	units(frUnits),
}, frFractions, frShort, frCodes, frSigns)

var frWeb = []rewrite{
	pass("@", mailRE, sayAddress),
	pass(".", webRE, sayAddress),
}

// frNumbers are telephone and account numbers, which look like many other things.
var frNumbers = []rewrite{
	pass("0 A", `\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b`, sayIBAN),
	pass("0 0", `(?:\+33`+sp+`(?:\(0\))?`+sp+`[1-9]|\b0[1-9])(?:[ .\x{00a0}\x{202f}-]?\d{2}){4}\b`, sayPhone),
	pass("0 +", `\+(?:33|44|1)[\d \x{00a0}\x{202f}.()-]{8,16}\d\b`, sayPhone),
	pass("0 +", `\+\d{1,3}(?:[ \x{00a0}\x{202f}.-]?\d{1,4}){2,6}\b`, func(m match) string { return "plus " + marked(m) }),
	pass("0 0", `\b(?:0\d{1,3}(?:[ .\x{00a0}\x{202f}-]\d{2,3}){3,4}|0[ \x{00a0}]?\d{3}(?:[ .\x{00a0}]\d{3}){2})\b`, inPairs),
	pass("0 ppelez|omposez|aites|oindre", `(?i)((?:appelez|composez|faites|joindre)(?: le| au)? )(\d{2})[ .]?(\d{2})\b`, func(m match) string { return m.g[1] + groupsAsMarked(m.lang, m.g[2:]) }),
	pass("0", `\b\d{4}(?: \d{4}){1,}(?: \d{1,4})?\b`, eachDigit),
	pass("0", `\d{3}(?: \d{3})+(?: \d{5})?`, codeAfter(frCodeWords, frBetween)),
}

var frDates = []rewrite{
	pass("0 -", `\b(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?`, func(m match) string {
		d, t := sayDate(m.lang, m.g[1], m.g[2], m.g[3]), sayTime(m.lang, m.g[4], m.g[5])
		if d == "" || t == "" {
			return ""
		}
		return d + " à " + t
	}),
	pass("0 -", `\b(\d{4})-(\d{2})-(\d{2})\b`, func(m match) string { return sayDate(m.lang, m.g[1], m.g[2], m.g[3]) }),
	pass("0 /", `\d+(?:/\d+){3,}`, sayBarred),
	pass("0 /|.|-", `\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})\b`, func(m match) string { return numericDate(m.lang, m.g[1], m.g[2], m.g[3]) }),
	pass("0 /", `\d+(?:/\d+){2,}`, sayBarred),
	pass(".", `\b(`+strings.Join(frShortDays, "|")+`)\.`, func(m match) string {
		if word := m.g[1] == "mar" || m.g[1] == "mer" || m.g[1] == "jeu"; word && !frDayBefore.MatchString(m.before) && !frDayAfter.MatchString(m.after) {
			return "" // the sea, the game
		}
		return frDays[slices.Index(frShortDays, m.g[1])]
	}),
	pass("0 janv|f|mars|avr|mai|jui|août|sept|oct|nov|d", `\b(\d{1,2})(?:er|ER)?(?:[ \x{00a0}\x{202f}])`+frMonthRE+`(?: (\d{4})\b)?`, func(m match) string {
		return sayDate(m.lang, m.g[3], itoa(monthOf(m.lang, m.g[2])), m.g[1])
	}),
	pass("0 /", `(?i)((?:le|du|au|jusqu['’]au|avant le|dès le|vers le|(?:`+strings.Join(frDays[:], "|")+`)) )(\d{1,2})/(\d{1,2})\b`, func(m match) string {
		d := sayDate(m.lang, "", m.g[3], m.g[2])
		if d == "" {
			return ""
		}
		return m.g[1] + d
	}),
	pass("0 -|–|—", `\b((?:1[5-9]|20)\d\d)`+sp+`[-–—]`+sp+`((?:1[5-9]|20)\d\d)\b`, func(m match) string { return wholeWords(m.lang, m.g[1]) + " à " + wholeWords(m.lang, m.g[2]) }),
}

// What stands around a day of the week whose short form is a word of its own.
var (
	frDayBefore = regexp.MustCompile(`(?:lun|mar|mer|jeu|ven|sam|dim)(?:\.|di|edi|credi|manche)?(?: au | et | à | ?[-–] ?|, )$`)
	frDayAfter  = regexp.MustCompile(`^(?: \d| au | et | à | ?[-–])`)
)

// frDateBefore are words behind which 24/7 is a day in July.
var frDateBefore = regexp.MustCompile(`(?i)(?:^|[^\pL])(?:le|du|au|des|les|et|ou|avant|après|depuis|date)[ \x{00a0}:]*$`)

var frTimes = []rewrite{
	pass("0 24/7", `\b24/7\b`, func(m match) string {
		if frDateBefore.MatchString(m.before) {
			return ""
		}
		return "vingt-quatre heures sur vingt-quatre, sept jours sur sept"
	}),
	pass("0 24", `(?i)\b24`+sp+`h(?:eures)?`+sp+`(?:/|sur)`+sp+`24\b`, func(match) string { return "vingt-quatre heures sur vingt-quatre" }),
	pass("0 7", `(?i)\b7`+sp+`j(?:ours)?`+sp+`(?:/|sur)`+sp+`7\b`, func(match) string { return "sept jours sur sept" }),
	pass("0 h|H", `\b`+frHourRE+sp+`[-–—]`+sp+frHourRE+`\b`, func(m match) string {
		a, b := sayTime(m.lang, m.g[1], m.g[2]), sayTime(m.lang, m.g[3], m.g[4])
		if a == "" || b == "" {
			return ""
		}
		return a + " à " + b
	}),
	pass("0 h|H", `\b(\d{1,2})`+sp+`[hH]`+sp+`(\d{2})(?:`+sp+`mi?n)?\b`, func(m match) string { return sayTime(m.lang, m.g[1], m.g[2]) }),
	pass("0 :", `(?i)\b(\d{1,2}):(\d{2})`+sp+`([ap])\.?m\b\.?`, func(m match) string { return halves(m.lang, m.g[1], m.g[2], m.g[3]) }),
	pass("0 :", `\b(\d{1,2}):(\d{2})(?::(\d{2}))?\b`, func(m match) string {
		return andSeconds(m.lang, sayTime(m.lang, m.g[1], m.g[2]), m.g[3])
	}),
	pass("0 h|H", `\b(\d{1,2})`+sp+`[hH]\b`, func(m match) string {
		if n := atoi(m.g[1]); n == 12 || n == 0 || n > 24 {
			return sayHours(m.lang, m.g[1])
		}
		return sayTime(m.lang, m.g[1], "")
	}),
}

var frOrdinals = []rewrite{
	pass("0 1er", `\b1er(s?)\b`, func(m match) string { return "premier" + m.g[1] }),
	pass("0 1re|1è|1e", `\b1(?:re|ère|ere)(s?)\b`, func(m match) string { return "première" + m.g[1] }),
	pass("0 2nd|2de", `\b2(nd|de|nde)(s?)\b`, func(m match) string {
		if m.g[1] == "nd" {
			return "second" + m.g[2]
		}
		return "seconde" + m.g[2]
	}),
	pass("0 e|è|i", `\b(\d{1,4})(?:ièmes?|ièmes|emes?|èmes?|es?)`, func(m match) string {
		if next, _ := utf8.DecodeRuneInString(m.after); isDigit(next) { // 1e9
			return ""
		}
		return frOrdinal(m.lang, int64(atoi(m.g[1])), false)
	}),
	pass("siècle|République|arrond|mill", `\b([IVX]+)(?:er|e|ème) (siècles?|République|arrondissement|millénaire)`, func(m match) string {
		n := roman(m.g[1])
		if n == 0 {
			return ""
		}
		return frOrdinal(m.lang, n, isFeminine(m.g[2]) || m.g[2] == "République") + " " + m.g[2]
	}),
	pass(" I| V| X", `(`+frRulers+`) ([IVX]+)(er)?\b`, func(m match) string {
		switch n := roman(m.g[2]); {
		case n == 0 || n == 1 && m.g[3] == "":
			return ""
		case n == 1:
			return m.g[1] + " premier"
		default:
			return m.g[1] + " " + Number(m.lang, n)
		}
	}),
	pass(" I| V| X| L| C", `(?i:\b(chapitre|tome|acte|titre|annexe|livre|partie|volume|phase))[ \x{00a0}]([IVXLC]+)\b`, func(m match) string {
		n := roman(m.g[2])
		if n == 0 {
			return ""
		}
		return m.g[1] + " " + Number(m.lang, n)
	}),
}

// frSpans are pairs, ranges and signs, which decide what the numbers in them are.
var frSpans = []rewrite{
	pass("0", `\b\d{2}(?:[ .\x{00a0}\x{202f}-]\d{2}){2,}\b`, inPairs),
	literal("e-|E-|e−|E−", `(\d+)[eE][-−](\d+)`, "$1 e moins $2"),
	pass("0 -|–|—|−", `(\d+(?:[.,]\d+)?)`+sp+`[-–—]`+sp+`(\d+)`, span(" à ")),
	pass("0 -|–|—|−", `[-−](\d+)`, signed("moins ")),
	pass("€/|€ /|EUR/|CHF/|EUR /|CHF /|£/|$/", `(€|EUR|CHF|£|\$)`+sp+`/`+sp+`(mois|ans?|jour|nuit|semaine|personne|pers\.|heure|h|min|kWh|kg|km|m²|Go)`, func(m match) string {
		per := m.g[2]
		if full := frPer[per]; full != "" {
			per = full
		}
		return m.g[1] + " par " + per
	}),
}

var frPer = map[string]string{"pers.": "personne", "h": "heure", "min": "minute", "kWh": "kilowattheure", "kg": "kilo", "km": "kilomètre", "m²": "mètre carré", "Go": "gigaoctet"}

var frFractions = []rewrite{
	pass("½|/", `(?:1/2|½) (\pL+)`, func(m match) string {
		return agree(m.lang, "un", m.g[1]) + " demi-" + m.g[1]
	}),
	literal("½|/", `1/2|½`, "un demi"), literal("/|¼", `\b1/4|¼`, "un quart"), literal("/|¾", `\b3/4|¾`, "trois quarts"), literal("/", `\b1/3\b`, "un tiers"), literal("/", `\b2/3\b`, "deux tiers"),
	pass("0 /", `\b(\d{1,3}(?:,\d)?)/(5|10|20|100)\b`, func(m match) string {
		words, err := voiceNumber(m.lang, plainNumber(m.lang, m.g[1]))
		if n := atoi(m.g[1]); err != nil || n > atoi(m.g[2]) {
			return ""
		}
		return words + " sur " + wholeWords(m.lang, m.g[2])
	}),
	pass("0 /", `\b(\d{1,2})/(\d{1,2})\b`, func(m match) string {
		if d := sayDate(m.lang, "", m.g[2], m.g[1]); d != "" && m.g[1] != m.g[2] {
			return d
		}
		return wholeWords(m.lang, m.g[1]) + " sur " + wholeWords(m.lang, m.g[2])
	}),
}

// frShort are abbreviations.
var frShort = []rewrite{
	literal("MM.", `\bMM\. `, "messieurs "), literal("M. et", `\bM\. et M(?:me|ᵐᵉ) `, "monsieur et madame "), literal("M.", `\bM\. `, "monsieur "), literal("Mr", `\bMr\b\.?`, "monsieur"), literal("Mmes", `\bMmes\b`, "mesdames"), literal("Mme", `\bMme\b\.?`, "madame"), literal("Mlle", `\bMlles?\b\.?`, "mademoiselle"),
	literal("Dr", `\bDr\b\.?`, "docteur"), literal("Pr", `\bPr\b\.?`, "professeur"), pass("Me ", `\bMe (\p{Lu}\pL+)`, func(m match) string { return "maître " + m.g[1] }),
	literal("av.", `\bav\. `, "avenue "), literal("bd|bld|boul", `\b(?:bd|bld|boul\.|bd\.) `, "boulevard "), literal("pl.", `\bpl\. `, "place "), literal("rte ", `\brte `, "route "),
	literal("°|º", `\b[nN](?:°|º)s?`+sp, "numéro "), literal("no.|No.", `\b[nN]o\.`+sp, "numéro "), literal("Tél", `\bTél\.`, "Téléphone"), literal("tél", `\btél\.`, "téléphone"),
	pass("etc.", `\betc\.(\.\.|…)?`, func(m match) string {
		next := strings.TrimLeft(m.after, " "+nbsp+narrow)
		if next == "" || strings.ToUpper(next[:1]) == next[:1] && next[0] != ',' && next[0] != ')' && next[0] != ';' && next[0] != '?' && next[0] != '!' && next[0] != '.' && next[0] < 0x80 {
			return "et cetera."
		}
		return "et cetera"
	}),
	literal("c.-", `\bc\.-à-d\.`, "c'est-à-dire"), literal("p. ex", `\bp\. ex\.`, "par exemple"), literal("ex.", `\bex\. `, "exemple "), literal("réf", `\bréf\.`, "référence"), literal("Réf", `\bRéf\.`, "Référence"), literal("env.", `\benv\. `, "environ "), literal("v.p|V.P", `\b(?i:s\.v\.p\.)`, "s'il vous plaît"), literal("svp|SVP", `\b(?:svp|SVP)\b`, "s'il vous plaît"),
	literal("RDV|rdv", `\b(?:RDV|rdv)\b`, "rendez-vous"), literal("max.", `(minutes?)\. max\.`, "$1 maximum."), literal("max.", `\bmax\.`, "maximum."), literal("art.", `\bart\. (\d+)`, "article $1"), literal("p.", `\bp\. (\d+)`, "page $1"), literal("chap.", `\bchap\. `, "chapitre "), literal("cf.", `\bcf\. `, "voir "),
	literal("St", `\bSt[ -](\p{Lu}\pL*)`, "saint-$1"), literal("Ste", `\bSte[ -](\p{Lu}\pL*)`, "sainte-$1"), literal("TTC", `\bTTC\b`, "toutes taxes comprises"), literal("HT", `\bHT\b`, "hors taxes"),
	literal("/", `\bkm/h\b`, "kilomètres à l'heure"), literal("km", `\bkm\b`, "kilomètres"), literal("kg", `\bkg\b`, "kilos"), literal("cm", `\bcm\b`, "centimètres"), literal("mm", `\bmm\b`, "millimètres"),
}

// frCodes are codes and what is written in groups.
var frCodes = []rewrite{
	pass("0 vol|Vol|train|Train|TGV", `(?i:vol|train|TGV)[ \x{00a0}]([A-Z][A-Z0-9]) ?(\d{2,4})\b`, func(m match) string {
		head, _, _ := strings.Cut(m.g[0], m.g[1])
		return head + spaced(m.g[1]) + ", " + balanced(m.lang, m.g[2])
	}),
	pass("0", `\d{4,}`, codeAfter(frCodeWords, frBetween)),
	pass("0", `\d{1,4}`, func(m match) string {
		if !follows(m.before, frRanks, nil) {
			return ""
		}
		return french(m.lang, int64(atoi(m.g[0])), false)
	}),
	pass("0 A", `\b(?:[A-Z]+-?\d|\d+-?[A-Z])[A-Z0-9]*(?:-[A-Z0-9]+)*\b`, sayCode),
	pass("0", `\b\d{1,4}(?: \d{1,4}){3,}\b`, func(m match) string {
		if thousandsRE.MatchString(m.g[0]) {
			return ""
		}
		return marked(m)
	}),
	pass("0", `\b\d{1,3}(?:[ \x{00a0}\x{202f}]\d{3})+(?:,\d+)?\b`, sayNumber),
	pass("0 .", `\d+(?:\.\d+){2,}`, func(m match) string {
		if dotThousandsRE.MatchString(m.g[0]) {
			return voiceOr(m, strings.ReplaceAll(m.g[0], ".", ""))
		}
		return sayVersion(m)
	}),
}

// frSigns are the numbers that are left, and every sign.
var frSigns = []rewrite{
	pass("0", `\d+(?:[.,]\d+)?`, sayNumber), pass("0", `\d+`, sayNumber),
	literal("&", `\s*&(?:amp;)?\s*`, " et "), literal("€", `€`, "euros"), literal("%", `%`, "pour cent"), literal("£", `£`, "livres"), literal("$", `\$`, "dollars"), literal("@", `@`, "arobase "), literal("±", `±\s*`, "plus ou moins "), literal("+", `\s*\+\s*`, " plus "),
	literal("=", `\s*=\s*`, " égale "), literal("°", `°`, " degrés"), literal("²", `²`, " carrés"), literal("³", `³`, " cubes"), literal("/", `(?i)\bet/ou\b`, "et ou"), literal("/", `\s*/\s*`, " ou "), literal("#", `#`, "dièse"), literal("*", `\*`, "étoile"),
}

// span says a range of two numbers; more of them in a row are a code.
func span(to string) func(m match) string {
	return func(m match) string {
		before, _ := utf8.DecodeLastRuneInString(m.before)
		if isLetter(before) || before == '-' || before == '/' || before == '.' || len(m.after) > 1 && m.after[0] == '-' {
			return ""
		}
		return m.g[1] + to + m.g[2]
	}
}

// dotThousandsRE is a number of a million or more in groups of three with dots between, as the
// printers of Belgium and Switzerland set it; with one dot it may as well be a version.
var dotThousandsRE = regexp.MustCompile(`^[1-9]\d{0,2}(?:\.\d{3}){2,}$`)

// thousandsRE is a number in groups of three.
var thousandsRE = regexp.MustCompile(`^\d{1,3}(?: \d{3})+$`)

// inPairs says digits that the author wrote by two, unless there are other groups beside them.
func inPairs(m match) string {
	n := len(m.before)
	if n > 1 && m.before[n-1] == ' ' && isDigit(rune(m.before[n-2])) || len(m.after) > 1 && m.after[0] == ' ' && isDigit(rune(m.after[1])) {
		return ""
	}
	return marked(m)
}

// signed says the sign of a number that stands behind nothing.
func signed(word string) func(m match) string {
	return func(m match) string {
		if m.before != "" && !strings.HasSuffix(m.before, " ") && !strings.HasSuffix(m.before, "(") {
			return ""
		}
		return word + m.g[1]
	}
}
