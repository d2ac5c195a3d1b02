package main

import (
	"fmt"
	"os"
	"path/filepath"

	"decroche/configs"
)

type flowSchemaCmd struct {
	Kind string `arg:"" optional:"" enum:"bot,intents,flows,tests,all" default:"all" help:"Kind of file: bot, intents, flows or tests."`
	Out  string `short:"o" placeholder:"FOLDER" help:"Write KIND.schema.json into this folder instead of printing."`
}

// Run prints one schema, or writes one or all of them.
func (c *flowSchemaCmd) Run() error {
	kinds := []string{c.Kind}
	if c.Kind == "all" {
		kinds = configs.SchemaKinds()
		if c.Out == "" {
			return fmt.Errorf("flow schema: say which one to print (%v), or write all of them with -o FOLDER", kinds)
		}
	}
	for _, k := range kinds {
		doc, err := configs.Schema(k)
		if err != nil {
			return err
		}
		if c.Out == "" {
			if _, err := os.Stdout.Write(doc); err != nil {
				return err
			}
			continue
		}
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return fmt.Errorf("flow schema: make folder %s: %w", c.Out, err)
		}
		path := filepath.Join(c.Out, k+".schema.json")
		if err := os.WriteFile(path, doc, 0o644); err != nil {
			return fmt.Errorf("flow schema: write %s: %w", path, err)
		}
		fmt.Println(path)
	}
	return nil
}
