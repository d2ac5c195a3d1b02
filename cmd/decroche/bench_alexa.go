package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"decroche/bench"
	"decroche/flows"
	"decroche/gateway/chat"
	"decroche/gateway/skill/skilltest"
	"decroche/gateway/store/sqlite"
)

type benchAlexaCmd struct {
	Conversations int  `help:"Golden conversations, half of them in each language." default:"200"`
	Workers       int  `help:"People at once." default:"1"`
	JSON          bool `help:"Print one JSON object." name:"json"`
}

// alexaReport is what --json prints; scripts rely on the names.
type alexaReport struct {
	Conversations int      `json:"conversations"`
	Requests      int      `json:"requests"`
	AnswerP50     float64  `json:"answer_p50_ms"` // of requests without an action
	AnswerP95     float64  `json:"answer_p95_ms"`
	AnswerP99     float64  `json:"answer_p99_ms"`
	ActionP95     float64  `json:"with_action_p95_ms"` // of those whose answer needs the order system, which answers at once
	Failed        int      `json:"failed"`
	Errors        []string `json:"errors,omitempty"`
}

// alexaLimit is what is asked of the p95.
const alexaLimit = 20 // ms

// Run plays the conversations and exits 3 when one went wrong or the answers took too long.
func (c *benchAlexaCmd) Run(ctx context.Context, g *globals) error {
	_, bots, err := loadAll(g)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(bots, func(b *flows.Bot) bool { return b.Name == "colibri" })
	if at < 0 {
		return &exitError{exitConfig, errors.New("bench alexa plays a conversation of the hotline colibri; list it under hotlines, or leave --config out")}
	}
	r, err := c.measure(ctx, bots[at])
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(r)
	} else {
		fmt.Printf("%d golden conversations by the Alexa door, %d at once, every request signed and verified; %s/%s %d cores\n", r.Conversations, c.Workers, runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
		fmt.Printf("  %-44s %d\n  %-44s %v / %v / %v\n  %-44s %v\n  %-44s %d\n", "requests", r.Requests, "request to response, no action, p50/p95/p99 ms", r.AnswerP50, r.AnswerP95, r.AnswerP99,
			"with an action that is done at once, p95 ms", r.ActionP95, "conversations that went wrong", r.Failed)
		for _, e := range r.Errors {
			fmt.Println("  error:", e)
		}
	}
	if err == nil && (r.Failed > 0 || r.AnswerP95 > alexaLimit) {
		return &exitError{exitOutcome, fmt.Errorf("not as asked: %d conversations went wrong, p95 is %v ms of at most %d", r.Failed, r.AnswerP95, alexaLimit)}
	}
	return err
}

// alexaLine is what somebody says, what they must hear, and whether the order system is asked.
type alexaLine struct {
	say, hear string
	acts      bool
}

var alexaTalks = map[string][]alexaLine{
	"fr-FR": {{hear: "assistant automatique"}, {say: "euh bonjour j'ai toujours pas reçu mon paquet", hear: "numéro de commande"},
		{say: "quarante-cinq douze soixante-dix-huit zéro deux", hear: "novembre", acts: true}, {say: "non", hear: "Comment"}, {say: "c'était bien", hear: "bonne journée"}},
	"en-GB": {{hear: "automated assistant"}, {say: "hi um where's my parcel", hear: "order number"},
		{say: "four five one two seven eight zero two", hear: "arrives", acts: true}, {say: "no", hear: "good, average or bad"}, {say: "good", hear: "oodbye"}},
}

// orderSystem answers at once.
type orderSystem struct{}

func (orderSystem) Spec() flows.Spec { return flows.Spec{Name: "http"} }
func (orderSystem) Run(context.Context, map[string]any) (flows.Done, error) {
	return flows.Done{Outcome: "ok", Result: map[string]any{"status": 200, "body": map[string]any{"order": "45127802", "status": "in_transit", "date": "2026-11-24"}}}, nil
}

// measure plays against a door, a host and a database on disk of its own. What is timed is the door
// alone: signing is Amazon's work.
func (c *benchAlexaCmd) measure(ctx context.Context, bot *flows.Bot) (r alexaReport, err error) {
	dir, err := os.MkdirTemp("", "decroche-alexa-")
	if err != nil {
		return r, err
	}
	defer os.RemoveAll(dir)
	st, err := sqlite.Open(ctx, filepath.Join(dir, "alexa.db"))
	if err != nil {
		return r, err
	}
	defer st.Close()
	day := func() time.Time { return time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC) } // what is said of a date does not depend on today's
	host := chat.New(chat.Deps{Memory: st, Actions: map[string]flows.Action{"http": orderSystem{}}, Now: day,
		Bots: func(string) (chat.Bot, bool) { return chat.Bot{Name: bot.Name, Mind: bot.Engine()}, true }}, chat.DefaultConfig())
	defer host.Close(ctx)
	door, closeAll, err := skilltest.Open(host, bot, "fr-FR", nil)
	if err != nil {
		return r, err
	}
	defer closeAll()
	locales := []string{"fr-FR", "en-GB"}
	for _, l := range locales { // the certificate is fetched once, and statements compiled
		if _, err := alexaTalk(ctx, door.Next(l), alexaTalks[l]); err != nil {
			return r, fmt.Errorf("bench alexa: the first conversation: %w", err)
		}
	}
	var mu sync.Mutex
	var plain, acted []float64
	var next atomic.Int64
	var wg sync.WaitGroup
	for range c.Workers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < c.Conversations && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				l := locales[i%len(locales)]
				mu.Lock()
				s := door.Next(l)
				mu.Unlock()
				took, err := alexaTalk(ctx, s, alexaTalks[l])
				mu.Lock()
				for n, ms := range took {
					if alexaTalks[l][n].acts {
						acted = append(acted, ms)
					} else {
						plain = append(plain, ms)
					}
				}
				if err != nil {
					if r.Failed++; len(r.Errors) < 10 {
						r.Errors = append(r.Errors, err.Error())
					}
				}
				mu.Unlock()
				progress("conversations", i+1, c.Conversations)
			}
		})
	}
	wg.Wait()
	r.Conversations, r.Requests = c.Conversations, len(plain)+len(acted)
	r.AnswerP50, r.AnswerP95, r.AnswerP99 = round3(bench.Percentile(plain, 50)), round3(bench.Percentile(plain, 95)), round3(bench.Percentile(plain, 99))
	r.ActionP95 = round3(bench.Percentile(acted, 95))
	return r, ctx.Err()
}

// alexaTalk plays one conversation and returns how long each answer took, in milliseconds.
func alexaTalk(ctx context.Context, s *skilltest.Speaker, lines []alexaLine) (took []float64, err error) {
	for _, l := range lines {
		var got skilltest.Heard
		if l.say == "" {
			got, err = s.Launch(ctx)
		} else {
			got, err = s.Say(ctx, l.say)
		}
		if err != nil {
			return took, err
		}
		took = append(took, ms(got.Took))
		if !strings.Contains(got.Speech, l.hear) {
			return took, fmt.Errorf("to %q the answer lacks %q", l.say, l.hear)
		}
	}
	return took, nil
}
