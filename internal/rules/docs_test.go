package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)

// TestDocLinksLeadSomewhere checks every relative link of every Markdown file.
func TestDocLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	top := root(t)
	for _, glob := range []string{"*.md", "docs/*.md", "docs/*/*.md", "*/*/README.md", "*/*/*/README.md"} {
		files, err := filepath.Glob(filepath.Join(top, glob))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
					continue
				}
				if _, err := os.Stat(filepath.Join(filepath.Dir(f), m[1])); err != nil {
					rel, _ := filepath.Rel(top, f)
					t.Errorf("%s links to %s, which is not there", rel, m[1])
				}
			}
		}
	}
}
