package sip

import (
	"errors"
	"slices"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/gateway/leg"
)

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
	m.zero()
	if reg != nil {
		reg.MustRegister(m.requests, m.responses, m.dropped, m.lines, m.ended, m.setup)
	}
	return m
}

// zero shows what has not happened yet as 0: an alert can see it rise.
func (m *Metrics) zero() {
	for _, method := range append(slices.Clone(knownMethods), "other") {
		m.requests.WithLabelValues(method)
	}
	for _, status := range sentStatuses {
		m.responses.WithLabelValues(strconv.Itoa(status))
	}
	for _, reason := range []string{"junk", "unparsable", "malformed", "parser_panic", "rate", "not_allowed",
		"connection_limit", "read_error", "accept_error", "bad_response", "stray_response"} {
		m.dropped.WithLabelValues(reason)
	}
	for _, direction := range []string{"in", "out"} {
		m.lines.WithLabelValues(direction)
		m.setup.WithLabelValues(direction)
		for _, cause := range []error{nil, leg.ErrHungUp, leg.ErrMediaTimeout, leg.ErrDrained, errNoAck, errExpired, errRefused, errOther} {
			m.ended.WithLabelValues(direction, causeLabel(cause))
		}
	}
}

// errOther stands for every end of a line that has no name of its own.
var errOther = errors.New("sip: another error")

// sentStatuses are those that we send by ourselves and for the causes in leg; a caller of Hangup
// may invent more.
var sentStatuses = []int{100, 180, 200, 400, 403, 404, 405, 406, 413, 415, 416, 420, 422, 480, 481, 482, 483, 486, 487, 488, 491,
	500, 501, 503, 504, 505, 603}
