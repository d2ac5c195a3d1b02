package remote

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts questions to the model. A nil *Metrics counts nothing.
type Metrics struct {
	questions *prometheus.CounterVec
	seconds   prometheus.Histogram
}

// NewMetrics makes the collectors and registers them with reg, when that is not nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		questions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_understand_remote_total",
			Help: "What became of questions to the remote understander; all but answered were left to the bot's own."}, []string{"result"}),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "decroche_understand_remote_seconds",
			Help: "How long the remote understander took, answer or not.", Buckets: []float64{.05, .1, .2, .3, .5, .75, 1, 1.5, 3}}),
	}
	for _, r := range []string{"answered", "refused", "timeout", "error", "cancelled", "busy", "paused", "skipped"} {
		m.questions.WithLabelValues(r)
	}
	if reg != nil {
		reg.MustRegister(m.questions, m.seconds)
	}
	return m
}

func (m *Metrics) count(result string) {
	if m != nil {
		m.questions.WithLabelValues(result).Inc()
	}
}

func (m *Metrics) took(d time.Duration) {
	if m != nil {
		m.seconds.Observe(d.Seconds())
	}
}
