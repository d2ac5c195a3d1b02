package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Each folder of docs/examples shows one tool on a written example: its input, and
// example.txt, which holds commands and exactly what they print, in the form of a terminal:
//
//	$ decroche flow check faulty
//	…what it prints on either output…
//	[2]
//
// where [2] is the exit code, left out when it is 0. Run with -update to write what they print.
func TestWrittenExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../docs/examples/*/example.txt")
	if err != nil || len(files) < 2 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			t.Parallel()
			have, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var b strings.Builder
			for line := range strings.Lines(string(have)) {
				command, ok := strings.CutPrefix(strings.TrimSpace(line), "$ decroche ")
				if !ok {
					continue
				}
				fmt.Fprintf(&b, "$ decroche %s\n%s", command, printed(t, self, filepath.Dir(file), strings.Fields(command)))
			}
			if *update {
				if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if b.String() != string(have) {
				t.Errorf("%s is not what is printed now; run go test ./cmd/decroche -run TestWrittenExamples -update and look at the difference. Now:\n%s", file, b.String())
			}
		})
	}
}

// printed runs one command in dir.
func printed(t *testing.T, self, dir string, args []string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), runMain+"=1")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	text := string(out)
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	if exit != nil {
		text += fmt.Sprintf("[%d]\n", exit.ExitCode())
	}
	return text
}
