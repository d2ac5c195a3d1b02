package skill

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/gateway/skill/alexa"
)

// Metrics counts what comes in by the door. A nil *Metrics counts nothing.
type Metrics struct {
	requests *prometheus.CounterVec
	refused  *prometheus.CounterVec
	progress *prometheus.CounterVec
	late     prometheus.Counter
	resumed  *prometheus.CounterVec
	answer   prometheus.Histogram
}

// kinds are the labels of requests.
var kinds = map[string]string{alexa.Launch: "launch", alexa.IntentType: "intent", alexa.SessionEnded: "ended", alexa.Trouble: "trouble"}

// NewMetrics registers the collectors of this package; reg may be nil, then they only count.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	vec := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	}
	m := &Metrics{
		requests: vec("decroche_alexa_requests_total", "Verified requests of Alexa's: launch, intent, ended, trouble, other.", "type"),
		refused:  vec("decroche_alexa_refused_total", "Requests refused: headers, url, fetch, chain, signature, body, timestamp, application, replay, busy.", "why"),
		progress: vec("decroche_alexa_progress_total", "Progressive responses: said, failed.", "outcome"),
		late:     prometheus.NewCounter(prometheus.CounterOpts{Name: "decroche_alexa_late_total", Help: "Answers that said that the action was not done yet."}),
		resumed:  vec("decroche_alexa_resumed_total", "Interrupted conversations offered again: taken, refused.", "answer"),
		answer: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "decroche_alexa_answer_seconds", Help: "From a verified or refused request to its answer.",
			Buckets: []float64{.0025, .005, .01, .02, .05, .1, .25, .5, 1, 2.5, 5, 7, 8}}),
	}
	if reg != nil {
		reg.MustRegister(m.requests, m.refused, m.progress, m.late, m.resumed, m.answer)
	}
	return m
}

func (m *Metrics) came(kind string) {
	if m == nil {
		return
	}
	label := kinds[kind]
	if label == "" {
		label = "other"
	}
	m.requests.WithLabelValues(label).Inc()
}

// refusedFor counts one refusal; why is one of alexa.Whys.
func (m *Metrics) refusedFor(why string) {
	if m != nil {
		m.refused.WithLabelValues(why).Inc()
	}
}

func (m *Metrics) progressed(ok bool) {
	if m == nil {
		return
	}
	outcome := "failed"
	if ok {
		outcome = "said"
	}
	m.progress.WithLabelValues(outcome).Inc()
}

func (m *Metrics) wasLate() {
	if m != nil {
		m.late.Inc()
	}
}

func (m *Metrics) offered(taken bool) {
	if m == nil {
		return
	}
	answer := "refused"
	if taken {
		answer = "taken"
	}
	m.resumed.WithLabelValues(answer).Inc()
}

func (m *Metrics) took(d time.Duration) {
	if m != nil {
		m.answer.Observe(d.Seconds())
	}
}
