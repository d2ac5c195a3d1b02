package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// keyboard makes a pseudo-terminal the standard input, and tells whether it shows what is typed.
func keyboard(t *testing.T) (echoes func() bool) {
	t.Helper()
	far, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skipf("there are no pseudo-terminals: %v", err)
	}
	t.Cleanup(func() { _ = far.Close() })
	n, err := unix.IoctlGetInt(int(far.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(far.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	near, err := os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	was := os.Stdin
	os.Stdin = near
	t.Cleanup(func() { os.Stdin = was; _ = near.Close() })
	return func() bool {
		s, err := unix.IoctlGetTermios(int(near.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		return s.Lflag&unix.ECHO != 0
	}
}

// TestTheKeyboardIsGivenBack, whatever went wrong.
func TestTheKeyboardIsGivenBack(t *testing.T) { // not parallel: the keyboard is the process's
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	for _, c := range []struct {
		name string
		run  runCmd
		ok   bool
	}{
		{"no token", runCmd{Token: "file:" + nowhere}, false},
		{"no device", runCmd{WavIn: nowhere}, false},
		{"an unknown phrase", runCmd{Wake: []string{"?! ?!"}}, false},
		{"no gateway", runCmd{Gateway: "http://127.0.0.1:9", WavOut: nowhere + ".wav", WavTail: time.Minute, Once: true}, false},
		{"the end", runCmd{WavOut: nowhere + ".wav"}, true},
	} {
		echoes := keyboard(t)
		c.run.Volume = -1
		if c.run.Wake == nil {
			c.run.Wake = []string{""}
		}
		if err := c.run.Run(t.Context()); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if !echoes() {
			t.Errorf("%s: the keyboard was not given back", c.name)
		}
	}
}

// TestScreenCloses: it takes the keyboard, gives it back once, and what is logged later goes on.
func TestScreenCloses(t *testing.T) {
	echoes := keyboard(t)
	s := newScreen(true)
	if echoes() {
		t.Fatal("the keyboard was not taken over")
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(s.close)
		all.Go(func() { _, _ = s.Write(nil) })
	}
	all.Wait()
	if !echoes() || s.keys() != nil {
		t.Error("the keyboard was not given back")
	}
}
