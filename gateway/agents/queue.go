package agents

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Left is the error of Offer for who waits no more and got nobody: Nobody, Full, Closed or Timeout.
type Left struct {
	Queue   string // its name; the skills for who waited in no configured queue
	Outcome Outcome
	// To is what the queue proposes instead: ToCallback, ToMessage, ToBot; "": the flow knows.
	To string
	// Opens is when somebody is there again, for Closed; zero: not within a year.
	Opens time.Time
}

// Error implements error.
func (l *Left) Error() string {
	return fmt.Sprintf("agents: queue %q: %s", l.Queue, l.Outcome)
}

// Is lets errors.Is(err, ErrNobody) hold for Nobody.
func (l *Left) Is(target error) bool { return target == ErrNobody && l.Outcome == Nobody }

// Place is where a caller stands in a queue.
type Place struct {
	Queue    string
	Before   int           // how many are served first
	Estimate time.Duration // until it is their turn; 0: nobody can know
	// What the queue tells of it, and how often at most.
	Every         time.Duration
	Position      bool
	TellsEstimate bool
	Music         string // a WAV file; "": a tone
}

// Placer is what a Router may do besides: say where somebody waits.
type Placer interface {
	// Place is false for who waits in no queue now. It does not block.
	Place(conv string) (Place, bool)
}

var (
	_ Placer = (*Desk)(nil)
	_ Namer  = (*Desk)(nil)
)

// hall is who waits for an agent. It belongs to the Desk, whose mu guards all of it.
type hall struct {
	queues  Queues
	hours   []*Hours // of each queue
	waiting []*caller
	past    map[string]*past // by line
	metrics *Metrics
}

// caller is one who waits.
type caller struct {
	req    Request
	queue  int    // index, -1: the line of their own skills
	line   string // its name
	since  time.Time
	until  time.Time // of what they ask; the queue may end it sooner
	before int       // when they came
	guess  time.Duration
	got    chan arrival // one, when the wait is over
}

// arrival is how a wait ended.
type arrival struct {
	a   Assignment
	err error
}

// past is what is remembered of a line.
type past struct {
	History
	counts Counts
}

// SetQueues replaces the queues. Who waits keeps their place; whose queue is gone waits in the line of
// their own skills.
func (d *Desk) SetQueues(c Queues) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hall.set(c)
	for _, c := range d.hall.waiting {
		d.hall.put(c, d.hall.queues.find(c.req))
	}
	d.poke()
}

func (h *hall) set(c Queues) {
	h.queues, h.hours = slices.Clone(c), make([]*Hours, len(c))
	for i, q := range c {
		h.hours[i] = newHours(q.Timezone, q.Hours, q.Holidays, func(string, string, ...any) {})
	}
}

// Namer is what a Router may do besides: tell the queue of a request.
type Namer interface {
	// QueueOf is the name of the configured queue in which a request would wait; "" where none is for it.
	QueueOf(Request) string
}

// QueueOf implements Namer.
func (d *Desk) QueueOf(req Request) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if q := queueAt(d.hall.queues, d.hall.queues.find(req)); q != nil {
		return q.Name
	}
	return ""
}

// Closed reports whether the queue of a request is closed now, as a *Left; nil when somebody may wait.
// Typed conversations ask it: their agents are reserved by OfferChat.
func (d *Desk) Closed(req Request) *Left {
	d.mu.Lock()
	defer d.mu.Unlock()
	h, now := &d.hall, d.now()
	c := &caller{req: req, since: now}
	h.put(c, h.queues.find(req))
	if h.open(c.queue, now) || h.divert(c, now) {
		return nil
	}
	return h.leftOf(c, Closed, now)
}

// put lets c wait in a queue.
func (h *hall) put(c *caller, queue int) {
	c.queue = queue
	if q := queueAt(h.queues, queue); q != nil {
		c.line = q.Name
		return
	}
	skills := slices.Clone(c.req.Skills)
	for i, s := range skills {
		skills[i] = word(s)
	}
	slices.Sort(skills)
	c.line = strings.Join(slices.Compact(skills), ", ")
}

// wait lets a request wait for its turn.
func (d *Desk) wait(ctx context.Context, req Request) (Assignment, error) {
	c := d.join(req)
	select {
	case got := <-c.got:
		return got.a, got.err
	case <-ctx.Done():
	}
	how := CallerLeft
	if w, ok := errors.AsType[*Withdrawn](context.Cause(ctx)); ok {
		how = w.Outcome
	}
	d.mu.Lock()
	if d.hall.leave(c) {
		d.hall.counted(c.line).left(d.hall.metrics, d.hall.label(c.queue), how)
	}
	d.mu.Unlock()
	select {
	case got := <-c.got: // at the same moment
		if got.err == nil && got.a.Release != nil {
			got.a.Release()
		}
	default:
	}
	return Assignment{}, ctx.Err()
}

// join puts a caller into a queue, if it is open and not full, and decides at once.
func (d *Desk) join(req Request) *caller {
	d.mu.Lock()
	defer d.mu.Unlock()
	h, now := &d.hall, d.now()
	req.Tried = slices.Clone(req.Tried)
	c := &caller{req: req, since: req.Since, until: now.Add(req.Wait), got: make(chan arrival, 1)}
	if c.since.IsZero() || c.since.After(now) {
		c.since = now
	}
	c.req.Owner = d.named(req.Owner)
	h.put(c, h.queues.find(req))
	if !h.open(c.queue, c.since) && !h.divert(c, now) {
		h.end(c, Closed, now)
		return c
	}
	if req.Wait <= 0 {
		c.until = now.Add(time.Hour) // decided below
	}
	h.waiting = append(h.waiting, c)
	c.before, c.guess = h.place(c, now)
	d.decide(now)
	if req.Wait <= 0 && slices.Contains(h.waiting, c) {
		h.leave(c)
		c.got <- arrival{err: ErrBusy}
	}
	if q := queueAt(h.queues, c.queue); q != nil && q.MaxWaiting > 0 && len(req.Tried) == 0 && slices.Contains(h.waiting, c) && h.count(c.line) > q.MaxWaiting {
		if !h.divert(c, now) {
			h.leave(c)
			h.end(c, Full, now)
		}
		d.decide(now)
	}
	d.poke()
	return c
}

// named needs d.mu: the agent who is meant by a name or a title; "" nobody.
func (d *Desk) named(who string) string {
	if who = strings.TrimSpace(who); who == "" {
		return ""
	}
	for _, a := range d.team.list() {
		if strings.EqualFold(a.Name, who) || strings.EqualFold(a.Title, who) {
			return a.Name
		}
	}
	for name, s := range d.seats {
		if strings.EqualFold(name, who) || strings.EqualFold(s.title, who) {
			return name
		}
	}
	return ""
}

func (h *hall) open(queue int, t time.Time) bool { return queue < 0 || h.hours[queue].Open(t) }

// divert lets c wait in the queue into which their own overflows, if it takes them.
func (h *hall) divert(c *caller, now time.Time) bool {
	q := queueAt(h.queues, c.queue)
	if q == nil || q.Overflow.To != ToQueue {
		return false
	}
	i := slices.IndexFunc(h.queues, func(o Queue) bool { return o.Name == q.Overflow.Queue })
	if i < 0 || !h.open(i, now) || h.queues[i].MaxWaiting > 0 && h.count(h.queues[i].Name) >= h.queues[i].MaxWaiting {
		return false
	}
	c.req.Skills = beside(c.req.Skills, q.Skills)
	h.put(c, i)
	return true
}

// count is how many wait in a line.
func (h *hall) count(line string) (n int) {
	for _, c := range h.waiting {
		if c.line == line {
			n++
		}
	}
	return n
}

// leave takes c out of who waits; false when the wait is over already.
func (h *hall) leave(c *caller) bool {
	n := len(h.waiting)
	h.waiting = slices.DeleteFunc(h.waiting, func(o *caller) bool { return o == c })
	return len(h.waiting) < n
}

// end tells c that the wait is over without an agent.
func (h *hall) end(c *caller, how Outcome, now time.Time) {
	l := h.leftOf(c, how, now)
	if c.req.Wait > 0 { // else another rung may be asked
		h.counted(c.line).left(h.metrics, h.label(c.queue), how)
	}
	c.got <- arrival{err: l}
}

func (h *hall) leftOf(c *caller, how Outcome, now time.Time) *Left {
	l := &Left{Queue: c.line, Outcome: how}
	if q := queueAt(h.queues, c.queue); q != nil {
		if q.Overflow.To != ToQueue {
			l.To = q.Overflow.To
		}
		if how == Closed {
			l.Opens, _ = h.hours[c.queue].Next(now)
		}
	}
	return l
}

// mostLines bounds the lines that are remembered; beyond it those of configured queues alone are.
const mostLines = 500

func (h *hall) counted(line string) *past {
	p := h.past[line]
	if p == nil {
		p = &past{}
		if len(h.past) < mostLines || slices.ContainsFunc(h.queues, func(q Queue) bool { return q.Name == line }) {
			h.past[line] = p
		}
	}
	return p
}

// TurnOf is the moment by which a request that began to wait at since stands in its line: the earlier one
// is served first (Route). It is for typed conversations, which wait in a line of their own.
func (d *Desk) TurnOf(req Request, since time.Time) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := &d.hall
	return since.Add(-queueAt(h.queues, h.queues.find(req)).headStart(req.Priority, req.VIP))
}

// key is the moment by which c stands in the order of Route.
func (h *hall) key(c *caller) time.Time {
	return c.since.Add(-queueAt(h.queues, c.queue).headStart(c.req.Priority, c.req.VIP))
}

// place is how many of c's line are served before c, and what that may take.
func (h *hall) place(c *caller, now time.Time) (before int, guess time.Duration) {
	key := h.key(c)
	for _, o := range h.waiting {
		if o != c && o.line == c.line && h.key(o).Before(key) {
			before++
		}
	}
	return before, h.counted(c.line).Guess(now, before)
}

// Place implements Placer.
func (d *Desk) Place(conv string) (Place, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := &d.hall
	i := slices.IndexFunc(h.waiting, func(c *caller) bool { return c.req.Conv == conv })
	if i < 0 {
		return Place{}, false
	}
	c, now := h.waiting[i], d.now()
	p := Place{Queue: c.line, Every: announceEvery, Position: true, TellsEstimate: true}
	p.Before, p.Estimate = h.place(c, now)
	if !h.counted(c.line).Trusted(now) {
		p.Estimate = 0
	}
	if q := queueAt(h.queues, c.queue); q != nil {
		a := q.Announce
		p.Every, p.Music = orDefault(a.Every, announceEvery), a.Music
		p.Position, p.TellsEstimate = a.Position == nil || *a.Position, a.Estimate == nil || *a.Estimate
	}
	return p, true
}

// decide needs d.mu: it gives callers to agents and ends waits that are over. It returns how long
// nothing will change by itself.
func (d *Desk) decide(now time.Time) time.Duration {
	h := &d.hall
	h.expire(now)
	if len(h.waiting) == 0 {
		return time.Hour
	}
	crew := d.crew(now)
	waiting := make([]Waiting, len(h.waiting))
	for i, c := range h.waiting {
		waiting[i] = Waiting{Queue: c.queue, Skills: c.req.Skills, Lang: c.req.Lang, Priority: c.req.Priority, VIP: c.req.VIP, Since: c.since, Owner: c.req.Owner, Tried: c.req.Tried}
	}
	plan := Route(now, waiting, crew, h.queues)
	all := slices.Clone(h.waiting)
	for _, m := range plan.Matches {
		d.give(all[m.Waiting], &crew[m.Seat], now)
	}
	for _, i := range plan.Nobody {
		h.leave(all[i])
		h.end(all[i], Nobody, now)
	}
	next := d.team.nextRested()
	if len(plan.Matches) > 0 && len(h.waiting) > 0 {
		next = time.Millisecond // a group takes several, one in each decision
	}
	for _, c := range h.waiting {
		next = min(next, h.next(c, now))
	}
	return next
}

// expire ends waits that are over.
func (h *hall) expire(now time.Time) {
	for _, c := range slices.Clone(h.waiting) {
		if at := h.deadline(c); !now.Before(at) {
			h.leave(c)
			h.end(c, Timeout, now)
		}
	}
}

// deadline is when c waits no more: the flow's bound, the queue's, or where it overflows out of the queue.
func (h *hall) deadline(c *caller) time.Time {
	at := c.until
	q := queueAt(h.queues, c.queue)
	if q == nil {
		return at
	}
	for _, d := range []time.Duration{q.MaxWait, q.Overflow.After} {
		if d > 0 && (d != q.Overflow.After || q.Overflow.To != ToQueue) && c.since.Add(d).Before(at) {
			at = c.since.Add(d)
		}
	}
	return at
}

// next is how soon something about c changes by itself.
func (h *hall) next(c *caller, now time.Time) time.Duration {
	at := h.deadline(c).Sub(now)
	waited := now.Sub(c.since)
	later := func(d time.Duration) {
		if d > waited {
			at = min(at, d-waited)
		}
	}
	q := queueAt(h.queues, c.queue)
	if c.req.Owner != "" {
		later(ownFor(q))
	}
	if q != nil {
		later(q.Overflow.After)
		if q.LoosenEvery > 0 && q.minLevel(waited) > 1 {
			later((waited/q.LoosenEvery + 1) * q.LoosenEvery)
		}
	}
	return max(at, time.Millisecond)
}

// crew needs d.mu: everybody who could be given a caller, at desks first.
func (d *Desk) crew(now time.Time) []Seat {
	out := make([]Seat, 0, len(d.order)+8)
	for _, name := range d.order {
		s := d.seats[name]
		if s.Status == Offline {
			continue
		}
		seat := d.seatOf(s)
		takes, _ := s.Takes(now, d.rules)
		calls := d.team.inCall(name)
		seat.Free = takes && !calls
		seat.Soon = !seat.Free && (s.Call != "" || s.Offered != "" || s.Status == WrapUp || calls)
		out = append(out, seat)
	}
	return d.team.crew(out, func(name string) bool {
		s := d.seats[name]
		return s != nil && !s.Idle.IsZero() // presence decides about them
	})
}

// give needs d.mu.
func (d *Desk) give(c *caller, s *Seat, now time.Time) {
	h := &d.hall
	a := d.hire(s, c.req)
	if q := queueAt(h.queues, c.queue); q != nil {
		a.RingFor = q.RingFor
	}
	line, queue, since, before, guess := c.line, c.queue, c.since, c.before, c.guess
	if waited := now.Sub(since); len(c.req.Tried) == 0 && waited > 0 && c.req.Owner == "" { // who waited for one agent says nothing to others
		h.counted(line).Served(now, waited, before, guess)
	}
	inTime := inTime
	if q := queueAt(h.queues, queue); q != nil {
		inTime = orDefault(q.InTime, inTime)
	}
	label := h.label(queue)
	a.Joined = sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.hall.counted(line).answered(d.hall.metrics, label, d.now().Sub(since), inTime)
	})
	h.leave(c)
	c.got <- arrival{a: a}
}

// hire needs d.mu: it reserves a seat of crew, which is free.
func (d *Desk) hire(s *Seat, req Request) Assignment {
	if !s.Desk {
		return d.team.hire(s.Name)
	}
	return d.assign(d.seats[s.Name], req)
}

// queued reports whether a request is a hand-off's, which knows since when the caller waits: queues, their
// hours, levels and own agents hold for it, whether it may wait or not.
func queued(req Request) bool { return req.Agent == "" && (req.Wait > 0 || !req.Since.IsZero()) }
