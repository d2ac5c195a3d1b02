// Package reference writes what people and editors read about the files of this project: a
// JSON Schema for each kind of a bot's files, and the pages of docs/reference. Everything is
// taken from the code, from the declarations of flows/schema and the comments over them, so
// that a page can be stale only until the next test run.
package reference

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"

	"decroche/flows/schema"
)

// Kind is one kind of file with a schema of its own.
type Kind struct {
	Name  string // "flows"
	Title string
	Root  reflect.Type
}

// Kinds lists the kinds of files, in the order of the reference.
func Kinds() []Kind {
	return []Kind{
		{"bot", "bot.yaml", reflect.TypeFor[schema.Bot]()},
		{"intents", "intents/*.yaml", reflect.TypeFor[map[string]schema.Intent]()},
		{"flows", "flows/*.yaml", reflect.TypeFor[schema.FlowFile]()},
		{"tests", "tests/*.yaml", reflect.TypeFor[schema.Tests]()},
	}
}

// Files returns every generated file by its path in the repository at root.
func Files(root string) (map[string][]byte, error) {
	about, err := readComments(filepath.Join(root, "flows", "schema"))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, k := range Kinds() {
		doc, err := jsonSchema(k, about)
		if err != nil {
			return nil, err
		}
		out["configs/schema/"+k.Name+".schema.json"] = doc
	}
	responses, err := os.ReadFile(filepath.Join(root, "flows", "responses.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read the standard responses: %w", err)
	}
	if out["docs/reference/flows.md"], err = flowsPage(about, responses); err != nil {
		return nil, err
	}
	if out["docs/reference/limits.md"], err = limitsPage(root); err != nil {
		return nil, err
	}
	manual, err := os.ReadFile(filepath.Join(root, "configs", "decroche.yaml"))
	if err != nil {
		return nil, fmt.Errorf("read the configuration's manual: %w", err)
	}
	out["docs/reference/config.md"] = configPage(manual)
	return out, nil
}

// Write writes Files into the repository at root and returns how many differed.
func Write(root string) (int, error) {
	files, err := Files(root)
	if err != nil {
		return 0, err
	}
	changed := 0
	for name, want := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		if have, err := os.ReadFile(path); err == nil && string(have) == string(want) {
			continue
		}
		changed++
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return changed, err
		}
		if err := os.WriteFile(path, want, 0o644); err != nil {
			return changed, err
		}
	}
	return changed, nil
}
