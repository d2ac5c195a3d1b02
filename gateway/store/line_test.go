package store_test

import (
	"testing"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// A hand-off is told by the queue that its flow named, and by its skills where none is.
func TestAHandoffIsNamedByItsQueue(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]event.TransferStarted{
		"Réclamations": {Queue: "Réclamations", Skills: []string{"litige", "fr"}},
		"litige, fr":   {Skills: []string{"litige", "fr"}},
		"":             {},
	} {
		e := event.Event{Conv: "a", Seq: 1, Body: v}
		if h, ok := store.Opens(e); !ok || h.Queue != want {
			t.Errorf("%+v: queue %q, want %q", v, h.Queue, want)
		}
		var s store.Summary
		if s.Apply(e); s.Queue != want {
			t.Errorf("%+v: summary's queue %q, want %q", v, s.Queue, want)
		}
	}
}
