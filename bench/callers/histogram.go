package callers

import (
	"math"
	"time"
)

// binWidth is how fine a Histogram is; what is beyond its last bin counts in it.
const (
	binWidth = 250 * time.Microsecond
	bins     = 4000 // up to one second
)

// Histogram counts durations in steps of 0.25 ms. It is not safe for concurrent use.
type Histogram struct {
	Count uint64
	Max   time.Duration
	bin   [bins]uint32
}

// Add counts one duration; negative ones count as 0.
func (h *Histogram) Add(d time.Duration) {
	d = max(d, 0)
	h.Count++
	h.Max = max(h.Max, d)
	h.bin[min(int(d/binWidth), bins-1)]++
}

// Merge adds what another one has counted.
func (h *Histogram) Merge(o *Histogram) {
	h.Count += o.Count
	h.Max = max(h.Max, o.Max)
	for i, n := range o.bin {
		h.bin[i] += n
	}
}

// Percentile is the p-th percentile (0 to 100) in milliseconds: the upper end of its bin, so that
// it is never told better than it was, and at most the largest value; 0 when nothing was counted.
func (h *Histogram) Percentile(p float64) float64 {
	if h.Count == 0 {
		return 0
	}
	want := uint64(math.Ceil(p / 100 * float64(h.Count)))
	var upTo uint64
	for i, n := range h.bin {
		if upTo += uint64(n); upTo >= max(want, 1) && i < bins-1 {
			return min(ms(time.Duration(i+1)*binWidth), ms(h.Max))
		}
	}
	return ms(h.Max)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
