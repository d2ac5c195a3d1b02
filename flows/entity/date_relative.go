package entity

import "time"

// near names a day by its distance from today.
type near struct {
	days int
	set  phraseSet
}

var (
	frNear = []near{
		{0, phrases("aujourd'hui", "aujourdhui", "ce jour", "ce matin", "cet après midi", "cette après midi", "ce soir", "ce midi", "cette nuit", "tout à l'heure",
			"tantôt", "maintenant", "tout de suite", "immédiatement", "dans la journée", "le jour même", "à l'instant")},
		{1, phrases("demain", "le lendemain", "demain dans la journée")},
		{2, phrases("après demain", "le surlendemain", "surlendemain")},
		{-1, phrases("hier", "la veille")},
		{-2, phrases("avant hier", "l'avant veille")},
	}
	enNear = []near{
		{0, phrases("today", "tonight", "this morning", "this afternoon", "this evening", "now", "right now", "right away", "straight away", "later today")},
		{1, phrases("tomorrow", "the next day", "the following day")},
		{2, phrases("the day after tomorrow", "day after tomorrow", "overmorrow")},
		{-1, phrases("yesterday", "last night")},
		{-2, phrases("the day before yesterday", "day before yesterday", "the night before last")},
	}
	frSameDate = phrases("l'an dernier à la même date", "l'année dernière à la même date", "à la même date l'an dernier", "il y a un an jour pour jour")
	enSameDate = phrases("this time last year", "a year ago today", "same day last year")
)

// fixed reads today, tomorrow, yesterday and their neighbours.
func (d *dateReader) fixed(i int) {
	table, same := frNear, frSameDate
	if d.english() {
		table, same = enNear, enSameDate
	}
	if n := same.at(d.toks, i); n > 0 {
		d.offer(d.today.AddDate(-1, 0, 0), 0, i+n)
	}
	for _, f := range table {
		if n := f.set.at(d.toks, i); n > 0 {
			d.offer(d.days(f.days), 0, i+n)
			if add, e := d.enHuit(i + n); e > 0 {
				d.offer(d.days(f.days+add), 0, e)
			}
		}
	}
}

// unit is a unit of time.
type unit int

const (
	noUnit unit = iota
	minutes
	dayUnit
	workdays
	weeks
	months
	years
)

var (
	frUnitsOfTime = map[string]unit{"jour": dayUnit, "jours": dayUnit, "semaine": weeks, "semaines": weeks, "mois": months,
		"an": years, "ans": years, "annee": years, "annees": years}
	enUnitsOfTime = map[string]unit{"day": dayUnit, "days": dayUnit, "night": dayUnit, "nights": dayUnit, "week": weeks, "weeks": weeks, "month": months, "months": months, "year": years, "years": years}

	frAbout = set("les la le environ a peu pres peine maximum moins grand pres plus tard")
	enAbout = set("about around the next roughly approximately just under over another")
	little  = set("petite petit bonne bon grosse gros good whole")
)

// length is a stretch of time as said: "trois jours", "une quinzaine", "half an hour".
type length struct {
	n    int // in units; hours and their parts are minutes
	unit unit
	end  int
}

// length reads a stretch of time at token i.
func (r *reader) length(lang string, i int) (length, bool) {
	if lang == "en" {
		return r.lengthEN(i)
	}
	return r.lengthFR(i)
}

// counts are French nouns of number.
var counts = map[string]int{"quinzaine": 15, "dizaine": 10, "huitaine": 8, "douzaine": 12, "vingtaine": 20, "trentaine": 30, "cinquantaine": 50}

func (r *reader) lengthFR(i int) (length, bool) {
	j := i
	if r.word(j) == "une" || r.word(j) == "la" {
		j++
	}
	if n := counts[r.word(j)]; n > 0 {
		if r.word(j+1) != "de" && r.word(j+1) != "d" {
			return length{weekly(n), dayUnit, j + 1}, n == 8 || n == 15
		}
		l, ok := r.unitFR(n, j+2)
		if l.unit == dayUnit {
			l.n = weekly(l.n)
		}
		return l, ok
	}
	switch {
	case (r.word(j) == "demi" || r.word(j) == "demie") && r.word(j+1) == "heure":
		return length{30, minutes, j + 2}, true
	case r.word(i) == "un" && r.word(i+1) == "quart" && r.word(i+2) == "d" && r.word(i+3) == "heure":
		return length{15, minutes, i + 4}, true
	case r.word(i) == "trois" && r.word(i+1) == "quarts" && r.word(i+2) == "d" && r.word(i+3) == "heure":
		return length{45, minutes, i + 4}, true
	case r.word(i) == "quelques":
		return r.unitFR(3, i+1)
	}
	n, e, ok := r.small(i, 1, 400)
	if !ok {
		return length{}, false
	}
	e = r.pass(e, little)
	l, ok := r.unitFR(n, e)
	if !ok { // "deux trois jours", "deux ou trois jours", "deux à trois semaines"
		if w := r.word(e); w == "ou" || w == "a" {
			e++
		}
		if _, e2, two := r.small(e, n+1, n+3); two {
			return r.unitFR(n, e2)
		}
		return l, false
	}
	if l.unit == dayUnit && !r.toks[i].digits {
		l.n = weekly(n)
	}
	return l, true
}

// weekly counts days as every French speaker does: "huit jours" is one week, "quinze" two.
func weekly(n int) int {
	if n == 8 || n == 15 {
		return n - 1
	}
	return n
}

func (r *reader) unitFR(n, e int) (length, bool) {
	switch r.word(e) {
	case "heure", "heures", "h":
		l := length{60 * n, minutes, e + 1}
		if r.word(e+1) == "et" && (r.word(e+2) == "demi" || r.word(e+2) == "demie") {
			l.n, l.end = l.n+30, e+3
		} else if r.word(e+1) == "et" && r.word(e+2) == "quart" {
			l.n, l.end = l.n+15, e+3
		}
		return l, true
	case "minute", "minutes", "min", "mn":
		return length{n, minutes, e + 1}, true
	}
	u := frUnitsOfTime[r.word(e)]
	if u == dayUnit && (r.word(e+1) == "ouvres" || r.word(e+1) == "ouvrables" || r.word(e+1) == "ouvre") {
		return length{n, workdays, e + 2}, true
	}
	return length{n, u, e + 1}, u != noUnit
}

func (r *reader) lengthEN(i int) (length, bool) {
	switch {
	case r.word(i) == "half" && (r.word(i+1) == "an" || r.word(i+1) == "a"):
		return length{30, minutes, i + 3}, r.word(i+2) == "hour"
	case r.word(i) == "a" && r.word(i+1) == "half" && r.word(i+2) == "hour":
		return length{30, minutes, i + 3}, true
	}
	j, quarters := i, 1
	if r.word(j) == "a" {
		j++
	} else if r.word(j) == "three" {
		j, quarters = j+1, 3
	}
	if w := r.word(j); (w == "quarter" || w == "quarters") && r.word(j+1) == "of" && r.word(j+2) == "an" && r.word(j+3) == "hour" {
		return length{15 * quarters, minutes, j + 4}, true
	}
	n, e, ok := r.small(i, 1, 400)
	if !ok {
		switch w := r.word(i); {
		case (w == "a" || w == "an") && r.word(i+1) == "couple":
			n, e = 2, i+2
		case (w == "a" || w == "an") && r.word(i+1) == "few":
			n, e = 3, i+2
		case w == "a" || w == "an" || w == "one" || w == "the" && r.word(i+1) == "hour":
			n, e = 1, i+1
		case w == "couple":
			n, e = 2, i+1
		case w == "few" || w == "several":
			n, e = 3, i+1
		default:
			return length{}, false
		}
	}
	if r.word(e) == "and" && r.word(e+1) == "a" && r.word(e+2) == "half" && (r.word(e+3) == "hour" || r.word(e+3) == "hours") {
		return length{60*n + 30, minutes, e + 4}, true
	}
	if r.word(e) == "of" {
		e++
	}
	e = r.pass(e, little)
	if l, ok := r.unitEN(n, e); ok {
		return l, true
	}
	if w := r.word(e); w == "or" || w == "to" {
		e++
	}
	if _, e2, two := r.small(e, n+1, n+3); two {
		return r.unitEN(n, e2)
	}
	return length{}, false
}

func (r *reader) unitEN(n, e int) (length, bool) {
	switch r.word(e) {
	case "hour", "hours":
		if r.word(e+1) == "and" && r.word(e+2) == "a" && r.word(e+3) == "half" {
			return length{60*n + 30, minutes, e + 4}, true
		}
		return length{60 * n, minutes, e + 1}, true
	case "minute", "minutes", "mins", "min":
		return length{n, minutes, e + 1}, true
	case "fortnight", "fortnights":
		return length{2 * n, weeks, e + 1}, true
	case "business", "working":
		if enUnitsOfTime[r.word(e+1)] == dayUnit {
			return length{n, workdays, e + 2}, true
		}
	}
	u := enUnitsOfTime[r.word(e)]
	return length{n, u, e + 1}, u != noUnit
}

// shift is the day that lies l after from, or before it.
func (d *dateReader) shift(from time.Time, l length, sign int) time.Time {
	switch n := sign * l.n; l.unit {
	case minutes:
		t := d.now.AddDate(0, 0, int(from.Sub(d.today).Hours())/24).Add(time.Duration(n) * time.Minute)
		return day(t.Year(), t.Month(), t.Day())
	case workdays:
		for k := 0; k < l.n; {
			from = from.AddDate(0, 0, sign)
			if wd := from.Weekday(); wd != time.Saturday && wd != time.Sunday {
				k++
			}
		}
		return from
	case weeks:
		return from.AddDate(0, 0, 7*n)
	case months:
		return shiftMonth(from, n)
	case years:
		return shiftMonth(from, 12*n)
	default:
		return from.AddDate(0, 0, n)
	}
}

// shiftMonth is the day of the same number n months away, or the last of that month.
func shiftMonth(from time.Time, n int) time.Time {
	t := from.AddDate(0, n, 0)
	if t.Day() != from.Day() {
		t = t.AddDate(0, 0, -t.Day())
	}
	return t
}

var (
	frIn  = phrases("dans", "d'ici", "d'ici à", "sous", "après", "au bout de", "passé", "avant", "pas avant")
	frAgo = phrases("il y a", "y a", "ça fait", "depuis", "il y a à peine", "il y a environ")
	enIn  = phrases("in", "within", "after")
)

// relative reads "dans trois jours", "il y a une semaine", "in two weeks", "three days ago".
func (d *dateReader) relative(i int) {
	if d.english() {
		d.relativeEN(i)
		return
	}
	sign, j := 1, i
	if n := frAgo.at(d.toks, i); n > 0 {
		sign, j = -1, i+n
	} else if n := frIn.at(d.toks, i); n > 0 {
		j = i + n
	} else {
		return
	}
	l, ok := d.length(d.lang, j)
	if k := d.pass(j, frAbout); !ok && k > j {
		l, ok = d.length(d.lang, k)
	}
	if !ok {
		return
	}
	d.offer(d.shift(d.today, l, sign), 0, l.end)
	if l.unit == dayUnit && (l.n == 7 || l.n == 14) {
		d.offer(d.days(sign*(l.n+1)), 0.5, l.end)
	}
}

func (d *dateReader) relativeEN(i int) {
	n := enIn.at(d.toks, i)
	j := d.pass(i+n, enAbout)
	l, ok := d.length(d.lang, j)
	if !ok && j > i+n {
		l, ok = d.length(d.lang, i+n)
	}
	if !ok {
		return
	}
	switch w := d.word(l.end); {
	case w == "ago" || w == "back":
		d.offer(d.shift(d.today, l, -1), 0, l.end+1)
	case w == "from":
		if d.word(l.end+1) == "now" {
			d.offer(d.shift(d.today, l, 1), 0, l.end+2)
			return
		}
		d.from(l, 1, l.end+1)
	case n > 0:
		d.offer(d.shift(d.today, l, 1), 0, l.end)
	case w == "on" || w == "today" || w == "tomorrow" || l.unit == weeks && enWeekdays[w] > 0: // "a week on tuesday"
		d.from(l, 1, l.end)
	}
}

var (
	frAnchors = []struct {
		days int
		set  phraseSet
	}{
		{-1, phrases("la veille de", "la veille du", "veille de", "le jour avant", "la veille d'")}, {1, phrases("le lendemain de", "le lendemain du", "lendemain de", "le jour après", "le jour d'après")},
		{-2, phrases("l'avant veille de")}, {2, phrases("le surlendemain de")}, {0, phrases("le jour de", "le jour du")},
		{-7, phrases("la semaine avant", "une semaine avant", "la semaine d'avant")}, {7, phrases("la semaine après", "la semaine d'après")},
	}
	enAnchors = []struct {
		days int
		set  phraseSet
	}{{-1, phrases("the day before", "day before", "the night before")}, {1, phrases("the day after", "day after", "the morning after")},
		{-7, phrases("the week before", "week before")}, {7, phrases("the week after", "week after")}}
	joiners = set("le la l les the on de du d")
)

// anchored reads a day counted from another: "la veille du premier mars", "two days before
// Christmas".
func (d *dateReader) anchored(i int) {
	anchors, before, after := frAnchors, "avant", "apres"
	if d.english() {
		anchors, before, after = enAnchors, "before", "after"
	}
	for _, a := range anchors {
		if n := a.set.at(d.toks, i); n > 0 {
			d.from(length{a.days, dayUnit, 0}, 1, i+n)
		}
	}
	l, ok := d.length(d.lang, i)
	if !ok {
		return
	}
	switch d.word(l.end) {
	case before:
		d.from(l, -1, l.end+1)
	case after:
		d.from(l, 1, l.end+1)
	}
}

// from offers what lies l from the date that stands at token j, an article before it or not.
func (d *dateReader) from(l length, sign, j int) {
	rs := d.readings(j)
	for k := j; len(rs) == 0 && d.any(k, joiners); k++ {
		rs = d.readings(k + 1)
	}
	for _, r := range rs {
		d.offer(d.shift(r.day, l, sign), r.cost, r.end)
	}
}
