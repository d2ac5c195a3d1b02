package sqlite

import (
	"database/sql"
	"io/fs"
	"log/slog"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/pressly/goose/v3"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

func TestInboxConforms(t *testing.T) {
	t.Parallel()
	storetest.RunInbox(t, func(t *testing.T) storetest.InboxStore { return open(t, filepath.Join(t.TempDir(), "r.db")) })
}

// Whoever erases a conversation, or an event of it, erases what stands in the inbox.
func TestInboxIsErasedWithTheRecord(t *testing.T) {
	t.Parallel()
	for _, erase := range []string{`DELETE FROM conversations WHERE id = 'a'`, `DELETE FROM events WHERE conv = 'a'`} {
		st := open(t, ":memory:")
		for _, conv := range []string{"a", "b"} {
			if err := st.Append(t.Context(), event.Event{Conv: conv, Seq: 1, At: t0, Body: event.Unclear{Text: "mon numéro est le 06 12", Why: "no_match"}}); err != nil {
				t.Fatal(err)
			}
		}
		if err := st.submit(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(erase); return err }); err != nil {
			t.Fatal(err)
		}
		var left []string
		for u, err := range st.Utterances(t.Context(), store.UtteranceQuery{}) {
			if err != nil {
				t.Fatal(err)
			}
			left = append(left, u.Conv)
		}
		if len(left) != 1 || left[0] != "b" {
			t.Errorf("%s left %v", erase, left)
		}
	}
}

// A record that older builds wrote has events of the inbox and no inbox: they are taken over, with
// what older events lack left empty, and erased with the record like those that come later.
func TestInboxTakesOverAnOldRecord(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "r.db")
	st := open(t, path)
	for i, b := range []event.Body{
		event.Started{Channel: "voice", Bot: "colibri", Lang: "fr"},
		event.Unclear{Text: "ma bicyclette", Guess: "colis", P: 0.25, Why: "no_match", Asked: "numero", Lang: "fr"},
		event.Unclear{Text: "autre chose", Why: "corrected", Intent: "retour"},
		event.Ended{Outcome: "resolved"},
	} {
		if err := st.Append(t.Context(), event.Event{Conv: "a", Seq: uint64(i + 1), At: t0, Body: b}); err != nil {
			t.Fatal(err)
		}
	}
	want := utterances(t, st)
	if len(want) != 2 {
		t.Fatalf("wrote %+v", want)
	}
	downTo(t, st, 2) // what a build before the inbox left behind
	st = open(t, path)
	if got := utterances(t, st); !reflect.DeepEqual(got, want) {
		t.Errorf("taken over %+v, want %+v", got, want)
	}
	if err := st.submit(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(`DELETE FROM conversations`); return err }); err != nil {
		t.Fatal(err)
	}
	if left := utterances(t, st); len(left) != 0 {
		t.Errorf("erased, and %+v is left", left)
	}
}

// downTo brings a record to what a build of then left behind, and closes it.
func downTo(t *testing.T, st *Store, version int64) {
	t.Helper()
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, st.write, sub, goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.DownTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

func utterances(t *testing.T, st *Store) (out []store.Utterance) {
	t.Helper()
	for u, err := range st.Utterances(t.Context(), store.UtteranceQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, u)
	}
	return out
}
