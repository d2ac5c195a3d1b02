package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"sync"

	"decroche/bench"
	"decroche/bench/callers"
)

// server is the process that is measured.
type server struct {
	pid int      // 0: not on this machine, or not told
	set *scenery // of our own; nil for somebody else's

	idle           bench.Usage // before the first call
	from, to       bench.Usage // around the time in which every call is up
	selfFrom       bench.Usage
	selfTo         bench.Usage
	goroutines     float64 // while every call is up
	goroutinesIdle float64
	asking         sync.WaitGroup
}

// own starts a gateway of our own, which is measured, and returns the address to ring; the caller
// stops s.set.
func (s *server) own(ctx context.Context, bot benchBot, calls int, command []string, extra ...string) (target string, err error) {
	if s.set, err = startGateway(ctx, bot, calls, command, extra...); err != nil {
		return "", err
	}
	s.pid = s.set.gatewayPID()
	return "sip:bench@" + s.set.sip, nil
}

// repeated is a report that is made several times and best of them shown.
type repeated[R any] interface {
	better(than R) bool
	wrong() string // what was not as asked; "" when all was
}

// repeat measures so many times, until ctx ends, and returns all reports and which is best. A run that
// was stopped in the middle is none.
func repeat[R repeated[R]](ctx context.Context, what string, times int, once func(what string) (R, error)) (all []R, best int, err error) {
	for i := range times {
		r, err := once(fmt.Sprintf("%s, run %d of %d", what, i+1, times))
		if err != nil {
			return nil, 0, err
		}
		if ctx.Err() != nil {
			break
		}
		if all = append(all, r); r.better(all[best]) {
			best = i
		}
	}
	if len(all) == 0 {
		return nil, 0, fmt.Errorf("%s: stopped before the first run was over, so nothing is known", what)
	}
	return all, best, nil
}

// asAsked is the error of a bench whose figures are not.
func asAsked(wrong string) error {
	if wrong == "" {
		return nil
	}
	return &exitError{exitOutcome, errors.New(wrong)}
}

// measure runs the load and reads the server's and the rig's usage around its steady part.
func (s *server) measure(ctx context.Context, o callers.Options) (*callers.Result, error) {
	if s.pid > 0 {
		var err error
		if s.idle, err = bench.ReadUsage(s.pid); err != nil {
			return nil, fmt.Errorf("--pid %d: %w", s.pid, err)
		}
	}
	s.goroutinesIdle = goroutines(ctx, s.set)
	s.from, s.to, s.selfFrom, s.selfTo = bench.Usage{}, bench.Usage{}, bench.Usage{}, bench.Usage{}
	o.Steady = func(begin bool) { s.steady(ctx, begin) }
	res, err := callers.Run(ctx, o)
	s.asking.Wait()
	return res, err
}

// lastWords are what our own gateway wrote last to stderr once it has ended; "" for another, or one
// that lives.
func (s *server) lastWords() string {
	if s.set == nil || len(s.set.procs) == 0 {
		return ""
	}
	p := s.set.procs[len(s.set.procs)-1]
	select {
	case err := <-p.done:
		p.done <- err
		return fmt.Sprintf("; it ended with %v and wrote:\n%s", err, lastLines(p.tail.String(), 20))
	default:
		return ""
	}
}

// steady reads usages; a reading that fails is shown as nothing used.
func (s *server) steady(ctx context.Context, begin bool) {
	now, _ := bench.ReadUsage(s.pid)
	self, _ := bench.ReadUsage(os.Getpid())
	if begin {
		s.from, s.selfFrom = now, self
		s.asking.Go(func() { s.goroutines = goroutines(ctx, s.set) })
		return
	}
	s.to, s.selfTo = now, self
}

func (s *server) window() bench.Window {
	if s.pid == 0 || s.to.At.IsZero() {
		return bench.Window{}
	}
	return bench.Between(s.from, s.to)
}

func (s *server) seconds() float64 {
	if s.selfTo.At.IsZero() {
		return 0
	}
	return s.selfTo.At.Sub(s.selfFrom.At).Seconds()
}

// machine says where figures were taken.
func machine() string {
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%s/%s %s, %d cores, %s", runtime.GOOS, runtime.GOARCH, strings.TrimSpace(string(kernel)), runtime.NumCPU(), runtime.Version())
}

func cpus() int { return runtime.NumCPU() }

// listenTCP listens without a deadline of its own; ctx bounds the beginning alone.
func listenTCP(ctx context.Context, addr string) (net.Listener, error) {
	var c net.ListenConfig
	return c.Listen(ctx, "tcp", addr)
}

// metric reads one value of our gateway's metrics by the beginning of its line; 0 when it has none.
func metric(ctx context.Context, set *scenery, prefix string) float64 {
	if set == nil {
		return 0
	}
	text, err := set.api().text(ctx, "/metrics")
	if err != nil {
		return 0
	}
	for l := range strings.Lines(text) {
		if v, ok := strings.CutPrefix(l, prefix); ok {
			var n float64
			if _, err := fmt.Sscan(v, &n); err == nil {
				return n
			}
		}
	}
	return 0
}
