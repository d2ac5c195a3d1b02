// Package bench measures a running gateway from the outside, as callers see it: many calls at
// once, whole demo calls, barge-in. It rings over real SIP and RTP, reads latencies from the
// sound that comes back and outcomes from the gateway's stored record, never from its logs.
package bench

import (
	"math"
	"slices"
)

// Percentile returns the p-th percentile (0..100, nearest rank) of ms; 0 for none.
func Percentile(ms []float64, p float64) float64 {
	if len(ms) == 0 {
		return 0
	}
	s := slices.Clone(ms)
	slices.Sort(s)
	i := int(math.Ceil(p/100*float64(len(s)))) - 1
	return s[min(max(i, 0), len(s)-1)]
}

// PercentileOfCounts is the same over counts by whole milliseconds.
func PercentileOfCounts(counts []uint64, p float64) float64 {
	var sum, upTo uint64
	for _, n := range counts {
		sum += n
	}
	for ms, n := range counts {
		if upTo += n; sum > 0 && float64(upTo) >= p/100*float64(sum) {
			return float64(ms)
		}
	}
	return 0
}
