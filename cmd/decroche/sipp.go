package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

//go:embed sipp-uac.xml
var sippUAC []byte

// sippRun is a SIPp process that places calls beside ours; nil when none was asked for.
type sippRun struct {
	cmd  *exec.Cmd
	dir  string
	done chan error
}

// sippStay is how long each of SIPp's calls lasts: it says nothing, and a bot that hears nothing
// would end the call itself after its ladder of reminders.
const sippStay = 15 * time.Second

// startSipp lets SIPp keep n calls up for as long as ours, with faint noise as RTP, so that a
// stack nobody here wrote rings the same server at the same time.
func startSipp(ctx context.Context, n int, target string, rate float64, seconds int) *sippRun {
	if n == 0 {
		return nil
	}
	r := &sippRun{done: make(chan error, 1)}
	dir, err := os.MkdirTemp("", "decroche-sipp-")
	if err != nil {
		r.done <- err
		return r
	}
	r.dir = dir
	user, host, _ := strings.Cut(strings.TrimPrefix(target, "sip:"), "@")
	scenario, sound := filepath.Join(dir, "uac.xml"), filepath.Join(dir, "noise.alaw")
	quiet := make([]byte, 8000*20)
	for i := range quiet {
		quiet[i] = 0xD5 ^ byte(i*7&1) // faint noise: a line that lives and says nothing
	}
	text := strings.NewReplacer("[[SOUND]]", sound, "[[MS]]", strconv.Itoa(int(sippStay/time.Millisecond))).Replace(string(sippUAC))
	for f, b := range map[string][]byte{scenario: []byte(text), sound: quiet} {
		if err := os.WriteFile(f, b, 0o600); err != nil {
			r.done <- err
			return r
		}
	}
	r.cmd = exec.CommandContext(ctx, "sipp", host, "-sf", scenario, "-s", user, "-i", "127.0.0.1", "-mi", "127.0.0.1",
		"-m", strconv.Itoa(n*max(1, seconds/int(sippStay/time.Second))), "-l", strconv.Itoa(n), "-r", strconv.Itoa(int(max(1, rate))), "-nostdin", "-trace_stat", "-stf", "stat.csv", "-timeout", fmt.Sprintf("%ds", seconds*2+60))
	r.cmd.Dir = dir
	go func() { r.done <- r.cmd.Run() }()
	return r
}

// wait returns how many of SIPp's calls failed.
func (r *sippRun) wait() (failed int, err error) {
	if r == nil {
		return 0, nil
	}
	defer os.RemoveAll(r.dir)
	select {
	case err = <-r.done:
	case <-time.After(3 * time.Minute):
		_ = r.cmd.Process.Kill()
		return 0, fmt.Errorf("sipp did not end in time")
	}
	if err == nil {
		return 0, nil
	}
	var ee *exec.ExitError
	if errors.As(err, &ee) && ee.ExitCode() == 1 { // at least one call failed: the statistics say how many
		return max(1, r.failures()), nil
	}
	return 0, fmt.Errorf("run sipp: %w; install it with apt-get install sip-tester", err)
}

// failures reads the cumulated failed calls from SIPp's statistics; 0 when they cannot be read.
func (r *sippRun) failures() int {
	text, err := os.ReadFile(filepath.Join(r.dir, "stat.csv"))
	if err != nil {
		return 0
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	last := strings.Split(lines[len(lines)-1], ";")
	for i, name := range strings.Split(lines[0], ";") {
		if name == "FailedCall(C)" && i < len(last) {
			n, _ := strconv.Atoi(last[i])
			return n
		}
	}
	return 0
}
