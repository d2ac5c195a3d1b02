package turn

import "time"

// unheard is how much speech may lie behind the last word that has come, before more words must
// be on their way: less than "non".
const unheard = 190 * time.Millisecond

// Rules that foresee the end.
const (
	lastGroup = "last group"
	lastOne   = "last one"
)

// oneMore is how much speech behind the words that have come holds one more digit at least.
const oneMore = 250 * time.Millisecond

// spread is how much later than Config.Lag words may come: partial results are given five times a
// second.
const spread = 120 * time.Millisecond

// current reports whether the words cover all that was said: those of the last speech have come,
// or would have by now.
func (d *Detector) current(quiet time.Duration) bool {
	if quiet >= d.lag+spread {
		return true
	}
	last := d.lastOn
	if d.told() {
		last = d.spoke()
	}
	return d.changed > 0 && last-(d.changed-d.lag) <= unheard
}

// rule is the silence that ends the turn as it stands after quiet, and the name of what says so.
func (d *Detector) rule(quiet time.Duration) (need time.Duration, why string) {
	if d.row == nil {
		return d.free(quiet)
	}
	if d.words.Text == "" {
		return d.wordless()
	}
	if want := d.words.Want; want > 0 && !d.told() && quiet < d.lag+spread {
		switch {
		case d.groups.final(want, d.lastOn, d.words.Lang != "en"):
			return d.complete() + ahead, lastGroup
		case d.words.Count == want-1 && d.changed > 0 && d.lastOn-(d.changed-d.lag) >= oneMore:
			return d.complete() + ahead, lastOne
		}
	}
	switch d.words.Fill {
	case Complete:
		need, why = d.complete(), "complete"
		switch d.expect.Kind {
		case "yes_no", "list": // what follows "oui" is said at once or is another turn
		case "number", "date", "time", "amount", "email", "text": // nobody waits for the last digit here
			if quiet < d.lag+spread {
				need = max(need, d.lag+spread)
			}
		default:
			if !d.current(quiet) { // "douze … non": what follows is not heard yet
				need = max(need, d.lag+spread)
			}
		}
		if d.cues.drawn(d.lastOn) && d.expect.Kind == "yes_no" {
			return max(need, d.cfg.Filler), "drawn"
		}
		return need, why
	case Possible:
		return d.possible(quiet)
	case Partial:
		return d.patient(d.pause(d.row.Partial)), "partial"
	}
	return d.free(quiet) // words about something else: "je ne l'ai pas"
}

// ahead is the silence more where the end is foreseen rather than heard.
const ahead = 60 * time.Millisecond

// complete is the silence behind an answer that is complete.
func (d *Detector) complete() time.Duration {
	if d.expect.Complete > 0 {
		return d.expect.Complete
	}
	return d.row.Complete
}

// pause is the step's own silence for an answer that may go on, or the table's.
func (d *Detector) pause(table time.Duration) time.Duration {
	if d.expect.Pause > 0 {
		return d.expect.Pause
	}
	return table
}

// possible is an answer that may go on.
func (d *Detector) possible(quiet time.Duration) (need time.Duration, why string) {
	need, why = d.row.Possible, "possible"
	if want := d.words.Want; want > 0 && d.groups.final(want, d.lastOn, d.words.Lang != "en") { // "soixante" is the last pair, and no "quinze" follows
		return d.complete() + ahead, lastGroup
	}
	switch d.expect.Kind {
	case "digits", "spelled":
		if d.expect.Digits == 0 { // any length: each group may be the last one
			need, why = d.patient(d.row.Partial), "groups"
		}
	case "yes_no":
		if d.words.Count > 1 { // "non, c'est quarante-cinq, douze…": they correct a number, in groups
			return d.patient(d.pause(d.cfg.Digits.Partial)), "groups"
		}
		if d.long { // no short answer: they explain
			return d.free(quiet)
		}
	case "text":
		var free time.Duration
		free, why = d.free(quiet)
		need = max(need, free)
	}
	if d.open && need < d.cfg.Filler {
		need, why = d.cfg.Filler, "open"
	}
	return d.pause(need), why
}

// wordless is a turn of which no word has come: the engine is late, or gives none before the end.
func (d *Detector) wordless() (need time.Duration, why string) {
	need, why = d.row.Possible, "wordless"
	switch n := d.expect.Digits; {
	case n > 0 && d.voiced < time.Duration(n)*digitLeast, // that was too short for all of them
		n == 0 && d.expect.Kind == "spelled":
		need = d.patient(d.row.Partial)
	}
	if d.cues.drawn(d.lastOn) {
		need, why = max(need, d.cfg.Filler), "drawn"
	}
	return d.pause(need), why
}

// digitLeast is how long a digit takes to say at least: 130 ms, in pairs said fast.
const digitLeast = 130 * time.Millisecond

// free is a sentence.
func (d *Detector) free(quiet time.Duration) (need time.Duration, why string) {
	need, why = d.cfg.Free, "silence"
	known := d.current(quiet)
	switch {
	case d.open && known:
		return d.pause(max(d.cfg.Filler, need)), "open"
	case d.cues.drawn(d.lastOn):
		return d.pause(max(d.cfg.Filler, need)), "drawn"
	case d.row == nil && d.short && known:
		need, why = d.cfg.Short, "short"
	case d.row != nil && !d.long && (d.expect.Kind == "list" || d.expect.Kind == "yes_no"): // an answer of other words
		need = d.row.Possible
	case d.row != nil && quiet < d.lag+2*spread: // an answer may be on its way
		need = max(need, d.lag+2*spread)
	case quiet < d.lag+2*spread && d.voiced < brief: // or "euh"
		need = max(need, d.lag+2*spread)
	case d.open && d.row == nil: // "there is a problem with" has a word behind it, and "um" is one
		need = max(need, d.lag+spread)
	}
	return d.pause(need), why
}

// brief is speech that is more often the beginning of a sentence than one: "alors", "c'est pour".
const brief = 700 * time.Millisecond

// patient is a pause between the parts of an answer, longer for a caller who makes long ones.
func (d *Detector) patient(table time.Duration) time.Duration {
	return max(table, d.pace.pause())
}
