package call

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics counts what calls do. A nil *Metrics counts nothing.
type Metrics struct {
	running      prometheus.Gauge
	calls        *prometheus.CounterVec // outcome
	turns        *prometheus.CounterVec // how: speech, keys, silence
	recognitions *prometheus.CounterVec // result: words, empty, late, error
	barges       *prometheus.CounterVec // verdict: stopped, resumed
	transfers    *prometheus.CounterVec // outcome, of the hand-off
	attempts     *prometheus.CounterVec // outcome, of one agent
	errors       *prometheus.CounterVec // engine: asr, tts, mind, understander, action, dial, callback
	actions      *prometheus.CounterVec // result: ok, timeout, error, other
	dropped      *prometheus.CounterVec // queue: ears, bridge
	answer       prometheus.Histogram
	joined       prometheus.Histogram
}

// NewMetrics makes the collectors and registers them with reg, when that is not nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	m := &Metrics{
		running:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_calls_running", Help: "Calls in progress."}),
		calls:        vec("decroche_calls_total", "Calls that have ended.", "outcome"),
		turns:        vec("decroche_turns_total", "Turns of callers.", "how"),
		recognitions: vec("decroche_recognitions_total", "Stretches of speech given to the recogniser.", "result"),
		barges:       vec("decroche_barge_ins_total", "Times a caller made a sound over a prompt.", "verdict"),
		transfers:    vec("decroche_transfers_total", "Hand-offs to a human.", "outcome"),
		attempts:     vec("decroche_transfer_attempts_total", "Agents rung.", "outcome"),
		errors:       vec("decroche_engine_errors_total", "Failures of what a call depends on.", "engine"),
		actions:      vec("decroche_actions_total", "Actions run for flows.", "result"),
		dropped:      vec("decroche_call_frames_dropped_total", "Frames of 20 ms dropped because a queue was full.", "queue"),
		answer: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_answer_seconds", Help: "End of the caller's speech to the first packet of the answer.",
			Buckets: []float64{.2, .3, .4, .5, .6, .7, .8, .9, 1, 1.2, 1.5, 2, 3, 4, 6},
		}),
		joined: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_transfer_wait_seconds", Help: "Start of a hand-off until caller and agent hear each other.",
			Buckets: []float64{2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 300},
		}),
	}
	if reg != nil {
		reg.MustRegister(m.running, m.calls, m.turns, m.recognitions, m.barges, m.transfers, m.attempts, m.errors, m.actions, m.dropped, m.answer, m.joined)
	}
	return m
}

func (m *Metrics) start() {
	if m != nil {
		m.running.Inc()
	}
}

func (m *Metrics) end(outcome string) {
	if m != nil {
		m.running.Dec()
		m.calls.WithLabelValues(outcome).Inc()
	}
}

// count adds one to the vector that pick chooses.
func (m *Metrics) count(pick func(*Metrics) *prometheus.CounterVec, label string) {
	if m != nil {
		pick(m).WithLabelValues(label).Inc()
	}
}

func (m *Metrics) answered(d time.Duration) {
	if m != nil {
		m.answer.Observe(d.Seconds())
	}
}

func (m *Metrics) bridged(d time.Duration) {
	if m != nil {
		m.joined.Observe(d.Seconds())
	}
}

// Pickers for count.
func turns(m *Metrics) *prometheus.CounterVec        { return m.turns }
func recognitions(m *Metrics) *prometheus.CounterVec { return m.recognitions }
func barges(m *Metrics) *prometheus.CounterVec       { return m.barges }
func transfers(m *Metrics) *prometheus.CounterVec    { return m.transfers }
func attempts(m *Metrics) *prometheus.CounterVec     { return m.attempts }
func failures(m *Metrics) *prometheus.CounterVec     { return m.errors }
func actions(m *Metrics) *prometheus.CounterVec      { return m.actions }
func dropped(m *Metrics) *prometheus.CounterVec      { return m.dropped }
