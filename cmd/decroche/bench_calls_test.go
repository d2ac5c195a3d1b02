package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"decroche/bench/callers"
	"decroche/bench/relay"
	"decroche/configs"
)

// output runs f and returns what it printed on stdout. The benches print only when they are done.
func output(t *testing.T, f func() error) (string, error) {
	t.Helper()
	was := os.Stdout
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	os.Stdout = w
	got := make(chan string)
	go func() {
		b, _ := io.ReadAll(r)
		got <- string(b)
	}()
	err = f()
	os.Stdout = was
	_ = w.Close()
	return <-got, err
}

// unjudged lets a bench's verdict pass: on a machine that tests share, times mean nothing.
func unjudged(t *testing.T, err error) {
	t.Helper()
	var e *exitError
	if err != nil && !(errors.As(err, &e) && e.code == exitOutcome) {
		t.Fatal(err)
	}
}

// TestBenchCalls rings a gateway of its own a dozen times.
func TestBenchCalls(t *testing.T) {
	text, err := output(t, func() error {
		return (&benchCallsCmd{Calls: 12, Rate: 50, Seconds: 4.5, Codec: "PCMA", Repeat: 1, JSON: true}).Run(t.Context(), &globals{})
	})
	unjudged(t, err)
	var r callsReport
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
	if r.Calls != 12 || r.Failed > 0 || r.Packets == 0 || r.ServerRSS == 0 || r.Goroutines == 0 {
		t.Errorf("%s", text)
	}
	for _, key := range []string{"calls", "failed", "packets", "gaps", "interarrival_p50_ms", "interarrival_p99_ms", "setup_p95_ms", "first_audio_p95_ms", "server_cpu_cores", "server_rss_bytes"} {
		if !strings.Contains(text, `"`+key+`"`) {
			t.Errorf("no key %q in %s", key, text)
		}
	}
}

func TestBenchCallsFromOneAddress(t *testing.T) {
	t.Parallel()
	r, err := (&benchCallsCmd{Calls: 12, Rate: 50, Codec: "PCMU", OneIP: true}).once(t.Context(), "calls", 4500*time.Millisecond, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r.Calls != 12 || r.Failed > 0 || r.Packets == 0 || !r.OneIP {
		t.Errorf("%+v", r)
	}
}

// Supervisors who watch see what the calls do, and the same calls are measured without them.
func TestBenchCallsWithWatchers(t *testing.T) {
	t.Parallel()
	r, err := (&benchCallsCmd{Calls: 6, Rate: 50, Codec: "PCMA", Watchers: 5}).round(t.Context(), "calls", 4500*time.Millisecond, 1)
	if err != nil {
		t.Fatal(err)
	}
	w := r.Watched
	if w == nil || r.Without == nil || r.Without.Calls != 6 || r.Without.Watched != nil || r.Calls != 6 {
		t.Fatalf("%+v", r)
	}
	if w.Watchers != 5 || w.Lost > 0 || w.Events < 5*6*2 || w.Most-w.Fewest > 2 && w.Gaps == 0 || w.BehindP50 <= 0 || w.PerSecond <= 0 {
		t.Errorf("%+v", w)
	}
	if bad := (callsReport{Watched: &watchersReport{Watchers: 5, Lost: 1, Error: "503"}}).wrong(); !strings.Contains(bad, "1 of 5 watchers lost") {
		t.Errorf("%q", bad)
	}
}

func TestBenchCallsRefusesNonsense(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]benchCallsCmd{
		"--seconds 5 leaves no time":       {Calls: 2000, Rate: 200, Seconds: 5, Repeat: 1},
		"--watchers 2000: choose":          {Calls: 1, Rate: 1, Seconds: 20, Repeat: 1, Watchers: 2000},
		"leave --target out":               {Target: "sip:a@127.0.0.1:9", Calls: 1, Rate: 1, Seconds: 20, Repeat: 1, Watchers: 1},
		"--repeat 0":                       {Calls: 1, Rate: 1, Seconds: 20},
		"target: \"x\" is no SIP address":  {Target: "x", Calls: 1, Rate: 1, Seconds: 20, Repeat: 1, Codec: "PCMA"},
		"--pid 999999999: bench: read the": {Target: "sip:a@127.0.0.1:9", PID: 999999999, Calls: 1, Rate: 1, Seconds: 20, Repeat: 1, Codec: "PCMA"},
	} {
		if err := c.Run(t.Context(), &globals{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// The benches run beside each other: most of their time is spent waiting, and none is judged by it.

func TestBenchVAD(t *testing.T) {
	t.Parallel()
	r, err := (&benchVADCmd{Calls: 6, Rate: 50, Turns: 1, Seconds: 5}).once(t.Context(), "vad")
	if err != nil {
		t.Fatal(err)
	}
	if r.Calls != 6 || r.Failed > 0 || r.Turns < 6 || r.Missed > 0 || r.AnswerP50 <= 0 {
		t.Errorf("%+v", r)
	}
}

func TestBenchMedia(t *testing.T) {
	t.Parallel()
	c := benchMediaCmd{Calls: 8, Flows: 20, Rate: 50, Seconds: 1, Rounds: 1}
	for _, side := range []string{"ours", "reference"} {
		for what, measure := range map[string]func(context.Context, string, int) (mediaRound, error){"send": c.send, "serve": c.serve} {
			m, err := measure(t.Context(), side, 1)
			if err != nil || m.Failed > 0 || m.Sent < 0.3 {
				t.Errorf("%s of %s: %+v, %v", what, side, m, err)
			}
		}
	}
}

func TestBenchBargein(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	r, err := (&benchBargeinCmd{Calls: 4, Sounds: 2, Rate: 20}).once(t.Context(), "barge-in")
	if err != nil {
		t.Fatal(err)
	}
	if r.Failed > 0 || r.Turns != 4 || r.Listening != 4 || r.StopP95 <= 0 || r.Fixtures == "" {
		t.Errorf("%+v", r)
	}
}

func TestBenchConversation(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	engines := []string{"mock"}
	if os.Getenv("DECROCHE_LONG") != "" {
		engines = append(engines, "embedded") // which loads for long under the race detector
	}
	for _, engine := range engines {
		c := &benchConversationCmd{Engine: engine, Ladder: []int{2}, Waves: 1, Turns: 1, Ramp: 0, Off: 1000}
		set, err := c.scene(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		st, err := set.step(t.Context(), c, 2)
		void := set.void(t.Context())
		set.close()
		if err != nil || st.Calls != 2 || st.Turns != 2 || st.Failed > 0 || set.report.Fixtures == "" {
			t.Errorf("%s: %+v, %v, %s", engine, st, err, void)
		}
	}
}

// An echo comes back, and each rung is a configuration that a gateway serves with.
func TestConversationRungs(t *testing.T) {
	t.Parallel()
	p50, p99, err := echoFloor(t.Context(), 3)
	var busy *exitError
	if err != nil && !errors.As(err, &busy) || err == nil && (p50 <= 0 || p99 < p50) {
		t.Errorf("an echo comes back after %v, %v ms: %v", p50, p99, err)
	}
	for rung, extra := range rungs {
		cfg, err := configs.Parse("decroche.yaml", []byte(extra+"\n"))
		if err != nil {
			t.Errorf("%s: %v", rung, err)
			continue
		}
		if cfg.Gateway.Call.Speculate != (rung == "model+speculative" || rung == "slots") || (cfg.Gateway.Turn.Free == time.Second) != (rung == "timer") || (cfg.Gateway.Turn.Digits.Partial > time.Second) != (rung == "slots") {
			t.Errorf("%s: %+v, %+v", rung, cfg.Gateway.Call, cfg.Gateway.Turn)
		}
	}
}

func TestConversationVerdict(t *testing.T) {
	t.Parallel()
	good := convStep{Sessions: 4, Calls: 12, P95: 1000, Sent: 1, ServerCPU: 0.1}
	for _, c := range []struct {
		name   string
		change func(*convStep)
		want   int
	}{
		{"good", func(s *convStep) {}, 8},
		{"slower", func(s *convStep) { s.P95 = 1251 }, 4},
		{"just fast enough", func(s *convStep) { s.P95 = 1250 }, 8},
		{"failures", func(s *convStep) { s.Calls, s.Failed = 1000, 5 }, 4},
		{"few failures", func(s *convStep) { s.Calls, s.Failed = 1000, 4 }, 8},
		{"rig", func(s *convStep) { s.RigLimit = "late" }, 4},
		{"saturated", func(s *convStep) { s.Sent = 0.9 }, 4},
	} {
		next := good
		next.Sessions = 8
		c.change(&next)
		r := convReport{Steps: []convStep{good, next}, Knee: "not found"}
		r.judge()
		if r.Sustainable != c.want || (c.want == 8) != (r.Knee == "not found") {
			t.Errorf("%s: %d sustainable, knee %s", c.name, r.Sustainable, r.Knee)
		}
	}
}

func TestBenchRelayAndSoakSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	for want, run := range map[string]func() error{
		"--loss: 2 is not":       func() error { return (&benchRelayCmd{Calls: 1, Waves: 1, Turns: 1, Loss: 200}).Run(t.Context(), nil) },
		"--turns 1 to 5":         func() error { return (&benchRelayCmd{Calls: 1, Waves: 1, Turns: 6}).Run(t.Context(), nil) },
		"--minutes at least 0.5": func() error { return (&benchSoakCmd{Calls: 1, Minutes: 0.1, Each: time.Minute}).Run(t.Context(), nil) },
		"--from 3 lies behind": func() error {
			return (&benchSoakCmd{Calls: 1, Minutes: 1, Each: 5 * time.Second, From: 3}).Run(t.Context(), nil)
		},
		"--pid is needed": func() error {
			return (&benchSoakCmd{Target: "sip:a@127.0.0.1:9", Calls: 1, Minutes: 1, Each: 5 * time.Second}).Run(t.Context(), nil)
		},
		"does not climb": func() error {
			return (&benchConversationCmd{Ladder: []int{4, 2}, Waves: 1, Turns: 1, Off: 1}).Run(t.Context(), nil)
		},
		"must name a count": func() error { return (&benchConversationCmd{Waves: 1, Turns: 1}).Run(t.Context(), nil) },
		"no result of bench": func() error {
			return (&benchConversationCmd{Ladder: []int{1}, Waves: 1, Turns: 1, Off: 1, Compare: "bench.go"}).Run(t.Context(), nil)
		},
		"--off: NaN": func() error {
			return (&benchConversationCmd{Ladder: []int{1}, Waves: 1, Turns: 1, Off: math.NaN()}).Run(t.Context(), nil)
		},
		"--off: -1": func() error { return (&benchRelayCmd{Calls: 1, Waves: 1, Turns: 1, Off: -1}).Run(t.Context(), nil) },
		"--from: NaN": func() error {
			return (&benchSoakCmd{Calls: 1, Minutes: 1, Each: 5 * time.Second, From: math.NaN()}).Run(t.Context(), nil)
		},
		"--flows: 0": func() error { return (&benchMediaCmd{Rounds: 1, Seconds: 1, Calls: 1, Rate: 1}).Run(t.Context(), nil) },
		"--calls: 0": func() error { return (&benchMediaCmd{Rounds: 1, Seconds: 1, Flows: 1, Rate: 1}).Run(t.Context(), nil) },
		"--rate: NaN": func() error {
			return (&benchMediaCmd{Rounds: 1, Seconds: 1, Flows: 1, Calls: 1, Rate: math.NaN()}).Run(t.Context(), nil)
		},
		"--target: \"x\" is no SIP": func() error {
			return (&benchMediaCmd{Rounds: 1, Seconds: 1, Flows: 1, Calls: 1, Rate: 1, Target: "x"}).Run(t.Context(), nil)
		},
		"and --seconds NaN":   func() error { return (&benchMediaCmd{Rounds: 1, Seconds: math.NaN()}).Run(t.Context(), nil) },
		"no turns in the set": func() error { return (&benchTurnsCmd{Lag: "shipped", Split: "tune", Classes: "ZZ"}).Run(t.Context()) },
		"--rounds 0":          func() error { return (&benchMediaCmd{}).Run(t.Context(), nil) },
		"--turns, --repeat":   func() error { return (&benchVADCmd{}).Run(t.Context(), nil) },
		"--sounds at least 2": func() error { return (&benchBargeinCmd{Calls: 1, Rate: 1, Repeat: 1, Sounds: 1}).Run(t.Context(), nil) },
	} {
		if err := run(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestSoakComparesMinutes(t *testing.T) {
	t.Parallel()
	r := soakReport{Minutes: 60}
	for m := 1.0; m <= 60; m++ {
		r.Points = append(r.Points, soakPoint{Minute: m, RSS: int64(1000 + 10*m), Goroutines: 100, FDs: 10})
	}
	r.fill(&callers.Result{}, 10*time.Minute)
	if w := (soakReport{FDsRatio: 1.054, FDsMore: 2}).wrong(); w != "" {
		t.Errorf("two more files: %q", w)
	}
	if w := (soakReport{FDsRatio: 1.3, FDsMore: 12}).wrong(); !strings.Contains(w, "grows") {
		t.Errorf("twelve more files: %q", w)
	}
	if r.RSSRatio < 1.4 || r.RSSRatio > 1.46 || r.GoroutinesRatio != 1 || r.FDsRatio != 1 || r.LastHalf < 0.2 {
		t.Errorf("%+v", r)
	}
}

func TestBenchRelay(t *testing.T) {
	t.Parallel()
	needs(t, "espeak-ng")
	c := &benchRelayCmd{Calls: 2, Waves: 1, Turns: 1, Off: 1000}
	set, err := mockTalks(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer set.close()
	var l lineReport
	if err := c.wave(t.Context(), set, &l, relay.Options{Loss: 0.03, Jitter: 40 * time.Millisecond, Reorder: 0.02, Seed: 1}, "line"); err != nil {
		t.Fatal(err)
	}
	if l.Calls != 2 || l.Failed > 0 || l.Passed == 0 || l.Lost == 0 {
		t.Errorf("%+v", l)
	}
}
