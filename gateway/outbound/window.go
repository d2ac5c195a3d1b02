package outbound

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"decroche/flows/entity"
)

// exact is how long after an agreed time somebody may still be rung.
const exact = 30 * time.Minute

// dayEnd is when a day of "après 17 heures" is over, in minutes.
const dayEnd = 21 * 60

// parts of the day that people name, as callers of a hotline mean them; minutes since midnight.
var dayParts = []struct {
	words    *regexp.Regexp // over folded words
	from, to int
}{
	{regexp.MustCompile(`\b(fin de matinee|late morning)\b`), 10*60 + 30, 12 * 60},
	{regexp.MustCompile(`\b(debut d apres midi|early afternoon)\b`), 13 * 60, 15 * 60},
	{regexp.MustCompile(`\b(fin d apres midi|fin de journee|late afternoon)\b`), 16 * 60, 19 * 60},
	{regexp.MustCompile(`\b(apres midi|aprem|afternoon)\b`), 13 * 60, 18 * 60},
	{regexp.MustCompile(`\b(matin|matinee|morning)\b`), 8 * 60, 12 * 60},
	{regexp.MustCompile(`\b(midi|noon|lunch)\b`), 12 * 60, 14 * 60},
	{regexp.MustCompile(`\b(soir|soiree|evening|tonight)\b`), 18 * 60, 21 * 60},
}

var (
	// clockWords say that a time of day is named, and not only a part of the day.
	clockWords = regexp.MustCompile(`\d|\bheures?\b|\bhour\b|\bo clock\b|\bminutes?\b`)
	between    = regexp.MustCompile(`(?i)(?:\b(?:entre|between|from|de)\s+)?([0-9a-zéèêûâîô' h:]+?)\s*(?:-|–|\bet\b|\bà\b|\band\b|\bto\b|\bjusqu['’]à\b)\s*([0-9a-zéèêûâîô' h:]+)`)
	afterWord  = regexp.MustCompile(`(?i)\b(?:après|apres|à partir de|a partir de|dès|after|from)\b\s*(.*)$`)
	beforeWord = regexp.MustCompile(`(?i)\b(?:avant|before|until|jusqu['’]à|by)\b\s*(.*)$`)
	soon       = regexp.MustCompile(`\b(maintenant|tout de suite|immediatement|des que possible|le plus vite possible|now|asap|as soon as possible|right away|straight away)\b`)
	anyTime    = regexp.MustCompile(`\b(n importe quand|quand vous voulez|any ?time|whenever)\b`)
	weekDays   = regexp.MustCompile(`\b(lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)[a-z]*\s*(?:-|–|au|to|a)\s*(lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b`)
	dayNames   = map[string]time.Weekday{"lun": 1, "mar": 2, "mer": 3, "jeu": 4, "ven": 5, "sam": 6, "dim": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 0}
	words      = regexp.MustCompile(`[^a-z0-9–-]+`)
)

// Window understands when somebody wants to be rung: "cet après-midi", "demain entre 9 h et 11 h",
// "tomorrow morning", "9h-18h lun-ven". now is on their clock; from is never before it. ok is false
// when nothing is understood: the words are then for people alone, and any time will do.
func Window(lang, text string, now time.Time) (from, until time.Time, ok bool) {
	folded := strings.Trim(words.ReplaceAllString(entity.Fold(text), " "), " ")
	if folded == "" || len(text) > 200 || anyTime.MatchString(folded) {
		return now, time.Time{}, false
	}
	if soon.MatchString(folded) {
		return now, time.Time{}, true
	}
	if m := weekDays.FindStringSubmatch(folded); m != nil {
		if first, last, found := hours(lang, weekDays.ReplaceAllString(folded, ""), now); found && last > 0 {
			from, until = standing(dayNames[m[1]], dayNames[m[2]], first, last, now)
			return from, until, true
		}
	}
	day, dated := dayOf(lang, text, now)
	first, last, timed := hours(lang, text, now)
	switch {
	case !timed && !dated:
		return now, time.Time{}, false
	case !timed:
		first, last = 0, 24*60
	case first < 0: // "avant midi"
		first = 0
	}
	from, until = at(day, first), at(day, last)
	if !until.After(now) && !dated { // "à 9 heures", said in the afternoon
		day = day.AddDate(0, 0, 1)
		from, until = at(day, first), at(day, last)
	}
	if from.Before(now) {
		from = now
	}
	return from, until, until.After(from)
}

// dayOf is the day that is named, at midnight; today when none is.
func dayOf(lang, text string, now time.Time) (day time.Time, dated bool) {
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	text = regexp.MustCompile(`(?i)\b(?:après|apres|after|avant|before)\b(\s+\d)`).ReplaceAllString(text, "à$1") // "après 17 heures" names no day
	for _, v := range entity.Parse(entity.Spec{Type: entity.TypeDate}, lang, text, now) {
		if d, err := time.ParseInLocation("2006-01-02", v.Text, now.Location()); err == nil && !d.Before(today) {
			return d, true
		}
	}
	return today, false
}

// hours are the times of day that are named, in minutes; first is negative when only the end is.
func hours(lang, text string, now time.Time) (first, last int, ok bool) {
	folded := strings.ReplaceAll(words.ReplaceAllString(entity.Fold(text), " "), "-", " ")
	if !clockWords.MatchString(folded) {
		if _, _, open := afterBefore(text); !open {
			for _, p := range dayParts {
				if p.words.MatchString(folded) {
					return p.from, p.to, true
				}
			}
		}
	}
	if m := between.FindStringSubmatch(text); m != nil {
		a, okA := clock(lang, m[1], now)
		b, okB := clock(lang, m[2], now)
		if okB && !okA { // "entre neuf et onze heures"
			a, okA = clock(lang, m[1]+" heures", now)
		}
		if okA && okB {
			if b <= a && b+12*60 <= 24*60 {
				b += 12 * 60
			}
			if b > a {
				return a, b, true
			}
		}
	}
	if rest, after, open := afterBefore(text); open {
		if t, found := clock(lang, rest, now); found {
			if after {
				return t, max(dayEnd, t+60), true
			}
			return -1, t, true
		}
	}
	if t, found := clock(lang, text, now); found {
		return t, min(t+int(exact.Minutes()), 24*60), true
	}
	return 0, 0, false
}

// afterBefore cuts "après 17 heures" and "avant midi"; not "l'après-midi".
func afterBefore(text string) (rest string, after, ok bool) {
	if m := afterWord.FindStringSubmatch(text); m != nil && !strings.HasPrefix(strings.TrimLeft(strings.ToLower(m[1]), "- "), "midi") {
		return m[1], true, true
	}
	if m := beforeWord.FindStringSubmatch(text); m != nil {
		return m[1], false, true
	}
	return "", false, false
}

// clock is one time of day, in minutes.
func clock(lang, text string, now time.Time) (int, bool) {
	text = strings.TrimSpace(text)
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n <= 24 {
		return n * 60, true
	}
	for _, v := range entity.Parse(entity.Spec{Type: entity.TypeTime}, lang, text, now) {
		if t, err := time.Parse("15:04", v.Text); err == nil {
			return t.Hour()*60 + t.Minute(), true
		}
	}
	return 0, false
}

// standing is the next stretch of hours that come back on days of the week.
func standing(firstDay, lastDay time.Weekday, first, last int, now time.Time) (from, until time.Time) {
	for d := range 8 {
		day := time.Date(now.Year(), now.Month(), now.Day()+d, 0, 0, 0, 0, now.Location())
		if in := (day.Weekday() - firstDay + 7) % 7; in > (lastDay-firstDay+7)%7 {
			continue
		}
		if from, until = at(day, first), at(day, last); until.After(now) {
			if from.Before(now) {
				from = now
			}
			return from, until
		}
	}
	return now, time.Time{}
}
