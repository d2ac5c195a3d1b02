package day

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"decroche/gateway/agents"
)

// Hall draws one moment of a company with so many agents and callers who wait: eight queues with levels
// that loosen, priorities and overflow; agents with one to four skills and one or two languages, the part
// free of them free and the others in calls; callers of whom some have an own agent or were refused by
// one. It is what a decision is measured and tried on.
func Hall(seed uint64, crew, callers int, free float64) (now time.Time, waiting []agents.Waiting, seats []agents.Seat, queues []agents.Queue) {
	rnd := rand.New(rand.NewPCG(seed, 0xdec))
	at := func(s int) time.Time { return begins.Add(time.Duration(s) * time.Second) }
	skills := []string{"litige", "suivi", "finance", "livraison", "compte", "pro", "retour", "douane"}
	queues = make([]agents.Queue, len(skills))
	for i, s := range skills {
		queues[i] = agents.Queue{Name: s, Skills: []string{s}, MinLevel: i % agents.MaxLevel, LoosenEvery: 30 * time.Second, Priority: i % 3,
			Overflow: agents.Overflow{After: 2 * time.Minute, To: agents.ToQueue, Queue: skills[(i+1)%len(skills)]}}
	}
	seats = make([]agents.Seat, crew)
	for i := range seats {
		s := agents.Seat{Name: fmt.Sprint("agent", i), Desk: rnd.IntN(4) > 0, Free: rnd.Float64() < free, Idle: at(-rnd.IntN(3600)), Languages: slices.Clone([]string{"fr", "en"}[:rnd.IntN(3)])}
		s.Soon = !s.Free
		for _, k := range rnd.Perm(len(skills))[:1+rnd.IntN(4)] {
			s.Skills = append(s.Skills, agents.Skill{Name: skills[k], Level: rnd.IntN(agents.MaxLevel + 1)})
		}
		seats[i] = s
	}
	waiting = make([]agents.Waiting, callers)
	for i := range waiting {
		w := agents.Waiting{Queue: rnd.IntN(len(queues)+1) - 1, Lang: []string{"fr", "en"}[rnd.IntN(2)], Since: at(rnd.IntN(300)), Priority: rnd.IntN(agents.MaxPriority + 1), VIP: rnd.IntN(20) == 0}
		if w.Queue < 0 {
			w.Skills = []string{skills[rnd.IntN(len(skills))]}
		}
		if rnd.IntN(10) == 0 && crew > 0 {
			w.Owner = seats[rnd.IntN(crew)].Name
		}
		if rnd.IntN(10) == 0 && crew > 0 {
			w.Tried = []string{seats[rnd.IntN(crew)].Name}
		}
		waiting[i] = w
	}
	return at(300), waiting, seats, queues
}

// Decision is what one decision costs.
type Decision struct {
	Agents  int           `json:"agents"`
	Waiting int           `json:"waiting"`
	Free    float64       `json:"free"` // part of the agents
	Given   int           `json:"given"`
	P50     time.Duration `json:"p50_ns"`
	P99     time.Duration `json:"p99_ns"`
}

// Decide measures decisions over one Hall.
func Decide(crew, callers int, free float64, rounds int) Decision {
	now, waiting, seats, queues := Hall(1, crew, callers, free)
	d := Decision{Agents: crew, Waiting: callers, Free: free}
	took := make([]time.Duration, max(1, rounds))
	for i := range took {
		began := time.Now()
		d.Given = len(agents.Route(now, waiting, seats, queues).Matches)
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	d.P50, d.P99 = took[len(took)/2], took[(len(took)-1)*99/100]
	return d
}
