package worker

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics count what workers do. The label worker holds the names of engines only. A nil Metrics
// counts nothing.
type Metrics struct {
	alive  *prometheus.GaugeVec
	rest   *prometheus.GaugeVec
	starts *prometheus.CounterVec
	deaths *prometheus.CounterVec
}

// NewMetrics makes them; they are a prometheus.Collector.
func NewMetrics() *Metrics {
	by := []string{"worker"}
	return &Metrics{
		alive:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "decroche_worker_up", Help: "1 while the process of native engines listens."}, by),
		rest:   prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "decroche_worker_resting", Help: "1 while a worker that died too often is left down."}, by),
		starts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_worker_starts_total", Help: "Processes that were started."}, by),
		deaths: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_worker_deaths_total", Help: "Processes that ended unasked: start (it could not), late (it took too long to), signal, exit."}, []string{"worker", "cause"}),
	}
}

// Describe and Collect make Metrics a prometheus.Collector.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, c := range []prometheus.Collector{m.alive, m.rest, m.starts, m.deaths} {
		c.Describe(to)
	}
}

// Collect is called at each scrape.
func (m *Metrics) Collect(to chan<- prometheus.Metric) {
	for _, c := range []prometheus.Collector{m.alive, m.rest, m.starts, m.deaths} {
		c.Collect(to)
	}
}

func gauge(v bool) float64 {
	if v {
		return 1
	}
	return 0
}

func (m *Metrics) up(name string, yes bool) {
	if m != nil {
		m.alive.WithLabelValues(name).Set(gauge(yes))
	}
}

func (m *Metrics) resting(name string, yes bool) {
	if m != nil {
		m.rest.WithLabelValues(name).Set(gauge(yes))
	}
}

func (m *Metrics) started(name string) {
	if m != nil {
		m.starts.WithLabelValues(name).Inc()
	}
}

func (m *Metrics) died(name string, why error) {
	var d *death
	if m != nil && errors.As(why, &d) {
		m.deaths.WithLabelValues(name, d.cause).Inc()
	}
}
