package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"decroche/asr/embedded"
	"decroche/asr/eval"
	benchwake "decroche/bench/wake"
	"decroche/configs"
	"decroche/media/resample"
	"decroche/media/wav"
)

// benchWakeCmd is whether the wake phrase is found, and how often other speech is taken for it.
type benchWakeCmd struct {
	Hours      float64 `help:"Other speech in all, half of it in each language." default:"1"`
	Lang       string  `help:"fr, en, or both." default:"both" enum:"fr,en,both"`
	Recordings string  `help:"Folder with a clips.tsv whose recordings are other speech too." placeholder:"DIR" env:"DECROCHE_CLIPS"`
	Develop    bool    `help:"Voices of the recogniser's training, on which the bounds were chosen."`
	Fit        float64 `help:"Try other bounds: nats a phoneme may lose."`
	Worse      float64 `help:"Try other bounds: how many times worse than free speech."`
	Sure       float64 `help:"Try other bounds: least confidence."`
	JSON       bool    `help:"Print one JSON object." name:"json"`
}

// wakeReport is what --json prints.
type wakeReport struct {
	Found   float64             `json:"found_percent"`
	False   int                 `json:"false_wakes"`
	Seconds float64             `json:"other_seconds"`
	Langs   []*benchwake.Result `json:"languages"`
}

// Run measures. Exit code 3: less than 95 % found, or more than one false wake in an hour.
func (c *benchWakeCmd) Run(ctx context.Context) error {
	if !(c.Hours > 0 && c.Hours <= 100) {
		return errors.New("--hours must be above 0 and at most 100")
	}
	var langs []string
	for _, l := range []string{"fr", "en"} {
		if c.Lang == l || c.Lang == "both" {
			langs = append(langs, l)
		}
	}
	var rep wakeReport
	said, found := 0, 0
	for _, l := range langs {
		sentences, err := otherSentences(l)
		if err != nil {
			return err
		}
		o := benchwake.Options{Lang: l, Develop: c.Develop, Other: time.Duration(c.Hours / float64(len(langs)) * float64(time.Hour)), Sentences: sentences, Tell: progress}
		if c.Fit != 0 || c.Worse != 0 || c.Sure != 0 {
			o.Bounds = embedded.Bounds{Fit: c.Fit, Worse: c.Worse, Sure: c.Sure}
		}
		if o.Recordings, err = otherRecordings(c.Recordings, l); err != nil {
			return err
		}
		r, err := benchwake.Run(ctx, o)
		if err != nil {
			return err
		}
		said, found = said+r.Said, found+r.Found
		rep.False, rep.Seconds = rep.False+r.False, rep.Seconds+r.Other
		rep.Langs = append(rep.Langs, r)
	}
	rep.Found = round3(100 * float64(found) / float64(said))
	if c.JSON {
		if err := printJSON(os.Stdout, rep); err != nil {
			return err
		}
	} else {
		rep.print()
	}
	if rep.Found < 95 || float64(rep.False) > max(1, rep.Seconds/3600) {
		return &exitError{exitOutcome, fmt.Errorf("the wake phrase: %.1f %% found, %d false wakes in %.0f s of other speech; at least 95 %% and at most one an hour are asked", rep.Found, rep.False, rep.Seconds)}
	}
	return nil
}

func (r wakeReport) print() {
	for _, l := range r.Langs {
		fmt.Printf("%s: found %d of %d (%.1f %%), heard twice %d; %d false wakes in %.0f s of other speech; %.0f times as fast as it was said\n", l.Lang, l.Found, l.Said, 100*float64(l.Found)/float64(l.Said), l.Twice, l.False, l.Other, l.CPU)
		for name, n := range l.Conditions {
			fmt.Printf("  %-14s %d of %d\n", name, n[0], n[1])
		}
		for name, n := range l.Voices {
			if n[0] < n[1] {
				fmt.Printf("  %-14s %d of %d\n", name, n[0], n[1])
			}
		}
		fmt.Printf("  %d of %d sentences made to resemble it were taken for it\n", l.Mistaken, l.Alike)
		for _, f := range l.MistakenFor {
			fmt.Printf("    %s\n", f)
		}
		for _, f := range l.FalseAt {
			fmt.Printf("  woken by: %s\n", f)
		}
	}
	fmt.Printf("found %.1f %% (at least 95); %d false wakes in %.2f hours (at most 1 an hour)\n", r.Found, r.False, r.Seconds/3600)
}

// otherSentences are what people say to the example hotlines.
func otherSentences(lang string) ([]string, error) {
	cfg, err := configs.Examples()
	if err != nil {
		return nil, err
	}
	bots, err := loadBots(cfg)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, b := range bots {
		all = append(all, b.Examples(lang)...)
	}
	return all, nil
}

// otherRecordings reads the recordings of a folder in a language.
func otherRecordings(dir, lang string) ([][]int16, error) {
	if dir == "" {
		return nil, nil
	}
	clips, err := eval.ReadFolder(dir)
	if err != nil {
		return nil, err
	}
	var out [][]int16
	for _, k := range clips {
		if k.Lang != lang {
			continue
		}
		pcm, rate, err := wav.ReadFile(filepath.Join(dir, k.File))
		if err != nil {
			return nil, err
		}
		fit, err := resample.New(rate, 8000)
		if err != nil {
			return nil, err
		}
		out = append(out, fit.Flush(fit.Process(nil, pcm)))
	}
	return out, nil
}
