package entity

import "time"

// kind is what a stretch of days is.
type kind int

const (
	weekKind kind = iota
	monthKind
	yearKind
	weekendKind
)

// stretch is a week, a weekend, a month or a year as named at a token.
type stretch struct {
	kind     kind
	from, to time.Time // first and last day
	end      int       // token
	shift    int       // -1 last, 0 this, 1 next
	bare     bool      // "le mois" without saying which
}

// ofWords stand between a part and its whole.
var ofWords = set("de du d of in")

// edge of a stretch of days.
type side int

const (
	whole side = iota
	start
	middle
	finish
)

var (
	frSides = map[side]phraseSet{
		start:  phrases("début", "debut", "au début", "en début", "le début", "commencement", "tout début", "les premiers jours"),
		middle: phrases("mi", "à la mi", "milieu", "au milieu", "en milieu", "courant", "dans le courant", "le milieu"),
		finish: phrases("fin", "à la fin", "en fin", "la fin", "au bout", "derniers jours", "les derniers jours"),
	}
	enSides = map[side]phraseSet{
		start:  phrases("early", "early in", "the start", "the beginning", "beginning", "start"),
		middle: phrases("mid", "the middle", "middle", "halfway through"),
		finish: phrases("late", "later", "the end", "end", "late in"),
	}
)

// period reads a stretch of days, or one end of it, as one day of it.
func (d *dateReader) period(i int) {
	at, j := whole, i
	table := frSides
	if d.english() {
		table = enSides
	}
	for s, set := range table {
		if n := set.at(d.toks, i); n > 0 && i+n > j {
			at, j = s, i+n
		}
	}
	lead := j > i
	if lead {
		j = d.pass(j, ofWords)
	} else if w := d.word(i); w == "en" || w == "in" || w == "courant" || w == "pour" || w == "for" || w == "by" || w == "pendant" {
		lead, j = true, i+1
	}
	s, ok := d.stretch(j, at != whole)
	if !ok {
		return
	}
	if _, named := d.monthAt(j); named && !lead { // a month alone: not the one of an impossible day, nor "may I"
		if i > 0 && d.isNumber(i-1) || len(d.toks) > 3 || d.english() && len(d.toks) > 1 && (d.word(i) == "may" || d.word(i) == "march") {
			return
		}
	}
	if at == whole && d.inStretch(s) {
		return
	}
	d.vague(d.side(s, at), s.end)
}

// inStretch reads what picks one day or month of a stretch named before it: "la semaine
// prochaine mercredi", "l'année prochaine en février".
func (d *dateReader) inStretch(s stretch) bool {
	j := s.end
	for d.word(j) == "le" || d.word(j) == "on" || d.word(j) == "en" || d.word(j) == "in" || d.word(j) == "au" || hedges[d.word(j)] {
		j++
	}
	switch s.kind {
	case weekKind:
		wd, ok := d.weekdayAt(j)
		if ok {
			d.offer(s.from.AddDate(0, 0, (int(wd)+6)%7), 0, j+1)
		}
		return ok
	case monthKind:
		if !inMonth[d.word(s.end)] {
			return false
		}
		n, e, ok := d.dayOfMonth(d.pass(s.end, inMonth))
		if ok = ok && n <= s.to.Day() && !d.hourWord(e); ok {
			d.offer(s.from.AddDate(0, 0, n-1), 0, e)
		}
		return ok
	case yearKind:
		m, ok := d.monthAt(j)
		if ok {
			d.vague(day(s.from.Year(), m, 1), j+1)
		}
		return ok
	}
	return false
}

// hedges stand between a stretch and the day of it that would do.
var hedges = set("plutot disons peut etre si possible idealement maybe probably preferably say perhaps ideally")

var inMonth = set("vers le the on around about")

// side is the day that stands for one end of a stretch: weeks end on Friday, because
// hotlines mean working days.
func (d *dateReader) side(s stretch, at side) time.Time {
	if at == whole {
		switch {
		case s.kind == weekendKind && s.from.Before(d.today) && !s.to.Before(d.today):
			return d.today
		case s.shift == 0 && s.kind == weekKind:
			return d.days(d.until(time.Friday) % 7)
		case s.shift == 0 && !s.bare && s.kind != weekendKind && s.from.Before(d.today) && s.to.After(d.today):
			return s.to
		}
		return s.from
	}
	switch at {
	case middle:
		if s.kind == weekKind {
			return s.from.AddDate(0, 0, 2)
		}
		if s.kind == monthKind {
			return s.from.AddDate(0, 0, 14)
		}
		return s.from.AddDate(0, 0, int(s.to.Sub(s.from).Hours()/48))
	case finish:
		if s.kind == weekKind && s.shift == 0 {
			return d.days(d.until(time.Friday) % 7)
		}
		if s.kind == weekKind {
			return s.from.AddDate(0, 0, 4)
		}
		return s.to
	}
	if s.kind == weekKind && s.shift == 0 && s.bare { // "en début de semaine", said in a week that has begun
		return s.from.AddDate(0, 0, 7)
	}
	return s.from
}

var (
	frThis = set("ce cet cette")
	frThe  = set("le la l du de les")
	frNext = set("prochain prochaine suivant suivante")
	frLast = set("dernier derniere passe passee precedente precedent")
	frNow  = set("ci courant cours")
)

// stretch reads the name of a stretch at token i. Behind one of its ends the name may be
// bare: "fin de semaine", "the end of the month".
func (d *dateReader) stretch(i int, behind bool) (stretch, bool) {
	if d.english() {
		return d.stretchEN(i, behind)
	}
	return d.stretchFR(i, behind)
}

// monthStretch is stretch for months and years only.
func (d *dateReader) monthStretch(i int) (stretch, bool) {
	s, ok := d.stretch(i, true)
	return s, ok && s.kind != weekKind && s.kind != weekendKind
}

func (d *dateReader) stretchFR(i int, behind bool) (stretch, bool) {
	j, shown := i, false
	for frThis[d.word(j)] || frThe[d.word(j)] {
		shown = shown || frThis[d.word(j)]
		j++
	}
	var k kind
	switch w := d.word(j); {
	case w == "semaine":
		if s, ok := d.numberedWeek(j + 1); ok {
			return s, true
		}
		k = weekKind
	case w == "weekend" || w == "week" && d.word(j+1) == "end":
		k = weekendKind
		if w == "week" {
			j++
		}
		if s, ok := d.numberedWeek(j + 1); ok && d.word(j+1) == "du" {
			s.kind, s.from = weekendKind, s.from.AddDate(0, 0, 5)
			return s, true
		}
	case w == "mois":
		if d.word(j+1) == "de" || d.word(j+1) == "d" {
			if m, ok := d.monthAt(j + 2); ok {
				return d.namedMonth(m, j+3), true
			}
		}
		k = monthKind
	case w == "annee" || w == "an" && j > i:
		k = yearKind
	default:
		if m, ok := d.monthAt(j); ok && (j == i || behind) {
			return d.namedMonth(m, j+1), true
		}
		if y, e, ok := d.year(j); ok && behind && d.word(j) != "l" {
			return stretch{yearKind, day(y, 1, 1), day(y, 12, 31), e, 0, false}, y > 1900 && e == j+1
		}
		return stretch{}, false
	}
	shift, e, said := 0, j+1, shown
	switch w := d.word(e); {
	case frNext[w]:
		shift, e, said = 1, e+1, true
	case w == "qui" && (d.word(e+1) == "vient" || d.word(e+1) == "arrive"):
		shift, e, said = 1, e+2, true
	case w == "d" && d.word(e+1) == "apres":
		shift, e, said = 1, e+2, true
	case w == "d" && d.word(e+1) == "avant":
		shift, e, said = -1, e+2, true
	case frLast[w]:
		shift, e, said = -1, e+1, true
	case w == "en" && d.word(e+1) == "cours":
		e, said = e+2, true
	case frNow[w]:
		e, said = e+1, true
	case w == "en" && d.word(e+1) == "huit":
		shift, e, said = 2, e+2, true
	}
	if !said && !behind && k != weekendKind && (k != weekKind || d.word(i-1) != "dans") {
		return stretch{}, false
	}
	return d.shifted(k, shift, e, !said), true
}

// numberedWeek reads "48" behind "semaine": the week of that number in ISO 8601, this year
// or the next.
func (d *dateReader) numberedWeek(i int) (stretch, bool) {
	n, e, ok := d.small(i, 1, 53)
	if d.word(i) == "du" || d.word(i) == "of" { // "la semaine du 12 décembre"
		k := i + 1
		if d.word(k) == "the" {
			k++
		}
		for _, r := range d.readings(k) {
			monday := r.day.AddDate(0, 0, -(int(r.day.Weekday())+6)%7)
			return stretch{weekKind, monday, monday.AddDate(0, 0, 6), r.end, 1, false}, true
		}
		return stretch{}, false
	}
	if !ok {
		return stretch{}, false
	}
	y, _ := d.today.ISOWeek()
	for range 2 {
		fourth := day(y, 1, 4)
		monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7+7*(n-1))
		if !monday.AddDate(0, 0, 6).Before(d.today) {
			return stretch{weekKind, monday, monday.AddDate(0, 0, 6), e, 1, false}, true
		}
		y++
	}
	return stretch{}, false
}

func (d *dateReader) stretchEN(i int, behind bool) (stretch, bool) {
	j, shift, said := i, 0, false
	if d.word(j) == "the" {
		j++
	}
	switch d.word(j) {
	case "next", "following":
		shift, said = 1, true
		j++
	case "last", "previous", "past":
		shift, said = -1, true
		j++
	case "this", "current":
		said = true
		j++
	}
	var k kind
	switch w := d.word(j); {
	case w == "weekend" || w == "week" && d.word(j+1) == "end":
		k = weekendKind
		if w == "week" {
			j++
		}
	case w == "week":
		if s, ok := d.numberedWeek(j + 1); ok && !said {
			return s, true
		}
		k = weekKind
	case w == "month":
		k = monthKind
	case w == "year":
		k = yearKind
	default:
		m, ok := d.monthAt(j)
		if ok {
			s := d.namedMonth(m, j+1)
			if said && shift == -1 && s.from.After(d.today) {
				s.from, s.to = s.from.AddDate(-1, 0, 0), shiftMonth(s.from, -12).AddDate(0, 1, -1)
			}
			return s, true
		}
		if y, e, ok := d.year(j); ok && behind {
			return stretch{yearKind, day(y, 1, 1), day(y, 12, 31), e, 0, false}, true
		}
		return stretch{}, false
	}
	e := j + 1
	if d.word(e) == "after" && d.word(e+1) == "next" {
		shift, said, e = 2, true, e+2
	} else if d.word(e) == "before" && d.word(e+1) == "last" {
		shift, said, e = -2, true, e+2
	}
	if !said && !behind && k != weekendKind {
		return stretch{}, false
	}
	return d.shifted(k, shift, e, !said), true
}

// shifted is the week, weekend, month or year that lies n from this one.
func (d *dateReader) shifted(k kind, n, end int, bare bool) stretch {
	s := stretch{kind: k, end: end, shift: n, bare: bare}
	monday := d.days(d.until(time.Monday) - 7 + 7*n)
	switch k {
	case weekKind:
		s.from, s.to = monday, monday.AddDate(0, 0, 6)
	case weekendKind:
		s.from, s.to = monday.AddDate(0, 0, 5), monday.AddDate(0, 0, 6)
	case monthKind:
		s.from = day(d.today.Year(), d.today.Month()+time.Month(n), 1)
		s.to = s.from.AddDate(0, 1, -1)
	case yearKind:
		s.from, s.to = day(d.today.Year()+n, 1, 1), day(d.today.Year()+n, 12, 31)
	}
	return s
}

// namedMonth is the month m with the year said behind it, or the next that is not over.
func (d *dateReader) namedMonth(m time.Month, e int) stretch {
	y, shift := d.today.Year(), 1
	if said, end, ok := d.year(e); ok {
		y, e = said, end
	} else if n := d.gone(e); n > 0 {
		e, shift = e+n, -1
		if m >= d.today.Month() {
			y--
		}
	} else {
		if m < d.today.Month() {
			y++
		}
		if d.back && m != d.today.Month() {
			y, shift = y-1, -1
		}
		e += d.coming(e)
	}
	from := day(y, m, 1)
	return stretch{monthKind, from, from.AddDate(0, 1, -1), e, shift, false}
}
