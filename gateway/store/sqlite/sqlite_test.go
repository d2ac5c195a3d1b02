package sqlite

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"decroche/gateway/event"
	"decroche/gateway/store"
	"decroche/gateway/store/storetest"
)

var t0 = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

func TestConformsInAFile(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "a #?%41.db")) })
}

func TestConformsInMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, ":memory:") })
}

func TestChatsConformInAFile(t *testing.T) {
	t.Parallel()
	storetest.RunChats(t, func(t *testing.T) storetest.ChatStore { return open(t, filepath.Join(t.TempDir(), "chats.db")) })
}

func TestChatsConformInMemory(t *testing.T) {
	t.Parallel()
	storetest.RunChats(t, func(t *testing.T) storetest.ChatStore { return open(t, ":memory:") })
}

func open(t *testing.T, path string) *Store {
	t.Helper()
	st, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return st
}

// The child of TestKillNineLosesNothing: it appends for ever and says each number on stdout
// once Append has returned.
func TestMain(m *testing.M) {
	path := os.Getenv("DECROCHE_TEST_APPEND_TO")
	if path == "" {
		os.Exit(m.Run())
	}
	st, err := Open(context.Background(), path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for seq := uint64(1); ; seq++ {
		if err := st.Append(context.Background(), event.Event{Conv: "c", Seq: seq, At: t0, Body: event.Said{Text: fmt.Sprint(seq)}}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(seq)
	}
}

// What was final survives kill -9, and the next process finds the record sound and unlocked.
func TestKillNineLosesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	for round := range 3 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "DECROCHE_TEST_APPEND_TO="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		last := uint64(0)
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			n, err := strconv.ParseUint(lines.Text(), 10, 64)
			if err != nil {
				t.Fatalf("the child said %q", lines.Text())
			}
			last = n
			if n == uint64(20+30*round) {
				if err := cmd.Process.Signal(syscall.SIGKILL); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the child ended by itself")
		}
		st := open(t, path)
		n := uint64(0)
		for e, err := range st.Events(t.Context(), "c", 0) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; e.Seq != n {
				t.Fatalf("round %d: event %d missing", round, n)
			}
		}
		if n < last || last == 0 {
			t.Fatalf("round %d: %d events found, %d were acknowledged", round, n, last)
		}
		sum, err := st.Conversation(t.Context(), "c")
		if err != nil || uint64(sum.Turns) != n {
			t.Fatalf("round %d: summary of %d turns for %d events, %v", round, sum.Turns, n, err)
		}
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Writers that come together share commits.
func TestCommitsAreShared(t *testing.T) {
	t.Parallel()
	reg := prometheus.NewRegistry()
	st, err := Open(t.Context(), filepath.Join(t.TempDir(), "record.db"), WithMetrics(reg))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	// Hold the writer back until a hundred are waiting.
	gate, held := make(chan struct{}), make(chan struct{})
	go func() {
		_ = st.submit(context.Background(), func(*sql.Tx) error { close(held); <-gate; return nil })
	}()
	<-held
	const writers = 100
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			if err := st.Append(t.Context(), event.Event{Conv: fmt.Sprint(w), Seq: 1, At: t0, Body: event.Silent{}}); err != nil {
				t.Error(err)
			}
		})
	}
	for len(st.jobs) < writers {
		time.Sleep(time.Millisecond)
	}
	close(gate)
	wg.Wait()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "decroche_store_commit_writers" {
			if n := f.GetMetric()[0].GetHistogram().GetSampleCount(); n != 2 {
				t.Errorf("%d commits for the gate and %d writers, want 2", n, writers)
			}
			return
		}
	}
	t.Error("decroche_store_commit_writers is not there")
}

// One writer's failure is not its neighbours'.
func TestABadJobFailsAlone(t *testing.T) {
	t.Parallel()
	st := open(t, ":memory:")
	bad := &job{done: make(chan error, 1), do: func(tx *sql.Tx) error { _, err := tx.Exec(`INSERT INTO nowhere VALUES (1)`); return err }}
	good := &job{done: make(chan error, 1), do: func(tx *sql.Tx) error {
		return st.appendRows(tx, []row{{event.Event{Conv: "c", Seq: 1, At: t0, Body: event.Silent{}}, []byte(`{}`)}})
	}}
	st.jobs <- good // together or not, the answers must be the same
	st.jobs <- bad
	if err := <-bad.done; err == nil {
		t.Error("the bad job succeeded")
	}
	if err := <-good.done; err != nil {
		t.Errorf("the good job failed: %v", err)
	}
	if _, err := st.Conversation(t.Context(), "c"); err != nil {
		t.Error(err)
	}
}

func TestOpenSaysPlainlyWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	newer := filepath.Join(dir, "newer.db")
	st := open(t, newer)
	if err := st.submit(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}

	other := filepath.Join(dir, "holiday.jpg")
	if err := os.WriteFile(other, []byte(strings.Repeat("not a database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ path, want string }{
		{newer, "was written by a newer decroche (schema 999, this one knows"},
		{other, "cannot be read as a decroche record"},
		{dir, "choose another folder with data_dir"},
		{filepath.Join(other, "x.db"), "choose another folder with data_dir"},
	} {
		st, err := Open(t.Context(), tc.path)
		if err == nil {
			_ = st.Close()
			t.Errorf("%s opened", tc.path)
			continue
		}
		if !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s:\n got  %v\n want %s", tc.path, err, tc.want)
		}
	}
}

func TestFileIsPrivateAndTokensAreNotInIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "er", "record.db")
	st := open(t, path)
	token, err := st.AddLink(t.Context(), "c", t0)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, want 0600", info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), token) {
		t.Error("the file contains the token")
	}
}

func TestRecordOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	st := open(t, path)
	if err := st.Append(t.Context(), storetest.Call("c", t0)...); err != nil {
		t.Fatal(err)
	}
	token, err := st.AddLink(t.Context(), "c", t0.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	st = open(t, path)
	if conv, err := st.Link(t.Context(), token, t0); conv != "c" || err != nil {
		t.Errorf("link: %q, %v", conv, err)
	}
	var mode string
	var sync int
	if err := st.write.QueryRow(`PRAGMA journal_mode`).Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
	if err := st.write.QueryRow(`PRAGMA synchronous`).Scan(&sync); err != nil || sync != 2 {
		t.Errorf("synchronous %d, %v; want 2 (FULL)", sync, err)
	}
	if _, err := st.read.Exec(`DELETE FROM events`); err == nil {
		t.Error("a reader may write")
	}
}

// A typed chat in a terminal shares the record with a running gateway; a second gateway must not,
// and recovering must not close what a living process holds.
func TestOneGatewayAndItsGuests(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	started := func(st *Store, conv, channel string) {
		t.Helper()
		if err := st.Append(t.Context(), event.Event{Conv: conv, Seq: 1, At: t0, Body: event.Started{Channel: channel}}); err != nil {
			t.Fatal(err)
		}
	}
	guest := open(t, path)
	started(guest, "typed", "text")
	started(guest, "left by a dead gateway", "voice")

	gateway := open(t, path)
	if n, err := gateway.Recover(t.Context(), t0); n != 1 || err != nil {
		t.Fatalf("recovered %d, %v; want the call, not the chat of a living process", n, err)
	}
	started(gateway, "running", "voice")
	for range 2 { // also after it was refused once
		second := open(t, path)
		n, err := second.Recover(t.Context(), t0)
		if err == nil || n != 0 || !strings.Contains(err.Error(), "is in use by another decroche; stop it, or choose another folder with data_dir") || strings.Contains(err.Error(), "\n") {
			t.Fatalf("a second gateway recovered %d, %v", n, err)
		}
		if err := second.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if sum, err := guest.Conversation(t.Context(), "running"); err != nil || !sum.End.IsZero() {
		t.Fatalf("the running call: %+v, %v", sum, err)
	}
	for _, st := range []*Store{gateway, guest} {
		if err := st.Close(); err != nil {
			t.Fatal(err)
		}
	}
	next := open(t, path)
	if n, err := next.Recover(t.Context(), t0); n != 2 || err != nil {
		t.Fatalf("alone again: recovered %d, %v; want the call and the chat", n, err)
	}
}

// Gateway and chat may be started at the same moment on a record that is not there yet.
func TestOpenTogetherOnANewFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			st, err := Open(t.Context(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := st.Append(t.Context(), event.Event{Conv: fmt.Sprint(i), Seq: 1, At: t0, Body: event.Silent{}}); err != nil {
				t.Error(err)
			}
			if err := st.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
