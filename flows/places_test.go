package flows_test

import (
	"slices"
	"strings"
	"testing"

	"decroche/flows"
)

// Every place of the demonstration's bot has words in each language, and one of them fills a slot.
func TestPlaces(t *testing.T) {
	t.Parallel()
	b := colibri(t)
	for _, lang := range b.Languages {
		places := b.Places(lang)
		if len(places) == 0 {
			t.Fatal("no step asks anything")
		}
		for _, p := range places {
			if !strings.Contains(p.Step, "/") || p.Title == "" || p.Flow == "" {
				t.Errorf("%+v", p)
			}
		}
		if !slices.ContainsFunc(places, func(p flows.StepPlace) bool { return p.Slot != "" }) {
			t.Error("no place fills a slot")
		}
	}
	if title, open := b.SlotTitle("nothing_of_ours", "fr"); title != "nothing of ours" || !open {
		t.Error(title, open)
	}
}
