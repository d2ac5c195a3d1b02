package sqlite

import (
	"database/sql"
	"testing"
	"time"

	"decroche/gateway/store/storetest"
)

// Notes are kept one for each agent, and go with their conversation.
func TestNotes(t *testing.T) {
	t.Parallel()
	st, err := Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	storetest.RunNotes(t, st)
	if err := st.Append(t.Context(), storetest.Call("c1", time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC))...); err != nil {
		t.Fatal(err)
	}
	if err := st.submit(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(`DELETE FROM conversations WHERE id = 'c1'`); return err }); err != nil {
		t.Fatal(err)
	}
	if got, err := st.Notes(t.Context(), "c1"); err != nil || len(got) != 0 {
		t.Errorf("the conversation was erased: %+v, %v", got, err)
	}
}
