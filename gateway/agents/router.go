package agents

import (
	"context"
	"slices"
	"sync"
	"time"
)

var _ Router = (*DirectRouter)(nil)

// DirectRouter is a Router over a list in the configuration: each agent takes one call at a
// time, the one who has been idle longest is rung first. It answers at once, it does not queue.
// All methods are safe for concurrent use.
type DirectRouter struct {
	now   func() time.Time
	moved func() // told when somebody is free again, with no lock held; may be nil

	mu   sync.Mutex
	cfg  Config
	at   map[string]int       // by name: where they stand in cfg
	busy map[string]bool      // by name; survives Set
	idle map[string]time.Time // by name: since when; the zero time for who has had no call yet

	rests   Rests           // constant; zero: nobody rests
	resting map[string]rest // by name: who did not take the last caller
}

// NewRouter makes a DirectRouter of a validated cfg. now is the wall clock, time.Now when nil.
func NewRouter(cfg Config, now func() time.Time) *DirectRouter {
	if now == nil {
		now = time.Now
	}
	r := &DirectRouter{now: now, busy: map[string]bool{}, idle: map[string]time.Time{}, resting: map[string]rest{}}
	r.enlist(cfg)
	return r
}

// Set replaces the list. Running calls keep their agents; one who is no longer listed is not
// offered again.
func (r *DirectRouter) Set(cfg Config) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enlist(cfg)
	for name := range r.idle {
		if _, listed := r.at[name]; !listed {
			delete(r.idle, name)
		}
	}
	for name := range r.resting {
		if _, listed := r.at[name]; !listed {
			delete(r.resting, name)
		}
	}
}

// enlist needs r.mu, or nobody else to know r.
func (r *DirectRouter) enlist(cfg Config) {
	r.cfg, r.at = slices.Clone(cfg), make(map[string]int, len(cfg))
	for i, a := range cfg {
		r.at[a.Name] = i
	}
}

// Offer implements Router. Lang counts as one more skill.
func (r *DirectRouter) Offer(ctx context.Context, req Request) (Assignment, error) {
	if err := ctx.Err(); err != nil {
		return Assignment{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	phones, seats := r.seats(req.Tried)
	i, err := Choose(req, seats)
	if err != nil {
		return Assignment{}, err
	}
	return r.assign(phones[i]), nil
}

// assign needs r.mu.
func (r *DirectRouter) assign(a *Agent) Assignment {
	name, title := a.Name, a.Title
	if title == "" {
		title = name
	}
	if !a.Group {
		r.busy[name] = true
	}
	out := Assignment{Agent: name, Title: title, Addr: a.Addr, Group: a.Group, Refer: a.Via == ViaRefer, Attended: a.Via == ViaAttended, Release: sync.OnceFunc(func() { r.release(name) })}
	if !a.Group {
		out.Ended = func(o Outcome, alone time.Duration) { r.ended(name, o, alone) }
	}
	return out
}

// hire reserves one of crew.
func (r *DirectRouter) hire(name string) Assignment {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.assign(&r.cfg[r.at[name]])
}

// crew appends everybody with a telephone whom but does not name.
func (r *DirectRouter) crew(to []Seat, but func(name string) bool) []Seat {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.cfg {
		if a := &r.cfg[i]; a.Addr != "" && !but(a.Name) {
			to = append(to, r.seat(a))
		}
	}
	return to
}

// seat needs r.mu.
func (r *DirectRouter) seat(a *Agent) Seat {
	free := !r.busy[a.Name] && r.rested(a.Name)
	s := Seat{Name: a.Name, Skills: a.Skills, Languages: a.Languages, Free: free, Soon: !free, Idle: r.idle[a.Name]}
	if a.Group { // after people
		s.Load = 1
	}
	return s
}

// Free is how many agents can be rung now.
func (r *DirectRouter) Free() int { return r.freeBut(nil) }

func (r *DirectRouter) release(name string) {
	r.mu.Lock()
	delete(r.busy, name)
	if _, listed := r.at[name]; listed {
		r.idle[name] = r.now()
	}
	r.mu.Unlock()
	if r.moved != nil {
		r.moved()
	}
}

// seats needs r.mu. It leaves out who has no telephone, and who was tried.
func (r *DirectRouter) seats(tried []string) (phones []*Agent, seats []Seat) {
	for i := range r.cfg {
		if a := &r.cfg[i]; a.Addr != "" && !slices.Contains(tried, a.Name) {
			phones = append(phones, a)
			seats = append(seats, r.seat(a))
		}
	}
	return phones, seats
}

// agent is one of the list.
func (r *DirectRouter) agent(name string) (Agent, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if i, listed := r.at[name]; listed {
		return r.cfg[i], true
	}
	return Agent{}, false
}

// inCall reports whether they speak on their telephone.
func (r *DirectRouter) inCall(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.busy[name]
}

// freeBut is how many of those not named can be rung now.
func (r *DirectRouter) freeBut(names []string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.cfg {
		if a.Addr != "" && !r.busy[a.Name] && r.rested(a.Name) && !slices.Contains(names, a.Name) {
			n++
		}
	}
	return n
}

// phones is how many of those not named have a telephone, in a call or not.
func (r *DirectRouter) phones(but []string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.cfg {
		if a.Addr != "" && !slices.Contains(but, a.Name) {
			n++
		}
	}
	return n
}

// list is a copy of the configured list.
func (r *DirectRouter) list() Config {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.cfg)
}
