package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"time"

	"decroche/bench"
	"decroche/gateway/leg"
	"decroche/internal/phone"
)

type benchBargeinCmd struct {
	Calls   int    `help:"Calls in a row; each speaks over the greeting." default:"20"`
	Systems string `help:"The demo companies' systems." default:"bin/demosystems" aliases:"orders"`
	JSON    bool   `help:"Print one JSON object." name:"json"`
}

// bargeReport is what --json prints; scripts rely on the names.
type bargeReport struct {
	Turns              int     `json:"turns"`
	AnswerP50          float64 `json:"answer_p50_ms"`
	AnswerP95          float64 `json:"answer_p95_ms"`
	StopP50            float64 `json:"stop_p50_ms"`
	StopP95            float64 `json:"stop_p95_ms"`
	FalseInterruptions int     `json:"false_interruptions"` // greetings cut although the caller only coughed or breathed
	Failed             int     `json:"failed"`
}

// maxStopMS is the longest the bot may go on, at the 95th percentile.
const maxStopMS = 250

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
	set, err := startScenery(ctx, c.Systems, line.server.Addr())
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
	for i := range c.Calls / 4 { // one cough for four interruptions
		cut, err := c.cough(ctx, set, line, tools, time.Duration(1200+311*i%1500)*time.Millisecond)
		if err != nil {
			r.Failed++
		} else if cut {
			r.FalseInterruptions++
		}
	}
	r.StopP50, r.StopP95 = bench.Percentile(stops, 50), bench.Percentile(stops, 95)
	r.AnswerP50, r.AnswerP95 = bench.Percentile(answers, 50), bench.Percentile(answers, 95)
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Printf("barge-in, %d calls: caller starts -> bot's last audible frame p50 %.0f ms, p95 %.0f ms; %d of %d coughs cut a greeting; %d failed\n", r.Turns, r.StopP50, r.StopP95, r.FalseInterruptions, c.Calls/4, r.Failed)
	}
	if r.Failed > 0 || r.StopP95 > maxStopMS {
		return &exitError{exitOutcome, fmt.Errorf("p95 %.0f ms, %d failed; at most %d ms is asked for", r.StopP95, r.Failed, maxStopMS)}
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

// cough makes a short noise over the greeting and tells from the record whether that cut it.
func (c *benchBargeinCmd) cough(ctx context.Context, set *scenery, line *line, tools *tools, after time.Duration) (cut bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	l, err := line.server.Dial(ctx, leg.Invite{Addr: "sip:hotline@" + set.sip, From: "bench", RingFor: 20 * time.Second})
	if err != nil {
		return false, err
	}
	p := &phone.Phone{Leg: l, Mouth: tools.mouth, Lang: "fr"}
	p.Start(ctx)
	if _, err := p.WaitSound(ctx, phone.Mark{}); err != nil {
		return false, err
	}
	if err := p.Pause(ctx, after); err != nil {
		return false, err
	}
	if _, _, err := p.Play(ctx, coughSound()); err != nil {
		return false, err
	}
	if _, err := p.WaitQuiet(ctx, 1500*time.Millisecond); err != nil {
		return false, err
	}
	_ = p.Hangup(context.WithoutCancel(ctx))
	rec, err := waitRecord(ctx, set.api(), l.Info().PeerTag)
	if err != nil {
		return false, err
	}
	for _, e := range rec.Events {
		var b struct{ Cut bool }
		if e.Type == "prompted" && json.Unmarshal(e.Body, &b) == nil && b.Cut {
			return true, nil
		}
	}
	return false, nil
}

// coughSound is 160 ms of noise that swells and fades, 8 kHz.
func coughSound() []int16 {
	r := rand.New(rand.NewPCG(1, 2))
	pcm := make([]int16, 1280)
	for i := range pcm {
		env := math.Sin(math.Pi * float64(i) / float64(len(pcm)))
		pcm[i] = int16(9000 * env * (2*r.Float64() - 1))
	}
	return pcm
}
