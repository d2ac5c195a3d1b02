package reference

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What is committed is what the code says now.
func TestGeneratedFilesAreFresh(t *testing.T) {
	t.Parallel()
	files, err := files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		have, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil || string(have) != string(want) {
			t.Errorf("%s is stale (%v); run go run ./internal/genref and commit what changed", name, err)
		}
	}
}

// Every link of the page of flows leads to a section, and no type is named that has none.
func TestLinksLeadToSections(t *testing.T) {
	t.Parallel()
	files, err := files()
	if err != nil {
		t.Fatal(err)
	}
	page := string(files["docs/reference/flows.md"])
	have := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^## (.+)$`).FindAllStringSubmatch(page, -1) {
		have[anchor(m[1])] = true
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(page, -1) {
		if !have[m[1]] {
			t.Errorf("the page links to #%s, which it does not have", m[1])
		}
	}
	for _, want := range []string{"| `listening` |", "| `scale` |", "map of [Survey](#survey)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
}
