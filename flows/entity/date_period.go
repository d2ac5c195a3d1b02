package entity

import "time"

// Ordinals of English days.
var enOrdinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
	"ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
	"seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30}

// ordinalAt reports whether an English ordinal, in words or typed, begins at token i.
func (d *dateReader) ordinalAt(i int) bool {
	w := d.word(i)
	if enOrdinals[w] > 0 || ordinalSuffix(d.word(i+1)) && i < len(d.toks) && d.toks[i].digits {
		return true
	}
	return (w == "twenty" || w == "thirty") && enOrdinals[d.word(i+1)] > 0
}

func ordinalSuffix(w string) bool { return w == "st" || w == "nd" || w == "rd" || w == "th" }

// ordinalEN reads an English day of the month, ordinal or cardinal.
func (d *dateReader) ordinalEN(i int) (day, end int, ok bool) {
	if i >= len(d.toks) {
		return 0, 0, false
	}
	if n := enOrdinals[d.word(i)]; n > 0 {
		return n, i + 1, true
	}
	if base := map[string]int{"twenty": 20, "thirty": 30}[d.word(i)]; base > 0 {
		if n := enOrdinals[d.word(i+1)]; n > 0 && n < 10 && base+n <= 31 {
			return base + n, i + 2, true
		}
	}
	day, end, ok = d.small(i, 1, 31)
	if ok && d.toks[i].digits && ordinalSuffix(d.word(end)) {
		end++
	}
	return day, end, ok
}

var frUnitsOfTime = map[string]string{"jour": "day", "jours": "day", "semaine": "week", "semaines": "week", "mois": "month", "an": "year", "ans": "year", "annee": "year", "annees": "year"}

var enUnitsOfTime = map[string]string{"day": "day", "days": "day", "week": "week", "weeks": "week", "fortnight": "fortnight", "month": "month", "months": "month", "year": "year", "years": "year"}

var (
	frIn  = phrases("dans", "d'ici", "sous", "après")
	frAgo = phrases("il y a", "y a", "ça fait", "depuis")
	enIn  = phrases("in", "within")
	ago   = set("ago")
)

// relative reads "dans trois jours", "il y a une semaine", "in two weeks", "three days ago".
// "Huit jours" is one week and "quinze jours" two, as every French speaker counts.
func (d *dateReader) relative(i int) int {
	sign, j := 1, i
	units := frUnitsOfTime
	if d.lang == "en" {
		units = enUnitsOfTime
		j += enIn.at(d.toks, i)
	} else if n := frIn.at(d.toks, i); n > 0 {
		j += n
	} else if n := frAgo.at(d.toks, i); n > 0 {
		sign, j = -1, j+n
	} else {
		return i
	}
	n, e, ok := d.small(j, 1, 400)
	if !ok && (d.word(j) == "a" || d.word(j) == "an") {
		n, e, ok = 1, j+1, true
	}
	if !ok && (d.word(j) == "quinzaine" || d.word(j+1) == "quinzaine") {
		end := min(j+2, len(d.toks))
		d.offer(d.days(sign*14), 0, i, end)
		return end
	}
	unit := units[d.word(e)]
	if !ok || unit == "" {
		return i
	}
	e++
	if d.lang == "en" {
		if ago[d.word(e)] {
			sign = -1
			e++
		} else if j == i {
			return i // "two weeks" alone is a length
		}
	}
	switch unit {
	case "week":
		d.offer(d.days(sign*7*n), 0, i, e)
	case "fortnight":
		d.offer(d.days(sign*14*n), 0, i, e)
	case "month":
		d.offer(d.shiftMonth(sign*n), 0, i, e)
	case "year":
		d.offer(d.today.AddDate(sign*n, 0, 0), 0, i, e)
	default:
		if d.lang != "en" && (n == 8 || n == 15) && !d.toks[j].digits {
			d.offer(d.days(sign*(n-1)), 0, i, e)
			d.offer(d.days(sign*n), 0.3, i, e)
			return e
		}
		d.offer(d.days(sign*n), 0, i, e)
	}
	return e
}

// span is a stretch of days named by one day of it, with less confidence.
type span struct {
	set phraseSet
	day func(d *dateReader) time.Time
}

var frSpans = []span{
	{phrases("la semaine prochaine", "semaine prochaine"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Monday)) }},
	{phrases("la semaine dernière", "semaine dernière", "la semaine passée"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Monday) - 14) }},
	{phrases("fin de semaine", "en fin de semaine", "la fin de semaine", "la fin de la semaine", "fin de la semaine", "d'ici la fin de la semaine"), endOfWeek},
	{phrases("début de semaine prochaine", "en début de semaine prochaine", "début de semaine", "en début de semaine"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Monday)) }},
	{phrases("fin de semaine prochaine", "la fin de la semaine prochaine", "en fin de semaine prochaine"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Friday)) }},
	{phrases("ce week end", "le week end", "ce weekend", "le weekend", "week end", "weekend"), weekend},
	{phrases("le week end prochain", "le weekend prochain", "week end prochain"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Saturday)) }},
	{phrases("cette semaine", "dans la semaine"), endOfWeek},
	{phrases("fin du mois", "la fin du mois", "à la fin du mois", "fin de mois"), endOfMonth},
	{phrases("le mois prochain", "mois prochain", "début du mois prochain"), func(d *dateReader) time.Time {
		return time.Date(d.today.Year(), d.today.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	}},
	{phrases("noël", "le jour de noël"), func(d *dateReader) time.Time { return d.yearly(12, 25) }},
	{phrases("jour de l'an", "le jour de l'an", "nouvel an", "le nouvel an"), func(d *dateReader) time.Time { return d.yearly(1, 1) }},
}

var enSpans = []span{
	{phrases("next week"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Monday)) }},
	{phrases("last week"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Monday) - 14) }},
	{phrases("end of week", "end of the week", "the end of the week", "the end of week", "this week"), endOfWeek},
	{phrases("end of next week", "the end of next week"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Friday)) }},
	{phrases("weekend", "the weekend", "this weekend", "at the weekend", "week end"), weekend},
	{phrases("next weekend"), func(d *dateReader) time.Time { return d.days(d.inNextWeek(time.Saturday)) }},
	{phrases("end of month", "end of the month", "the end of the month"), endOfMonth},
	{phrases("next month"), func(d *dateReader) time.Time {
		return time.Date(d.today.Year(), d.today.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	}},
	{phrases("christmas", "christmas day"), func(d *dateReader) time.Time { return d.yearly(12, 25) }},
	{phrases("new year's day", "new year"), func(d *dateReader) time.Time { return d.yearly(1, 1) }},
}

func endOfWeek(d *dateReader) time.Time {
	return d.days(max((int(time.Friday)-int(d.today.Weekday())+7)%7, 0))
}

func weekend(d *dateReader) time.Time {
	if d.today.Weekday() == time.Sunday {
		return d.today
	}
	return d.days(int(time.Saturday) - int(d.today.Weekday()))
}

func endOfMonth(d *dateReader) time.Time {
	return time.Date(d.today.Year(), d.today.Month()+1, 0, 0, 0, 0, 0, time.UTC)
}

func (d *dateReader) yearly(m time.Month, day int) time.Time {
	t := time.Date(d.today.Year(), m, day, 0, 0, 0, 0, time.UTC)
	if t.Before(d.today) {
		t = t.AddDate(1, 0, 0)
	}
	return t
}

// period reads a stretch of days as one day of it, beside a second reading next to it, so
// that its confidence asks for a confirmation.
func (d *dateReader) period(i int) int {
	table := frSpans
	if d.lang == "en" {
		table = enSpans
	}
	n := 0
	var day func(*dateReader) time.Time
	for _, s := range table {
		if m := s.set.at(d.toks, i); m > n {
			n, day = m, s.day
		}
	}
	if n == 0 {
		return i
	}
	t := day(d)
	d.offer(t, 0.2, i, i+n)
	d.offer(t.AddDate(0, 0, 1), 0.8, i, i+n)
	return i + n
}

// shiftMonth is the day of the same number n months away, or the last of that month.
func (d *dateReader) shiftMonth(n int) time.Time {
	t := d.today.AddDate(0, n, 0)
	if t.Day() != d.today.Day() {
		t = t.AddDate(0, 0, -t.Day())
	}
	return t
}
