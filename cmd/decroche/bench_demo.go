package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"decroche/bench"
	"decroche/gateway/leg"
	"decroche/internal/phone"
)

// demoOrders are orders of the demo company and a word of their right answer, by language.
var demoOrders = []struct {
	number string
	answer map[string]string
}{
	{"45127802", map[string]string{"fr": "arrive", "en": "arriv"}},
	{"30614257", map[string]string{"fr": "arrive", "en": "arriv"}},
	{"62830915", map[string]string{"fr": "retard", "en": "delay|late"}},
	{"71920436", map[string]string{"fr": "point relais|vous attend", "en": "pick|waiting"}},
	{"54203896", map[string]string{"fr": "arrive", "en": "arriv"}},
}

type benchDemoCmd struct {
	Calls   int    `help:"Demo calls in a row." default:"20"`
	Runs    int    `help:"How many times over; all with the same voices and sentences." default:"1"`
	Lang    string `help:"fr, en, or both in turn." default:"both" enum:"fr,en,both"`
	Systems string `help:"The demo companies' systems." default:"bin/demosystems" aliases:"orders"`
	Seed    uint64 `help:"Chooses sentences, numbers and voices." default:"2026"`
	JSON    bool   `help:"Print one JSON object." name:"json"`
	Keep    string `help:"Folder for a recording of each call that did not reach its end." placeholder:"DIR"`
}

// demoRun is one run of calls, as --json prints it.
type demoRun struct {
	Calls     int        `json:"calls"`
	Reached   int        `json:"reached"`
	AnswerP50 float64    `json:"answer_p50_ms"`
	AnswerP95 float64    `json:"answer_p95_ms"`
	Retries   int        `json:"retries"`
	Each      []demoCall `json:"each"`
}

// demoCall is one call and where it ended.
type demoCall struct {
	Lang, Voice, Order string
	Found              bool   `json:"found"`     // the order was understood and looked up
	Answered           bool   `json:"answered"`  // the right answer was said
	Connected          bool   `json:"connected"` // the human was reached
	Retries            int    `json:"retries"`   // times the bot had to ask again
	Error              string `json:"error,omitempty"`
	answers            []float64
}

func (c demoCall) reached() bool { return c.Found && c.Answered && c.Connected }

// Run plays the calls one after the other against a gateway of its own.
func (c *benchDemoCmd) Run(ctx context.Context, g *globals) error {
	tools, err := newTools(g)
	if err != nil {
		return err
	}
	agent, err := newLine(ctx, agentWhoAnswers(tools))
	if err != nil {
		return err
	}
	defer agent.close()
	set, err := startScenery(ctx, c.Systems, agent.server.Addr())
	if err != nil {
		return err
	}
	defer set.stop()
	caller, err := newLine(ctx, nil)
	if err != nil {
		return err
	}
	defer caller.close()
	var runs []demoRun
	short := 0
	for r := range c.Runs {
		run := c.run(ctx, set, caller, tools, fmt.Sprintf("run %d", r+1))
		runs = append(runs, run)
		if run.Reached < c.Calls-c.Calls/20 { // 19 of 20
			short++
		}
		if !c.JSON {
			run.print(r + 1)
		}
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(struct {
			Runs []demoRun `json:"runs"`
		}{runs}); err != nil {
			return err
		}
	}
	if short > 0 {
		return &exitError{exitOutcome, fmt.Errorf("%d of %d runs had more than one call in twenty that did not reach its end", short, c.Runs)}
	}
	return nil
}

func (c *benchDemoCmd) run(ctx context.Context, set *scenery, caller *line, tools *tools, what string) demoRun {
	r := rand.New(rand.NewPCG(c.Seed, 7))
	run := demoRun{Calls: c.Calls}
	var answers []float64
	for i := range c.Calls {
		progress(what, i, c.Calls)
		lang := c.Lang
		if lang == "both" {
			lang = []string{"fr", "en"}[i%2]
		}
		d := c.one(ctx, set, caller, tools, lang, unseen[(i/2)%len(unseen)], r)
		if d.reached() {
			run.Reached++
		}
		run.Retries += d.Retries
		answers = append(answers, d.answers...)
		run.Each = append(run.Each, d)
	}
	progress(what, c.Calls, c.Calls)
	run.AnswerP50, run.AnswerP95 = round3(bench.Percentile(answers, 50)), round3(bench.Percentile(answers, 95))
	return run
}

// wants and humans are ways to say the same thing. None is an example of the hotline's flows,
// nor a sentence of the recogniser's test sets; a test holds the first.
var wants = map[string][]string{
	"fr": {"bonjour, est-ce que vous savez où se trouve mon colis ?", "je voudrais bien savoir où est passé mon paquet", "bonjour, mon colis n'est toujours pas là", "je vous appelle pour savoir où est ma commande"},
	"en": {"hello, do you know where my parcel is?", "I would like to know what happened to my parcel", "hello, my parcel is still not here", "I am calling to find out where my order is"},
}

var humans = map[string][]string{
	"fr": {"je préférerais parler à une personne, s'il vous plaît", "est-ce que je peux avoir un conseiller au téléphone ?", "je voudrais parler à quelqu'un de votre équipe"},
	"en": {"I would rather speak to a person, please", "can you put me through to a human?", "I want to speak with somebody from your team"},
}

// accents are the base voices that callers' variants are put on. espeak-ng 1.51 ignores variants
// of en-gb, fr-be and fr-ch; "en" is British and heeds them.
var accents = map[string][]string{"fr": {"fr"}, "en": {"en-us", "en"}}

// one plays one call: want, number (again when asked again), yes to a read-back, human.
func (c *benchDemoCmd) one(ctx context.Context, set *scenery, caller *line, tools *tools, lang, variant string, r *rand.Rand) (d demoCall) {
	order := demoOrders[r.IntN(len(demoOrders))]
	d = demoCall{Lang: lang, Voice: accents[lang][r.IntN(len(accents[lang]))] + "+" + variant, Order: order.number}
	want, human := wants[lang][r.IntN(len(wants[lang]))], humans[lang][r.IntN(len(humans[lang]))]
	speed := 0.85 + 0.3*r.Float64()
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Minute, errors.New("the call did not end within two minutes"))
	defer cancel()
	l, err := caller.server.Dial(ctx, leg.Invite{Addr: "sip:" + stories[lang].called + "@" + set.sip, From: "bench", RingFor: 20 * time.Second})
	if err != nil {
		d.Error = err.Error()
		return d
	}
	conv := l.Info().PeerTag
	p := &phone.Phone{Leg: l, Mouth: tools.mouth, Voice: d.Voice, Lang: lang, Speed: speed}
	p.Start(ctx)
	person := &person{Phone: p, api: set.api(), conv: conv, lang: lang, order: order.number}
	if err := person.errand(ctx, want, human); err != nil {
		d.Error = err.Error()
	}
	d.Retries, d.answers = person.retries, person.answers
	_ = p.Hangup(context.WithoutCancel(ctx))
	rec, err := waitRecord(ctx, set.api(), conv)
	if err != nil {
		d.Error = err.Error()
		return d
	}
	d.judge(rec, order.answer[lang])
	if !d.reached() && c.Keep != "" {
		c.keep(p, rec, d, conv)
	}
	return d
}

// judge reads from the record whether the call reached its right end.
func (d *demoCall) judge(rec record, answer string) {
	d.Found = rec.found(d.Order)
	d.Connected = rec.transferred()
	looked := false
	for _, e := range rec.Events {
		switch e.Type {
		case "acted":
			looked = true
		case "prompted":
			var b struct{ Text string }
			_ = json.Unmarshal(e.Body, &b)
			for _, w := range strings.Split(answer, "|") {
				d.Answered = d.Answered || looked && strings.Contains(strings.ToLower(b.Text), w)
			}
		}
	}
}

// keep leaves what is needed to understand a failed call.
func (c *benchDemoCmd) keep(p *phone.Phone, rec record, d demoCall, conv string) {
	if err := os.MkdirAll(c.Keep, 0o755); err != nil {
		return
	}
	heard, said := p.Recording()
	_ = writeWAV(c.Keep+"/"+conv+".wav", 8000, heard, said)
	var b strings.Builder
	fmt.Fprintf(&b, "%+v\n", d)
	for _, e := range rec.Events {
		if l := e.tell(); l != "" {
			fmt.Fprintf(&b, "%6.1f s  %s\n", e.At.Sub(rec.Start).Seconds(), l)
		}
	}
	_ = os.WriteFile(c.Keep+"/"+conv+".txt", []byte(b.String()), 0o644)
}

func (r demoRun) print(n int) {
	fmt.Printf("run %d: %d of %d calls reached their right end, %d questions asked again, answer p50 %.0f ms p95 %.0f ms\n", n, r.Reached, r.Calls, r.Retries, r.AnswerP50, r.AnswerP95)
	for _, d := range r.Each {
		if !d.reached() {
			fmt.Printf("  %s %-14s order %s: found %v, answered %v, connected %v  %s\n", d.Lang, d.Voice, d.Order, d.Found, d.Answered, d.Connected, d.Error)
		}
	}
}

// agentWhoAnswers is an agent's phone that picks up after a second and listens.
func agentWhoAnswers(tools *tools) func(context.Context, leg.Leg) {
	return func(ctx context.Context, l leg.Leg) {
		select {
		case <-time.After(time.Second):
		case <-ctx.Done():
			return
		}
		if err := l.Answer(ctx); err != nil {
			return
		}
		p := &phone.Phone{Leg: l, Mouth: tools.mouth}
		p.Start(ctx)
		<-p.Done()
	}
}
