package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

// settle takes in all that is due at a time.
func settle(t testing.TB, st *Store, now time.Time) {
	t.Helper()
	for {
		n, err := st.indexSome(context.Background(), now)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func TestFindConforms(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{"file": filepath.Join(t.TempDir(), "find.db"), "memory": ":memory:"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := open(t, path)
			storetest.RunFind(t, st, func() { settle(t, st, t0.Add(24*time.Hour)) })
		})
	}
}

func TestFiguresConform(t *testing.T) {
	t.Parallel()
	storetest.RunFigures(t, open(t, ":memory:"))
}

func count(t *testing.T, st *Store, query string) (n int) {
	t.Helper()
	if err := st.read.QueryRow(query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func found(t *testing.T, st *Store, q store.Query) (ids []string) {
	t.Helper()
	for s, err := range st.Conversations(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, s.ID)
	}
	return ids
}

// A record of before the index is taken in at the first start, with word of how far that is, and
// then holds what one that was written beside the index holds.
func TestOldRecordsAreTakenIn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "old.db")
	st := open(t, path)
	const n = 3*indexBatch + 5
	var all []event.Event
	for i := range n {
		all = append(all, storetest.Call(fmt.Sprint("c", i), t0.Add(time.Duration(i)*time.Minute))...)
	}
	if err := st.Append(t.Context(), all...); err != nil { // at once: each commit waits for the disk
		t.Fatal(err)
	}
	settle(t, st, t0.Add(24*time.Hour))
	want := found(t, st, store.Query{Text: "colis", Number: "06 12", Queue: "litige", Limit: 500})
	sum, err := st.Conversation(t.Context(), "c3")
	if err != nil || len(want) != n {
		t.Fatal(len(want), err)
	}
	hands, err := st.Handoffs(t.Context(), t0, t0.Add(time.Minute), "")
	if err != nil {
		t.Fatal(err)
	}
	downTo(t, st, 6)
	st = open(t, path)
	if left, of, err := st.Indexing(t.Context()); left != n || of != n || err != nil {
		t.Fatal(left, of, err)
	}
	if got := found(t, st, store.Query{Text: "colis"}); got != nil {
		t.Fatal("found without an index:", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var told []int
	if err := st.KeepIndexed(ctx, func(left, of int) {
		if told = append(told, left); left == 0 {
			cancel()
		}
	}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(told) != fmt.Sprint([]int{n - indexBatch, n - 2*indexBatch, n - 3*indexBatch, 0}) {
		t.Error("told", told)
	}
	if got := found(t, st, store.Query{Text: "colis", Number: "06 12", Queue: "litige", Limit: 500}); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if again, err := st.Conversation(t.Context(), "c3"); err != nil || fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", sum) {
		t.Errorf("got %+v, want %+v, %v", again, sum, err)
	}
	if again, err := st.Handoffs(t.Context(), t0, t0.Add(time.Minute), ""); err != nil || fmt.Sprint(again) != fmt.Sprint(hands) || len(hands) != 1 {
		t.Errorf("got %v, want %v, %v", again, hands, err)
	}
}

// What is erased from the record is gone from the index, its pages included, whoever erases it.
func TestErasedWordsLeaveTheIndex(t *testing.T) {
	t.Parallel()
	for _, erase := range []string{`DELETE FROM conversations WHERE id = 'a'`, `DELETE FROM events WHERE conv = 'a' AND seq = 4`, `DELETE FROM events WHERE conv = 'a'`} {
		st := open(t, ":memory:")
		for _, conv := range []string{"a", "b"} {
			evs := storetest.Call(conv, t0)
			evs[3].Body = event.Said{Text: "girafe " + conv}
			if err := st.Append(t.Context(), evs...); err != nil {
				t.Fatal(err)
			}
		}
		settle(t, st, t0)
		if got := found(t, st, store.Query{Text: "girafe"}); len(got) != 2 {
			t.Fatal(got)
		}
		if err := st.submit(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(erase); return err }); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got := found(t, st, store.Query{Text: "girafe"}); fmt.Sprint(got) != "[b]" {
				t.Errorf("after %s: %v", erase, got)
			}
			if err := st.submit(t.Context(), func(tx *sql.Tx) error {
				_, err := tx.Exec(`INSERT INTO search (search) VALUES ('integrity-check')`)
				return err
			}); err != nil {
				t.Errorf("after %s: %v", erase, err)
			}
			settle(t, st, t0)
		}
		if n := count(t, st, `SELECT count(*) FROM search_queue`); n != 0 {
			t.Errorf("after %s: %d wait for the index", erase, n)
		}
	}
	st := open(t, ":memory:")
	if err := st.Append(t.Context(), storetest.Call("a", t0)...); err != nil {
		t.Fatal(err)
	}
	settle(t, st, t0)
	if err := st.submit(t.Context(), func(tx *sql.Tx) error { _, err := tx.Exec(`DELETE FROM conversations`); return err }); err != nil {
		t.Fatal(err)
	}
	rows, err := st.read.Query(`SELECT block FROM search_data`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var block []byte
		if err := rows.Scan(&block); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(block), "colis") {
			t.Error("a word of an erased conversation is in the index's pages")
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if n := count(t, st, `SELECT count(*) FROM handoffs`); n != 0 {
		t.Error(n, "hand-offs are left")
	}
}

// A conversation that goes on is taken in when nothing was said in it for a while, not with each
// sentence; and again when it goes on.
func TestRunningConversationsAreTakenInWhenQuiet(t *testing.T) {
	t.Parallel()
	st := open(t, ":memory:")
	say := func(seq uint64, at time.Time, text string) {
		t.Helper()
		if err := st.Append(t.Context(), event.Event{Conv: "c", Seq: seq, At: at, Body: event.Said{Text: text}}); err != nil {
			t.Fatal(err)
		}
	}
	say(1, t0, "bonjour")
	say(2, t0.Add(20*time.Second), "un colis")
	settle(t, st, t0.Add(quiet))
	if got := found(t, st, store.Query{Text: "bonjour"}); got != nil {
		t.Error("taken in while they talk")
	}
	settle(t, st, t0.Add(20*time.Second+quiet))
	if got := found(t, st, store.Query{Text: "bonjour colis"}); len(got) != 1 {
		t.Error("not taken in when quiet")
	}
	say(3, t0.Add(time.Hour), "autre chose")
	settle(t, st, t0.Add(2*time.Hour))
	if got := found(t, st, store.Query{Text: `"autre chose" colis`}); len(got) != 1 {
		t.Error("not taken in again")
	}
	if n := count(t, st, `SELECT count(*) FROM search_docs`); n != 1 {
		t.Errorf("%d documents of one conversation", n)
	}
}

// Words beyond the excerpt are left out around the first that was found.
func TestCut(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("mot ", 60)
	for _, tc := range []struct {
		text string
		want []string
	}{
		{"où est mon \x02colis\x03 ?", []string{"où est mon ", "colis", " ?"}},
		{"\x02colis\x03", []string{"", "colis"}},
		{"\x02Colis\x03 \x02perdu\x03", []string{"", "Colis", " ", "perdu"}},
		{long + "\x02colis\x03", []string{"…" + strings.Repeat("mot ", 19), "colis"}},
		{"\x02colis\x03 " + long, []string{"", "colis", " " + strings.TrimSuffix(strings.Repeat("mot ", 38), " ") + "…"}},
	} {
		if got := cut(tc.text); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tc.want) {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestRepeatsConform(t *testing.T) {
	t.Parallel()
	storetest.RunRepeats(t, func(t *testing.T) storetest.FiguresStore { return open(t, ":memory:") })
}
