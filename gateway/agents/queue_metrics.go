package agents

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Counts are what became of the callers of one line since the start.
type Counts struct {
	Answered int             `json:"answered"` // they spoke with an agent
	InTime   int             `json:"in_time"`  // of those, within the queue's in_time
	Left     map[Outcome]int `json:"left"`     // without an agent, by how
}

// Metrics are the collectors of the queues. Labels are the names of configured queues, and "other".
type Metrics struct {
	waits *prometheus.HistogramVec // until caller and agent speak with each other
	level *prometheus.CounterVec
	gone  *prometheus.CounterVec
}

// NewMetrics registers them with reg; the two gauges look at d when somebody asks.
func NewMetrics(reg prometheus.Registerer, d *Desk) *Metrics {
	m := &Metrics{
		waits: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "decroche_queue_wait_seconds", Help: "How long callers waited in a queue until they spoke with an agent.",
			Buckets: []float64{1, 5, 10, 20, 30, 60, 120, 300, 600, 1200}}, []string{"queue"}),
		level: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_queue_answered_total", Help: "Callers of a queue who spoke with an agent; in_time: within the time that counts for the service level."}, []string{"queue", "in_time"}),
		gone:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_queue_left_total", Help: "Callers who left a queue without an agent, by how."}, []string{"queue", "outcome"}),
	}
	reg.MustRegister(m.waits, m.level, m.gone, &queueGauges{d,
		prometheus.NewDesc("decroche_queue_waiting", "Callers who wait in a queue now.", []string{"queue"}, nil),
		prometheus.NewDesc("decroche_queue_longest_wait_seconds", "How long the one has waited who has waited longest.", []string{"queue"}, nil)})
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hall.metrics = m
	return m
}

// queueGauges reads the hall.
type queueGauges struct {
	d                *Desk
	waiting, longest *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (g *queueGauges) Describe(ch chan<- *prometheus.Desc) { ch <- g.waiting; ch <- g.longest }

// Collect implements prometheus.Collector.
func (g *queueGauges) Collect(ch chan<- prometheus.Metric) {
	type now struct {
		n       int
		longest time.Duration
	}
	g.d.mu.Lock()
	at, all := g.d.now(), map[string]now{otherQueue: {}}
	for _, q := range g.d.hall.queues {
		all[q.Name] = now{}
	}
	for _, c := range g.d.hall.waiting {
		label := g.d.hall.label(c.queue)
		v := all[label]
		all[label] = now{v.n + 1, max(v.longest, at.Sub(c.since))}
	}
	g.d.mu.Unlock()
	for name, v := range all {
		ch <- prometheus.MustNewConstMetric(g.waiting, prometheus.GaugeValue, float64(v.n), name)
		ch <- prometheus.MustNewConstMetric(g.longest, prometheus.GaugeValue, v.longest.Seconds(), name)
	}
}

// otherQueue is the label of who waits in no configured queue.
const otherQueue = "other"

// label names a queue in metrics.
func (h *hall) label(queue int) string {
	if q := queueAt(h.queues, queue); q != nil {
		return q.Name
	}
	return otherQueue
}

func (p *past) answered(m *Metrics, queue string, waited, inTime time.Duration) {
	p.counts.Answered++
	in := "false"
	if waited <= inTime {
		p.counts.InTime++
		in = "true"
	}
	if m != nil {
		m.waits.WithLabelValues(queue).Observe(waited.Seconds())
		m.level.WithLabelValues(queue, in).Inc()
	}
}

func (p *past) left(m *Metrics, queue string, how Outcome) {
	if p.counts.Left == nil {
		p.counts.Left = map[Outcome]int{}
	}
	p.counts.Left[how]++
	if m != nil {
		m.gone.WithLabelValues(queue, string(how)).Inc()
	}
}
