package sqlite

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

// FuzzSearch: whatever people look for is refused before it is asked, or the index answers: its own
// operators (FTS5: AND, NEAR, ^, *, column filters), LIKE's wildcards and SQL are words like others.
func FuzzSearch(f *testing.F) {
	for _, s := range []string{"colis", `"colis" OR 1`, "NEAR(colis, 2)", "colis*", "^colis", "text : colis", "{text} : colis", "col-is", "AND", "NOT", `"`, `""`, `«`, `"a`, "a + b", "(", "(a", "%", "_", `\`,
		"'; DROP TABLE conversations; --", "\x00a", "a\x00b", "œ", "é\u0301", "\u202ea", "06 12 34", "+33", strings.Repeat("a ", 12), "😀a", "日本語", "\ufeffa", "a\x02b\x03"} {
		f.Add(s)
	}
	st, err := Open(f.Context(), ":memory:")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = st.Close() })
	if err := st.Append(f.Context(), storetest.Call("c1", t0)...); err != nil {
		f.Fatal(err)
	}
	settle(f, st, t0.Add(24*time.Hour))
	f.Fuzz(func(t *testing.T, s string) {
		_, noWord := store.Terms(s)
		_, noNumber := store.Numbers(s)
		for what, q := range map[string]struct {
			q  store.Query
			no error
		}{
			"text":   {store.Query{Text: s, Limit: 5}, noWord},
			"number": {store.Query{Number: s, Limit: 5}, noNumber},
			"names":  {store.Query{Intent: s, Agent: s, Queue: s, Bot: s, Outcome: s, Channel: s, Limit: 5}, nil},
		} {
			if q.no != nil || s == "" {
				continue
			}
			for sum, err := range st.Conversations(t.Context(), q.q) {
				if err != nil {
					t.Fatalf("%s %q: %v", what, s, err)
				}
				if sum.Match != nil && !utf8.ValidString(strings.Join(sum.Match.Parts, "")) {
					t.Fatalf("%s %q: what was found is no text: %q", what, s, sum.Match.Parts)
				}
			}
		}
		if got, err := st.Conversation(t.Context(), "c1"); err != nil || got.ID != "c1" {
			t.Fatalf("%q: the record is gone: %v", s, err)
		}
	})
}
