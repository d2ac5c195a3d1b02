package sip

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts what passes the SIP side. Labels are bounded: methods and reasons come from
// fixed lists, statuses from the codes we send or the class we receive.
type Metrics struct {
	requests  *prometheus.CounterVec
	responses *prometheus.CounterVec
	dropped   *prometheus.CounterVec
	lines     *prometheus.GaugeVec
	ended     *prometheus.CounterVec
	setup     *prometheus.HistogramVec
}

// NewMetrics makes the counters and registers them with reg; a nil reg leaves them unregistered
// but working.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_sip_requests_total", Help: "SIP requests received, by method.",
		}, []string{"method"}),
		responses: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_sip_responses_total", Help: "SIP responses sent, by status.",
		}, []string{"status"}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_sip_dropped_total", Help: "Messages and connections dropped without an answer, by reason.",
		}, []string{"reason"}),
		lines: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "decroche_sip_lines", Help: "Lines that exist now, by direction.",
		}, []string{"direction"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_sip_lines_ended_total", Help: "Lines that ended, by direction and cause.",
		}, []string{"direction", "cause"}),
		setup: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "decroche_sip_setup_seconds", Help: "Time from INVITE to 200, by direction.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 30},
		}, []string{"direction"}),
	}
	if reg != nil {
		reg.MustRegister(m.requests, m.responses, m.dropped, m.lines, m.ended, m.setup)
	}
	return m
}
