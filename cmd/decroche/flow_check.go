package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"decroche/configs"
	"decroche/flows"
)

type flowCheckCmd struct {
	Dir    string `arg:"" help:"Folder of the hotline, the one with bot.yaml." type:"existingdir"`
	Strict bool   `help:"Fail on warnings as well: an entity that nothing collects, a slot that nothing reads, a button that nobody would understand."`
	JSON   bool   `help:"Print one JSON object." name:"json"`
}

// complaint is one mistake or warning as JSON has it.
type complaint struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col"`
	Text string `json:"text"`
}

func complaints(ps flows.Problems) []complaint {
	out := []complaint{}
	for _, p := range ps {
		out = append(out, complaint{p.File, p.Line, p.Col, p.Msg})
	}
	return out
}

// fromHere is a folder as people type it: relative when it is below the working directory.
func fromHere(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(here, dir)
	if err != nil || strings.HasPrefix(rel, "..") {
		return dir
	}
	return rel
}

// Run leaves with exit code 2 when the folder has mistakes, or with --strict warnings.
func (c *flowCheckCmd) Run() error {
	b, err := flows.Load(os.DirFS(c.Dir), flows.Options{})
	var wrong flows.Problems
	if err != nil && !errors.As(err, &wrong) {
		return configs.BotError(fromHere(c.Dir), err)
	}
	var warned flows.Problems
	if b != nil {
		warned = b.Warnings()
	}
	if c.JSON {
		out := struct {
			OK       bool        `json:"ok"`
			Problems []complaint `json:"problems"`
			Warnings []complaint `json:"warnings"`
		}{len(wrong) == 0 && !(c.Strict && len(warned) > 0), complaints(wrong), complaints(warned)}
		if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
			return err
		}
		if !out.OK {
			return &exitError{exitConfig, errors.New("")}
		}
		return nil
	}
	if err != nil {
		return configs.BotError(fromHere(c.Dir), err)
	}
	for _, w := range warned {
		w.File = filepath.Join(fromHere(c.Dir), w.File)
		fmt.Printf("warning: %s\n", w.Caret())
	}
	if c.Strict && len(warned) > 0 {
		return &exitError{exitConfig, fmt.Errorf("hotline %s: %d warnings, which --strict does not let pass", b.Name, len(warned))}
	}
	fmt.Printf("hotline %s: languages %v, answers %v: in order\n", b.Name, b.Languages, b.Called())
	return nil
}
