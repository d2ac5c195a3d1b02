package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"decroche/bench"
	"decroche/internal/phone"
)

// unseen are espeak-ng variants that training of the embedded recogniser holds out.
var unseen = []string{"f3", "m5", "Annie", "Hugo", "steph2", "victor", "linda", "Mario", "zac", "paul"}

type benchErrandsCmd struct {
	Target  string        `help:"SIP address to ring. Without it, a gateway with the demo hotline is started." placeholder:"SIP-URI"`
	Calls   int           `help:"Calls at once." default:"50"`
	Rate    float64       `help:"New calls per second." default:"5"`
	Seconds int           `help:"How long each call lasts." default:"60"`
	Listen  bool          `help:"Say nothing, only listen: for servers that are not ours."`
	PID     int           `help:"Process of the server, to read its CPU and memory." name:"pid"`
	Systems string        `help:"The demo companies' systems." default:"bin/demosystems" aliases:"orders"`
	JSON    bool          `help:"Print one JSON object." name:"json"`
	Settle  time.Duration `help:"How long the server may take to be idle again after the last BYE." default:"40s"`
	Sipp    int           `help:"Let SIPp place this many calls beside, to the same server." default:"0"`
}

// errandsReport is what --json prints; scripts rely on the names.
type errandsReport struct {
	Calls           int      `json:"calls"`
	Failed          int      `json:"failed"`
	Packets         uint64   `json:"packets"`
	Gaps            uint64   `json:"gaps"`
	InterarrivalP50 float64  `json:"interarrival_p50_ms"`
	InterarrivalP99 float64  `json:"interarrival_p99_ms"`
	SetupP95        float64  `json:"setup_p95_ms"`
	FirstAudioP95   float64  `json:"first_audio_p95_ms"`
	AnswerP50       float64  `json:"answer_p50_ms"`
	AnswerP95       float64  `json:"answer_p95_ms"`
	Turns           int      `json:"turns"`
	RightAnswers    int      `json:"right_answers"`
	CPUCores        float64  `json:"server_cpu_cores"`
	RSS             int64    `json:"server_rss_bytes"`
	GoroutinesOver  float64  `json:"server_goroutines_left"`
	SippFailed      int      `json:"sipp_failed"`
	Errors          []string `json:"errors,omitempty"`
}

// Run rings, measures, and exits 3 when a call failed.
func (c *benchErrandsCmd) Run(ctx context.Context, g *globals) error {
	tools, err := newTools(g)
	if err != nil {
		return err
	}
	line, err := newLine(ctx, nil)
	if err != nil {
		return err
	}
	defer line.close()
	target, pid := c.Target, c.PID
	var set *scenery
	if target == "" {
		if set, err = startScenery(ctx, c.Systems, line.server.Addr(), fmt.Sprintf("max_calls: %d", c.Calls+c.Sipp+10)); err != nil {
			return err
		}
		defer set.stop()
		target, pid = "sip:hotline@"+set.sip, set.gatewayPID()
	}
	var before bench.Usage
	idle := goroutines(ctx, set)
	if pid > 0 {
		if before, err = bench.ReadUsage(pid); err != nil {
			return err
		}
	}
	sipp := startSipp(ctx, c.Sipp, target, c.Rate, c.Seconds)
	calls := bench.Calls{
		Target: target, Calls: c.Calls, Rate: c.Rate, Stay: time.Duration(c.Seconds) * time.Second,
		Dialer: line.server, Mouth: tools.mouth,
		Talk: c.talk(set), Progress: func(done, of int) { progress("calls", done, of) },
	}.Run(ctx)
	rep := summarise(calls)
	if pid > 0 {
		after, err := bench.ReadUsage(pid)
		if err != nil {
			return fmt.Errorf("the server is gone: %w", err)
		}
		rep.CPUCores, rep.RSS = round3(bench.Cores(before, after)), after.RSS
	}
	if rep.SippFailed, err = sipp.wait(); err != nil {
		rep.Errors = append(rep.Errors, err.Error())
		rep.Failed++
	}
	if set != nil {
		rep.RightAnswers = rightAnswers(ctx, set, calls)
		rep.GoroutinesOver = c.settle(ctx, set, idle)
	}
	return c.print(rep)
}

// talk makes callers with an errand each: where is my parcel, the number (with a no to a wrong
// read-back), then the opening hours until the time is over. Against a server that is not ours
// they only listen.
func (c *benchErrandsCmd) talk(set *scenery) func(context.Context, int, *phone.Phone, string, time.Time) ([]time.Duration, error) {
	if c.Listen || set == nil {
		return nil
	}
	return func(ctx context.Context, i int, ph *phone.Phone, conv string, until time.Time) (answers []time.Duration, err error) {
		ph.Voice = accents["fr"][0] + "+" + unseen[i%len(unseen)]
		p := &person{Phone: ph, api: set.api(), conv: conv, lang: "fr", order: demoOrders[i%len(demoOrders)].number}
		defer func() {
			for _, ms := range p.answers {
				answers = append(answers, time.Duration(ms*float64(time.Millisecond)))
			}
		}()
		if err := p.until(ctx, "number", phone.Line{Text: wants["fr"][i%len(wants["fr"])]}); err != nil {
			return nil, err
		}
		if err := p.until(ctx, "answer", phone.Line{Text: spokenNumber("fr", p.order)}); err != nil {
			return nil, err
		}
		for time.Now().Before(until) {
			t, err := p.Turn(ctx, phone.Line{Text: "quels sont vos horaires d'ouverture ?"}, phone.Pace{})
			if err != nil {
				return nil, err
			}
			p.answers = append(p.answers, float64(t.AnswerMS))
		}
		return nil, nil
	}
}

func summarise(calls []bench.Call) errandsReport {
	var r errandsReport
	var setup, first, answers []float64
	inter := make([]uint64, 256)
	seen := map[string]bool{}
	for _, c := range calls {
		r.Calls++
		if c.Err != nil {
			r.Failed++
			if msg := c.Err.Error(); !seen[msg] && len(r.Errors) < 10 {
				seen[msg] = true
				r.Errors = append(r.Errors, msg)
			}
		}
		setup = append(setup, ms(c.Setup))
		if c.FirstAudio > 0 {
			first = append(first, ms(c.FirstAudio))
		}
		for _, a := range c.Answers {
			answers = append(answers, ms(a))
		}
		for i, n := range c.Stats.Interarrival {
			inter[i] += uint64(n)
		}
		r.Turns += len(c.Answers)
		r.Packets += c.Stats.Packets
		r.Gaps += c.Stats.Missing
	}
	r.SetupP95, r.FirstAudioP95 = round3(bench.Percentile(setup, 95)), round3(bench.Percentile(first, 95))
	r.AnswerP50, r.AnswerP95 = round3(bench.Percentile(answers, 50)), round3(bench.Percentile(answers, 95))
	r.InterarrivalP50, r.InterarrivalP99 = bench.PercentileOfCounts(inter, 50), bench.PercentileOfCounts(inter, 99)
	return r
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// rightAnswers counts calls whose record shows that the parcel was found by its number and that
// its own answer was said.
func rightAnswers(ctx context.Context, set *scenery, calls []bench.Call) int {
	n := 0
	for i, c := range calls {
		if c.Err != nil {
			continue
		}
		order := demoOrders[i%len(demoOrders)]
		rec, err := waitRecord(ctx, set.api(), c.Conv)
		if d := (demoCall{Order: order.number}); err == nil {
			if d.judge(rec, order.answer["fr"]); d.Found && d.Answered {
				n++
			}
		}
	}
	return n
}

// found tells whether the record shows a successful look-up of this order.
func (r record) found(number string) bool {
	right := false
	for _, e := range r.Events {
		switch e.Type {
		case "stepped":
			var b struct{ Slots []struct{ Value string } }
			if json.Unmarshal(e.Body, &b) == nil {
				for _, s := range b.Slots {
					right = right || s.Value == number
				}
			}
		case "acted":
			var b struct{ Outcome string }
			if right && json.Unmarshal(e.Body, &b) == nil && b.Outcome == "ok" {
				return true
			}
		}
	}
	return false
}

// goroutines reads how many the gateway has, from its metrics; 0 when it is not ours.
func goroutines(ctx context.Context, set *scenery) float64 {
	return metric(ctx, set, "go_goroutines ")
}

// settle waits until the gateway has no more goroutines than when idle, and says how many stay.
func (c *benchErrandsCmd) settle(ctx context.Context, set *scenery, idle float64) float64 {
	deadline := time.Now().Add(c.Settle)
	for {
		over := goroutines(ctx, set) - idle
		if over <= 0 || time.Now().After(deadline) || ctx.Err() != nil {
			return max(0, over)
		}
		time.Sleep(500 * time.Millisecond)
	}
}

func (c *benchErrandsCmd) print(r errandsReport) error {
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Printf("calls %d at %.0f/s for %d s, %s/%s %d cores\n", r.Calls, c.Rate, c.Seconds, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
		for _, row := range []struct {
			k string
			v any
		}{
			{"failed calls", r.Failed}, {"SIPp calls failed", r.SippFailed}, {"right answers", r.RightAnswers}, {"turns", r.Turns}, {"packets received", r.Packets},
			{"gaps in sequence numbers", r.Gaps}, {"inter-arrival p50 / p99, ms", fmt.Sprint(r.InterarrivalP50, " / ", r.InterarrivalP99)},
			{"setup p95, ms", r.SetupP95}, {"first audio p95, ms", r.FirstAudioP95}, {"answer p50 / p95, ms", fmt.Sprint(r.AnswerP50, " / ", r.AnswerP95)},
			{"server CPU, cores", r.CPUCores}, {"server memory, MiB", r.RSS >> 20}, {"goroutines left after the last BYE", r.GoroutinesOver},
		} {
			fmt.Printf("  %-36s %v\n", row.k, row.v)
		}
		for _, e := range r.Errors {
			fmt.Println("  error:", e)
		}
	}
	if r.Failed > 0 || r.SippFailed > 0 || r.Gaps > 0 || r.GoroutinesOver > 0 || (c.Target == "" && !c.Listen && r.RightAnswers < r.Calls) {
		return &exitError{exitOutcome, errors.New("not as asked: a call failed, a packet was missing, an answer was wrong, or a goroutine stayed")}
	}
	return nil
}
