// Package bench measures a running gateway from the outside, as callers see it: many calls at
// once, whole demo calls, barge-in. It rings over real SIP and RTP, reads latencies from the
// sound that comes back and outcomes from the gateway's stored record, never from its logs.
package bench

import (
	"math"
	"slices"
	"time"
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

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
