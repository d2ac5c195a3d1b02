package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// service is who started us, when that is systemd (sd_notify(3)): it is told when the room is heard, that
// this goes on, and when we end. A nil one is told nothing.
type service struct {
	conn  net.Conn
	every time.Duration // half of the watchdog's patience; 0: there is none
	beats atomic.Uint64
}

// newService finds systemd in the environment; nil without it.
func newService(env func(string) string) (*service, error) {
	at := env("NOTIFY_SOCKET")
	if at == "" {
		return nil, nil
	}
	if strings.HasPrefix(at, "@") { // Linux's abstract sockets
		at = "\x00" + at[1:]
	}
	conn, err := net.Dial("unixgram", at)
	if err != nil {
		return nil, fmt.Errorf("reach NOTIFY_SOCKET: %w", err)
	}
	s := &service{conn: conn}
	// sd_watchdog_enabled(3): the figure is for the process that is named, or for any.
	if pid := env("WATCHDOG_PID"); pid == "" || pid == strconv.Itoa(os.Getpid()) {
		if us, err := strconv.ParseUint(env("WATCHDOG_USEC"), 10, 40); err == nil {
			s.every = time.Duration(us) * time.Microsecond / 2
		}
	}
	return s, nil
}

// beat notes that 20 ms of sound were exchanged with the devices. The first says that we are ready.
func (s *service) beat() {
	if s != nil && s.beats.Add(1) == 1 {
		s.tell("READY=1")
	}
}

// watch tells the watchdog that sound flows, as long as it does: a program whose sound card hangs is to
// be started again. When ctx ends it says that we end. What it returns ends it all.
func (s *service) watch(ctx context.Context) (end func()) {
	if s == nil {
		return func() {}
	}
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		var tick <-chan time.Time
		if s.every > 0 {
			t := time.NewTicker(s.every)
			defer t.Stop()
			tick = t.C
		}
		for last, stop := uint64(0), ctx.Done(); ; {
			select {
			case <-tick:
				if n := s.beats.Load(); n != last {
					last = n
					s.tell("WATCHDOG=1")
				}
			case <-stop:
				stop = nil
				s.tell("STOPPING=1")
			case <-over:
				if stop != nil {
					s.tell("STOPPING=1")
				}
				return
			}
		}
	}()
	return func() {
		close(over)
		<-done
		_ = s.conn.Close()
	}
}

// tell sends a line. What systemd does not take is lost: it notices.
func (s *service) tell(state string) {
	_ = s.conn.SetWriteDeadline(time.Now().Add(time.Second))
	_, _ = s.conn.Write([]byte(state))
}
