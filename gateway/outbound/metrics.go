package outbound

import "github.com/prometheus/client_golang/prometheus"

// Metrics count calls that are placed. A nil *Metrics counts nothing.
type Metrics struct {
	attempts *prometheus.CounterVec
	refusals *prometheus.CounterVec
	now      prometheus.Gauge
}

// NewMetrics registers the collectors with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_placed_attempts_total", Help: "Times that somebody was rung by us, by kind and how it ended."}, []string{"kind", "outcome"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_placed_refused_total", Help: "Orders for calls that were refused, by why."}, []string{"code"}),
		now:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_placed_calls", Help: "Calls placed by us that ring or talk now."}),
	}
	reg.MustRegister(m.attempts, m.refusals, m.now)
	return m
}

func (m *Metrics) ended(kind, outcome string) {
	if m != nil {
		m.attempts.WithLabelValues(kind, outcome).Inc()
	}
}

func (m *Metrics) refused(code string) {
	if m != nil {
		m.refusals.WithLabelValues(code).Inc()
	}
}

func (m *Metrics) ringing(n int) {
	if m != nil {
		m.now.Set(float64(n))
	}
}
