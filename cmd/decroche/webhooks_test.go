package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
)

// Deliveries that were given up are listed, sent again or dropped; IDs that name none are an error.
func TestWebhooksCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "c.yaml"), []byte("data_dir: d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o700); err != nil {
		t.Fatal(err)
	}
	st, err := sqlite.Open(t.Context(), filepath.Join(dir, "d", "decroche.db"))
	if err != nil {
		t.Fatal(err)
	}
	st.Tell(func(_ store.Summary, e event.Event) []store.Delivery {
		return []store.Delivery{{Hook: "https://crm.example/hook", Conv: e.Conv, Key: "msg_" + e.Conv, Body: []byte("{}"), At: e.At}}
	}, func() {})
	for _, conv := range []string{"a", "b", "c"} {
		if err := st.Append(t.Context(), event.Event{Conv: conv, Seq: 1, At: time.Now(), Body: event.Started{Channel: "voice"}}); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := st.AbandonDeliveries(t.Context(), nil); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}

	run := func(exit int, args ...string) string {
		t.Helper()
		return tool(t, dir, "", exit, append(append([]string{"webhooks"}, args...), "--config", "c.yaml")...)
	}
	listed := func() (ids []string) {
		t.Helper()
		var l struct {
			GivenUp int `json:"given_up"`
			Dead    []struct {
				ID  json.Number
				URL string
			}
		}
		if err := json.Unmarshal([]byte(run(0, "dead", "--json")), &l); err != nil || l.GivenUp != len(l.Dead) {
			t.Fatalf("%+v, %v", l, err)
		}
		for _, d := range l.Dead {
			ids = append(ids, d.ID.String())
			if d.URL != "https://crm.example/hook" {
				t.Error(d.URL)
			}
		}
		return ids
	}
	ids := listed()
	if len(ids) != 3 {
		t.Fatal(ids)
	}
	if out := run(0, "dead"); strings.Count(out, "crm.example") != 3 {
		t.Error(out)
	}
	run(1, "retry")
	run(1, "retry", ids[0], "--all")
	run(1, "retry", "999")
	run(0, "retry", ids[0])
	run(1, "drop", ids[0], ids[1]) // the first is given up no more; the second is dropped all the same
	if left := listed(); len(left) != 1 || left[0] != ids[2] {
		t.Error(left)
	}
	run(0, "drop", "--all")
	if left := listed(); len(left) != 0 {
		t.Error(left)
	}
}
