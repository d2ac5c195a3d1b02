package eval

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"decroche/flows/nlu"
)

// open reads one file of sentences.
func open(t testing.TB, path string) []nlu.Example {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ex, err := ReadTSV(f, filepath.Base(path))
	if err != nil {
		t.Fatal(err)
	}
	return ex
}

// TestReport prints the tables of docs/understanding.md. It takes a minute and runs with
// DECROCHE_REPORT=1 only. A report is not a test: nothing in it fails.
func TestReport(t *testing.T) {
	if os.Getenv("DECROCHE_REPORT") == "" {
		t.Skip("DECROCHE_REPORT is not set")
	}
	type set struct {
		name        string
		train, test []nlu.Example
		opt         Options
	}
	var sets []set
	for _, name := range []string{"telecom_fr", "travel_en", "travel_en.hard"} {
		sets = append(sets, set{name: name, train: open(t, "../testdata/"+strings.TrimSuffix(name, ".hard")+".train.tsv"), test: open(t, testFile(name))})
	}
	if root := os.Getenv("DECROCHE_TESTDATA"); root != "" {
		dir := filepath.Join(root, "data", "nlu", "banking77")
		test := open(t, filepath.Join(dir, "test.tsv"))
		sets = append(sets, set{"Banking77, 10 each", open(t, filepath.Join(dir, "train_10.tsv")), test, Options{}})
		full := open(t, filepath.Join(dir, "train_full.tsv"))
		for seed := range uint64(3) {
			sets = append(sets, set{"Banking77, 10 drawn", full, test, Options{LimitPerIntent: 10, Seed: seed}})
		}
		if os.Getenv("FULL") != "" {
			sets = append(sets, set{"Banking77, full", full, test, Options{}})
		}
	}
	fmt.Println("| set | options | accuracy | top 3 | AUROC (max score) | recall at 10 (max score) | ECE | train ms | p50 µs | KiB | act/clarify | zones |\n|---|---|---|---|---|---|---|---|---|---|---|---|")
	for _, s := range sets {
		for _, v := range []Options{{}, {HoldOut: 0.25}, {Noise: 0.1}, {Noise: 0.2}} {
			v.LimitPerIntent, v.Seed = s.opt.LimitPerIntent, s.opt.Seed
			r, err := Run(t.Context(), s.train, s.test, v)
			if err != nil {
				t.Fatal(err)
			}
			what := ""
			if v.HoldOut > 0 {
				what = "a quarter of the intents held out"
			}
			if v.Noise > 0 {
				what = fmt.Sprintf("%.0f %% of words wrong", 100*v.Noise)
			}
			fmt.Printf("| %s | %s | %.3f | %.3f | %s (%s) | %s (%s) | %.3f | %.0f | %.0f | %d | %.2f/%.2f | %+v |\n", s.name, what, r.Accuracy, r.Top3, show(r.OOSAUROC), show(r.MaxScore.AUROC),
				show(r.OOSRecallAt10), show(r.MaxScore.RecallAt10), r.ECE, r.TrainMS, r.ClassifyP50US, r.ModelBytes>>10, r.Act, r.Clarify, r.Zones)
		}
	}
}

func testFile(name string) string {
	if strings.HasSuffix(name, ".hard") {
		return "../testdata/" + name + ".tsv"
	}
	return "../testdata/" + name + ".test.tsv"
}

func show(p *float64) string {
	if p == nil {
		return "–"
	}
	return fmt.Sprintf("%.3f", *p)
}
