package turneval

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"
)

// Rate is a share with its Wilson 95 % interval.
type Rate struct {
	K    int     `json:"k"`
	N    int     `json:"n"`
	Rate float64 `json:"rate"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// rateOf is k of n with its interval; of nothing it is 0, anywhere between 0 and 1.
func rateOf(k, n int) Rate {
	if n == 0 {
		return Rate{High: 1}
	}
	const z = 1.959964
	p, m := float64(k)/float64(n), float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Rate{K: k, N: n, Rate: p, Low: max(0, mid-half), High: min(1, mid+half)}
}

// Spread describes times, in milliseconds. Low and High bound the mean with 95 %, by bootstrap,
// where that was asked for.
type Spread struct {
	N    int     `json:"n"`
	Mean float64 `json:"mean_ms"`
	P50  float64 `json:"p50_ms"`
	P95  float64 `json:"p95_ms"`
	Low  float64 `json:"mean_low_ms,omitempty"`
	High float64 `json:"mean_high_ms,omitempty"`
}

// spreadOf describes a list of times.
func spreadOf(list []time.Duration) Spread {
	if len(list) == 0 {
		return Spread{}
	}
	x := make([]float64, len(list))
	for i, d := range list {
		x[i] = d.Seconds() * 1000
	}
	return Spread{N: len(x), Mean: mean(x), P50: quantile(x, 0.5), P95: quantile(x, 0.95)}
}

// bounded is spreadOf with the interval of the mean.
func bounded(list []time.Duration) Spread {
	s := spreadOf(list)
	x := make([]float64, len(list))
	for i, d := range list {
		x[i] = d.Seconds() * 1000
	}
	s.Low, s.High = bootstrap(x)
	return s
}

func mean(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// quantile is the smallest value that the share q does not exceed.
func quantile(x []float64, q float64) float64 {
	s := slices.Sorted(slices.Values(x))
	if len(s) == 0 {
		return 0
	}
	return s[max(0, int(math.Ceil(q*float64(len(s))))-1)]
}

// resamples of a bootstrap.
const resamples = 10_000

// bootstrap is the 95 % interval of the mean, drawn by turn. The draws are the same every time, so
// that a report is too.
func bootstrap(x []float64) (low, high float64) {
	if len(x) == 0 {
		return 0, 0
	}
	r := rand.New(rand.NewPCG(1, uint64(len(x))))
	means := make([]float64, resamples)
	for i := range means {
		sum := 0.0
		for range x {
			sum += x[r.IntN(len(x))]
		}
		means[i] = sum / float64(len(x))
	}
	slices.Sort(means)
	return means[resamples*25/1000], means[resamples*975/1000]
}

// Difference is how much one system has less or more than another, by turn. They differ only when
// the interval excludes 0.
type Difference struct {
	Mean    float64 `json:"mean"`
	Low     float64 `json:"low"`
	High    float64 `json:"high"`
	Differs bool    `json:"differs"`
}

// paired compares a with b, turn by turn.
func paired(a, b []float64) Difference {
	x := make([]float64, min(len(a), len(b)))
	for i := range x {
		x[i] = a[i] - b[i]
	}
	d := Difference{Mean: mean(x)}
	d.Low, d.High = bootstrap(x)
	d.Differs = d.Low > 0 || d.High < 0
	return d
}
