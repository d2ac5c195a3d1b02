package event

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts what passes through a Bus. A nil *Metrics counts nothing.
type Metrics struct {
	events prometheus.Counter
	gaps   prometheus.Counter
	subs   prometheus.Gauge
}

// NewMetrics registers the collectors of this package; reg may be nil, then they only count.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		events: prometheus.NewCounter(prometheus.CounterOpts{Name: "decroche_bus_events_total", Help: "Events shown to watchers."}),
		gaps:   prometheus.NewCounter(prometheus.CounterOpts{Name: "decroche_bus_gaps_total", Help: "Watchers cut off because they were too slow; each takes a new snapshot."}),
		subs:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_bus_subscribers", Help: "Watchers now."}),
	}
	if reg != nil {
		reg.MustRegister(m.events, m.gaps, m.subs)
	}
	return m
}

func (m *Metrics) published() {
	if m != nil {
		m.events.Inc()
	}
}

func (m *Metrics) gap() {
	if m != nil {
		m.gaps.Inc()
	}
}

func (m *Metrics) subscribers(n int) {
	if m != nil {
		m.subs.Set(float64(n))
	}
}
