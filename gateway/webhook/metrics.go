package webhook

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts deliveries. A nil *Metrics counts nothing.
type Metrics struct {
	tries         *prometheus.CounterVec
	waiting, dead prometheus.Gauge
}

// NewMetrics registers the collectors of this package; reg may be nil, then they only count.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		tries:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_webhook_tries_total", Help: "Tries to deliver: delivered, failed (will be tried again), dead (given up), erased (the conversation was, before it could be told)."}, []string{"outcome"}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_webhook_waiting", Help: "Deliveries that wait."}),
		dead:    prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_webhook_dead", Help: "Deliveries that were given up and are still kept."}),
	}
	if reg != nil {
		reg.MustRegister(m.tries, m.waiting, m.dead)
	}
	return m
}

func (m *Metrics) count(outcome string) {
	if m != nil {
		m.tries.WithLabelValues(outcome).Inc()
	}
}

func (m *Metrics) set(waiting, dead int) {
	if m != nil {
		m.waiting.Set(float64(waiting))
		m.dead.Set(float64(dead))
	}
}
