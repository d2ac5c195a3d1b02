package gateway

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"decroche/flows"
)

// TestExampleReload plays docs/examples/reload: what callers hear while a hotline's file is edited.
// With UPDATE=1 it writes the report.
func TestExampleReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../docs/examples/hotline")); err != nil {
		t.Fatal(err)
	}
	h, _, _ := watched(t, false, nil, dir)
	file := filepath.Join(dir, "flows", "atelier.yaml")
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	turn := func(e *flows.Engine, st flows.State, in flows.Input) flows.Output {
		out, err := e.Turn(t.Context(), st, in)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	begin := func() (*flows.Engine, flows.State) {
		e := h.now.Load().bots[0].Engine()
		return e, turn(e, flows.State{}, flows.Input{Kind: flows.Start, Channel: flows.Text}).State
	}
	hears := func(e *flows.Engine, st flows.State) string {
		return turn(e, st, flows.Input{Kind: flows.Said, Text: "vous ouvrez à quelle heure", Confidence: 1}).Say[0].Text
	}
	var b strings.Builder
	running, state := begin()
	version := h.info()[0].Version
	for _, edit := range [][2]string{{"", ""}, {"de neuf heures", "de dix heures"}, {"- say: \"L'atelier", "- sya: \"L'atelier"}, {"- sya:", "- say:"}} {
		what := "nothing"
		if edit[0] != "" {
			what = fmt.Sprintf("%s to %s", edit[0], edit[1])
			src = []byte(strings.Replace(string(src), edit[0], edit[1], 1))
			put(t, file, string(src))
		}
		h.looks(t)
		info := h.info()[0]
		problem := info.Problem
		if problem == "" {
			problem = "none"
		}
		fmt.Fprintf(&b, "changed: %s\nthe conversation that runs: %s\na new one: %s\nversion changed: %v\nproblem: %s\n\n",
			what, hears(running, state), hears(begin()), info.Version != version, strings.ReplaceAll(problem, dir, "hotline"))
		version = info.Version
	}
	const report = "../docs/examples/reload/report.txt"
	if os.Getenv("UPDATE") != "" {
		put(t, report, b.String())
		return
	}
	if want, err := os.ReadFile(report); err != nil || string(want) != b.String() {
		t.Errorf("%s is not what happens now (UPDATE=1 writes it; %v):\n%s", report, err, &b)
	}
}
