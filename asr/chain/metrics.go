package chain

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/internal/breaker"
)

// Metrics count what each engine did. The label engine holds configured names only. One Metrics
// may serve several chains, one after the other, as when hotlines are reloaded.
type Metrics struct {
	final  *prometheus.HistogramVec
	errors *prometheus.CounterVec
	turns  *prometheus.CounterVec
	audio  *prometheus.CounterVec
	cost   *prometheus.CounterVec
	state  *prometheus.GaugeVec
	lost   prometheus.Counter
}

// NewMetrics makes and registers them; reg may be nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	by := []string{"engine"}
	m := &Metrics{
		final:  prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "decroche_asr_engine_final_seconds", Help: "From the end of a turn's audio, or from when the engine was asked if that was later, to its last word.", Buckets: []float64{.01, .02, .04, .06, .1, .2, .4, .8, 1.5, 3, 6}}, by),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_asr_engine_errors_total", Help: "Turns an engine did not hear to the end: unsupported, open, open_late, mute, overrun, broken, cut, late."}, []string{"engine", "kind"}),
		turns:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_asr_engine_turns_total", Help: "Turns by what became of them with this engine: heard, failed, abandoned by the caller. The shares of heard are the shares of the engines."}, []string{"engine", "outcome"}),
		audio:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_asr_engine_audio_seconds_total", Help: "Audio given to an engine, replays included."}, by),
		cost:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_asr_engine_cost_units_total", Help: "Audio minutes times the configured cost of the engine."}, by),
		state:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "decroche_asr_engine_breaker", Help: "0 asked, 1 one try is under way, 2 passed over."}, by),
		lost:   prometheus.NewCounter(prometheus.CounterOpts{Name: "decroche_asr_replay_missing_seconds_total", Help: "Audio that the next engine of a route did not get, because the turn was longer than asr.chain.replay."}),
	}
	if reg != nil {
		reg.MustRegister(m)
	}
	return m
}

// all are the collectors, for what Prometheus asks of one.
func (m *Metrics) all() []prometheus.Collector {
	return []prometheus.Collector{m.final, m.errors, m.turns, m.audio, m.cost, m.state, m.lost}
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

// meter is one engine's part of the metrics; it does nothing without them.
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

// heard counts a turn that the engine heard to the end, took after the end of its audio.
func (x meter) heard(took time.Duration) {
	if x.m != nil {
		x.m.final.WithLabelValues(x.name).Observe(took.Seconds())
	}
	x.outcome("heard")
}

func (x meter) outcome(what string) {
	if x.m != nil {
		x.m.turns.WithLabelValues(x.name, what).Inc()
	}
}

func (x meter) fault(kind string) {
	if x.m != nil {
		x.m.errors.WithLabelValues(x.name, kind).Inc()
	}
}

// fed counts audio that the engine took, and what it costs a minute.
func (x meter) fed(d time.Duration, cost float64) {
	if x.m != nil && d > 0 {
		x.m.audio.WithLabelValues(x.name).Add(d.Seconds())
		x.m.cost.WithLabelValues(x.name).Add(d.Minutes() * cost)
	}
}

// missing counts audio that an engine could not be given any more.
func (x meter) missing(d time.Duration) {
	if x.m != nil && d > 0 {
		x.m.lost.Add(d.Seconds())
	}
}
