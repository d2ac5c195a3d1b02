package configs

import (
	"embed"
	"fmt"
)

//go:embed schema/*.json
var schemas embed.FS

// SchemaKinds are the kinds of a bot's files that have a JSON Schema.
func SchemaKinds() []string { return []string{"bot", "intents", "flows", "tests"} }

// Schema returns the JSON Schema (draft 2020-12) of one kind of a bot's files, for editors. It
// is generated from flows/schema, as the keys that the loader knows.
func Schema(kind string) ([]byte, error) {
	doc, err := schemas.ReadFile("schema/" + kind + ".schema.json")
	if err != nil {
		return nil, fmt.Errorf("no schema of kind %q; there are %v", kind, SchemaKinds())
	}
	return doc, nil
}
