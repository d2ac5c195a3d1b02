package sqlite

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics measures the one writer: how long a commit takes and how many writers shared it.
type Metrics struct {
	seconds prometheus.Histogram
	writers prometheus.Histogram
}

// NewMetrics registers the collectors of this package; reg may be nil, then they only count.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "decroche_store_commit_seconds",
			Help: "Time to make one batch of records durable.", Buckets: prometheus.ExponentialBuckets(0.0005, 2, 13)}),
		writers: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "decroche_store_commit_writers",
			Help: "Writers that shared one commit.", Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, 256}}),
	}
	if reg != nil {
		reg.MustRegister(m.seconds, m.writers)
	}
	return m
}

func (m *Metrics) committed(writers int, took time.Duration) {
	m.seconds.Observe(took.Seconds())
	m.writers.Observe(float64(writers))
}
