package entity

import (
	"strconv"
	"time"
)

// dateReader reads dates counted from today.
type dateReader struct {
	*reader
	lang  string
	today time.Time // midnight
	best  map[string]candidate
	extra float64 // less than zero behind a correction: the later wins
}

// parseDate reads a day as "2006-01-02". Days without a year or a month are the next ones
// to come, the one past being the second reading; "prochain" and "next" keep both of their
// usual meanings, the likelier first.
func parseDate(spec Spec, lang, text string, now time.Time) []Value {
	d := &dateReader{reader: newReader(lang, text), lang: lang, best: map[string]candidate{},
		today: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)}
	for i := 0; i < len(d.toks); {
		if n := d.lex.repairs.at(d.toks, i); n > 0 {
			d.extra -= 2
			i += n
			continue
		}
		end := d.at(i)
		if end == i {
			end++
		}
		i = end
	}
	return values(spec, d.toks, ranked(d.best))
}

// at reads the date that begins at token i and returns the end of the longest reading.
func (d *dateReader) at(i int) int {
	for _, f := range []func(int) int{d.fixed, d.relative, d.weekday, d.monthDay, d.numeric, d.period, d.bareDay} {
		if end := f(i); end > i {
			return end
		}
	}
	return i
}

func (d *dateReader) offer(t time.Time, cost float64, i, end int) {
	if t.Year() < 1900 || t.Year() > 2999 {
		return
	}
	cost += d.extra - 0.3*float64(end-i)
	s := t.Format(time.DateOnly)
	if old, ok := d.best[s]; !ok || cost < old.cost {
		d.best[s] = candidate{s, cost, i, end}
	}
}

func (d *dateReader) days(n int) time.Time { return d.today.AddDate(0, 0, n) }

func (d *dateReader) weekdays() map[string]time.Weekday {
	if d.lang == "en" {
		return enWeekdays
	}
	return frWeekdays
}

func (d *dateReader) months() map[string]time.Month {
	if d.lang == "en" {
		return enMonths
	}
	return frMonths
}

var frWeekdays = map[string]time.Weekday{"lundi": 1, "mardi": 2, "mercredi": 3, "jeudi": 4, "vendredi": 5, "samedi": 6, "dimanche": 0}

var enWeekdays = map[string]time.Weekday{"monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6, "sunday": 0}

var frMonths = map[string]time.Month{"janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7,
	"aout": 8, "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12, "janv": 1, "fevr": 2, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12}

var enMonths = map[string]time.Month{"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
	"august": 8, "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12}

var (
	frOfNextWeek = phrases("de la semaine prochaine", "de la semaine d'après")
	frOfThisWeek = phrases("de cette semaine")
	frOfLastWeek = phrases("de la semaine dernière")
	enWeekLater  = phrases("week", "a week", "in a week")
	enOfNextWeek = phrases("of next week", "next week")
	enOfLastWeek = phrases("of last week", "last week")
)

var (
	frFixed = []struct {
		days int
		set  phraseSet
	}{
		{0, phrases("aujourd'hui", "ce jour", "ce matin", "cet après midi", "ce soir", "tout à l'heure", "maintenant", "aujourdhui")},
		{1, phrases("demain", "demain matin", "demain soir", "demain après midi", "le lendemain")},
		{2, phrases("après demain", "après demain matin", "surlendemain")},
		{-1, phrases("hier", "hier soir", "hier matin", "la veille")},
		{-2, phrases("avant hier", "avant hier soir")},
	}
	enFixed = []struct {
		days int
		set  phraseSet
	}{
		{0, phrases("today", "tonight", "this morning", "this afternoon", "this evening", "now")},
		{1, phrases("tomorrow", "tomorrow morning", "tomorrow evening", "tomorrow afternoon")},
		{2, phrases("the day after tomorrow", "day after tomorrow")},
		{-1, phrases("yesterday", "last night", "yesterday evening", "yesterday morning")},
		{-2, phrases("the day before yesterday", "day before yesterday")},
	}
)

// fixed reads today, tomorrow, yesterday and their neighbours.
func (d *dateReader) fixed(i int) int {
	table := frFixed
	if d.lang == "en" {
		table = enFixed
	}
	days, n := 0, 0
	for _, f := range table {
		if m := f.set.at(d.toks, i); m > n {
			days, n = f.days, m
		}
	}
	if n == 0 {
		return i
	}
	if n > 0 && days == 1 && d.lang != "en" && (d.word(i+n) == "en") {
		if add, e := d.enHuit(i + n); e > 0 {
			d.offer(d.days(1+add), 0, i, e)
			return e
		}
	}
	d.offer(d.days(days), 0, i, i+n)
	return i + n
}

// weekday reads a day of the week with what qualifies it.
func (d *dateReader) weekday(i int) int {
	j := i
	var lead string // this, next, last in front of the day
	if d.lang == "en" {
		switch d.word(j) {
		case "this", "next", "last", "coming":
			lead = d.word(j)
			j++
			if d.word(j) == "coming" {
				j++
			}
		}
	} else if d.word(j) == "ce" {
		lead = "this"
		j++
	}
	wd, ok := d.weekdays()[d.word(j)]
	if !ok {
		return i
	}
	j++
	if e := d.weekdayDate(i, j, wd); e > 0 {
		return e
	}
	ahead := (int(wd) - int(d.today.Weekday()) + 7) % 7
	coming := ahead
	if coming == 0 {
		coming = 7
	}
	if d.lang == "en" {
		return d.qualifiedEN(i, j, lead, wd, ahead, coming)
	}
	return d.qualifiedFR(i, j, lead, wd, ahead, coming)
}

func (d *dateReader) qualifiedFR(i, j int, lead string, wd time.Weekday, ahead, coming int) int {
	switch {
	case d.word(j) == "prochain":
		first, second := coming, d.inNextWeek(wd)
		if coming == 1 { // he would have said "demain"
			first, second = second, first
		}
		d.offer(d.days(first), 0, i, j+1)
		if second != first {
			d.offer(d.days(second), 0.4, i, j+1)
		}
		return j + 1
	case d.word(j) == "dernier" || d.word(j) == "passe":
		d.offer(d.days(coming-7), 0, i, j+1)
		return j + 1
	case d.word(j) == "en":
		if add, e := d.enHuit(j); e > 0 {
			d.offer(d.days(coming+add), 0, i, e)
			return e
		}
	case d.word(j) == "de" || d.word(j) == "d":
		if e := frOfNextWeek.at(d.toks, j); e > 0 {
			d.offer(d.days(d.inNextWeek(wd)), 0, i, j+e)
			return j + e
		}
		if e := frOfThisWeek.at(d.toks, j); e > 0 {
			d.offer(d.days(d.inNextWeek(wd)-7), 0, i, j+e)
			return j + e
		}
		if e := frOfLastWeek.at(d.toks, j); e > 0 {
			d.offer(d.days(d.inNextWeek(wd)-14), 0, i, j+e)
			return j + e
		}
	}
	return d.plainWeekday(i, j, lead, ahead, coming)
}

// enHuit reads "en huit" and "en quinze": one or two weeks later.
func (d *dateReader) enHuit(j int) (days, end int) {
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
	monday := (8 - int(d.today.Weekday())) % 7
	if monday == 0 {
		monday = 7
	}
	return monday + (int(wd)+6)%7
}

func (d *dateReader) qualifiedEN(i, j int, lead string, wd time.Weekday, ahead, coming int) int {
	if j < len(d.toks) {
		if n := enWeekLater.at(d.toks, j); n > 0 {
			d.offer(d.days(coming+7), 0, i, j+n)
			return j + n
		}
		if n := enOfNextWeek.at(d.toks, j); n > 0 {
			d.offer(d.days(d.inNextWeek(wd)), 0, i, j+n)
			return j + n
		}
		if n := enOfLastWeek.at(d.toks, j); n > 0 {
			d.offer(d.days(d.inNextWeek(wd)-14), 0, i, j+n)
			return j + n
		}
	}
	switch {
	case lead == "next" || d.word(j) == "next":
		if lead == "" {
			j++
		}
		next := d.inNextWeek(wd)
		d.offer(d.days(next), 0, i, j)
		if next != coming {
			d.offer(d.days(coming), 0.4, i, j)
		}
		return j
	case lead == "last":
		d.offer(d.days(coming-7), 0, i, j)
		return j
	}
	return d.plainWeekday(i, j, lead, ahead, coming)
}

func (d *dateReader) plainWeekday(i, j int, lead string, ahead, coming int) int {
	if ahead == 0 && lead == "this" {
		d.offer(d.today, 0, i, j)
		return j
	}
	d.offer(d.days(coming), 0, i, j)
	if ahead == 0 {
		d.offer(d.today, 0.8, i, j)
	}
	d.offer(d.days(coming-7), 1.2, i, j)
	return j
}

// weekdayDate reads the day of the month behind a weekday: "mardi 24 novembre", "mardi 24".
func (d *dateReader) weekdayDate(i, j int, wd time.Weekday) int {
	k := j
	for d.word(k) == "le" || d.word(k) == "the" {
		k++
	}
	if e := d.dayAndMonth(k, i); e > k {
		return e
	}
	day, e, ok := d.dayOfMonth(k)
	if !ok || d.lang != "en" && (d.word(e) == "heures" || d.word(e) == "heure" || d.word(e) == "h") {
		return 0
	}
	if d.lang == "en" && k == j && d.toks[k].text != "" && !d.ordinalAt(k) {
		return 0 // "tuesday two thirty" is a time
	}
	for m := 0; m < 12; m++ { // the first month in which that day is that weekday
		t := time.Date(d.today.Year(), d.today.Month()+time.Month(m), day, 0, 0, 0, 0, time.UTC)
		if t.Day() == day && t.Weekday() == wd && !t.Before(d.today) {
			d.offer(t, 0, i, e)
			return e
		}
	}
	return 0
}

// dayOfMonth reads 1..31, "premier", "1er", and in English the ordinals.
func (d *dateReader) dayOfMonth(i int) (day, end int, ok bool) {
	if d.lang == "en" {
		return d.ordinalEN(i)
	}
	switch d.word(i) {
	case "premier", "1er":
		return 1, i + 1, true
	}
	day, end, ok = d.small(i, 1, 31)
	if ok && d.toks[i].digits && day == 1 && d.word(end) == "er" {
		end++
	}
	return day, end, ok
}

// dayAndMonth reads a day, a month and perhaps a year from token k for a date that began at i.
func (d *dateReader) dayAndMonth(k, i int) int {
	day, e, ok := d.dayOfMonth(k)
	if ok {
		if d.word(e) == "of" || d.word(e) == "de" || d.word(e) == "du" {
			e++
		}
		if m, found := d.months()[d.word(e)]; found {
			return d.offerMonthDay(i, e+1, m, day)
		}
	}
	if d.lang != "en" {
		return k
	}
	if m, found := d.months()[d.word(k)]; found {
		j := k + 1
		if d.word(j) == "the" {
			j++
		}
		if day, e, ok := d.dayOfMonth(j); ok {
			return d.offerMonthDay(i, e, m, day)
		}
	}
	return k
}

// offerMonthDay offers day and month with the year said behind it, or the next one to come.
func (d *dateReader) offerMonthDay(i, e int, m time.Month, day int) int {
	if y, end, ok := d.year(e); ok {
		if t := time.Date(y, m, day, 0, 0, 0, 0, time.UTC); t.Day() == day {
			d.offer(t, 0, i, end)
		}
		return end
	}
	var next, past time.Time
	for y := d.today.Year() - 4; y <= d.today.Year()+8; y++ {
		t := time.Date(y, m, day, 0, 0, 0, 0, time.UTC)
		switch {
		case t.Day() != day:
		case t.Before(d.today):
			past = t
		case next.IsZero():
			next = t
		}
	}
	if next.IsZero() {
		return e // the thirtieth of February
	}
	d.offer(next, 0, i, e)
	d.offer(past, 1.2, i, e)
	return e
}

// year reads 1900..2999 typed or in words ("deux mille vingt-six", "twenty twenty-six").
func (d *dateReader) year(i int) (y, end int, ok bool) {
	if i >= len(d.toks) {
		return 0, 0, false
	}
	if t := d.toks[i]; t.digits {
		n, err := strconv.Atoi(t.text)
		if err == nil && len(t.text) == 2 {
			n += 2000
		}
		return n, i + 1, err == nil && n >= 1900 && n <= 2999 && (len(t.text) == 4 || len(t.text) == 2)
	}
	if y, end, ok = d.small(i, 1900, 2999); ok {
		return y, end, ok
	}
	if d.lang == "en" {
		a, e, ok1 := d.small(i, 19, 20)
		b, e2, ok2 := d.small(e, 0, 99)
		if ok1 && ok2 && d.toks[i].text != "" {
			return a*100 + b, e2, true
		}
	}
	return 0, 0, false
}

// monthDay reads "le 3 mars", "the third of march", "march third".
func (d *dateReader) monthDay(i int) int {
	if e := d.dayAndMonth(i, i); e > i {
		return e
	}
	return i
}

// numeric reads "3/3", "03/03/2026", "2026-03-03", and in French "le quatorze zéro trois".
func (d *dateReader) numeric(i int) int {
	if i+2 < len(d.toks) && d.toks[i].digits && len(d.toks[i].text) == 4 && d.toks[i+1].gap == "-" && d.toks[i+2].gap == "-" {
		if t, err := time.Parse(time.DateOnly, d.toks[i].text+"-"+d.toks[i+1].text+"-"+d.toks[i+2].text); err == nil {
			d.offer(t, 0, i, i+3)
			return i + 3
		}
	}
	a, e, ok := d.small(i, 1, 31)
	if !ok {
		return i
	}
	typed := d.toks[i].digits
	slash := d.word(e) == "/" || d.word(e) == "slash"
	if slash {
		e++
	} else if typed && e < len(d.toks) && d.toks[e].gap != "." && d.toks[e].gap != "-" && d.toks[e].gap != " " {
		return i
	}
	b, e2, ok := d.small(e, 1, 31)
	if !ok || !slash && d.word(i-1) != "le" && !typed {
		return i
	}
	if d.word(e2) == "/" || d.word(e2) == "slash" {
		e2++
	}
	end := i
	if b <= 12 {
		end = d.offerMonthDay(i, e2, time.Month(b), a)
	}
	if d.lang == "en" && a <= 12 && a != b {
		d.extra += 1
		end = max(end, d.offerMonthDay(i, e2, time.Month(a), b))
		d.extra -= 1
	}
	return end
}

// bareDay reads "le trois", "the third": the next day of that number.
func (d *dateReader) bareDay(i int) int {
	first := d.word(i) == "premier" || d.lang == "en" && d.ordinalAt(i)
	if prev := d.word(i - 1); !first && (d.lang == "en" || prev != "le" && prev != "du" && prev != "au" && len(d.toks) > 1) {
		return i
	}
	day, e, ok := d.dayOfMonth(i)
	if !ok || d.word(e) == "h" || d.word(e) == "heures" || d.word(e) == "heure" {
		return i
	}
	for m := 0; m < 12; m++ {
		t := time.Date(d.today.Year(), d.today.Month()+time.Month(m), day, 0, 0, 0, 0, time.UTC)
		if t.Day() == day && !t.Before(d.today) {
			d.offer(t, 0.6, i, e)
			break
		}
	}
	return e
}
