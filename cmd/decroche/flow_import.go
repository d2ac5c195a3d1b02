package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"decroche/flows/importer"
)

type flowImportCmd struct {
	Src   string `arg:"" help:"Folder or zip of the other system; for Rasa also one nlu.yml." type:"path"`
	From  string `help:"The other system: rasa or dialogflow-cx." enum:"rasa,dialogflow-cx" required:""`
	To    string `help:"Folder of the hotline that is made." required:"" type:"path" placeholder:"DIR"`
	Lang  string `help:"The hotline's first language, fr or en. Without it, what the source says." enum:",fr,en" default:""`
	Name  string `help:"The hotline's name. Without it, the source's."`
	Force bool   `help:"Replace the folder when it is there; the old one is kept beside it."`
	JSON  bool   `help:"Print the report as one JSON object." name:"json"`
}

// Run leaves with exit code 3 when nothing could be imported.
func (c *flowImportCmd) Run() error {
	res, err := importer.Import(importer.Options{From: c.From, Src: c.Src, Name: c.Name, Lang: c.Lang})
	if err != nil {
		return &exitError{exitOutcome, err}
	}
	kept, err := res.Save(c.To, c.Force)
	if errors.Is(err, importer.ErrExists) {
		return fmt.Errorf("%w; choose another folder, or --force", err)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(res.Report)
	}
	fmt.Print(res.Report.Markdown())
	fmt.Fprintf(os.Stderr, "\nwritten to %s\n", c.To)
	if kept != "" {
		fmt.Fprintf(os.Stderr, "the folder that was there is %s now\n", kept)
	}
	return nil
}
