package day

import (
	"container/heap"
	"fmt"
	"math"
	"slices"
	"time"

	"decroche/gateway/agents"
)

// hire makes the agents: everybody knows parcels, some know claims, a few know companies; levels differ,
// a third speaks English.
func (d *day) hire() {
	d.crew, d.seats = make([]agent, d.cfg.Agents), make([]agents.Seat, d.cfg.Agents)
	level := func() int { return 1 + d.rnd.IntN(agents.MaxLevel) }
	for i := range d.crew {
		s := agents.Seat{Name: fmt.Sprintf("agent%02d", i), Desk: true, Free: true, Idle: d.now, Languages: []string{"fr"}}
		s.Skills = []agents.Skill{{Name: "suivi", Level: level()}}
		for _, k := range []struct {
			name string
			each int
		}{{"litige", 2}, {"livraison", 2}, {"compte", 3}, {"pro", 5}} {
			if i%k.each == 0 {
				s.Skills = append(s.Skills, agents.Skill{Name: k.name, Level: level()})
			}
		}
		if i%3 == 0 {
			s.Languages = append(s.Languages, "en")
		}
		d.crew[i] = agent{seat: s, lunch: begins.Add(3*time.Hour + 30*time.Minute + time.Duration(i/6%6)*30*time.Minute), atWork: true, since: d.now}
		d.todo = append(d.todo, event{at: d.crew[i].lunch, seq: i, what: lunches, who: i})
	}
	d.seq = len(d.todo)
	heap.Init(&d.todo)
}

// arrivals draws who comes when: as many as asked for, in the hours of the profile, at any moment of an
// hour, which is what a stream of independent callers looks like once its number is known.
func (d *day) arrivals() {
	d.calls = make([]call, d.cfg.Calls)
	for i := range d.calls {
		c := &d.calls[i]
		hour := d.pick(profile)
		c.at = begins.Add(time.Duration((float64(hour) + d.rnd.Float64()) * float64(opens) / float64(len(profile))))
		c.queue, c.lang = min(d.pick(share), len(d.cfg.Queues)-1), "fr"
		if d.rnd.Float64() < 0.05 {
			c.lang = "en"
		}
		c.vip = d.rnd.Float64() < 0.03
		if d.rnd.Float64() < 0.1 {
			c.priority = 1 + d.rnd.IntN(agents.MaxPriority)
		}
		if d.rnd.Float64() < 0.05 {
			c.owner = d.crew[d.rnd.IntN(len(d.crew))].seat.Name
		}
		if d.rnd.Float64() < 0.7 { // the others wait until something happens
			c.patience = 10*time.Second + time.Duration(d.rnd.ExpFloat64()*float64(6*time.Minute))
		}
		c.talk = min(30*time.Minute, time.Duration(math.Exp(math.Log(130)+0.6*d.rnd.NormFloat64())*float64(time.Second)))
	}
	slices.SortFunc(d.calls, func(a, b call) int { return a.at.Compare(b.at) })
	for i := range d.calls {
		d.now = begins
		d.in(d.calls[i].at.Sub(begins), event{what: comes, call: i})
	}
}

// pick draws an index by weight.
func (d *day) pick(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	x := d.rnd.Float64() * sum
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}
