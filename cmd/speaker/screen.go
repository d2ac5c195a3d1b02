package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"decroche/cmd/speaker/internal/terminal"
)

// screen is the terminal that the program was started in: keys, the level meter, the log above it.
// Headless it is the log alone. Whoever makes one closes it, whatever happens: a shell whose keyboard
// was not given back shows nothing of what is typed.
type screen struct {
	// constant after newScreen
	in    *os.File // the keyboard
	meter bool

	mu sync.Mutex
	// guarded by mu
	raw  *term.State // of the keyboard before; nil: there are no keys, or they were given back
	line bool        // the meter is on the screen
}

// newScreen takes the keyboard over where there is one.
func newScreen(plain bool) *screen {
	s := &screen{in: os.Stdin}
	if in := int(s.in.Fd()); term.IsTerminal(in) {
		if was, err := term.MakeRaw(in); err == nil {
			s.raw = was
		}
	}
	s.meter = !plain && term.IsTerminal(int(os.Stderr.Fd()))
	if s.raw != nil && s.meter {
		_, _ = io.WriteString(s, "space: call, interrupt · h: hang up · + -: volume · m: microphone · q: quit\n")
	}
	return s
}

// Write writes a line of the log where the meter is. With the keyboard taken over, lines need a
// carriage return.
func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write(b)
}

// write is Write. mu is held.
func (s *screen) write(b []byte) (int, error) {
	text := string(b)
	if s.raw != nil {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if s.line {
		text = "\r\x1b[K" + text
		s.line = false
	}
	if _, err := io.WriteString(os.Stderr, text); err != nil {
		return 0, err
	}
	return len(b), nil
}

// presses are what keys mean.
var presses = map[byte]terminal.Key{' ': terminal.Talk, '\r': terminal.Talk, 'h': terminal.HangUp, '+': terminal.Louder, '=': terminal.Louder,
	'-': terminal.Quieter, 'm': terminal.Mute, 'q': terminal.Quit, 3: terminal.Quit, 4: terminal.Quit}

// keys are the presses of the keyboard; nil when there is none.
func (s *screen) keys() <-chan terminal.Key {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.raw == nil {
		return nil
	}
	out := make(chan terminal.Key, 8)
	go func() { // ends with the program: reading a keyboard cannot be called off
		defer close(out)
		for b := make([]byte, 1); ; {
			if _, err := s.in.Read(b); err != nil {
				return
			}
			if k, ok := presses[b[0]]; ok {
				out <- k
			}
		}
	}()
	return out
}

// show draws the level meter; nil when there is no screen.
func (s *screen) show() func(terminal.Shown) {
	if !s.meter {
		return nil
	}
	return func(v terminal.Shown) {
		const width, quietest = 30, -60.
		n := int(max(0, min(width, (v.Heard-quietest)/-quietest*width)))
		mic := "shut"
		if v.Microphone {
			mic = "open"
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.line = true
		fmt.Fprintf(os.Stderr, "\r\x1b[K%s%s %4.0f dBFS  microphone %s  volume %d  %s", strings.Repeat("▮", n), strings.Repeat("▯", width-n), v.Heard, mic, v.Volume, v.State)
	}
}

// close gives the keyboard back. It is idempotent, and what is logged after it is written as ever.
func (s *screen) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line {
		_, _ = s.write([]byte("\n"))
	}
	if s.raw != nil {
		_ = term.Restore(int(s.in.Fd()), s.raw)
		s.raw = nil
	}
}
