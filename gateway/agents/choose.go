package agents

import (
	"slices"
	"time"
)

// Seat is one agent as a decision sees them: who they are and whether they are free now.
type Seat struct {
	Name      string
	Skills    []Skill  // what they can help with
	Languages []string // none means any
	Any       bool     // they help with everything, at level 1
	Desk      bool     // signed in at a desk: comes before who is only rung
	Free      bool
	Soon      bool      // not free, and will be by itself: in a call or concluding one
	Load      int       // of typed conversations: how much they have already; less comes first
	Idle      time.Time // since when; the zero time for who has had no call yet
}

// Choose decides whom to ring: the index into seats. An agent who is asked for by name is the only
// one that counts, whatever their skills; the customer's own agent comes first when they are free. Among those who have every skill asked for
// and were not tried, desks come first, then who has least to do, then who has been idle longest; at equal times the first
// in the list. It returns ErrBusy when such people exist and none is free, else ErrNobody. It is
// pure: everything that a decision depends on is in its arguments.
func Choose(req Request, seats []Seat) (int, error) {
	langs := map[string]bool{word(req.Lang): true}
	for i := range seats {
		for _, l := range seats[i].Languages {
			langs[word(l)] = true
		}
	}
	best, busy := -1, false
	for i := range seats {
		s := &seats[i]
		switch {
		case slices.Contains(req.Tried, s.Name) || req.Agent != "" && s.Name != req.Agent || req.Agent == "" && (req.Owner == "" || s.Name != req.Owner) && !s.suits(req, langs):
		case !s.Free:
			busy = true
		case req.Owner != "" && s.Name == req.Owner:
			return i, nil
		case best < 0 || s.before(&seats[best]):
			best = i
		}
	}
	switch {
	case best >= 0:
		return best, nil
	case busy:
		return -1, ErrBusy
	}
	return -1, ErrNobody
}

func (s *Seat) before(o *Seat) bool {
	if s.Desk != o.Desk {
		return s.Desk
	}
	if s.Load != o.Load {
		return s.Load < o.Load
	}
	return s.Idle.Before(o.Idle)
}

// suits: a skill that some seat lists as a language, and the caller's, is a language: who lists
// none speaks it.
func (s *Seat) suits(req Request, langs map[string]bool) bool {
	has := func(list []string, w string) bool {
		return slices.ContainsFunc(list, func(l string) bool { return word(l) == w })
	}
	ok := func(want string) bool {
		w := word(want)
		if w == "" || slices.ContainsFunc(s.Skills, func(k Skill) bool { return word(k.Name) == w }) || has(s.Languages, w) {
			return true
		}
		if langs[w] {
			return len(s.Languages) == 0
		}
		return s.Any
	}
	return ok(req.Lang) && !slices.ContainsFunc(req.Skills, func(w string) bool { return !ok(w) })
}
