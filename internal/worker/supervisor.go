package worker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Config says how workers are looked after. Start from DefaultConfig.
type Config struct {
	// Start is how long a worker may take to load its models, 1s..10m.
	Start time.Duration `yaml:"start"`
	// Backoff is the pause before a worker that died is started again; it doubles up to
	// MaxBackoff with each death and begins anew after a life longer than Within.
	Backoff    time.Duration `yaml:"backoff"`
	MaxBackoff time.Duration `yaml:"max_backoff"`
	// A worker that dies Crashes times Within is left down for Rest.
	Crashes int           `yaml:"crashes"`
	Within  time.Duration `yaml:"within"`
	Rest    time.Duration `yaml:"rest"`
}

// DefaultConfig starts again at once, and rests five minutes after five deaths in two.
func DefaultConfig() Config {
	return Config{Start: time.Minute, Backoff: 200 * time.Millisecond, MaxBackoff: 10 * time.Second, Crashes: 5, Within: 2 * time.Minute, Rest: 5 * time.Minute}
}

// Validate returns every problem of c, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	for _, d := range []struct {
		key       string
		v, lo, hi time.Duration
	}{
		{"start", c.Start, time.Second, 10 * time.Minute},
		{"backoff", c.Backoff, 10 * time.Millisecond, time.Minute},
		{"max_backoff", c.MaxBackoff, c.Backoff, 10 * time.Minute},
		{"within", c.Within, time.Second, time.Hour},
		{"rest", c.Rest, time.Second, 24 * time.Hour},
	} {
		if d.v < d.lo || d.v > d.hi {
			bad = append(bad, fmt.Sprintf("%s: %v is not between %v and %v", d.key, d.v, d.lo, d.hi))
		}
	}
	if c.Crashes < 1 || c.Crashes > 100 {
		bad = append(bad, fmt.Sprintf("crashes: %d is not between 1 and 100", c.Crashes))
	}
	return bad
}

// Spec is one worker.
type Spec struct {
	Name string
	// Command and its arguments; --socket PATH is added. The process reads one line, Settings,
	// from its standard input, which then stays open as long as the gateway lives, and writes one
	// line to its standard output: "ready" once it listens, or why it cannot.
	Command  []string
	Env      []string // beside this process's own
	Settings []byte   // without a newline
}

// Ready is what a worker says when it listens.
const Ready = "ready"

// Supervisor keeps one worker alive. It is safe for concurrent use.
type Supervisor struct {
	spec Spec         // constant after Watch
	cfg  Config       // constant after Watch
	m    *Metrics     // constant after Watch
	log  *slog.Logger // constant after Watch
	dir  string       // constant after Watch

	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change
	ready   bool          // it listens
	ever    bool          // it has listened once
	why     error         // of the last end
	pid     int
}

// Watch starts a worker and keeps it alive until Close. It does not wait for the worker; Wait
// does. m and log may be nil.
func Watch(spec Spec, cfg Config, m *Metrics, log *slog.Logger) (*Supervisor, error) {
	if log == nil {
		log = slog.Default()
	}
	dir, err := os.MkdirTemp("", "decroche-worker-") // 0700: whoever may connect may listen in
	if err != nil {
		return nil, fmt.Errorf("worker %s: make a folder for its socket: %w", spec.Name, err)
	}
	s := &Supervisor{spec: spec, cfg: cfg, m: m, log: log, dir: dir, done: make(chan struct{}), changed: make(chan struct{})}
	if n := len(s.socket()); n > maxPath {
		os.Remove(dir)
		return nil, fmt.Errorf("worker %s: the path of its socket %s has %d bytes and may have %d; set TMPDIR to a shorter folder", spec.Name, s.socket(), n, maxPath)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	go s.run(ctx)
	return s, nil
}

// maxPath is what a socket's address holds (unix(7)).
const maxPath = 107

func (s *Supervisor) socket() string { return filepath.Join(s.dir, "w") }

// Address is where the worker listens whenever it is alive, as wyoming.Dial takes it.
func (s *Supervisor) Address() string { return "unix://" + s.socket() }

// Wait returns when the worker listens or has listened before, or why its first start failed. A
// worker that is dead now is not waited for: another engine takes its turns.
func (s *Supervisor) Wait(ctx context.Context) error {
	for {
		s.mu.Lock()
		ever, why, changed := s.ever, s.why, s.changed
		s.mu.Unlock()
		switch {
		case ever:
			return nil
		case why != nil:
			return fmt.Errorf("worker %s: %w", s.spec.Name, why)
		}
		select {
		case <-changed:
		case <-s.done:
			return fmt.Errorf("worker %s: it was stopped", s.spec.Name)
		case <-ctx.Done():
			return fmt.Errorf("worker %s: wait for it to be ready: %w", s.spec.Name, context.Cause(ctx))
		}
	}
}

// Alive tells whether the worker listens, and the process's number.
func (s *Supervisor) Alive() (ready bool, pid int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready, s.pid
}

// Close stops the worker, waits for it and removes its folder. Idempotent.
func (s *Supervisor) Close() error {
	s.cancel()
	<-s.done
	return os.RemoveAll(s.dir)
}

// set changes the state and wakes those who wait.
func (s *Supervisor) set(change func()) {
	s.mu.Lock()
	change()
	close(s.changed)
	s.changed = make(chan struct{})
	ready := s.ready
	s.mu.Unlock()
	s.m.up(s.spec.Name, ready)
}

// run starts the worker again and again.
func (s *Supervisor) run(ctx context.Context) {
	defer close(s.done)
	backoff := s.cfg.Backoff
	var deaths []time.Time
	for {
		began := time.Now()
		err := s.once(ctx)
		if ctx.Err() != nil {
			return
		}
		now := time.Now()
		if now.Sub(began) > s.cfg.Within {
			backoff, deaths = s.cfg.Backoff, nil
		}
		s.m.died(s.spec.Name, err)
		if deaths = append(deaths, now); len(deaths) > s.cfg.Crashes {
			deaths = deaths[1:]
		}
		pause := backoff
		if len(deaths) == s.cfg.Crashes && now.Sub(deaths[0]) <= s.cfg.Within {
			pause, deaths = s.cfg.Rest, nil
			s.m.resting(s.spec.Name, true)
		}
		s.log.Error("worker died", "worker", s.spec.Name, "error", err, "again_in", pause)
		s.set(func() { s.ready, s.why, s.pid = false, err, 0 })
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		s.m.resting(s.spec.Name, false)
		backoff = min(2*backoff, s.cfg.MaxBackoff)
	}
}

// tidy removes what the process before left in the folder, which is also where it keeps its
// temporary files: one that is killed clears nothing up.
func (s *Supervisor) tidy() {
	left, _ := filepath.Glob(filepath.Join(s.dir, "*"))
	for _, f := range left {
		os.RemoveAll(f)
	}
}

// farewell is how long a worker may take to end by itself.
const farewell = 2 * time.Second

// death is why a worker's process ended.
type death struct {
	cause string // as the metrics name it: start, late, signal, exit
	err   error
}

func (d *death) Error() string { return d.err.Error() }
func (d *death) Unwrap() error { return d.err }

// once runs the process to its end.
func (s *Supervisor) once(ctx context.Context) error {
	s.tidy()
	cmd := exec.Command(s.spec.Command[0], append(s.spec.Command[1:len(s.spec.Command):len(s.spec.Command)], "--socket", s.socket())...)
	cmd.Env = append(append(os.Environ(), "TMPDIR="+s.dir), s.spec.Env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for the gateway, which drains
	told := &lastWords{}
	cmd.Stderr = told
	in, err := cmd.StdinPipe()
	if err != nil {
		return &death{"start", err}
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return &death{"start", err}
	}
	s.m.started(s.spec.Name)
	if err := cmd.Start(); err != nil {
		return &death{"start", fmt.Errorf("start %s: %w", s.spec.Command[0], err)}
	}
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		in.Close() // its sign to end
		select {
		case <-ended:
		case <-time.After(farewell):
			cmd.Process.Kill()
		}
	})
	late := time.AfterFunc(s.cfg.Start, func() { cmd.Process.Kill() })
	_, _ = in.Write(append(s.spec.Settings[:len(s.spec.Settings):len(s.spec.Settings)], '\n'))
	lines := bufio.NewScanner(out)
	said, inTime := "", true
	if lines.Scan() {
		said = lines.Text()
	}
	if inTime = late.Stop(); said == Ready && inTime {
		told.hush()
		s.set(func() { s.ready, s.ever, s.why, s.pid = true, true, nil, cmd.Process.Pid })
		s.log.Info("worker ready", "worker", s.spec.Name, "pid", cmd.Process.Pid)
	}
	_, _ = io.Copy(io.Discard, out)
	err = cmd.Wait()
	close(ended)
	stop()
	in.Close()
	return s.verdict(err, said, inTime, told)
}

// verdict puts the end of a process into words.
func (s *Supervisor) verdict(err error, said string, inTime bool, told *lastWords) error {
	var exit *exec.ExitError
	d := &death{"exit", errors.New("it ended by itself")}
	switch {
	case !inTime:
		d = &death{"late", fmt.Errorf("it was not ready within %v (worker.start)", s.cfg.Start)}
	case said != "" && said != Ready:
		d = &death{"start", errors.New(said)}
	case errors.As(err, &exit):
		if st, ok := exit.Sys().(syscall.WaitStatus); ok && st.Signaled() {
			d = &death{"signal", fmt.Errorf("it was ended by a signal (%s)", st.Signal())}
		} else {
			d = &death{"exit", fmt.Errorf("it ended with status %d", exit.ExitCode())}
		}
	}
	if last := told.String(); last != "" && (said == "" || said == Ready) {
		d.err = fmt.Errorf("%w; its last words: %s", d.err, last)
	}
	return d
}

// lastWords keeps what a process writes to its standard error: the first lines in which a runtime
// says why it aborts, and while it starts the last of anything else. Once callers are heard,
// whatever a library prints may be what somebody said.
type lastWords struct {
	mu     sync.Mutex
	quiet  bool
	part   string // a line that has not ended
	aborts []string
	other  []string
}

// maxWords bounds the lines that are kept, maxLine what of each.
const maxWords, maxLine = 3, 400

func (l *lastWords) hush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.quiet, l.part, l.aborts, l.other = true, "", nil, nil
}

func (l *lastWords) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.part += string(b)
	for {
		line, rest, ok := strings.Cut(l.part, "\n")
		if !ok {
			l.part = l.part[max(0, len(l.part)-maxLine):]
			return len(b), nil
		}
		l.part = rest
		line = strings.TrimSpace(line)
		line = line[:min(len(line), maxLine)]
		switch {
		case line == "":
		case fatal(line):
			if len(l.aborts) < maxWords {
				l.aborts = append(l.aborts, line)
			}
		case !l.quiet:
			l.other = append(l.other, line)
			l.other = l.other[max(0, len(l.other)-maxWords):]
		}
	}
}

// fatal tells whether a runtime says why it aborts.
func fatal(line string) bool {
	for _, p := range []string{"terminate called", "what():", "panic:", "fatal error:", "SIG", "free():", "malloc", "double free", "corrupted", "Assertion", "*** stack smashing"} {
		if strings.HasPrefix(line, p) {
			return true
		}
	}
	return false
}

func (l *lastWords) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.aborts) > 0 {
		return strings.Join(l.aborts, " | ")
	}
	return strings.Join(l.other, " | ")
}
