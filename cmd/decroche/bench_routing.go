package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"decroche/gateway/agents/day"
)

type benchRoutingCmd struct {
	Seed   uint64 `help:"Draws another day." default:"1"`
	Calls  int    `help:"Calls between eight and eight." default:"10000"`
	Agents int    `help:"Agents who work that day." default:"60"`
	Rounds int    `help:"Decisions that are timed, with 1,000 agents and 500 callers who wait." default:"2000"`
	JSON   bool   `help:"Print one JSON object." name:"json"`
}

// routingReport is what --json prints; scripts rely on the names.
type routingReport struct {
	*day.Report
	Timed []day.Decision `json:"timed"` // 1,000 agents, 500 waiting; from none free to all
	P50   float64        `json:"decision_p50_ms"`
	P99   float64        `json:"decision_p99_ms"`
}

// Run plays a day and times decisions. It exits 3 when a caller was forgotten or starved, or the worst
// median of a decision is above a millisecond.
func (c *benchRoutingCmd) Run() error {
	if c.Calls < 1 || c.Calls > 1_000_000 || c.Agents < 1 || c.Agents > 10_000 || c.Rounds < 1 || c.Rounds > 1_000_000 {
		return fmt.Errorf("--calls goes from 1 to 1000000, --agents to 10000, --rounds to 1000000")
	}
	cfg := day.Default()
	cfg.Seed, cfg.Calls, cfg.Agents = c.Seed, c.Calls, c.Agents
	r := routingReport{Report: day.Play(cfg)}
	for _, free := range []float64{0, 0.005, 0.1, 0.66, 1} {
		d := day.Decide(1000, 500, free, c.Rounds)
		r.Timed = append(r.Timed, d)
		r.P50, r.P99 = max(r.P50, ms(d.P50)), max(r.P99, ms(d.P99))
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	} else if err := r.print(); err != nil {
		return err
	}
	if r.Forgotten > 0 || r.Passed > 0 || r.P50 > 1 {
		return &exitError{code: exitOutcome, err: errors.New("a caller was forgotten or starved, or a decision took more than a millisecond")}
	}
	return nil
}

func (r *routingReport) print() error {
	fmt.Printf("A day of %d calls for %d agents\n\n", r.Calls, r.Report.Agents)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "queue\tcalls\tanswered\tgave up\tto callback\tnobody\tin 20 s\twait p50\tp95\tlongest\tVIP p95\town agent\t")
	for _, q := range append(r.Queues, r.Total) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%.1f %%\t%.0f s\t%.0f s\t%.0f s\t%.0f s\t%.0f %%\t\n", q.Name, q.Calls, q.Answered, q.Abandoned, q.Overflown, q.Nobody, 100*q.Level, q.P50, q.P95, q.Longest, q.VIP, 100*q.Own)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Printf("\nforgotten %d, passed by who came later than priority allows %d\n", r.Forgotten, r.Passed)
	kept := 0.0
	if r.Promised > 0 {
		kept = 100 * float64(r.Kept) / float64(r.Promised)
	}
	fmt.Printf("waits told %d, kept %.1f %% (half were told up to %.0f s and waited up to %.0f s)\n", r.Promised, kept, r.Told, r.Report.Waited)
	fmt.Printf("agents busy %.1f %% of their time (%.1f to %.1f)\n", 100*r.Occupancy, 100*r.LeastBusy, 100*r.MostBusy)
	fmt.Printf("%d decisions, %v each\n\n", r.Decisions, r.Report.Decision.Round(time.Microsecond))
	fmt.Fprintln(w, "1,000 agents, 500 waiting\tfree\tgiven\tp50\tp99\t")
	for _, d := range r.Timed {
		fmt.Fprintf(w, "\t%.1f %%\t%d\t%v\t%v\t\n", 100*d.Free, d.Given, d.P50.Round(time.Microsecond), d.P99.Round(time.Microsecond))
	}
	return w.Flush()
}
