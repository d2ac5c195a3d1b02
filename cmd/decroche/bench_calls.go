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

type benchCallsCmd struct {
	Target   string  `help:"SIP address to ring. Without it, a gateway of our own is started, with recognition that costs nothing." placeholder:"SIP-URI"`
	Calls    int     `help:"Calls at once." default:"2000"`
	Rate     float64 `help:"New calls per second." default:"200"`
	Seconds  float64 `help:"How long each call lasts." default:"40"`
	OneIP    bool    `help:"All calls come from one address, each with a port of its own, as from a carrier's border controller. Otherwise each has an address of its own." name:"one-ip"`
	Silent   bool    `help:"Callers send silence rather than speech."`
	Codec    string  `help:"What callers offer first." default:"PCMA" enum:"PCMA,PCMU"`
	Watchers int     `help:"So many supervisors watch our own gateway's live stream beside the calls, which take turns then; each run is made with them and without." default:"0"`
	PID      int     `help:"Process of the server, to read its CPU and memory." name:"pid"`
	Repeat   int     `help:"Run so many times; the best is the result, all are shown." default:"1"`
	Profile  string  `help:"Write the CPU profile of our own gateway here, for go tool pprof." placeholder:"FILE"`
	JSON     bool    `help:"Print one JSON object." name:"json"`
}

// callsReport is what --json prints; scripts rely on the names.
type callsReport struct {
	Calls           int     `json:"calls"`
	Failed          int     `json:"failed"`
	Packets         uint64  `json:"packets"`
	Gaps            uint64  `json:"gaps"`
	InterarrivalP50 float64 `json:"interarrival_p50_ms"`
	InterarrivalP99 float64 `json:"interarrival_p99_ms"`
	SetupP95        float64 `json:"setup_p95_ms"`
	FirstAudioP95   float64 `json:"first_audio_p95_ms"`
	ServerCPU       float64 `json:"server_cpu_cores"`
	ServerRSS       int64   `json:"server_rss_bytes"`

	Rate            float64       `json:"rate"`
	OneIP           bool          `json:"one_ip"`
	Skips           uint64        `json:"skips"` // places where timestamps jump: sound was left out
	Mute            int           `json:"mute"`  // calls in which nothing was ever heard
	InterarrivalMax float64       `json:"interarrival_max_ms"`
	BareTimerP99    float64       `json:"bare_timer_p99_ms"`
	SetupP50        float64       `json:"setup_p50_ms"`
	SetupMax        float64       `json:"setup_max_ms"`
	FirstAudioP50   float64       `json:"first_audio_p50_ms"`
	SteadySeconds   float64       `json:"steady_seconds"`
	ServerPSS       int64         `json:"server_pss_bytes"`
	RSSPerCall      int64         `json:"rss_per_call_bytes"`
	ServerFDs       int           `json:"server_fds"`
	Goroutines      float64       `json:"server_goroutines"` // 0 when the server is not ours
	RigCPU          float64       `json:"rig_cpu_cores"`
	RigLateP99      float64       `json:"rig_late_p99_ms"`
	RigLimit        string        `json:"rig_limit,omitempty"`
	Errors          []string      `json:"errors,omitempty"`
	Runs            []callsReport `json:"runs,omitempty"`

	// Of --watchers: what they saw, and the same calls of the same round without them.
	Watched *watchersReport `json:"watched,omitempty"`
	Without *callsReport    `json:"without,omitempty"`
}

// Run rings and measures. Exit code 3: a call failed, sound was missing, or the rig was the limit.
func (c *benchCallsCmd) Run(ctx context.Context, _ *globals) error {
	if c.Repeat < 1 || c.Repeat > 20 {
		return fmt.Errorf("--repeat %d is not between 1 and 20", c.Repeat)
	}
	if c.Profile != "" && c.Target != "" {
		return errors.New("--profile is for a gateway of our own; leave --target out")
	}
	if c.Watchers < 0 || c.Watchers > 1000 || c.Watchers > 0 && c.Target != "" {
		return fmt.Errorf("--watchers %d: choose 0 to 1000, as many as http.max_streams lets in, and leave --target out", c.Watchers)
	}
	stay := time.Duration(c.Seconds * float64(time.Second))
	if ramp := time.Duration(float64(c.Calls) / c.Rate * float64(time.Second)); stay < ramp+4*time.Second {
		return fmt.Errorf("--seconds %v leaves no time in which all calls are up: placing %d calls at %v a second takes %v; use at least %.0f",
			c.Seconds, c.Calls, c.Rate, ramp.Round(time.Second), (ramp + 10*time.Second).Seconds())
	}
	rounds := 0
	all, i, err := repeat(ctx, "calls", c.Repeat, func(what string) (callsReport, error) {
		rounds++
		return c.round(ctx, what, stay, rounds)
	})
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

// round is one run; with watchers it is two, with and without them, in turns the one first or the other.
func (c *benchCallsCmd) round(ctx context.Context, what string, stay time.Duration, n int) (with callsReport, err error) {
	if c.Watchers == 0 {
		return c.once(ctx, what, stay, 0)
	}
	var without callsReport
	for i := range 2 {
		if (i+n)%2 == 1 {
			without, err = c.once(ctx, what+", without watchers", stay, 0)
		} else {
			with, err = c.once(ctx, what+", with watchers", stay, c.Watchers)
		}
		if err != nil {
			return with, err
		}
	}
	with.Without = &without
	return with, nil
}

func (c *benchCallsCmd) once(ctx context.Context, what string, stay time.Duration, watching int) (r callsReport, err error) {
	o := callers.Options{
		Target: c.Target, Calls: c.Calls, Rate: c.Rate, Stay: stay, OneIP: c.OneIP, Lazy: true, Codec: c.Codec,
		Tell: func(done, of int) { progress(what, done, of) },
	}
	s := server{pid: c.PID}
	if c.Target == "" {
		bot := bench.Bot{Greeting: 4 * time.Second, Reply: stay + 10*time.Second, Protected: true}
		command := []string{"bench", "gateway", "--wish"}
		if c.Watchers > 0 { // something to see: a turn in about nine seconds of each call
			bot.Reply, command = 6*time.Second, command[:2]
		}
		if c.Profile != "" {
			command = append(command, "--profile", c.Profile)
		}
		if o.Target, err = s.own(ctx, bot, c.Calls, command); err != nil {
			return r, err
		}
		defer s.set.stop()
	}
	if !c.Silent {
		clip := callers.NewClip(append(bench.Hum(1200*time.Millisecond), bench.Quiet(2800*time.Millisecond)...))
		o.Script = func(i int) callers.Script {
			return &callers.Talker{Clip: clip, Start: clip.Frames() - 25 - i*7%100} // first words after half a second or more
		}
	}
	r = callsReport{Rate: c.Rate, OneIP: c.OneIP}
	var seen *watchers
	if watching > 0 {
		seen = watchLive(ctx, s.set, watching)
	}
	res, err := s.measure(ctx, o)
	if seen != nil {
		r.Watched = seen.end()
	}
	if err != nil {
		return r, err
	}
	r.fill(res, &s)
	return r, nil
}

// fill reads a run's figures.
func (r *callsReport) fill(res *callers.Result, s *server) {
	var setup, first []float64
	seen := map[string]bool{}
	for _, k := range res.Calls {
		r.Calls++
		if k.Err != nil {
			r.Failed++
			if msg := k.Err.Error(); !seen[msg] && len(r.Errors) < 10 {
				seen[msg] = true
				r.Errors = append(r.Errors, msg)
			}
		}
		r.Packets += k.Stats.Packets
		r.Gaps += k.Stats.Gaps
		r.Skips += k.Stats.Skips
		if k.Status == 200 {
			setup = append(setup, ms(k.Setup))
			if k.FirstAudio < 0 {
				r.Mute++
			} else {
				first = append(first, ms(k.FirstAudio))
			}
		}
	}
	r.InterarrivalP50, r.InterarrivalP99, r.InterarrivalMax = res.Inter.Percentile(50), res.Inter.Percentile(99), round3(ms(res.Inter.Max))
	r.BareTimerP99, r.RigLateP99, r.RigLimit = res.Bare.Percentile(99), res.Late.Percentile(99), res.RigLimit
	r.SetupP50, r.SetupP95, r.SetupMax = round3(bench.Percentile(setup, 50)), round3(bench.Percentile(setup, 95)), round3(bench.Percentile(setup, 100))
	r.FirstAudioP50, r.FirstAudioP95 = round3(bench.Percentile(first, 50)), round3(bench.Percentile(first, 95))
	w := s.window()
	r.SteadySeconds = round3(s.seconds())
	r.ServerCPU, r.ServerRSS, r.ServerPSS, r.ServerFDs, r.Goroutines = round3(w.Cores), w.RSS, w.PSS, w.FDs, s.goroutines
	if s.idle.RSS > 0 && w.RSS > s.idle.RSS && r.Calls > 0 {
		r.RSSPerCall = (w.RSS - s.idle.RSS) / int64(r.Calls)
	}
	r.RigCPU = round3(bench.Cores(s.selfFrom, s.selfTo))
}

// wrong says what makes a run a failure; "" when nothing does.
func (r callsReport) wrong() string {
	switch {
	case r.RigLimit != "":
		return "the rig was the limit, so nothing is known of the server: " + r.RigLimit + "; use fewer calls, or put the rig on a machine of its own"
	case r.Failed > 0 || r.Mute > 0:
		return fmt.Sprintf("%d of %d calls failed, in %d nothing was heard", r.Failed, r.Calls, r.Mute)
	case r.Gaps > 0 || r.Skips > 0:
		return fmt.Sprintf("%d packets missing, sound left out in %d places", r.Gaps, r.Skips)
	case r.Watched != nil && r.Watched.Lost > 0:
		return fmt.Sprintf("%d of %d watchers lost their stream: %s", r.Watched.Lost, r.Watched.Watchers, r.Watched.Error)
	}
	return ""
}

// better: a run without fault before one with, then the one with the lower p99.
func (r callsReport) better(o callsReport) bool {
	if a, b := r.wrong() == "", o.wrong() == ""; a != b {
		return a
	}
	return r.InterarrivalP99 < o.InterarrivalP99
}

func (c *benchCallsCmd) print(r callsReport) error {
	if c.JSON {
		return printJSON(os.Stdout, r)
	}
	from := "an address each"
	if r.OneIP {
		from = "one address"
	}
	fmt.Printf("%d calls at %v/s from %s, %.0f s with all of them up; %s\n", r.Calls, r.Rate, from, r.SteadySeconds, machine())
	table := [][2]string{
		{"failed calls / nothing heard", fmt.Sprint(r.Failed, " / ", r.Mute)},
		{"packets received", fmt.Sprint(r.Packets)},
		{"gaps / sound left out", fmt.Sprint(r.Gaps, " / ", r.Skips)},
		{"inter-arrival p50 / p99 / max, ms", fmt.Sprintf("%.2f / %.2f / %.1f (bare timer p99 %.2f)", r.InterarrivalP50, r.InterarrivalP99, r.InterarrivalMax, r.BareTimerP99)},
		{"INVITE -> 200 p50 / p95 / max, ms", fmt.Sprintf("%.1f / %.1f / %.1f", r.SetupP50, r.SetupP95, r.SetupMax)},
		{"ACK -> first audio p50 / p95, ms", fmt.Sprintf("%.1f / %.1f", r.FirstAudioP50, r.FirstAudioP95)},
		{"server CPU, cores", fmt.Sprint(r.ServerCPU)},
		{"server RSS / PSS, MiB", fmt.Sprint(r.ServerRSS>>20, " / ", r.ServerPSS>>20)},
		{"RSS growth per call, KiB", fmt.Sprint(r.RSSPerCall >> 10)},
		{"server descriptors / goroutines", fmt.Sprint(r.ServerFDs, " / ", r.Goroutines)},
		{"rig CPU, cores / late p99, ms", fmt.Sprintf("%.2f / %.2f", r.RigCPU, r.RigLateP99)},
	}
	if w, o := r.Watched, r.Without; w != nil && o != nil {
		table = append(table, [][2]string{
			{"watchers / lost / began again", fmt.Sprint(w.Watchers, " / ", w.Lost, " / ", w.Gaps)},
			{"events a second, to each of them", fmt.Sprint(w.PerSecond)},
			{"behind p50 / p99 / max, ms", fmt.Sprintf("%.1f / %.1f / %.1f", w.BehindP50, w.BehindP99, w.BehindMax)},
			{"without them: failed / gaps / left out", fmt.Sprint(o.Failed, " / ", o.Gaps, " / ", o.Skips)},
			{"without them: inter-arrival p99, ms", fmt.Sprintf("%.2f (bare timer p99 %.2f)", o.InterarrivalP99, o.BareTimerP99)},
			{"without them: server / rig CPU, cores", fmt.Sprintf("%.2f / %.2f", o.ServerCPU, o.RigCPU)},
		}...)
	}
	for _, row := range table {
		fmt.Printf("  %-38s %s\n", row[0], row[1])
	}
	for i, k := range r.Runs {
		if k.Watched != nil && k.Without != nil {
			fmt.Printf("  run %d: with watchers p99 %.2f ms, gaps %d, behind p99 %.1f ms; without p99 %.2f ms, gaps %d\n", i+1, k.InterarrivalP99, k.Gaps, k.Watched.BehindP99, k.Without.InterarrivalP99, k.Without.Gaps)
		}
		fmt.Printf("  run %d: p99 %.2f ms, gaps %d, left out %d, %.2f cores, set-up p95 %.1f ms, first audio p95 %.1f ms, failed %d %s\n", i+1, k.InterarrivalP99, k.Gaps, k.Skips, k.ServerCPU, k.SetupP95, k.FirstAudioP95, k.Failed, k.RigLimit)
	}
	for _, e := range r.Errors {
		fmt.Println("  error:", e)
	}
	return nil
}
