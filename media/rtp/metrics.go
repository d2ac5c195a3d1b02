package rtp

import (
	"github.com/prometheus/client_golang/prometheus"

	"decroche/media/jitter"
)

// Metrics counts packets and what was lost on the way, over all sessions.
type Metrics struct {
	sessions prometheus.Gauge
	received prometheus.Counter
	sent     prometheus.Counter
	dropped  *prometheus.CounterVec
	jitter   prometheus.Histogram
	loss     *prometheus.HistogramVec
	rtt      prometheus.Histogram
	moved    prometheus.Counter
	delay    prometheus.Histogram // of the jitter buffer
	pacing   prometheus.Histogram // of the first frame of what is said
	ports    prometheus.Gauge
	buffer   prometheus.Gauge

	// of dropped: looked up once, for they move on the path of packets
	malformed, foreign, payloadType, queueFull, sendError, kernel, broken, unsealed prometheus.Counter
	verdicts                                                                        []prometheus.Counter // by jitter.Verdict
}

// NewMetrics makes the counters and registers them with reg; a nil reg leaves them unregistered
// but working.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		sessions: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "decroche_rtp_sessions", Help: "Media sessions open now."}),
		received: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "decroche_rtp_packets_received_total", Help: "RTP packets taken for a call's own."}),
		sent: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "decroche_rtp_packets_sent_total", Help: "RTP packets sent."}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_rtp_dropped_total",
			Help: "Packets and frames dropped: malformed, foreign (not from the latched source), payload_type, queue_full (nobody listened for 200 ms, or to 64 keys), send_error, kernel (a socket's buffer was full, or the packet too long), broken (a decoder failed on it and was made anew), unsealed (not encrypted with the keys that were agreed), and the verdicts of the jitter buffer: duplicate, late, suspect.",
		}, []string{"reason"}),
		jitter: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_rtp_jitter_seconds", Help: "Interarrival jitter (RFC 3550 A.8) at each report.",
			Buckets: []float64{.001, .002, .005, .01, .02, .04, .08, .16}}),
		loss: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "decroche_rtp_loss_ratio", Help: "Share of packets lost between two reports: in is what we miss, out what the far end reports.",
			Buckets: []float64{0, .001, .005, .01, .02, .05, .1, .2, .5}}, []string{"direction"}),
		rtt: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_rtp_round_trip_seconds", Help: "Round trip time from RTCP.",
			Buckets: []float64{.001, .005, .01, .02, .05, .1, .2, .5, 1}}),
		delay: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_latency_jitter_seconds", Help: "Delay that the jitter buffer aims at, at each report.",
			Buckets: []float64{.02, .03, .04, .05, .06, .08, .1, .12}}),
		pacing: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_latency_pacing_seconds", Help: "From the first frame of something said until its packet leaves.",
			Buckets: []float64{.001, .002, .005, .01, .015, .02, .025, .03, .05, .1, .2}}),
		moved: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "decroche_rtp_source_moved_total", Help: "Times the source of a running call's media changed."}),
	}
	m.ports = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "decroche_rtp_ports", Help: "Pairs of UDP ports open now."})
	m.buffer = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "decroche_rtp_socket_buffer_bytes", Help: "Receiving buffer that the system gave the last socket that calls share; less than media.socket_buffer means that net.core.rmem_max is the limit."})
	for i, c := range []*prometheus.Counter{&m.malformed, &m.foreign, &m.payloadType, &m.queueFull, &m.sendError, &m.kernel, &m.broken, &m.unsealed} {
		// 0 from the start: an alert can see it rise
		*c = m.dropped.WithLabelValues([]string{"malformed", "foreign", "payload_type", "queue_full", "send_error", "kernel", "broken", "unsealed"}[i])
	}
	for v := jitter.Accepted; v <= jitter.Malformed; v++ {
		c := prometheus.Counter(nil)
		if v != jitter.Accepted && v != jitter.Reset {
			c = m.dropped.WithLabelValues(v.String())
		}
		m.verdicts = append(m.verdicts, c)
	}
	for _, direction := range []string{"in", "out"} {
		m.loss.WithLabelValues(direction)
	}
	if reg != nil {
		reg.MustRegister(m.sessions, m.received, m.sent, m.dropped, m.jitter, m.loss, m.rtt, m.moved, m.delay, m.pacing, m.ports, m.buffer)
	}
	return m
}
