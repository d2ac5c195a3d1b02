package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"decroche/bench"
	"decroche/bench/callers"
)

// benchSoakCmd keeps calls coming for long and looks at what grows.
type benchSoakCmd struct {
	Target  string        `help:"SIP address to ring. Without it, a gateway of our own is started." placeholder:"SIP-URI"`
	Calls   int           `help:"Calls at once." default:"500"`
	Minutes float64       `help:"How long." default:"30"`
	Each    time.Duration `help:"How long each call lasts; then another takes its place." default:"45s"`
	From    float64       `help:"The minute whose figures the last ones are compared with; 0: a sixth of the time, and not before all calls are up." default:"0"`
	PID     int           `help:"Process of the server." name:"pid"`
	JSON    bool          `help:"Print one JSON object." name:"json"`
}

// soakPoint is one look at the server.
type soakPoint struct {
	Minute     float64 `json:"minute"`
	RSS        int64   `json:"rss_bytes"`
	PSS        int64   `json:"pss_bytes"`
	Goroutines float64 `json:"goroutines"`
	FDs        int     `json:"fds"`
	Cores      float64 `json:"cores"` // since the look before
}

// soakReport is what --json prints; scripts rely on the names.
type soakReport struct {
	Calls           int         `json:"calls"`
	Placed          int         `json:"placed"`
	Failed          int         `json:"failed"`
	Minutes         float64     `json:"minutes"`
	Packets         uint64      `json:"packets"`
	Gaps            uint64      `json:"gaps"`
	Skips           uint64      `json:"skips"`
	P99             float64     `json:"interarrival_p99_ms"`
	Bare            float64     `json:"bare_timer_p99_ms"`
	From            float64     `json:"from_minute"`
	RSSRatio        float64     `json:"rss_ratio"`
	GoroutinesRatio float64     `json:"goroutines_ratio"`
	FDsRatio        float64     `json:"fds_ratio"`
	FDsMore         float64     `json:"fds_more"`
	LastHalf        float64     `json:"rss_growth_in_last_half"`
	After           soakPoint   `json:"after"` // when every call has ended
	Idle            soakPoint   `json:"idle"`  // before the first
	Points          []soakPoint `json:"points"`
	RigLimit        string      `json:"rig_limit,omitempty"`
	Error           string      `json:"error,omitempty"`
}

// What a soak is asked to keep to.
const (
	mostGrowth   = 1.05 // from the minute compared with to the end
	fewFDs       = 8    // more than before are files of the store that came to be open, not a leak: of that calls would make thousands
	mostLastHalf = 0.02 // what the last half may add, to count as converged
)

// Run soaks. Exit code 3: something grew, a call failed or sound was missing.
func (c *benchSoakCmd) Run(ctx context.Context, _ *globals) error {
	length := time.Duration(c.Minutes * float64(time.Minute))
	if c.Calls < 1 || length < 30*time.Second || c.Each < 5*time.Second || c.Each > length {
		return errors.New("--calls must be at least 1, --minutes at least 0.5, and --each between 5s and the whole")
	}
	if !(c.From >= 0) {
		return fmt.Errorf("--from: %v is no minute; use 0 or more", c.From)
	}
	from := time.Duration(c.From * float64(time.Minute))
	if from == 0 {
		from = max(length/6, min(3*c.Each/2, length/2)) // by then as many calls are up as will be
	}
	if from >= length {
		return fmt.Errorf("--from %v lies behind the end", c.From)
	}
	s := server{pid: c.PID}
	target, err := c.Target, error(nil)
	if target == "" {
		bot := bench.Bot{Greeting: 4 * time.Second, Reply: 8 * time.Second}
		if target, err = s.own(ctx, bot, 2*c.Calls, []string{"bench", "gateway"}); err != nil {
			return err
		}
		defer s.set.stop()
	}
	if s.pid == 0 {
		return errors.New("--pid is needed with --target: a soak looks at the server's process")
	}
	r := soakReport{Calls: c.Calls, Minutes: c.Minutes, From: round3(from.Minutes())}
	if r.Idle, err = s.look(ctx, time.Now(), nil); err != nil {
		return err
	}
	looks := s.watch(ctx, length, func(done time.Duration) { progress("soak, seconds", int(done.Seconds()), int(length.Seconds())) })
	// Calls come at the rate at which they end, so that the count stays.
	rate := float64(c.Calls) / c.Each.Seconds()
	clip := callers.NewClip(append(bench.Hum(1500*time.Millisecond), bench.Quiet(3500*time.Millisecond)...))
	res, err := callers.Run(ctx, callers.Options{
		Target: target, Calls: min(int(rate*length.Seconds()), callers.MostCalls), Rate: rate, Stay: c.Each, Lazy: true,
		Script: func(i int) callers.Script { return &callers.Talker{Clip: clip, Start: i * 31 % clip.Frames()} },
	})
	r.Points = <-looks
	if err != nil {
		return err
	}
	time.Sleep(settleAfter)
	if r.After, err = s.look(ctx, time.Now(), nil); err != nil {
		return fmt.Errorf("the server is gone: %w%s", err, s.lastWords())
	}
	if ctx.Err() != nil { // what is known is what was seen until then
		r.Minutes = 0
		for _, p := range r.Points {
			r.Minutes = p.Minute
		}
	}
	r.fill(res, from)
	if err := c.print(r); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return &exitError{exitOutcome, fmt.Errorf("the soak was stopped after %.1f of %v minutes", r.Minutes, c.Minutes)}
	}
	return asAsked(r.wrong())
}

// settleAfter is how long the server gets to put things away after the last call.
const settleAfter = 5 * time.Second

// look reads the server once; before is the look before it, or nil.
func (s *server) look(ctx context.Context, began time.Time, before *bench.Usage) (soakPoint, error) {
	u, err := bench.ReadUsage(s.pid)
	p := soakPoint{Minute: round3(time.Since(began).Minutes()), RSS: u.RSS, PSS: u.PSS, FDs: u.FDs, Goroutines: goroutines(ctx, s.set)}
	if before != nil {
		if !before.At.IsZero() {
			p.Cores = round3(bench.Cores(*before, u))
		}
		*before = u
	}
	return p, err
}

// watch looks sixty times while the soak lasts, and sends what it saw.
func (s *server) watch(ctx context.Context, length time.Duration, tell func(time.Duration)) <-chan []soakPoint {
	out := make(chan []soakPoint, 1)
	began := time.Now()
	go func() {
		var list []soakPoint
		var before bench.Usage
		for n := 1; n <= 60; n++ {
			select {
			case <-time.After(time.Until(began.Add(time.Duration(n) * length / 60))):
			case <-ctx.Done():
				out <- list
				return
			}
			tell(time.Since(began))
			if p, err := s.look(ctx, began, &before); err == nil {
				list = append(list, p)
			}
		}
		out <- list
	}()
	return out
}

// fill compares the minute from which is asked with the last full minutes.
func (r *soakReport) fill(res *callers.Result, from time.Duration) {
	for _, k := range res.Calls {
		r.Placed++
		if k.Err != nil {
			r.Failed++
			if r.Error == "" {
				r.Error = k.Err.Error()
			}
		}
		r.Packets += k.Stats.Packets
		r.Gaps += k.Stats.Gaps
		r.Skips += k.Stats.Skips
	}
	r.P99, r.Bare, r.RigLimit = res.Inter.Percentile(99), res.Bare.Percentile(99), res.RigLimit
	// Each figure is the mean of the looks around its time: a collector's saw-tooth is no growth.
	near := func(minute float64) (rss, gor, fds float64) {
		n := 0.0
		for _, p := range r.Points {
			if d := p.Minute - minute; d >= -0.05*r.Minutes && d <= 0.05*r.Minutes {
				rss, gor, fds, n = rss+float64(p.RSS), gor+p.Goroutines, fds+float64(p.FDs), n+1
			}
		}
		return rss / max(n, 1), gor / max(n, 1), fds / max(n, 1)
	}
	ratio := func(a, b float64) float64 {
		if b == 0 {
			return 0
		}
		return round3(a / b)
	}
	rss0, gor0, fds0 := near(from.Minutes())
	rssHalf, _, _ := near(r.Minutes / 2)
	rss1, gor1, fds1 := near(0.95 * r.Minutes)
	r.RSSRatio, r.GoroutinesRatio, r.FDsRatio = ratio(rss1, rss0), ratio(gor1, gor0), ratio(fds1, fds0)
	r.FDsMore = round3(fds1 - fds0)
	if rssHalf > 0 {
		r.LastHalf = round3(rss1/rssHalf - 1)
	}
}

func (c *benchSoakCmd) print(r soakReport) error {
	if c.JSON {
		return printJSON(os.Stdout, r)
	}
	fmt.Printf("soak, %d calls at once for %v minutes, %d placed; %s\n", r.Calls, r.Minutes, r.Placed, machine())
	fmt.Printf("  %8s %8s %8s %11s %7s %7s\n", "minute", "RSS MiB", "PSS MiB", "goroutines", "fds", "cores")
	show := func(p soakPoint) {
		fmt.Printf("  %8.1f %8d %8d %11.0f %7d %7.2f\n", p.Minute, p.RSS>>20, p.PSS>>20, p.Goroutines, p.FDs, p.Cores)
	}
	for i, p := range r.Points {
		if i%6 == 5 {
			show(p)
		}
	}
	fmt.Printf("  before the first call: %d MiB, %.0f goroutines, %d fds; after the last: %d MiB, %.0f, %d\n",
		r.Idle.RSS>>20, r.Idle.Goroutines, r.Idle.FDs, r.After.RSS>>20, r.After.Goroutines, r.After.FDs)
	settled := "settled"
	if r.LastHalf >= mostLastHalf {
		settled = fmt.Sprintf("not settled (below %.0f %%)", 100*mostLastHalf)
	}
	fmt.Printf("  the end against minute %.1f: RSS %.3f, goroutines %.3f, fds %.3f; RSS in the last half %+.1f %%, %s\n", r.From, r.RSSRatio, r.GoroutinesRatio, r.FDsRatio, 100*r.LastHalf, settled)
	fmt.Printf("  failed %d, gaps %d, left out %d of %d packets, inter-arrival p99 %.2f ms (bare timer %.2f)\n", r.Failed, r.Gaps, r.Skips, r.Packets, r.P99, r.Bare)
	if r.Error != "" {
		fmt.Println("  error:", r.Error)
	}
	return nil
}

// wrong says what makes a soak a failure; "" when nothing does.
func (r soakReport) wrong() string {
	switch {
	case r.RSSRatio > mostGrowth || r.GoroutinesRatio > mostGrowth || r.FDsRatio > mostGrowth && r.FDsMore > fewFDs:
		return fmt.Sprintf("something grows: RSS %.3f, goroutines %.3f, fds %.3f of what they were; at most %v is allowed", r.RSSRatio, r.GoroutinesRatio, r.FDsRatio, mostGrowth)
	case r.Failed > 0:
		return fmt.Sprintf("%d of %d calls failed: %s", r.Failed, r.Placed, r.Error)
	case r.RigLimit != "":
		return "the rig was the limit: " + r.RigLimit
	case r.Gaps > 0:
		return fmt.Sprintf("%d packets are missing", r.Gaps)
	}
	return ""
}
