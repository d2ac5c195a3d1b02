//go:build !race

package turneval

import (
	"context"
	"errors"
	"strings"
	"testing"

	"decroche/tts/espeak"
)

// tested are the classes that tests build: all.
const tested = ""

// worstCost is the cost of the shipped default, in seconds a turn, that a change may not exceed. It
// is a little more than the cost on the tuning turns when it was set; lower it when that falls.
const worstCost = 0.35

// Nothing that stops a release happens on the tuning turns. `decroche bench turns` measures the
// other systems and what the machine's load changes. The race detector makes it ten times as slow, so
// make check runs it without.
func TestNothingStopsARelease(t *testing.T) {
	t.Parallel()
	r, err := Measurement{Set: tuneSet(t), Lag: ShippedLag, Brief: true}.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if stops := r.Stopping(); len(stops) > 0 || r.Cost > worstCost {
		var table strings.Builder
		_ = r.Each(&table)
		_ = r.Table(&table, false)
		t.Errorf("a release would be stopped by: %s; cost %.2f s a turn, at most %.2f\n%s", strings.Join(stops, "; "), r.Cost, worstCost, table.String())
	}
}

// Prompts stand still soon for whoever interrupts, and for nothing that is no voice.
// `decroche bench bargein --component` measures four times as many takes.
func TestOnsets(t *testing.T) {
	t.Parallel()
	r, err := Onsets(context.Background(), OnsetOptions{Seed: TuningSeed, Takes: 1})
	if errors.Is(err, espeak.ErrMissing) {
		t.Skip("espeak-ng is not installed; it says the interruptions")
	}
	if err != nil {
		t.Fatal(err)
	}
	if wrong := r.Wrong(); wrong != "" {
		var table strings.Builder
		_ = r.Table(&table)
		t.Errorf("%s\n%s", wrong, table.String())
	}
}
