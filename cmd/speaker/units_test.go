package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// TestUnits: the examples of units start the program with flags that it has, wait to be told what it
// tells, and systemd finds nothing wrong with them.
func TestUnits(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../docs/examples/decroche-speaker*.service")
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	analyze, _ := exec.LookPath("systemd-analyze")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		set := map[string]string{}
		for l := range strings.Lines(string(data)) {
			if k, v, ok := strings.Cut(strings.TrimSpace(l), "="); ok && !strings.HasPrefix(k, "#") {
				set[k] = v
			}
		}
		words := strings.Fields(set["ExecStart"])
		var c cli
		parser, err := kong.New(&c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := parser.Parse(words[1:]); err != nil {
			t.Errorf("%s: ExecStart: %v", f, err)
		}
		if set["Type"] != "notify" || set["WatchdogSec"] == "" || set["Restart"] != "always" {
			t.Errorf("%s: Type %q, WatchdogSec %q, Restart %q", f, set["Type"], set["WatchdogSec"], set["Restart"])
		}
		if analyze == "" {
			continue
		}
		// systemd wants the program to be there.
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		there := filepath.Join(t.TempDir(), "decroche-speaker.service")
		if err := os.WriteFile(there, []byte(strings.Replace(string(data), words[0], self, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"verify", "--man=no", "--recursive-errors=no", there}
		if strings.Contains(f, ".user.") {
			args = append([]string{"--user"}, args...)
		}
		cmd := exec.Command(analyze, args...)
		cmd.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+t.TempDir())
		if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), there) {
			t.Errorf("%s: systemd-analyze: %v\n%s", f, err, out)
		}
	}
}
