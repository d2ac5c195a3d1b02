package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
)

// RecordingStore is a Store that also knows what recordings there are.
type RecordingStore interface {
	store.Store
	store.Recordings
}

// RunRecordings checks one implementation of store.Recordings. open returns a new, empty store
// each time; RunRecordings closes it.
func RunRecordings(t *testing.T, open func(t *testing.T) RecordingStore) {
	for name, test := range map[string]func(*testing.T, RecordingStore){
		"a recording is open, then kept, then gone":   testRecordingLife,
		"recordings are found by age and by caller":   testRecordingQueries,
		"a recording outlives no conversation":        testRecordingOrphan,
		"an ended conversation takes a note, no more": testNote,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := open(t)
			test(t, st)
			if err := st.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
}

func recordings(t *testing.T, st store.Recordings, q store.RecordingQuery) (out []string) {
	t.Helper()
	list, err := st.Recordings(t.Context(), q)
	must(t, err)
	for _, r := range list {
		out = append(out, r.Conv)
	}
	return out
}

func testRecordingLife(t *testing.T, st RecordingStore) {
	r := store.Recording{Conv: "c1", Bot: "colibri", Caller: "+33612345678", Start: t0, File: "2026-11-21/c1.wav"}
	must(t, st.AddRecording(t.Context(), r))
	if err := st.AddRecording(t.Context(), r); err == nil {
		t.Error("a second recording of one conversation was taken")
	}
	r.Open = true
	if got, err := st.Recording(t.Context(), "c1"); err != nil || got != r {
		t.Errorf("got %+v, %v; want %+v", got, err, r)
	}
	if got := recordings(t, st, store.RecordingQuery{Open: true}); !slices.Equal(got, []string{"c1"}) {
		t.Errorf("open are %v", got)
	}
	r.Open, r.Length, r.Bytes, r.SHA256, r.Dropped = false, 93*time.Second, 1488058, "9f86", 500*time.Millisecond
	must(t, st.KeepRecording(t.Context(), r))
	if got, err := st.Recording(t.Context(), "c1"); err != nil || got != r {
		t.Errorf("got %+v, %v; want %+v", got, err, r)
	}
	if got := recordings(t, st, store.RecordingQuery{Open: true}); got != nil {
		t.Errorf("open are %v", got)
	}
	must(t, st.DropRecording(t.Context(), "c1"))
	must(t, st.DropRecording(t.Context(), "c1"))
	if _, err := st.Recording(t.Context(), "c1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("dropped: %v", err)
	}
	if err := st.KeepRecording(t.Context(), r); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("kept what was dropped: %v", err)
	}
}

func testRecordingQueries(t *testing.T, st RecordingStore) {
	for i, caller := range []string{"+33612345678", "0612345678", "+33600000000", "", "alice@example.com"} {
		r := store.Recording{Conv: string(rune('a' + i)), Caller: caller, Start: t0.Add(time.Duration(i) * time.Hour), File: "f"}
		must(t, st.AddRecording(t.Context(), r))
	}
	for _, tt := range []struct {
		q    store.RecordingQuery
		want []string
	}{
		{store.RecordingQuery{}, []string{"a", "b", "c", "d", "e"}},
		{store.RecordingQuery{Limit: 2}, []string{"a", "b"}},
		{store.RecordingQuery{Limit: 2, After: "b"}, []string{"c", "d"}},
		{store.RecordingQuery{Before: t0.Add(time.Hour)}, []string{"a"}},
		{store.RecordingQuery{Caller: "+33612345678"}, []string{"a", "b"}},
		{store.RecordingQuery{Caller: "0612345678"}, []string{"a", "b"}},
		{store.RecordingQuery{Caller: "+49612345678"}, []string{"b"}},
		{store.RecordingQuery{Caller: "12345678"}, []string{"a"}},
		{store.RecordingQuery{Caller: "345678"}, nil},
		{store.RecordingQuery{Caller: "alice@example.com"}, []string{"e"}},
	} {
		if got := recordings(t, st, tt.q); !slices.Equal(got, tt.want) {
			t.Errorf("%+v: %v, want %v", tt.q, got, tt.want)
		}
	}
}

func testRecordingOrphan(t *testing.T, st RecordingStore) {
	must(t, st.Append(t.Context(), Call("known", t0)...))
	for _, conv := range []string{"known", "erased", "running"} {
		r := store.Recording{Conv: conv, Start: t0, File: conv}
		must(t, st.AddRecording(t.Context(), r))
		if conv != "running" { // its conversation may not be written yet
			must(t, st.KeepRecording(t.Context(), r))
		}
	}
	if got := recordings(t, st, store.RecordingQuery{Orphan: true}); !slices.Equal(got, []string{"erased"}) {
		t.Errorf("orphans are %v", got)
	}
}

func testNote(t *testing.T, st RecordingStore) {
	body := event.RecordingDeleted{Why: "ttl"}
	if err := st.Note(t.Context(), "c1", body, t0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
	call := Call("c1", t0)
	must(t, st.Append(t.Context(), call[:3]...))
	if err := st.Note(t.Context(), "c1", body, t0); !errors.Is(err, store.ErrRunning) {
		t.Errorf("of a running one: %v", err)
	}
	must(t, st.Append(t.Context(), call[3:]...))
	must(t, st.Note(t.Context(), "c1", body, t0.Add(time.Hour)))
	evs := events(t, st, "c1", uint64(len(call)))
	if len(evs) != 1 || evs[0].Body != body || evs[0].Seq != uint64(len(call))+1 || !evs[0].At.Equal(t0.Add(time.Hour)) {
		t.Errorf("noted %+v", evs)
	}
}
