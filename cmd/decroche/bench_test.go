package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"decroche/configs"
)

// TestBenchSentencesAreNoExamples keeps the demo figures honest: what the simulated callers say
// must not stand in the hotline's own examples, greetings and courtesies aside.
func TestBenchSentencesAreNoExamples(t *testing.T) {
	t.Parallel()
	bots, err := configs.Bots(learnt(configs.Default()))
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"fr", "en"} {
		known := map[string]bool{}
		for _, e := range bots[0].Examples(lang) {
			known[bare(e)] = true
		}
		for _, s := range append(append([]string{}, wants[lang]...), humans[lang]...) {
			if known[bare(s)] {
				t.Errorf("%q is an example of the hotline", s)
			}
		}
	}
}

// bare is a sentence without capitals, punctuation, greeting and courtesy.
func bare(s string) string {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	s = strings.Join(words, " ")
	for _, w := range []string{"bonjour ", "hello "} {
		s = strings.TrimPrefix(s, w)
	}
	for _, w := range []string{" s il vous plaît", " please"} {
		s = strings.TrimSuffix(s, w)
	}
	return s
}

func TestSIPpFailuresAreReadFromItsStatistics(t *testing.T) {
	t.Parallel()
	r := &sippRun{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(r.dir, "stat.csv"), []byte("StartTime;FailedCall(P);FailedCall(C);\na;0;0;\nb;2;7;\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if n := r.failures(); n != 7 {
		t.Errorf("%d failures read, want 7", n)
	}
}
