package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"decroche/bench"
	"decroche/gateway/leg"
	"decroche/internal/phone"
)

type benchBargeinCmd struct {
	Calls  int    `help:"Calls in a row; each speaks over the greeting." default:"20"`
	Orders string `help:"The demo company's order system." default:"bin/orders"`
	JSON   bool   `help:"Print one JSON object." name:"json"`
}

// bargeReport is what --json prints; scripts rely on the names.
type bargeReport struct {
	Turns              int     `json:"turns"`
	AnswerP50          float64 `json:"answer_p50_ms"`
	AnswerP95          float64 `json:"answer_p95_ms"`
	StopP50            float64 `json:"stop_p50_ms"`
	StopP95            float64 `json:"stop_p95_ms"`
	FalseInterruptions int     `json:"false_interruptions"` // greetings that stopped although nobody spoke
	Failed             int     `json:"failed"`
}

// Run measures from our first audible frame to the bot's last audible one.
func (c *benchBargeinCmd) Run(ctx context.Context, g *globals) error {
	tools, err := newTools(g)
	if err != nil {
		return err
	}
	line, err := newLine(ctx, nil)
	if err != nil {
		return err
	}
	defer line.close()
	set, err := startScenery(ctx, c.Orders, line.server.Addr())
	if err != nil {
		return err
	}
	defer set.stop()
	var r bargeReport
	var stops, answers []float64
	for i := range c.Calls {
		progress("barge-in", i, c.Calls)
		lang := []string{"fr", "en"}[i%2]
		t, err := c.one(ctx, set, line, tools, lang, accents[lang][0]+"+"+unseen[i/2%len(unseen)], time.Duration(900+137*i%1800)*time.Millisecond)
		if err != nil || t.StopMS == 0 {
			r.Failed++
			fmt.Fprintf(os.Stderr, "call %d: stop %d ms, %v\n", i+1, t.StopMS, err)
			continue
		}
		r.Turns++
		stops, answers = append(stops, float64(t.StopMS)), append(answers, float64(t.AnswerMS))
	}
	progress("barge-in", c.Calls, c.Calls)
	r.StopP50, r.StopP95 = bench.Percentile(stops, 50), bench.Percentile(stops, 95)
	r.AnswerP50, r.AnswerP95 = bench.Percentile(answers, 50), bench.Percentile(answers, 95)
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Printf("barge-in, %d calls: caller starts -> bot's last audible frame p50 %.0f ms, p95 %.0f ms; %d failed\n", r.Turns, r.StopP50, r.StopP95, r.Failed)
	}
	if r.Failed > 0 {
		return &exitError{exitOutcome, errors.New("")}
	}
	return nil
}

func (c *benchBargeinCmd) one(ctx context.Context, set *scenery, line *line, tools *tools, lang, voice string, after time.Duration) (phone.Turn, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	l, err := line.server.Dial(ctx, leg.Invite{Addr: "sip:" + stories[lang].called + "@" + set.sip, From: "bench", RingFor: 20 * time.Second})
	if err != nil {
		return phone.Turn{}, err
	}
	p := &phone.Phone{Leg: l, Mouth: tools.mouth, Voice: voice, Lang: lang}
	p.Start(ctx)
	defer p.Hangup(context.WithoutCancel(ctx))
	if _, err := p.WaitSound(ctx, phone.Mark{}); err != nil {
		return phone.Turn{}, err
	}
	return p.Turn(ctx, phone.Line{Text: humans[lang][0], Over: true, After: after}, phone.Pace{})
}
