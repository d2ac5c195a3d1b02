package entity

import "time"

var frWeekdays = map[string]time.Weekday{"lundi": 1, "mardi": 2, "mercredi": 3, "jeudi": 4, "vendredi": 5, "samedi": 6, "dimanche": 7}

// Sunday is 7, so that a map's zero value is no day; wd%7 is the time.Weekday.
var enWeekdays = map[string]time.Weekday{"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 7,
	"mondays": 1, "tuesdays": 2, "wednesdays": 3, "thursdays": 4, "fridays": 5, "saturdays": 6, "sundays": 7}

func (d *dateReader) weekdayAt(i int) (wd time.Weekday, ok bool) {
	table := frWeekdays
	if d.english() {
		table = enWeekdays
	}
	wd = table[d.word(i)]
	return wd % 7, wd > 0
}

var (
	frOfNextWeek = phrases("de la semaine prochaine", "de la semaine d'après", "de la semaine qui vient", "la semaine prochaine", "semaine prochaine")
	frOfThisWeek = phrases("de cette semaine", "cette semaine")
	frOfLastWeek = phrases("de la semaine dernière", "de la semaine passée", "la semaine dernière")
	frComing     = phrases("prochain", "qui vient", "qui arrive", "suivant")
	frGone       = phrases("dernier", "passé", "d'avant")
	enWeekLater  = phrases("week", "a week", "in a week")
	enAfterNext  = phrases("after next")
	enOfNextWeek = phrases("of next week", "next week")
	enOfThisWeek = phrases("of this week", "this week")
	enOfLastWeek = phrases("of last week", "last week")
)

// weekday reads a day of the week with what qualifies it.
func (d *dateReader) weekday(i int) {
	j := i
	var lead string // this, next, last in front of the day
	if d.english() {
		switch d.word(j) {
		case "this", "next", "last", "coming":
			lead = d.word(j)
			j++
			if d.word(j) == "coming" || d.word(j) == "past" {
				lead = map[string]string{"coming": "coming", "past": "last"}[d.word(j)]
				j++
			}
		}
	} else if d.word(j) == "ce" {
		lead = "this"
		j++
	}
	wd, ok := d.weekdayAt(j)
	if !ok {
		return
	}
	j++
	d.weekdayDate(j, wd)
	coming := d.until(wd)
	if d.english() {
		d.qualifiedEN(j, lead, wd, coming)
	} else {
		d.qualifiedFR(j, lead, wd, coming)
	}
}

// until is the number of days to the next wd, 1 .. 7.
func (d *dateReader) until(wd time.Weekday) int {
	return (int(wd)-int(d.today.Weekday())+6)%7 + 1
}

func (d *dateReader) qualifiedFR(j int, lead string, wd time.Weekday, coming int) {
	next := d.inNextWeek(wd)
	if n := frComing.behind(d.toks, j); n > 0 {
		first, second := coming, next
		if coming == 1 { // he would have said "demain"
			first, second = second, first
		}
		d.offer(d.days(first), 0, j+n)
		if second != first {
			d.offer(d.days(second), 0.4, j+n)
		}
	}
	if n := frGone.behind(d.toks, j); n > 0 {
		d.offer(d.days(coming-7), 0, j+n)
	}
	if add, e := d.enHuit(j); e > 0 {
		d.offer(d.days(coming+add), 0, e)
	}
	if n := frOfNextWeek.behind(d.toks, j); n > 0 {
		d.offer(d.days(next), 0, j+n)
	}
	if n := frOfThisWeek.behind(d.toks, j); n > 0 {
		d.offer(d.days(next-7), 0, j+n)
	}
	if n := frOfLastWeek.behind(d.toks, j); n > 0 {
		d.offer(d.days(next-14), 0, j+n)
	}
	d.plainWeekday(j, lead, coming)
}

// behind is at, for a position that may be behind the last token.
func (p phraseSet) behind(toks []token, i int) int {
	if i >= len(toks) {
		return 0
	}
	return p.at(toks, i)
}

// enHuit reads "en huit" and "en quinze" at token j: one or two weeks later.
func (d *dateReader) enHuit(j int) (days, end int) {
	if d.english() || d.word(j) != "en" {
		return 0, 0
	}
	switch d.word(j + 1) {
	case "huit", "8":
		return 7, j + 2
	case "quinze", "15":
		return 14, j + 2
	}
	return 0, 0
}

// inNextWeek is the number of days to a weekday of the next week, weeks beginning on Monday.
func (d *dateReader) inNextWeek(wd time.Weekday) int {
	return d.until(time.Monday) + (int(wd)+6)%7
}

func (d *dateReader) qualifiedEN(j int, lead string, wd time.Weekday, coming int) {
	next := d.inNextWeek(wd)
	if n := enWeekLater.behind(d.toks, j); n > 0 {
		d.offer(d.days(coming+7), 0, j+n)
	}
	if n := enAfterNext.behind(d.toks, j); n > 0 {
		d.offer(d.days(next+7), 0, j+n)
	}
	if n := enOfNextWeek.behind(d.toks, j); n > 0 {
		d.offer(d.days(next), 0, j+n)
	}
	if n := enOfThisWeek.behind(d.toks, j); n > 0 {
		d.offer(d.days(next-7), 0, j+n)
	}
	if n := enOfLastWeek.behind(d.toks, j); n > 0 {
		d.offer(d.days(next-14), 0, j+n)
	}
	if lead == "" && d.word(j) == "next" {
		lead = "next"
		j++
	}
	switch lead {
	case "next":
		d.offer(d.days(next), 0, j)
		if next != coming {
			d.offer(d.days(coming), 0.4, j)
		}
	case "last":
		d.offer(d.days(coming-7), 0, j)
	default:
		d.plainWeekday(j, lead, coming)
	}
}

func (d *dateReader) plainWeekday(j int, lead string, coming int) {
	if coming == 7 && lead == "this" {
		d.offer(d.today, 0, j)
		return
	}
	past := coming - 7
	if coming == 7 {
		d.offer(d.today, 0.8, j)
		past = -7
	}
	d.ahead(d.days(coming), d.days(past), j)
}

// weekdayDate reads the day of the month behind a weekday: "mardi 24 novembre", "mardi 24".
func (d *dateReader) weekdayDate(j int, wd time.Weekday) {
	k := d.pass(j, articles)
	before := len(d.found)
	d.dayAndMonth(k)
	if found := d.found[before:]; len(found) > 0 {
		for i := range found { // the weekday tells the year: "vendredi 18 septembre" may have been
			if found[i].day.Weekday() != wd {
				found[i].cost += 2.4
			}
		}
		return
	}
	n, e, ok := d.dayOfMonth(k)
	if !ok || d.hourWord(e) {
		return
	}
	if d.english() && k == j && !d.ordinalAt(k) {
		return // "tuesday two thirty" is a time
	}
	for m := range 12 { // the first month in which that day is that weekday
		t := day(d.today.Year(), d.today.Month()+time.Month(m), n)
		if t.Day() == n && t.Weekday() == wd && !t.Before(d.today) {
			d.offer(t, 0, e)
			return
		}
	}
}

var articles = set("le the")

// hourWord reports whether token i makes the number before it an hour.
func (r *reader) hourWord(i int) bool {
	switch r.word(i) {
	case "h", "heure", "heures", "o", "oclock", "am", "pm", ":":
		return true
	}
	return false
}

var (
	frNth = map[string]int{"premier": 1, "premiere": 1, "1er": 1, "deuxieme": 2, "second": 2, "seconde": 2, "troisieme": 3, "quatrieme": 4, "cinquieme": 5, "dernier": -1, "derniere": -1}
	enNth = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
)

// nthWeekday reads "le premier lundi de décembre", "the last friday of the month".
func (d *dateReader) nthWeekday(i int) {
	table := frNth
	if d.english() {
		table = enNth
	}
	nth := table[d.word(i)]
	wd, ok := d.weekdayAt(i + 1)
	if nth == 0 || !ok {
		return
	}
	s, ok := d.monthStretch(d.pass(i+2, ofWords))
	if ok {
		d.offer(nthOf(s, nth, wd), 0, s.end)
	}
}

// nthOf is the nth wd of a stretch, the last for -1.
func nthOf(s stretch, nth int, wd time.Weekday) time.Time {
	t := s.from.AddDate(0, 0, (int(wd)-int(s.from.Weekday())+7)%7)
	for nth == -1 && !t.AddDate(0, 0, 7).After(s.to) {
		t = t.AddDate(0, 0, 7)
	}
	if nth > 0 {
		t = t.AddDate(0, 0, 7*(nth-1))
	}
	return t
}

// nthPart reads "la première semaine de janvier" as its Monday and "la deuxième quinzaine de
// mars", "the second half of March" as their first day.
func (d *dateReader) nthPart(i int) {
	table, week := frNth, "semaine"
	if d.english() {
		table, week = enNth, "week"
	}
	nth := table[d.word(i)]
	half := d.word(i+1) == "quinzaine" || d.word(i+1) == "half" || d.word(i+1) == "moitie"
	if nth == 0 || !half && d.word(i+1) != week {
		return
	}
	s, ok := d.monthStretch(d.pass(i+2, ofWords))
	switch {
	case !ok || s.kind != monthKind:
	case !half:
		d.vague(nthOf(s, nth, time.Monday), s.end)
	case nth == 1:
		d.vague(s.from, s.end)
	default:
		d.vague(s.from.AddDate(0, 0, 15), s.end)
	}
}
