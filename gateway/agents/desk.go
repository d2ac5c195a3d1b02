package agents

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// Scheme of the addresses that Desk assigns: "desk:karim". Behind it is a browser or a telephone,
// and an agent who has to accept first.
const Scheme = "desk:"

// ErrNoOffer means that there is nothing to accept or decline: it has ended meanwhile.
var ErrNoOffer = errors.New("nothing is offered to you any more")

var _ Router = (*Desk)(nil)

// Desk is the Router over everybody: agents signed in at a desk first, then the configured
// telephones of who is not. It owns presence and offers. All methods are safe for concurrent use;
// none blocks but Offering.Wait.
type Desk struct {
	// constant after NewDesk
	cfg   DeskConfig
	rules Rules
	now   func() time.Time
	team  *DirectRouter

	wake chan struct{} // one token when Run should look again

	mu    sync.Mutex // guards all below
	seats map[string]*seat
	order []string      // their names, sorted
	hall  hall          // who waits for one of them
	turn  uint64        // grows with each change that anybody may see
	news  chan struct{} // closed at the next one
}

// seat is one agent who has signed in since the start.
type seat struct {
	Presence
	name, title string
	skills      []string
	offer       *Offering
	last        *Ended
	asked       map[string]*Offering // of typed conversations, by conversation
	askedEnded  *Ended               // how the last of these ended
	line        chan time.Duration   // of the assignment they are in a call by
	rev         uint64               // Desk.turn when it changed last
}

// NewDesk makes a Desk of validated settings. now is the wall clock, time.Now when nil.
func NewDesk(cfg DeskConfig, team Config, now func() time.Time) *Desk {
	if now == nil {
		now = time.Now
	}
	d := &Desk{cfg: cfg, rules: cfg.rules(), now: now, team: NewRouter(team, now), seats: map[string]*seat{}, hall: hall{past: map[string]*past{}}, wake: make(chan struct{}, 1), news: make(chan struct{})}
	d.team.moved, d.team.rests = d.poke, cfg.rests()
	return d
}

// poke lets Run look again.
func (d *Desk) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Config is what the Desk was made with.
func (d *Desk) Config() DeskConfig { return d.cfg }

// Run lets time pass: wrap-up ends, who is not heard of goes offline, callers who wait get the agents
// who have become free. It returns when ctx ends.
func (d *Desk) Run(ctx context.Context) {
	t := time.NewTimer(0)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-d.wake:
		}
		t.Reset(d.tick())
	}
}

// tick lets time pass for all and returns how long nothing will.
func (d *Desk) tick() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	now, next := d.now(), time.Hour
	for _, s := range d.seats {
		if s.Tick(now, d.rules) {
			d.changed(s)
			d.tellLine(s, now)
		}
		if at := s.Wake(d.rules); !at.IsZero() {
			next = min(next, max(at.Sub(now), time.Millisecond))
		}
	}
	return min(next, d.decide(now))
}

// changed needs d.mu: it tells who watches.
func (d *Desk) changed(s *seat) {
	d.turn++
	s.rev = d.turn
	close(d.news)
	d.news = make(chan struct{})
	d.poke()
}

// of needs d.mu; it makes the seat of who has not signed in before.
func (d *Desk) of(name, title string) *seat {
	s := d.seats[name]
	if s == nil {
		s = &seat{name: name, Presence: Presence{Status: Offline, Why: WhySignedOut, Since: d.now()}}
		d.seats[name] = s
		i, _ := slices.BinarySearch(d.order, name)
		d.order = slices.Insert(d.order, i, name)
	}
	if title != "" {
		s.title = title
	}
	return s
}

// act changes one agent under the lock and tells who watches, unless f refuses.
func (d *Desk) act(name string, f func(now time.Time, s *seat) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.of(name, "")
	if err := f(d.now(), s); err != nil {
		return err
	}
	d.changed(s)
	return nil
}

// Set is what an agent chooses (Presence.Set). title is how callers hear them; phone, when it is
// not "", is where their calls ring instead of the browser: a SIP address.
func (d *Desk) Set(name, title string, status Status, reason, phone string) error {
	if phone != "" {
		if err := CheckAddr(phone); err != nil {
			return errors.New("address: " + err.Error())
		}
	}
	return d.act(name, func(now time.Time, s *seat) error {
		if err := d.others(s, phone); err != nil {
			return err
		}
		if err := s.Presence.Set(now, status, reason); err != nil {
			return err
		}
		if title != "" {
			s.title = title
		}
		s.ringAt(phone)
		return nil
	})
}

// Beat is a heartbeat of a desk (Presence.Beat).
func (d *Desk) Beat(name, title, tab string, mic, take bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.of(name, title)
	before := s.Presence
	s.Presence.Beat(d.now(), tab, mic, take)
	if before.Status != s.Status || before.Mic != s.Mic || before.Sound != s.Sound || len(before.Tabs) != len(s.Tabs) {
		d.changed(s)
		d.tellLine(s, d.now())
	} else {
		d.poke() // a deadline has moved
	}
	d.mayRejoin(s)
}

// Close tells that a desk was left. With the last one the caller is held at once.
func (d *Desk) Close(name, tab string) {
	_ = d.act(name, func(now time.Time, s *seat) error {
		s.Presence.Close(now, tab)
		d.tellLine(s, now)
		return nil
	})
}

// tellLine needs d.mu: the call learns whether a desk is there to hear it.
func (d *Desk) tellLine(s *seat, now time.Time) {
	if s.line == nil || s.Call == "" || s.Phone != "" || s.onPhone || s.gone {
		return
	}
	there := len(s.Tabs) > 0
	if there == s.Lost.IsZero() {
		return
	}
	hold := time.Duration(0)
	if s.Lost = (time.Time{}); !there {
		s.Lost, hold = now, d.rules.TakeOver
	}
	d.changed(s)
	for { // only the newest counts
		select {
		case s.line <- hold:
			return
		default:
		}
		select {
		case <-s.line:
		default:
		}
	}
}

// Extend and Conclude are about wrap-up (Presence).
func (d *Desk) Extend(name string) error {
	return d.act(name, func(now time.Time, s *seat) error { return s.Presence.Extend(now, d.rules) })
}

// Conclude ends wrap-up.
func (d *Desk) Conclude(name string) {
	_ = d.act(name, func(now time.Time, s *seat) error { s.Presence.Conclude(now); return nil })
}

// Leave says that the agent hangs up: the end of their line is meant. Who does so while their line is
// lost is not waited for any more. False when they are in no such call.
func (d *Desk) Leave(name, conv string) bool {
	return d.act(name, func(now time.Time, s *seat) error {
		if !s.Presence.Leave(conv) {
			return ErrNoOffer
		}
		if o := s.offer; o != nil && o.rejoin {
			o.finish(now, Declined, "", "")
			s.last = nil // no offer that pages tell the end of
		}
		return nil
	}) == nil
}

// Offer implements Router: it reserves an agent at a desk, or a configured telephone whose owner
// has not signed in since the start. With time to wait (Request.Wait) it blocks until it is the caller's
// turn, which needs Run; the error is then a *Left, or ctx's. Without, the answer comes at once.
func (d *Desk) Offer(ctx context.Context, req Request) (Assignment, error) {
	if err := ctx.Err(); err != nil {
		return Assignment{}, err
	}
	if queued(req) {
		return d.wait(ctx, req)
	}
	a, atDesk := d.reserve(req)
	if atDesk == nil {
		return a, nil
	}
	if a, err := d.team.Offer(ctx, d.onlyPhones(req)); err == nil || !errors.Is(err, ErrNobody) {
		return a, err
	}
	return Assignment{}, atDesk
}

// onlyPhones is the request without who has a desk: presence decides about them.
func (d *Desk) onlyPhones(req Request) Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	req.Tried = slices.Clone(req.Tried)
	for name, s := range d.seats {
		if s.Idle.IsZero() { // has only opened the page
			continue
		}
		req.Tried = append(req.Tried, name)
	}
	return req
}

// reserve gives a desk to a request.
func (d *Desk) reserve(req Request) (Assignment, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	names := make([]string, 0, len(d.seats))
	for name, s := range d.seats {
		if s.Status != Offline {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	seats := make([]Seat, len(names))
	for i, name := range names {
		s := d.seats[name]
		free, _ := s.Takes(now, d.rules)
		seats[i] = d.seatOf(s)
		seats[i].Free = free && !d.team.inCall(name)
	}
	i, err := Choose(req, seats)
	if err != nil {
		if errors.Is(err, ErrBusy) && !d.willFree(req, names) {
			err = ErrNobody
		}
		return Assignment{}, err
	}
	return d.assign(d.seats[names[i]], req), nil
}

// assign needs d.mu: s is reserved for a request.
func (d *Desk) assign(s *seat, req Request) Assignment {
	s.Presence.Offer(req.Conv)
	s.line = make(chan time.Duration, 1)
	d.changed(s)
	name, conv := s.name, req.Conv
	return Assignment{Agent: name, Title: s.called(), Addr: Scheme + name, Line: s.line, Sees: len(s.Tabs) > 0,
		Release: sync.OnceFunc(func() { d.release(name, conv) }), Keep: func() time.Duration { return d.keep(name, conv) }}
}

// willFree needs d.mu: whether somebody who suits is in a call or concludes one, and so will be
// free by themselves. Who is on a break or away is nobody to wait for.
func (d *Desk) willFree(req Request, names []string) bool {
	var soon []Seat
	for _, name := range names {
		if s := d.seats[name]; s.Call != "" || s.Offered != "" || s.Status == WrapUp || d.team.inCall(name) {
			seat := d.seatOf(s)
			seat.Free = true
			soon = append(soon, seat)
		}
	}
	_, err := Choose(req, soon)
	return err == nil
}

// seatOf needs d.mu. Who is in no list helps with everything.
func (d *Desk) seatOf(s *seat) Seat {
	a, listed := d.team.agent(s.name)
	return Seat{Name: s.name, Skills: a.Skills, Languages: a.Languages, Any: !listed, Desk: true, Idle: s.Idle}
}

// called is how people hear them.
func (s *seat) called() string {
	if s.title != "" {
		return s.title
	}
	return s.name
}

// release ends what a reservation began.
func (d *Desk) release(name, conv string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.seats[name]
	now := d.now()
	if o := s.offer; o != nil && o.conv == conv {
		o.finish(now, CallerGone, "", "")
	} else if l := s.last; s.Offered == conv && l != nil && l.Conv == conv && l.How == Taken {
		late := *l // they accepted, and the caller left before both were joined
		late.How = CallerGone
		s.last = &late
	}
	s.Presence.Withdraw(now, conv, CallerGone)
	if s.Call == conv {
		s.line = nil
	}
	s.Presence.End(now, conv, d.rules)
	d.changed(s)
}

// keep is for how long the caller is held for an agent whose line has ended.
func (d *Desk) keep(name, conv string) (hold time.Duration) {
	_ = d.act(name, func(now time.Time, s *seat) error { hold = s.Lose(now, conv, d.rules); return nil })
	return hold
}

// Free is how many can be rung now: at desks and on telephones.
func (d *Desk) Free() int {
	d.mu.Lock()
	n, now := 0, d.now()
	var out []string
	for name, s := range d.seats {
		if free, _ := s.Takes(now, d.rules); free && !d.team.inCall(name) {
			n++
		}
		if !s.Idle.IsZero() {
			out = append(out, name)
		}
	}
	d.mu.Unlock()
	return n + d.team.freeBut(out)
}

// SignedIn is how many callers may hope for: who takes calls or typed conversations now, or will when
// what they do is over, and telephones that are always there. Who has a break or is away is not.
func (d *Desk) SignedIn() int {
	d.mu.Lock()
	n, now := 0, d.now()
	var out []string
	for name, s := range d.seats {
		if s.atWork(now, d.rules) {
			n++
		}
		if !s.Idle.IsZero() {
			out = append(out, name)
		}
	}
	d.mu.Unlock()
	return n + d.team.phones(out)
}

// SetTeam replaces the configured list.
func (d *Desk) SetTeam(cfg Config) {
	d.mu.Lock() // nobody is chosen meanwhile
	defer d.mu.Unlock()
	d.team.Set(cfg)
	d.poke()
}
