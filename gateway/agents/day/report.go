package day

import (
	"slices"
	"time"

	"decroche/gateway/agents"
)

// Report is what came of a day.
type Report struct {
	Calls     int     `json:"calls"`
	Agents    int     `json:"agents"`
	Queues    []Queue `json:"queues"`
	Total     Queue   `json:"total"`
	Occupancy float64 `json:"occupancy"` // of the time at work: ringing, talking, concluding
	LeastBusy float64 `json:"least_busy"`
	MostBusy  float64 `json:"most_busy"`
	// Forgotten are callers who neither were served nor left nor overflowed: there are none.
	Forgotten int `json:"forgotten"`
	// Passed counts callers who were passed, in their own queue and language, by who came later than any
	// priority allows: there are none.
	Passed int `json:"passed"`
	// Promised had to wait, were told for how long, and got somebody; Kept did within it (agents.Held).
	Promised int     `json:"promised"`
	Kept     int     `json:"kept"`
	Told     float64 `json:"told_p50_s"`   // half of them were told less
	Waited   float64 `json:"waited_p50_s"` // and half waited less

	Decisions int           `json:"decisions"`
	Decision  time.Duration `json:"decision_ns"` // mean of one
	Slowest   time.Duration `json:"slowest_ns"`
}

// Queue is what came of one.
type Queue struct {
	Name      string  `json:"name"`
	Calls     int     `json:"calls"`
	Answered  int     `json:"answered"`
	Abandoned int     `json:"abandoned"`
	Overflown int     `json:"overflown"`     // to a callback, after the time of the queue
	Nobody    int     `json:"nobody"`        // at once, to whatever the flow has for it
	Level     float64 `json:"service_level"` // of all calls but those given up within 5 s: answered within 20 s
	P50       float64 `json:"wait_p50_s"`    // of those answered
	P95       float64 `json:"wait_p95_s"`
	Longest   float64 `json:"longest_s"` // of all
	VIP       float64 `json:"vip_p95_s"`
	Own       float64 `json:"own_agent"` // of those who have one and were answered: share who got them
}

const (
	inTime  = 20 * time.Second
	atOnce  = 5 * time.Second
	mostLag = 3 * agents.MaxPriority * agents.HeadStart // queue, caller, VIP
)

func (d *day) report() *Report {
	r := &Report{Calls: len(d.calls), Agents: len(d.crew), Decisions: d.decided, Slowest: d.longest, LeastBusy: 1}
	if d.decided > 0 {
		r.Decision = d.deciding / time.Duration(d.decided)
	}
	for i, q := range d.cfg.Queues {
		r.Queues = append(r.Queues, sumUp(q.Name, d.calls, func(c *call) bool { return c.queue == i }))
	}
	r.Total = sumUp("all", d.calls, func(*call) bool { return true })
	for i := range d.crew {
		d.leaves(i)
		part := d.crew[i].busy.Seconds() / d.crew[i].there.Seconds()
		r.Occupancy += part / float64(len(d.crew))
		r.LeastBusy, r.MostBusy = min(r.LeastBusy, part), max(r.MostBusy, part)
	}
	var told, waited []float64
	for i := range d.calls {
		c := &d.calls[i]
		if c.how == "" {
			r.Forgotten++
		}
		if c.told && c.first > 0 {
			r.Promised++
			told, waited = append(told, c.guess.Seconds()), append(waited, c.first.Seconds())
			if agents.Held(c.guess, c.first) {
				r.Kept++
			}
		}
	}
	r.Told, r.Waited = quantile(told, 0.5), quantile(waited, 0.5)
	r.Passed = d.passed()
	return r
}

// passed counts who was passed. Who was asked by agents in vain has tried them, and who got an agent of
// their own took nobody's turn.
func (d *day) passed() (n int) {
	for i := range d.calls {
		c := &d.calls[i]
		if c.how == "" || len(c.tried) > 0 {
			continue
		}
		for j := i + 1; j < len(d.calls) && d.calls[j].at.Before(c.end); j++ {
			o := &d.calls[j]
			if o.queue == c.queue && o.lang == c.lang && o.how == agents.Completed && !o.own && o.at.Sub(c.at) > mostLag && o.end.Before(c.end) {
				n++
				break
			}
		}
	}
	return n
}

func sumUp(name string, calls []call, in func(*call) bool) Queue {
	q := Queue{Name: name}
	var waits, vip []float64
	inside, counted, owners, own := 0, 0, 0, 0
	for i := range calls {
		c := &calls[i]
		if !in(c) {
			continue
		}
		waited := c.end.Sub(c.at)
		q.Calls++
		q.Longest = max(q.Longest, waited.Seconds())
		if c.how != agents.CallerLeft || waited > atOnce {
			counted++
		}
		switch c.how {
		case agents.CallerLeft:
			q.Abandoned++
		case agents.Timeout:
			q.Overflown++
		case agents.Nobody:
			q.Nobody++
		case agents.Completed:
			q.Answered++
			waits = append(waits, waited.Seconds())
			if c.vip {
				vip = append(vip, waited.Seconds())
			}
			if waited <= inTime {
				inside++
			}
			if c.owner != "" {
				owners++
				if c.own {
					own++
				}
			}
		}
	}
	if counted > 0 {
		q.Level = float64(inside) / float64(counted)
	}
	if owners > 0 {
		q.Own = float64(own) / float64(owners)
	}
	q.P50, q.P95, q.VIP = quantile(waits, 0.5), quantile(waits, 0.95), quantile(vip, 0.95)
	return q
}

func quantile(list []float64, p float64) float64 {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[int(p*float64(len(list)-1))]
}
