// Package breaker remembers whether an engine is worth asking. After some failures in a row it
// opens and the engine is passed over for a pause; then one single try is let through, and its
// outcome closes the breaker or opens it again for twice as long.
//
// The states and the rule that a verdict counts only in the period in which its try began are
// those of sony/gobreaker. Two things differ, because a caller is waiting: a try may be given
// back without a verdict (the caller hung up, which says nothing of the engine), and when every
// engine is open one may be forced, for an engine that is probably broken beats none.
package breaker

import (
	"fmt"
	"sync"
	"time"
)

// Config says when a breaker opens and for how long.
type Config struct {
	// Failures in a row open it; 1..100.
	Failures int `yaml:"failures"`
	// Pause is how long it stays open at first; each try that fails doubles it up to MaxPause.
	Pause    time.Duration `yaml:"pause"`
	MaxPause time.Duration `yaml:"max_pause"`
}

// DefaultConfig opens after three failures, for 5 s at first and 2 min at most.
func DefaultConfig() Config {
	return Config{Failures: 3, Pause: 5 * time.Second, MaxPause: 2 * time.Minute}
}

// Validate returns every problem of c, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	if c.Failures < 1 || c.Failures > 100 {
		bad = append(bad, fmt.Sprintf("failures: %d is not between 1 and 100", c.Failures))
	}
	if c.Pause < 100*time.Millisecond || c.Pause > time.Hour {
		bad = append(bad, fmt.Sprintf("pause: %v is not between 100ms and 1h", c.Pause))
	}
	if c.MaxPause < c.Pause || c.MaxPause > 24*time.Hour {
		bad = append(bad, fmt.Sprintf("max_pause: %v is not between pause (%v) and 24h", c.MaxPause, c.Pause))
	}
	return bad
}

// State is what a breaker lets through.
type State int

// The states, in the order in which a gauge shows them.
const (
	Closed   State = iota // everything
	HalfOpen              // one try
	Open                  // nothing
)

// String returns the state's name as doctors and logs show it.
func (s State) String() string { return [...]string{"closed", "half-open", "open"}[s] }

// Verdict is what a try showed of the engine.
type Verdict int

// What a try may end in.
const (
	Nothing Verdict = iota // it was broken off for reasons that are not the engine's
	Good
	Bad
)

// Breaker is one engine's. It is safe for concurrent use. Time is time.Now's, virtual in tests.
type Breaker struct {
	cfg  Config
	tell func(State) // constant after New

	mu     sync.Mutex // guards the rest
	state  State      // Open also when the pause has passed and nobody asked since
	failed int        // in a row, while Closed
	pause  time.Duration
	until  time.Time
	period int // grows at each change of state
}

// New makes a closed breaker. tell, when not nil, is called at each change of state with the
// breaker's lock held: it must be quick and must not call back.
func New(cfg Config, tell func(State)) *Breaker {
	if tell == nil {
		tell = func(State) {}
	}
	tell(Closed)
	return &Breaker{cfg: cfg, tell: tell, pause: cfg.Pause}
}

// Try is leave to ask the engine once. End it with Done.
type Try struct {
	b      *Breaker
	period int
	once   sync.Once
}

// Ask returns leave to try, or nil while the engine is passed over.
func (b *Breaker) Ask() *Try {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.state == HalfOpen, b.state == Open && time.Now().Before(b.until):
		return nil
	case b.state == Open:
		b.become(HalfOpen)
	}
	return &Try{b: b, period: b.period}
}

// Force returns leave to try in any state, for when there is nobody else. A good verdict closes
// the breaker; a bad one tells nothing new.
func (b *Breaker) Force() *Try {
	b.mu.Lock()
	defer b.mu.Unlock()
	return &Try{b: b, period: b.period}
}

// State is what the breaker would let through now.
func (b *Breaker) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.state == Open && !time.Now().Before(b.until) {
		return HalfOpen
	}
	return b.state
}

// Done ends the try with its verdict; further calls do nothing. A bad verdict from before the
// last change of state is too old to count.
func (t *Try) Done(v Verdict) {
	t.once.Do(func() {
		t.b.mu.Lock()
		defer t.b.mu.Unlock()
		t.b.done(t.period, v)
	})
}

func (b *Breaker) done(period int, v Verdict) {
	if v == Good {
		b.failed, b.pause = 0, b.cfg.Pause
		if b.state != Closed {
			b.become(Closed)
		}
		return
	}
	if period != b.period {
		return
	}
	switch {
	case b.state == HalfOpen && v == Nothing: // the next one may try
		b.until = time.Now()
		b.become(Open)
	case b.state == HalfOpen:
		b.pause = min(2*b.pause, b.cfg.MaxPause)
		b.open()
	case b.state == Closed && v == Bad:
		if b.failed++; b.failed >= b.cfg.Failures {
			b.open()
		}
	}
}

func (b *Breaker) open() {
	b.failed, b.until = 0, time.Now().Add(b.pause)
	b.become(Open)
}

func (b *Breaker) become(s State) {
	b.state = s
	b.period++
	b.tell(s)
}
