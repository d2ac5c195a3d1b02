package entity

import "time"

// dateReader reads dates counted from today.
type dateReader struct {
	*reader
	lang  string
	now   time.Time // as the caller sees it, in UTC
	today time.Time // midnight of now
	best  map[string]candidate
	extra float64 // less than zero behind a correction: the later wins
	back  bool    // the utterance looks back: "depuis lundi" is the Monday past

	found []dated // what the readers offer at the token at hand
	depth int     // of dates inside dates: "la veille du premier mars"
}

// dated is one reading of the words from a position up to end.
type dated struct {
	day  time.Time
	cost float64
	end  int
}

func newDateReader(lang, text string, now time.Time) *dateReader {
	d := &dateReader{reader: newReader(lang, text), lang: lang, best: map[string]candidate{},
		now:   time.Date(now.Year(), now.Month(), now.Day(), now.Hour(), now.Minute(), 0, 0, time.UTC),
		today: time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, time.UTC)}
	words := frLookBack
	if lang == "en" {
		words = enLookBack
	}
	for i := range d.toks {
		d.back = d.back || words.at(d.toks, i) > 0
	}
	return d
}

// parseDate reads a day as "2006-01-02". Days without a year or a month are the next ones
// to come, the one past being the second reading; "prochain" and "next" keep both of their
// usual meanings, the likelier first. Stretches of days ("fin janvier") are one of their
// days, as docs/entities.md lists.
func parseDate(spec Spec, lang, text string, now time.Time) []Value {
	d := newDateReader(lang, text, now)
	for i := 0; i < len(d.toks); {
		if n := d.lex.repairs.at(d.toks, i); n > 0 {
			d.extra -= 2
			i += n
			continue
		}
		end := i + 1
		for _, r := range d.readings(i) {
			end = r.end
			d.commit(r, i)
		}
		i = end
	}
	return values(spec, d.toks, ranked(d.best))
}

// Words that say that the day has been.
var (
	frLookBack = phrases("depuis", "j'ai commandé", "commandé le", "commandée le", "commandé en", "reçu", "reçue", "acheté", "achetée", "acheté le", "j'ai payé", "payé le", "c'était",
		"née", "né le", "suis né", "né en", "commande du", "facture du", "achat du", "courrier du", "appel du", "passée le", "datée du", "date du", "expédié le", "envoyé le")
	enLookBack = phrases("since", "ordered", "bought", "received", "purchased", "born", "was", "paid", "happened", "arrived", "dated", "sent it", "placed")
)

// ahead offers the next day that fits and the last one, the likelier first.
func (d *dateReader) ahead(next, past time.Time, end int) {
	if d.back {
		next, past = past, next
	}
	d.offer(next, 0, end)
	d.offer(past, 1.2, end)
}

// readings tries every reader at token i and returns the longest readings of a date that
// begins there.
func (d *dateReader) readings(i int) []dated {
	if i >= len(d.toks) || d.depth == 2 {
		return nil
	}
	outer := d.found
	d.found = nil
	d.depth++
	for _, read := range [...]func(int){d.fixed, d.relative, d.anchored, d.weekday, d.nthWeekday, d.nthPart,
		d.monthDay, d.numeric, d.keyed, d.holiday, d.period, d.bareDay} {
		read(i)
	}
	d.depth--
	found := d.found
	d.found = outer
	longest := i
	for _, r := range found {
		longest = max(longest, r.end)
	}
	kept := found[:0]
	for _, r := range found {
		if r.end == longest {
			kept = append(kept, r)
		}
	}
	return kept
}

func (d *dateReader) commit(r dated, i int) {
	if r.day.Year() < 1900 || r.day.Year() > 2999 {
		return
	}
	cost := r.cost + d.extra - 0.3*float64(r.end-i)
	s := r.day.Format(time.DateOnly)
	if old, ok := d.best[s]; !ok || cost < old.cost {
		d.best[s] = candidate{s, cost, i, r.end}
	}
}

// offer notes that the words up to end may mean day.
func (d *dateReader) offer(day time.Time, cost float64, end int) {
	d.found = append(d.found, dated{day, cost, end})
}

// vague notes a day that stands for a stretch of days, beside the one after it, so that
// its confidence asks for a confirmation.
func (d *dateReader) vague(day time.Time, end int) {
	d.offer(day, 0.2, end)
	d.offer(day.AddDate(0, 0, 1), 0.8, end)
}

func (d *dateReader) days(n int) time.Time { return d.today.AddDate(0, 0, n) }

func day(y int, m time.Month, n int) time.Time { return time.Date(y, m, n, 0, 0, 0, 0, time.UTC) }

// any reports whether token i is one of the words of the list.
func (r *reader) any(i int, list map[string]bool) bool { return list[r.word(i)] }

// pass returns the position behind the words of the list that stand at i.
func (r *reader) pass(i int, list map[string]bool) int {
	for list[r.word(i)] {
		i++
	}
	return i
}
