//go:build unix

package embedded

import (
	"syscall"
	"testing"
	"time"
)

// spent is the processor time that this process has used: what a busy machine does not change much.
func spent(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkNetwork hears a second of noise an operation: front end and network, no search. cpu/s
// is the processor time for a second of audio; with -tags purego it is that of plain Go.
func BenchmarkNetwork(b *testing.B) {
	m := testModel(b)
	e, n := m.front.open(), m.open()
	pcm := noise(8000, 2000)
	row := func([]float32) {}
	push := func(mel []float32) { n.push(mel, row) }
	began := spent(b)
	for b.Loop() {
		e.write(pcm, push)
	}
	b.ReportMetric((spent(b)-began).Seconds()/float64(b.N), "cpu/s")
}
