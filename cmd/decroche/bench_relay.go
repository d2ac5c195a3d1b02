package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"time"

	"decroche/bench"
	"decroche/bench/callers"
	"decroche/bench/relay"
)

// benchRelayCmd holds the same conversations over a good line and over a bad one.
type benchRelayCmd struct {
	Calls   int           `help:"Conversations at once." default:"60"`
	Waves   int           `help:"How often they are held on each line." default:"3"`
	Turns   int           `help:"Turns of each, 1 to 5: lines without pauses, so that the line alone makes a difference." default:"5"`
	Loss    float64       `help:"Per cent of the packets that get lost, each way." default:"3"`
	Jitter  time.Duration `help:"How late packets come, each by another time up to this." default:"40ms"`
	Reorder float64       `help:"Per cent of the packets that are overtaken by the next." default:"2"`
	Seed    uint64        `help:"Decides which." default:"2026"`
	Off     float64       `help:"Milliseconds that a mock engine may be off its delay." default:"5"`
	JSON    bool          `help:"Print one JSON object." name:"json"`
}

// lineReport is one line, all waves together.
type lineReport struct {
	Calls     int     `json:"calls"`
	Succeeded int     `json:"succeeded"` // every turn was answered, none cut off
	Rate      float64 `json:"rate"`
	Failed    int     `json:"failed"`
	CutOff    int     `json:"cut_off"`
	Missed    int     `json:"missed"`
	P50       float64 `json:"answer_p50_ms"`
	P95       float64 `json:"answer_p95_ms"`
	Passed    uint64  `json:"packets_passed"`
	Lost      uint64  `json:"packets_lost"`
	Reordered uint64  `json:"packets_reordered"`
	RigLimit  string  `json:"rig_limit,omitempty"`
	Error     string  `json:"error,omitempty"`
}

// relayReport is what --json prints; scripts rely on the names.
type relayReport struct {
	Loss     float64    `json:"loss_percent"`
	JitterMS float64    `json:"jitter_ms"`
	Reorder  float64    `json:"reorder_percent"`
	Seed     uint64     `json:"seed"`
	Fixtures string     `json:"fixtures"`
	Clean    lineReport `json:"clean"`
	Bad      lineReport `json:"bad"`
	Ratio    float64    `json:"success_ratio"` // bad to clean
}

// leastSuccess is what the bad line must keep of the clean line's rate.
const leastSuccess = 0.97

// Run measures. Exit code 3: fewer than 97 % of the clean rate succeed, or the rig was the limit.
func (c *benchRelayCmd) Run(ctx context.Context, _ *globals) error {
	o := relay.Options{Loss: c.Loss / 100, Jitter: c.Jitter, Reorder: c.Reorder / 100, Seed: c.Seed}
	if bad := o.Validate(); len(bad) > 0 {
		return fmt.Errorf("a line with --%s (--loss and --reorder are per cent)", bad[0])
	}
	if c.Calls < 1 || c.Waves < 1 || c.Turns < 1 || c.Turns > 5 {
		return errors.New("--calls and --waves must be at least 1, --turns 1 to 5")
	}
	if !(c.Off > 0) {
		return fmt.Errorf("--off: %v is not above 0 ms; 5 is usual", c.Off)
	}
	set, err := (&benchConversationCmd{Engine: "mock", Ladder: []int{c.Calls}, Waves: 1, Turns: 8, Off: c.Off}).scene(ctx)
	if err != nil {
		return err
	}
	defer set.close()
	var whole []callers.Line
	for i, s := range bench.AirlineLines(8) {
		if s.Then == "" && len(whole) < c.Turns {
			whole = append(whole, set.lines[i])
		}
	}
	set.lines = whole
	r := relayReport{Loss: c.Loss, JitterMS: ms(c.Jitter), Reorder: c.Reorder, Seed: c.Seed, Fixtures: set.report.Fixtures}
	for wave := range c.Waves { // in turn, so that both see the same machine
		if err := c.wave(ctx, set, &r.Clean, relay.Options{Seed: c.Seed}, fmt.Sprintf("good line, wave %d of %d", wave+1, c.Waves)); err != nil {
			return err
		}
		o.Seed = c.Seed + uint64(wave)
		if err := c.wave(ctx, set, &r.Bad, o, fmt.Sprintf("bad line, wave %d of %d", wave+1, c.Waves)); err != nil {
			return err
		}
	}
	if r.Clean.Rate > 0 {
		r.Ratio = round3(r.Bad.Rate / r.Clean.Rate)
	}
	return c.print(r)
}

// wave holds all conversations once over one line and adds them to the report.
func (c *benchRelayCmd) wave(ctx context.Context, set *convScene, l *lineReport, o relay.Options, what string) error {
	line := relay.New(netip.MustParseAddr("127.0.0.1"), o)
	defer line.Close()
	talks := make([]*callers.Dialogue, c.Calls)
	res, err := set.server.measure(ctx, callers.Options{
		Target: "sip:bench@" + set.server.set.sip, Calls: c.Calls, Rate: 10, Stay: time.Duration(len(set.lines)+2) * 20 * time.Second, Path: line,
		Tell: func(done, of int) { progress(what, done, of) },
		Script: func(i int) callers.Script {
			talks[i] = &callers.Dialogue{Lines: set.lines, Quiet: 500 * time.Millisecond, Pause: time.Duration(i*37%1000) * time.Millisecond, Patience: 10 * time.Second}
			return talks[i]
		},
	})
	if err != nil {
		return err
	}
	var answers []float64
	for i, k := range res.Calls {
		l.Calls++
		good := k.Err == nil && len(talks[i].Exchanges) == len(set.lines)
		if k.Err != nil {
			l.Failed++
			if l.Error == "" {
				l.Error = k.Err.Error()
			}
		}
		for _, x := range talks[i].Exchanges {
			switch {
			case x.Missed:
				l.Missed++
				good = false
			case x.CutOff:
				l.CutOff++
				good = false
			default:
				answers = append(answers, ms(x.Answer))
			}
		}
		if good {
			l.Succeeded++
		}
	}
	st := line.Stats()
	l.Passed, l.Lost, l.Reordered = l.Passed+st.Passed, l.Lost+st.Lost, l.Reordered+st.Reordered
	l.Rate = round3(float64(l.Succeeded) / float64(l.Calls))
	l.P50, l.P95 = max(l.P50, round3(bench.Percentile(answers, 50))), max(l.P95, round3(bench.Percentile(answers, 95)))
	if res.RigLimit != "" {
		l.RigLimit = res.RigLimit
	}
	return nil
}

func (c *benchRelayCmd) print(r relayReport) error {
	if c.JSON {
		if err := printJSON(os.Stdout, r); err != nil {
			return err
		}
	} else {
		fmt.Printf("conversations over a good and a bad line (%v %% loss, %.0f ms jitter, %v %% overtaken, seed %d), fixtures %s; %s\n", r.Loss, r.JitterMS, r.Reorder, r.Seed, r.Fixtures, machine())
		fmt.Printf("  %-6s %6s %10s %7s %8s %7s %8s %8s %9s %8s %10s\n", "line", "calls", "succeeded", "failed", "cut off", "missed", "p50 ms", "p95 ms", "packets", "lost", "overtaken")
		for _, l := range []struct {
			name string
			lineReport
		}{{"good", r.Clean}, {"bad", r.Bad}} {
			fmt.Printf("  %-6s %6d %9.1f%% %7d %8d %7d %8.0f %8.0f %9d %7.2f%% %9.2f%%\n", l.name, l.Calls, 100*l.Rate, l.Failed, l.CutOff, l.Missed, l.P50, l.P95, l.Passed+l.Lost,
				100*float64(l.Lost)/max(1, float64(l.Passed+l.Lost)), 100*float64(l.Reordered)/max(1, float64(l.Passed+l.Lost)))
			if l.Error != "" {
				fmt.Println("         error:", l.Error)
			}
		}
		fmt.Printf("  of the good line's rate, the bad line keeps %.1f %%\n", 100*r.Ratio)
	}
	switch {
	case r.Clean.RigLimit != "" || r.Bad.RigLimit != "":
		return &exitError{exitOutcome, errors.New("the rig was the limit: " + r.Clean.RigLimit + r.Bad.RigLimit)}
	case r.Clean.Succeeded == 0:
		return &exitError{exitOutcome, errors.New("no conversation succeeded on a good line")}
	case r.Ratio < leastSuccess:
		return &exitError{exitOutcome, fmt.Errorf("the bad line keeps %.1f %% of the good line's rate; at least %.0f %% is asked for", 100*r.Ratio, 100*leastSuccess)}
	}
	return nil
}
