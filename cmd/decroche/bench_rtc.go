package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"decroche/bench"
	"decroche/bench/browsers"
)

type benchRTCCmd struct {
	Calls   int     `help:"Browsers at once." default:"300"`
	Rate    float64 `help:"New calls per second." default:"10"`
	Seconds float64 `help:"How long each call lasts." default:"50"`
	Codec   string  `help:"What browsers offer." default:"PCMU" enum:"PCMU,PCMA,G722,opus"`
	Silent  bool    `help:"Callers send silence rather than speech."`
	Repeat  int     `help:"Run so many times; the best is the result, all are shown." default:"1"`
	Profile string  `help:"Write the CPU profile of the gateway here, for go tool pprof." placeholder:"FILE"`
	JSON    bool    `help:"Print one JSON object." name:"json"`
}

// rtcReport is what --json prints.
type rtcReport struct {
	Calls           int         `json:"calls"`
	Failed          int         `json:"failed"`
	Packets         uint64      `json:"packets"`
	Gaps            uint64      `json:"gaps"`
	InterarrivalP50 float64     `json:"interarrival_p50_ms"`
	InterarrivalP99 float64     `json:"interarrival_p99_ms"`
	BareTimerP99    float64     `json:"bare_timer_p99_ms"`
	ConnectP50      float64     `json:"connect_p50_ms"`
	ConnectP95      float64     `json:"connect_p95_ms"`
	AudibleP50      float64     `json:"audible_p50_ms"` // from the click until the greeting is heard
	AudibleP95      float64     `json:"audible_p95_ms"`
	Mute            int         `json:"mute"`
	Rate            float64     `json:"rate"`
	Codec           string      `json:"codec"`
	SteadySeconds   float64     `json:"steady_seconds"`
	ServerCPU       float64     `json:"server_cpu_cores"`
	ServerRSS       int64       `json:"server_rss_bytes"`
	RSSPerCall      int64       `json:"rss_per_call_bytes"`
	ServerFDs       int         `json:"server_fds"`
	Goroutines      float64     `json:"server_goroutines"`
	RigCPU          float64     `json:"rig_cpu_cores"`
	RigDropped      uint64      `json:"rig_kernel_dropped"` // datagrams that this machine's sockets had no room for
	Holes           []rtcHole   `json:"holes,omitempty"`
	Dropped         []rtcDrops  `json:"server_dropped,omitempty"` // that are above 0
	Errors          []string    `json:"errors,omitempty"`
	Runs            []rtcReport `json:"runs,omitempty"`
}

// rtcHole is missing packets of one call.
type rtcHole struct {
	Call    int     `json:"call"`
	At      float64 `json:"at_seconds"`    // of the run, within a second
	After   float64 `json:"after_seconds"` // that the call's connection stood
	Packets uint64  `json:"packets"`
}

// rtcDrops is one of the gateway's counters of what it dropped, up to the end of the run.
type rtcDrops struct {
	Counter string  `json:"counter"`
	Packets float64 `json:"packets"`
}

// Run calls from browsers made of software and measures. Exit code 3: a call failed, or sound was
// missing.
func (c *benchRTCCmd) Run(ctx context.Context, _ *globals) error {
	stay := time.Duration(c.Seconds * float64(time.Second))
	switch ramp := time.Duration(float64(c.Calls) / c.Rate * float64(time.Second)); {
	case c.Calls < 1 || c.Rate <= 0:
		return errors.New("--calls and --rate are above 0")
	case c.Repeat < 1 || c.Repeat > 20:
		return fmt.Errorf("--repeat %d is not between 1 and 20", c.Repeat)
	case stay < ramp+6*time.Second:
		return fmt.Errorf("--seconds %v leaves no time in which all calls are up: placing %d calls at %v a second takes %v; use at least %.0f",
			c.Seconds, c.Calls, c.Rate, ramp.Round(time.Second), (ramp + 10*time.Second).Seconds())
	}
	all, i, err := repeat(ctx, "rtc", c.Repeat, func(what string) (rtcReport, error) { return c.once(ctx, what, stay) })
	if err != nil {
		return err
	}
	best := all[i]
	if len(all) > 1 {
		best.Runs = all
	}
	if err := c.print(best); err != nil {
		return err
	}
	return asAsked(best.wrong())
}

func (c *benchRTCCmd) once(ctx context.Context, what string, stay time.Duration) (r rtcReport, err error) {
	bot := bench.Bot{Greeting: 4 * time.Second, Reply: stay + 10*time.Second, Protected: true}
	command := []string{"bench", "gateway", "--wish"}
	if c.Profile != "" {
		command = append(command, "--profile", c.Profile)
	}
	var s server
	if _, err := s.own(ctx, bot, c.Calls, command); err != nil {
		return r, err
	}
	defer s.set.stop()
	if s.idle, err = bench.ReadUsage(s.pid); err != nil {
		return r, err
	}
	full := rcvbufErrors()
	res, err := browsers.Run(ctx, browsers.Options{
		URL: "http://" + s.set.http, Calls: c.Calls, Rate: c.Rate, Stay: stay, Codec: c.Codec, Silent: c.Silent,
		Tell: func(done, of int) { progress(what, done, of) }, Steady: func(begin bool) { s.steady(ctx, begin) },
	})
	s.asking.Wait()
	if err != nil {
		return r, err
	}
	r = rtcReport{Rate: c.Rate, Codec: c.Codec, RigDropped: rcvbufErrors() - full, Dropped: drops(ctx, s.set)}
	r.fill(res, &s)
	return r, nil
}

// fill reads a run's figures.
func (r *rtcReport) fill(res *browsers.Result, s *server) {
	var connect, heard []float64
	seen := map[string]bool{}
	for i, k := range res.Calls {
		r.Calls++
		for _, h := range k.Holes {
			r.Holes = append(r.Holes, rtcHole{i, round3(h.At.Seconds()), round3(h.After.Seconds()), h.Packets})
		}
		if k.Err != nil {
			r.Failed++
			if msg := k.Err.Error(); !seen[msg] && len(r.Errors) < 10 {
				seen[msg] = true
				r.Errors = append(r.Errors, msg)
			}
			continue
		}
		r.Packets += k.Packets
		r.Gaps += k.Gaps
		connect = append(connect, ms(k.Connect))
		if k.Audible < 0 {
			r.Mute++
		} else {
			heard = append(heard, ms(k.Audible))
		}
	}
	r.InterarrivalP50, r.InterarrivalP99 = bench.PercentileOfCounts(res.Inter[:], 50), bench.PercentileOfCounts(res.Inter[:], 99)
	if res.Bare != nil {
		r.BareTimerP99 = res.Bare.Percentile(99)
	}
	r.ConnectP50, r.ConnectP95 = round3(bench.Percentile(connect, 50)), round3(bench.Percentile(connect, 95))
	r.AudibleP50, r.AudibleP95 = round3(bench.Percentile(heard, 50)), round3(bench.Percentile(heard, 95))
	w := s.window()
	r.SteadySeconds = round3(s.seconds())
	r.ServerCPU, r.ServerRSS, r.ServerFDs, r.Goroutines = round3(w.Cores), w.RSS, w.FDs, s.goroutines
	if w.RSS > s.idle.RSS && r.Calls > 0 {
		r.RSSPerCall = (w.RSS - s.idle.RSS) / int64(r.Calls)
	}
	r.RigCPU = round3(bench.Cores(s.selfFrom, s.selfTo))
}

// drops reads what the gateway has dropped, of sound and of browsers' packets.
func drops(ctx context.Context, set *scenery) (out []rtcDrops) {
	text, err := set.api().text(ctx, "/metrics")
	if err != nil {
		return nil
	}
	for l := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(l), " ")
		if n, err := strconv.ParseFloat(value, 64); err == nil && n > 0 && (strings.HasPrefix(name, "decroche_rtc_dropped_total{") || strings.HasPrefix(name, "decroche_rtp_dropped_total{")) {
			out = append(out, rtcDrops{name, n})
		}
	}
	return out
}

// rcvbufErrors is how many datagrams this machine's sockets had no room for so far; 0 where the system
// does not tell.
func rcvbufErrors() uint64 {
	text, err := os.ReadFile("/proc/net/snmp")
	if err != nil {
		return 0
	}
	var names []string
	for l := range strings.Lines(string(text)) {
		f := strings.Fields(l)
		switch {
		case len(f) == 0 || f[0] != "Udp:":
		case names == nil:
			names = f
		default:
			if i := slices.Index(names, "RcvbufErrors"); i > 0 && i < len(f) {
				n, _ := strconv.ParseUint(f[i], 10, 64)
				return n
			}
		}
	}
	return 0
}

// wrong says what makes a run a failure; "" when nothing does.
func (r rtcReport) wrong() string {
	switch {
	case r.Failed > 0 || r.Mute > 0:
		return fmt.Sprintf("%d of %d calls failed, in %d nothing was heard", r.Failed, r.Calls, r.Mute)
	case r.Gaps > 0:
		return fmt.Sprintf("%d packets missing", r.Gaps)
	}
	return ""
}

// better: a run without fault before one with, then the one with the lower p99.
func (r rtcReport) better(o rtcReport) bool {
	if a, b := r.wrong() == "", o.wrong() == ""; a != b {
		return a
	}
	return r.InterarrivalP99 < o.InterarrivalP99
}

func (c *benchRTCCmd) print(r rtcReport) error {
	if c.JSON {
		return printJSON(os.Stdout, r)
	}
	fmt.Printf("%d browsers, %s over SRTP, at %v/s, %.0f s with all of them up; %s\n", r.Calls, r.Codec, r.Rate, r.SteadySeconds, machine())
	for _, row := range [][2]string{
		{"failed calls / nothing heard", fmt.Sprint(r.Failed, " / ", r.Mute)},
		{"packets received / gaps", fmt.Sprint(r.Packets, " / ", r.Gaps)},
		{"inter-arrival p50 / p99, ms", fmt.Sprintf("%.0f / %.0f (bare timer p99 %.2f)", r.InterarrivalP50, r.InterarrivalP99, r.BareTimerP99)},
		{"click -> connected p50 / p95, ms", fmt.Sprintf("%.0f / %.0f", r.ConnectP50, r.ConnectP95)},
		{"click -> greeting audible p50 / p95, ms", fmt.Sprintf("%.0f / %.0f", r.AudibleP50, r.AudibleP95)},
		{"server CPU, cores", fmt.Sprint(r.ServerCPU)},
		{"server RSS, MiB / growth per call, KiB", fmt.Sprint(r.ServerRSS>>20, " / ", r.RSSPerCall>>10)},
		{"server descriptors / goroutines", fmt.Sprint(r.ServerFDs, " / ", r.Goroutines)},
		{"rig CPU, cores / datagrams without room", fmt.Sprintf("%.2f / %d", r.RigCPU, r.RigDropped)},
	} {
		fmt.Printf("  %-42s %s\n", row[0], row[1])
	}
	for _, h := range r.Holes {
		fmt.Printf("  %d packets missing in call %d, %.0f s after it was connected, %.0f s into the run\n", h.Packets, h.Call, h.After, h.At)
	}
	for _, d := range r.Dropped {
		fmt.Printf("  the gateway counts %s %.0f\n", d.Counter, d.Packets)
	}
	for _, e := range r.Errors {
		fmt.Println("  error:", e)
	}
	return nil
}
