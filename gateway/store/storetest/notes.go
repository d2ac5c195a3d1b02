package storetest

import (
	"testing"
	"time"

	"decroche/gateway/store"
)

// RunNotes checks what every store.Notes must do.
func RunNotes(t *testing.T, st store.Notes) {
	t.Helper()
	at := time.Date(2026, 11, 22, 10, 42, 0, 0, time.UTC)
	first := store.Note{Conv: "c1", Agent: "lina", Text: "<b>à rappeler</b>", At: at}
	last := store.Note{Conv: "c1", Agent: "lina", Text: "rappelé", Conclusion: "résolu", Proposed: "à suivre", At: at.Add(time.Minute)}
	other := store.Note{Conv: "c1", Agent: "omar", Text: "transmis", At: at.Add(time.Second)}
	for _, n := range []store.Note{first, other, last, {Conv: "c2", Agent: "lina", At: at}} {
		if err := st.SetNote(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	got, err := st.Notes(t.Context(), "c1")
	if err != nil || len(got) != 2 || got[0] != other || got[1] != last {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := st.Notes(t.Context(), "nobody"); err != nil || len(got) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
