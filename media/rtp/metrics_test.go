package rtp

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

// What has not happened yet is shown as 0.
func TestMetricsAreThereFromTheStart(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	NewMetrics(reg)
	for name, want := range map[string]int{"decroche_rtp_dropped_total": 11, "decroche_rtp_loss_ratio": 2, "decroche_rtp_sessions": 1} {
		if n, err := testutil.GatherAndCount(reg, name); n != want || err != nil {
			t.Errorf("%s: %d series, %v; want %d", name, n, err, want)
		}
	}
}
