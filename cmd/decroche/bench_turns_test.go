package main

import (
	"encoding/json"
	"testing"

	"decroche/bench/turneval"
)

// Scripts rely on these names, whatever else is printed beside them.
func TestBenchKeys(t *testing.T) {
	t.Parallel()
	for name, report := range map[string]any{
		"turns":   turnsReport{Report: &turneval.Report{}},
		"bargein": bargeReport{},
	} {
		b, err := json.Marshal(report)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"turns", "answer_p50_ms", "answer_p95_ms", "cut_off_rate", "stop_p95_ms", "false_interruptions", "failed"} {
			if _, ok := got[key].(float64); !ok {
				t.Errorf("bench %s: %q is %v, want a number", name, key, got[key])
			}
		}
	}
}
