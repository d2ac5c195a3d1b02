package call

import (
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/flows"
	"decroche/gateway/agents"
	"decroche/gateway/event"
)

// Metrics counts what calls do. A nil *Metrics counts nothing.
type Metrics struct {
	running      prometheus.Gauge
	calls        *prometheus.CounterVec
	turns        *prometheus.CounterVec
	recognitions *prometheus.CounterVec
	barges       *prometheus.CounterVec
	transfers    *prometheus.CounterVec // of the hand-off
	reasons      *prometheus.CounterVec // of the hand-off
	attempts     *prometheus.CounterVec // of one agent
	errors       *prometheus.CounterVec
	actions      *prometheus.CounterVec
	dropped      *prometheus.CounterVec
	languages    *prometheus.CounterVec
	speculations *prometheus.CounterVec
	acts         *prometheus.CounterVec // of supervisors
	screenings   *prometheus.CounterVec // of who answered our calls
	supervising  prometheus.Gauge
	hearing      prometheus.Histogram
	saved        prometheus.Histogram
	answer       *prometheus.HistogramVec
	stages       map[string]prometheus.Histogram // by name; constant
	joined       prometheus.Histogram
}

// attemptEnds are the ways in which ringing one agent can end here.
var attemptEnds = []string{
	string(agents.Completed), string(agents.Refused), string(agents.Busy), string(agents.NoAnswer), string(agents.Unreachable),
	string(agents.Timeout), string(agents.CallerLeft), string(agents.AgentLeft), string(agents.Cancelled), string(agents.Error),
}

// NewMetrics makes the collectors and registers them with reg, when that is not nil. Every label
// that a healthy day may lack is there from the start, at 0.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	vec := func(name, help, label string, values ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
		for _, value := range values { // shown as 0 before the first one: an alert can see it rise
			v.WithLabelValues(value)
		}
		return v
	}
	m := &Metrics{
		running:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_calls_running", Help: "Calls in progress."}),
		calls:        vec("decroche_calls_total", "Calls that have ended.", "outcome", "resolved", "transferred", "callback", flows.OutcomeUnconfirmed, "abandoned", "unanswered", "failed"),
		turns:        vec("decroche_turns_total", "Turns of callers; too_many_keys: keys behind the end of a number, which are no turn.", "how", "speech", "keys", "typed", "silence", "too_many_keys"),
		recognitions: vec("decroche_recognitions_total", "Stretches of speech given to the recogniser.", "result", "words", "empty", "late", "error"),
		barges:       vec("decroche_barge_ins_total", "Times a caller made a sound over a prompt.", "verdict", "stopped", "resumed"),
		transfers:    vec("decroche_transfers_total", "Hand-offs to a human.", "outcome", append(slices.Clone(attemptEnds), string(agents.Nobody), string(agents.Full), string(agents.Closed))...),
		reasons:      vec("decroche_transfer_reasons_total", "Hand-offs to a human, by why they were begun; other: a word of the flow's own.", "reason", flows.Reasons()...),
		attempts:     vec("decroche_transfer_attempts_total", "Agents rung.", "outcome", attemptEnds...),
		errors:       vec("decroche_engine_errors_total", "Failures of what a call depends on.", "engine", "asr", "tts", "mind", "understander", "action", "dial", "callback"),
		actions:      vec("decroche_actions_total", "Actions run for flows.", "result", "ok", "timeout", "error", "other"),
		dropped:      vec("decroche_call_frames_dropped_total", "Frames of 20 ms, and keys, dropped because a queue was full.", "queue", "ears", "bridge", "keys"),
		languages:    vec("decroche_call_languages_total", "Times a call went on in another language.", "why", "heard", "asked"),
		speculations: vec("decroche_speculations_total", "Answers prepared while the caller might still speak; skipped: not even begun, the machine had no room.", "end", "used", "discarded", "skipped"),
		acts:         vec("decroche_supervision_acts_total", "Acts of supervisors, and what became of their hints.", "act", event.Acts...),
		screenings:   vec("decroche_answers_detected_total", "Calls placed by us that were answered, by who did.", "heard", "person", "voicemail", "fax", "silence"),
		supervising:  prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_supervision_present", Help: "Supervisors who are on calls now."}),
		hearing: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_supervision_hears_seconds", Help: "A supervisor's line is there and asks to listen, to the first frame it is sent.",
			Buckets: LatencyBuckets(),
		}),
		saved: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_speculation_saved_seconds", Help: "What an answer prepared ahead spared the caller: understanding, flow and first sound, as far as they were done when the turn ended.",
			Buckets: []float64{.001, .002, .005, .01, .02, .05, .1, .2, .3, .5, 1, 2},
		}),
		answer: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "decroche_answer_seconds", Help: "End of what the caller said or keyed to the first packet of the answer; digits: a number of known length was asked for.",
			Buckets: LatencyBuckets(),
		}, []string{"kind"}),
		stages: newStages(),
		joined: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "decroche_transfer_wait_seconds", Help: "Start of a hand-off until caller and agent hear each other.",
			Buckets: []float64{2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 300},
		}),
	}
	for _, kind := range []string{"speech", "digits", "keys"} {
		m.answer.WithLabelValues(kind)
	}
	if reg != nil {
		for _, s := range m.stages {
			reg.MustRegister(s)
		}
		reg.MustRegister(m.running, m.calls, m.turns, m.recognitions, m.barges, m.transfers, m.reasons, m.attempts, m.errors, m.actions, m.dropped, m.languages, m.speculations, m.acts, m.screenings, m.supervising, m.hearing, m.saved, m.answer, m.joined)
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
	m.add(pick, label, 1)
}

func (m *Metrics) add(pick func(*Metrics) *prometheus.CounterVec, label string, n int) {
	if m != nil {
		pick(m).WithLabelValues(label).Add(float64(n))
	}
}

func (m *Metrics) answered(kind string, d time.Duration) {
	if m != nil {
		m.answer.WithLabelValues(kind).Observe(d.Seconds())
	}
}

func (m *Metrics) spared(d time.Duration) {
	if m != nil {
		m.saved.Observe(d.Seconds())
	}
}

func (m *Metrics) bridged(d time.Duration) {
	if m != nil {
		m.joined.Observe(d.Seconds())
	}
}

func (m *Metrics) supervises(n float64) {
	if m != nil {
		m.supervising.Add(n)
	}
}

func (m *Metrics) hears(d time.Duration) {
	if m != nil {
		m.hearing.Observe(d.Seconds())
	}
}

// Pickers for count.
func screenings(m *Metrics) *prometheus.CounterVec   { return m.screenings }
func acts(m *Metrics) *prometheus.CounterVec         { return m.acts }
func turns(m *Metrics) *prometheus.CounterVec        { return m.turns }
func recognitions(m *Metrics) *prometheus.CounterVec { return m.recognitions }
func barges(m *Metrics) *prometheus.CounterVec       { return m.barges }
func transfers(m *Metrics) *prometheus.CounterVec    { return m.transfers }
func reasons(m *Metrics) *prometheus.CounterVec      { return m.reasons }
func attempts(m *Metrics) *prometheus.CounterVec     { return m.attempts }
func failures(m *Metrics) *prometheus.CounterVec     { return m.errors }
func actions(m *Metrics) *prometheus.CounterVec      { return m.actions }
func dropped(m *Metrics) *prometheus.CounterVec      { return m.dropped }
func speculations(m *Metrics) *prometheus.CounterVec { return m.speculations }
func languages(m *Metrics) *prometheus.CounterVec    { return m.languages }
