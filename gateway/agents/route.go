package agents

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"
	"time"
)

// Waiting is one caller as a decision sees them.
type Waiting struct {
	Queue    int      // index into the queues; -1: none
	Skills   []string // all are needed; those of the queue are asked for besides
	Lang     string
	Priority int // 0..MaxPriority
	VIP      bool
	Since    time.Time
	Owner    string // the customer's own agent, by Seat.Name
	Tried    []string
}

// Match gives waiting[Waiting] to seats[Seat].
type Match struct{ Waiting, Seat int }

// Plan is what a decision comes to. Indices are those of its arguments.
type Plan struct {
	Matches []Match // in the order in which the callers are served
	Nobody  []int   // of waiting: nobody who suits is free or will be by themselves
	Order   []int   // of waiting: who is served first
}

// Route decides who speaks with whom. It is pure: everything that it depends on is in its arguments.
//
// Callers are served in the order of Since minus a head start of HeadStart for each point of priority
// (the caller's, the queue's, ten for a VIP). As everybody's wait grows alike, this order never changes
// while they wait, and nobody is passed by who came more than 30 points, ten minutes, after them: no
// priority, however frequent, can starve a caller. (The score of FreeSWITCH's mod_callcenter grows by one
// a second from a base in the same way; weights that rank queues before waits, as those of Asterisk's
// app_queue, can starve.)
//
// Each caller in turn gets, of the free seats that suit, the one that comes first: at a desk, with the
// least to do, idle for longest. Where none is left, but somebody served before could as well speak with
// another free agent, they change, so that nobody waits beside an agent who could help; who was served
// before is still served (augmenting paths: the callers served are the first possible in order).
//
// Who has an own agent gets them and nobody else, whatever their skills, when they are free; while they
// are in a call the caller waits for them, for Queue.OwnAgentFor, then anybody suits.
//
// A seat suits who has every skill at the level that the queue asks after such a wait, and the language;
// after Overflow.After those of the other queue do too.
func Route(now time.Time, waiting []Waiting, seats []Seat, queues []Queue) Plan {
	f := floors.Get().(*floor)
	defer floors.Put(f)
	f.enter(seats, waiting)
	return f.plan(now, waiting, queues)
}

var floors = sync.Pool{New: func() any { return &floor{words: map[string]int{}, names: map[string]int{}} }}

// floor is the room of one decision: sets of seats as bits, the seat that is preferred first. It is kept
// between decisions for its memory alone.
type floor struct {
	n     int            // words of 64 bits in a set
	seat  []int          // by bit: the index of the seat
	names map[string]int // name -> bit; filled when somebody asks
	words map[string]int // skill or language -> index into sets

	free, soon, any, open set    // open: who lists no language
	level                 []set  // by word and level: who has it at least so well
	tongue                []bool // by word: it is a language that somebody lists
	rank                  []ranked
	pool                  []uint64 // memory of the sets
	used                  int

	fits   []set // by place in the order: free seats that suit
	held   []int // by bit: the place in the order that has the seat, -1
	from   []int // by bit: the place from which a search came to it
	queue  []int // of a search
	orders []keyed
}

type ranked struct {
	seat, load int
	desk       bool
	idle       int64
}

type keyed struct {
	at int64
	i  int
}

type set []uint64

func (s set) add(i int)      { s[i/64] |= 1 << (i % 64) }
func (s set) drop(i int)     { s[i/64] &^= 1 << (i % 64) }
func (s set) has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

// first is the lowest in both, -1 when there is none.
func (s set) first(o set) int {
	for i, w := range s {
		if w &= o[i]; w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// fresh is an empty set.
func (f *floor) fresh() set {
	if f.used+f.n > len(f.pool) {
		f.pool, f.used = make([]uint64, max(2*len(f.pool), 64*f.n)), 0 // sets that were given out keep the old
	}
	s := set(f.pool[f.used : f.used+f.n : f.used+f.n])
	f.used += f.n
	clear(s)
	return s
}

// enter ranks the seats and notes what each can do.
func (f *floor) enter(seats []Seat, waiting []Waiting) {
	f.n, f.used = max(1, (len(seats)+63)/64), 0
	clear(f.words)
	clear(f.names)
	f.level, f.tongue, f.seat, f.rank = f.level[:0], f.tongue[:0], f.seat[:0], f.rank[:0]
	for i := range seats {
		s := &seats[i]
		if s.Free {
			f.rank = append(f.rank, ranked{i, s.Load, s.Desk, s.Idle.UnixNano()})
		}
	}
	slices.SortFunc(f.rank, func(a, b ranked) int {
		switch {
		case a.desk != b.desk && a.desk:
			return -1
		case a.desk != b.desk:
			return 1
		case a.load != b.load:
			return a.load - b.load
		case a.idle != b.idle:
			return cmp.Compare(a.idle, b.idle)
		}
		return a.seat - b.seat
	})
	for _, r := range f.rank {
		f.seat = append(f.seat, r.seat)
	}
	for i := range seats { // the others in any order
		if !seats[i].Free {
			f.seat = append(f.seat, i)
		}
	}
	f.free, f.soon, f.any, f.open = f.fresh(), f.fresh(), f.fresh(), f.fresh()
	named := slices.ContainsFunc(waiting, func(w Waiting) bool { return w.Owner != "" || len(w.Tried) > 0 })
	for bit, i := range f.seat {
		f.note(bit, &seats[i])
		if named {
			f.names[seats[i].Name] = bit
		}
	}
}

func (f *floor) note(bit int, s *Seat) {
	if s.Free {
		f.free.add(bit)
	}
	if s.Soon {
		f.soon.add(bit)
	}
	if s.Any {
		f.any.add(bit)
	}
	if len(s.Languages) == 0 {
		f.open.add(bit)
	}
	if !s.Free && !s.Soon {
		return // they count for nobody
	}
	for _, k := range s.Skills {
		at := f.word(word(k.Name)) * MaxLevel
		for l := range min(k.At(), MaxLevel) {
			f.level[at+l].add(bit)
		}
	}
	for _, l := range s.Languages {
		w := f.word(word(l))
		f.tongue[w] = true
		for i := range MaxLevel {
			f.level[w*MaxLevel+i].add(bit)
		}
	}
}

func (f *floor) word(w string) int {
	i, ok := f.words[w]
	if !ok {
		i = len(f.tongue)
		f.words[w] = i
		f.tongue = append(f.tongue, false)
		for range MaxLevel {
			f.level = append(f.level, f.fresh())
		}
	}
	return i
}

// need leaves in s who has one skill, or speaks one language, at a level.
func (f *floor) need(s set, name string, level int, language bool) {
	name = word(name)
	if name == "" {
		return
	}
	i, known := f.words[name]
	var others set // who counts without listing it
	switch {
	case language || known && f.tongue[i]:
		others = f.open
	case level <= 1:
		others = f.any
	}
	for k := range s {
		var w uint64
		if known {
			w = f.level[i*MaxLevel+level-1][k]
		}
		if others != nil {
			w |= others[k]
		}
		s[k] &= w
	}
}

// suit puts into s who is free or will be, and can help w in q at a level.
func (f *floor) suit(s set, w *Waiting, skills []string, q *Queue, level int) {
	for k := range s {
		s[k] = f.free[k] | f.soon[k]
	}
	lang := word(w.Lang)
	for _, name := range skills {
		f.need(s, name, level, word(name) == lang)
	}
	if q != nil {
		for _, name := range q.Skills {
			f.need(s, name, level, word(name) == lang)
		}
	}
	f.need(s, lang, 1, true)
}

// plan gives the callers to the seats.
func (f *floor) plan(now time.Time, waiting []Waiting, queues []Queue) (p Plan) {
	f.orders = f.orders[:0]
	for i := range waiting {
		w := &waiting[i]
		f.orders = append(f.orders, keyed{w.Since.Add(-queueAt(queues, w.Queue).headStart(w.Priority, w.VIP)).UnixNano(), i})
	}
	slices.SortFunc(f.orders, func(a, b keyed) int { return cmp.Or(cmp.Compare(a.at, b.at), a.i-b.i) })
	f.fits, f.held, f.from = f.fits[:0], f.held[:0], f.from[:0]
	for range f.seat {
		f.held, f.from = append(f.held, -1), append(f.from, -1)
	}
	left, dead := f.fresh(), f.fresh() // free and not given yet; in no way to one of these
	copy(left, f.free)
	served := make([]int, 0, min(len(f.orders), len(f.rank)))
	p.Order = make([]int, 0, len(waiting))
	for place, o := range f.orders {
		p.Order = append(p.Order, o.i)
		fit, reach := f.fitting(now, &waiting[o.i], queues)
		f.fits = append(f.fits, fit)
		if !reach {
			p.Nobody = append(p.Nobody, o.i)
			continue
		}
		bit := fit.first(left)
		if bit >= 0 {
			f.held[bit] = place
		} else if bit = f.change(place, left, dead); bit < 0 {
			continue
		}
		left.drop(bit)
		served = append(served, place)
	}
	f.tell(&p, served)
	return p
}

// tell writes the matches down in the order of the callers.
func (f *floor) tell(p *Plan, served []int) {
	if len(served) == 0 {
		return
	}
	p.Matches = make([]Match, 0, len(served))
	for bit, place := range f.held {
		if place >= 0 {
			p.Matches = append(p.Matches, Match{f.orders[place].i, f.seat[bit]})
		}
	}
	place := make([]int, len(f.orders)) // of a caller, by index
	for at, o := range f.orders {
		place[o.i] = at
	}
	slices.SortFunc(p.Matches, func(a, b Match) int { return place[a.Waiting] - place[b.Waiting] })
}

func queueAt(queues []Queue, i int) *Queue {
	if i < 0 || i >= len(queues) {
		return nil
	}
	return &queues[i]
}

// fitting are the free seats that w may get now. reach: there is one, or will be by itself.
func (f *floor) fitting(now time.Time, w *Waiting, queues []Queue) (fit set, reach bool) {
	fit = f.fresh()
	q := queueAt(queues, w.Queue)
	waited := now.Sub(w.Since)
	if bit, ok := f.names[w.Owner]; ok && w.Owner != "" && !slices.Contains(w.Tried, w.Owner) {
		switch {
		case f.free.has(bit):
			fit.add(bit)
			return fit, true
		case f.soon.has(bit) && waited < ownFor(q):
			return fit, true
		}
	}
	f.suit(fit, w, w.Skills, q, q.minLevel(waited))
	reach = f.some(fit, w)
	if q != nil && q.MinLevel > 1 && !reach { // who is below the level now may be reached later
		all := f.fresh()
		f.suit(all, w, w.Skills, q, 1)
		reach = q.LoosenEvery > 0 && f.some(all, w)
	}
	if o := over(q, queues); o != nil {
		more := f.fresh()
		f.suit(more, w, beside(w.Skills, q.Skills), o, o.minLevel(waited-q.Overflow.After))
		reach = f.some(more, w) || reach
		if waited >= q.Overflow.After {
			for k := range fit {
				fit[k] |= more[k]
			}
		}
	}
	for k := range fit {
		fit[k] &= f.free[k]
	}
	return fit, reach
}

// some takes out of s who was tried, and reports whether anybody is left.
func (f *floor) some(s set, w *Waiting) bool {
	for _, name := range w.Tried {
		if bit, ok := f.names[name]; ok {
			s.drop(bit)
		}
	}
	return slices.ContainsFunc(s, func(w uint64) bool { return w != 0 })
}

// over is the queue whose agents help out after a time; nil: none.
func over(q *Queue, queues []Queue) *Queue {
	if q == nil || q.Overflow.To != ToQueue || q.Overflow.After <= 0 {
		return nil
	}
	if i := slices.IndexFunc(queues, func(o Queue) bool { return o.Name == q.Overflow.Queue }); i >= 0 {
		return &queues[i]
	}
	return nil
}

// beside is list without those of out: what is asked for beside the queue's own.
func beside(list, out []string) []string {
	if len(list) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool {
		return slices.ContainsFunc(out, func(o string) bool { return word(o) == word(s) })
	})
}

func ownFor(q *Queue) time.Duration {
	if q == nil {
		return ownAgentFor
	}
	return orDefault(q.OwnAgentFor, ownAgentFor)
}

// change finds a way from a caller over seats that are given to one that is left, and lets each caller
// on it take the next: the bit of the seat that is left no more, -1 when there is no way. Seats from
// which no way leads to one that is left are dead for all who come after.
func (f *floor) change(place int, left, dead set) int {
	f.queue = append(f.queue[:0], place)
	seen := f.fresh()
	for n := 0; n < len(f.queue); n++ {
		at := f.queue[n]
		if bit := f.fits[at].first(left); bit >= 0 {
			f.take(bit, at, place)
			return bit
		}
		for k, w := range f.fits[at] {
			for w &^= seen[k] | dead[k]; w != 0; w &= w - 1 {
				bit := k*64 + bits.TrailingZeros64(w)
				seen.add(bit)
				f.from[bit] = at
				f.queue = append(f.queue, f.held[bit])
			}
		}
	}
	for k := range dead {
		dead[k] |= seen[k]
	}
	return -1
}

// take gives bit to the caller at a place; the seat that they had goes back along the way.
func (f *floor) take(bit, at, start int) {
	for {
		had := -1
		if at != start {
			had = slices.Index(f.held, at)
		}
		f.held[bit] = at
		if had < 0 {
			return
		}
		bit, at = had, f.from[had]
	}
}
