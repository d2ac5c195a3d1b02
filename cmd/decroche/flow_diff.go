package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"decroche/configs"
	"decroche/flows"
	"decroche/flows/diff"
)

type flowDiffCmd struct {
	Dir      string   `arg:"" help:"Folder of the hotline." type:"existingdir"`
	Channels []string `help:"The channels to compare." enum:"voice,text,speaker" default:"voice,text,speaker"`
	Width    int      `help:"Columns of the terminal." default:"120"`
	JSON     bool     `help:"Print one JSON object." name:"json"`
}

// Run leaves with exit code 2 when the folder does not load, and with 3 when a golden
// conversation holds on one channel and not on another; differences alone are no failure.
func (c *flowDiffCmd) Run() error {
	var channels []flows.Channel
	for _, name := range c.Channels {
		if !slices.Contains(channels, flows.Channel(name)) {
			channels = append(channels, flows.Channel(name))
		}
	}
	if len(channels) < 2 {
		return fmt.Errorf("flow diff: %v is one channel; name two or three, as in --channels voice,text", c.Channels)
	}
	folder := os.DirFS(c.Dir)
	b, err := flows.Load(folder, flows.Options{})
	if err != nil {
		return configs.BotError(fromHere(c.Dir), err)
	}
	report := diff.Run(folder, b, channels, func(done, of int) { progress("playing conversations", done, of) })
	if c.JSON {
		err = json.NewEncoder(os.Stdout).Encode(report)
	} else {
		err = report.Print(os.Stdout, c.Width)
	}
	if err == nil && report.OneSided() {
		err = &exitError{exitOutcome, errors.New("")}
	}
	return err
}
