package rtc

import (
	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts browsers and what becomes of their offers. Labels are from fixed lists.
type Metrics struct {
	offers     *prometheus.CounterVec
	handshakes *prometheus.CounterVec
	lines      prometheus.Gauge
	ended      *prometheus.CounterVec
	returns    *prometheus.CounterVec
	dropped    *prometheus.CounterVec
	connect    prometheus.Histogram
	away       prometheus.Histogram
	checks     prometheus.Counter
	unrelayed  prometheus.Counter
	losses     *prometheus.CounterVec
	buffer     prometheus.Gauge

	// of dropped: looked up once, for they move on the path of packets
	forged, long, early, kernel, unsent, noWay prometheus.Counter
}

// Reasons why lines end.
const (
	endedCaller  = "caller"
	endedUs      = "us"
	endedLost    = "lost"
	endedNever   = "never_connected"
	endedRefused = "refused"
)

// NewMetrics makes the counters and registers them with reg; a nil reg leaves them unregistered but
// working.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		offers: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_rtc_offers_total", Help: "Requests of browsers to call, by HTTP status of the answer.",
		}, []string{"status"}),
		handshakes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_rtc_handshakes_total", Help: "DTLS handshakes with browsers, by result.",
		}, []string{"result"}),
		lines: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "decroche_rtc_lines", Help: "Browsers on the line now, those that are waited for included."}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_rtc_lines_ended_total", Help: "Lines that ended: caller hung up, us, lost (not back within rtc.reconnect_for), never_connected, refused.",
		}, []string{"cause"}),
		returns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_rtc_returns_total", Help: "Browsers that came back to their call: by_itself, restart (ICE restart), again (a new connection).",
		}, []string{"how"}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_rtc_dropped_total", Help: "Packets dropped: of browsers srtp (forged or repeated), too_long, early (sound before the keys were agreed), kernel (the port's buffer was full); to browsers unsent (the port would not take it), no_way (sound that was due while the connection was away).",
		}, []string{"reason"}),
		connect: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_rtc_connect_seconds", Help: "From the offer until sound can flow.",
			Buckets: []float64{.025, .05, .1, .15, .2, .3, .5, 1, 2, 5, 15}}),
		away: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_rtc_away_seconds", Help: "How long a browser that came back was away.",
			Buckets: []float64{.1, .5, 1, 2, 5, 10, 20}}),
	}
	m.checks = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "decroche_rtc_consent_checks_total", Help: "Checks whether browsers still want to be sent to (RFC 7675)."})
	m.unrelayed = prometheus.NewCounter(prometheus.CounterOpts{
		Name: "decroche_rtc_unrelayed_total", Help: "Answers without an address of a TURN server, though one is configured: browsers behind strict firewalls could not connect."})
	m.losses = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "decroche_rtc_lost_total", Help: "Connections that may no longer be sent to: silent (nothing came for seconds; they may come back by themselves), expired (no consent for 30 s), revoked, restart (ICE looks for another way).",
	}, []string{"why"})
	m.buffer = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "decroche_rtc_socket_buffer_bytes", Help: "Receiving buffer that the system gave the browsers' port; less than 4 MiB means that net.core.rmem_max is the limit."})
	for _, w := range []string{lostSilent, lostExpired, lostRevoked, lostRestart} {
		m.losses.WithLabelValues(w)
	}
	for _, s := range []string{"201", "400", "406", "415", "429", "503"} {
		m.offers.WithLabelValues(s)
	}
	for _, r := range []string{"ok", "failed"} {
		m.handshakes.WithLabelValues(r)
	}
	for _, c := range []string{endedCaller, endedUs, endedLost, endedNever, endedRefused} {
		m.ended.WithLabelValues(c)
	}
	for _, h := range []string{returnedItself, returnedRestart, returnedAgain} {
		m.returns.WithLabelValues(h)
	}
	for r, c := range map[string]*prometheus.Counter{"srtp": &m.forged, "too_long": &m.long, "early": &m.early, "kernel": &m.kernel, "unsent": &m.unsent, "no_way": &m.noWay} {
		*c = m.dropped.WithLabelValues(r)
	}
	if reg != nil {
		reg.MustRegister(m.offers, m.handshakes, m.lines, m.ended, m.returns, m.dropped, m.connect, m.away, m.checks, m.unrelayed, m.losses, m.buffer)
	}
	return m
}

// Reasons why connections may no longer be sent to.
const (
	lostSilent  = "silent"
	lostExpired = "expired"
	lostRevoked = "revoked"
	lostRestart = "restart"
)

// lost counts a connection that may no longer be sent to.
func (m *Metrics) lost(why error) {
	switch why {
	case errExpired:
		m.losses.WithLabelValues(lostExpired).Inc()
	case errRevoked:
		m.losses.WithLabelValues(lostRevoked).Inc()
	case errRestart:
		m.losses.WithLabelValues(lostRestart).Inc()
	default:
		m.losses.WithLabelValues(lostSilent).Inc()
	}
}
