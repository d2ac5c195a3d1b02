package bench

import (
	"os"
	"testing"
	"time"
)

func TestPercentiles(t *testing.T) {
	t.Parallel()
	ms := []float64{5, 1, 4, 2, 3}
	for _, c := range []struct{ p, want float64 }{{50, 3}, {95, 5}, {0, 1}, {100, 5}, {20, 1}} {
		if got := Percentile(ms, c.p); got != c.want {
			t.Errorf("percentile %v is %v, want %v", c.p, got, c.want)
		}
	}
	if Percentile(nil, 50) != 0 {
		t.Error("nothing has a percentile")
	}
	counts := make([]uint64, 30)
	counts[20], counts[25] = 99, 1
	if got := PercentileOfCounts(counts, 50); got != 20 {
		t.Errorf("median of counts is %v, want 20", got)
	}
	if got := PercentileOfCounts(counts, 100); got != 25 {
		t.Errorf("maximum of counts is %v, want 25", got)
	}
}

func TestUsageOfThisProcess(t *testing.T) {
	t.Parallel()
	a, err := ReadUsage(os.Getpid())
	if err != nil {
		t.Skip("this system has no /proc:", err)
	}
	if a.RSS < 1<<20 || a.FDs < 3 {
		t.Errorf("usage %+v is not that of a running test", a)
	}
	if c := Cores(Usage{At: time.Unix(0, 0)}, Usage{At: time.Unix(2, 0), CPU: time.Second}); c != 0.5 {
		t.Errorf("one second of CPU in two is %v cores", c)
	}
	if _, err := ReadUsage(-1); err == nil {
		t.Error("process -1 has a usage")
	}
}
