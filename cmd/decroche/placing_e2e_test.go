package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"decroche/gateway/store"
	"decroche/gateway/store/sqlite"
	"decroche/internal/peer"
)

// TestKilledWithQueuedCallbacks kills the gateway with SIGKILL while it rings five of a hundred people who
// asked for it. The next one has all hundred: it rings the ninety-five that were not rung, each once, and
// keeps the five for their next time.
func TestKilledWithQueuedCallbacks(t *testing.T) {
	t.Parallel()
	const all, atOnce = 100, 5
	phone := peer.NewPhone(t, peer.Behaviour{Never: true})
	set := openScenery(t, "127.0.0.1:9", fmt.Sprintf("callback_via: \"sip:{number}@%s\"", phone.Addr()),
		fmt.Sprintf("placing: {callbacks: bot, at_once: %d, holidays: \"\", callback_hours: [\"mon-sun 00:00-24:00\"]}", atOnce))
	db, err := sqlite.Open(t.Context(), filepath.Join(set.data, "decroche.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for i := range all {
		if _, err := db.AddCallback(t.Context(), store.Callback{Conv: fmt.Sprint("c", i), At: time.Now(), Phone: fmt.Sprintf("+336000000%02d", i), Reason: "nobody", Lang: "fr"}); err != nil {
			t.Fatal(err)
		}
	}
	for range atOnce {
		if phone.Next(patience) == nil {
			t.Fatal("nobody was rung")
		}
	}
	phone.Does(peer.Behaviour{Status: 486}) // from the next call on
	set.kill(t)                             // and start another
	counts := map[string]int{}
	for end := time.Now().Add(patience); counts[store.OutboundRetry] < all && time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		counts = map[string]int{}
		list, err := db.OutboundCalls(t.Context(), store.OutboundQuery{Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			counts[c.State]++
			if c.State == store.OutboundRetry {
				counts[c.Last]++
			}
		}
	}
	if counts[store.OutboundRetry] != all || counts["busy"] != all-atOnce || counts["unknown"] != atOnce {
		t.Fatalf("after the kill: %v; want all %d waiting for their next time, %d of them because we died", counts, all, atOnce)
	}
	for id := int64(1); id <= all; id++ {
		if tries, err := db.Attempts(t.Context(), id); err != nil || len(tries) != 1 {
			t.Errorf("callback %d was rung %d times, %v; want once", id, len(tries), err)
		}
	}
}

// The list of whom not to call is worked on with commands, beside a gateway that has the database open.
func TestDoNotCallCommands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	list := "\ufeffnumero;nom\n06 12 34 56 78;Nadia\n\n# a note\n\"+33 6 00 00 00 01\",Paul\n0612345678\n"
	for name, text := range map[string]string{"c.yaml": "data_dir: d\n", "list.csv": list} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(exit int, stdin string, args ...string) string {
		t.Helper()
		return tool(t, dir, stdin, exit, append(args, "--config", "c.yaml")...)
	}
	var told struct{ Added, Known, Bad int }
	if err := json.Unmarshal([]byte(run(0, "", "dnc", "import", "list.csv", "--note", "bloctel", "--json")), &told); err != nil || told.Added != 2 || told.Known != 1 || told.Bad != 1 {
		t.Errorf("imported %+v, %v", told, err)
	}
	run(0, "", "dnc", "add", "01 84 00 00 00")
	run(1, "", "dnc", "add", "Nadia")
	run(1, "hello\n", "dnc", "import", "-")
	run(1, "", "dnc", "import", "missing.csv")
	var shown struct{ Numbers []store.NoCall }
	if err := json.Unmarshal([]byte(run(0, "", "dnc", "list", "--json")), &shown); err != nil || len(shown.Numbers) != 3 || shown.Numbers[0].Number != "+33184000000" || shown.Numbers[2].Note != "bloctel" {
		t.Errorf("%+v, %v", shown, err)
	}
	run(0, "", "dnc", "remove", "0184000000")
	run(1, "", "dnc", "remove", "0184000000")
	if out := run(0, "", "dnc", "list"); strings.Contains(out, "+33184000000") || !strings.Contains(out, "+33612345678") {
		t.Errorf("listed:\n%s", out)
	}
}
