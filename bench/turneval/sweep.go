package turneval

import (
	"math"
	"slices"
	"time"
)

// policy takes the floor when the end is likely enough after a least silence, or after the longest
// silence whatever is likely: eot-bench's threshold, action delay and timeout.
type policy struct {
	threshold float32
	delay     time.Duration
	timeout   time.Duration
}

// Point is one policy's result.
type Point struct {
	FCR       float64 `json:"fcr"`
	Air       float64 `json:"dead_air_ms"` // mean over turns that were not cut
	Threshold float64 `json:"threshold,omitempty"`
	DelayMS   int64   `json:"delay_ms,omitempty"`
	TimeoutMS int64   `json:"timeout_ms,omitempty"`
}

// Operating are the four points at which systems are compared; NaN is null: no policy gets there.
type Operating struct {
	FCRAt300 *float64 `json:"fcr_at_300ms"` // least FCR with a mean dead air of at most 300 ms
	FCRAt600 *float64 `json:"fcr_at_600ms"`
	AirAt5   *float64 `json:"dead_air_ms_at_5_percent"` // least mean dead air with an FCR of at most 5 %
	AirAt10  *float64 `json:"dead_air_ms_at_10_percent"`
}

// Curve is what a family of policies can do.
type Curve struct {
	System    string    `json:"system"`
	Frontier  []Point   `json:"frontier"` // no policy is better in one and not worse in the other
	Operating Operating `json:"operating"`
}

// thresholds, delays and timeouts that are swept.
var (
	sweepThresholds = steps(0.05, 0.95, 0.05)
	sweepDelays     = steps(100, 1000, 100) // ms
	sweepTimeouts   = steps(700, 3000, 100) // ms
)

func steps(from, to, by float64) []float64 {
	var out []float64
	for i := 0; from+float64(i)*by <= to+by/2; i++ {
		out = append(out, from+float64(i)*by)
	}
	return out
}

func millis(x float64) time.Duration { return time.Duration(x * float64(time.Millisecond)) }

// sweep runs every policy over traces of turns.
func sweep(runs []run) []Point {
	nt, nd, nT := len(sweepThresholds), len(sweepDelays), len(sweepTimeouts)
	cut, n := make([]int, nt*nd*nT), 0
	sum := make([]time.Duration, nt*nd*nT)
	ended := make([]int, nt*nd*nT)
	likely, late := make([]time.Duration, nt*nd), make([]time.Duration, nT)
	for _, r := range runs {
		if !in(ends)(r.turn) {
			continue
		}
		n++
		end := r.turn.End()
		for i, th := range sweepThresholds {
			for j, d := range sweepDelays {
				likely[i*nd+j] = first(r.trace, func(p point) bool { return p.quiet >= millis(d) && p.p >= float32(th) })
			}
		}
		for k, d := range sweepTimeouts {
			late[k] = first(r.trace, func(p point) bool { return p.quiet >= millis(d) })
		}
		for i, a := range likely {
			for k, b := range late {
				fire := min(a, b)
				switch x := i*nT + k; {
				case fire < end:
					cut[x]++
				case fire < never:
					sum[x] += fire - end
					ended[x]++
				}
			}
		}
	}
	var out []Point
	for i, th := range sweepThresholds {
		for j, d := range sweepDelays {
			for k, T := range sweepTimeouts {
				x := (i*nd+j)*nT + k
				if p := (Point{Threshold: th, DelayMS: int64(d), TimeoutMS: int64(T)}); p.fill(cut[x], ended[x], n, sum[x]) {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

// never is a time that does not come.
const never = time.Duration(math.MaxInt64)

// first is when a trace first meets a condition.
func first(trace []point, ok func(point) bool) time.Duration {
	for _, p := range trace {
		if ok(p) {
			return p.at
		}
	}
	return never
}

// fill computes a point; false when no turn ended.
func (p *Point) fill(cut, ended, n int, sum time.Duration) bool {
	if n == 0 || ended == 0 {
		return false
	}
	p.FCR = float64(cut) / float64(n)
	p.Air = (sum / time.Duration(ended)).Seconds() * 1000
	return true
}

// timers sweeps plain silence timers, from 100 ms to 3 s.
func timers(runs []run, which filter) []Point {
	var out []Point
	for _, quiet := range steps(100, 3000, 20) {
		var cut, ended, n int
		var sum time.Duration
		for _, r := range runs {
			if !which(r.turn) {
				continue
			}
			n++
			fire, end := first(r.trace, func(p point) bool { return p.quiet >= millis(quiet) }), r.turn.End()
			switch {
			case fire < end:
				cut++
			case fire < never:
				sum += fire - end
				ended++
			}
		}
		if p := (Point{TimeoutMS: int64(quiet)}); p.fill(cut, ended, n, sum) {
			out = append(out, p)
		}
	}
	return out
}

// frontier keeps the points that no other beats in both.
func frontier(points []Point) []Point {
	sorted := slices.Clone(points)
	slices.SortFunc(sorted, func(a, b Point) int {
		switch {
		case a.Air < b.Air || a.Air == b.Air && a.FCR < b.FCR:
			return -1
		case a == b:
			return 0
		}
		return 1
	})
	var out []Point
	least := math.Inf(1)
	for _, p := range sorted {
		if p.FCR < least {
			out, least = append(out, p), p.FCR
		}
	}
	return out
}

// curve summarises points.
func curve(system string, points []Point) Curve {
	c := Curve{System: system, Frontier: frontier(points)}
	for _, p := range c.Frontier {
		fcr, air := p.FCR, p.Air
		if air <= 300 {
			c.Operating.FCRAt300 = &fcr
		}
		if air <= 600 {
			c.Operating.FCRAt600 = &fcr
		}
		if fcr <= 0.05 && c.Operating.AirAt5 == nil {
			c.Operating.AirAt5 = &air
		}
		if fcr <= 0.10 && c.Operating.AirAt10 == nil {
			c.Operating.AirAt10 = &air
		}
	}
	return c
}

// EqualCuts compares the shipped default with the plain timer that cuts as many callers off.
type EqualCuts struct {
	Turns    string  `json:"turns"` // classes
	FCR      float64 `json:"fcr"`
	Air      float64 `json:"dead_air_ms"`
	TimerAir float64 `json:"timer_dead_air_ms"` // interpolated in the sweep of timers
	Ratio    float64 `json:"ratio"`
	// AtLeast: no timer up to 3 s cuts as few, so the timer's figure is that of the best one and
	// the true ratio is smaller.
	AtLeast bool `json:"timer_never_as_good,omitempty"`
}

// equalCuts finds the timer that cuts as many off as fcr.
func equalCuts(name string, fcr, air float64, points []Point) EqualCuts {
	e := EqualCuts{Turns: name, FCR: fcr, Air: air}
	f := frontier(points) // from hasty to patient
	for i, p := range f {
		if p.FCR > fcr {
			continue
		}
		e.TimerAir = p.Air
		if i > 0 && f[i-1].FCR > p.FCR {
			before := f[i-1]
			e.TimerAir = before.Air + (p.Air-before.Air)*(before.FCR-fcr)/(before.FCR-p.FCR)
		}
		break
	}
	if e.TimerAir == 0 && len(f) > 0 {
		e.TimerAir, e.AtLeast = f[len(f)-1].Air, true
	}
	if e.TimerAir > 0 {
		e.Ratio = air / e.TimerAir
	}
	return e
}
