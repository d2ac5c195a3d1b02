package entity

import (
	"strconv"
	"time"
)

var frMonths = map[string]time.Month{"janvier": 1, "fevrier": 2, "mars": 3, "avril": 4, "mai": 5, "juin": 6, "juillet": 7,
	"aout": 8, "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12, "janv": 1, "fevr": 2, "juil": 7, "sept": 9, "oct": 10, "nov": 11, "dec": 12}

var enMonths = map[string]time.Month{"january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7,
	"august": 8, "september": 9, "october": 10, "november": 11, "december": 12, "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12}

func (d *dateReader) monthAt(i int) (m time.Month, ok bool) {
	table := frMonths
	if d.english() {
		table = enMonths
	}
	m, ok = table[d.word(i)]
	return m, ok
}

// Ordinals of English days.
var enOrdinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
	"ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15, "sixteenth": 16,
	"seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30}

var enOrdinalTens = map[string]int{"twenty": 20, "thirty": 30}

// ordinalAt reports whether an English ordinal, in words or typed, begins at token i.
func (d *dateReader) ordinalAt(i int) bool {
	w := d.word(i)
	if enOrdinals[w] > 0 || ordinalSuffix(d.word(i+1)) && i < len(d.toks) && d.toks[i].digits {
		return true
	}
	return enOrdinalTens[w] > 0 && enOrdinals[d.word(i+1)] > 0
}

func ordinalSuffix(w string) bool { return w == "st" || w == "nd" || w == "rd" || w == "th" }

// dayOfMonth reads 1..31, "premier", "1er", and in English the ordinals.
func (d *dateReader) dayOfMonth(i int) (n, end int, ok bool) {
	if d.english() {
		return d.ordinalEN(i)
	}
	if w := d.word(i); w == "premier" || w == "1er" {
		return 1, i + 1, true
	}
	n, end, ok = d.small(i, 1, 31)
	if ok && d.toks[i].digits && n == 1 && d.word(end) == "er" {
		end++
	}
	return n, end, ok
}

// ordinalEN reads an English day of the month, ordinal or cardinal.
func (d *dateReader) ordinalEN(i int) (n, end int, ok bool) {
	if i >= len(d.toks) {
		return 0, 0, false
	}
	if n := enOrdinals[d.word(i)]; n > 0 {
		return n, i + 1, true
	}
	if base := enOrdinalTens[d.word(i)]; base > 0 {
		if n := enOrdinals[d.word(i+1)]; n > 0 && n < 10 && base+n <= 31 {
			return base + n, i + 2, true
		}
	}
	n, end, ok = d.small(i, 1, 31)
	if ok && d.toks[i].digits && ordinalSuffix(d.word(end)) {
		end++
	}
	return n, end, ok
}

// monthDay reads "le 3 mars", "the third of march", "march third", "le dix du mois prochain".
func (d *dateReader) monthDay(i int) {
	d.dayAndMonth(i)
	n, e, ok := d.dayOfMonth(i)
	if (d.word(i) == "dernier" || d.word(i) == "last") && (d.word(i+1) == "jour" || d.word(i+1) == "day") {
		n, e, ok = 31, i+2, true
	}
	if !ok || !ofWords[d.word(e)] {
		return
	}
	s, named := d.monthStretch(d.pass(e, ofWords))
	if !named || s.kind != monthKind {
		return
	}
	last := s.to.Day()
	if n > last && e != i+2 {
		return
	}
	t := s.from.AddDate(0, 0, min(n, last)-1)
	if s.bare && t.Before(d.today) { // "le cinq du mois"
		t = shiftMonth(t, 1)
	}
	d.offer(t, 0, s.end)
}

// dayAndMonth reads a day, a month and perhaps a year from token k.
func (d *dateReader) dayAndMonth(k int) {
	n, e, ok := d.dayOfMonth(k)
	if ok {
		d.range2(n, e)
		e = d.pass(e, ofWords)
		if m, found := d.monthAt(e); found {
			d.offerMonthDay(e+1, m, n)
			return
		}
		d.numbered(n, e)
	}
	if m, found := d.monthAt(k); found && d.english() {
		j := d.pass(k+1, articles)
		if n, e, ok := d.dayOfMonth(j); ok && !d.hourWord(e) {
			d.offerMonthDay(e, m, n)
		}
	}
}

// numbered reads "le trois du trois", "the third of the third": the month by its number.
func (d *dateReader) numbered(n, e int) {
	if w := d.word(e - 1); w != "du" && w != "of" {
		return
	}
	if d.english() && d.word(e) != "the" {
		return
	}
	m, end, ok := d.dayOfMonth(d.pass(e, articles))
	if ok && m <= 12 && !d.hourWord(end) {
		d.offerMonthDay(end, time.Month(m), n)
	}
}

var rangeWords = set("au et ou to and or jusqu")

// range2 reads "12 au 15 mars", "12 ou 13 mars" behind the first day: the month is said once.
func (d *dateReader) range2(first, e int) {
	if !rangeWords[d.word(e)] {
		return
	}
	k := d.pass(d.pass(e, rangeWords), articles)
	if d.word(k) == "au" {
		k++
	}
	_, e2, ok := d.dayOfMonth(k)
	if !ok {
		return
	}
	e2 = d.pass(e2, ofWords)
	if m, found := d.monthAt(e2); found {
		d.offerMonthDay(e2+1, m, first)
	}
}

// offerMonthDay offers day and month with the year said behind it, or the next one to come.
func (d *dateReader) offerMonthDay(e int, m time.Month, n int) {
	var next, past time.Time
	for y := d.today.Year() - 4; y <= d.today.Year()+8; y++ {
		t := day(y, m, n)
		switch {
		case t.Day() != n:
		case t.Before(d.today):
			past = t
		case next.IsZero():
			next = t
		}
	}
	if next.IsZero() {
		return // the thirtieth of February
	}
	if y, end, ok := d.year(e); ok {
		if t := day(y, m, n); t.Day() == n {
			d.offer(t, 0, end)
		}
		return
	}
	if k := d.gone(e); k > 0 {
		d.offer(past, 0, e+k)
		return
	}
	if k := d.coming(e); k > 0 {
		e += k
	}
	d.ahead(next, past, e)
}

func (d *dateReader) gone(i int) int {
	if d.english() {
		return phraseLast.behind(d.toks, i)
	}
	return frGone.behind(d.toks, i)
}

func (d *dateReader) coming(i int) int {
	if d.english() {
		return 0
	}
	return frComing.behind(d.toks, i)
}

var (
	phraseLast = phrases("last", "just gone")
	// the year before, this one, the next
	frYears = []phraseSet{phrases("de l'année dernière", "de l'an dernier", "l'année dernière", "l'an dernier", "de l'année passée", "l'an passé"),
		phrases("de cette année", "cette année", "de l'année en cours"),
		phrases("de l'année prochaine", "de l'an prochain", "l'année prochaine", "l'an prochain")}
	enYears = []phraseSet{phrases("last year", "of last year"), phrases("this year", "of this year"), phrases("next year", "of next year")}
)

// year reads 1900..2999 typed or in words ("deux mille vingt-six", "twenty twenty-six"), two
// digits ("quatre-vingt-un", "27"), or "last year" and its like. Two digits are the century
// that lies nearest, but no more than ten years ahead.
func (d *dateReader) year(i int) (y, end int, ok bool) {
	if i >= len(d.toks) {
		return 0, 0, false
	}
	table := frYears
	if d.english() {
		table = enYears
	}
	for k, set := range table {
		if n := set.at(d.toks, i); n > 0 {
			return d.today.Year() + k - 1, i + n, true
		}
	}
	if w := d.word(i); (w == "de" || w == "in" || w == "en") && i+1 < len(d.toks) {
		i++
		if d.word(i) == "l" && d.word(i+1) == "an" && i+2 < len(d.toks) {
			i += 2
		}
	}
	if t := d.toks[i]; t.digits {
		n, err := strconv.Atoi(t.text)
		if err == nil && len(t.text) == 2 && !d.hourWord(i+1) {
			return d.century(n), i + 1, true
		}
		return n, i + 1, err == nil && n >= 1900 && n <= 2999 && len(t.text) == 4
	}
	if y, end, ok = d.small(i, 1900, 2999); ok {
		return y, end, ok
	}
	if d.english() {
		a, e, ok1 := d.small(i, 19, 20)
		b, e2, ok2 := d.small(e, 0, 99)
		if ok1 && ok2 && (b > 9 || d.g.zero(d.word(e))) {
			return a*100 + b, e2, true
		}
	}
	n, e, ok := d.small(i, 0, 99)
	least := 0
	if d.english() { // "march third ten thirty" is a time
		least = 32
	}
	if !ok || n < least || d.hourWord(e) || d.word(e) == "et" || e < len(d.toks) && d.isNumber(e) {
		return 0, 0, false
	}
	return d.century(n), e, true
}

func (d *dateReader) century(n int) int {
	y := d.today.Year()/100*100 + n
	if y > d.today.Year()+10 {
		y -= 100
	}
	return y
}

// numeric reads "3/3", "03/03/2026", "2026-03-03", and in French "le quatorze zéro trois".
func (d *dateReader) numeric(i int) {
	if i+2 < len(d.toks) && d.toks[i].digits && len(d.toks[i].text) == 4 && dateGap[d.toks[i+1].gap] && dateGap[d.toks[i+2].gap] {
		if t, err := time.Parse("2006-1-2", d.toks[i].text+"-"+d.toks[i+1].text+"-"+d.toks[i+2].text); err == nil {
			d.offer(t, 0, i+3)
		}
		return
	}
	a, e, ok := d.small(i, 1, 31)
	if !ok {
		return
	}
	typed := d.toks[i].digits
	slash := d.word(e) == "/" || d.word(e) == "slash"
	if slash {
		e++
	} else if typed && e < len(d.toks) && !dateGap[d.toks[e].gap] {
		return
	}
	b, e2, ok := d.small(e, 1, 31)
	if !ok || d.hourWord(e2) {
		return
	}
	if d.word(e2) == "/" || d.word(e2) == "slash" {
		e2++
	}
	if !slash && !typed && d.word(i-1) != "le" { // words alone need all three, or nothing else
		if _, _, three := d.year(e2); !three && (i > 0 || e2 < len(d.toks)) {
			return
		}
	}
	if b <= 12 {
		d.offerMonthDay(e2, time.Month(b), a)
	}
	if d.english() && a <= 12 && a != b { // the American order
		before := len(d.found)
		d.offerMonthDay(e2, time.Month(a), b)
		for k := before; k < len(d.found) && b <= 12; k++ {
			d.found[k].cost++
		}
	}
}

var dateGap = map[string]bool{".": true, "-": true, " ": true, "*": true, "": true, "\u00a0": true}

// keyed reads a date keyed on a telephone: day, month and perhaps the year without anything
// between them.
func (d *dateReader) keyed(i int) {
	if len(d.toks) != 1 || !d.toks[0].digits {
		return
	}
	s := d.toks[0].text
	if len(s) != 4 && len(s) != 6 && len(s) != 8 {
		return
	}
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	n, m := num(s[:2]), time.Month(num(s[2:4]))
	if m < 1 || m > 12 || n < 1 || n > 31 {
		return
	}
	switch len(s) {
	case 4:
		d.offerMonthDay(i+1, m, n)
	case 6:
		if t := day(d.century(num(s[4:])), m, n); t.Day() == n {
			d.offer(t, 0, i+1)
		}
	case 8:
		if t := day(num(s[4:]), m, n); t.Day() == n {
			d.offer(t, 0, i+1)
		}
	}
}

// bareDay reads "le trois", "the third": the next day of that number.
func (d *dateReader) bareDay(i int) {
	first := d.word(i) == "premier" || d.english() && d.ordinalAt(i)
	if prev := d.word(i - 1); !first && (d.english() || prev != "le" && prev != "du" && prev != "au" && len(d.toks) > 1) {
		return
	}
	n, e, ok := d.dayOfMonth(i)
	if !ok || d.hourWord(e) {
		return
	}
	if _, month := d.monthAt(d.pass(e, ofWords)); month {
		return // the thirtieth of February
	}
	step := 1
	if d.back {
		step = -1
	}
	for m := range 12 {
		t := day(d.today.Year(), d.today.Month()+time.Month(step*m), n)
		if t.Day() == n && (t.Equal(d.today) || t.Before(d.today) == d.back) {
			d.offer(t, 0.6, e)
			return
		}
	}
}
