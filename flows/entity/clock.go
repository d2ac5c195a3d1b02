package entity

// moment is one reading of a time of day.
type moment struct {
	hour, minute int
	end          int
	exact        bool // said on 24 hours, or with a part of the day
	cost         float64
}

var (
	frMorning   = phrases("du matin", "le matin", "ce matin", "au matin")
	frEvening   = phrases("de l'après midi", "du soir", "l'après midi", "le soir", "cet après midi", "ce soir")
	enMorning   = phrases("a m", "am", "in the morning", "this morning")
	enEvening   = phrases("p m", "pm", "in the afternoon", "in the evening", "at night", "this afternoon", "this evening", "tonight")
	enMinutesTo = phrases("to", "before", "till")
	enPast      = phrases("past", "after")
)

// parseTime reads a time of day as "15:04". An hour said on twelve hours has two readings;
// from one to six, people who ring a hotline mean the afternoon.
func parseTime(spec Spec, lang, text string) []Value {
	r := newReader(lang, text)
	best := map[string]candidate{}
	offer := func(h, m int, cost float64, i, end int) {
		s := pad2(h%24) + ":" + pad2(m)
		if old, ok := best[s]; !ok || cost < old.cost {
			best[s] = candidate{s, cost, i, end}
		}
	}
	corrected := 0.0
	for i := 0; i < len(r.toks); {
		if n := r.lex.repairs.at(r.toks, i); n > 0 {
			corrected -= 2
			i += n
			continue
		}
		next := i + 1
		for _, m := range r.moments(lang, i) {
			if m.hour > 24 || m.minute > 59 {
				continue
			}
			next = max(next, m.end)
			cost := corrected + m.cost
			offer(m.hour, m.minute, cost, i, m.end)
			if m.exact || m.hour > 12 || m.hour == 0 {
				continue
			}
			other := (m.hour + 12) % 24
			delta := 0.8
			if m.hour <= 6 {
				delta = -0.5
			}
			offer(other, m.minute, cost+delta, i, m.end)
		}
		i = next
	}
	return values(spec, r.toks, ranked(best))
}

func (r *reader) moments(lang string, i int) []moment {
	var m moment
	var ok bool
	if lang == "en" {
		m, ok = r.momentEN(i)
	} else {
		m, ok = r.momentFR(i)
	}
	if !ok {
		return nil
	}
	return []moment{m}
}

func (r *reader) word(i int) string {
	if i < 0 || i >= len(r.toks) {
		return ""
	}
	return r.toks[i].text
}

func (r *reader) momentFR(i int) (moment, bool) {
	switch r.word(i) {
	case "midi":
		return r.minutesFR(moment{hour: 12, end: i + 1, exact: true}), true
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
	}
	if m.hour == 0 || m.hour > 12 {
		m.exact = true
	}
	return r.partOfDay(m, frMorning, frEvening), true
}

// minutesFR reads what follows the hour: "trente", "et demie", "et quart", "moins le quart".
func (r *reader) minutesFR(m moment) moment {
	i := m.end
	if r.word(i) == "et" {
		i++
	}
	back := false
	if r.word(i) == "moins" {
		back = true
		i++
		if r.word(i) == "le" {
			i++
		}
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
		if r.word(end) == "minutes" || r.word(end) == "min" {
			end++
		}
	}
	m.minute, m.end = n, end
	if back && n > 0 {
		m.hour, m.minute = (m.hour+23)%24, 60-n
	}
	return m
}

func (r *reader) partOfDay(m moment, morning, evening phraseSet) moment {
	if m.end >= len(r.toks) {
		return m
	}
	if n := morning.at(r.toks, m.end); n > 0 {
		m.end, m.exact = m.end+n, true
		if m.hour == 12 {
			m.hour = 0
		}
	} else if n := evening.at(r.toks, m.end); n > 0 {
		m.end, m.exact = m.end+n, true
		if m.hour < 12 {
			m.hour += 12
		}
	}
	return m
}

func (r *reader) momentEN(i int) (moment, bool) {
	switch r.word(i) {
	case "noon", "midday":
		return moment{hour: 12, end: i + 1, exact: true}, true
	case "midnight":
		return moment{hour: 0, end: i + 1, exact: true}, true
	case "half":
		if r.word(i+1) == "past" {
			return r.hourEN(i+2, func(h int) (int, int) { return h, 30 })
		}
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
	if end < len(r.toks) && r.word(end) == "minutes" {
		return r.relativeEN(end+1, h)
	}
	if h > 24 {
		return moment{}, false
	}
	m := moment{hour: h, end: end, cost: 1.5}
	if r.word(end) == "o" && r.word(end+1) == "clock" {
		m.end, m.cost = end+2, 0
	} else if r.word(end) == "oclock" {
		m.end, m.cost = end+1, 0
	} else if n, e, ok := r.minutesEN(end); ok {
		m.minute, m.end, m.cost = n, e, 0
	}
	if i < len(r.toks) && (h == 0 || h > 12 || r.toks[i].digits && len(r.toks[i].text) == 2 && r.word(end) == ":") {
		m.exact = true
	}
	before := m.end
	if m = r.partOfDay(m, enMorning, enEvening); m.end > before {
		m.cost = 0
	}
	return m, true
}

// minutesEN reads "thirty", "oh five", ":30" behind an hour.
func (r *reader) minutesEN(i int) (n, end int, ok bool) {
	if r.word(i) == ":" {
		return r.small(i+1, 0, 59)
	}
	if i < len(r.toks) && r.g.zero(r.toks[i].text) || i < len(r.toks) && r.toks[i].gap == "." {
		return r.small(i, 0, 59)
	}
	return r.small(i, 10, 59)
}

// relativeEN reads "to five", "past three" behind n minutes.
func (r *reader) relativeEN(i, n int) (moment, bool) {
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

func (r *reader) hourEN(i int, apply func(h int) (int, int)) (moment, bool) {
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
	return r.partOfDay(m, enMorning, enEvening), true
}
