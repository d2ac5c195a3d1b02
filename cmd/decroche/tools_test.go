package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store/sqlite"
)

// The written examples that write files: each works on a copy of docs/examples/hotline, and what
// it prints and leaves is compared with the files beside its README. Run with -update to write them.

// workshop copies the examples' hotline into a new folder and returns the folder above it.
func workshop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "hotline"), os.DirFS("../../docs/examples/hotline")); err != nil {
		t.Fatal(err)
	}
	return dir
}

// tool runs one command line in dir and returns what it printed on standard output.
func tool(t *testing.T, dir, stdin string, wantExit int, args ...string) string {
	t.Helper()
	return toolWith(t, nil, dir, stdin, wantExit, args...)
}

// toolWith is tool with more in its environment.
func toolWith(t *testing.T, env []string, dir, stdin string, wantExit int, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, args...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(stdin)
	cmd.Env = append(append(os.Environ(), runMain+"=1"), env...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != wantExit {
		t.Fatalf("%v left with %d, want %d:\n%s%s", args, code, wantExit, out, &errs)
	}
	return string(out)
}

// figures differ with the understanding of the day; the examples show them, the tests do not pin them.
var figures = regexp.MustCompile(`\d+(\.\d+)? %|\d+ of \d+ understood, before \d+`)

// same compares text with a file of the examples, or writes it with -update.
func same(t *testing.T, file, text string) {
	t.Helper()
	file = filepath.Join("../../docs/examples", filepath.FromSlash(file))
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if figures.ReplaceAllString(string(have), "%") != figures.ReplaceAllString(text, "%") {
		t.Errorf("%s is not what comes now; run go test ./cmd/decroche -run Example -update and look at the difference. Now:\n%s", file, text)
	}
}

func text(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestExampleFlowTalk(t *testing.T) {
	t.Parallel()
	dir := workshop(t)
	const beside = "../../docs/examples/flow-talk/"
	if err := os.WriteFile(filepath.Join(dir, "systems.yaml"), []byte(text(t, beside+"systems.yaml")), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"flow", "talk", "hotline", "--now", "2026-11-23T10:00:00+01:00", "--http", "systems.yaml", "--save", "tests/parle.yaml"}
	same(t, "flow-talk/screen.txt", tool(t, dir, text(t, beside+"input.txt"), 0, args...))
	same(t, "flow-talk/saved.yaml", text(t, filepath.Join(dir, "hotline", "tests", "parle.yaml")))
	if out := tool(t, dir, "", 0, "flow", "test", "hotline", "--run", "^parle$"); !strings.HasSuffix(out, "1 passed, 0 failed\n") {
		t.Errorf("what was saved: %s", out)
	}
	tool(t, dir, "", exitFailed, args...) // the file is there: it is not written over
}

func TestExampleFlowTest(t *testing.T) {
	t.Parallel()
	dir := workshop(t)
	file := filepath.Join(dir, "hotline", "tests", "atelier.yaml")
	if err := os.WriteFile(file, []byte(text(t, "../../docs/examples/flow-test/before.yaml")), 0o600); err != nil {
		t.Fatal(err)
	}
	same(t, "flow-test/report.txt", tool(t, dir, "", exitOutcome, "flow", "test", "hotline", "--parallel", "1"))
	tool(t, dir, "", 0, "flow", "test", "hotline", "--update", "--junit", "junit.xml")
	same(t, "flow-test/after.yaml", text(t, file))
	if x := text(t, filepath.Join(dir, "junit.xml")); !strings.Contains(x, `<testsuites tests="2" failures="0">`) {
		t.Error(x)
	}
	if out := tool(t, dir, "", 0, "flow", "test", "hotline", "--json"); !strings.HasPrefix(out, `{"passed":2,"failed":0,"cases":[{"name":"les horaires","ok":true,"diff":""`) {
		t.Error(out)
	}
}

func TestExampleInbox(t *testing.T) {
	t.Parallel()
	dir := workshop(t)
	if err := os.WriteFile(filepath.Join(dir, "my.yaml"), []byte("data_dir: data\nhotlines: [hotline]\nsecrets: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "data", "decroche.db"))
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)
	for i, u := range []event.Unclear{
		{Text: "ma bicyclette est terminée, fiche quarante-cinq douze zéro un", Why: "corrected", Guess: "prix", P: 0.3, Intent: "reparation"},
		{Text: "j'aimerais un casque", Why: "no_match"},
		{Text: "ma bicyclette est terminée, fiche 4512", Why: "no_match"},
		{Text: "euh ma bicyclette elle est terminée, c'est la fiche 1208", Why: "no_match"},
		{Text: "j'aimerais bien un casque", Why: "no_match"},
	} {
		conv := "c" + string(rune('1'+i))
		for k, b := range []event.Body{event.Started{Channel: "voice", Bot: "atelier", Lang: "fr"}, u, event.Ended{Outcome: "resolved", By: "bot"}} {
			if err := st.Append(t.Context(), event.Event{Conv: conv, Seq: uint64(k + 1), At: at.Add(time.Duration(i) * time.Minute), Body: b}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	var screen strings.Builder
	for _, line := range []string{"inbox list", "inbox show 1", "inbox accept 1 --dry-run", "inbox accept 1", "inbox dismiss 2", "inbox list"} {
		screen.WriteString("$ decroche -c my.yaml " + line + "\n")
		screen.WriteString(tool(t, dir, "", 0, append([]string{"-c", "my.yaml"}, strings.Fields(line)...)...))
	}
	same(t, "inbox/screen.txt", screen.String())
	same(t, "inbox/after.yaml", text(t, filepath.Join(dir, "hotline", "intents", "atelier.yaml")))
	tool(t, dir, "", exitFailed, "-c", "my.yaml", "inbox", "show", "99")
}

// TestFlowTestAtAllDoors: the conversations of a hotline come to the same on every channel, in a table and
// in JSON, and a flow that serves one worse leaves with 3.
func TestFlowTestAtAllDoors(t *testing.T) {
	t.Parallel()
	dir, err := filepath.Abs("../../configs/hotlines/telecom")
	if err != nil {
		t.Fatal(err)
	}
	var out struct {
		Passed, Failed int
		Cases          []struct{ OK, Otherwise bool }
		Parity         struct {
			Doors         []struct{ Name string }
			Conversations []struct {
				Doors []struct {
					OK    bool
					Lacks []struct{ Step, Why, Instead string }
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(tool(t, t.TempDir(), "", 0, "flow", "test", dir, "--channels", "voice,text,speaker", "--json")), &out); err != nil {
		t.Fatal(err)
	}
	n, lacks, otherwise := len(out.Parity.Conversations), 0, 0
	for _, c := range out.Parity.Conversations {
		for _, d := range c.Doors {
			lacks += len(d.Lacks)
		}
	}
	for _, c := range out.Cases {
		if c.Otherwise {
			otherwise++
		}
	}
	if n == 0 || out.Passed != 3*n || out.Failed != 0 || len(out.Parity.Doors) != 3 || lacks == 0 || otherwise == 0 {
		t.Errorf("%d conversations, %d passed, %d failed, %d otherwise, %d lacks, doors %+v", n, out.Passed, out.Failed, otherwise, lacks, out.Parity.Doors)
	}
	// One channel alone is held as beside others.
	if said := tool(t, t.TempDir(), "", 0, "flow", "test", dir, "--channels", "speaker"); !strings.Contains(said, fmt.Sprintf("%d passed, 0 failed", n)) {
		t.Errorf("at a speaker alone:\n%s", said)
	}
	worse := filepath.Join(t.TempDir(), "hotline")
	if err := os.CopyFS(worse, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(worse, "flows", "ligne.yaml")
	src := text(t, file)
	if err := os.WriteFile(file, []byte(strings.ReplaceAll(src, "channel != 'text'", "channel == 'text'")), 0o600); err != nil {
		t.Fatal(err)
	}
	said := tool(t, t.TempDir(), "", 3, "flow", "test", worse, "--channels", "voice,speaker")
	if !strings.Contains(said, "conversation ") || !strings.Contains(said, "2 doors") {
		t.Errorf("no table of doors:\n%s", said)
	}
}
