package entity

import (
	"slices"
	"strings"
	"time"
)

// Fill says how far words satisfy what is expected.
type Fill int

// Fills, in the order in which words that are still coming pass through them.
const (
	Nothing  Fill = iota // no part of an answer: no words, or words about something else
	Partial              // an answer has begun, and this much is none yet: "zéro six douze", "jean point dupont"
	Possible             // an answer, which may go on: "soixante", "le douze", "quatorze heures"
	Complete             // an answer, behind which nothing can follow: eight digits of eight, "demain"
)

// String is the word that traces and tables of tests show.
func (f Fill) String() string {
	return [...]string{"nothing", "partial", "possible", "complete"}[f]
}

// Progress is how far a partial transcript has come towards a value.
type Progress struct {
	// Count is how many digits (of a spelled code: characters) there are, the least over the
	// readings, so that an endpointer that waits for Spec.Length never ends a turn inside a number.
	Count int
	Want  int // how many the whole answer has, 0 when that is not known: ten for a French telephone number
	Fill  Fill
}

// Most is how many characters a value has that may only have one number of them, by Length or by
// Pattern; 0 when it may have several.
func (s Spec) Most() int {
	if least, limit := s.bounds(); least == limit {
		return limit
	}
	return 0
}

// Count returns the Count of ProgressOf, for less work.
func Count(spec Spec, lang, text string) int {
	if spec.Type == TypeSpelled {
		return countSpelled(spec, lang, text)
	}
	return countDigits(lang, text)
}

// ProgressOf tells how far the words of a turn that is still being spoken satisfy spec. It reads
// what Parse reads, and looks above all at the end: a number that a further word would continue
// ("soixante" before "quinze"), a sign that something must follow ("arobase", "B comme"), or a
// correction that has only begun ("le douze, non") is not over. Words are those of a recogniser,
// in lang "fr" or "en"; any goroutine may call it.
//
// Example: ProgressOf(Spec{Type: "digits", Length: 4}, "fr", "douze soixante") is {Count: 4, Want: 4, Fill: Possible}.
func ProgressOf(spec Spec, lang, text string) Progress {
	r := newReader(lang, text)
	if len(r.toks) == 0 {
		return Progress{}
	}
	p := Progress{Count: Count(spec, lang, text)}
	switch spec.Type {
	case TypeDigits, TypeSpelled:
		p.Want = spec.Most()
	case TypePostcodeFR:
		p.Want = 5
	case TypePhone:
		if lead := r.lead(); len(lead) > 1 {
			if least, limit := planLength(spec, lang, lead); least == limit {
				p.Want = limit
			}
		}
	}
	p.Fill = r.fill(spec, lang, text, p.Count)
	if p.Fill != Nothing && spec.Type != TypeYesNo && spec.Type != TypeText && spec.Type != "" && r.takenBack() {
		p.Fill = Partial
	}
	return p
}

func (r *reader) fill(spec Spec, lang, text string, count int) Fill {
	switch spec.Type {
	case TypeDigits, TypePostcodeFR:
		return r.fillDigits(spec, lang, text)
	case TypePhone:
		return r.fillPhone(spec, lang, text)
	case TypeSpelled:
		return fillSpelled(spec, lang, text, count)
	case TypeNumber:
		return r.fillNumber(spec, lang, text)
	case TypeAmount:
		return r.fillAmount(spec, lang, text)
	case TypeDate:
		return r.fillDate(lang, text)
	case TypeTime:
		return r.fillTime(lang, text)
	case TypeEmail:
		return r.fillEmail(lang, text)
	case TypeYesNo:
		return r.fillYesNo(lang, text)
	case TypeList:
		return r.fillList(spec, lang, text)
	}
	return r.fillText(lang)
}

// end reports whether one of the phrases ends the words.
func (r *reader) end(set phraseSet) bool {
	n := len(r.toks)
	for i := max(0, n-5); i < n; i++ {
		if set.at(r.toks, i) == n-i {
			return true
		}
	}
	return false
}

// has reports whether one of the words is said.
func (r *reader) has(words map[string]bool) bool {
	return slices.ContainsFunc(r.toks, func(t token) bool { return words[t.text] })
}

// What a correction begins with, where another value is sure to follow. "Plutôt" and "actually"
// are left out: they often end a sentence.
var (
	frTakesBack = phrases("non", "non non", "ah non", "oh non", "euh non", "pardon", "non pardon", "pardon non", "enfin", "enfin non", "oups", "zut",
		"je veux dire", "je voulais dire", "je me trompe", "je me suis trompé", "excusez moi", "désolé", "désolée", "erreur", "je corrige", "non c'est",
		"attendez non", "non attendez", "je reprends", "je recommence", "ou plutôt", "non plutôt")
	enTakesBack = phrases("no", "no no", "sorry", "no sorry", "sorry no", "oops", "i mean", "no i mean", "or rather", "wait", "no wait", "wait no", "correction",
		"my mistake", "scratch that", "excuse me", "let me start again", "start again", "no it's", "pardon", "make that")
)

// takenBack reports whether the words end where a correction begins, behind something to correct.
func (r *reader) takenBack() bool {
	set := frTakesBack
	if r.english() {
		set = enTakesBack
	}
	n := len(r.toks)
	for i := max(1, n-5); i < n; i++ {
		if set.at(r.toks, i) == n-i {
			return true
		}
	}
	return false
}

// denies are words of somebody who has no value to give.
var denies = set("pas plus aucun aucune jamais sais not don't don dont no none haven cannot can't know")

// fillYesNo: an answer that covers the words is complete; one that goes on explains.
func (r *reader) fillYesNo(lang, text string) Fill {
	vs := parseYesNo(lang, text)
	switch {
	case len(vs) == 0:
		return Nothing
	case vs[0].End >= r.toks[len(r.toks)-1].end:
		return Complete
	}
	return Possible
}

// fillList: a value is complete unless another one of the list begins with the same words.
func (r *reader) fillList(spec Spec, lang, text string) Fill {
	vs := parseList(spec, lang, text)
	if len(vs) == 0 {
		return Nothing
	}
	for name, synonyms := range spec.Values {
		for _, s := range append([]string{name}, synonyms...) {
			if r.endsInside(words(s)) {
				return Possible
			}
		}
	}
	return Complete
}

// endsInside reports whether the last words are the beginning of w, and not all of it.
func (r *reader) endsInside(w []string) bool {
next:
	for n := 1; n < len(w) && n <= len(r.toks); n++ {
		for k, s := range w[:n] {
			if r.toks[len(r.toks)-n+k].text != s {
				continue next
			}
		}
		return true
	}
	return false
}

// Words of streets, by which an address is told from other free speech.
var (
	frStreets = set("rue avenue boulevard bd place chemin impasse allee quai route cours square passage faubourg sentier esplanade promenade residence lotissement")
	enStreets = set("street st road rd avenue lane drive close way court square gardens terrace crescent grove mews boulevard hill parade row")
	towns     = set("a in")
	buildings = set("batiment bat appartement appart etage escalier porte lot flat apartment apt unit floor suite building block")
)

// fillText: any words are a text. A street without its town is not an address yet: people
// breathe between the two.
func (r *reader) fillText(lang string) Fill {
	streets := frStreets
	if lang == "en" {
		streets = enStreets
	}
	at := -1
	for i, t := range r.toks {
		if streets[t.text] && (lang != "en" || i > 1) {
			at = i
		}
	}
	last := len(r.toks) - 1
	if at < 0 { // the number of a house, or the part of one, stands before the street
		if r.isNumber(last) && !(r.lex.ambiguous[r.toks[last].text] && r.lonely(last)) || last > 0 && buildings[r.toks[last-1].text] || last == 0 && buildings[r.toks[last].text] {
			return Partial
		}
		return Possible
	}
	if !slices.ContainsFunc(r.toks[:at], func(t token) bool { return t.digits || r.g.unit(t.text) > 0 || r.numberWord(t.text) }) {
		return Possible
	}
	if last > 0 && buildings[r.toks[last-1].text] || last > at && lang != "en" && r.isNumber(last) {
		return Partial
	}
	if lang == "en" {
		if at == last {
			return Partial
		}
		return Possible
	}
	for i := at + 2; i < len(r.toks); i++ {
		if t := r.toks[i]; towns[t.text] && i+1 < len(r.toks) || t.digits && len(t.text) == 5 || i > at+2 && r.isNumber(i) {
			return Possible
		}
	}
	return Partial
}

// numberWord reports whether a word is or begins a number.
func (r *reader) numberWord(w string) bool {
	return r.g.begins([]token{{text: w}}, 0)
}

// fillDate: a month or a day counted from today is a whole date, a bare day or a day of the week
// may be followed by more.
func (r *reader) fillDate(lang, text string) Fill {
	last := r.toks[len(r.toks)-1]
	vs := parseDate(Spec{Type: TypeDate}, lang, text, anyDay)
	d := dateReader{reader: r, lang: lang}
	days, months := frWeekdays, frMonths
	if lang == "en" {
		days, months = enWeekdays, enMonths
	}
	month := -1
	for i, t := range r.toks {
		if months[t.text] > 0 {
			month = i
		}
	}
	switch {
	case len(vs) == 0 && (month >= 0 || days[last.text] > 0 || last.digits || r.numberWord(last.text)):
		return Partial
	case len(vs) == 0:
		return Nothing
	case lang == "en" && month == len(r.toks)-1 && !d.dayBefore(month):
		return Partial // "march" before "the third"
	case month >= 0 && month < len(r.toks)-1 && r.beginsYear(month+1):
		return Partial
	case month >= 0:
		return Complete
	case days[last.text] > 0, last.digits, r.numberWord(last.text), enOrdinals[last.text] > 0:
		return Possible
	}
	return Complete
}

// anyDay is the day that a date is read against where only its shape matters, a Wednesday.
var anyDay = time.Date(2025, time.January, 15, 12, 0, 0, 0, time.UTC)

// dayBefore reports whether a day of the month stands before token i.
func (d *dateReader) dayBefore(i int) bool {
	for k := i - 1; k >= 0 && k >= i-4; k-- {
		if _, _, ok := d.dayOfMonth(k); ok {
			return true
		}
	}
	return false
}

// beginsYear reports whether the words from i are a year that lacks its end: "deux mille",
// "mille neuf cent", "nineteen".
func (r *reader) beginsYear(i int) bool {
	var rest []string
	for _, t := range r.toks[i:] {
		rest = append(rest, t.text)
	}
	switch strings.Join(rest, " ") {
	case "deux", "mille", "deux mille", "mille neuf", "mille neuf cent", "dix neuf", "dix neuf cent", "nineteen", "twenty", "two", "two thousand", "two thousand and":
		return true
	}
	return r.extendable() && len(rest) > 1 && rest[len(rest)-1] != "vingts"
}

var (
	wholeTimes  = set("midi minuit matin soir apres-midi demie demi quart noon midnight am pm clock morning afternoon evening tonight night matinee soiree aprem quarter half")
	bareHours   = set("heure heures h")
	timeHanging = phrases("half past", "quarter past", "quarter to", "past", "to", "at", "a", "vers", "et", "moins", "moins le", "half", "quarter", "a quarter to", "a quarter past")
)

// fillTime: hours may be followed by minutes, minutes and parts of the day by nothing.
func (r *reader) fillTime(lang, text string) Fill {
	last := r.toks[len(r.toks)-1].text
	vs := parseTime(Spec{Type: TypeTime}, lang, text, anyDay)
	number := r.isNumber(len(r.toks) - 1)
	switch {
	case (number || len(vs) > 0) && r.end(timeHanging) && !number:
		return Partial
	case len(vs) == 0 && number:
		return Partial
	case len(vs) == 0:
		return Nothing
	case bareHours[last]:
		return Possible
	case wholeTimes[last]:
		return Complete
	case number && !r.has(bareHours) && !r.minutes():
		return Possible
	case number && r.extendable():
		return Possible
	}
	return Complete
}

// minutes reports whether the last two numbers are hours and minutes: "two thirty".
func (r *reader) minutes() bool {
	n := len(r.toks)
	if t := r.toks[n-1]; t.digits && n >= 2 {
		return r.toks[n-2].digits
	}
	return n >= 2 && r.isNumber(n-2) && r.english()
}
