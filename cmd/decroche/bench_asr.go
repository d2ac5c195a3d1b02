package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"decroche/asr/eval"
	"decroche/configs"
)

type benchASRCmd struct {
	Dir        string   `arg:"" help:"Folder with recordings and a clips.tsv: a header line with file, lang, speaker, transcript, and where wanted set (recordings of one closed set) and expect (as transcribe --expect)." type:"existingdir"`
	Engine     []string `help:"Recognisers, one by one; nothing for all that the configuration asks." placeholder:"NAME"`
	Lang       string   `help:"Language of recordings whose line names none." enum:"fr,en" default:"fr"`
	Conditions string   `help:"What happens to the sound: alaw, ulaw or none, babble:DB, loss:PERCENT of packets, joined by + where several." default:"${conditions}"`
	Closed     bool     `help:"Also ask each recording as one of a closed set: its set, or all that is said in its language."`
	ClosedOnly bool     `help:"Only that, for engines without free speech such as pocketsphinx."`
	Speed      float64  `help:"How fast audio comes: 1 as in a call, when the time of the last word is a caller's; 0 as fast as the engine takes it." default:"0"`
	Jobs       int      `help:"Recordings at once; 0: one a core." default:"0" short:"j"`
	JSON       bool     `help:"Print one JSON object." name:"json"`
}

// Run prints the report; it leaves with exit code 3 when a recording could not be heard.
func (c *benchASRCmd) Run(ctx context.Context, g *globals) error {
	if c.Speed < 0 || c.Speed > 1000 || c.Jobs < 0 || c.Jobs > 1000 {
		return fmt.Errorf("--speed %v, --jobs %d: choose 0 to 1000", c.Speed, c.Jobs)
	}
	conditions, err := eval.ParseConditions(c.Conditions)
	if err != nil {
		return err
	}
	clips, err := eval.ReadFolder(c.Dir)
	if err != nil {
		return err
	}
	var sounds []eval.Sound
	for _, cl := range clips {
		pcm, err := readPhone(filepath.Join(c.Dir, cl.File))
		if err != nil {
			return err
		}
		sounds = append(sounds, eval.Sound{Clip: cl, PCM: pcm})
	}
	engines, err := c.engines(g)
	if err != nil {
		return err
	}
	r, err := eval.Run(ctx, sounds, engines, eval.Options{
		Conditions: conditions, Closed: c.Closed, ClosedOnly: c.ClosedOnly, Speed: c.Speed, Jobs: c.Jobs, Lang: c.Lang,
		Progress: func(done, total int) { progress("recognising", done, total) },
	})
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(r)
	} else {
		err = r.Markdown(os.Stdout)
	}
	if err != nil {
		return err
	}
	failed := 0
	for _, w := range r.Rows {
		if w.Speaker == "" {
			failed += w.Failed
		}
	}
	if failed > 0 {
		return &exitError{exitOutcome, fmt.Errorf("%d of %d recordings could not be heard", failed, len(r.Clips))}
	}
	return nil
}

// engines makes each recogniser by itself. The embedded one is not taught the hotlines' own
// sentences: the recordings are anybody's.
func (c *benchASRCmd) engines(g *globals) (list []eval.Engine, err error) {
	cfg, err := loadConfig(g)
	if err != nil {
		return nil, err
	}
	names := c.Engine
	if len(names) == 0 {
		names = cfg.ASR.Used()
	}
	for _, name := range names {
		if _, err := chosen("--engine", name, "", configs.Recognisers); err != nil {
			return nil, err
		}
		r, err := newEngine(name, cfg, nil, logger(slog.LevelWarn))
		if err != nil {
			return nil, fmt.Errorf("engine %s: %w", name, err)
		}
		list = append(list, eval.Engine{Name: name, Recogniser: r})
	}
	return list, nil
}
