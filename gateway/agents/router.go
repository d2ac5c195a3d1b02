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
	now func() time.Time

	mu   sync.Mutex
	cfg  Config
	busy map[string]bool      // by name; survives Set
	idle map[string]time.Time // by name: since when; the zero time for who has had no call yet
}

// NewRouter makes a DirectRouter of a validated cfg. now is the wall clock, time.Now when nil.
func NewRouter(cfg Config, now func() time.Time) *DirectRouter {
	if now == nil {
		now = time.Now
	}
	return &DirectRouter{now: now, cfg: slices.Clone(cfg), busy: map[string]bool{}, idle: map[string]time.Time{}}
}

// Set replaces the list. Running calls keep their agents; one who is no longer listed is not
// offered again.
func (r *DirectRouter) Set(cfg Config) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cfg = slices.Clone(cfg)
	for name := range r.idle {
		if !slices.ContainsFunc(cfg, func(a Agent) bool { return a.Name == name }) {
			delete(r.idle, name)
		}
	}
}

// Offer implements Router. Lang counts as one more skill.
func (r *DirectRouter) Offer(ctx context.Context, req Request) (Assignment, error) {
	if err := ctx.Err(); err != nil {
		return Assignment{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var best *Agent
	busy := false
	for i := range r.cfg {
		a := &r.cfg[i]
		switch {
		case slices.Contains(req.Tried, a.Name) || !r.suits(a, req):
		case r.busy[a.Name]:
			busy = true
		case best == nil || r.idle[a.Name].Before(r.idle[best.Name]):
			best = a
		}
	}
	if best == nil {
		if busy {
			return Assignment{}, ErrBusy
		}
		return Assignment{}, ErrNobody
	}
	name, title := best.Name, best.Title
	if title == "" {
		title = name
	}
	r.busy[name] = true
	return Assignment{Agent: name, Title: title, Addr: best.Addr, Release: sync.OnceFunc(func() { r.release(name) })}, nil
}

// Free is how many agents can be rung now.
func (r *DirectRouter) Free() (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.cfg {
		if !r.busy[a.Name] {
			n++
		}
	}
	return n
}

func (r *DirectRouter) release(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.busy, name)
	if slices.ContainsFunc(r.cfg, func(a Agent) bool { return a.Name == name }) {
		r.idle[name] = r.now()
	}
}

// suits needs r.mu. A skill that some agent lists as a language is a language: who lists none
// speaks it.
func (r *DirectRouter) suits(a *Agent, req Request) bool {
	for _, s := range append(slices.Clip(slices.Clone(req.Skills)), req.Lang) {
		s = word(s)
		if s == "" || has(a.Skills, s) || has(a.Languages, s) {
			continue
		}
		if len(a.Languages) == 0 && r.isLanguage(s, req) {
			continue
		}
		return false
	}
	return true
}

func (r *DirectRouter) isLanguage(s string, req Request) bool {
	if s == word(req.Lang) {
		return true
	}
	return slices.ContainsFunc(r.cfg, func(a Agent) bool { return has(a.Languages, s) })
}

func has(list []string, w string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return word(s) == w })
}
