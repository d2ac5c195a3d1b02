package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"decroche/configs"
	"decroche/flows"
	"decroche/flows/nlu"
	"decroche/flows/nlu/eval"
)

type nluCmd struct {
	Eval       nluEvalCmd       `cmd:"" help:"Measure the understander on labelled sentences: accuracy, what is rejected, calibration, speed."`
	Confusions nluConfusionsCmd `cmd:"" help:"Show which examples of a hotline fight, which look mislabelled, and what to add."`
}

type nluEvalCmd struct {
	Train string `help:"Sentences to learn from, one a line: intent, tab, text. The intent oos is out of scope." required:"" placeholder:"A.tsv"`
	Test  string `help:"Sentences to measure on, in the same form." required:"" placeholder:"B.tsv"`
	JSON  bool   `help:"Print one JSON object." name:"json"`

	Lang           string  `help:"Language of the sentences, fr or en; guessed without it." enum:"fr,en,auto" default:"auto"`
	LimitPerIntent int     `help:"Learn from so many sentences of each intent only, drawn with --seed." placeholder:"N"`
	HoldOut        float64 `help:"Leave this share of the intents out of training (0.25): their test sentences count as out of scope, inside the domain."`
	Noise          float64 `help:"Make this share of the words of each test sentence wrong (0.1), as a recogniser does."`
	Seed           uint64  `help:"Of everything that is drawn." default:"0"`
	NoSpeed        bool    `help:"Leave out what depends on the machine, so that two runs print the same."`
	NoTitles       bool    `help:"Do not read the names of intents as their titles."`
}

func (c *nluEvalCmd) Run(ctx context.Context) error {
	train, err := readSentences(c.Train)
	if err != nil {
		return &exitError{exitConfig, err}
	}
	test, err := readSentences(c.Test)
	if err != nil {
		return &exitError{exitConfig, err}
	}
	opt := eval.Options{
		LimitPerIntent: c.LimitPerIntent, HoldOut: c.HoldOut, Noise: c.Noise, Seed: c.Seed, NoTitles: c.NoTitles,
		Training: func(done, of int) { progress("learning", done, of) },
		Progress: func(done, of int) { progress("classifying", done, of) },
	}
	if c.Lang != "auto" {
		opt.Lang = c.Lang
	}
	r, err := eval.Run(ctx, train, test, opt)
	if err != nil {
		return err
	}
	if len(r.Missing) > 0 {
		fmt.Fprintf(os.Stderr, "no sentence to learn from has these intents of the test; their sentences count as wrong: %v\n", r.Missing)
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(r)
	}
	r.Print(os.Stdout, !c.NoSpeed)
	return nil
}

func readSentences(path string) ([]nlu.Example, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read sentences: %w", err)
	}
	defer f.Close()
	return eval.ReadTSV(f, path)
}

type nluConfusionsCmd struct {
	Dir  string `arg:"" help:"Folder of the hotline, the one with bot.yaml." type:"existingdir"`
	Lang string `help:"Look at one language only." placeholder:"fr"`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *nluConfusionsCmd) Run(ctx context.Context) error {
	b, err := flows.Load(os.DirFS(c.Dir), flows.Options{})
	if err != nil {
		return configs.BotError(c.Dir, err)
	}
	return c.report(ctx, b, os.Stdout)
}

// report writes what was found to w.
func (c *nluConfusionsCmd) report(ctx context.Context, b *flows.Bot, w io.Writer) error {
	out := struct {
		Languages []eval.Confusions `json:"languages"`
	}{[]eval.Confusions{}}
	for _, lang := range b.Languages {
		if c.Lang != "" && c.Lang != lang {
			continue
		}
		r, err := eval.Confuse(ctx, lang, b.Lessons(lang), nlu.Options{Lists: b.Lists()}, func(done, of int) { progress("judging "+lang, done, of) })
		if err != nil {
			return err
		}
		out.Languages = append(out.Languages, r)
	}
	if len(out.Languages) == 0 {
		return &exitError{exitFailed, errors.New("the hotline does not speak \"" + c.Lang + "\"; choose one of its languages")}
	}
	if c.JSON {
		return json.NewEncoder(w).Encode(out)
	}
	for _, r := range out.Languages {
		r.Print(w)
	}
	return nil
}
