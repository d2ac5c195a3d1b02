// Package chain is a voice made of others. A text is said sentence by sentence; when a voice
// fails, before a sentence or in its midst, the next one goes on from there. What was given out
// is never said again: the next voice renders the sentence that was cut, and the part of it that
// the listener has is passed over, up to the pause that follows it.
//
// LiveKit's FallbackAdapter and Pipecat's ServiceSwitcher change voices between utterances, and
// leave a sentence that was cut as it is; a caller is then told half an amount. As in the former,
// all voices are tried when none is thought well.
package chain

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"decroche/internal/breaker"
	"decroche/internal/route"
	"decroche/media"
	"decroche/tts"
)

// Voice is one synthesiser of a chain.
type Voice struct {
	Name        string
	Synthesiser tts.Synthesiser
	// Languages it speaks, such as "fr"; empty: all that it is asked for.
	Languages []string
	// Cost in any unit, per minute of sound, for the metrics.
	Cost float64
}

// Config holds what is the same for all voices.
type Config struct {
	// FirstAudio is how long a voice may take to begin a sentence, 50ms..30s. Keep it below half
	// of call.first_audio, after which the call gives up on the whole chain.
	FirstAudio time.Duration `yaml:"first_audio"`
	// Gap is how long it may pause inside a sentence, 50ms..30s.
	Gap time.Duration `yaml:"gap"`
	// Breaker passes over a voice that fails again and again.
	Breaker breaker.Config `yaml:"breaker"`
}

// DefaultConfig gives 700 ms to begin and 1 s between two pieces of sound.
func DefaultConfig() Config {
	return Config{FirstAudio: 700 * time.Millisecond, Gap: time.Second, Breaker: breaker.DefaultConfig()}
}

// Validate returns every problem of c, each "key: what is wrong; what to do".
func (c Config) Validate() []string {
	var bad []string
	for _, d := range []struct {
		key string
		v   time.Duration
	}{{"first_audio", c.FirstAudio}, {"gap", c.Gap}} {
		if d.v < 50*time.Millisecond || d.v > 30*time.Second {
			bad = append(bad, fmt.Sprintf("%s: %v is not between 50ms and 30s", d.key, d.v))
		}
	}
	for _, b := range c.Breaker.Validate() {
		bad = append(bad, "breaker."+b)
	}
	return bad
}

// Chain is a synthesiser over several. It is safe for concurrent use.
type Chain struct {
	cfg    Config           // constant after New
	links  map[string]*link // constant after New
	routes Routes           // constant after New
	work   sync.WaitGroup   // voices that have not let go
}

var _ tts.Synthesiser = (*Chain)(nil)

// link is a voice with its memory.
type link struct {
	Voice
	breaker *breaker.Breaker
	m       meter

	mu   sync.Mutex
	pace float64 // seconds of sound a character, at normal speed; 0 not known yet
}

// learn remembers how long a whole sentence lasted.
func (l *link) learn(text string, took time.Duration, speed float64) {
	n := utf8.RuneCountInString(text)
	if n == 0 || took <= 0 {
		return
	}
	p := took.Seconds() * speed / float64(n)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pace == 0 {
		l.pace = p
	}
	l.pace += (p - l.pace) / 8
}

// slower is how much longer l takes than another for the same words; 1 while that is not known.
func (l *link) slower(other *link) float64 {
	l.mu.Lock()
	mine := l.pace
	l.mu.Unlock()
	other.mu.Lock()
	defer other.mu.Unlock()
	if mine == 0 || other.pace == 0 {
		return 1
	}
	return mine / other.pace
}

// New makes a chain. Every name in routes must be a voice's, and one route must be "any". m may
// be nil.
func New(voices []Voice, routes Routes, cfg Config, m *Metrics) (*Chain, error) {
	if bad := cfg.Validate(); len(bad) > 0 {
		return nil, fmt.Errorf("tts/chain: %s", strings.Join(bad, "; "))
	}
	c := &Chain{cfg: cfg, links: map[string]*link{}, routes: routes}
	var names []string
	for _, v := range voices {
		if c.links[v.Name] != nil {
			return nil, fmt.Errorf("tts/chain: two voices are named %q; give each its own name", v.Name)
		}
		meter := m.engine(v.Name)
		c.links[v.Name] = &link{Voice: v, breaker: breaker.New(cfg.Breaker, meter.state), m: meter}
		names = append(names, v.Name)
	}
	if bad := routes.Validate(names); len(bad) > 0 {
		return nil, fmt.Errorf("tts/chain: routes.%s", strings.Join(bad, "; routes."))
	}
	if _, ok := routes["any"]; !ok {
		return nil, fmt.Errorf("tts/chain: routes: there is none for everything else; add any: [%s]", strings.Join(names, ", "))
	}
	return c, nil
}

// String describes the routes, for the log and the doctor.
func (c *Chain) String() string { return c.routes.String() }

// Health lists the voices by name.
func (c *Chain) Health() []route.Health {
	return route.Healths(c.links, func(l *link) breaker.State { return l.breaker.State() })
}

// Speak says u. Its Voice is a name of the route's first voice; the others use their own.
func (c *Chain) Speak(ctx context.Context, u tts.Utterance) (media.Source, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if u.Rate == 0 {
		u.Rate = media.PhoneRate
	}
	s := &source{c: c, u: u, closed: make(chan struct{})}
	for _, name := range c.routes.Pick(u.Language) {
		l := c.links[name]
		if route.Serves(l.Languages, u.Language) {
			s.route = append(s.route, l)
		}
	}
	if len(s.route) == 0 {
		return nil, fmt.Errorf("tts/chain: speak language %q: no voice of its route has it; add one under tts.routes", u.Language)
	}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	if u.SSML != "" { // marks may enclose several sentences
		s.left = []string{u.Text}
	} else {
		s.left = tts.Sentences(u.Text)
	}
	return s, nil
}

// Close waits until every voice has let go; close the sources first.
func (c *Chain) Close() error {
	c.work.Wait()
	return nil
}
