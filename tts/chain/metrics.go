package chain

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/internal/breaker"
)

// Metrics count what each voice did. The label engine holds configured names only.
type Metrics struct {
	first     *prometheus.HistogramVec
	errors    *prometheus.CounterVec
	sentences *prometheus.CounterVec
	audio     *prometheus.CounterVec
	cost      *prometheus.CounterVec
	state     *prometheus.GaugeVec
}

// NewMetrics makes and registers them; reg may be nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	by := []string{"engine"}
	m := &Metrics{
		first:     prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "decroche_tts_engine_first_audio_seconds", Help: "From the asking for a sentence to its first sound.", Buckets: []float64{.005, .01, .02, .04, .08, .15, .3, .6, 1.2, 2.5}}, by),
		errors:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_tts_engine_errors_total", Help: "Sentences a voice did not say to the end: open, first_audio, gap, broken, silent."}, []string{"engine", "kind"}),
		sentences: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_tts_engine_sentences_total", Help: "Sentences by what became of them with this voice: said, failed, abandoned by the listener."}, []string{"engine", "outcome"}),
		audio:     prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_tts_engine_audio_seconds_total", Help: "Sound that a voice made."}, by),
		cost:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_tts_engine_cost_units_total", Help: "Minutes of sound times the configured cost of the voice."}, by),
		state:     prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "decroche_tts_engine_breaker", Help: "0 asked, 1 one try is under way, 2 passed over."}, by),
	}
	if reg != nil {
		reg.MustRegister(m)
	}
	return m
}

// all are the collectors, for what Prometheus asks of one.
func (m *Metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.first, m.errors, m.sentences, m.audio, m.cost, m.state}
}

// Describe and Collect make Metrics a prometheus.Collector.
func (m *Metrics) Describe(to chan<- *prometheus.Desc) {
	for _, c := range m.all() {
		c.Describe(to)
	}
}

// Collect is called at each scrape.
func (m *Metrics) Collect(to chan<- prometheus.Metric) {
	for _, c := range m.all() {
		c.Collect(to)
	}
}

// meter is one voice's part of the metrics; it does nothing without them.
type meter struct {
	m    *Metrics
	name string
}

func (m *Metrics) engine(name string) meter { return meter{m, name} }

func (x meter) state(s breaker.State) {
	if x.m != nil {
		x.m.state.WithLabelValues(x.name).Set(float64(s))
	}
}

func (x meter) began(took time.Duration) {
	if x.m != nil {
		x.m.first.WithLabelValues(x.name).Observe(took.Seconds())
	}
}

func (x meter) outcome(what string) {
	if x.m != nil {
		x.m.sentences.WithLabelValues(x.name, what).Inc()
	}
}

func (x meter) fault(kind string) {
	if x.m != nil {
		x.m.errors.WithLabelValues(x.name, kind).Inc()
	}
}

// made counts sound, and what it costs a minute.
func (x meter) made(d time.Duration, cost float64) {
	if x.m != nil && d > 0 {
		x.m.audio.WithLabelValues(x.name).Add(d.Seconds())
		x.m.cost.WithLabelValues(x.name).Add(d.Minutes() * cost)
	}
}
