package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"decroche/internal/phone"
)

// person is a caller with an errand, who behaves as people do: answers a question that was
// asked, corrects a number that was read back wrong, says again what was not understood. What
// the bot asked is read from the gateway's live record, as a person would have heard it.
type person struct {
	*phone.Phone
	api     apiClient
	conv    string
	lang    string
	order   string
	over    bool                             // give the number over the bot's question
	tell    func(format string, args ...any) // told what happens as it happens; may be nil
	told    uint64                           // last event of the record that was told
	retries int                              // times something had to be said again
	answers []float64                        // answer latencies, ms
}

// phrases of a person, by language.
var yes = map[string]string{"fr": "oui c'est ça", "en": "yes that's right"}
var no = map[string]string{"fr": "non c'est ", "en": "no it's "}
var meant = map[string]string{"fr": "c'est pour suivre un colis", "en": "it's to track a parcel"}

// maxTries is how often a person says the same thing before giving up.
const maxTries = 4

// errand asks for the parcel, gives the number, hears the answer, and asks for a human; it
// returns when both hear each other.
func (p *person) errand(ctx context.Context, want, human string) error {
	if _, err := p.Greeting(ctx, phone.Pace{}); err != nil {
		return fmt.Errorf("waiting for the greeting: %w", err)
	}
	p.narrate(ctx)
	if err := p.until(ctx, "number", phone.Line{Text: want, Hasty: p.over}); err != nil {
		return err
	}
	number := phone.Line{Text: spokenNumber(p.lang, p.order)}
	if p.over {
		number.Over, number.After = true, 1300*time.Millisecond
	}
	if err := p.until(ctx, "answer", number); err != nil {
		return err
	}
	t, err := p.Turn(ctx, phone.Line{Text: human}, phone.Pace{})
	if err != nil {
		return fmt.Errorf("after %q: %w", human, err)
	}
	p.narrate(ctx)
	p.answers = append(p.answers, float64(t.AnswerMS))
	return waitBridged(ctx, p.api, p.conv)
}

// until says a line, and what follows from the bot's questions, until the bot has come to goal.
func (p *person) until(ctx context.Context, goal string, l phone.Line) error {
	said := l
	for range 3 * maxTries {
		t, err := p.Turn(ctx, said, phone.Pace{})
		if err != nil {
			return fmt.Errorf("after %q: %w", said.Text, err)
		}
		p.answers = append(p.answers, float64(t.AnswerMS))
		p.narrate(ctx)
		if said.Hasty {
			return nil // the next line interrupts: there is nothing to look at yet
		}
		ask, err := p.asked(ctx)
		switch {
		case err != nil:
			return err
		case ask == goal || goal == "number" && ask == "answer":
			return nil
		case ask == "right":
			said = phone.Line{Text: yes[p.lang]}
		case ask == "which":
			said = phone.Line{Text: meant[p.lang]}
		case ask == "wrong":
			said = phone.Line{Text: no[p.lang] + spokenNumber(p.lang, p.order)}
			p.retries++
		default:
			said = phone.Line{Text: l.Text}
			p.retries++
		}
		if p.retries >= maxTries {
			return fmt.Errorf("%q was not understood in %d tries", l.Text, p.retries)
		}
	}
	return fmt.Errorf("%q led nowhere", l.Text)
}

// narrate tells what the gateway's live record holds and was not told yet.
func (p *person) narrate(ctx context.Context) {
	if p.tell == nil {
		return
	}
	rec, err := p.api.conversation(ctx, p.conv)
	if err != nil {
		return
	}
	for _, e := range rec.Events {
		if e.Seq > p.told {
			p.told = e.Seq
			if line := e.tell(); line != "" {
				p.tell("%s", line)
			}
		}
	}
}

// asked reads what the bot wants now: "number", "right" or "wrong" (it read something back), "which"
// (of some wishes it was),
// "answer" (it looked the order up and told), "" (something else, or the same again).
func (p *person) asked(ctx context.Context) (string, error) {
	rec, err := p.api.conversation(ctx, p.conv)
	if err != nil {
		return "", err
	}
	if rec.Outcome != "" {
		return "", errors.New("the bot ended the call")
	}
	step, slot, acted, text := "", "", false, ""
	for _, e := range rec.Events {
		var b struct {
			Step, Text, Outcome string

			Slots []struct{ Name, Value string }
		}
		if json.Unmarshal(e.Body, &b) != nil {
			continue
		}
		switch e.Type {
		case "prompted":
			step, text = b.Step, strings.ToLower(b.Text)
		case "stepped":
			for _, s := range b.Slots {
				slot = s.Value
			}
		case "acted":
			acted = b.Outcome == "ok" // a number that is not known is asked for again
		}
	}
	switch {
	case acted:
		return "answer", nil
	case strings.HasSuffix(step, "#confirm") && slot == p.order:
		return "right", nil
	case strings.HasSuffix(step, "#confirm"):
		return "wrong", nil
	case strings.HasPrefix(step, "policy/clarify") || strings.Contains(step, "#clarify"):
		return "which", nil
	case strings.Contains(text, "numéro") || strings.Contains(text, "order number"):
		return "number", nil
	}
	return "", nil
}

// waitBridged waits until the record says that caller and agent hear each other.
func waitBridged(ctx context.Context, api apiClient, conv string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 40*time.Second, errors.New("not joined with the agent within 40 s"))
	defer cancel()
	for {
		rec, err := api.conversation(ctx, conv)
		if err == nil && rec.transferred() {
			return nil
		}
		if err == nil && rec.Outcome != "" {
			return errors.New("the call ended before the agent was reached")
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
