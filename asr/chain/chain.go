// Package chain is a recogniser made of others. Each turn goes to the engines of its route, one
// after the other until one has heard it to the end: all audio of the turn stays in a ring, so
// that the next engine hears the same words from the first on. What the caller of Recv gets as
// final comes from one engine alone, hence is what that engine would have said undisturbed.
//
// Deadlines find the engine that hangs, a circuit breaker (internal/breaker) passes over the one
// that keeps failing. It refuses to mix two engines' words, and to compare or vote.
//
// The idea of wrapping engines of one kind into another of the same kind, with a background view
// of who is well, is that of LiveKit's FallbackAdapter and Pipecat's ServiceSwitcher. Both go on
// with the live audio after a switch, and lose the beginning of the word; here it is replayed.
package chain

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"decroche/asr"
	"decroche/internal/breaker"
	"decroche/internal/route"
)

// Engine is one recogniser of a chain.
type Engine struct {
	Name       string
	Recogniser asr.Recogniser
	// Languages it serves, such as "fr"; empty: all that it is asked for.
	Languages []string
	// Partial is how long the first words may take while audio comes; 0 for an engine that gives
	// none before the end.
	Partial time.Duration
	// Final replaces Config.Final for this engine when it is not 0.
	Final time.Duration
	// Cost in any unit, per minute of audio, for the metrics.
	Cost float64
}

// Config holds what is the same for all engines.
type Config struct {
	// Open is how long an engine may take to be ready, 100ms..30s.
	Open time.Duration `yaml:"open"`
	// Final is how long it may take, once it has all audio of a turn, to say its last; also how
	// long it may take no audio while some waits. 200ms..60s.
	Final time.Duration `yaml:"final"`
	// Replay is how much of a turn is kept for the next engine, 2s..5m. A second is 16 kB.
	Replay time.Duration `yaml:"replay"`
	// Breaker passes over an engine that fails again and again.
	Breaker breaker.Config `yaml:"breaker"`
}

// DefaultConfig gives 1 s to open and 900 ms to end, so that the next engine has its words before the
// call gives up (call.final_wait), and keeps half a minute.
func DefaultConfig() Config {
	return Config{Open: time.Second, Final: 900 * time.Millisecond, Replay: 30 * time.Second, Breaker: breaker.DefaultConfig()}
}

// Validate returns every problem of c, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	for _, d := range []struct {
		key       string
		v, lo, hi time.Duration
	}{
		{"open", c.Open, 100 * time.Millisecond, 30 * time.Second},
		{"final", c.Final, 200 * time.Millisecond, time.Minute},
		{"replay", c.Replay, 2 * time.Second, 5 * time.Minute},
	} {
		if d.v < d.lo || d.v > d.hi {
			bad = append(bad, fmt.Sprintf("%s: %v is not between %v and %v", d.key, d.v, d.lo, d.hi))
		}
	}
	for _, b := range c.Breaker.Validate() {
		bad = append(bad, "breaker."+b)
	}
	return bad
}

// Chain is a recogniser over several. It is safe for concurrent use.
type Chain struct {
	cfg    Config           // constant after New
	links  map[string]*link // constant after New
	routes Routes           // constant after New
	work   sync.WaitGroup   // attempts that have not let go of their engine
}

var _ asr.Recogniser = (*Chain)(nil)

// link is an engine with its memory.
type link struct {
	Engine
	breaker *breaker.Breaker
	m       meter
}

// New makes a chain. Every name in routes must be an engine's, and one route must be "any": see
// Routes.Validate, which says so in more words. m may be nil.
func New(engines []Engine, routes Routes, cfg Config, m *Metrics) (*Chain, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("asr/chain: %s", strings.Join(bad, "; "))
	}
	c := &Chain{cfg: cfg, links: map[string]*link{}, routes: routes}
	var names []string
	for _, e := range engines {
		if c.links[e.Name] != nil {
			return nil, fmt.Errorf("asr/chain: two engines are named %q; give each its own name", e.Name)
		}
		meter := m.engine(e.Name)
		c.links[e.Name] = &link{Engine: e, breaker: breaker.New(cfg.Breaker, meter.state), m: meter}
		names = append(names, e.Name)
	}
	if bad := routes.Validate(names); len(bad) > 0 {
		return nil, fmt.Errorf("asr/chain: routes.%s", strings.Join(bad, "; routes."))
	}
	if _, ok := routes["any"]; !ok {
		return nil, fmt.Errorf("asr/chain: routes: there is none for everything else; add any: [%s]", strings.Join(names, ", "))
	}
	return c, nil
}

// String describes the routes, for the log and the doctor.
func (c *Chain) String() string { return c.routes.String() }

// Health lists the engines by name.
func (c *Chain) Health() []route.Health {
	return route.Healths(c.links, func(l *link) breaker.State { return l.breaker.State() })
}

// route returns who is asked for a turn, in order.
func (c *Chain) route(opt asr.Options) []*link {
	var list []*link
	for _, name := range c.routes.Pick(opt.Language, opt.Expect.Kind) {
		if l := c.links[name]; route.Serves(l.Languages, opt.Language) {
			list = append(list, l)
		}
	}
	return list
}

// openGrace is how long Open waits to learn that the turn is refused by every engine, as most
// refuse at once what they cannot serve. An engine that takes longer is waited for behind the
// session, which keeps the audio meanwhile.
const openGrace = 100 * time.Millisecond

// Open begins a turn. ctx bounds the whole session.
func (c *Chain) Open(ctx context.Context, opt asr.Options) (asr.Session, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	route := c.route(opt)
	if len(route) == 0 {
		return nil, asr.Unsupported("asr/chain: open for language %q: no engine of its route serves it; add one under asr.routes", opt.Language)
	}
	s := newSession(ctx, c, opt, route)
	grace := time.NewTimer(openGrace)
	defer grace.Stop()
	select {
	case <-s.settled:
	case <-grace.C:
	case <-s.ctx.Done():
	}
	if err := s.failure(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close waits until every engine has let go of its sessions; close those first.
func (c *Chain) Close() error {
	c.work.Wait()
	return nil
}
