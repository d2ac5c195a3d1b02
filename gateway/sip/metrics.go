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

	trunkUp         *prometheus.GaugeVec
	trunkRegistered *prometheus.GaugeVec
	trunkCalls      *prometheus.GaugeVec
	trunkTried      *prometheus.CounterVec
	registrations   *prometheus.CounterVec
	failovers       prometheus.Counter
	redirects       *prometheus.CounterVec
	outbound        prometheus.Gauge
	barred          *prometheus.CounterVec
	unkept          prometheus.Counter
	phones          prometheus.Gauge
	registered      *prometheus.CounterVec
	transfers       *prometheus.CounterVec
	strayNotify     prometheus.Counter
	glares          prometheus.Counter
	lateForks       prometheus.Counter
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
	m.lateForks = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "decroche_sip_late_forks_total", Help: "Phones that answered a call of ours after another had, and were hung up on.",
	})
	m.glares = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "decroche_sip_glares_total", Help: "Offers of ours that met one of the far end (491) and were repeated.",
	})
	m.makeTrunks()
	m.transfers = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "decroche_sip_transfers_total", Help: "Transfers by REFER and Replaces, by kind and outcome.",
	}, []string{"kind", "outcome"})
	m.strayNotify = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "decroche_sip_stray_notify_total", Help: "NOTIFY requests that no transfer of ours waited for.",
	})
	m.zero()
	if reg != nil {
		reg.MustRegister(m.requests, m.responses, m.dropped, m.lines, m.ended, m.setup, m.transfers, m.strayNotify, m.glares, m.lateForks,
			m.trunkUp, m.trunkRegistered, m.trunkCalls, m.trunkTried, m.registrations, m.failovers, m.redirects, m.outbound, m.barred, m.unkept, m.phones, m.registered)
	}
	return m
}

// makeTrunks makes what is counted of trunks, whose names are configured and so bounded, and of the guard.
func (m *Metrics) makeTrunks() {
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, []string{"trunk"})
	}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m.trunkUp = gauge("decroche_sip_trunk_up", "1 while nothing says that the trunk is gone, by trunk.")
	m.trunkRegistered = gauge("decroche_sip_trunk_registered", "1 while we are registered at the trunk, by trunk; only those with register: true.")
	m.trunkCalls = gauge("decroche_sip_trunk_calls", "Outgoing calls that ring or are up, by trunk.")
	m.trunkTried = counter("decroche_sip_trunk_dials_total", "Calls tried through a trunk, by how that ended: answered, refused (by who was called), failed (the trunk), full.", "trunk", "outcome")
	m.registrations = counter("decroche_sip_trunk_registrations_total", "Registrations at trunks, by how they ended: ok, failed.", "trunk", "outcome")
	m.failovers = prometheus.NewCounter(prometheus.CounterOpts{Name: "decroche_sip_trunk_failovers_total", Help: "Calls that went on to the next trunk because one failed."})
	m.redirects = counter("decroche_sip_redirects_total", "Places that 3xx answers named, by what became of them: followed, refused (sip.redirects, outbound, or a circle).", "outcome")
	m.outbound = prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_outbound_calls", Help: "Outgoing calls to numbers that ring or are up."})
	m.phones = prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_sip_phones_registered", Help: "Agents' phones that are registered here."})
	m.registered = counter("decroche_sip_registers_total", "REGISTER requests of phones, by what was answered: ok, asked (for a password), refused (held up, or somebody else's), bad.", "outcome")
	m.unkept = prometheus.NewCounter(prometheus.CounterOpts{Name: "decroche_outbound_unkept_total", Help: "Times that the store failed to tell, or to keep, what was dialled: a restart may begin to count anew."})
	m.barred = counter("decroche_outbound_refused_total", "Outgoing calls that the guard did not permit, by reason.", "reason")
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
		"connection_limit", "tls_handshake", "read_error", "accept_error", "bad_response", "stray_response"} {
		m.dropped.WithLabelValues(reason)
	}
	for _, outcome := range []string{"ok", "asked", "refused", "bad"} {
		m.registered.WithLabelValues(outcome)
	}
	for _, outcome := range []string{"followed", "refused"} {
		m.redirects.WithLabelValues(outcome)
	}
	for _, reason := range barredReasons {
		m.barred.WithLabelValues(reason)
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
var sentStatuses = []int{100, 180, 200, 202, 400, 401, 403, 404, 405, 406, 413, 415, 416, 420, 422, 423, 480, 481, 482, 483, 486, 487, 488, 491,
	500, 501, 503, 504, 505, 603}
