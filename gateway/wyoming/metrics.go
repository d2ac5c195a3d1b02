package wyoming

import "github.com/prometheus/client_golang/prometheus"

// Metrics counts satellites and their calls. Labels are from fixed lists.
type Metrics struct {
	connected prometheus.Gauge
	connects  *prometheus.CounterVec
	wakes     *prometheus.CounterVec
	ended     *prometheus.CounterVec
	dropped   prometheus.Counter
}

// How connections were made or lost.
const (
	connectOK       = "ok"
	connectRefused  = "refused" // by us: a public address
	connectFailed   = "failed"
	connectLost     = "lost"
	connectGarbage  = "garbage"
	connectOverfull = "overfull" // it takes nothing
)

// What a satellite's wish became.
const (
	wokeCall     = "call"    // a new call
	wokeBySpeech = "speech"  // the same, by a voice, where that is configured
	wokeOn       = "on"      // the microphone of a call that runs
	wokeRefused  = "refused" // no calls are taken
	wokeUnheard  = "unheard" // it wants its wake word to be heard by us
	wokeUseless  = "useless" // a pipeline of which no call can be made
	timerRefused = "a_timer" // it wanted a timer to be kept
)

// Why lines end.
const (
	endedUs      = "us"
	endedSilence = "silence" // nobody spoke for hang_up_after
	endedLost    = "lost"    // the satellite has gone
	endedRefused = "refused" // never answered
	endedDrained = "drained" // the gateway stops
)

// NewMetrics makes the counters and registers them with reg; a nil reg leaves them unregistered but
// working.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		connected: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "decroche_wyoming_satellites", Help: "Wyoming satellites that are connected now."}),
		connects: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_wyoming_connects_total", Help: "Connections to Wyoming satellites: ok, refused (its address is not private), failed, and how they ended: lost, garbage, overfull (it takes nothing).",
		}, []string{"result"}),
		wakes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_wyoming_wakes_total", Help: "What Wyoming satellites asked for: call (one began), on (in a running call), speech (one began by a voice), refused, unheard (it has no wake word), useless (no call can be made of it), a_timer.",
		}, []string{"what"}),
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "decroche_wyoming_calls_ended_total", Help: "Calls by Wyoming satellites that ended: us, silence, lost, refused, drained.",
		}, []string{"cause"}),
		dropped: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "decroche_wyoming_dropped_seconds_total", Help: "Sound of Wyoming satellites that came too fast and was dropped."}),
	}
	if reg != nil {
		reg.MustRegister(m.connected, m.connects, m.wakes, m.ended, m.dropped)
	}
	return m
}
