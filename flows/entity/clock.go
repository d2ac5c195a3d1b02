package entity

import "time"

// moment is one reading of a time of day.
type moment struct {
	hour, minute int
	end          int
	exact        bool // said on 24 hours, or with a part of the day
	cost         float64
}

// part is the part of the day that is said.
type dayPart int

const (
	noPart dayPart = iota
	morning
	afternoon
	evening
	night
)

var (
	frParts = map[dayPart]phraseSet{
		morning:   phrases("du matin", "le matin", "ce matin", "au matin", "du mat", "matin", "dans la matinée", "matinée"),
		afternoon: phrases("de l'après midi", "l'après midi", "cet après midi", "cette après midi", "dans l'après midi", "après midi", "de l'aprem", "aprem"),
		evening:   phrases("du soir", "le soir", "ce soir", "au soir", "soir", "dans la soirée", "soirée"),
		night:     phrases("de la nuit", "cette nuit", "la nuit"),
	}
	enParts = map[dayPart]phraseSet{
		morning:   phrases("a m", "am", "in the morning", "this morning", "morning"),
		afternoon: phrases("p m", "pm", "in the afternoon", "this afternoon", "afternoon"),
		evening:   phrases("in the evening", "this evening", "tonight", "evening"),
		night:     phrases("at night", "night"),
	}
	enMinutesTo = phrases("to", "before", "till", "of", "til")
	enPast      = phrases("past", "after")
)

// clockReader reads times of day.
type clockReader struct {
	*reader
	lang string
	now  time.Time
	part dayPart // said somewhere in the utterance: "demain soir à sept heures"
	best map[string]candidate
	fix  float64 // less than zero behind a correction
}

// parseTime reads a time of day as "15:04". An hour said on twelve hours has two readings;
// from one to six, people who ring a hotline mean the afternoon. Parts of the day stand for
// an hour of theirs, as docs/entities.md lists; "dans une heure" counts from now.
func parseTime(spec Spec, lang, text string, now time.Time) []Value {
	r := &clockReader{reader: newReader(lang, text), lang: lang, now: now, best: map[string]candidate{}}
	for i := range r.toks {
		if p, n := r.partAt(i); n > 0 {
			r.part = p
		}
	}
	for i := 0; i < len(r.toks); {
		if n := r.lex.repairs.at(r.toks, i); n > 0 {
			r.fix -= 2
			i += n
			continue
		}
		i = r.at(i)
	}
	return values(spec, r.toks, ranked(r.best))
}

// at reads what begins at token i and returns where to go on.
func (r *clockReader) at(i int) int {
	if e := r.fromNow(i); e > i {
		return e
	}
	if e := r.between(i); e > i {
		return e
	}
	if e := r.vague(i); e > i {
		return e
	}
	m, ok := r.moment(i)
	if !ok || m.hour > 24 || m.minute > 59 {
		return i + 1
	}
	if _, e, _ := r.small(i, 0, 59); m.cost >= 1.5 && e > i && r.ofDate(i, e) {
		return e
	}
	r.offerMoment(m, 0, i)
	return max(m.end, i+1)
}

// ofDate reports whether the bare number in tokens i..end is the day of a date: "le
// vingt-quatre au matin", "mercredi en huit".
func (r *clockReader) ofDate(i, end int) bool {
	before, behind := r.word(i-1), r.word(end)
	if r.lang == "en" {
		return before == "the" || enMonths[before] > 0 || enMonths[behind] > 0 || behind == "of" || ordinalSuffix(behind)
	}
	return before == "le" || before == "du" || before == "en" || before == "au" || frWeekdays[before] > 0 && frMonths[behind] > 0 || frMonths[behind] > 0
}

func (r *clockReader) offer(h, m int, cost float64, i, end int) {
	s := pad2((h+24)%24) + ":" + pad2(m)
	cost += r.fix
	if old, ok := r.best[s]; !ok || cost < old.cost {
		r.best[s] = candidate{s, cost, i, end}
	}
}

// offerMoment offers a moment and, when it was said on twelve hours, its other half of the day.
func (r *clockReader) offerMoment(m moment, extra float64, i int) {
	cost := m.cost + extra
	if !m.exact && m.hour <= 12 && m.hour > 0 && r.part != noPart {
		m = m.inPart(r.part)
	}
	r.offer(m.hour, m.minute, cost, i, m.end)
	if m.exact || m.hour > 12 || m.hour == 0 {
		return
	}
	delta := 0.8
	if m.hour <= 6 {
		delta = -0.5
	}
	r.offer((m.hour+12)%24, m.minute, cost+delta, i, m.end)
}

// inPart moves a moment said on twelve hours into a part of the day.
func (m moment) inPart(p dayPart) moment {
	m.exact = true
	switch p {
	case morning:
		if m.hour == 12 {
			m.hour = 0
		}
	case afternoon, evening:
		if m.hour < 12 {
			m.hour += 12
		}
	case night:
		if m.hour >= 7 && m.hour < 12 {
			m.hour += 12
		} else if m.hour == 12 {
			m.hour = 0
		}
	}
	return m
}

func (r *clockReader) partAt(i int) (dayPart, int) {
	table := frParts
	if r.lang == "en" {
		table = enParts
	}
	part, n := noPart, 0
	for p, set := range table {
		if m := set.behind(r.toks, i); m > n {
			part, n = p, m
		}
	}
	return part, n
}

var (
	frInTime   = phrases("dans", "d'ici", "sous", "au bout de") // "après deux heures" is a time of day
	enInTime   = phrases("in", "within")
	frNowWords = phrases("tout de suite", "maintenant", "immédiatement", "là maintenant", "dès maintenant", "dès que possible", "au plus vite", "le plus vite possible", "le plus tôt possible", "au plus tôt", "le plus rapidement possible", "à l'instant")
	enNowWords = phrases("now", "right now", "right away", "straight away", "immediately", "as soon as possible", "asap")
)

// fromNow reads "dans une heure", "il y a dix minutes", "half an hour ago", "right now".
func (r *clockReader) fromNow(i int) int {
	in, before, now := frInTime, frAgo, frNowWords
	if r.lang == "en" {
		in, before, now = enInTime, phraseSet{}, enNowWords
	}
	if n := now.at(r.toks, i); n > 0 {
		r.offer(r.now.Hour(), r.now.Minute(), 0.5, i, i+n)
		return i + n
	}
	sign, j := 1, i
	if n := before.at(r.toks, i); n > 0 {
		sign, j = -1, i+n
	} else if n := in.at(r.toks, i); n > 0 {
		j = i + n
	}
	l, ok := r.length(r.lang, j)
	about := frAbout
	if r.lang == "en" {
		about = enAbout
	}
	if k := r.pass(j, about); !ok && k > j {
		l, ok = r.length(r.lang, k)
	}
	switch {
	case !ok || l.unit != minutes:
		return i
	case r.lang == "en" && r.word(l.end) == "ago":
		sign = -1
		l.end++
	case r.lang == "en" && r.word(l.end) == "from" && r.word(l.end+1) == "now":
		l.end += 2
	case j == i:
		return i
	}
	t := r.now.Add(time.Duration(sign*l.n) * time.Minute)
	r.offer(t.Hour(), t.Minute(), -1, i, l.end)
	return l.end
}

// between reads "entre quatorze et seize heures", "between two and four pm": the first of
// the two, the second beside it.
func (r *clockReader) between(i int) int {
	switch r.word(i) {
	case "entre", "between", "from", "de":
	default:
		return i
	}
	first, e, ok := r.small(i+1, 0, 24)
	from := moment{hour: first, end: e}
	if w := r.word(i + 1); !ok && (w == "midi" || w == "noon") {
		from, ok = moment{hour: 12, end: i + 2, exact: true}, true
	} else if ok && (r.hourWord(e) || r.word(e) == "heures") && r.lang != "en" {
		from, ok = r.momentFR(i + 1)
	}
	if w := r.word(from.end); !ok || w != "et" && w != "a" && w != "and" && w != "to" {
		return i
	}
	to, ok := r.moment(from.end + 1)
	if !ok || to.hour > 24 || to.minute > 59 || r.word(i) == "de" && to.cost > 0 {
		return i
	}
	if to.exact && to.hour > 12 && from.hour < 12 && r.word(i) != "de" && from.hour+12 < to.hour && r.lang == "en" {
		from.hour += 12 // "between two and four pm"
	}
	from.exact = from.exact || from.hour > 12
	r.offerMoment(from, -0.2, i)
	r.offerMoment(to, 0.6, i)
	return max(to.end, i+1)
}

// hours names a part of the day and the hour that stands for it.
type hours struct {
	hour int
	set  phraseSet
}

var (
	frHours = []hours{
		{8, phrases("à la première heure", "de bonne heure", "matin de bonne heure", "tôt le matin", "tôt dans la matinée", "au petit matin", "le matin tôt", "tôt", "début de matinée", "en début de matinée", "en tout début de matinée", "début de journée", "en début de journée")},
		{9, phrases("matin", "matinée", "le matin", "ce matin", "dans la matinée", "en matinée")},
		{10, phrases("milieu de matinée", "en milieu de matinée")},
		{11, phrases("fin de matinée", "en fin de matinée", "en fin de matinée")},
		{12, phrases("à l'heure du déjeuner", "heure du déjeuner", "à la pause déjeuner", "pause déjeuner", "entre midi et deux", "ce midi", "le midi")},
		{14, phrases("début d'après midi", "en début d'après midi", "début de l'après midi", "au début de l'après midi", "après le déjeuner", "en tout début d'après midi")},
		{15, phrases("après midi", "l'après midi", "cet après midi", "cette après midi", "dans l'après midi", "aprem", "milieu d'après midi", "en milieu d'après midi", "milieu de l'après midi")},
		{17, phrases("fin d'après midi", "en fin d'après midi", "fin de l'après midi", "à la fin de l'après midi", "tard dans l'après midi")},
		{18, phrases("fin de journée", "en fin de journée", "à la fin de la journée", "fin de la journée")},
		{19, phrases("début de soirée", "en début de soirée", "début de la soirée", "au début de la soirée")},
		{20, phrases("soir", "ce soir", "le soir", "soirée", "dans la soirée", "en soirée", "la soirée")},
		{22, phrases("fin de soirée", "en fin de soirée", "tard le soir", "tard dans la soirée")},
	}
	enHours = []hours{
		{8, phrases("first thing", "first thing in the morning", "early morning", "early in the morning", "bright and early")},
		{9, phrases("morning", "in the morning", "this morning")},
		{10, phrases("mid morning")}, {11, phrases("late morning", "late in the morning")},
		{12, phrases("lunchtime", "lunch time", "at lunchtime", "lunch")},
		{14, phrases("early afternoon", "early in the afternoon", "after lunch")},
		{15, phrases("afternoon", "in the afternoon", "this afternoon", "mid afternoon")},
		{17, phrases("late afternoon", "late in the afternoon", "end of the afternoon", "close of business")},
		{18, phrases("end of the day", "the end of the day", "end of day")},
		{19, phrases("evening", "in the evening", "this evening", "early evening", "early in the evening")},
		{20, phrases("tonight")}, {22, phrases("late evening", "late in the evening", "late at night", "late tonight")},
	}
)

// vague reads a part of the day said alone. It costs more than any hour that is said, and
// stands beside its neighbours, so that its confidence asks for a confirmation.
func (r *clockReader) vague(i int) int {
	table := frHours
	if r.lang == "en" {
		table = enHours
	}
	hour, n := 0, 0
	for _, h := range table {
		if m := h.set.at(r.toks, i); m > n {
			hour, n = h.hour, m
		}
	}
	if n == 0 {
		return i
	}
	for k, extra := range []float64{0, 0.5, 0.9} {
		r.offer(hour+[]int{0, 1, -1}[k], 0, 4+extra-0.2*float64(n), i, i+n)
	}
	return i + n
}

func (r *clockReader) moment(i int) (moment, bool) {
	if m, ok := r.keyed(i); ok {
		return m, true
	}
	if r.lang == "en" {
		return r.momentEN(i)
	}
	return r.momentFR(i)
}

// keyed reads four digits as keyed on a telephone, or written by the army: "1430".
func (r *clockReader) keyed(i int) (moment, bool) {
	if i >= len(r.toks) || !r.toks[i].digits || len(r.toks[i].text) != 4 || len(r.toks) > 1 && r.word(i+1) != "hours" && r.word(i-1) != "at" && r.word(i-1) != "a" {
		return moment{}, false
	}
	s := r.toks[i].text
	m := moment{hour: int(s[0]-'0')*10 + int(s[1]-'0'), minute: int(s[2]-'0')*10 + int(s[3]-'0'), end: i + 1, exact: true}
	if r.word(i+1) == "hours" {
		m.end++
	}
	return m, m.hour < 24 && m.minute < 60
}

func (r *reader) word(i int) string {
	if i < 0 || i >= len(r.toks) {
		return ""
	}
	return r.toks[i].text
}

func (r *clockReader) momentFR(i int) (moment, bool) {
	switch r.word(i) {
	case "midi":
		return r.minutesFR(moment{hour: 12, end: i + 1, exact: true}), r.word(i-1) != "apres"
	case "minuit":
		return r.minutesFR(moment{hour: 0, end: i + 1, exact: true}), true
	}
	h, end, ok := r.small(i, 0, 24)
	if !ok {
		return moment{}, false
	}
	m := moment{hour: h, end: end}
	switch w := r.word(end); {
	case w == "h" || w == "heure" || w == "heures":
		m.end++
		m = r.minutesFR(m)
	case w == ":" && r.toks[i].digits:
		n, e, ok := r.small(end+1, 0, 59)
		if !ok {
			return moment{}, false
		}
		m.minute, m.end = n, e
		m.exact = len(r.toks[i].text) == 2
	default:
		m.cost = 1.5
		if n, e, ok := r.small(end, 10, 59); ok && !r.hourWord(e) && (n%5 == 0 || h > 12) && r.toks[end].digits == r.toks[i].digits { // "quatorze trente"
			m.minute, m.end, m.cost = n, e, 1
		}
	}
	if m.hour == 0 || m.hour > 12 {
		m.exact = true
	}
	return r.partOfDay(m), true
}

// minutesFR reads what follows the hour: "trente", "et demie", "et quart", "moins le quart".
func (r *clockReader) minutesFR(m moment) moment {
	i := m.end
	if r.word(i) == "et" {
		i++
	}
	back := false
	if r.word(i) == "moins" {
		back = true
		i++
		if r.word(i) == "le" || r.word(i) == "un" {
			i++
		}
	}
	if r.word(i) == "un" && r.word(i+1) == "quart" {
		i++
	}
	n, end := 0, 0
	switch w := r.word(i); {
	case w == "demi" || w == "demie":
		n, end = 30, i+1
	case w == "quart":
		n, end = 15, i+1
	case w == "trois" && r.word(i+1) == "quarts":
		n, end = 45, i+2
	default:
		v, e, ok := r.small(i, 0, 59)
		if !ok {
			return m
		}
		n, end = v, e
		if r.hourWord(end) { // "midi quatorze heures" is two times
			return m
		}
		if r.word(end) == "minutes" || r.word(end) == "min" || r.word(end) == "minute" {
			end++
		}
	}
	m.minute, m.end = n, end
	if back && n > 0 {
		m.hour, m.minute = (m.hour+23)%24, 60-n
		if m.hour == 0 { // "une heure moins dix"
			m.hour = 12
		}
	}
	return m
}

// partOfDay reads the part of the day right behind the time.
func (r *clockReader) partOfDay(m moment) moment {
	p, n := r.partAt(m.end)
	if n == 0 || m.hour > 12 {
		return m
	}
	m.end += n
	return m.inPart(p)
}

func (r *clockReader) momentEN(i int) (moment, bool) {
	switch r.word(i) {
	case "noon", "midday":
		return moment{hour: 12, end: i + 1, exact: true}, true
	case "midnight":
		return moment{hour: 0, end: i + 1, exact: true}, true
	case "half":
		if r.word(i+1) == "past" {
			return r.hourEN(i+2, func(h int) (int, int) { return h, 30 })
		}
		return r.hourEN(i+1, func(h int) (int, int) { return h, 30 }) // British: half six is half past six
	case "a":
		if r.word(i+1) == "quarter" {
			return r.momentEN(i + 1)
		}
	case "quarter":
		return r.relativeEN(i+1, 15)
	}
	h, end, ok := r.small(i, 0, 59)
	if !ok {
		return moment{}, false
	}
	if m, ok := r.relativeEN(end, h); ok {
		return m, true
	}
	if r.word(end) == "minutes" {
		return r.relativeEN(end+1, h)
	}
	if h > 24 {
		return moment{}, false
	}
	m := moment{hour: h, end: end, cost: 1.5}
	switch {
	case r.word(end) == "o" && r.word(end+1) == "clock":
		m.end, m.cost = end+2, 0
	case r.word(end) == "oclock":
		m.end, m.cost = end+1, 0
	case r.word(end) == "hundred": // "fourteen hundred hours"
		m.end, m.cost, m.exact = end+1, 0, true
		if r.word(end+1) == "hours" {
			m.end++
		}
		return m, true
	default:
		if n, e, ok := r.minutesEN(end); ok {
			m.minute, m.end, m.cost = n, e, 0
		}
	}
	if h == 0 || h > 12 || r.g.zero(r.word(i)) || r.toks[i].digits && len(r.toks[i].text) == 2 && r.word(end) == ":" {
		m.exact = true
	}
	if end > i+1 && r.g.zero(r.word(i)) { // "oh eight thirty"
		m.cost = min(m.cost, 0.5)
	}
	before := m.end
	if m = r.partOfDay(m); m.end > before {
		m.cost = 0
	}
	return m, true
}

// minutesEN reads "thirty", "oh five", ":30" behind an hour.
func (r *clockReader) minutesEN(i int) (n, end int, ok bool) {
	if r.word(i) == ":" {
		return r.small(i+1, 0, 59)
	}
	if i < len(r.toks) && (r.g.zero(r.toks[i].text) || r.toks[i].gap == ".") {
		return r.small(i, 0, 59)
	}
	return r.small(i, 10, 59)
}

// relativeEN reads "to five", "past three" behind n minutes.
func (r *clockReader) relativeEN(i, n int) (moment, bool) {
	if i >= len(r.toks) || n < 1 || n > 59 {
		return moment{}, false
	}
	if k := enMinutesTo.at(r.toks, i); k > 0 {
		return r.hourEN(i+k, func(h int) (int, int) { return (h + 23) % 24, 60 - n })
	}
	if k := enPast.at(r.toks, i); k > 0 {
		return r.hourEN(i+k, func(h int) (int, int) { return h, n })
	}
	return moment{}, false
}

func (r *clockReader) hourEN(i int, apply func(h int) (int, int)) (moment, bool) {
	h, end, ok := r.small(i, 1, 12)
	if !ok {
		switch r.word(i) {
		case "noon", "midday":
			h, end, ok = 12, i+1, true
		case "midnight":
			h, end, ok = 24, i+1, true
		}
		if !ok {
			return moment{}, false
		}
		hh, mm := apply(h)
		return moment{hour: hh % 24, minute: mm, end: end, exact: true}, true
	}
	hh, mm := apply(h)
	m := moment{hour: hh, minute: mm, end: end}
	if m.hour == 0 {
		m.hour = 12
	}
	if r.word(m.end) == "o" && r.word(m.end+1) == "clock" {
		m.end += 2
	}
	return r.partOfDay(m), true
}
