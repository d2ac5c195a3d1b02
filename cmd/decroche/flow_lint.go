package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"decroche/configs"
	"decroche/flows"
	"decroche/flows/lint"
	"decroche/flows/render"
)

type flowLintCmd struct {
	Dir     string   `arg:"" optional:"" help:"Folder of the hotline." type:"existingdir"`
	Measure bool     `help:"Measure durations with the configured voice instead of estimating them at 165 words a minute."`
	Strict  bool     `help:"Fail on warnings as well as on errors."`
	Without []string `help:"Rules not to look for." placeholder:"RULE"`
	Rules   bool     `help:"List the rules and leave. A rule is silenced at one place by a comment on its line or above: # lint:allow RULE: the reason."`
	JSON    bool     `help:"Print one JSON object." name:"json"`
}

// Run leaves with exit code 2 when the folder does not load, 3 when something was found that
// fails.
func (c *flowLintCmd) Run(ctx context.Context, g *globals) error {
	if c.Rules {
		return c.listRules(os.Stdout)
	}
	if c.Dir == "" {
		return errors.New("flow lint: name the folder of a hotline, or --rules")
	}
	b, err := flows.Load(os.DirFS(c.Dir), flows.Options{})
	if err != nil {
		return configs.BotError(fromHere(c.Dir), err)
	}
	opt := lint.Options{Without: c.Without}
	for _, name := range c.Without {
		if !slices.ContainsFunc(lint.Rules(), func(r lint.Rule) bool { return r.Name == name }) {
			return fmt.Errorf("--without %s: there is no such rule; --rules lists them", name)
		}
	}
	if c.Measure {
		if opt.Measure, err = measureWith(ctx, g); err != nil {
			return err
		}
	}
	found := lint.Bot(b, opt)
	count := map[lint.Severity]int{}
	for _, f := range found {
		count[f.Severity]++
	}
	if err := c.print(os.Stdout, b, found, count); err != nil {
		return err
	}
	if count[lint.Error] > 0 || c.Strict && count[lint.Warning] > 0 {
		return &exitError{exitOutcome, errors.New("")}
	}
	return nil
}

func (c *flowLintCmd) print(w io.Writer, b *flows.Bot, found []lint.Finding, count map[lint.Severity]int) error {
	if c.JSON {
		if found == nil {
			found = []lint.Finding{}
		}
		return json.NewEncoder(w).Encode(struct {
			Errors   int            `json:"errors"`
			Warnings int            `json:"warnings"`
			Notes    int            `json:"notes"`
			Findings []lint.Finding `json:"findings"`
		}{count[lint.Error], count[lint.Warning], count[lint.Note], found})
	}
	for _, f := range found {
		f.File = filepath.Join(fromHere(c.Dir), f.File)
		if _, err := fmt.Fprintln(w, f.Caret()); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "hotline %s: %d errors, %d warnings, %d notes\n", b.Name, count[lint.Error], count[lint.Warning], count[lint.Note])
	return err
}

func (c *flowLintCmd) listRules(w io.Writer) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(struct {
			Rules []lint.Rule `json:"rules"`
		}{lint.Rules()})
	}
	for _, r := range lint.Rules() {
		if _, err := fmt.Fprintf(w, "%-11s %-8s %s\n", r.Name, r.Severity, r.About); err != nil {
			return err
		}
	}
	return nil
}

// measureWith makes a ruler out of the configured voice.
func measureWith(ctx context.Context, g *globals) (func(lang, text string) (time.Duration, error), error) {
	cfg, err := loadConfig(g)
	if err != nil {
		return nil, err
	}
	mouth, err := newSynthesiser(cfg)
	if err != nil {
		return nil, err
	}
	return func(lang, text string) (time.Duration, error) {
		u := utterance(lang, "", render.Spoken(lang, text))
		pcm, err := synthesise(ctx, mouth, u)
		return time.Duration(len(pcm)) * time.Second / time.Duration(u.Rate), err
	}, nil
}
