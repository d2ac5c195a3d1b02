package pacer

import "github.com/prometheus/client_golang/prometheus"

// Metrics of a Wheel.
type Metrics struct {
	Late    prometheus.Counter // ticks given more than a slot after they were due
	Skipped prometheus.Counter // ticks never given
	Members prometheus.Gauge
}

// NewMetrics makes the collectors and registers them with reg, which may be nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		Late: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "decroche_pacer_ticks_late_total",
			Help: "Packets sent more than one slot (5 ms) after they were due.",
		}),
		Skipped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "decroche_pacer_ticks_skipped_total",
			Help: "Packets never sent because the machine stood still for longer than the catch-up.",
		}),
		Members: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "decroche_pacer_members",
			Help: "Media streams on the wheel.",
		}),
	}
	if reg != nil {
		reg.MustRegister(m.Late, m.Skipped, m.Members)
	}
	return m
}
