package agents_test

import (
	"fmt"
	"testing"

	"decroche/gateway/agents"
	"decroche/gateway/agents/day"
)

// Whatever waits and whoever is there: no seat is given twice, none that is not free, and a caller who is
// left alone has no free seat that suits beside them.
func TestNobodyWaitsBesideWhoCanHelp(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		now, waiting, seats, queues := day.Hall(seed, int(seed%31), int(seed%89), []float64{0.1, 0.5, 0.9}[seed%3])
		p := agents.Route(now, waiting, seats, queues)
		taken, served := map[int]bool{}, map[int]bool{}
		for _, m := range p.Matches {
			if taken[m.Seat] || served[m.Waiting] || !seats[m.Seat].Free {
				t.Fatalf("seed %d: %+v: given twice or not free", seed, m)
			}
			taken[m.Seat], served[m.Waiting] = true, true
		}
		for i := range waiting {
			alone := agents.Route(now, waiting[i:i+1], seats, queues)
			if served[i] || len(alone.Matches) == 0 {
				continue
			}
			if s := alone.Matches[0].Seat; !taken[s] {
				t.Fatalf("seed %d: %+v waits beside %+v", seed, waiting[i], seats[s])
			}
		}
		if len(p.Order) != len(waiting) {
			t.Fatal(p.Order)
		}
	}
}

// 1,000 agents and 500 waiting; a millisecond at most is asked.
func BenchmarkRoute(b *testing.B) {
	for _, free := range []float64{0, 0.005, 0.1, 0.66, 1} {
		b.Run(fmt.Sprintf("free=%v", free), func(b *testing.B) {
			now, waiting, seats, queues := day.Hall(1, 1000, 500, free)
			b.ReportAllocs()
			for b.Loop() {
				if p := agents.Route(now, waiting, seats, queues); len(p.Order) != 500 {
					b.Fatal(len(p.Order))
				}
			}
		})
	}
}
