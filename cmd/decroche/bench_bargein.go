package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"decroche/bench"
	"decroche/bench/callers"
	"decroche/bench/turneval"
	"decroche/tts/espeak"
)

type benchBargeinCmd struct {
	Calls     int     `help:"Calls at once." default:"50"`
	Sounds    int     `help:"What each caller says over prompts: interruptions and listening sounds in turn." default:"4"`
	Rate      float64 `help:"New calls per second." default:"10"`
	Component bool    `help:"No calls: voice detection and the decision alone, in virtual time, over many voices, lines and noises. A busy machine changes nothing."`
	Embedded  bool    `help:"Recognise with the embedded recogniser; otherwise the words of what is said are known, and found 300 ms after they were said."`
	Seed      uint64  `help:"Chooses who says what when." default:"2026"`
	Repeat    int     `help:"Run so many times; the best is the result, all are shown." default:"1"`
	Verbose   bool    `help:"Print each interruption too, the slowest of each sentence first, and what its caller had said before."`
	JSON      bool    `help:"Print one JSON object." name:"json"`
}

// bargeReport is what --json prints; scripts rely on the names.
type bargeReport struct {
	Turns              int     `json:"turns"` // interruptions
	AnswerP50          float64 `json:"answer_p50_ms"`
	AnswerP95          float64 `json:"answer_p95_ms"`
	CutOffRate         float64 `json:"cut_off_rate"` // interruptions during which the bot spoke again
	StopP50            float64 `json:"stop_p50_ms"`
	StopP95            float64 `json:"stop_p95_ms"`
	LastP95            float64 `json:"last_packet_p95_ms"`  // the same to the last packet before the answer, pauses that were taken back left aside
	FalseInterruptions int     `json:"false_interruptions"` // listening sounds that silenced the prompt for more than 300 ms
	Failed             int     `json:"failed"`

	Calls       int           `json:"calls"`
	Unheard     int           `json:"unheard"` // interruptions that did not stop the prompt
	Listening   int           `json:"listening_sounds"`
	FalseRate   float64       `json:"false_interruption_rate"`
	PauseP50    float64       `json:"listening_pause_p50_ms"` // how long the prompt stood still for listening sounds
	PauseP95    float64       `json:"listening_pause_p95_ms"`
	PromptPause float64       `json:"prompt_pause_ms"` // the longest pause that the prompt has by itself
	BareTimer   float64       `json:"bare_timer_p99_ms"`
	ServerCPU   float64       `json:"server_cpu_cores"`
	Fixtures    string        `json:"fixtures"` // hash of what callers say
	Each        []soundReport `json:"sounds"`
	RigLimit    string        `json:"rig_limit,omitempty"`
	Errors      []string      `json:"errors,omitempty"`
	Runs        []bargeReport `json:"runs,omitempty"`
}

// soundReport is one sound over all calls.
type soundReport struct {
	Text      string  `json:"text"`
	Listening bool    `json:"listening"`
	Said      int     `json:"said"`
	Stopped   int     `json:"stopped"` // of a listening sound: for more than 300 ms
	StopP95   float64 `json:"stop_p95_ms,omitempty"`
	LongestMS float64 `json:"longest_pause_ms"`

	StopP50 float64      `json:"stop_p50_ms,omitempty"`
	Each    []stopReport `json:"stops,omitempty"` // of an interruption, the slowest first
}

// stopReport is one interruption that stopped the prompt.
type stopReport struct {
	StopMS float64 `json:"stop_ms"`
	Call   int     `json:"call"`
	After  string  `json:"after,omitempty"` // what this caller said before: "" is nothing
}

// What the figures of this bench are asked to be.
const (
	maxStopMS    = 150 // from the first sample of an interruption to the end of the bot's last audible packet, p95
	maxPauseMS   = 300 // how long a listening sound may silence a prompt
	maxFalseRate = 0.05
)

// interruptions are said over prompts and mean to be heard. None is a command of the bot.
var interruptions = []bench.Spec{
	{Name: "fr1", Text: "excusez-moi, j'ai une autre question", Lang: "fr", Voice: "fr+f3"},
	{Name: "fr2", Text: "mais en fait je voulais autre chose", Lang: "fr", Voice: "fr+m5"},
	{Name: "fr3", Text: "attention, ce n'est pas cela", Lang: "fr", Voice: "fr+Annie"},
	{Name: "fr4", Text: "oui mais mon problème est différent", Lang: "fr", Voice: "fr+Hugo", Speed: 1.1},
	{Name: "fr5", Text: "j'ai déjà tout compris merci", Lang: "fr", Voice: "fr+victor", Speed: 0.95},
	{Name: "fr6", Text: "pardon, je n'habite plus à cette adresse", Lang: "fr", Voice: "fr+steph2"},
}

// opening makes the bot speak at length.
var opening = bench.Spec{Name: "wish", Text: bench.Word, Lang: "fr", Voice: "fr"}

// listeningSounds are what somebody says who listens.
var listeningSounds = []bench.Spec{
	{Name: "oui", Text: "oui", Lang: "fr", Voice: "fr+f3"},
	{Name: "oui oui", Text: "oui oui", Lang: "fr", Voice: "fr+m5"},
	{Name: "d'accord", Text: "d'accord", Lang: "fr", Voice: "fr+Hugo"},
	{Name: "ok", Text: "okay", Lang: "fr", Voice: "fr+victor"},
	{Name: "mm", Text: "mm", Lang: "fr", Voice: "fr+Annie"},
	{Name: "ah oui", Text: "ah oui", Lang: "fr", Voice: "fr+steph2"},
}

// Run measures. Exit code 3: a call failed or a figure is missed.
func (c *benchBargeinCmd) Run(ctx context.Context, _ *globals) error {
	if c.Calls < 1 || c.Sounds < 2 || c.Repeat < 1 || c.Rate <= 0 {
		return errors.New("--calls, --rate and --repeat must be positive, --sounds at least 2")
	}
	if c.Component {
		return c.component(ctx)
	}
	all, best, err := repeat(ctx, "barge-in", c.Repeat, func(what string) (bargeReport, error) { return c.once(ctx, what) })
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
		r.print(c.Verbose)
	}
	return asAsked(r.wrong())
}

func (r bargeReport) better(than bargeReport) bool {
	return r.StopP95 < than.StopP95 && (r.wrong() == "" || than.wrong() != "")
}

// component measures without a gateway.
func (c *benchBargeinCmd) component(ctx context.Context) error {
	lines, err := said(ctx)
	if err != nil {
		return err
	}
	o := turneval.OnsetOptions{Seed: c.Seed, Progress: func(done, of int) { progress("barge-in", done, of) }}
	for i, f := range lines[:len(interruptions)+len(listeningSounds)] {
		o.Clips = append(o.Clips, turneval.OnsetClip{Name: f.Text, PCM: f.PCM, Listening: i >= len(interruptions)})
	}
	r, err := turneval.Onsets(ctx, o)
	if err != nil {
		return err
	}
	if c.JSON {
		err = printJSON(os.Stdout, r)
	} else {
		err = r.Table(os.Stdout)
	}
	if err != nil {
		return err
	}
	return asAsked(r.Wrong())
}

// said renders what callers say, in this order: interruptions, listening sounds, the opening.
func said(ctx context.Context) ([]bench.Fixture, error) {
	mouth, err := espeak.New(espeak.DefaultConfig())
	if err != nil {
		return nil, fmt.Errorf("callers speak with espeak-ng: %w", err)
	}
	return bench.Make(ctx, mouth, append(append(append([]bench.Spec{}, interruptions...), listeningSounds...), opening))
}

func (c *benchBargeinCmd) once(ctx context.Context, what string) (r bargeReport, err error) {
	lines, err := said(ctx)
	if err != nil {
		return r, err
	}
	dir, err := os.MkdirTemp("", "decroche-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	if err := bench.SaveFixtures(dir, lines); err != nil {
		return r, err
	}
	command := []string{"bench", "gateway", "--book", dir, "--lag", "300ms"}
	if c.Embedded {
		command = []string{"bench", "gateway", "--real"}
	}
	bot := bench.Bot{Greeting: 3 * time.Second, Reply: 20 * time.Second, Whole: true}
	s := server{}
	target, err := s.own(ctx, bot, c.Calls, command)
	if err != nil {
		return r, err
	}
	defer s.set.stop()
	people := c.people(lines)
	res, err := s.measure(ctx, callers.Options{
		Target: target, Calls: c.Calls, Rate: c.Rate, Stay: time.Duration(c.Sounds)*20*time.Second + 20*time.Second,
		Script: func(i int) callers.Script { return people[i] }, Tell: func(done, of int) { progress(what, done, of) },
	})
	if err != nil {
		return r, err
	}
	r.Fixtures, r.Calls, r.RigLimit, r.BareTimer = bench.Hash(lines), c.Calls, res.RigLimit, res.Bare.Percentile(99)
	r.ServerCPU = round3(s.window().Cores)
	r.fill(res, people)
	return r, nil
}

// people are the callers: each says interruptions and listening sounds in turn, at other moments
// of the prompt.
func (c *benchBargeinCmd) people(lines []bench.Fixture) []*callers.Interrupter {
	var clips []*callers.Clip
	for _, f := range lines {
		clips = append(clips, callers.NewClip(f.PCM))
	}
	var out []*callers.Interrupter
	for i := range c.Calls {
		p := &callers.Interrupter{Opening: clips[len(clips)-1], Silent: 200 * time.Millisecond, Patience: 8 * time.Second}
		for n := range c.Sounds {
			k := int(c.Seed%1000) + i*c.Sounds + n
			which, listening := k%len(interruptions), (i+n)%2 == 0
			if listening {
				which = len(interruptions) + k%len(listeningSounds)
			}
			p.Sounds = append(p.Sounds, callers.Sound{Name: lines[which].Text, Clip: clips[which], Listening: listening, After: time.Duration(1500+(k*617)%2500) * time.Millisecond})
		}
		out = append(out, p)
	}
	return out
}

func (r *bargeReport) fill(res *callers.Result, people []*callers.Interrupter) {
	var stops, lasts, answers, pauses []float64
	cut := 0
	each := map[string]*soundReport{}
	for i, k := range res.Calls {
		if k.Err != nil {
			r.Failed++
			if len(r.Errors) < 5 {
				r.Errors = append(r.Errors, k.Err.Error())
			}
		}
		r.PromptPause = max(r.PromptPause, round3(ms(people[i].BasePause)))
		before := ""
		for _, x := range people[i].Reactions {
			after := before
			before = x.Sound
			e := each[x.Sound]
			if e == nil {
				e = &soundReport{Text: x.Sound, Listening: x.Listening}
				each[x.Sound] = e
			}
			e.Said++
			e.LongestMS = max(e.LongestMS, round3(ms(x.Longest)))
			if x.Listening {
				r.Listening++
				pauses = append(pauses, ms(x.Longest))
				if ms(x.Longest) > maxPauseMS {
					r.FalseInterruptions++
					e.Stopped++
				}
				continue
			}
			r.Turns++
			if x.Stop == 0 {
				r.Unheard++
				continue
			}
			e.Stopped++
			stops = append(stops, ms(x.Stop))
			e.Each = append(e.Each, stopReport{round3(ms(x.Stop)), i + 1, after})
			if x.CutOff {
				cut++
			}
			if x.Answer > 0 {
				lasts = append(lasts, ms(x.Last))
				answers = append(answers, ms(x.Answer))
			}
		}
	}
	for _, f := range append(append([]bench.Spec{}, interruptions...), listeningSounds...) {
		if e := each[f.Text]; e != nil {
			e.order()
			r.Each = append(r.Each, *e)
		}
	}
	if r.Turns > 0 {
		r.CutOffRate = round3(float64(cut) / float64(r.Turns))
	}
	if r.Listening > 0 {
		r.FalseRate = round3(float64(r.FalseInterruptions) / float64(r.Listening))
	}
	r.StopP50, r.StopP95 = round3(bench.Percentile(stops, 50)), round3(bench.Percentile(stops, 95))
	r.LastP95 = round3(bench.Percentile(lasts, 95))
	r.AnswerP50, r.AnswerP95 = round3(bench.Percentile(answers, 50)), round3(bench.Percentile(answers, 95))
	r.PauseP50, r.PauseP95 = round3(bench.Percentile(pauses, 50)), round3(bench.Percentile(pauses, 95))
}

// order sorts the interruptions of a sentence and takes their percentiles.
func (e *soundReport) order() {
	slices.SortStableFunc(e.Each, func(a, b stopReport) int { return cmp.Compare(b.StopMS, a.StopMS) })
	var stops []float64
	for _, x := range e.Each {
		stops = append(stops, x.StopMS)
	}
	e.StopP50, e.StopP95 = round3(bench.Percentile(stops, 50)), round3(bench.Percentile(stops, 95))
}

func (r bargeReport) wrong() string {
	switch {
	case r.RigLimit != "":
		return "the rig was the limit: " + r.RigLimit
	case r.Failed > 0 || r.Unheard > 0:
		return fmt.Sprintf("%d calls failed, %d interruptions did not stop the prompt", r.Failed, r.Unheard)
	case r.StopP95 > maxStopMS:
		return fmt.Sprintf("the prompt stops after %.0f ms at the 95th percentile; at most %d ms is asked for", r.StopP95, maxStopMS)
	case r.FalseRate > maxFalseRate:
		return fmt.Sprintf("%.1f %% of listening sounds silenced the prompt for more than %d ms; at most %.0f %% is asked for", 100*r.FalseRate, maxPauseMS, 100*maxFalseRate)
	}
	return ""
}

func (r bargeReport) print(verbose bool) {
	fmt.Printf("barge-in, %d calls at once, fixtures %s; %s\n", r.Calls, r.Fixtures, machine())
	fmt.Printf("  %-44s %d, %d not heard\n", "interruptions", r.Turns, r.Unheard)
	fmt.Printf("  %-44s %.0f / %.0f (bare timer p99 %.2f); without pauses that were taken back p95 %.0f\n", "speech onset -> last bot packet p50 / p95, ms", r.StopP50, r.StopP95, r.BareTimer, r.LastP95)
	fmt.Printf("  %-44s %.0f / %.0f; the bot spoke again during %.1f %%\n", "end of interruption -> answer p50 / p95, ms", r.AnswerP50, r.AnswerP95, 100*r.CutOffRate)
	fmt.Printf("  %-44s %d of %d (%.1f %%)\n", "listening sounds that stopped it > 300 ms", r.FalseInterruptions, r.Listening, 100*r.FalseRate)
	fmt.Printf("  %-44s %.0f / %.0f (the prompt's own pauses: %.0f)\n", "the prompt stood still for them p50 / p95, ms", r.PauseP50, r.PauseP95, r.PromptPause)
	fmt.Printf("  %-44s %.2f cores\n", "server CPU", r.ServerCPU)
	for _, e := range r.Each {
		fmt.Printf("    %-42s said %d, stopped %d, stop p50 / p95 %.0f / %.0f ms, longest pause %.0f ms\n", e.Text, e.Said, e.Stopped, e.StopP50, e.StopP95, e.LongestMS)
		for _, x := range e.Each {
			if verbose {
				fmt.Printf("      %4.0f ms, call %d, after %q\n", x.StopMS, x.Call, x.After)
			}
		}
	}
	for i, k := range r.Runs {
		fmt.Printf("  run %d: stop p95 %.0f ms, %.1f %% false, %d failed, %d not heard %s\n", i+1, k.StopP95, 100*k.FalseRate, k.Failed, k.Unheard, k.RigLimit)
	}
	for _, e := range r.Errors {
		fmt.Println("  error:", e)
	}
}
