package day

import (
	"os"
	"testing"

	"decroche/gateway/agents"
)

// A day of 10,000 calls: nobody is forgotten, nobody is passed by who came later than priority allows,
// everybody who did not hang up was answered or rung back, and promises hold.
func TestTheDayForgetsNobody(t *testing.T) {
	t.Parallel()
	seeds := uint64(1)
	if os.Getenv("DECROCHE_LONG") == "1" {
		seeds = 20
	}
	for seed := range seeds {
		cfg := Default()
		cfg.Seed = seed + 1
		r := Play(cfg)
		t.Logf("%+v", *r)
		if r.Calls != 10000 || r.Forgotten != 0 || r.Passed != 0 {
			t.Errorf("seed %d: %d of %d calls forgotten, %d passed", cfg.Seed, r.Forgotten, r.Calls, r.Passed)
		}
		for i, q := range append(r.Queues, r.Total) {
			if q.Answered+q.Abandoned+q.Overflown+q.Nobody != q.Calls {
				t.Errorf("seed %d: %+v: calls are missing", cfg.Seed, q)
			}
			if i < len(cfg.Queues) && q.Longest > (cfg.Queues[i].Overflow.After+ringFor).Seconds() && cfg.Queues[i].Overflow.To != agents.ToQueue {
				t.Errorf("seed %d: %s: somebody waited %v s", cfg.Seed, q.Name, q.Longest)
			}
		}
		if r.Total.VIP > r.Total.P95 {
			t.Errorf("seed %d: VIPs wait longer than others: %v and %v s", cfg.Seed, r.Total.VIP, r.Total.P95)
		}
		if r.Promised < 100 || float64(r.Kept) < 0.8*float64(r.Promised) {
			t.Errorf("seed %d: %d of %d promises kept", cfg.Seed, r.Kept, r.Promised)
		}
	}
}

// Too few agents, and a queue that is always preferred: the others move on all the same.
func TestAPreferredQueueStarvesNobody(t *testing.T) {
	t.Parallel()
	cfg := Config{Seed: 3, Calls: 2000, Agents: 6, Queues: DefaultQueues()}
	for i := range cfg.Queues {
		cfg.Queues[i].Overflow = agents.Overflow{}
	}
	cfg.Queues[0].Priority = agents.MaxPriority
	r := Play(cfg)
	t.Logf("%+v", *r)
	if r.Forgotten != 0 || r.Passed != 0 {
		t.Errorf("%d forgotten, %d passed", r.Forgotten, r.Passed)
	}
	for _, q := range r.Queues {
		if q.Answered == 0 || q.Longest > 3*3600 {
			t.Errorf("%+v: starves", q)
		}
	}
}
