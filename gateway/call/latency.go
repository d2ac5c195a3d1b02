package call

import (
	"fmt"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/flows"
)

// Stage is one part of the time between a caller's last sound and the first packet of the answer.
type Stage struct {
	Metric string        // histogram on /metrics
	What   string        // for people
	From   string        // when it begins
	To     string        // when it ends
	Most   time.Duration // what it may take at the 95th percentile, in free speech
}

// Stages are the latency budget, in the order of time. This table is the only source: the
// histograms are made from it and docs/latency.md shows it (a test compares all three). What one
// answer takes is less than the sum of Most, for the stages are not slow together.
func Stages() []Stage {
	const ms = time.Millisecond
	return []Stage{
		{"decroche_latency_jitter_seconds", "jitter buffer", "a packet arrives", "its sound is played out; the delay aimed at, at each RTCP report", 60 * ms},
		{"decroche_latency_reception_seconds", "reception", "a frame is played out", "the call looks at it; the frame that ends a turn", 20 * ms},
		{"decroche_latency_endpointing_seconds", "end of turn", "the last frame that may be speech (the voice detector's hangover, 20 to 40 ms, lies before that)", "the decision that the turn is over, in media time", 600 * ms},
		{"decroche_latency_recognition_seconds", "recognition", "the decision that the turn is over", "the recogniser's final words", 150 * ms},
		{"decroche_latency_understanding_seconds", "understanding", "the mind is given the words", "the Understander's meaning is there; 0 when it was prepared ahead, not counted without one", 50 * ms},
		{"decroche_latency_flow_seconds", "flow", "the meaning is there", "the flow's turn is over; 0 when it was prepared ahead", 20 * ms},
		{"decroche_latency_speech_seconds", "speech", "the voice is asked for the first sentence", "its first frame goes to the leg; 0 when it was rendered ahead or cached", 100 * ms},
		{"decroche_latency_pacing_seconds", "pacing", "the first frame goes to the leg", "its packet leaves", 25 * ms},
	}
}

// LatencyBuckets suit every stage and the whole: 1 ms to 5 s.
func LatencyBuckets() []float64 {
	return []float64{.001, .002, .005, .01, .02, .03, .05, .075, .1, .15, .2, .25, .3, .35, .4, .5, .6, .7, .8, 1, 1.2, 1.5, 2, 3, 5}
}

// elsewhere are the stages whose histograms belong to other rooms (media/rtp).
var elsewhere = map[string]bool{"decroche_latency_jitter_seconds": true, "decroche_latency_pacing_seconds": true}

// newStages makes the histograms of the stages that a call measures itself.
func newStages() map[string]prometheus.Histogram {
	out := map[string]prometheus.Histogram{}
	for _, s := range Stages() {
		if !elsewhere[s.Metric] {
			out[s.Metric] = prometheus.NewHistogram(prometheus.HistogramOpts{
				Name: s.Metric, Help: capital(s.What) + ": from " + s.From + " to " + s.To + ".", Buckets: LatencyBuckets()})
		}
	}
	return out
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// BudgetTable is the budget as docs/latency.md shows it.
func BudgetTable() string {
	var b strings.Builder
	b.WriteString("| stage | histogram | from | to | p95 at most |\n|---|---|---|---|---|\n")
	for _, s := range Stages() {
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %d ms |\n", s.What, s.Metric, s.From, s.To, s.Most.Milliseconds())
	}
	return b.String()
}

// stage observes one stage of an answer. Any goroutine may call it.
func (m *Metrics) stage(metric string, d time.Duration) {
	if m == nil {
		return
	}
	m.stages[metric].Observe(max(0, d).Seconds())
}

// kindOf is the label of an answer: to keys, to a value with a form of its own ("digits"), or to
// speech.
func kindOf(in flows.Input, want flows.Expect) string {
	switch {
	case in.Kind == flows.Digits:
		return "keys"
	case want.Digits > 0:
		return "digits"
	}
	return "speech"
}
