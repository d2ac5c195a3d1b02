package peer

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"decroche/internal/loopback"
)

// SIPp runs a scenario of SIPp (package sip-tester) to its end. It skips the test when sipp is
// not installed.
type SIPp struct {
	Scenario string   // path of the XML file, or the name of a built-in one after "-"
	Target   string   // host:port to call; "" when the scenario waits for calls
	User     string   // called user
	Calls    int      // 0 means 1
	Args     []string // more of sipp's options
	TCP      bool

	addr string
	cmd  *exec.Cmd
	dir  string
	done chan error
}

// NeedSIPp skips the test when sipp is not installed.
func NeedSIPp(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("sipp"); err != nil {
		t.Skip("sipp is not installed; apt install sip-tester")
	}
}

// Start runs it in the background; Addr is known then.
func (s *SIPp) Start(t testing.TB) {
	t.Helper()
	NeedSIPp(t)
	s.dir = t.TempDir()
	sipPort, media := freePort(t), freePort(t)
	s.addr = net.JoinHostPort("127.0.0.1", strconv.Itoa(sipPort))
	args := []string{}
	if s.Scenario[0] == '-' {
		args = append(args, "-sn", s.Scenario[1:])
	} else {
		path, err := filepath.Abs(s.Scenario)
		if err != nil {
			t.Fatal(err)
		}
		args = append(args, "-sf", path)
	}
	calls := max(s.Calls, 1)
	args = append(args, "-i", "127.0.0.1", "-p", strconv.Itoa(sipPort), "-mi", "127.0.0.1", "-mp", strconv.Itoa(media),
		"-m", strconv.Itoa(calls), "-nostdin", "-timeout", "20s", "-timeout_error", "-trace_err", "-error_file", filepath.Join(s.dir, "errors.log"))
	if s.TCP {
		args = append(args, "-t", "t1")
	}
	if s.User != "" {
		args = append(args, "-s", s.User)
	}
	args = append(args, s.Args...)
	if s.Target != "" {
		args = append(args, s.Target)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	s.cmd = exec.CommandContext(ctx, "sipp", args...)
	s.cmd.Dir = s.dir
	s.cmd.Env = append(os.Environ(), "TERM=dumb")
	out, err := os.Create(filepath.Join(s.dir, "out.log"))
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Stdout, s.cmd.Stderr = out, out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.done = make(chan error, 1)
	go func() {
		err := s.cmd.Wait()
		out.Close()
		cancel()
		s.done <- err
	}()
	t.Cleanup(cancel)
	if s.Target == "" {
		s.listening(t, sipPort)
	}
}

// listening waits until SIPp has bound its port: binding it ourselves then fails.
func (s *SIPp) listening(t testing.TB, port int) {
	for range 500 {
		c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
		if err != nil {
			return
		}
		c.Close()
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("sipp does not listen")
}

// Addr is where SIPp listens.
func (s *SIPp) Addr() string { return s.addr }

// Wait returns nil when every call of the scenario went as written; otherwise an error with what
// SIPp says about it.
func (s *SIPp) Wait() error {
	err := <-s.done
	if err == nil {
		return nil
	}
	said, _ := os.ReadFile(filepath.Join(s.dir, "errors.log"))
	if len(said) == 0 {
		said, _ = os.ReadFile(filepath.Join(s.dir, "out.log"))
	}
	if len(said) > 3000 {
		said = said[len(said)-3000:]
	}
	return fmt.Errorf("sipp %s: %w\n%s", s.Scenario, err, said)
}

// Run is Start and Wait, failing the test.
func (s *SIPp) Run(t testing.TB) {
	t.Helper()
	s.Start(t)
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
}

// freePort returns an even port that is free, as are the three above it: a phone takes RTCP beside
// RTP, and SIPp the next pair for a picture, whether there is one or not.
func freePort(t testing.TB) int {
	t.Helper()
	port, err := loopback.Row(4)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
