package sip

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
	for name, want := range map[string]int{
		"decroche_sip_requests_total": len(knownMethods) + 1, "decroche_sip_responses_total": len(sentStatuses), "decroche_sip_dropped_total": 12,
		"decroche_sip_lines": 2, "decroche_sip_lines_ended_total": 16, "decroche_sip_setup_seconds": 2, "decroche_outbound_refused_total": len(barredReasons),
	} {
		if n, err := testutil.GatherAndCount(reg, name); n != want || err != nil {
			t.Errorf("%s: %d series, %v; want %d", name, n, err, want)
		}
	}
}
