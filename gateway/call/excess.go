package call

import (
	"time"

	"decroche/flows/entity"
)

// Whoever keys the number of a card often keys more than was asked for: a digit twice, the code on
// its back, a '#'. The number was complete a key before, so what comes too late would answer the next
// question, and stand in the record as it was keyed. Such keys belong to the number: they answer
// nothing, interrupt nothing, and are written down nowhere; decroche_turns_total counts them.

// sameNumber is how soon after its last key another one belongs to a complete number, even when the
// next question is being asked already: people key two to five digits a second, and pause between
// groups of four. Whoever knows the questions by heart and is quicker is asked once more.
const sameNumber = time.Second

// complete is a number that the caller has keyed to its end. The zero one is none.
type complete struct {
	at     time.Time // of its last key, or of the last one too many
	secret bool      // a sensitive one was asked for: every key that follows is too many; else '#' alone
	asked  bool      // what comes after it is being said
}

// keyedAll notes that the caller has keyed n digits to the question that is open, when that is all of them.
func (c *conductor) keyedAll(n int) {
	c.full = complete{}
	switch x := c.out.Expect; {
	case x.Entity == "" || x.Entity == entity.TypeYesNo || x.Entity == entity.TypeList: // a choice is one key
	case n >= x.Digits && (x.Digits > 0 || x.Sensitive):
		c.full = complete{at: time.Now(), secret: x.Sensitive}
	}
}

// tooMany reports whether k comes after the end of a number that it belongs to.
func (c *conductor) tooMany(k byte) bool {
	f := &c.full
	switch {
	case f.at.IsZero():
		return false
	case !f.secret && k != '#', f.asked && time.Since(f.at) >= sameNumber:
		*f = complete{}
		return false
	}
	f.at = time.Now()
	c.s.Metrics.count(turns, "too_many_keys")
	return true
}
