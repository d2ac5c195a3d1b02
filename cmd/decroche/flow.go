package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"decroche/flows/flowtest"
)

type flowCmd struct {
	Check flowCheckCmd `cmd:"" help:"Read a hotline's folder and complain about everything at once."`
	Test  flowTestCmd  `cmd:"" help:"Run a hotline's golden conversations."`
}

type flowTestCmd struct {
	Dir  string `arg:"" help:"Folder of the hotline." type:"existingdir"`
	JSON bool   `help:"Print one JSON object." name:"json"`
}

func (c *flowTestCmd) Run() error {
	var folder fs.FS = os.DirFS(c.Dir)
	results := flowtest.Run(folder)
	type oneCase struct {
		Name string `json:"name"`
		OK   bool   `json:"ok"`
		Diff string `json:"diff,omitempty"`
	}
	out := struct {
		Passed int       `json:"passed"`
		Failed int       `json:"failed"`
		Cases  []oneCase `json:"cases"`
	}{Cases: []oneCase{}}
	for _, r := range results {
		out.Cases = append(out.Cases, oneCase{r.Name, r.OK, r.Diff})
		if r.OK {
			out.Passed++
		} else {
			out.Failed++
		}
	}
	if c.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
			return err
		}
	} else {
		for _, r := range out.Cases {
			if r.OK {
				fmt.Println("ok  ", r.Name)
			} else {
				fmt.Printf("FAIL %s\n%s\n", r.Name, r.Diff)
			}
		}
		fmt.Printf("%d passed, %d failed\n", out.Passed, out.Failed)
	}
	if out.Failed > 0 {
		return &exitError{exitOutcome, errors.New("")}
	}
	return nil
}
