package chat

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/flows"
)

// Metrics counts what a Host does. A nil *Metrics counts nothing.
type Metrics struct {
	opened, ended, repeated, queued, resumed prometheus.Counter
	messages, refused                        *prometheus.CounterVec
	open, acting                             prometheus.Gauge
	turn, waited                             prometheus.Histogram
	handoffs, reasons                        *prometheus.CounterVec
	handed                                   prometheus.Gauge
}

// NewMetrics registers the collectors of this package; reg may be nil, then they only count.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	m := &Metrics{
		opened:   counter("decroche_chat_opened_total", "Typed conversations begun."),
		ended:    counter("decroche_chat_ended_total", "Typed conversations ended."),
		repeated: counter("decroche_chat_repeated_total", "Messages that came again under the same ID and were not done again."),
		queued:   counter("decroche_chat_queued_total", "Messages that waited for an action to end."),
		resumed:  counter("decroche_chat_resumed_total", "Actions asked for again because the process that ran them died."),
		messages: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_chat_messages_total", Help: "Messages by who wrote them: user, bot or agent."}, []string{"from"}),
		refused:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_chat_refused_total", Help: "Messages and conversations refused: busy, full, rate, unreadable, attachment."}, []string{"why"}),
		open:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_chat_open", Help: "Typed conversations open and not idle, about."}),
		acting:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_chat_acting", Help: "Actions of typed conversations running now."}),
		handoffs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_chat_handoffs_total", Help: "Typed conversations that asked for a person, by how that ended."}, []string{"outcome"}),
		reasons:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_chat_handoff_reasons_total", Help: "Typed conversations that asked for a person, by why; the words of decroche_transfer_reasons_total."}, []string{"reason"}),
		handed:   prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_chat_handed", Help: "Typed conversations that wait for an agent or have one."}),
		waited: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "decroche_chat_wait_seconds", Help: "From asking for a person to an agent's yes.",
			Buckets: []float64{1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600}}),
		turn: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "decroche_chat_turn_seconds", Help: "From a message to its durable answer, without actions.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5}}),
	}
	for _, reason := range flows.Reasons() { // shown as 0 before the first one: an alert can see it rise
		m.reasons.WithLabelValues(reason)
	}
	if reg != nil {
		reg.MustRegister(m.opened, m.ended, m.repeated, m.queued, m.resumed, m.messages, m.refused, m.open, m.acting, m.turn, m.handoffs, m.reasons, m.handed, m.waited)
	}
	return m
}

// Refused counts one refusal; why is one of the label's few words.
func (m *Metrics) Refused(why string) {
	if m != nil {
		m.refused.WithLabelValues(why).Inc()
	}
}

// The counters, as count names them.
func opened(m *Metrics) prometheus.Counter   { return m.opened }
func ended(m *Metrics) prometheus.Counter    { return m.ended }
func repeated(m *Metrics) prometheus.Counter { return m.repeated }
func queued(m *Metrics) prometheus.Counter   { return m.queued }
func resumed(m *Metrics) prometheus.Counter  { return m.resumed }

func (m *Metrics) count(which func(*Metrics) prometheus.Counter) {
	if m != nil {
		which(m).Inc()
	}
}

func (m *Metrics) said(from string) {
	if m != nil {
		m.messages.WithLabelValues(from).Inc()
	}
}

func (m *Metrics) took(d time.Duration) {
	if m != nil {
		m.turn.Observe(d.Seconds())
	}
}

func (m *Metrics) setOpen(n int64) {
	if m != nil {
		m.open.Set(float64(n))
	}
}

func (m *Metrics) act(d float64) {
	if m != nil {
		m.acting.Add(d)
	}
}

func (m *Metrics) handOff(outcome string) {
	if m != nil {
		m.handoffs.WithLabelValues(outcome).Inc()
	}
}

// asked counts a hand-off that was begun, by the code that its reason counts as.
func (m *Metrics) asked(reason string) {
	if m != nil {
		m.reasons.WithLabelValues(flows.ReasonFor(reason)).Inc()
	}
}

func (m *Metrics) hand(d float64) {
	if m != nil {
		m.handed.Add(d)
	}
}

func (m *Metrics) found(d time.Duration) {
	if m != nil {
		m.waited.Observe(d.Seconds())
	}
}
