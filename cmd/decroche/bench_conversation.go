package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"decroche/bench"
	"decroche/bench/callers"
	"decroche/bench/mock"
	"decroche/gateway/turn"
	"decroche/internal/loopback"
	"decroche/media"
	"decroche/tts/espeak"
)

// benchConversationCmd finds how many conversations at once are sustainable, by the method of the
// public benchmark of voice platforms: byte-identical callers, engines with fixed delays, a ladder
// of session counts, and beside the latency what it leaves out, the wrong turns.
type benchConversationCmd struct {
	Engine  string        `help:"mock: recogniser, model and voice with fixed delays in a process of their own. embedded: the embedded recogniser for every caller, no model, a voice that costs nothing." default:"mock" enum:"mock,embedded"`
	Rung    string        `help:"How turns end. timer: after a second of silence, whatever was said. model: as the gateway decides for free speech, whatever was asked, and nothing is prepared. model+speculative: answers are prepared too. slots: by what was asked as well, as it is shipped." default:"slots" enum:"timer,model,model+speculative,slots"`
	Ladder  []int         `help:"Sessions at once, step by step; the first step is the unloaded figure." default:"4,25,50,100,150,200,300"`
	Waves   int           `help:"How often each step is played." default:"3"`
	Turns   int           `help:"Turns of each conversation, 1 to 8." default:"8"`
	Ramp    time.Duration `help:"Time in which a wave's sessions begin." default:"10s"`
	Off     float64       `help:"Milliseconds that a mock engine may be off its delay; beyond it the bench refuses to measure." default:"2"`
	Compare string        `help:"Result of an earlier run with --json, to be shown beside; it must have the same fixtures and delays." type:"existingfile" placeholder:"FILE"`
	JSON    bool          `help:"Print one JSON object." name:"json"`
}

// convStep is one count of sessions, all waves together.
type convStep struct {
	Sessions   int     `json:"sessions"`
	Calls      int     `json:"calls"`
	Failed     int     `json:"failed"`
	Turns      int     `json:"turns"`
	P50        float64 `json:"answer_p50_ms"`
	P95        float64 `json:"answer_p95_ms"`
	CutOff     int     `json:"cut_off"` // turns in which the bot spoke before the caller had finished
	Missed     int     `json:"missed"`  // turns without an answer
	Wrong      float64 `json:"wrong_turn_rate"`
	Sent       float64 `json:"sent"` // packets of those due
	InterP99   float64 `json:"interarrival_p99_ms"`
	Bare       float64 `json:"bare_timer_p99_ms"`
	ServerCPU  float64 `json:"server_cpu_cores"`
	EnginesCPU float64 `json:"engines_cpu_cores"`
	RigCPU     float64 `json:"rig_cpu_cores"`
	RSS        int64   `json:"server_rss_bytes"`
	PSS        int64   `json:"server_pss_bytes"`
	FDs        int     `json:"server_fds"`
	Goroutines float64 `json:"server_goroutines"`
	GCPause    float64 `json:"server_gc_pause_max_ms"`
	RigLimit   string  `json:"rig_limit,omitempty"`
	Error      string  `json:"error,omitempty"` // the first
}

// convReport is what --json prints; scripts rely on the names.
type convReport struct {
	Engine      string            `json:"engine"`
	Rung        string            `json:"rung"`
	Fixtures    string            `json:"fixtures"`
	Delays      mock.Delays       `json:"delays"`
	Calibration *mock.Calibration `json:"calibration,omitempty"`
	FloorMS     float64           `json:"engines_floor_ms"` // what the engines alone take in a turn, one after the other
	EchoP50     float64           `json:"echo_p50_ms"`      // what the callers' side adds to every latency: a frame to a server that sends it back at once
	EchoP99     float64           `json:"echo_p99_ms"`
	Machine     string            `json:"machine"`
	Sustainable int               `json:"sustainable_sessions"`
	Knee        string            `json:"knee"` // why the next step is none; "not found" when every step is sustainable
	PerCore     float64           `json:"sessions_per_core_consumed"`
	PerCPU      float64           `json:"sessions_per_cpu_allocated"`
	Strays      int64             `json:"strays"`         // sentences that do not belong to the conversation: answers to halves of turns, and to words so far
	Void        string            `json:"void,omitempty"` // why nothing may be concluded
	Steps       []convStep        `json:"steps"`
}

// The rules of the method.
const (
	mostFailures  = 0.005
	mostSlower    = 1.25
	giveUp        = 0.25 // failures at which the ladder ends
	sentTolerance = 0.001
	mostStrays    = 4 // sentences that one wrong turn explains
)

// Run climbs the ladder. Exit code 3: the rig was the limit, the run is void, or no step is sustainable.
func (c *benchConversationCmd) Run(ctx context.Context, _ *globals) error {
	if c.Waves < 1 || c.Turns < 1 || c.Turns > len(bench.AirlineLines(99)) || c.Ramp < 0 || len(c.Ladder) == 0 {
		return fmt.Errorf("--waves and --turns must be at least 1, --turns at most %d, and --ladder must name a count", len(bench.AirlineLines(99)))
	}
	if !(c.Off > 0) {
		return fmt.Errorf("--off: %v is not above 0 ms; 2 is usual", c.Off)
	}
	for i, n := range c.Ladder {
		if n < 1 || n > callers.MostCalls || i > 0 && n <= c.Ladder[i-1] {
			return fmt.Errorf("--ladder: %v does not climb, or leaves 1 to %d", c.Ladder, callers.MostCalls)
		}
	}
	var other *convReport
	if c.Compare != "" {
		b, err := os.ReadFile(c.Compare)
		if err == nil {
			err = json.Unmarshal(b, &other)
		}
		if err != nil || other.Fixtures == "" {
			return fmt.Errorf("--compare %s is no result of bench conversation --json: %v", c.Compare, err)
		}
	}
	set, err := c.scene(ctx)
	if err != nil {
		return err
	}
	defer set.close()
	if set.report.EchoP50, set.report.EchoP99, err = echoFloor(ctx, c.Ladder[0]); err != nil {
		return err
	}
	if other != nil && (other.Fixtures != set.report.Fixtures || other.Delays != set.report.Delays || other.Engine != c.Engine) {
		return fmt.Errorf("--compare %s had other callers or other engines (fixtures %s, delays %+v, here %s, %+v); figures of different conversations must not stand side by side", c.Compare, other.Fixtures, other.Delays, set.report.Fixtures, set.report.Delays)
	}
	for _, n := range c.Ladder {
		step, err := set.step(ctx, c, n)
		if err != nil {
			return err
		}
		if ctx.Err() != nil {
			break // what was stopped in the middle is no step
		}
		set.report.Steps = append(set.report.Steps, step)
		if float64(step.Failed) > giveUp*float64(step.Calls) {
			break
		}
	}
	if len(set.report.Steps) == 0 {
		return errors.New("stopped before the first step was over, so nothing is known")
	}
	void := set.void(ctx)
	r := set.report
	r.Void = void
	r.judge()
	if c.JSON {
		if err := printJSON(os.Stdout, r); err != nil {
			return err
		}
	} else {
		r.print()
		if other != nil {
			fmt.Printf("\nto compare, %s:\n", c.Compare)
			other.print()
		}
	}
	switch {
	case r.Void != "":
		return &exitError{exitOutcome, errors.New("the run is void: " + r.Void)}
	case r.Sustainable == 0:
		return &exitError{exitOutcome, errors.New("no step is sustainable: " + r.Knee)}
	}
	return nil
}

// convScene is the gateway, the engines and the callers' lines.
type convScene struct {
	dir     string
	lines   []callers.Line
	server  server
	engines *child // nil when they are in the gateway
	base    string // of the engines
	report  convReport
}

// scene renders the fixtures and starts everything, the engines first: they must keep time.
func (c *benchConversationCmd) scene(ctx context.Context) (_ *convScene, err error) {
	mouth, err := espeak.New(espeak.DefaultConfig())
	if err != nil {
		return nil, fmt.Errorf("callers speak with espeak-ng: %w", err)
	}
	fixtures, err := bench.Make(ctx, mouth, bench.AirlineLines(c.Turns))
	if err != nil {
		return nil, err
	}
	s := &convScene{report: convReport{Engine: c.Engine, Rung: c.Rung, Fixtures: bench.Hash(fixtures), Machine: machine(), Knee: "not found"}}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	for _, f := range fixtures {
		s.lines = append(s.lines, callers.Line{Name: f.Text, Clip: callers.NewClip(f.PCM)})
	}
	if s.dir, err = os.MkdirTemp("", "decroche-"); err != nil {
		return s, err
	}
	most := c.Ladder[len(c.Ladder)-1]
	if c.Engine == "embedded" {
		// Each answer is the next question: whatever was recognised, the conversation goes on.
		s.server.set, err = startGateway(ctx, bench.Bot{Greeting: 3 * time.Second, Reply: 2 * time.Second}, most, []string{"bench", "gateway", "--real"}, rungs[c.Rung])
		if err != nil {
			return s, err
		}
		s.server.pid = s.server.set.gatewayPID()
		return s, nil
	}
	if err = bench.SaveFixtures(s.dir, fixtures); err != nil {
		return s, err
	}
	if err = s.startEngines(ctx, c.Off); err != nil {
		return s, err
	}
	host := s.base[len("http://"):]
	s.server.set, err = startGateway(ctx, bench.Airline{}, most, []string{"serve", "--quiet"}, rungs[c.Rung],
		fmt.Sprintf("asr: {engine: vosk, vosk: {urls: {fr: \"ws://%s/vosk\"}, rate: 8000}}", host),
		fmt.Sprintf("understand: {url: %q, model: mock, timeout: 3s, max_open: 10000}", s.base+"/v1"),
		fmt.Sprintf("tts: {engine: openai, openai: {url: %q, model: mock, voices: {fr: mock, en: mock}, format: pcm, rate: 8000}}", s.base+"/v1"))
	if err != nil {
		return s, err
	}
	s.server.pid = s.server.set.gatewayPID()
	resp, err := http.Post(s.base+"/begin", "", nil)
	if err != nil {
		return s, err
	}
	return s, resp.Body.Close()
}

// rungs are what each --rung adds to the gateway's configuration.
var rungs = map[string]string{
	"timer":             "call: {speculate: false}\n" + oneSilence("1s", "free", "filler", "short"),
	"model":             "call: {speculate: false}\n" + oneSilence(turn.DefaultConfig().Free.String()),
	"model+speculative": oneSilence(turn.DefaultConfig().Free.String()),
	"slots":             "",
}

// oneSilence is a configuration in which the same silence ends every answer, whatever was asked for,
// and what more keys of turn are set to it.
func oneSilence(d string, more ...string) string {
	var b strings.Builder
	b.WriteString("turn:\n")
	for _, key := range more {
		fmt.Fprintf(&b, "  %s: %s\n", key, d)
	}
	for _, kind := range []string{"yes_no", "list", "digits", "phone", "postcode", "spelled", "number", "amount", "date", "time", "email", "text"} {
		fmt.Fprintf(&b, "  %s: {complete: %s, possible: %[2]s, partial: %[2]s}\n", kind, d)
	}
	return b.String()
}

// echoFloor is how long a frame of one of so many callers takes to a server that does nothing but
// send it back, at the median and at the 99th percentile: no latency that they measure is shorter.
func echoFloor(ctx context.Context, calls int) (p50, p99 float64, err error) {
	port, err := loopback.Port()
	if err != nil {
		return 0, 0, err
	}
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	echo, err := startChild(ctx, "bench", "reference", "--echo", "--listen", addr)
	if err != nil {
		return 0, 0, err
	}
	defer echo.stop()
	pings := make([]*callers.Pinger, calls)
	click := make([]int16, media.PhoneRate/50)
	for i := range click {
		click[i] = 8000
	}
	clip := callers.NewClip(click)
	res, err := callers.Run(ctx, callers.Options{
		Target: "sip:echo@" + addr, Calls: calls, Rate: 200, Stay: 3*time.Second + time.Duration(calls)*5*time.Millisecond,
		Script: func(i int) callers.Script {
			pings[i] = &callers.Pinger{Clip: clip, Every: 200 * time.Millisecond}
			return pings[i]
		},
		Tell: func(done, of int) { progress("echo", done, of) },
	})
	if err != nil {
		return 0, 0, err
	}
	var trips []float64
	lost := 0
	for _, p := range pings[:len(res.Calls)] {
		lost += p.Lost
		for _, d := range p.Trips {
			trips = append(trips, ms(d))
		}
	}
	if len(trips) == 0 || lost > len(trips)/100 {
		return 0, 0, &exitError{exitOutcome, fmt.Errorf("of an echo on this machine %d frames came back and %d did not, so the rig is the limit; try again when it is less busy", len(trips), lost)}
	}
	return round3(bench.Percentile(trips, 50)), round3(bench.Percentile(trips, 99)), nil
}

// startEngines starts the mocks and refuses engines that do not keep their time.
func (s *convScene) startEngines(ctx context.Context, most float64) error {
	port, err := loopback.Port()
	if err != nil {
		return err
	}
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	if s.engines, err = startChild(ctx, "bench", "engines", "--listen", addr, "--book", s.dir); err != nil {
		return err
	}
	s.base = "http://" + addr
	d := mock.Usual()
	cal, err := mock.Calibrate(ctx, s.base)
	if err != nil {
		return err
	}
	s.report.Delays, s.report.Calibration, s.report.FloorMS = d, &cal, ms(d.Floor())
	if off := cal.Off(d); off > most {
		return &exitError{exitOutcome, fmt.Errorf("the mock engines are %.1f ms off their delays (%+v); at most %v ms is allowed (--off), so this machine is too busy to measure on", off, cal, most)}
	}
	return nil
}

func (s *convScene) close() {
	if s.server.set != nil {
		s.server.set.stop()
	}
	if s.engines != nil {
		s.engines.stop()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}

// void asks the engines whether every conversation kept to its path.
func (s *convScene) void(ctx context.Context) string {
	if s.engines == nil {
		return ""
	}
	req, err := http.NewRequestWithContext(context.WithoutCancel(ctx), http.MethodGet, s.base+"/stats", nil)
	if err != nil {
		return err.Error()
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "the mock engines are gone: " + err.Error()
	}
	defer resp.Body.Close()
	var st mock.Stats
	if err := json.NewDecoder(resp.Body).Decode(&st); err != nil {
		return err.Error()
	}
	wrong, good := 0, 0
	for _, step := range s.report.Steps {
		wrong += step.CutOff + step.Missed
		good += step.Turns - step.CutOff - step.Missed
	}
	s.report.Strays = st.Unknown
	// A turn that was cut in two is answered with "pardon?", which is no mystery; an answer prepared for
	// words that were not the last is said to nobody.
	guesses := int64(metric(context.WithoutCancel(ctx), s.server.set, `decroche_speculations_total{end="discarded"} `))
	if st.Unknown > int64(mostStrays*wrong)+guesses {
		return fmt.Sprintf("the bot said %d sentences that do not belong to the conversation, such as %q", st.Unknown, st.Strange)
	}
	if n := st.Sentences - st.Unknown; n < int64(good)*95/100 { // every answer has a number of its own, so no cache has it
		return fmt.Sprintf("%d answers were heard and the voice was asked for %d: callers were told something else", good, n)
	}
	return ""
}

// step plays one count of sessions, wave after wave.
func (s *convScene) step(ctx context.Context, c *benchConversationCmd, n int) (convStep, error) {
	st := convStep{Sessions: n}
	var answers, cpu, engines, rig []float64
	var rate, due float64
	for wave := range c.Waves {
		talks := make([]*callers.Dialogue, n)
		what := fmt.Sprintf("%d sessions, wave %d of %d", n, wave+1, c.Waves)
		per := float64(n) / max(c.Ramp.Seconds(), 0.1)
		o := callers.Options{
			Target: "sip:bench@" + s.server.set.sip, Calls: n, Rate: per, Stay: time.Duration(c.Turns+2) * 20 * time.Second,
			Tell: func(done, of int) { progress(what, done, of) },
			Script: func(i int) callers.Script {
				talks[i] = &callers.Dialogue{Lines: s.lines, Quiet: 500 * time.Millisecond, Pause: time.Duration(i*37%1000) * time.Millisecond, Patience: 10 * time.Second}
				return talks[i]
			},
		}
		var from bench.Usage
		if s.engines != nil {
			from, _ = bench.ReadUsage(s.engines.cmd.Process.Pid)
		}
		res, err := s.server.measure(ctx, o)
		if err != nil {
			return st, err
		}
		w := s.server.window()
		if w.RSS > 0 {
			cpu, rig = append(cpu, w.Cores), append(rig, bench.Cores(s.server.selfFrom, s.server.selfTo))
			st.RSS, st.PSS, st.FDs, st.Goroutines = max(st.RSS, w.RSS), max(st.PSS, w.PSS), max(st.FDs, w.FDs), max(st.Goroutines, s.server.goroutines)
		}
		if s.engines != nil {
			to, _ := bench.ReadUsage(s.engines.cmd.Process.Pid)
			engines = append(engines, bench.Cores(from, to))
		}
		if res.RigLimit != "" {
			st.RigLimit = res.RigLimit
		}
		st.InterP99, st.Bare = max(st.InterP99, res.Inter.Percentile(99)), max(st.Bare, res.Bare.Percentile(99))
		for i, k := range res.Calls {
			st.Calls++
			if k.Err != nil {
				st.Failed++
				if st.Error == "" {
					st.Error = k.Err.Error()
				}
			}
			rate += float64(k.Stats.Packets)
			due += k.Stayed.Seconds() * 50
			for _, x := range talks[i].Exchanges {
				st.Turns++
				switch {
				case x.Missed:
					st.Missed++
				case x.CutOff:
					st.CutOff++
				default:
					answers = append(answers, ms(x.Answer))
				}
			}
		}
	}
	st.P50, st.P95 = round3(bench.Percentile(answers, 50)), round3(bench.Percentile(answers, 95))
	st.ServerCPU, st.EnginesCPU, st.RigCPU = round3(bench.Percentile(cpu, 50)), round3(bench.Percentile(engines, 50)), round3(bench.Percentile(rig, 50))
	st.GCPause = round3(1000 * metric(ctx, s.server.set, `go_gc_duration_seconds{quantile="1"} `))
	if due > 0 {
		st.Sent = round3(rate / due)
	}
	if st.Turns > 0 {
		st.Wrong = float64(st.CutOff+st.Missed) / float64(st.Turns)
	}
	return st, nil
}

// judge finds the highest sustainable step.
func (r *convReport) judge() {
	unloaded := r.Steps[0].P95
	for _, st := range r.Steps {
		switch {
		case st.RigLimit != "":
			r.Knee = fmt.Sprintf("at %d sessions the rig was the limit: %s", st.Sessions, st.RigLimit)
			if r.Void == "" && r.Sustainable == 0 {
				r.Void = r.Knee
			}
			return
		case float64(st.Failed) >= mostFailures*float64(st.Calls) && st.Failed > 0:
			r.Knee = fmt.Sprintf("at %d sessions %d of %d calls failed (%s)", st.Sessions, st.Failed, st.Calls, st.Error)
			return
		case st.P95 > mostSlower*unloaded:
			r.Knee = fmt.Sprintf("at %d sessions p95 is %.0f ms, unloaded %.0f ms", st.Sessions, st.P95, unloaded)
			return
		case st.Sent < 1-sentTolerance*10 && st.Sent > 0 && st.Sent < r.Steps[0].Sent-sentTolerance:
			r.Knee = fmt.Sprintf("at %d sessions only %.2f %% of the packets were sent: saturated", st.Sessions, 100*st.Sent)
			return
		}
		r.Sustainable = st.Sessions
		if st.ServerCPU > 0 {
			r.PerCore = round3(float64(st.Sessions) / st.ServerCPU)
		}
		r.PerCPU = round3(float64(st.Sessions) / float64(cpus()))
	}
}

func (r convReport) print() {
	fmt.Printf("conversations with %s engines, turns by %s, fixtures %s; %s\n", r.Engine, r.Rung, r.Fixtures, r.Machine)
	if r.Calibration != nil {
		fmt.Printf("  engines: final %v, model %v, voice %v (measured %.1f, %.1f, %.1f ms); one after the other %.0f ms a turn\n",
			r.Delays.Final, r.Delays.Model(), r.Delays.FirstAudio, r.Calibration.FinalMS, r.Calibration.ModelMS, r.Calibration.AudioMS, r.FloorMS)
	}
	fmt.Printf("  callers: an echo comes back after %.1f ms (p50), %.1f ms (p99); that is in every latency\n", r.EchoP50, r.EchoP99)
	fmt.Printf("  %8s %7s %7s %8s %8s %8s %8s %9s %8s %8s %8s %7s\n", "sessions", "calls", "failed", "p50 ms", "p95 ms", "cut off", "missed", "sent", "server", "engines", "rig", "MiB")
	for _, st := range r.Steps {
		fmt.Printf("  %8d %7d %7d %8.0f %8.0f %8d %8d %8.2f%% %8.3f %8.3f %8.3f %7d\n", st.Sessions, st.Calls, st.Failed, st.P50, st.P95, st.CutOff, st.Missed, 100*st.Sent, st.ServerCPU, st.EnginesCPU, st.RigCPU, st.RSS>>20)
		if st.Error != "" {
			fmt.Printf("           error: %s\n", st.Error)
		}
	}
	fmt.Printf("  sustainable: %d sessions; knee: %s; %d stray sentences\n", r.Sustainable, r.Knee, r.Strays)
	if r.PerCore > 0 {
		fmt.Printf("  %.0f sessions per core consumed by the server, %.0f per CPU of the machine: two figures that must not be mixed\n", r.PerCore, r.PerCPU)
	}
}

// benchEnginesCmd is the mock engines; bench conversation starts it.
type benchEnginesCmd struct {
	Listen string `help:"Address." required:""`
	Book   string `help:"Fixtures that the recogniser knows." required:"" placeholder:"DIR"`
}

// Run serves until a signal.
func (c *benchEnginesCmd) Run(ctx context.Context) error {
	book, err := bench.LoadBook(c.Book)
	if err != nil {
		return err
	}
	srv := &http.Server{Addr: c.Listen, Handler: mock.New(mock.Usual(), book, bench.Intent, regexp.MustCompile(bench.Answers)), ReadHeaderTimeout: 10 * time.Second}
	l, err := listenTCP(ctx, c.Listen)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
