package entity

import (
	"time"

	"decroche/internal/calendar"
)

// feast is a day of the year that people name.
type feast struct {
	set phraseSet
	in  func(year int) time.Time
}

func each(m time.Month, n int) func(int) time.Time {
	return func(y int) time.Time { return day(y, m, n) }
}

// fromEaster is the day n days after Easter Sunday.
func fromEaster(n int) func(int) time.Time {
	return func(y int) time.Time { return calendar.Easter(y).AddDate(0, 0, n) }
}

// nth is the n-th weekday wd of a month, the last when n is 5.
func nth(m time.Month, wd time.Weekday, n int) func(int) time.Time {
	return func(y int) time.Time {
		t := day(y, m, 1)
		t = t.AddDate(0, 0, (int(wd)-int(t.Weekday())+7)%7+7*(n-1))
		if t.Month() != m {
			t = t.AddDate(0, 0, -7)
		}
		return t
	}
}

var frFeasts = []feast{
	{phrases("noël", "le jour de noël", "jour de noël"), each(12, 25)},
	{phrases("réveillon de noël", "le réveillon de noël", "la veille de noël", "veille de noël"), each(12, 24)},
	{phrases("jour de l'an", "le jour de l'an", "nouvel an", "le nouvel an", "le premier de l'an"), each(1, 1)},
	{phrases("saint sylvestre", "la saint sylvestre", "le réveillon du jour de l'an", "réveillon du nouvel an", "le réveillon du nouvel an"), each(12, 31)},
	{phrases("épiphanie", "l'épiphanie", "la fête des rois"), each(1, 6)}, {phrases("chandeleur", "la chandeleur"), each(2, 2)},
	{phrases("saint valentin", "la saint valentin"), each(2, 14)}, {phrases("fête du travail", "la fête du travail"), each(5, 1)},
	{phrases("fête de la musique", "la fête de la musique"), each(6, 21)}, {phrases("saint jean", "la saint jean"), each(6, 24)},
	{phrases("fête nationale", "la fête nationale"), each(7, 14)}, {phrases("assomption", "l'assomption"), each(8, 15)},
	{phrases("halloween"), each(10, 31)}, {phrases("toussaint", "la toussaint"), each(11, 1)}, {phrases("armistice", "l'armistice"), each(11, 11)},
	{phrases("saint nicolas", "la saint nicolas"), each(12, 6)},
	{phrases("mardi gras"), fromEaster(-47)}, {phrases("vendredi saint", "le vendredi saint"), fromEaster(-2)},
	{phrases("pâques", "dimanche de pâques", "le dimanche de pâques"), fromEaster(0)}, {phrases("lundi de pâques", "le lundi de pâques"), fromEaster(1)},
	{phrases("ascension", "l'ascension", "le jeudi de l'ascension", "jeudi de l'ascension"), fromEaster(39)},
	{phrases("pentecôte", "la pentecôte", "dimanche de pentecôte"), fromEaster(49)}, {phrases("lundi de pentecôte", "le lundi de pentecôte"), fromEaster(50)},
	{phrases("fête des mères", "la fête des mères"), nth(5, time.Sunday, 5)}, {phrases("fête des pères", "la fête des pères"), nth(6, time.Sunday, 3)},
	{phrases("au printemps", "le printemps", "ce printemps", "printemps"), each(3, 20)}, {phrases("cet été", "en été", "l'été"), each(6, 21)},
	{phrases("à l'automne", "en automne", "l'automne", "cet automne"), each(9, 22)}, {phrases("cet hiver", "en hiver", "l'hiver"), each(12, 21)},
	{phrases("après les fêtes", "après les fêtes de fin d'année"), each(1, 2)}, {phrases("la rentrée", "à la rentrée"), each(9, 1)},
}

var enFeasts = []feast{
	{phrases("christmas", "christmas day", "xmas"), each(12, 25)}, {phrases("christmas eve"), each(12, 24)},
	{phrases("boxing day", "saint stephen's day", "st stephen's day"), each(12, 26)}, {phrases("new year's eve", "new years eve", "hogmanay"), each(12, 31)},
	{phrases("new year's day", "new years day", "new year", "the new year", "new year's"), each(1, 1)}, {phrases("valentine's day", "valentines day", "valentine's"), each(2, 14)},
	{phrases("saint patrick's day", "st patrick's day", "st patricks day"), each(3, 17)}, {phrases("may day"), each(5, 1)},
	{phrases("independence day"), each(7, 4)}, {phrases("halloween"), each(10, 31)}, {phrases("bonfire night", "guy fawkes night"), each(11, 5)},
	{phrases("veterans day", "remembrance day", "armistice day"), each(11, 11)},
	{phrases("good friday"), fromEaster(-2)}, {phrases("easter", "easter sunday", "easter day"), fromEaster(0)}, {phrases("easter monday"), fromEaster(1)},
	{phrases("ash wednesday"), fromEaster(-46)}, {phrases("shrove tuesday", "pancake day"), fromEaster(-47)}, {phrases("ascension day"), fromEaster(39)}, {phrases("whit monday"), fromEaster(50)},
	{phrases("thanksgiving", "thanksgiving day"), nth(11, time.Thursday, 4)}, {phrases("labor day"), nth(9, time.Monday, 1)}, {phrases("memorial day"), nth(5, time.Monday, 5)},
	{phrases("martin luther king day"), nth(1, time.Monday, 3)}, {phrases("father's day", "fathers day"), nth(6, time.Sunday, 3)},
	{phrases("black friday"), func(y int) time.Time { return nth(11, time.Thursday, 4)(y).AddDate(0, 0, 1) }},
	{phrases("the spring", "this spring", "in spring"), each(3, 20)}, {phrases("the summer", "this summer", "in summer"), each(6, 21)},
	{phrases("the autumn", "this autumn", "the fall", "this fall"), each(9, 22)}, {phrases("the winter", "this winter"), each(12, 21)},
}

// enSeasons are named with "last", "this" or "next" only.
var enSeasons = map[string]func(int) time.Time{"spring": each(3, 20), "summer": each(6, 21), "autumn": each(9, 22), "fall": each(9, 22), "winter": each(12, 21)}

func (d *dateReader) season(begins func(int) time.Time, last bool, end int) {
	t := begins(d.today.Year())
	switch {
	case last && t.After(d.today):
		t = begins(d.today.Year() - 1)
	case !last && t.Before(d.today):
		t = begins(d.today.Year() + 1)
	}
	d.vague(t, end)
}

// holiday reads the name of a day of the year: the next one to come, or the year said.
func (d *dateReader) holiday(i int) {
	table, j, last := frFeasts, i, false
	if d.english() {
		table = enFeasts
		if w := d.word(i); (w == "last" || w == "next" || w == "this") && i+1 < len(d.toks) {
			j, last = i+1, w == "last"
			for season, f := range enSeasons {
				if d.word(j) == season {
					d.season(f, last, j+1)
				}
			}
		}
	}
	for _, f := range table {
		n := f.set.at(d.toks, j)
		if n == 0 {
			continue
		}
		e := j + n
		next := f.in(d.today.Year())
		if next.Before(d.today) {
			next = f.in(d.today.Year() + 1)
		}
		past := f.in(next.Year() - 1)
		if y, end, ok := d.year(e); ok && end > e && (y >= d.today.Year()-1 && y <= d.today.Year()+10) {
			d.offer(f.in(y), 0, end)
		} else if k := d.gone(e); k > 0 {
			d.offer(past, 0, e+k)
		} else if last {
			d.offer(past, 0, e)
		} else {
			e += d.coming(e)
			d.ahead(next, past, e)
		}
	}
}
