package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// systemd listens where systemd would.
func systemd(t *testing.T, name string) (at string, next func(within time.Duration) string) {
	t.Helper()
	addr := &net.UnixAddr{Name: name, Net: "unixgram"}
	conn, err := net.ListenUnixgram("unixgram", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return addr.Name, func(within time.Duration) string {
		b := make([]byte, 200)
		_ = conn.SetReadDeadline(time.Now().Add(within))
		n, err := conn.Read(b)
		if err != nil {
			return ""
		}
		return string(b[:n])
	}
}

const someTime = 10 * time.Second // for what must come

// TestSystemdIsTold that sound flows, as long as it does, and that we end; at a socket with a name in the
// file system and at one without.
func TestSystemdIsTold(t *testing.T) {
	t.Parallel()
	short, err := os.MkdirTemp("", "notify") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(short) })
	for _, name := range []string{filepath.Join(short, "notify"), "@decroche-test-" + strconv.Itoa(os.Getpid())} {
		at, next := systemd(t, name)
		ctx, cancel := context.WithCancel(t.Context())
		s, err := newService(func(k string) string {
			return map[string]string{"NOTIFY_SOCKET": at, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": strconv.Itoa(os.Getpid())}[k]
		})
		if err != nil {
			t.Fatal(err)
		}
		end := s.watch(ctx)
		if got := next(120 * time.Millisecond); got != "" {
			t.Errorf("%s: %q before there was any sound", name, got)
		}
		s.beat()
		for _, want := range []string{"READY=1", "WATCHDOG=1"} {
			if got := next(someTime); got != want {
				t.Errorf("%s: %q, want %s", name, got, want)
			}
		}
		if got := next(120 * time.Millisecond); got != "" {
			t.Errorf("%s: %q, though the sound stands still", name, got)
		}
		s.beat()
		if got := next(someTime); got != "WATCHDOG=1" {
			t.Errorf("%s: %q when the sound goes on", name, got)
		}
		cancel()
		if got := next(someTime); got != "STOPPING=1" {
			t.Errorf("%s: %q at the end", name, got)
		}
		end()
		if got := next(10 * time.Millisecond); got != "" {
			t.Errorf("%s: %q behind the end", name, got)
		}
	}
}

// TestWithoutSystemd nobody is told, and nothing fails; a socket that is not there is an error, and a
// watchdog of another process is not ours.
func TestWithoutSystemd(t *testing.T) {
	t.Parallel()
	s, err := newService(func(string) string { return "" })
	if err != nil || s != nil {
		t.Fatal(s, err)
	}
	end := s.watch(t.Context())
	s.beat()
	end()
	if _, err := newService(func(string) string { return filepath.Join(t.TempDir(), "nobody") }); err == nil {
		t.Error("nobody listens, and there is no error")
	}
	at, _ := systemd(t, "@decroche-other-"+strconv.Itoa(os.Getpid()))
	s, err = newService(func(k string) string {
		return map[string]string{"NOTIFY_SOCKET": at, "WATCHDOG_USEC": "100000", "WATCHDOG_PID": "1"}[k]
	})
	if err != nil || s.every != 0 {
		t.Error(s, err)
	}
}

// TestRunTellsSystemd: the program itself, over files, says that it is ready and that it ends.
func TestRunTellsSystemd(t *testing.T) { // not parallel: the environment is the process's
	at, next := systemd(t, "@decroche-run-"+strconv.Itoa(os.Getpid()))
	t.Setenv("NOTIFY_SOCKET", at)
	c := runCmd{Volume: -1, Wake: []string{""}, WavOut: filepath.Join(t.TempDir(), "out.wav"), WavTail: 100 * time.Millisecond, Quiet: true}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"READY=1", "STOPPING=1"} {
		if got := next(someTime); got != want {
			t.Errorf("%q, want %s", got, want)
		}
	}
}
