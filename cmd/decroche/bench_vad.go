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

// benchVADCmd is a conversation without recognition: the caller speaks 1.5 s, the server's own
// voice detection ends the turn, a prompt of 1.2 s answers.
type benchVADCmd struct {
	Target  string  `help:"SIP address to ring. Without it, a gateway of our own is started." placeholder:"SIP-URI"`
	Calls   int     `help:"Calls at once." default:"150"`
	Rate    float64 `help:"New calls per second." default:"50"`
	Turns   int     `help:"Turns of each call." default:"3"`
	Seconds float64 `help:"How long the conversations are kept up, one after the other on each line; the CPU is that of the time in which all lines talk." default:"20"`
	PID     int     `help:"Process of the server, to read its CPU." name:"pid"`
	Repeat  int     `help:"Run so many times; the best is the result, all are shown." default:"1"`
	JSON    bool    `help:"Print one JSON object." name:"json"`
}

// vadReport is what --json prints; scripts rely on the names.
type vadReport struct {
	Calls      int         `json:"calls"` // lines that talk at once
	Turns      int         `json:"turns"`
	Failed     int         `json:"failed"`
	Missed     int         `json:"missed"`
	CutOff     int         `json:"cut_off"`
	AnswerP50  float64     `json:"answer_p50_ms"`
	AnswerP95  float64     `json:"answer_p95_ms"`
	BareTimer  float64     `json:"bare_timer_p99_ms"`
	CPU        float64     `json:"server_cpu_cores"`
	PerCall    float64     `json:"cpu_percent_per_call"`
	RSS        int64       `json:"server_rss_bytes"`
	Goroutines float64     `json:"server_goroutines"`
	RigCPU     float64     `json:"rig_cpu_cores"`
	RigLimit   string      `json:"rig_limit,omitempty"`
	Errors     []string    `json:"errors,omitempty"`
	Runs       []vadReport `json:"runs,omitempty"`
}

// Run measures. Exit code 3: a turn was missed or a call failed, or the rig was the limit.
func (c *benchVADCmd) Run(ctx context.Context, _ *globals) error {
	if c.Turns < 1 || c.Repeat < 1 || !(c.Seconds >= 1) {
		return errors.New("--turns, --repeat and --seconds must be 1 or more")
	}
	all, best, err := repeat(ctx, "talks", c.Repeat, func(what string) (vadReport, error) { return c.once(ctx, what) })
	if err != nil {
		return err
	}
	r := all[best]
	if len(all) > 1 {
		r.Runs = all
	}
	if c.JSON {
		if err := printJSON(os.Stdout, r); err != nil {
			return err
		}
	} else {
		r.print()
	}
	return asAsked(r.wrong())
}

func (r vadReport) better(than vadReport) bool {
	return r.wrong() == "" && (than.wrong() != "" || r.PerCall < than.PerCall)
}

func (c *benchVADCmd) once(ctx context.Context, what string) (r vadReport, err error) {
	s := server{pid: c.PID}
	o := callers.Options{Target: c.Target, Calls: c.Calls, Rate: c.Rate, Tell: func(done, of int) { progress(what, done, of) }}
	if c.Target == "" {
		bot := bench.Bot{Greeting: 3 * time.Second, Reply: 1200 * time.Millisecond}
		if o.Target, err = s.own(ctx, bot, c.Calls, []string{"bench", "gateway"}); err != nil {
			return r, err
		}
		defer s.set.stop()
	}
	// A line lasts for as many rounds of turns as fill the time, so that all talk throughout.
	ramp := time.Duration(float64(c.Calls) / c.Rate * float64(time.Second))
	o.Stay = ramp + time.Duration(c.Seconds*float64(time.Second)) + 3*time.Second
	turns := max(c.Turns, int(o.Stay/(4*time.Second))+1) // a turn takes 3 to 4 s; who is not through by then is hung up on
	speech := callers.NewClip(bench.Hum(1500 * time.Millisecond))
	var talks []*callers.Dialogue
	o.Script = func(i int) callers.Script {
		d := &callers.Dialogue{Quiet: 500 * time.Millisecond, Pause: time.Duration(i*37%1500) * time.Millisecond, Patience: 10 * time.Second}
		for n := range turns {
			d.Lines = append(d.Lines, callers.Line{Name: fmt.Sprintf("turn %d", n+1), Clip: speech})
		}
		talks = append(talks, d)
		return d
	}
	res, err := s.measure(ctx, o)
	if err != nil {
		return r, err
	}
	var answers []float64
	for i, k := range res.Calls {
		if k.Err != nil {
			r.Failed++
			if len(r.Errors) < 5 {
				r.Errors = append(r.Errors, k.Err.Error())
			}
		}
		for _, x := range talks[i].Exchanges {
			r.Turns++
			switch {
			case x.Missed:
				r.Missed++
			case x.CutOff:
				r.CutOff++
			default:
				answers = append(answers, ms(x.Answer))
			}
		}
	}
	w := s.window()
	r.Calls, r.AnswerP50, r.AnswerP95 = c.Calls, round3(bench.Percentile(answers, 50)), round3(bench.Percentile(answers, 95))
	r.BareTimer, r.RigLimit = res.Bare.Percentile(99), res.RigLimit
	r.CPU, r.PerCall, r.RSS, r.Goroutines = round3(w.Cores), round3(100*w.Cores/float64(c.Calls)), w.RSS, s.goroutines
	r.RigCPU = round3(bench.Cores(s.selfFrom, s.selfTo))
	return r, nil
}

func (r vadReport) wrong() string {
	switch {
	case r.RigLimit != "":
		return "the rig was the limit: " + r.RigLimit
	case r.Failed > 0 || r.Missed > 0:
		return fmt.Sprintf("%d calls failed, %d turns got no answer", r.Failed, r.Missed)
	case r.Turns == 0:
		return "no turn was taken"
	}
	return ""
}

func (r vadReport) print() {
	fmt.Printf("%d calls talk at once: 1.5 s of speech, 1.2 s of answer, no recognition; %s\n", r.Calls, machine())
	fmt.Printf("  %-36s %d, %d missed, %d cut off\n", "turns", r.Turns, r.Missed, r.CutOff)
	fmt.Printf("  %-36s %.0f / %.0f (bare timer p99 %.2f)\n", "answer p50 / p95, ms", r.AnswerP50, r.AnswerP95, r.BareTimer)
	fmt.Printf("  %-36s %.3f cores, %.3f %% of a core per call\n", "server CPU", r.CPU, r.PerCall)
	fmt.Printf("  %-36s %d MiB, %.0f\n", "server RSS, goroutines", r.RSS>>20, r.Goroutines)
	fmt.Printf("  %-36s %.2f cores\n", "rig CPU", r.RigCPU)
	for i, k := range r.Runs {
		fmt.Printf("  run %d: %.3f %% of a core per call, answer %.0f / %.0f ms, %d failed, %d missed %s\n", i+1, k.PerCall, k.AnswerP50, k.AnswerP95, k.Failed, k.Missed, k.RigLimit)
	}
	for _, e := range r.Errors {
		fmt.Println("  error:", e)
	}
}
