package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	link = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	span = regexp.MustCompile("`[^`\n]*`") // code, in which "[4512](numero)" is no link
)

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
			if strings.Contains(f, "node_modules") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range link.FindAllStringSubmatch(span.ReplaceAllString(string(text), ""), -1) {
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

// stray are things that must not be committed: what this machine or session happened to have.
var stray = regexp.MustCompile(`(?i)\.(wav|mp3|pkl|pt|db|test|prof|log)$|(^|/)(bin|out|data|node_modules)/`)

// TestNothingStrayIsCommitted looks at the names git tracks.
func TestNothingStrayIsCommitted(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("git", "-C", root(t), "ls-files").Output()
	if err != nil {
		t.Skip("this is no git checkout:", err)
	}
	for _, f := range strings.Fields(string(out)) {
		if stray.MatchString(f) && !strings.Contains(f, "testdata/") && !strings.HasPrefix(f, "docs/examples/import-") { // an import's source lies as the other system has it
			t.Errorf("%s should not be committed", f)
		}
		if st, err := os.Stat(filepath.Join(root(t), f)); err == nil && st.Size() > 4<<20 {
			t.Errorf("%s has %d bytes; nothing above 4 MiB is kept here", f, st.Size())
		}
	}
}

// TestPortAudioStaysInTheSpeaker: the server never links it.
func TestPortAudioStaysInTheSpeaker(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("git", "-C", root(t), "grep", "-l", `"github.com/gordonklaus/portaudio"`, "--", "*.go").Output()
	if err != nil {
		t.Skip("this is no git checkout, or nothing uses it:", err)
	}
	for _, f := range strings.Fields(string(out)) {
		if filepath.Dir(f) != "cmd/speaker/internal/sound" && f != "internal/rules/docs_test.go" {
			t.Errorf("%s imports PortAudio; only the speaker's sound may", f)
		}
	}
}
