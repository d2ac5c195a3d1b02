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
	Engine  string        `help:"mock: engines with fixed delays, the recogniser knows the callers' sound. embedded: the demo hotline and the embedded recogniser, callers with many voices." default:"mock" enum:"mock,embedded"`
	Calls   int           `help:"Conversations at once." default:"60"`
	Waves   int           `help:"How often they are held on each line." default:"3"`
	Turns   int           `help:"Turns of each with mock engines, 1 to 5: lines without pauses, so that the line alone makes a difference." default:"5"`
	Loss    float64       `help:"Per cent of the packets that get lost, each way." default:"3"`
	Jitter  time.Duration `help:"How late packets come, each by another time up to this." default:"40ms"`
	Reorder float64       `help:"Per cent of the packets that are overtaken by the next." default:"2"`
	Seed    uint64        `help:"Decides which." default:"2026"`
	Off     float64       `help:"Milliseconds that a mock engine may be off its delay." default:"5"`
	Systems string        `help:"The demo companies' systems, for --engine embedded." default:"bin/demosystems"`
	JSON    bool          `help:"Print one JSON object." name:"json"`
}

// lineReport is one line, all waves together.
type lineReport struct {
	Calls     int     `json:"calls"`
	Succeeded int     `json:"succeeded"` // callers who got what they called for, by the gateway's record
	Rate      float64 `json:"rate"`
	Failed    int     `json:"failed"`
	Turns     int     `json:"turns"`
	CutOff    int     `json:"cut_off"` // turns in which the bot spoke before the caller had finished
	Missed    int     `json:"missed"`  // turns without an answer
	Wrong     int     `json:"wrong"`   // conversations that went on to their end but not to the right one, by the gateway's record
	P50       float64 `json:"answer_p50_ms"`
	P95       float64 `json:"answer_p95_ms"`
	Passed    uint64  `json:"packets_passed"`
	Lost      uint64  `json:"packets_lost"`
	Reordered uint64  `json:"packets_reordered"`
	RigLimit  string  `json:"rig_limit,omitempty"`

	Errors []string `json:"errors,omitempty"` // of the first that did not succeed

	answers []float64
}

// relayReport is what --json prints; scripts rely on the names.
type relayReport struct {
	Engine   string     `json:"engine"`
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
	if c.Calls < 1 || c.Calls > callers.MostCalls || c.Waves < 1 || c.Turns < 1 || c.Turns > 5 {
		return fmt.Errorf("--calls and --waves must be at least 1, --calls at most %d, --turns 1 to 5", callers.MostCalls)
	}
	if !(c.Off > 0) {
		return fmt.Errorf("--off: %v is not above 0 ms; 5 is usual", c.Off)
	}
	scene := mockTalks
	if c.Engine == "embedded" {
		scene = demoTalks
	}
	set, err := scene(ctx, c)
	if err != nil {
		return err
	}
	defer set.close()
	r := relayReport{Engine: c.Engine, Loss: c.Loss, JitterMS: ms(c.Jitter), Reorder: c.Reorder, Seed: c.Seed, Fixtures: set.hash}
	for wave := range c.Waves { // in turn, so that both see the same machine
		if err := c.wave(ctx, set, &r.Clean, relay.Options{Seed: c.Seed}, fmt.Sprintf("good line, wave %d of %d", wave+1, c.Waves)); err != nil {
			return err
		}
		o.Seed = c.Seed + uint64(wave)
		if err := c.wave(ctx, set, &r.Bad, o, fmt.Sprintf("bad line, wave %d of %d", wave+1, c.Waves)); err != nil {
			return err
		}
	}
	for _, l := range []*lineReport{&r.Clean, &r.Bad} {
		l.P50, l.P95 = round3(bench.Percentile(l.answers, 50)), round3(bench.Percentile(l.answers, 95))
	}
	if r.Clean.Rate > 0 {
		r.Ratio = round3(r.Bad.Rate / r.Clean.Rate)
	}
	return c.print(r)
}

// wave holds all conversations once over one line and adds them to the report.
func (c *benchRelayCmd) wave(ctx context.Context, set *relayScene, l *lineReport, o relay.Options, what string) error {
	line := relay.New(netip.MustParseAddr("127.0.0.1"), o)
	defer line.Close()
	talks := make([]*callers.Dialogue, c.Calls)
	res, err := set.server.measure(ctx, callers.Options{
		Target: set.target, Calls: c.Calls, Rate: 10, Stay: set.stay, Path: line,
		Tell: func(done, of int) { progress(what, done, of) },
		Script: func(i int) callers.Script {
			talks[i] = set.caller(ctx, i)
			return talks[i]
		},
	})
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("bench relay was stopped in the middle of the %s: conversations that were broken off tell nothing", what)
	}
	for i, k := range res.Calls {
		l.add(k, talks[i], func() string { return set.wrong(ctx, i, k.Tag) })
	}
	st := line.Stats()
	l.Passed, l.Lost, l.Reordered = l.Passed+st.Passed, l.Lost+st.Lost, l.Reordered+st.Reordered
	l.Rate = round3(float64(l.Succeeded) / max(1, float64(l.Calls)))
	if res.RigLimit != "" {
		l.RigLimit = res.RigLimit
	}
	return nil
}

// mostErrors is how many conversations that did not succeed are told of.
const mostErrors = 5

// add counts one conversation; wrong reads from its record what it did not come to.
func (l *lineReport) add(k *callers.Call, talk *callers.Dialogue, wrong func() string) {
	l.Calls++
	for _, x := range talk.Exchanges {
		l.Turns++
		switch {
		case x.Missed:
			l.Missed++
		case x.CutOff:
			l.CutOff++
		default:
			l.answers = append(l.answers, ms(x.Answer))
		}
	}
	fault := ""
	if k.Err != nil {
		l.Failed++
		fault = k.Err.Error()
	} else if fault = wrong(); fault != "" {
		l.Wrong++
	}
	switch {
	case fault == "":
		l.Succeeded++
	case len(l.Errors) < mostErrors:
		l.Errors = append(l.Errors, fmt.Sprintf("call %d (%s): %s", k.Index, k.Tag, fault))
	}
}

func (c *benchRelayCmd) print(r relayReport) error {
	if c.JSON {
		if err := printJSON(os.Stdout, r); err != nil {
			return err
		}
	} else {
		fmt.Printf("conversations with %s engines over a good and a bad line (%v %% loss, %.0f ms jitter, %v %% overtaken, seed %d), fixtures %s; %s\n", r.Engine, r.Loss, r.JitterMS, r.Reorder, r.Seed, r.Fixtures, machine())
		fmt.Printf("  %-6s %6s %10s %7s %7s %8s %7s %7s %8s %8s %9s %8s %10s\n", "line", "calls", "succeeded", "failed", "turns", "cut off", "missed", "wrong", "p50 ms", "p95 ms", "packets", "lost", "overtaken")
		for _, l := range []struct {
			name string
			lineReport
		}{{"good", r.Clean}, {"bad", r.Bad}} {
			all := max(1, float64(l.Passed+l.Lost))
			fmt.Printf("  %-6s %6d %9.1f%% %7d %7d %8d %7d %7d %8.0f %8.0f %9d %7.2f%% %9.2f%%\n", l.name, l.Calls, 100*l.Rate, l.Failed, l.Turns, l.CutOff, l.Missed, l.Wrong, l.P50, l.P95, l.Passed+l.Lost, 100*float64(l.Lost)/all, 100*float64(l.Reordered)/all)
			for _, e := range l.Errors {
				fmt.Println("         error:", e)
			}
		}
		fmt.Printf("  of the good line's rate, the bad line keeps %.1f %%\n", 100*r.Ratio)
	}
	switch {
	case r.Clean.RigLimit != "" || r.Bad.RigLimit != "":
		return &exitError{exitOutcome, errors.New("the rig was the limit: " + firstOf(r.Clean.RigLimit, r.Bad.RigLimit))}
	case r.Clean.Succeeded == 0:
		return &exitError{exitOutcome, errors.New("no conversation succeeded on a good line: " + firstOf(r.Clean.Errors...))}
	case r.Ratio < leastSuccess:
		return &exitError{exitOutcome, fmt.Errorf("the bad line keeps %.1f %% of the good line's rate; at least %.0f %% is asked for", 100*r.Ratio, 100*leastSuccess)}
	}
	return nil
}

// firstOf is the first text that is not empty.
func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
