package agents

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// at is so many seconds after the morning began.
func at(s int) time.Time { return morning.Add(time.Duration(s) * time.Second) }

func free(name string, idle int, skills ...Skill) Seat {
	return Seat{Name: name, Skills: skills, Desk: true, Free: true, Idle: at(-idle)}
}

func inCall(s Seat) Seat { s.Free, s.Soon = false, true; return s }

func onBreak(s Seat) Seat { s.Free = false; return s }

// The table of the routing decision: what is asked, who is there, who gets whom.
func TestRoute(t *testing.T) {
	t.Parallel()
	litige, expert := Skill{Name: "litige"}, Skill{"litige", 4}
	beginner := Skill{"litige", 2}
	queues := []Queue{
		{Name: "litige", Skills: []string{"litige"}, MinLevel: 3, LoosenEvery: 30 * time.Second, OwnAgentFor: 40 * time.Second, Overflow: Overflow{After: time.Minute, To: ToQueue, Queue: "tous"}},
		{Name: "tous"},
		{Name: "strict", Skills: []string{"litige"}, MinLevel: 3},
		{Name: "urgent", Priority: 10},
	}
	any := func(since int, more ...func(*Waiting)) Waiting {
		w := Waiting{Queue: -1, Since: at(since)}
		for _, f := range more {
			f(&w)
		}
		return w
	}
	in := func(q int) func(*Waiting) { return func(w *Waiting) { w.Queue = q } }
	needs := func(s ...string) func(*Waiting) { return func(w *Waiting) { w.Skills = s } }
	lang := func(l string) func(*Waiting) { return func(w *Waiting) { w.Lang = l } }
	points := func(n int) func(*Waiting) { return func(w *Waiting) { w.Priority = n } }
	vip := func(w *Waiting) { w.VIP = true }
	own := func(n string) func(*Waiting) { return func(w *Waiting) { w.Owner = n } }
	tried := func(n ...string) func(*Waiting) { return func(w *Waiting) { w.Tried = n } }
	speaks := func(s Seat, l ...string) Seat { s.Languages = l; return s }
	for name, tc := range map[string]struct {
		now     int
		waiting []Waiting
		seats   []Seat
		want    string // "0-karim 1-lina"
		nobody  []int
	}{
		"nobody waits":                      {0, nil, []Seat{free("karim", 9)}, "", nil},
		"nobody is there":                   {0, []Waiting{any(0)}, nil, "", []int{0}},
		"longest idle":                      {9, []Waiting{any(0)}, []Seat{free("karim", 5), free("lina", 9)}, "0-lina", nil},
		"a desk before a telephone":         {9, []Waiting{any(0)}, []Seat{{Name: "poste", Free: true}, free("lina", 1)}, "0-lina", nil},
		"who has least to do":               {9, []Waiting{any(0)}, []Seat{{Name: "a", Free: true, Load: 2}, {Name: "b", Free: true, Load: 1}}, "0-b", nil},
		"who came first":                    {9, []Waiting{any(5), any(0)}, []Seat{free("karim", 9)}, "1-karim", nil},
		"priority is a head start":          {30, []Waiting{any(0), any(19, points(1))}, []Seat{free("karim", 9)}, "1-karim", nil},
		"and no more than that":             {30, []Waiting{any(0), any(21, points(1))}, []Seat{free("karim", 9)}, "0-karim", nil},
		"a VIP":                             {300, []Waiting{any(0, points(9)), any(10, vip)}, []Seat{free("karim", 9)}, "1-karim", nil},
		"a VIP who came far later":          {300, []Waiting{any(0), any(201, vip)}, []Seat{free("karim", 9)}, "0-karim", nil},
		"a queue's priority":                {300, []Waiting{any(0), any(150, in(3))}, []Seat{free("karim", 9)}, "1-karim", nil},
		"thirty points at most":             {900, []Waiting{any(0), any(601, in(3), vip, points(99))}, []Seat{free("karim", 9)}, "0-karim", nil},
		"skills, all of them":               {9, []Waiting{any(0, needs("litige", "finance"))}, []Seat{free("karim", 9, litige), free("lina", 1, litige, Skill{Name: "Finance "})}, "0-lina", nil},
		"a skill that nobody has":           {9, []Waiting{any(0, needs("poésie"))}, []Seat{free("karim", 9, litige)}, "", []int{0}},
		"who helps with everything":         {9, []Waiting{any(0, needs("poésie"))}, []Seat{{Name: "omar", Free: true, Any: true}}, "0-omar", nil},
		"the caller's language":             {9, []Waiting{any(0, lang("en"))}, []Seat{speaks(free("karim", 9), "fr"), speaks(free("lina", 1), "fr", "en")}, "0-lina", nil},
		"who lists no language speaks it":   {9, []Waiting{any(0, lang("de"))}, []Seat{speaks(free("karim", 9), "fr"), free("lina", 1)}, "0-lina", nil},
		"a language as a skill":             {9, []Waiting{any(0, needs("fr"))}, []Seat{speaks(free("karim", 9), "en"), speaks(free("lina", 1), "fr")}, "0-lina", nil},
		"a language that nobody lists":      {9, []Waiting{any(0, needs("litige", "fr"), lang("fr"))}, []Seat{free("karim", 9, litige)}, "0-karim", nil},
		"the level of the queue":            {9, []Waiting{any(0, in(0))}, []Seat{free("karim", 9, beginner), free("lina", 1, expert)}, "0-lina", nil},
		"no level is the whole of it":       {9, []Waiting{any(0, in(0))}, []Seat{free("karim", 9, litige)}, "0-karim", nil},
		"below the level, waits":            {29, []Waiting{any(0, in(0))}, []Seat{free("karim", 9, beginner)}, "", nil},
		"and is taken when it has loosened": {30, []Waiting{any(0, in(0))}, []Seat{free("karim", 9, beginner)}, "0-karim", nil},
		"a strict level is never met":       {900, []Waiting{any(0, in(2))}, []Seat{free("karim", 9, beginner)}, "", []int{0}},
		"everything, but at no level":       {9, []Waiting{any(0, in(2))}, []Seat{{Name: "omar", Free: true, Any: true}}, "", []int{0}},
		"overflow waits its time":           {59, []Waiting{any(0, in(0))}, []Seat{free("karim", 9)}, "", nil},
		"then others help out":              {60, []Waiting{any(0, in(0))}, []Seat{free("karim", 9)}, "0-karim", nil},
		"what the flow asked for stays":     {60, []Waiting{any(0, in(0), needs("litige", "finance"))}, []Seat{free("karim", 9)}, "", []int{0}},
		"all in calls":                      {9, []Waiting{any(0)}, []Seat{inCall(free("karim", 9))}, "", nil},
		"all on a break":                    {9, []Waiting{any(0)}, []Seat{onBreak(free("karim", 9))}, "", []int{0}},
		"all were tried":                    {9, []Waiting{any(0, tried("karim"))}, []Seat{free("karim", 9)}, "", []int{0}},
		"tried, and another is in a call":   {9, []Waiting{any(0, tried("karim"))}, []Seat{free("karim", 9), inCall(free("lina", 9))}, "", nil},
		"the own agent first":               {9, []Waiting{any(0, own("lina"))}, []Seat{free("karim", 99), free("lina", 1)}, "0-lina", nil},
		"whatever their skills":             {9, []Waiting{any(0, own("lina"), needs("litige"))}, []Seat{free("karim", 99, litige), free("lina", 1)}, "0-lina", nil},
		"waits for the own agent":           {39, []Waiting{any(0, in(0), own("lina"))}, []Seat{free("karim", 99, litige), inCall(free("lina", 1))}, "", nil},
		"but not for ever":                  {40, []Waiting{any(0, in(0), own("lina"))}, []Seat{free("karim", 99, litige), inCall(free("lina", 1))}, "0-karim", nil},
		"nor for one who has a break":       {1, []Waiting{any(0, in(0), own("lina"))}, []Seat{free("karim", 99, litige), onBreak(free("lina", 1))}, "0-karim", nil},
		"nor for one who refused":           {1, []Waiting{any(0, in(0), own("lina"), tried("lina"))}, []Seat{free("karim", 99, litige), free("lina", 1)}, "0-karim", nil},
		"an own agent who is unknown":       {1, []Waiting{any(0, own("personne"))}, []Seat{free("karim", 99)}, "0-karim", nil},
		"others are served past who cannot": {9, []Waiting{any(0, needs("poésie")), any(5)}, []Seat{free("karim", 9)}, "1-karim", []int{0}},
		"nobody waits beside who can help": {9, []Waiting{any(0), any(1, needs("litige"))}, []Seat{free("karim", 99, litige), free("lina", 1)},
			"0-lina 1-karim", nil},
		"a chain of changes": {9, []Waiting{any(0), any(1, needs("a")), any(2, needs("b"))},
			[]Seat{free("ab", 99, Can("a", "b")...), free("a", 50, Can("a")...), free("x", 1)}, "0-x 1-a 2-ab", nil},
		"who was first keeps what they need": {9, []Waiting{any(0, needs("litige")), any(1, needs("litige"))}, []Seat{free("karim", 99, litige), free("lina", 1)}, "0-karim", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Route(at(tc.now), tc.waiting, tc.seats, queues)
			got := ""
			slices.SortFunc(p.Matches, func(a, b Match) int { return a.Waiting - b.Waiting })
			for i, m := range p.Matches {
				if i > 0 {
					got += " "
				}
				got += fmt.Sprintf("%d-%s", m.Waiting, tc.seats[m.Seat].Name)
			}
			if got != tc.want || !slices.Equal(p.Nobody, tc.nobody) {
				t.Errorf("got %q, nobody for %v; want %q and %v", got, p.Nobody, tc.want, tc.nobody)
			}
		})
	}
}
