package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"decroche/bench/turneval"
)

type benchTurnsCmd struct {
	Split    string  `help:"Which of the generated turns: 220 sealed ones, 100 for tuning, or the whole 320 of one seed (with --seed)." enum:"sealed,tune,whole," default:""`
	Seed     uint64  `help:"Makes all 320 turns of another seed; 0 for the published ones." default:"0"`
	Classes  string  `help:"Make only turns of these classes (A to N, docs/turn-taking.md), such as CD." placeholder:"CD"`
	Set      string  `help:"Read the turns from this folder (turns.jsonl and WAV files) instead of making them." placeholder:"DIR" type:"existingdir"`
	Write    string  `help:"Write the turns and their labels to this folder." placeholder:"DIR"`
	Lag      string  `help:"How late words are known: a duration, or shipped for the measured lag of the embedded recogniser." default:"shipped"`
	Lags     bool    `help:"Measure with words 0, 300 and 600 ms late too."`
	Gateway  bool    `help:"Speak the turns to a gateway over SIP and RTP too, in real time, many calls at once, and compare both levels."`
	Rate     float64 `help:"New calls per second with --gateway." default:"3"`
	Plot     string  `help:"Draw callers cut off against dead air into this HTML file." placeholder:"F.html"`
	Each     bool    `help:"List the turns that went wrong."`
	Markdown bool    `help:"Print Markdown."`
	JSON     bool    `help:"Print one JSON object." name:"json"`
}

// turnsReport is what --json prints; scripts rely on the first names.
type turnsReport struct {
	Turns              int     `json:"turns"`
	AnswerP50          float64 `json:"answer_p50_ms"` // dead air; with --gateway until the first packet, free speech
	AnswerP95          float64 `json:"answer_p95_ms"`
	CutOffRate         float64 `json:"cut_off_rate"`
	StopP95            float64 `json:"stop_p95_ms"`
	FalseInterruptions int     `json:"false_interruptions"`
	Failed             int     `json:"failed"` // ends that were missed, and rows that stop a release
	*turneval.Report
}

// Run makes or reads turns, measures, and exits 3 when a value is passed that stops a release, or
// missed that is asked at gateway level.
func (c *benchTurnsCmd) Run(ctx context.Context) error {
	lag := turneval.ShippedLag
	if c.Lag != "shipped" {
		d, err := time.ParseDuration(c.Lag)
		if err != nil || d < 0 || d > 5*time.Second {
			return fmt.Errorf("--lag: %q is no lag; write shipped, or a duration up to 5s such as 300ms", c.Lag)
		}
		lag = turneval.LagOf(d)
	}
	set, err := c.set(ctx)
	if err != nil {
		return err
	}
	if c.Write != "" {
		if err := set.Write(c.Write); err != nil {
			return err
		}
	}
	m := turneval.Measurement{Set: set, Lag: lag, Progress: func(done, of int) { progress("listening", done, of) }}
	if c.Lags {
		for _, d := range []time.Duration{0, 300 * time.Millisecond, 600 * time.Millisecond} {
			m.Lags = append(m.Lags, turneval.LagOf(d))
		}
	}
	r, err := m.Run(ctx)
	if err != nil {
		return err
	}
	if c.Gateway {
		if r.Live, err = c.live(ctx, set, lag); err != nil {
			return err
		}
	}
	if err := errors.Join(c.print(r), c.plot(r)); err != nil {
		return err
	}
	if stops := r.Stopping(); len(stops) > 0 {
		return &exitError{exitOutcome, fmt.Errorf("what stops a release: %s", strings.Join(stops, "; "))}
	}
	if wrong := r.Live.Wrong(); len(wrong) > 0 {
		return &exitError{exitOutcome, fmt.Errorf("at gateway level: %s", strings.Join(wrong, "; "))}
	}
	return nil
}

// plot writes the picture, when it is asked for.
func (c *benchTurnsCmd) plot(r *turneval.Report) (err error) {
	if c.Plot == "" {
		return nil
	}
	f, err := os.Create(c.Plot)
	if err != nil {
		return fmt.Errorf("--plot: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return r.Plot(f)
}

func (c *benchTurnsCmd) set(ctx context.Context) (*turneval.Set, error) {
	if c.Set != "" {
		return turneval.Read(c.Set)
	}
	split := turneval.Split(c.Split)
	switch {
	case split == "" && c.Seed != 0:
		split = turneval.Whole
	case split == "":
		split = turneval.Sealed
	}
	return turneval.Build(ctx, turneval.Options{Split: split, Seed: c.Seed, Classes: c.Classes, Progress: func(done, of int) { progress("turns", done, of) }})
}

func (c *benchTurnsCmd) print(r *turneval.Report) error {
	if !c.JSON {
		if c.Each {
			if err := r.Each(os.Stdout); err != nil {
				return err
			}
		}
		return r.Table(os.Stdout, c.Markdown)
	}
	ours, cut := r.Shipped(), 0
	for _, k := range r.Overlaps.FalseStop {
		cut += k.K
	}
	out := turnsReport{
		Turns: r.Turns, AnswerP50: round3(ours.Air.P50), AnswerP95: round3(ours.Air.P95), CutOffRate: ours.FCR.Rate,
		StopP95: round3(r.Overlaps.Latency.P95), FalseInterruptions: cut,
		Failed: ours.Missed.K + len(r.Stopping()), Report: r,
	}
	if l := r.Live; l != nil {
		out.AnswerP50, out.AnswerP95, out.Failed = round3(l.Free.P50), round3(l.Free.P95), out.Failed+l.Failed+len(l.Wrong())
	}
	return json.NewEncoder(os.Stdout).Encode(out)
}
