package sqlite

import (
	"database/sql"
	"path/filepath"
	"testing"

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
