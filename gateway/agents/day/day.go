// Package day plays one day of a company's telephone in virtual time: callers come as they do, with
// wishes, patience and sometimes an agent of their own; agents have skills, answer, miss, talk, conclude
// and go to lunch. Who gets whom is agents.Route, and what callers are promised is agents.History, the
// same as in the gateway; everything else is drawn from one seed, so that a day can be played again.
//
// It is how routing is judged: is anybody forgotten, how long do they wait in each queue, does a promise
// hold. It knows nothing of calls.
package day

import (
	"container/heap"
	"math/rand/v2"
	"slices"
	"time"

	"decroche/gateway/agents"
)

// Config is what kind of day it is.
type Config struct {
	Seed   uint64
	Calls  int // in twelve hours
	Agents int
	// Queues in which callers wait; DefaultQueues when nil. Those beyond the default ones get nobody.
	Queues []agents.Queue
}

// Default is the day that the tests and the figures are about.
func Default() Config { return Config{Seed: 1, Calls: 10000, Agents: 60, Queues: DefaultQueues()} }

// begins is the moment at which the telephone is switched on.
var begins = time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)

// opens is how long callers come.
const opens = 12 * time.Hour

// DefaultQueues are those of a parcel company.
func DefaultQueues() []agents.Queue {
	callback := agents.Overflow{After: 12 * time.Minute, To: agents.ToCallback}
	return []agents.Queue{
		{Name: "suivi", Skills: []string{"suivi"}, Overflow: callback},
		{Name: "litige", Skills: []string{"litige"}, MinLevel: 4, LoosenEvery: 30 * time.Second, Priority: 1, Overflow: callback},
		{Name: "livraison", Skills: []string{"livraison"}, MinLevel: 2, LoosenEvery: time.Minute, Overflow: callback},
		{Name: "compte", Skills: []string{"compte"}, Overflow: agents.Overflow{After: 2 * time.Minute, To: agents.ToQueue, Queue: "suivi"}},
		{Name: "pro", Skills: []string{"pro"}, Priority: 3, OwnAgentFor: 40 * time.Second, Overflow: callback},
	}
}

// share of the calls that each of the default queues gets.
var share = []float64{0.46, 0.2, 0.16, 0.12, 0.06}

// profile is how the calls of a day lie in its hours, from eight to eight.
var profile = []float64{0.6, 1.05, 1.35, 1.25, 0.85, 0.8, 1.15, 1.3, 1.2, 1.05, 0.8, 0.6}

// call is one caller.
type call struct {
	at       time.Time
	queue    int
	lang     string
	priority int
	vip      bool
	owner    string
	patience time.Duration // they hang up after it; 0: never
	talk     time.Duration
	tried    []string

	before int
	guess  time.Duration
	told   bool
	first  time.Duration // until an agent was found for the first time
	rung   bool
	agent  int
	own    bool // served by their own agent
	end    time.Time
	how    agents.Outcome // "": waits or is being rung
}

// agent is one person with a headset.
type agent struct {
	seat   agents.Seat
	lunch  time.Time
	atWork bool
	busy   time.Duration // ringing, talking, concluding
	there  time.Duration // at work
	since  time.Time     // of the last change of atWork
}

type kind int

const (
	comes kind = iota // a caller
	gives             // a caller loses patience, or overflows
	picks             // the ringing ends, one way or the other
	ends              // a talk
	frees             // an agent is free again, or back
	lunches
	looks // something may have changed by itself
)

type event struct {
	at   time.Time
	seq  int
	what kind
	call int
	who  int
}

type events []event

func (e events) Len() int { return len(e) }
func (e events) Less(i, j int) bool {
	if !e[i].at.Equal(e[j].at) {
		return e[i].at.Before(e[j].at)
	}
	return e[i].seq < e[j].seq
}
func (e events) Swap(i, j int) { e[i], e[j] = e[j], e[i] }

// Push and Pop implement heap.Interface.
func (e *events) Push(v any) { *e = append(*e, v.(event)) }

// Pop takes the last.
func (e *events) Pop() any {
	v := (*e)[len(*e)-1]
	*e = (*e)[:len(*e)-1]
	return v
}

// day is one that is being played.
type day struct {
	cfg     Config
	rnd     *rand.Rand
	now     time.Time
	todo    events
	seq     int
	calls   []call
	crew    []agent
	seats   []agents.Seat
	waiting []int // calls, as they came
	past    []agents.History
	looking bool // a look is in todo

	decided  int
	deciding time.Duration
	longest  time.Duration // of one decision
}

// Play plays the day to its end: all who came have been served, or have left.
func Play(cfg Config) *Report {
	if cfg.Queues == nil {
		cfg.Queues = DefaultQueues()
	}
	d := &day{cfg: cfg, rnd: rand.New(rand.NewPCG(cfg.Seed, 0xdec)), now: begins, past: make([]agents.History, len(cfg.Queues))}
	d.hire()
	d.arrivals()
	for len(d.todo) > 0 {
		e := heap.Pop(&d.todo).(event)
		d.now = e.at
		d.happen(e)
	}
	return d.report()
}

func (d *day) in(after time.Duration, e event) {
	d.seq++
	e.at, e.seq = d.now.Add(after), d.seq
	heap.Push(&d.todo, e)
}

func (d *day) happen(e event) {
	switch e.what {
	case comes:
		d.come(e.call)
	case gives:
		d.giveUp(e.call)
	case picks:
		d.answer(e.call, e.who)
	case ends:
		d.conclude(e.call, e.who)
	case frees:
		d.free(e.who)
	case lunches:
		d.lunch(e.who)
	case looks:
		d.looking = false
	}
	if e.what == looks || slices.ContainsFunc(d.crew, func(a agent) bool { return a.seat.Free }) {
		d.decide()
	}
	if len(d.waiting) > 0 && !d.looking {
		d.looking = true
		d.in(10*time.Second, event{what: looks})
	}
}

// come lets a caller wait.
func (d *day) come(i int) {
	c := &d.calls[i]
	q := &d.cfg.Queues[c.queue]
	for _, o := range d.waiting {
		if d.calls[o].queue == c.queue {
			c.before++
		}
	}
	c.guess = d.past[c.queue].Guess(d.now, c.before)
	c.told = c.guess > 0 && d.past[c.queue].Trusted(d.now)
	d.waiting = append(d.waiting, i)
	if c.patience > 0 {
		d.in(c.patience, event{what: gives, call: i})
	}
	if o := q.Overflow; o.After > 0 && o.To != agents.ToQueue {
		d.in(o.After, event{what: gives, call: i})
	}
}

// giveUp ends the wait of who waits still.
func (d *day) giveUp(i int) {
	at := slices.Index(d.waiting, i)
	if at < 0 {
		return
	}
	c := &d.calls[i]
	c.how, c.end = agents.Timeout, d.now
	if c.patience > 0 && d.now.Sub(c.at) >= c.patience {
		c.how = agents.CallerLeft
	}
	d.waiting = slices.Delete(d.waiting, at, at+1)
}

// decide gives callers to agents.
func (d *day) decide() {
	if len(d.waiting) == 0 {
		return
	}
	waiting := make([]agents.Waiting, len(d.waiting))
	for i, n := range d.waiting {
		c := &d.calls[n]
		waiting[i] = agents.Waiting{Queue: c.queue, Lang: c.lang, Priority: c.priority, VIP: c.vip, Since: c.at, Owner: c.owner, Tried: c.tried}
	}
	for i := range d.crew {
		d.seats[i] = d.crew[i].seat
	}
	began := time.Now()
	plan := agents.Route(d.now, waiting, d.seats, d.cfg.Queues)
	took := time.Since(began)
	d.decided, d.deciding, d.longest = d.decided+1, d.deciding+took, max(d.longest, took)
	was := slices.Clone(d.waiting)
	for _, m := range plan.Matches {
		d.ring(was[m.Waiting], m.Seat)
	}
	for _, i := range plan.Nobody {
		d.nobody(was[i])
	}
}

// nobody tells a caller that nobody is there, unless all who are were asked: then from the beginning.
func (d *day) nobody(n int) {
	c := &d.calls[n]
	if len(c.tried) > 0 {
		c.tried = nil
		return
	}
	c.how, c.end = agents.Nobody, d.now
	d.waiting = slices.DeleteFunc(d.waiting, func(o int) bool { return o == n })
}

// ring lets an agent's line ring.
func (d *day) ring(n, who int) {
	c, a := &d.calls[n], &d.crew[who]
	d.waiting = slices.DeleteFunc(d.waiting, func(o int) bool { return o == n })
	a.seat.Free, a.seat.Soon = false, true
	if waited := d.now.Sub(c.at); waited > 0 && !c.rung {
		if c.owner == "" {
			d.past[c.queue].Served(d.now, waited, c.before, c.guess)
		}
		c.first = waited
	}
	c.rung, c.agent = true, who
	if d.rnd.Float64() < 0.03 { // nobody picks up
		c.tried = append(slices.Clone(c.tried), a.seat.Name)
		a.busy += ringFor
		d.in(ringFor, event{what: picks, call: n, who: -1 - who})
		return
	}
	rings := time.Duration(2000+d.rnd.IntN(5000)) * time.Millisecond
	a.busy += rings
	d.in(rings, event{what: picks, call: n, who: who})
}

const ringFor = 20 * time.Second

// answer is the end of the ringing: who below zero did not pick up, and is away for a while.
func (d *day) answer(n, who int) {
	c := &d.calls[n]
	if who < 0 {
		who = -1 - who
		d.crew[who].seat.Soon = false
		d.leaves(who)
		d.in(2*time.Minute, event{what: frees, who: who})
		d.waiting = append(d.waiting, n)
		if c.patience > 0 && d.now.Sub(c.at) >= c.patience || d.overdue(c) {
			d.giveUp(n)
		}
		return
	}
	c.how, c.end, c.own = agents.Completed, d.now, c.owner == d.crew[who].seat.Name
	d.crew[who].busy += c.talk
	d.in(c.talk, event{what: ends, call: n, who: who})
}

func (d *day) overdue(c *call) bool {
	o := d.cfg.Queues[c.queue].Overflow
	return o.After > 0 && o.To != agents.ToQueue && d.now.Sub(c.at) >= o.After
}

// wrapUp is how long agents conclude.
const wrapUp = 25 * time.Second

func (d *day) conclude(_, who int) {
	d.crew[who].busy += wrapUp
	d.crew[who].seat.Idle = d.now
	d.in(wrapUp, event{what: frees, who: who})
}

// free lets an agent take the next, or go to lunch when it is time.
func (d *day) free(who int) {
	a := &d.crew[who]
	if !a.lunch.IsZero() && !d.now.Before(a.lunch) {
		a.lunch = time.Time{}
		a.seat.Free, a.seat.Soon = false, false
		d.leaves(who)
		d.in(45*time.Minute, event{what: frees, who: who})
		return
	}
	if !a.atWork {
		a.atWork, a.since = true, d.now
	}
	a.seat.Free, a.seat.Soon = true, false
}

// lunch is the time of one's lunch: who is in a call goes after it.
func (d *day) lunch(who int) {
	if a := &d.crew[who]; a.seat.Free {
		d.free(who)
	}
}

func (d *day) leaves(who int) {
	a := &d.crew[who]
	if a.atWork {
		a.atWork, a.there = false, a.there+d.now.Sub(a.since)
	}
}
