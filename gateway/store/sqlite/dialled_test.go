package sqlite

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"decroche/gateway/store"
)

// Counts rise, survive the process, and are forgotten in their time.
func TestDialled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a.db")
	st, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	row := func(minute int, beginning string, calls int) store.Dialled {
		return store.Dialled{Minute: at.Add(time.Duration(minute) * time.Minute), Beginning: beginning, Calls: calls}
	}
	for _, list := range [][]store.Dialled{
		{row(-5, "", 9), row(0, "", 1), row(0, "+44", 2)},
		{row(0, "", 3)}, {row(0, "", 3)}, // once more, because nobody heard that it had worked
		{row(0, "", 2), row(1, "+44", 1)},
	} {
		if err := st.KeepDialled(t.Context(), list, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	if st, err = Open(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	got, err := st.Dialled(t.Context(), at.Add(-time.Hour), 10)
	if want := []store.Dialled{row(0, "", 3), row(0, "+44", 2), row(1, "+44", 1)}; err != nil || !same(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	if got, _ := st.Dialled(t.Context(), at.Add(time.Minute), 10); !same(got, []store.Dialled{row(1, "+44", 1)}) {
		t.Errorf("of the last minute: %+v", got)
	}
	if got, _ := st.Dialled(t.Context(), at, 1); len(got) != 1 {
		t.Errorf("one at most: %+v", got)
	}
}

func same(a, b []store.Dialled) bool {
	for _, list := range [][]store.Dialled{a, b} {
		for i := range list {
			list[i].Minute = list[i].Minute.UTC()
		}
	}
	return reflect.DeepEqual(a, b)
}
