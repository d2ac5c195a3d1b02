package record

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Metrics count recordings and what they lost.
type Metrics struct {
	takes   *prometheus.CounterVec
	running prometheus.Gauge
	dropped *prometheus.CounterVec
	bytes   prometheus.Counter
	deleted *prometheus.CounterVec
}

// Ends of a recording.
const (
	kept        = "kept"
	recovered   = "recovered"   // kept after the process that wrote it had died
	refused     = "refused"     // the caller did not want it
	unannounced = "unannounced" // they left before they had heard of it
	erased      = "erased"      // somebody erased it while it was written
	failed      = "failed"
)

// Reasons for sound that is missing.
const (
	slow  = "slow" // the disk did not keep up for longer than the buffer
	fault = "disk" // the disk refused it
	late  = "late" // it came when its place was written already
)

// NewMetrics registers with reg, which may be nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	m := &Metrics{
		takes:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_recordings_total", Help: "Recordings that ended, by how."}, []string{"result"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{Name: "decroche_recordings_running", Help: "Recordings being made now."}),
		dropped: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_recording_dropped_seconds_total", Help: "Sound that is silence in recordings because it did not get there, by why."}, []string{"reason"}),
		bytes:   prometheus.NewCounter(prometheus.CounterOpts{Name: "decroche_recording_written_bytes_total", Help: "Bytes of recordings that were kept."}),
		deleted: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "decroche_recordings_deleted_total", Help: "Recordings that were deleted after they had been kept, by why."}, []string{"why"}),
	}
	for _, r := range []string{kept, recovered, refused, unannounced, erased, failed} {
		m.takes.WithLabelValues(r)
	}
	for _, r := range []string{slow, fault, late} {
		m.dropped.WithLabelValues(r)
	}
	for _, w := range []string{WhyTTL, WhyCaller, WhyConversation, whyStray} {
		m.deleted.WithLabelValues(w)
	}
	if reg != nil {
		reg.MustRegister(m.takes, m.running, m.dropped, m.bytes, m.deleted)
	}
	return m
}

func (m *Metrics) lost(reason string, d time.Duration) {
	if d > 0 {
		m.dropped.WithLabelValues(reason).Add(d.Seconds())
	}
}
